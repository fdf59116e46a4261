"""The sheet of segments that change over time: each customer's value in each period, looked up where a window opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nrr_xl.records import struct
from nrr_xl.retention.analysis import Analysis
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import StreamColumn
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.texts import texts

if TYPE_CHECKING:
    from nrr_xl.workbook.sheets.customers import CustomersPlace

WORDS = texts()["history"]
VALUES_ROW = HEAD_ROWS + 2
HEAD_COLUMNS = 12


@struct()
class History:
    """Where the codes of each changing segment stand: its values first, then a row for each customer by number."""

    sheet: str
    changing: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]
    customers: int
    periods: int

    def _left(self, name: str) -> int:
        return self.changing.index(name) * (self.periods + 3) + 1

    @property
    def _first_row(self) -> int:
        return VALUES_ROW + max(map(len, self.values), default=0) + 3

    def _block(self, name: str) -> str:
        left = self._left(name)
        last = self._first_row + self.customers - 1
        return fx.block(self._first_row, left, last, left + self.periods - 1, self.sheet)

    def _values(self, name: str) -> str:
        left, count = self._left(name), len(self.values[self.changing.index(name)])
        return fx.block(VALUES_ROW, left, VALUES_ROW + count - 1, left, self.sheet)

    def column(self, report: Report, name: str, at: CustomersPlace) -> StreamColumn | None:
        """Each customer's value at the opening, or at the closing where it had no amount before; None if unchanging."""
        if name not in self.changing:
            return None
        block, values = self._block(name), self._values(name)

        def formula(row: int) -> str:
            number, opening = (fx.cell(row, at.window[key], "col") for key in ("number", "opening"))
            code = f"INDEX({block},{number},IF({opening}>0,{fx.OPENING},{fx.CLOSING}))"
            return f'IF(N({number})=0,"",IF({code}=0,"",INDEX({values},{code})))'

        live = report.live["customers"]
        return StreamColumn(
            at.arranged(segment_texts(report.analysis, name)), "label", "general", formula if live else None
        )


def segment_codes(analysis: Analysis, name: str) -> np.ndarray:
    """Each customer's code of a segment: at the window's opening, or at its closing where it had no amount before."""
    codes = analysis.cube.segments[name].codes
    if codes.ndim == 1:
        return codes
    before = analysis.cube.amounts[:, analysis.opening] > 0
    return np.where(before, codes[:, analysis.opening], codes[:, analysis.closing])


def segment_texts(analysis: Analysis, name: str) -> list[str]:
    """Each customer's text of a segment, as `segment_codes`; "" where it has none."""
    values = analysis.cube.segments[name].values
    return [values[code] if code >= 0 else "" for code in segment_codes(analysis, name)]


def place(report: Report) -> History:
    """Where the sheet will have its blocks."""
    cube = report.listed.cube
    changing = [segment for segment in cube.segments.values() if segment.codes.ndim == 2]
    names, values = (tuple(getattr(segment, what) for segment in changing) for what in ("name", "values"))
    sheet = report.sheets.get("history", "")
    return History(sheet, names, values, len(cube.customers), len(cube.periods))


def write(report: Report, at: History) -> None:
    """Fill the sheet: every segment's values, numbered from 1, and below them each customer's number in each period."""
    cube, page = report.analysis.cube, report.open("history")
    for name in at.changing:
        left, segment = at._left(name), cube.segments[name]
        page.put(VALUES_ROW - 1, left, name, "header_left")
        page.column(VALUES_ROW, left, segment.values, "label")
        page.row(at._first_row - 1, left, cube.periods.labels, "header")
        codes = np.maximum(segment.codes + 1.0, 0.0)
        page.numbers(at._first_row, left, codes, "working", "position")
        # Each code by its place, so that none can be changed unseen.
        block = at._block(name)
        corner = fx.cell(at._first_row, left, "row col", at.sheet)
        rows, columns = (f"({what}({block})-{what}({corner})+1)" for what in ("ROW", "COLUMN"))
        found = float((codes * np.arange(1, len(codes) + 1)[:, None] * np.arange(1, codes.shape[1] + 1)).sum())
        report.signatures.append(f"SUMPRODUCT({rows}*{columns}*{block})={found!r}")
    page.column(at._first_row, 0, range(1, at.customers + 1), "working", "position")
    page.put(at._first_row - 1, 0, WORDS["number"], "header_left")
    page.sheet.freeze_panes(at._first_row, 1)
    # What stands below are numbers that only formulas need; the head needs a page's width.
    page.sheet.print_area(0, 0, at._first_row - 2, HEAD_COLUMNS)
    page.print_setup(report.footer)
