"""Dates of which a spreadsheet of another country took day and month the wrong way round, where it could at all."""

from __future__ import annotations

from typing import Any

import numpy as np

from nrr_xl.revenue.cells.dates import Doubtful, parse_date
from nrr_xl.revenue.files.grid import DATE, TEXT, Grid
from nrr_xl.revenue.findings import Findings

Array = np.ndarray[Any, Any]

# Texts that are left, as a share of all, and how many different days the dates beside them must have.
SHARE, DISTINCT = 0.3, 3
_DAY_ZERO = np.datetime64("1899-12-30", "D")


def in_their_order(grid: Grid, column: int, first: int, kinds: Array, cells: Array, findings: Findings) -> Array:
    """The cells (rows,) with day and month exchanged again where that was done to them; told.

    A spreadsheet that expects the month first makes 5 April of 04/05 and leaves 13/05 a text: then no date has a day
    above 12, and every text has one.
    """
    dated, texts = np.flatnonzero(kinds == DATE), np.flatnonzero(kinds == TEXT)
    if dated.size < DISTINCT or texts.size < SHARE * (dated.size + texts.size):
        return cells
    parsed = [parse_date(grid.strings[code]) for code in set(cells[texts].astype(np.int64).tolist())]
    orders = {item.order if isinstance(item, Doubtful) else "" for item in parsed}
    dates = _DAY_ZERO + cells[dated].astype(np.int64)
    years, months = dates.astype("datetime64[Y]"), dates.astype("datetime64[M]")
    day = (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    month = (months - years.astype("datetime64[M]")).astype(np.int64) + 1
    alike = len(set(day.tolist())) < DISTINCT or len(set(month.tolist())) < 2
    if len(orders) != 1 or not orders <= {"day", "month"} or day.max() > 12 or alike:
        return cells
    turned = (years.astype("datetime64[M]") + (day - 1)).astype("datetime64[D]") + (month - 1)
    found = cells.copy()
    found[dated] = (turned - _DAY_ZERO).astype(np.int64)
    address = grid.address(int(dated[0]) + first, column)
    told = f"{dated.size} date(s) have day and month exchanged: all their days are 12 or less, none of the texts' is"
    findings.say("dates-swapped", told, address, grid.text(int(dated[0]) + first, column))
    return found
