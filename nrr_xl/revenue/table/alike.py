"""Columns of one kind of amount in a table (Base MRR, Add-on MRR): their sum among them counts, else it is asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nrr_xl.errors import InputError, Problem
from nrr_xl.revenue.cells.columns import read_amounts
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.files.grid import NUMBER, column_letter
from nrr_xl.revenue.findings import Findings, problem
from nrr_xl.revenue.table.adding import HAIR, proportional
from nrr_xl.revenue.table.contents import SAMPLE, content
from nrr_xl.revenue.table.headers import role_ranks
from nrr_xl.revenue.table.kept import flows
from nrr_xl.revenue.table.meanings import meanings
from nrr_xl.revenue.table.periods import is_forecast
from nrr_xl.revenue.table.rivals import owed_and_paid
from nrr_xl.revenue.table.table import Table
from nrr_xl.revenue.vocabulary import currency_codes, vocabulary, words

# Within this share of one another two amounts are of one size.
ALIKE = 0.15
# Meanings beside "MRR" or "revenue" that make it another kind of amount, which reading the header can tell apart.
_OTHER = frozenset(
    "opening change budget tax vat cost unit_price cumulative count net gross annual tcv first term currency term"
    " identifier nothing person made status".split()
)


def kind_of(header: str) -> str:
    """What kind of amount a header names: "mrr", "arr", "money"; "" for none or one that words tell apart.

    >>> [kind_of(text) for text in ("Base MRR", "Live MRR", "Committed ARR", "Services revenue", "Prior MRR")]
    ['mrr', 'mrr', 'arr', 'money', '']
    """
    said, means = {*words(folded(header))}, {*meanings(header)}
    if (
        means & (_OTHER - ({"count"} if said & {"mrr", "arr"} else set()))
        or said & (flows() | {"price", "list"})
        or is_forecast(header)
    ):
        return ""
    if said & {code.lower() for code in currency_codes()} or said & {*vocabulary()["words"]["local"]}:
        return ""
    for kind in ("mrr", "arr"):
        if kind in means or said & {kind, f"c{kind}"}:
            return kind
    return "money" if means & {"money", "recurring"} else ""


def _of_whole(mine: str, other: str) -> bool:
    """Whether one header names the amount of a line and the other that of its whole invoice."""
    line = {
        "line",
        "item",
        "position",
        "positions",
        "zeile",
        "zeilen",
        "ligne",
        "linea",
        "riga",
        "linha",
        "regel",
        "rad",
    }
    return bool(
        {*words(folded(mine))} & line
        and {*words(folded(other))} & {"invoice", "order", "document", "total", "rechnung"}
    )


def _before_tax(table: Table) -> int | None:
    """The column of amounts that makes the chosen one with the tax beside it, in every row; None where none does."""
    span, silent = slice(table.first, table.last + 1), Findings(table.grid)
    if "net" in meanings(table.names[table.roles["amount"]]):
        return None
    taxes = [c for c in table.unused if {"tax", "vat"} & {*meanings(table.names[c])}]
    others = [c for c in table.unused if "amount" in role_ranks(table.names[c]) and c not in taxes]
    if not taxes or not others:
        return None
    read = read_amounts(table.grid, [table.roles["amount"], *taxes, *others], span, silent).values
    whole, parts = read[0], np.nan_to_num(read[1:])
    filled = ~np.isnan(whole)
    for at in range(len(taxes)):
        tax = parts[at]
        for place, column in enumerate(others, len(taxes)):
            same = np.abs(parts[place] + tax - whole)[filled] <= HAIR
            if (tax[filled] > 0).any() and filled.any() and same.all():
                return column
    return None


def _once_more(mine: np.ndarray, other: np.ndarray) -> bool:
    """Whether two columns mostly hold one amount, as committed and live MRR do: these are no parts of it."""
    both = (mine != 0) & (other != 0)
    near = np.abs(mine - other) <= ALIKE * np.abs(mine)
    return bool(both.any() and near[both].mean() > 0.5)


def _added(table: Table, columns: list[int]) -> Table:
    """The table with the sums of some columns as its amounts, where all of their cells are amounts of one currency."""
    grid, amount = table.grid, table.roles["amount"]
    span = slice(table.first, table.last + 1)
    read = read_amounts(grid, columns, span, Findings(grid))
    for at, row in np.argwhere(read.refused).tolist()[:1]:
        cell, what = grid.address(row + table.first, columns[at]), grid.value(row + table.first, columns[at])
        raise InputError(f"{cell} holds {what!r}, so that its row cannot be added up. Write numbers there, and retry.")
    marks = None if grid.marks is None else grid.marks[columns, span][~np.isnan(read.values)]
    if len(read.currencies) > 1 or (marks is not None and np.unique(marks).size > 1):
        raise InputError("Columns of several currencies are not added up. Name one of them with --amount.")
    kinds, values = grid.kinds.copy(), grid.values.copy()
    filled = np.flatnonzero(~np.isnan(read.values).all(axis=0))
    kinds[amount, filled + table.first] = NUMBER
    values[amount, filled + table.first] = np.nansum(read.values, axis=0)[filled]
    rest = tuple(column for column in table.unused if column not in columns)
    return replace(table, grid=replace(grid, kinds=kinds, values=values), unused=rest, rivals=())


def one_of_alike(table: Table, adding: bool = False) -> tuple[Table, list[Problem]]:
    """The table with the total of such columns as its amount where one is theirs, and what is told or asked of them.

    With `adding` columns of which none is the total of the others are added up, as the user said.
    """
    if table.layout == "wide" or table.export or table.contra is not None or table.priced:
        return table, []
    if (net := _before_tax(table)) is not None:
        amount, tax = table.roles["amount"], table.names[net]
        said = f"{tax} is the amount without the tax beside it, and is read."
        cell = table.grid.address(table.header[1], net)
        told = problem("measure-chosen", sheet=table.grid.sheet, cell=cell, value=table.names[amount], action=said)
        rest = tuple(sorted({*table.unused, amount} - {net}))
        return replace(table, roles={**table.roles, "amount": net}, unused=rest, rivals=()), [told]
    amount, kind = table.roles["amount"], kind_of(table.names[table.roles["amount"]])
    sample = slice(table.first, table.first + SAMPLE)
    others = [
        column
        for column in table.unused
        if not _of_whole(table.names[amount], table.names[column])
        and (owed_and_paid(table.names[amount], table.names[column]) or (kind and kind_of(table.names[column]) == kind))
        and content(table.grid, column, sample) == "amount"
    ]
    if not others:
        return table, []
    sums = [c for c in table.unused if c not in others and "total" in meanings(table.names[c])]
    columns = sorted({amount, *others, *(c for c in sums if content(table.grid, c, sample) == "amount")})
    read = read_amounts(table.grid, columns, slice(table.first, table.last + 1), Findings(table.grid)).values
    values = dict(zip(columns, np.nan_to_num(read), strict=True))
    where = table.grid.address(table.header[1], min(amount, *others))
    named = " / ".join(table.names[column] for column in sorted((amount, *others)))
    for whole in columns:
        parts = [c for c in (amount, *others) if c != whole]
        together = sum((values[c] for c in parts), np.zeros(1))
        apart = np.array([values[c] != 0 for c in parts]).sum(axis=0) > 1
        if len(parts) > 1 and apart.any() and (np.abs(values[whole] - together) <= HAIR).all():
            if whole == amount:
                return table, []
            said = f"{table.names[whole]} is the sum of {', '.join(table.names[c] for c in parts)}, and is read."
            told = problem("measure-chosen", sheet=table.grid.sheet, cell=where, value=named, action=said)
            rest = tuple(sorted({*table.unused, amount} - {whole}))
            roles = {**table.roles, "amount": whole}
            return replace(table, roles=roles, unused=rest, rivals=()), [told]
    differ = [c for c in others if (np.abs(values[c] - values[amount]) > HAIR).any()]
    mine = values[amount]
    differ = [c for c in differ if not proportional([mine, values[c]]) or ((mine != 0) != (values[c] != 0)).any()]
    if not differ:
        return table, []
    owed = any(owed_and_paid(table.names[amount], table.names[column]) for column in differ)
    if adding and not owed:
        told = problem("measure-chosen", sheet=table.grid.sheet, cell=where, value=named, action="Added up.")
        return _added(table, sorted((amount, *differ))), [told]
    listed = list(table.names.values())
    titles = [
        table.names[c] if listed.count(table.names[c]) == 1 else column_letter(c + table.grid.origin[1])
        for c in (amount, *differ)
    ]
    ways = ", or ".join(f'--amount "{title}"' for title in titles)
    again = owed or any(_once_more(mine, values[column]) for column in differ)
    action = f"Say which one is the amount with {ways}{'' if again else ', or add them up with --amount all'}."
    asked = problem("measure-unclear", sheet=table.grid.sheet, cell=where, value=named, action=action)
    return replace(table, rivals=tuple(c for c in table.rivals if c not in differ)), [asked]
