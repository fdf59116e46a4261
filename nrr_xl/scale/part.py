"""The partial sums of a block of customers, which is all that a block sends on: a few kilobytes, whatever its size."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

import numpy as np

from nrr_xl.records import struct
from nrr_xl.retention.movements import Movements, movements_of
from nrr_xl.revenue.cells.manytexts import lowered, spelling_keys
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.clean.levels import RISE
from nrr_xl.revenue.files.arrow import numpy_of
from nrr_xl.revenue.table.labels import SUB, label_of, perhaps_totals

Array = np.ndarray[Any, Any]

# So many customers are one block of the kernel's dense amounts.
BLOCK = 20_000
NAMED = 20


@struct(eq=False)
class Part:
    """What some customers add to every total: all amounts in whole units.

    `monthly` and `window` are the movements of pairs of periods one period and the window's length apart; `active` the
    customers with an amount in each period, `below` what was netted below 0 in each; `growth` counts the steps within
    and between years by which sums since the start of a year would show; `keys` a number for the spelling of each
    customer, `totals` names that read like a total.
    """

    monthly: Movements
    window: Movements
    active: Array
    below: Array
    growth: Array
    cohorts: Array
    keys: Array
    totals: tuple[str, ...] = ()

    def __add__(self, other: Part) -> Part:
        return Part(
            self.monthly + other.monthly,
            self.window + other.window,
            self.active + other.active,
            self.below + other.below,
            self.growth + other.growth,
            self.cohorts + other.cohorts,
            np.concatenate([self.keys, other.keys]),
            (self.totals + other.totals)[:NAMED],
        )

    def packed(self) -> bytes:
        """As bytes, to be sent to where the parts are added."""
        return pickle.dumps([getattr(self, each.name) for each in fields(self)])


def unpacked(data: bytes) -> Part:
    """The part that was packed."""
    return Part(*pickle.loads(data))  # noqa: S301 - made by `packed` in this run


def parts_of(batches: Iterable[Any], first: int, periods: int, back: int) -> Iterator[Part]:
    """The parts of all customers of some rows, block by block; a customer's rows are all among them, in any order.

    Parameters
    ----------
    batches : Arrow record batches of customer (text), month counted from year 0, and amount in whole units (int64)
    first, periods, back : int
        The first month, how many there are, and how many of them the window is long.
    """
    known: dict[str, int] = {}
    pieces = []
    for batch in batches:
        coded = batch.column(0).dictionary_encode()
        texts = coded.dictionary.to_pylist()
        place = np.fromiter((known.setdefault(text, len(known)) for text in texts), np.int64, len(texts))
        month = numpy_of(batch.column(1)).astype(np.int64) - first
        pieces.append((place[numpy_of(coded.indices)] * periods + month, numpy_of(batch.column(2)).astype(float)))
    if not known:
        return
    cells, units = (np.concatenate(each) for each in zip(*pieces, strict=True))
    del pieces
    names, shape = list(known), (len(known), periods)
    whole = np.bincount(cells, units, len(known) * periods).reshape(shape)  # whole units, so in any order
    there = (np.bincount(cells, minlength=len(known) * periods) > 0).reshape(shape)
    for start in range(0, len(names), BLOCK):
        mine = slice(start, start + BLOCK)
        yield part_of(names[mine], whole[mine], there[mine], back, first % 12)


def part_of(names: list[str], whole: Array, there: Array, back: int, year_turn: int) -> Part:
    """The part of a block of customers.

    Parameters
    ----------
    names : the customers (n,)
    whole, there : arrays (n, periods)
        Each customer's net amount in whole units, and where there are rows.
    back : int
        How many periods the window is long.
    year_turn : int
        The position in a year, from 0, at which period 0 stands.
    """
    periods = whole.shape[1]
    net = np.maximum(whole, 0.0)
    at = np.arange(periods)
    return Part(
        monthly=movements_of(net, at[:-1], at[1:]),
        window=movements_of(net, at[: periods - back], at[back:]),
        active=np.count_nonzero(net > 0, axis=0),
        below=-np.minimum(whole, 0.0).sum(axis=0),
        growth=_growth(whole, there, year_turn),
        cohorts=_cohorts(net),
        keys=_numbers_of(names),
        totals=_like_totals(names),
    )


def _cohorts(net: Array) -> Array:
    """The amounts of each period by the customers' first period, (periods, periods)."""
    active = net > 0
    first = np.where(active.any(axis=1), active.argmax(axis=1), 0)
    sums = np.zeros((net.shape[1], net.shape[1]))
    np.add.at(sums, first, net)
    return sums


def _growth(whole: Array, there: Array, year_turn: int) -> Array:
    """Steps inside a year, those that rise and that fall; steps into another year, and those that fall, (5,)."""
    owner, period = np.nonzero(there)
    units = whole[there]
    same = owner[1:] == owner[:-1]
    year = (period + year_turn) // 12
    inside, turn = same & (year[1:] == year[:-1]), same & (year[1:] != year[:-1])
    up, down = units[1:] > units[:-1] * RISE, units[1:] < units[:-1]
    counted = (inside, inside & up, inside & down, turn, turn & down)
    return np.array([np.count_nonzero(each) for each in counted], np.int64)


def _numbers_of(names: list[str]) -> Array:
    """A number for the spelling of each name, but for case and white space, (n,)."""
    import hashlib

    digests = b"".join(hashlib.blake2b(key.encode(), digest_size=8).digest() for key in spelling_keys(names))
    return np.frombuffer(digests, np.uint64)


def _like_totals(names: list[str]) -> tuple[str, ...]:
    """Names that can be nothing but a total or a measure of the table."""
    plain = lowered(names, folded)
    return tuple(names[at] for at in perhaps_totals(plain) if label_of(names[at]) >= SUB)[:NAMED]
