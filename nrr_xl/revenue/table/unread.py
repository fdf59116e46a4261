"""Columns among the periods whose headers name none: a month that is misspelt, or in a language that is not known."""

from __future__ import annotations

import re

from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.table.contents import SAMPLE, content
from nrr_xl.revenue.table.meanings import meanings
from nrr_xl.revenue.table.runs import bare_period
from nrr_xl.revenue.table.table import Table


def unread_periods(table: Table) -> list[int]:
    """The columns of amounts whose headers look as those of the read periods do, by words that mean nothing else.

    So are those of a month or a quarter of which no year is known. Left out without a word, they would move the window,
    or count as periods without amounts.
    """
    shapes = {_shape(table.names[column]) for column in table.periods} - {None}
    return [
        column
        for column in table.unused
        if (_shape(table.names[column]) in shapes or (table.periods and bare_period(table.names[column])))
        and (set(meanings(table.names[column])) <= {"?", "filler"} or bare_period(table.names[column]))
        and content(table.grid, column, slice(table.first, table.first + SAMPLE)) == "amount"
    ]


def _shape(name: str) -> str | None:
    """`Feb 2024` is `a 9999`; nothing for a name without both a word and a number."""
    text = re.sub(r"\d", "9", re.sub(r"[^\W\d_]+", "a", folded(name)))
    return text if "a" in text and "9" in text else None
