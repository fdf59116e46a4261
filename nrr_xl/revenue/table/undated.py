"""Months by their names or numbers alone, which nothing places in a year."""

from __future__ import annotations

import re

from nrr_xl.errors import InputError
from nrr_xl.periods import MONTH_WORDS
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.files.grid import Grid
from nrr_xl.revenue.table.layout import HEADER_DEPTH
from nrr_xl.revenue.table.table import Table

# A month by its number alone, of no year.
_NUMBERED = re.compile(
    r"(?:month|months|mth|mo|m|period|per|p|monat|mois|mes|mese|maand|miesiac|manad|periode|periodo)[ ._#-]*\d{1,3}"
)


def by_number(table: Table) -> bool:
    """Whether a column of one month by its number was taken for the dates of rows."""
    return table.layout == "long" and bool(_NUMBERED.fullmatch(folded(table.names[table.roles["date"]]).strip()))


def refuse_numbers(heads: list[Grid], path: str) -> None:
    """Refuse months that are counted from the start of a contract or of the table and named by no date."""
    for head in heads:
        for row in range(min(head.rows, HEADER_DEPTH)):
            said = [head.text(row, column) for column in range(head.columns)]
            if len(found := [text for text in said if _NUMBERED.fullmatch(folded(text).strip())]) >= 3:
                raise InputError(
                    f"{path or 'The input'} numbers its months, {found[0]!r} to {found[-1]!r}, and does not say"
                    f" when they were. Write real months into row {row + head.origin[0] + 1}: 2024-01, 2024-02, ..."
                )


def months_without_year(head: Grid) -> bool:
    """Whether a row among the first ones names two months or more and nothing says of which year."""
    for row in range(min(head.rows, HEADER_DEPTH)):
        said = [head.text(row, column).strip().rstrip(".").lower() for column in range(min(head.columns, 60))]
        if sum(text in MONTH_WORDS for text in said) >= 2:
            return True
    return False
