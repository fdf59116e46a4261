"""The waterfall of the window: where each column floats, the level that leads to the next, and the chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nrr_xl.retention.lines import LOSSES
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.charts import Charts, Step
from nrr_xl.workbook.frame import Report
from nrr_xl.workbook.sheets.bridge import WHOLES, lines_of
from nrr_xl.workbook.texts import texts

if TYPE_CHECKING:
    from nrr_xl.workbook.sheets.summary import Figures

WORDS, HEADERS = texts()["waterfall"], texts()["waterfall_columns"]
SCALES = {"": 1, "k": 1_000, "m": 1_000_000}


def chart(report: Report, charts: Charts, page: Page, top: int, left: int, shown: Figures) -> Any:
    """Write the chart's data with its corner at a cell, and make the chart."""
    words, lines, sheet = texts()["lines"], lines_of(report.analysis), page.name
    first, last = top + 2, top + 1 + len(lines)
    page.put(top, left, WORDS["title"], "section")
    page.row(top + 1, left, ["", *HEADERS.values()], "header")
    amount, level, base, total, *moves, label, leaving = range(left + 1, left + 11)
    scale = SCALES[report.book.theme.magnitude]
    digits = 0 if scale == 1 else 1
    running, steps = 0.0, []
    for number, line in enumerate(lines):
        row, value, whole = first + number, float(shown.values[line][0]), line in WHOLES
        before, running = (0.0, value) if whole else (running, running + value)
        here, now, prior = fx.cell(row, amount, "col"), fx.cell(row, level, "col"), fx.cell(row - 1, level, "col")
        page.put(row, left, words[line], "note")
        for col, formula, cached in (
            (amount, shown.cell(line), value),
            (level, here if whole else f"{prior}+{here}", running),
            (total, here if whole else "0", value if whole else 0.0),
            *zip((base, *moves), *_floating(whole, prior, now, before, running), strict=True),
        ):
            report.write(page, row, col, formula, cached, "customers", "working", "amount")
        shown_as = here + (f"/{scale}" if scale > 1 else "")
        text = f'IF({here}<0,"("&FIXED(-{shown_as},{digits})&")",FIXED({shown_as},{digits}))'
        report.write(page, row, label, text, fixed(value / scale, digits), "customers", "working", "general")
        for at in range(row, min(row + 1, last) + 1):
            report.write(page, at, leaving + number, now, running, "customers", "working", "amount")
        column = leaving + number
        steps.append(
            Step(
                "=" + fx.cell(row, label, "row col", sheet),
                "=" + fx.block(first, column, last, column, sheet),
                line in LOSSES,
            )
        )

    def part(col: int) -> str:
        return "=" + fx.block(first, col, last, col, sheet)

    columns = zip(("base", "total", "rise", "fall", "rise below", "fall below"), (base, total, *moves), strict=True)
    parts = {name: part(col) for name, col in columns}
    return charts.waterfall(part(left), parts, steps)


def _floating(whole: bool, prior: str, now: str, before: float, after: float) -> tuple[list[str], list[float]]:
    """The base, and the parts of a rise and of a fall above and below zero: as formulas and as numbers.

    A stacked column piles what is positive up from zero and what is negative down from it.
    """
    if whole:
        return ["0"] * 5, [0.0] * 5
    formulas = [
        f"MAX(MIN({prior},{now}),0)+MIN(MAX({prior},{now}),0)",
        f"MAX(MAX({now},0)-MAX({prior},0),0)",
        f"MAX(MAX({prior},0)-MAX({now},0),0)",
        f"-MAX(MIN({now},0)-MIN({prior},0),0)",
        f"-MAX(MIN({prior},0)-MIN({now},0),0)",
    ]
    values = [
        max(min(before, after), 0.0) + min(max(before, after), 0.0),
        max(max(after, 0.0) - max(before, 0.0), 0.0),
        max(max(before, 0.0) - max(after, 0.0), 0.0),
        -max(min(after, 0.0) - min(before, 0.0), 0.0),
        -max(min(before, 0.0) - min(after, 0.0), 0.0),
    ]
    return formulas, values


def fixed(value: float, digits: int) -> str:
    """A number as FIXED writes it, a loss in parentheses.

    >>> fixed(-1234.5, 0)
    '(1,235)'
    """
    text = fx.fixed(abs(value), digits)
    return f"({text})" if value < 0 else text
