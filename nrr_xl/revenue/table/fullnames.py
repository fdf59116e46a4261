"""First and last names that stand in two columns and name a customer together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nrr_xl.errors import Problem
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.files.grid import BLANK, TEXT
from nrr_xl.revenue.findings import problem
from nrr_xl.revenue.table.table import Table
from nrr_xl.revenue.vocabulary import vocabulary, words


def named_in_full(table: Table) -> tuple[Table, list[Problem]]:
    """The table with its customers named by first and last name, where one of the two alone stands for the customer."""
    customer = table.roles["customer"]
    mine, others = part_of_name(table.names[customer]), (*table.segments, *table.unused)
    wanted = {"first": "last", "last": "first"}.get(mine)
    other = next((column for column in others if wanted and part_of_name(table.names[column]) == wanted), None)
    if other is None:
        return table, []
    grid, rows = table.grid, np.arange(table.first, table.last + 1)
    first, last = (customer, other) if mine == "first" else (other, customer)
    rows = rows[(grid.kinds[first, rows] == TEXT) | (grid.kinds[last, rows] == TEXT)]
    both = [" ".join(f"{grid.text(row, first)} {grid.text(row, last)}".split()) for row in rows.tolist()]
    codes = {text: len(grid.strings) + at for at, text in enumerate(dict.fromkeys(both))}
    kinds, values = grid.kinds.copy(), grid.values.copy()
    kinds[customer, rows] = [TEXT if text else BLANK for text in both]
    values[customer, rows] = [codes[text] for text in both]
    told = problem(
        "column-guessed",
        "First and last names together were taken for the customer",
        sheet=grid.sheet,
        cell=grid.address(max(table.header[1], 0), min(first, last)),
        value=f"{table.names[first]}, {table.names[last]}",
        action="Name another column with --customer if that is wrong.",
    )
    guessed = tuple(role for role in table.guessed if role != "customer")
    segments, unused = (tuple(c for c in columns if c != other) for columns in (table.segments, table.unused))
    whole = replace(grid, kinds=kinds, values=values, strings=(*grid.strings, *codes))
    return replace(table, grid=whole, guessed=guessed, segments=segments, unused=unused), [told]


def part_of_name(header: str) -> str:
    """Which part of a person's name a header names: "first", "last" or "".

    >>> part_of_name("First name"), part_of_name("Nachname"), part_of_name("Company name")
    ('first', 'last', '')
    """
    plain = " ".join(words(folded(header)))
    known = vocabulary()["words"]
    return next((part for part in ("first", "last") if plain in known[f"{part}_name"]), "")
