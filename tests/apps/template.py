"""What the tests of the template share: a small one, where its figures stand, and how it refuses."""

from __future__ import annotations

import datetime as dt
import re

from nrr_xl.periods import month_number
from nrr_xl.workbook.texts import texts

CUSTOMERS = 48
PASSED = texts()["checks"]["passed"]
LINES = ("opening", "new", "reactivation", "expansion", "contraction", "churn", "closing")
LOSSES = ("contraction", "churn")
TILES = {"A9": "nrr", "C9": "grr", "E9": "logo_retention", "G9": "quick_ratio"}
BRIDGE_ROW = 29  # of the Summary's table, whose amounts stand in column D
FIRST = month_number(2022, 1)


# The sheets that people read; in the others a refused book has thousands of errors, each of which costs a question.
SHOWN = ("Read me", "Settings", "Revenue", "Summary", "Bridge", "Trend", "Segments")


def recalculated(office, path, changes=(), *, formulas_only=False):
    """A template after changes, of its shown sheets alone."""
    return office.recalculate(path, changes, formulas_only=formulas_only, only=SHOWN)


def serial(year: int, month: int) -> float:
    return float((dt.date(year, month, 1) - dt.date(1899, 12, 30)).days)


def status(after) -> str:
    return after.value("Summary", "A4")


def amount(after, line: str) -> float | str:
    """A line of the window, as the Summary's table has it."""
    return after.value("Summary", f"D{BRIDGE_ROW + LINES.index(line)}")


def setting(after, name: str):
    """What a line of the Settings sheet says."""
    texts_of = texts()["template_results"] | texts()["template_amounts"]
    (row,) = (
        cell for (sheet, cell), held in after.cells.items() if sheet == "Settings" and held.value == texts_of[name]
    )
    return after.value("Settings", row.replace("B", "C"))


NO_FIGURE = ("#N/A", "#VALUE!", "–")

# What counts rows, columns or limits, and stands on no amount.
COUNTED = re.compile(r"\bROWS\(|\bCOLUMNS\(|^=?1$|^=?0$|WindowMonths|FirstNumber")


def refused(after, says: str) -> None:
    """No figure stands anywhere in the report, and every sheet says what is wrong."""
    assert says in status(after) and status(after).startswith("✗")
    assert says in after.value("Read me", "B3")
    for cell in (*TILES, "I9", "K9", *(f"D{BRIDGE_ROW + place}" for place in range(len(LINES)))):
        assert after.value("Summary", cell) in NO_FIGURE, cell
    for (sheet, address), cell in after.cells.items():
        shown = cell.formula and not cell.error and isinstance(cell.value, float) and cell.value
        if shown and sheet in ("Bridge", "Trend", "Segments"):
            assert COUNTED.search(cell.formula), (sheet, address, cell.formula, cell.value)
