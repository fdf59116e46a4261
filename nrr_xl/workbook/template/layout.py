"""Where everything stands in the template: capacities, rows and columns, and the names that formulas use."""

from __future__ import annotations

from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name

MONTHS = 36
REPORT_MONTHS = 12
LONGEST_WINDOW = MONTHS - REPORT_MONTHS
SEGMENTS = 12
CUSTOMERS = 300
EXAMPLE_CUSTOMERS = 48  # the example has as many, so a template holds at least these
MOST_CUSTOMERS = 2000

README, SETTINGS, REVENUE, REPORT, CALCULATOR = "Read me", "Settings", "Revenue", "Report", "Calculator"
ROWS, CUBE = "Rows", "Cube"

PASSED, NO_ROWS = "All checks passed", "Paste rows into the Revenue sheet."

TABLE = "RevenueRows"
TABLE_COLUMNS = ("Customer", "Month", "Amount", "Segment")
TABLE_HEADER = 6  # the row of the Revenue sheet that holds the headers

ROWS_FIRST = 7
CUBE_FIRST = 28

# The rows of the Cube sheet's block by month, above the customers.
NUMBER, MONTH, CLOSING, ACTIVE = 5, 6, 7, 8
OPENING, NEW, REACTIVATION, EXPANSION, CONTRACTION, CHURN, FOOTS = 9, 10, 11, 12, 13, 14, 15
MONTH_NRR, MONTH_GRR = 16, 17
BACK, BASE, RETAINED, KEPT, BASE_LOGOS, KEPT_LOGOS = 18, 19, 20, 21, 22, 23
NRR, GRR, LOGO = 24, 25, 26
CUBE_HEADER = 27

FIRST_MONTH_COLUMN = 5  # column F of the Cube sheet; the columns after the months hold each customer's window
KEY_FACTOR = 100_000  # above any month number, so that customer and month make one number
WINDOW_MONTHS = 12

WINDOW = ("opening", "closing", "known", "new", "reactivation", "expansion", "contraction", "churn", "kept")
MONEY_COLUMNS = frozenset(WINDOW) - {"known"}
SEGMENT_COLUMNS = ("segment_row", "segment", "segment_first", "segments_so_far", "segment_number")


def gated(expression: str) -> str:
    """A formula that counts or sums past errors, made to show none of it while a check of the rows fails."""
    return f"=IF(InputChecks=0,{expression},NA())"


@dataclass(frozen=True, slots=True)
class Layout:
    """The addresses that depend on how many customers a template holds; each customer may have a row a month."""

    customers: int = CUSTOMERS

    @property
    def rows(self) -> int:
        return self.customers * MONTHS

    @property
    def rows_last(self) -> int:
        return ROWS_FIRST + self.rows - 1

    @property
    def cube_last(self) -> int:
        return CUBE_FIRST + self.customers - 1

    @property
    def first_month(self) -> str:
        found: str = xl_col_to_name(FIRST_MONTH_COLUMN)
        return found

    @property
    def last_month(self) -> str:
        found: str = xl_col_to_name(FIRST_MONTH_COLUMN + MONTHS - 1)
        return found

    def window_column(self, name: str) -> str:
        """The Cube column that holds a customer's figure for the window."""
        found: str = xl_col_to_name(FIRST_MONTH_COLUMN + MONTHS + (*WINDOW, *SEGMENT_COLUMNS).index(name))
        return found

    def rows_range(self, letter: str) -> str:
        return f"{ROWS}!${letter}${ROWS_FIRST}:${letter}${self.rows_last}"

    def cube_range(self, name: str) -> str:
        letter = self.window_column(name)
        return f"{CUBE}!${letter}${CUBE_FIRST}:${letter}${self.cube_last}"

    def month_row(self, row: int) -> str:
        """A row of the block by month, for INDEX."""
        return f"{CUBE}!${self.first_month}${row}:${self.last_month}${row}"

    def names(self) -> dict[str, str]:
        """The workbook's defined names: inputs, results of the Settings sheet, and ranges of the workings."""
        settings = {name: f"={SETTINGS}!$C${row}" for name, row in SETTING_ROWS.items()}
        return {
            **settings,
            "HeaderRow": f"={ROWS}!$C$3",
            "KeyFactor": f"={ROWS}!$F$3",
            "Duplicates": f"={ROWS}!$I$3",
            "TotalNames": f"={ROWS}!$N${ROWS_FIRST}:$N${ROWS_FIRST + len(TOTAL_NAMES) - 1}",
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
            "CubeAmounts": f"={CUBE}!${self.first_month}${CUBE_FIRST}:${self.last_month}${self.cube_last}",
            "CubeFirstActive": f"={CUBE}!$D${CUBE_FIRST}:$D${self.cube_last}",
        }


# Inputs and results of the Settings sheet, all in column C.
SETTING_ROWS = {
    "Company": 6,
    "Currency": 7,
    "Unit": 8,
    "ClosingWanted": 9,
    "WindowMonths": 10,
    "FirstNumber": 14,
    "LastNumber": 15,
    "ClosingNumber": 16,
    "OpeningNumber": 17,
    "CubeNumber": 18,
    "OpeningPosition": 19,
    "RowsUsed": 20,
    "CustomersFound": 21,
    "AmountsGiven": 25,
    "AmountsInCube": 26,
    "AmountsNegative": 27,
    "AmountsEarlier": 28,
    "AmountsLater": 29,
    "AmountsOpen": 30,
    "InputChecks": 49,
    "MasterCheck": 50,
    "StatusText": 51,
    "NoticesFound": 59,
}
CHECKS_FIRST, INPUT_CHECKS, CHECKS = 35, 9, 14
# What may be right but is told before anything is called passed.
NOTICES_FIRST, NOTICES = 55, 4

FLOWS = ("opening", "new", "reactivation", "expansion", "contraction", "churn")
LOSSES = ("contraction", "churn")  # shown as negative numbers

# Where the blocks of the Report sheet begin.
REPORT_ROWS = {
    "bridge": 10,
    "closing": 16,
    "trend_header": 20,
    "trend": 21,
    "charts": 25,
    "monthly_header": 41,
    "monthly": 42,
    "segments_header": 53,
    "segments": 54,
    "others": 54 + SEGMENTS,
    "total": 55 + SEGMENTS,
    "positions": 57 + SEGMENTS,
}

# What a total row is called, as a whole name.
TOTAL_NAMES = (
    *("total", "totals", "grand total", "subtotal", "sub-total", "sum", "all", "all customers", "gesamt"),
    *("gesamtsumme", "summe", "insgesamt", "totaal", "total general", "totale", "totalt", "suma", "celkem"),
)
