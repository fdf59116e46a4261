"""The Summary's tiles: a figure, its change against a year ago, and how it reads."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from nrr_xl.retention.bands import bands
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.frame import Report
from nrr_xl.workbook.texts import texts

if TYPE_CHECKING:
    from nrr_xl.workbook.sheets.summary import Figures

WORDS = texts()["tiles"]

# Each tile: the line or rate it shows, its kind, and the kind of its change.
TILES = (
    ("nrr", "rate", "points"),
    ("grr", "rate", "points"),
    ("logo_retention", "rate", "points"),
    ("quick_ratio", "multiple", "multiple_change"),
    ("closing", "headline", "growth"),
    ("closers", "count", "count_change"),
)
# What rounds to nothing has not changed.
DIFFERENCES = {
    "points": "ROUND(100*({here}-{ago}),1)",
    "growth": "ROUND({here}/{ago}-1,3)",
    "multiple_change": "ROUND({here}-{ago},1)",
}
LINES = tuple(line for line, _, _ in TILES)
YEAR = 12


def write(report: Report, page: Page, shown: Figures, top: int, bands_at: tuple[int, int]) -> None:
    """Write the tiles from a row on, and the bands of their rates to the workings at a cell."""
    closing = fx.told(WORDS["closing"], {"unit": report.unit_told})
    titles = {line: fx.told(text, {}) for line, text in texts()["rates"].items()}
    titles |= {"closing": closing, "closers": fx.told(WORDS["closers"], {})}
    for row, height in zip(range(top, top + 4), (17, 30, 15, 17), strict=True):
        page.sheet.set_row(row, height)
    notes = _notes(report, page, shown, bands_at)
    for number, (line, kind, change) in enumerate(TILES):
        col = 2 * number
        now, before = shown.values[line]
        here, ago = shown.cell(line), shown.ago(line)
        roles = (("tile_label", "text"), ("tile_value", kind), ("tile_change", change), ("tile_note", "text"))
        for row, (role, one) in enumerate(roles, top):
            page.merge(row, col, row, col + 1, role, one)
        report.say(page, top, col, titles[line], "tile_label")
        report.write(page, top + 1, col, here, now, "customers", "tile_value", kind)
        # Of an amount of 0 there is no growth; of an undefined rate no change.
        known = f"N({ago})>0" if change == "growth" else f"AND(ISNUMBER({here}),ISNUMBER({ago}))"
        difference = DIFFERENCES.get(change, "{here}-{ago}").format(here=here, ago=ago)
        formula = f'IF({known},{difference},"{WORDS["no_year"]}")'
        report.write(page, top + 2, col, formula, _change(now, before, change), "customers", "tile_change", change)
        text, formula = notes[line]
        report.write(page, top + 3, col, formula, text, "customers", "tile_note", "general")


def _change(now: float, before: float | str, change: str) -> float | str:
    if isinstance(before, str) or math.isnan(before) or math.isnan(now):
        return WORDS["no_year"]
    if change == "growth":
        return rounded(now / before - 1, 3) if before else WORDS["no_year"]
    if change == "points":
        return rounded(100 * (now - before), 1)
    return rounded(now - before, 1)


def rounded(value: float, digits: int) -> float:
    """A number as ROUND has it."""
    return float(fx.fixed(value, digits).replace(",", ""))


def _notes(report: Report, page: Page, shown: Figures, bands_at: tuple[int, int]) -> dict[str, tuple[str, str]]:
    """What stands below each tile, as text and as formula: the band of a rate, or what a count is made of."""
    scheme, months = report.analysis.settings.scheme, report.analysis.months
    values = {line: both[0] for line, both in shown.values.items()}
    retained = int(values["openers"] + values["churned"])
    gained = int(values["closers"] - retained)
    stayed = WORDS["stayed_one" if values["openers"] == 1 else "stayed"]
    openers, churned, closers = (shown.cell(line) for line in ("openers", "churned", "closers"))
    fixed = {"quick_ratio": WORDS["multiple"], "closing": WORDS["at_closing"]}
    return {
        "nrr": _band(report, page, shown, "nrr", scheme, bands_at, months),
        "grr": _band(report, page, shown, "grr", "quartiles", (bands_at[0] + len(bands()), bands_at[1]), months),
        "logo_retention": (
            f"{retained}{WORDS['of']}{int(values['openers'])}{stayed}",
            f'{openers}+{churned}&"{WORDS["of"]}"&{openers}&IF({openers}=1,"{WORDS["stayed_one"]}","{WORDS["stayed"]}")',
        ),
        "closers": (
            f"{gained}{WORDS['won']}{int(-values['churned'])}{WORDS['lost']}",
            f'{closers}-{openers}-{churned}&"{WORDS["won"]}"&-{churned}&"{WORDS["lost"]}"',
        ),
        **{line: (text, f'"{text}"') for line, text in fixed.items()},
    }


def _band(
    report: Report, page: Page, shown: Figures, metric: str, scheme: str, at: tuple[int, int], months: int
) -> tuple[str, str]:
    """How a rate reads in a scheme of bands; its limits stand in the workings."""
    found = [band for band in bands() if (band.metric, band.scheme) == (metric, scheme)]
    value, here = shown.values[metric][0], shown.cell(metric)
    text = WORDS["undefined"] if np.isnan(value) else next(band.label for band in found if band.holds(value))
    text = text if months == YEAR or np.isnan(value) else WORDS["not_a_year"]
    row, col = at
    page.row(row, col, [WORDS["bands"].format(rate=texts()["rates"][metric], scheme=scheme), WORDS["from"]], "header")
    formula = f'"{found[-1].label}"'
    for offset, band in reversed(list(enumerate(found[:-1], 1))):
        page.put(row + offset, col, band.label, "note")
        page.put(row + offset, col + 1, band.floor, "input", "rate")
        compare = ">=" if band.inclusive else ">"
        label = fx.cell(row + offset, col, "row col")
        formula = f"IF({here}{compare}{fx.cell(row + offset, col + 1, 'row col')},{label},{formula})"
    floors = fx.block(row + 1, col + 1, row + len(found) - 1, col + 1, shown.sheet)
    limits = sum((place * band.floor) ** 2 for place, band in enumerate(found[:-1], 1))
    weighed = f"SUMPRODUCT(((ROW({floors})-{row + 1})*{floors})^2)"
    report.signatures.append(f"ABS({weighed}-{limits!r})<=1E-12")
    # Bands are of yearly rates.
    formula = f'IF({fx.MONTHS}={YEAR},{formula},"{WORDS["not_a_year"]}")'
    # Without a window there is no figure, whatever stood at an opening.
    without = f'IFERROR(IF({here}={fx.DASH},"{WORDS["undefined"]}",{fx.DASH}),{fx.DASH})'
    return WORDS["band"] + text, f'"{WORDS["band"]}"&IF(ISNUMBER({here}),{formula},{without})'
