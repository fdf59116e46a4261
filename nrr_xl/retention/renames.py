"""Customers that go by another name in a second reading: found by name, or by amounts that moved whole."""

from __future__ import annotations

from collections import Counter

import numpy as np

from nrr_xl.records import struct
from nrr_xl.revenue.cells.names import similar_names
from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.revenue.cube.units import Units


@struct()
class Rename:
    """A customer `name` of the old reading whose amounts stand under `to` in the new one, and why we think so.

    `exact` says that in every common period the amounts of the two names add up as before.
    """

    name: str
    to: str
    reason: str
    exact: bool


def matched(old: RevenueCube, new: RevenueCube) -> tuple[Rename, ...]:
    """The renames, take-overs and joins between two readings, each customer in at most one of them.

    By amounts: what one name lost in every common period another gained, no third does, and one of the two names is in
    one reading only. By name: two names, each in one reading only, differ in punctuation, accents, spaces, word order
    or legal form alone.

    >>> from nrr_xl.periods import Periods
    >>> old = RevenueCube(("Acme", "Bolt"), Periods(24288, 2), np.array([[100, 110], [70, 80.0]]))
    >>> new = RevenueCube(("Apex", "Bolt"), Periods(24288, 2), np.array([[100, 110], [70, 80.0]]))
    >>> matched(old, new)
    (Rename(name='Acme', to='Apex', reason='same amounts', exact=True),)
    """
    found = _by_amounts(old, new)
    taken = {name for rename in found for name in (rename.name, rename.to)}
    gone = [name for name in old.customers if name not in set(new.customers) | taken]
    come = [name for name in new.customers if name not in set(old.customers) | taken]
    first = {name: "gone" for name in gone} | {name: "come" for name in come}
    for later, earlier in similar_names((*gone, *come)):
        if first[later] == "come" and first[earlier] == "gone" and not {later, earlier} & taken:
            found.append(Rename(earlier, later, "same name in another spelling", False))
            taken |= {later, earlier}
    return tuple(found)


def common_units(*cubes: RevenueCube) -> Units:
    """The finest units, which count the amounts of all the cubes exactly."""
    return max((cube.units for cube in cubes if cube.units), key=lambda each: (each.wide, each.decimals))


def _by_amounts(old: RevenueCube, new: RevenueCube) -> list[Rename]:
    names = tuple(dict.fromkeys((*old.customers, *new.customers)))
    at = {name: number for number, name in enumerate(names)}
    common = [key for key in old.periods.keys if key in set(new.periods.keys)]
    units = common_units(old, new)
    whole = np.zeros((len(names), len(common)), np.int64)
    for cube, sign in ((old, -1), (new, 1)):
        where = [cube.periods.keys.index(key) for key in common]
        whole[[at[name] for name in cube.customers]] += sign * units.whole(cube.amounts[:, where]).astype(np.int64)
    rows = np.flatnonzero(whole.any(axis=1)).tolist()
    prints = {row: whole[row].tobytes() for row in rows}
    times = Counter(prints.values())
    by_print = {print_: row for row, print_ in prints.items()}
    in_old, in_new = set(old.customers), set(new.customers)
    found = []
    for row in rows:
        opposite = (-whole[row]).tobytes()
        other = by_print.get(opposite)
        # The one that lost what the other gained, seen once: from the side whose first change is a loss.
        if other is None or times[prints[row]] > 1 or times[opposite] > 1 or whole[row][whole[row] != 0][0] > 0:
            continue
        name, to = names[row], names[other]
        if (name in in_old) == (name in in_new) and (to in in_old) == (to in in_new):
            continue
        pure = name not in in_new and to not in in_old
        found.append(Rename(name, to, "same amounts" if pure else "amounts taken over", True))
    return found
