"""The checks of the Summary: the window's figures by a second route, and against what Python computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.frame import COUNT, MONEY, RATE, Report
from nrr_xl.workbook.sheets import tiles
from nrr_xl.workbook.sheets.bridge import lines_of
from nrr_xl.workbook.sheets.trend import COUNTS, RATES, TrendPlace
from nrr_xl.workbook.texts import texts

if TYPE_CHECKING:
    from nrr_xl.workbook.sheets.summary import Figures

WORDS = texts()["summary"]


def add(report: Report, trend: TrendPlace, shown: Figures, tile_row: int) -> None:
    """The window by a second route, and against what Python computed for it."""
    words, sheet = texts(), shown.sheet
    names = words["lines"] | words["rates"] | words["counts"]
    lines = lines_of(report.analysis)
    if report.live["trend"]:
        for line in (*lines, *COUNTS, *RATES):
            here, there = shown.cell(line, sheet=sheet), f"INDEX({trend.column(line)},{fx.CLOSING})"
            formula = f"IF({here}={there},0,{here}-{there})"
            report.check(WORDS["ties"].format(line=names[line]), formula, 0.0, tolerance_of(line), "ties")
    if not report.live["customers"]:
        return
    report.check(WORDS["window_fits"], f"IF(ISNUMBER({fx.OPENING}),0,1)", 0.0, COUNT)
    before, after = fx.period(fx.OPENING), fx.period(fx.CLOSING)
    base = shown.cell("opening", sheet=sheet)
    at = {line: fx.cell(tile_row + 1, 2 * number, "row col", sheet) for number, line in enumerate(tiles.LINES)}
    # Straight from the amounts, past everything between.
    straight = {
        "nrr": f'SUMIF({before},">0",{after})/SUM({before})',
        "grr": f"SUMPRODUCT(({after}<{before})*{after}+({after}>={before})*{before})/SUM({before})",
        "logo_retention": f'COUNTIFS({before},">0",{after},">0")/COUNTIF({before},">0")',
        "closing": f"SUM({after})",
        "closers": f'COUNTIF({after},">0")',
    }
    for line, formula in straight.items():
        undefined = f"IF(N({base})=0,IF(ISNUMBER({at[line]}),1,0),{at[line]}-{formula})"
        one = undefined if line in RATES else f"{at[line]}-{formula}"
        report.check(WORDS["straight"].format(line=names[line]), one, 0.0, tolerance_of(line), "straight")
    for line in (*lines, *RATES[:3]) if report.feed is None else ():
        here, value = shown.cell(line, sheet=sheet), float(shown.values[line][0])
        if np.isfinite(value):
            formula = f"IF(AND({report.as_reported}=1,ISNUMBER({here})),{here}-{value!r},0)"
            report.check(WORDS["recomputed"].format(line=names[line]), formula, 0.0, tolerance_of(line), "recomputed")


def tolerance_of(line: str) -> float:
    """How far two routes to a figure may differ, by what it is."""
    return RATE if line in RATES else COUNT if line in COUNTS else MONEY
