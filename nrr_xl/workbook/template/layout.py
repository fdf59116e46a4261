"""Where everything stands in the template: capacities, rows and columns, and the names that formulas use."""

from __future__ import annotations

import datetime as dt

from xlsxwriter.utility import xl_col_to_name

from nrr_xl.records import struct
from nrr_xl.revenue.vocabulary import vocabulary
from nrr_xl.workbook.texts import texts

# Each customer may have a row in so many months; the periods are calendar years, so that they hold them wherever
# the rows begin.
MONTHS, PERIODS = 36, 48
LONGEST_WINDOW, WINDOW_MONTHS = 36, 12
CUSTOMERS = 300
EXAMPLE_CUSTOMERS = 48  # the example has as many, so a template holds at least these
MOST_CUSTOMERS = 2000

# The sheets of a template in their order, by their keys in the texts; the report's own are between.
KEYS = (
    *("readme", "settings", "revenue", "summary", "bridge", "trend", "cohorts", "segments", "movers", "methods"),
    *("benchmarks", "calculator", "customers", "checks", "definitions", "rows"),
)
NAMES = texts()["sheets"]
REVENUE, SETTINGS, ROWS = NAMES["revenue"], NAMES["settings"], NAMES["rows"]

TABLE = "RevenueRows"
TABLE_COLUMNS = tuple(texts()["revenue_columns"].values())
TABLE_HEADER = 6  # the row of the Revenue sheet that holds the headers

ROWS_FIRST = 7
# Dates that are taken.
EARLIEST, LATEST = dt.date(1990, 1, 1), dt.date(2099, 12, 31)
KEY_FACTOR = 100_000  # above any month number, so that customer and month make one number

# The columns of the Rows sheet beside those of the rows: rows of the example, names of totals, and the customers.
EXAMPLE_COLUMNS = "MNO"
TOTALS_COLUMN = "Q"
CUSTOMER_COLUMNS = {
    name: xl_col_to_name(18 + place)
    for place, name in enumerate(
        ("place", "customer", "before", "row", "segment", "first", "so_far", "segment_number", "shown")
    )
}
# What a total row is called: as a whole name, and as a word beside others.
_WORDS = vocabulary()["words"]
TOTAL_NAMES = (
    *_WORDS["total"],
    *_WORDS["subtotal"],
    "total *",
    "total:*",
    "total (*",
    "* total",
    "* totals",
    "subtotal *",
)


@struct()
class Layout:
    """The addresses that depend on how many customers a template holds; each customer may have a row a month."""

    customers: int = CUSTOMERS

    @property
    def rows(self) -> int:
        return self.customers * MONTHS

    @property
    def rows_last(self) -> int:
        return ROWS_FIRST + self.rows - 1

    def rows_range(self, letter: str) -> str:
        return f"{ROWS}!${letter}${ROWS_FIRST}:${letter}${self.rows_last}"

    def customers_range(self, name: str) -> str:
        """A column of the customers on the Rows sheet."""
        letter = CUSTOMER_COLUMNS[name]
        return f"{ROWS}!${letter}${ROWS_FIRST}:${letter}${ROWS_FIRST + self.customers - 1}"

    def names(self) -> dict[str, str]:
        """The workbook's defined names: inputs, results of the Settings sheet, and ranges of the workings."""
        settings = {name: f"={SETTINGS}!$C${row}" for name, row in SETTING_ROWS.items()}
        last = ROWS_FIRST + len(TOTAL_NAMES) - 1
        return {
            **settings,
            "HeaderRow": f"={ROWS}!$C$3",
            "KeyFactor": f"={ROWS}!$F$3",
            "Duplicates": f"={ROWS}!$I$3",
            "TotalNames": f"={ROWS}!${TOTALS_COLUMN}${ROWS_FIRST}:${TOTALS_COLUMN}${last}",
            "ExampleRows": f"={ROWS}!$I$4",
            "EarliestDate": f"={ROWS}!$C$4",
            "LatestDate": f"={ROWS}!$F$4",
            "RowStatus": f"={self.rows_range('B')}",
            "RowCustomerKeys": f"={self.rows_range('C')}",
            "RowMonths": f"={self.rows_range('D')}",
            "RowAmounts": f"={self.rows_range('E')}",
            "RowCustomers": f"={self.rows_range('H')}",
            "RowKeys": f"={self.rows_range('I')}",
            "RowTotals": f"={self.rows_range('K')}",
            "CustomerNames": f"={self.customers_range('customer')}",
            "CustomersBefore": f"={self.customers_range('before')}",
            "SegmentNames": f"={self.customers_range('segment')}",
            "SegmentNumbers": f"={self.customers_range('segment_number')}",
            "SegmentsSoFar": f"={self.customers_range('so_far')}",
            "CustomerSegments": f"={self.customers_range('shown')}",
        }


# Inputs and results of the Settings sheet, all in column C, by the names that formulas use.
SETTING_ROWS = {
    **{name: 6 + place for place, name in enumerate(texts()["template_inputs"])},
    **{name: 14 + place for place, name in enumerate(texts()["template_results"])},
    **{name: 24 + place for place, name in enumerate(texts()["template_amounts"])},
    "InputChecks": 44,
    "InputText": 45,
    "NoticesFound": 56,
    "NoticeText": 57,
}
CHECKS_FIRST, NOTICES_FIRST = 34, 50
# Where the last months' customers are counted, for the notice of an unfinished month.
USUAL_FIRST = 61
