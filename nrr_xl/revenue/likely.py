"""Customers of a cube that may be one, by take-over or by name, as findings with their cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from nrr_xl.errors import Problem
from nrr_xl.revenue.cells.manytexts import lines_with
from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.revenue.cube.takeovers import LAG, TakeOver, take_overs
from nrr_xl.revenue.files.grid import TEXT
from nrr_xl.revenue.findings import LISTED, by_gravity, problem
from nrr_xl.revenue.table.table import Table
from nrr_xl.revenue.vocabulary import vocabulary


def likely_take_overs(table: Table, cube: RevenueCube) -> tuple[tuple[tuple[str, str], ...], list[Problem]]:
    """Pairs (from, to) of customers that may be one, and what is said of each."""
    found = take_overs(cube.customers, cube.amounts)
    pairs = tuple((cube.customers[pair.gone], cube.customers[pair.came]) for pair in found)
    return pairs, [_take_over(table, cube, pair) for pair in found[:LISTED]]


def _take_over(table: Table, cube: RevenueCube, pair: TakeOver) -> Problem:
    """What is said of one: both names, amounts and periods, at the starter's first cell."""
    gone, came, labels = cube.customers[pair.gone], cube.customers[pair.came], cube.periods.labels
    grid, column = table.grid, table.roles["customer"]
    texts = [grid.strings.index(came)] if came in grid.strings else []
    rows = np.flatnonzero(np.isin(grid.values[column], texts) & (grid.kinds[column] == TEXT))
    return problem(
        "take-over",
        f"{gone} left after {labels[pair.last]} with {pair.before:,.2f}, {came} began in {labels[pair.first]} with"
        f" {pair.after:,.2f}",
        sheet=grid.sheet,
        cell=grid.address(int(rows[0]), column) if rows.size else "",
        value=f"{gone} / {came}",
        amount=pair.before,
    )


def many_as_one(table: Table, cube: RevenueCube) -> list[Problem]:
    """What is said of customers whose names stand for many."""
    perhaps = [cube.customers[at] for at in lines_with(_many(), cube.customers)]
    found = [name for name in perhaps if _many().match(name)][:LISTED]
    return [problem("many-as-one", sheet=table.grid.sheet, value=name) for name in found]


@cache
def _many() -> re.Pattern[str]:
    """Names such as "Others" or "1,234 other customers: EMEA"."""
    held = vocabulary()["words"]
    many, people = ("|".join(map(re.escape, held[key])) for key in ("many", "of_many"))
    return re.compile(rf"(?im)^\W*(?:\d[\d.,\s]*)?(?:{many})\W*(?:(?:{people})\b.*|$)")


def similar_pairs(table: Table, cube: RevenueCube | None, pairs: Sequence[tuple[str, str]]) -> list[Problem]:
    """What is said of names that are much alike; a warning where the one has amounts only while the other has none,
    right after it or amid it. Such a pair is a churn and a start, or one customer that stayed, and decides the rates.
    """
    apart = _apart(cube, pairs) if cube else set()
    told = [problem("name-similar", sheet=table.grid.sheet, value=f"{name} / {other}") for name, other in pairs]
    told = [
        replace(each, severity="warning", message=f"{each.message}: each has amounts only while the other has none")
        if pair in apart
        else each
        for each, pair in zip(told, pairs, strict=True)
    ]
    told = list(by_gravity(told))
    if len(told) > LISTED:
        rest = f"{len(told) - LISTED} more pairs of customers that may be one"
        told[LISTED:] = [replace(told[LISTED], message=rest, value=None)]
    return told


def _apart(cube: RevenueCube, pairs: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """The pairs that never have an amount in the same period, of which the one fills the other's gap or follows it."""
    named = {name for pair in pairs for name in pair}
    active = {name: cube.amounts[row] > 0 for row, name in enumerate(cube.customers) if name in named}
    return {pair for pair in pairs if set(pair) <= active.keys() and _takes_turns(*(active[name] for name in pair))}


def _takes_turns(one: np.ndarray, other: np.ndarray) -> bool:
    if not one.any() or not other.any() or (one & other).any():
        return False
    mine, theirs = np.flatnonzero(one), np.flatnonzero(other)
    return bool(mine[0] - theirs[-1] <= LAG and theirs[0] - mine[-1] <= LAG)
