"""What titles above a table, and its sheet's name, say of the amounts: costs, shares, seats or a budget are told."""

from __future__ import annotations

import re

from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.files.grid import BLANK
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.meanings import meanings
from nrr_xl.revenue.table.table import Table
from nrr_xl.revenue.vocabulary import vocabulary, words

# A title stands so few rows above its table, in one of its first columns, and is no longer than this.
_ROWS, _COLUMNS, _LONGEST = 8, 40, 80
_SHARES = re.compile(r"(?<![\d ])\s*%")
_MONEY = {"money", "mrr", "arr", "recurring", "tcv"}


def titles_above(table: Table) -> list[tuple[str, str]]:
    """The texts above a table's header, each with its address."""
    grid, top = table.grid, max(table.header[0], 0)
    above = [(row, column) for row in range(max(top - _ROWS, 0), top) for column in range(min(grid.columns, _COLUMNS))]
    return [
        (grid.text(row, column), grid.address(row, column)) for row, column in above if grid.kinds[column, row] != BLANK
    ]


def say_titles(table: Table, findings: Findings) -> None:
    """Tell of a title or a sheet's name by which the amounts may be no revenue that came to be."""
    for text, place in [*titles_above(table), (table.grid.sheet, "")]:
        if names_other(text):
            findings.say("title-unlike", cell=place, value=text)
            return


def names_other(text: str) -> bool:
    """Whether a title names something else than revenue: a cost, a share, a count or a plan.

    >>> [names_other(text) for text in ("Hosting cost", "Revenue by customer, %", "Seats by customer", "Budget")]
    [True, True, True, True]
    >>> [names_other(text) for text in ("MRR by customer", "Revenue by plan", "Actual vs budget", "Net of 19 % VAT")]
    [False, False, False, False]
    """
    if len(text) > _LONGEST:
        return False
    meant, said, known = {*meanings(text)}, {*words(folded(text))}, vocabulary()["words"]
    if said & {*known["titled_other"]} or _SHARES.search(text):
        return True
    if "budget" in meant:
        return not said & ({*known["actual"]} | {"vs", "versus", "and", "und", "et", "excl", "without"})
    return "count" in meant and not meant & _MONEY and any(word.isalpha() for word in said) and ":" not in text
