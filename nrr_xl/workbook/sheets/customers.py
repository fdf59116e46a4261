"""The Customers sheet: the cube as blue inputs, and what each customer did in the window, on which all else stands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np

from nrr_xl.errors import OutputError
from nrr_xl.retention.movements import at_both_ends
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import StreamColumn, safe_text
from nrr_xl.workbook.frame import HEAD_ROWS, Report, first_positions
from nrr_xl.workbook.texts import texts

TOTAL_ROW, POSITION_ROW, HEADER_ROW, FIRST_ROW = range(HEAD_ROWS, HEAD_ROWS + 4)
A3 = 8
# The widths of names, of what stands between, and of amounts; so many characters can be read across an A3 page.
WIDTHS, A3_WIDTH = (30, 13, 11), 290
MOST_CUSTOMERS = 1_048_576 - FIRST_ROW
WINDOW = ("first", "opening", "closing", "change", "movement")
WORDS, HEADERS = texts()["customers"], texts()["customer_columns"]


@dataclass(frozen=True, slots=True)
class CustomersPlace:
    """Where the Customers sheet has its rows and columns (from 0)."""

    sheet: str
    customers: int
    segments: tuple[str, ...]
    periods: int

    @property
    def last_row(self) -> int:
        return FIRST_ROW + self.customers - 1

    @property
    def window(self) -> dict[str, int]:
        """The columns about the window, by name."""
        return {name: 1 + len(self.segments) + i for i, name in enumerate(WINDOW)}

    @property
    def first_period(self) -> int:
        return 1 + len(self.segments) + len(WINDOW)

    @property
    def last_period(self) -> int:
        return self.first_period + self.periods - 1

    def column(self, col: int) -> str:
        """The range of a column's customers."""
        return fx.block(FIRST_ROW, col, self.last_row, col, self.sheet)

    @property
    def amounts(self) -> str:
        return fx.block(FIRST_ROW, self.first_period, self.last_row, self.last_period, self.sheet)

    @property
    def totals(self) -> str:
        """Each period's total amount."""
        return fx.block(TOTAL_ROW, self.first_period, TOTAL_ROW, self.last_period, self.sheet)

    @property
    def labels(self) -> str:
        """The headers of the periods."""
        return fx.block(HEADER_ROW, self.first_period, HEADER_ROW, self.last_period, self.sheet)


def place(report: Report) -> CustomersPlace:
    """Where the sheet will have its columns."""
    cube = report.analysis.cube
    if len(cube.customers) > MOST_CUSTOMERS:
        raise OutputError(
            f"A sheet holds at most {MOST_CUSTOMERS:,} customers; there are {len(cube.customers):,}."
            " Join them to parent accounts with a customer map, or read only some of the rows."
        )
    return CustomersPlace(report.sheets["customers"], len(cube.customers), tuple(cube.segments), len(cube.periods))


def define_names(report: Report, at: CustomersPlace) -> None:
    """The names that formulas address the cube by."""
    report.book.name(fx.AMOUNTS, "=" + at.amounts, WORDS["amounts_name"])
    report.book.name(fx.FIRST, "=" + at.column(at.window["first"]), WORDS["first_name"])


def write(report: Report, at: CustomersPlace) -> None:
    """Fill the sheet."""
    analysis, cube = report.analysis, report.analysis.cube
    page = report.open("customers")
    sheet, labels = page.sheet, cube.periods.labels
    columns = at.window
    page.put(TOTAL_ROW, 0, WORDS["total"], "label_total")
    for col in range(1, at.first_period):
        page.put(TOTAL_ROW, col, None, "label_total")
    page.put(POSITION_ROW, 0, WORDS["position"], "note")
    for name in ("opening", "closing", "change"):
        _total(report, page, at, columns[name], _window_totals(analysis)[name])
    totals = cube.amounts.sum(axis=0)
    for offset in range(at.periods):
        col = at.first_period + offset
        _total(report, page, at, col, totals[offset])
        page.put(POSITION_ROW, col, offset + 1, "working", "position")
    columns_of_text = [cube.customers, *(segment_texts(analysis, name) for name in at.segments)]
    streams = [StreamColumn(values) for values in columns_of_text] + _window_columns(report, at)
    page.stream(FIRST_ROW, streams, at.first_period, cube.amounts)
    _table(report, page, at, labels)
    sheet.data_validation(
        FIRST_ROW,
        at.first_period,
        at.last_row,
        at.last_period,
        {
            "validate": "decimal",
            "criteria": ">=",
            "value": 0,
            "error_title": WORDS["refused"],
            "error_message": WORDS["refusal"],
        },
    )
    name, middle, amount = WIDTHS
    sheet.set_column(0, 0, name)
    sheet.set_column(1, at.first_period - 1, middle)
    sheet.set_column(at.first_period, at.last_period, amount)
    sheet.freeze_panes(FIRST_ROW, 1)
    beside = middle * (at.first_period - 1) + amount * at.periods
    page.print_setup(report.footer, (HEADER_ROW, HEADER_ROW), pages_wide=math.ceil(beside / (A3_WIDTH - name)))
    sheet.repeat_columns(0)
    sheet.set_paper(A3)


def segment_column(at: CustomersPlace, name: str) -> int:
    """The column of a segment."""
    return 1 + at.segments.index(name)


def segment_texts(analysis, name: str) -> list[str]:
    """Each customer's text of a segment: at the window's opening, or at its closing where it had no amount before."""
    segment = analysis.cube.segments[name]
    codes = segment.codes
    if codes.ndim == 2:
        before = analysis.cube.amounts[:, analysis.opening] > 0
        codes = np.where(before, codes[:, analysis.opening], codes[:, analysis.closing])
    return [segment.values[code] if code >= 0 else "" for code in codes]


def movement_texts(opening: np.ndarray, closing: np.ndarray, first: np.ndarray, at: int) -> np.ndarray:
    """What each customer did between two amounts, in words; `at` is the opening's position, counted from 1."""
    words = texts()["movements"]
    known = (first > 0) & (first <= at)
    cases = [
        ((opening > 0) & (closing == 0), "churn"),
        ((opening > 0) & (closing > opening), "expansion"),
        ((opening > 0) & (closing < opening), "contraction"),
        (opening > 0, "unchanged"),
        (closing == 0, "absent"),
        (known, "reactivation"),
    ]
    return np.select([case for case, _ in cases], [words[word] for _, word in cases], words["new"])


def _window_totals(analysis) -> dict[str, float]:
    opening, closing, _ = at_both_ends(analysis.cube, analysis.opening, analysis.closing)
    return {"opening": opening.sum(), "closing": closing.sum(), "change": (closing - opening).sum()}


def _total(report: Report, page, at: CustomersPlace, col: int, value: float) -> None:
    rows = f"{fx.cell(FIRST_ROW, col, 'row')}:{fx.cell(at.last_row, col, 'row')}"
    report.write(page, TOTAL_ROW, col, f"SUM({rows})", value, "customers", "total")


def _window_columns(report: Report, at: CustomersPlace) -> list[StreamColumn]:
    """First period, opening, closing, change and movement of each customer."""
    analysis, amounts = report.analysis, report.analysis.cube.amounts
    first = first_positions(amounts)
    opening, closing, _ = at_both_ends(analysis.cube, analysis.opening, analysis.closing)
    movement = movement_texts(opening, closing, first, analysis.opening + 1).tolist()
    values = {"first": first, "opening": opening, "closing": closing, "change": closing - opening, "movement": movement}
    kinds = dict.fromkeys(WINDOW, "amount") | {"first": "position", "movement": "general"}
    live = report.live["customers"]
    return [
        StreamColumn(values[name], "formula", kinds[name], partial(_window_formula, at, name) if live else None)
        for name in WINDOW
    ]


def _window_formula(at: CustomersPlace, name: str, row: int) -> str:
    """The formula of one of these columns in a row."""
    words, columns = texts()["movements"], at.window
    line = f"{fx.cell(row, at.first_period, 'col')}:{fx.cell(row, at.last_period, 'col')}"
    f, o, c, d = (fx.cell(row, columns[each], "col") for each in WINDOW[:4])
    arrived = f'IF({c}=0,"{words["absent"]}",IF({f}<={fx.OPENING},"{words["reactivation"]}","{words["new"]}"))'
    stayed = f'IF({d}>0,"{words["expansion"]}",IF({d}<0,"{words["contraction"]}","{words["unchanged"]}"))'
    left = f'IF({c}=0,"{words["churn"]}",{stayed})'
    return {
        "first": f"IF(SUM({line})=0,0,MATCH(TRUE,INDEX({line}>0,0),0))",
        "opening": f"INDEX({line},{fx.OPENING})",
        "closing": f"INDEX({line},{fx.CLOSING})",
        "change": f"{c}-{o}",
        "movement": f"IF({o}=0,{arrived},{left})",
    }[name]


def _table(report: Report, page, at: CustomersPlace, labels) -> None:
    """An Excel Table around it all; its header cells must be texts that differ even in lower case."""
    names = unique_headers([WORDS["customer"], *at.segments, *(HEADERS[name] for name in WINDOW), *labels])
    right, left = report.book.format("header"), report.book.format("header_left")
    text_columns = 1 + len(at.segments)
    page.sheet.add_long_table(
        HEADER_ROW,
        0,
        at.last_row,
        at.last_period,
        {
            "name": "CustomerAmounts",
            "style": None,
            "columns": [
                {"header": name, "header_format": left if col < text_columns else right}
                for col, name in enumerate(names)
            ],
        },
    )


def unique_headers(names) -> list[str]:
    """Table headers from any texts: one line, at most 255 characters, each different from the others.

    >>> unique_headers(["Customer", "customer", "a\\nb"])
    ['Customer', 'customer (2)', 'a b']
    """
    taken: set[str] = set()
    result = []
    for name in names:
        base = (
            " ".join(safe_text("".join(c if c.isprintable() else " " for c in name)).split())[:240] or WORDS["unnamed"]
        )
        candidate, number = base, 1
        while candidate.casefold() in taken:
            number += 1
            candidate = f"{base} ({number})"
        taken.add(candidate.casefold())
        result.append(candidate)
    return result
