"""Where the Cohorts sheet's triangles stand, and the figures that other sheets take from them."""

from __future__ import annotations

import math

import numpy as np

from nrr_xl.metrics import ratio
from nrr_xl.periods import FREQUENCIES, period_end, period_label
from nrr_xl.records import struct
from nrr_xl.retention.cohorts import Triangle
from nrr_xl.retention.diligence import shown_triangles
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.story import Fact
from nrr_xl.workbook.texts import texts

WORDS = texts()["cohorts"]
NAME, AFTER, UP_TO, START, FIRST_AGE = range(5)
CHART_ROWS = 9


@struct()
class Place:
    """A cohort table on its way: its numbers, the row it starts in, and each cohort's last position and name.

    `ends` are the positions (from 1) at which the axis' quarters or years end, the last one perhaps beyond it. The
    first row is who was there in the first period, then one for each of `cohorts` (places in `ends`); a period in which
    nobody came has a row without shares.
    """

    table: Triangle
    sheet: str
    top: int
    ends: tuple[int, ...]
    cohorts: tuple[int, ...]
    names: tuple[str, ...]
    # Amounts or customers (cohorts, ages), NaN where a cohort has not reached the age; all the axis' cohorts.
    totals: np.ndarray

    @property
    def step(self) -> int:
        """Positions from one end to the next."""
        return self.ends[1] - self.ends[0] if len(self.ends) > 1 else self.ends[0]

    @property
    def first(self) -> int:
        return self.top + 2

    @property
    def last(self) -> int:
        return self.first + len(self.cohorts)

    @property
    def rows(self) -> list[tuple[int, int]]:
        """The row of each cohort and the place in `ends` of its own end, the first period's apart."""
        return list(enumerate(self.cohorts, self.first + 1))

    @property
    def average(self) -> int:
        return self.last + 1

    @property
    def reached(self) -> int:
        """The row that counts the cohorts that have reached each age."""
        return self.last + 2

    @property
    def drawn(self) -> int:
        """The row, in the workings, of the averages as the chart draws them: #N/A, unlike a dash, is no point."""
        return self.last + 3

    @property
    def points(self) -> str:
        """What the chart draws, to the right of what is printed."""
        return fx.block(self.drawn, self.first_total, self.drawn, self.latest - 1, self.sheet)

    @property
    def first_total(self) -> int:
        """The first column of the amounts or customers behind the shares."""
        return FIRST_AGE + len(self.ends) + 1

    @property
    def latest(self) -> int:
        return self.first_total + len(self.ends)

    def across(self, row: int) -> str:
        return fx.block(row, FIRST_AGE, row, FIRST_AGE + len(self.ends) - 1, self.sheet)

    @property
    def shares(self) -> np.ndarray:
        found: np.ndarray = ratio(self.totals, self.totals[:, :1])
        return found

    @property
    def averages(self) -> np.ndarray:
        totals = self.totals[1:]
        known = ~np.isnan(totals)
        base = np.where(known, totals[:, :1], 0.0).sum(axis=0)
        found: np.ndarray = ratio(np.where(known, totals, 0.0).sum(axis=0), base)
        return found

    @property
    def reached_by(self) -> np.ndarray:
        """How many cohorts have reached each age."""
        counts: np.ndarray = (~np.isnan(self.totals[1:])).sum(axis=0)
        return counts

    def age(self, months: int) -> Fact:
        """The age at which cohorts are compared: the window's length, or the oldest that two cohorts have reached."""
        found = min(months // FREQUENCIES[self.table.freq], int((self.reached_by > 1).sum()) - 1)
        return Fact(fx.cell(self.average, self.latest, "row col", self.sheet), found)

    @property
    def age_formula(self) -> str:
        oldest = f'COUNTIF({self.across(self.reached)},">1")-1'
        return f"MIN(INT({fx.MONTHS}/{FREQUENCIES[self.table.freq]}),{oldest})"

    def share(self, months: int) -> Fact:
        """The average share at that age."""
        age = self.age(months)
        value = self.averages[int(age.number)] if age.number >= 0 else math.nan
        return Fact(f"INDEX({self.across(self.average)},{age.cell}+1)", float(value))


def place(report: Report) -> list[Place]:
    """Where the triangles will stand."""
    analysis, top, done = report.analysis, HEAD_ROWS + CHART_ROWS + 1, []
    axis = analysis.cube.periods
    for table in shown_triangles(analysis, report.begin):
        step = FREQUENCIES[table.freq]
        whole = [period_end(end, step, axis.fiscal_year_end) for end in axis.ends]
        months = list(dict.fromkeys(whole))
        ends = tuple((month - axis.first) // axis.step + 1 for month in months)
        # Who came in the first period alone is nobody: they were there before.
        shown = tuple(place for place, end in enumerate(ends) if end > 1)
        names = tuple(period_label(months[place], step, axis.fiscal_year_end) for place in shown)
        names = (WORDS["before"].format(period=axis.labels[report.begin]), *names)
        # The kernel leaves out a period in which nobody came.
        keys = {key: row for row, key in enumerate(table.cohorts) if row or not table.first_unknown}
        closing, width = analysis.closing + 1, min(table.totals.shape[1], len(ends))
        totals = np.full((len(names), len(ends)), np.nan)
        if table.first_unknown:
            totals[0, :width] = table.totals[0, :width]
        for row, place in enumerate(shown, 1):
            known = keys.get(axis.keys[min(ends[place], closing) - 1])
            if known is not None and (place == 0 or ends[place - 1] < closing):
                totals[row, :width] = table.totals[known, :width]
        done.append(Place(table, report.sheets["cohorts"], top, ends, shown, names, totals))
        top = done[-1].drawn + 2
    return done
