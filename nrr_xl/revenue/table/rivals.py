"""Columns that may be the amount as well as the one that was taken for it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nrr_xl.revenue.cells.columns import read_amounts
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.contents import Contents
from nrr_xl.revenue.table.headers import role_ranks
from nrr_xl.revenue.table.meanings import meanings
from nrr_xl.revenue.table.table import Table
from nrr_xl.revenue.vocabulary import vocabulary, words


def rivals(amount: int, rest: list[int], names: Mapping[int, str], contents: Contents) -> tuple[int, ...]:
    """Other columns whose headers name an amount as surely as the chosen one does, or gross where net is after fees."""
    mine = role_ranks(names[amount]).get("amount", 99)
    if "net" in meanings(names[amount]) and any("fee" in meanings(names[column]) for column in rest):
        return tuple(column for column in rest if "gross" in meanings(names[column]))
    return tuple(
        column
        for column in rest
        if contents.kind(column) == "amount"
        and (role_ranks(names[column]).get("amount", 99) <= mine < 99 or owed_and_paid(names[amount], names[column]))
        and contents.column(column) != contents.column(amount)
    )


def owed_and_paid(mine: str, other: str) -> bool:
    """Whether one header names what is owed and the other what of it was paid."""
    owed, paid = {"due", "owed", "owing", "invoiced", "billed"}, {"paid", "received", "collected"}
    one, two = set(words(folded(mine))), set(words(folded(other)))
    return bool((one & owed and two & paid) or (one & paid and two & owed))


def taken_off_nowhere(table: Table, column: int) -> bool:
    """Whether a column holds discounts beside amounts of which nothing says that these are taken off already."""
    said, header = {*words(folded(table.names[column]))}, table.names.get(table.roles.get("amount", -1), "")
    if not said & {*vocabulary()["words"]["discount"]} or said & {
        "percent",
        "pct",
        "rate",
        "code",
        "type",
        "name",
        "id",
    }:
        return False
    if {"net", "mrr", "arr", "total"} & {*meanings(header)} or "%" in table.names[column]:
        return False
    span = slice(table.first, table.last + 1)
    return bool(np.nan_to_num(read_amounts(table.grid, [column], span, Findings(table.grid)).values).any())
