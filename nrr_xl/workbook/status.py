"""The status line on every sheet: what it says, its colours, and what is seen of it where it was typed over.

The Checks sheet says it once; every sheet repeats it only while the cells that it comes from are formulas that agree.
That a line itself was typed over is told by the Summary's, and that the Summary's was by that of Checks: a cell cannot
look at a line that looks at it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.formulas import cell
from nrr_xl.workbook.texts import texts

if TYPE_CHECKING:
    from nrr_xl.workbook.book import Book
    from nrr_xl.workbook.cells import Page
    from nrr_xl.workbook.frame import Report

# Where each sheet of a report has its line.
ROW = 3
# On Checks: how many checks fail and the line in words, the reader's warnings, whether anything differs from the report
# as it was written, and how many sheets' lines are not what they were.
FAILING, TEXT, WARNINGS, AS_REPORTED, OTHERS = (5, 1), (5, 2), (6, 1), (7, 1), (8, 1)
NAME = "StatusLine"
WORDS = texts()["checks"]


def define_name(report: Report) -> None:
    """The name by which the looks of a line find what it should say."""
    report.book.name(NAME, "=" + cell(*TEXT, "row col", report.sheets["checks"]), WORDS["line_name"])


def formula(report: Report, key: str) -> str:
    """A sheet's line: what Checks says, or that one of the cells behind it was typed over."""
    checks = report.sheets["checks"]
    text, failing, same, others = (cell(*at, "row col", checks) for at in (TEXT, FAILING, AS_REPORTED, OTHERS))
    good = f"{failing}=0" if report.feed else f"{failing}=0,{same}=1"
    typed = f'NOT(_xlfn.ISFORMULA({text})),AND(LEFT({text},1)="{WORDS["passed"][0]}",NOT(AND({good})))'
    own, lines = (fx.quoted(WORDS["failed"].format(name=WORDS[name])) for name in ("own", "lines"))
    line = f"IF(OR({typed}),{own},{text})"
    if key == "summary":
        return f"IF(AND(_xlfn.ISFORMULA({others}),{others}=0),{line},{lines})"
    if key == "checks":
        return f"IF({cell(ROW, 0, 'row col', report.sheets['summary'])}={text},{line},{lines})"
    return line


def others(report: Report) -> str:
    """How many of the sheets' lines are not what Checks says, but for the Summary's and its own."""
    text = cell(*TEXT, "row col")
    found = [at for key, at in report.lines.items() if key not in ("summary", "checks")]
    return "+".join(f"({at}<>{text})" for at in found) or "0"


def colour(book: Book, page: Page, row: int, col: int, typed: str = "") -> None:
    """Colour a line by the sign that it begins with; one that was typed over shows that, whatever was typed.

    `typed` is the condition that it was; by default that it is not what Checks says.
    """
    here = cell(row, col, "row col")
    typed = typed or f"{here}<>{NAME}"
    said = fx.quoted(WORDS["typed_over"])
    over = book.condition("bad", ";".join([said] * 4))
    rules = [(typed, over)]
    for state, look in (("passed", "good"), ("changed", "warn"), ("failed", "bad")):
        rules.append((f'LEFT({here},1)="{WORDS[state][0]}"', book.condition(look)))
    for criteria, look in rules:
        rule = {"type": "formula", "criteria": f"={criteria}", "format": look, "stop_if_true": True}
        page.sheet.conditional_format(row, col, row, col, rule)
