"""Rows that are the lines of a profit and loss statement, not customers: asked about."""

from __future__ import annotations

from functools import cache

import numpy as np

from nrr_xl.revenue.cells.columns import read_texts
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.clean.body import Body
from nrr_xl.revenue.vocabulary import vocabulary, words

# A statement has so many of its lines, and customers are not this share of it.
LINES, SHARE, LONGEST = 3, 0.4, 200


@cache
def _lines() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(words(text)) for text in vocabulary()["words"]["statement"])


def is_line(text: str) -> bool:
    """Whether a name is a line of a profit and loss statement, with a word or two beside it.

    >>> is_line("Cost of sales"), is_line("Gross profit (adj.)"), is_line("Revenue Systems Inc")
    (True, True, False)
    """
    said = words(folded(text))
    if len(said) > 6:
        return False
    runs = {said[i:j] for i in range(len(said)) for j in range(i + 1, len(said) + 1) if len(said) - (j - i) <= 1}
    return bool(runs & _lines())


def say_statement(body: Body) -> None:
    """Ask where the names of the rows are lines of a statement, unless the user keeps the rows."""
    column = body.table.roles["customer"]
    names = read_texts(body.grid, column, body.span, "customer")
    if not LINES <= len(names.values) <= LONGEST:
        return
    lines = [code for code, name in enumerate(names.values) if is_line(name)]
    rows = np.flatnonzero(np.isin(names.codes, lines))
    kept = body.kept()
    if len(lines) < max(LINES, SHARE * len(names.values)) or (kept is not None and kept[rows].all()):
        return
    numbers = body.grid.row_numbers()[body.span]
    body.findings.say(
        "statement-rows",
        cell=body.grid.address(int(rows[0]) + body.table.first, column),
        value=", ".join(names.values[code] for code in lines[:4]),
        action=f"Read another sheet with --sheet, or count the rows with --keep-rows {numbers.min()}-{numbers.max()}.",
    )
