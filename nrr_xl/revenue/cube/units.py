"""The one rule of exact amounts: whole units of 10^-k add up to the same bits in any order; hairs are no movement.

Every sum of amounts in this package is a sum of whole numbers, in float64 below 2^53 and in int64 above. Amounts are
compared as they are: what differs by less than half of the smallest unit of money was made equal here, once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from nrr_xl.records import struct
from nrr_xl.revenue.cells.arrays import distinct, median

Array = np.ndarray[Any, Any]

CENTS = 2
# Half of the smallest unit of money: amounts that lie closer together are the same.
HALF_CENT = 10.0**-CENTS / 2
# ISO 4217: currencies whose smallest unit is not a hundredth.
MINOR = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}
# Finer decimals than these come from calculation, never from a price list.
FINEST = 8
# What products of amounts and rates are rounded to, so that a total of thousands of them still ties to the cent.
CONVERTED = 6
# Sums of whole numbers are exact in float64 below the first, in int64 below the second; movements add some twice.
FLOATS, INTEGERS = 2.0**52, 2.0**61
# A number is written with so many decimals if it is that decimal number but for a few last bits.
LAST_BITS = 4.0
# Where so large a share of the amounts has no finer decimals, finer ones are not how amounts are written here.
USUAL = 0.25
# Decimals up to these are written by people (a sheet in thousands or millions has amounts below 1 with them); longer
# ones come from calculation.
WRITTEN = 4
# No amount is moved by a larger share of itself, nor dropped that is a larger share of the middle one.
HAIR = 1e-3


@struct()
class Units:
    """How amounts are counted: in whole units of ``10 ** -decimals``.

    `money` are the decimals of the smallest unit of money (2: a cent). `wide` says that sums pass 2^53, so that units
    are int64.
    """

    decimals: int = CENTS
    money: int = CENTS
    wide: bool = False

    @property
    def scale(self) -> float:
        return float(10**self.decimals)

    @property
    def half(self) -> float:
        """Half of the smallest unit of money, in units: less than it is nothing."""
        return 10.0 ** (self.decimals - self.money) / 2

    def whole(self, amounts: Any) -> Array:
        """Amounts as whole units."""
        units: Array = np.rint(np.asarray(amounts, dtype=float) * self.scale)
        return units.astype(np.int64) if self.wide else units

    def amounts(self, whole: Any) -> Array:
        """Whole units as amounts, each the nearest number to its decimal value."""
        if self.wide:
            # A double cannot hold the largest units, but their full amounts and the rest of each.
            full, rest = np.divmod(np.abs(whole), 10**self.decimals)
            held = np.abs(whole) < 2 * FLOATS
            return np.asarray(np.where(held, whole / self.scale, np.sign(whole) * (full + rest / self.scale)))
        return np.asarray(whole / self.scale)

    def total(self, amounts: Any) -> float:
        """The exact total of amounts, rounded once."""
        return float(self.amounts(self.whole(amounts).sum()))

    def settled(self, whole: Array) -> Array:
        """Units (customers, periods) in which a customer's amounts that differ by a hair are equal.

        Amounts of one customer that lie within half a unit of money, and within HAIR of the smallest of them, become
        the earliest of them; less than half a unit of money becomes 0. So no amount moves by half a unit of money or
        more, however many steps lie between the first and the last.

        >>> Units(decimals=3, money=2).settled(np.array([[100_000.0, 100_004, 100_005, 4]])).tolist()
        [[100000.0, 100000.0, 100005.0, 0.0]]
        """
        if self.decimals == self.money:
            return whole
        whole = np.where(np.abs(whole) < self.half, 0, whole)
        order = np.argsort(whole, axis=1, kind="stable")
        rising = np.take_along_axis(whole, order, axis=1)
        apart = np.diff(rising, axis=1)
        close = np.flatnonzero(((apart > 0) & (apart < self.half)).any(axis=1))
        if not close.size:
            return whole
        rising = rising[close]
        level = np.zeros(rising.shape, np.int64)
        lowest = rising[:, 0]
        for at in range(1, rising.shape[1]):
            above = rising[:, at] - lowest
            starts = (above >= self.half) | (above > HAIR * np.abs(lowest))
            lowest = np.where(starts, rising[:, at], lowest)
            level[:, at] = level[:, at - 1] + starts
        level += np.arange(close.size)[:, None] * whole.shape[1]
        earliest = np.full(level.size, whole.shape[1], np.int64)
        np.minimum.at(earliest, level.ravel(), order[close].ravel())
        settled = np.take_along_axis(whole[close], earliest[level], axis=1)
        close_rows = whole[close]
        np.put_along_axis(close_rows, order[close], settled, axis=1)
        whole[close] = close_rows
        return whole


# Amounts that are whole units already.
AS_THEY_ARE = Units(0, 0)


def units_of(amounts: Array, currency: str = "", factor: float = 1.0) -> Units:
    """The units in which some amounts are counted.

    The decimals are as many as the amounts are written with, at most FINEST, and no more than their total leaves room
    for. The smallest unit of money is the currency's; it is finer where hardly an amount has so few decimals, and where
    half of it would be more than a hair of the middle amount. Every decimal counts in a sheet in thousands or millions:
    where the middle amount is below 1, or some are and none has more than WRITTEN decimals.

    Parameters
    ----------
    amounts : array
    currency : str
        ISO code, where known.
    factor : float
        The largest exchange rate that amounts are multiplied by; 1 where there are none.

    >>> units_of(np.array([100.0, 99.99])), units_of(np.array([0.0034, 0.012]))
    (Units(decimals=2, money=2, wide=False), Units(decimals=4, money=4, wide=False))
    """
    size = distinct(np.abs(amounts[np.isfinite(amounts) & (amounts != 0)]))
    money = MINOR.get(currency, CENTS)
    if not size.size:
        return Units(money, money)
    written = np.array([_share_written(size, decimals) for decimals in range(FINEST + 1)])
    decimals = int(np.argmax(written == 1)) if (written == 1).any() else FINEST
    usual = np.flatnonzero(written[money:] >= USUAL)
    money += int(usual[0]) if usual.size else 0
    middle = median(size)
    crumb = 10.0**-money / 2
    if middle < 1 or (decimals <= WRITTEN and bool(((size >= crumb) & (size < 1)).any())):
        money = max(money, decimals)
    while money < decimals and 10.0**-money / 2 > HAIR * middle:
        money += 1
    if factor != 1:
        decimals = max(decimals, CONVERTED)
    decimals = max(decimals, money)
    # Amounts below every unit have no sum to leave room for.
    total = max(float(np.abs(amounts).sum()) * max(factor, 1.0), 10.0**-FINEST)
    room, wide_room = (int(np.floor(np.log10(limit / total))) for limit in (FLOATS, INTEGERS))
    if room >= money:
        return Units(min(decimals, room), money)
    decimals = max(min(money, wide_room), 0)
    return Units(decimals, decimals, wide=True)


def summed(place: Array, whole: Array, size: int) -> Array:
    """The sums of whole units by their place, (size,), as exact as the units are."""
    if whole.dtype == np.int64:
        total = np.zeros(size, np.int64)
        np.add.at(total, place, whole)
        return total
    return np.bincount(place, whole, size)


def remainder(parts: Iterable[float]) -> float:
    """What amounts that must add up to 0 leave, but for what numbers of their size cannot show.

    >>> remainder([0.3, -0.1, -0.2]), remainder([0.3, -0.1, -0.19]), remainder([1234567.89, -1234567.88])
    (0.0, 0.01, 0.01)
    """
    listed = list(parts)
    left, unseen = math.fsum(listed), sum(map(math.ulp, listed))
    # Not to be read to its last bits either, unless it consists of them.
    return (round(left, -math.ceil(math.log10(unseen))) or left) if abs(left) > unseen else 0.0


def _share_written(size: Array, decimals: int) -> float:
    """The share of amounts that are whole at some decimals."""
    scaled = size * 10.0**decimals
    return float((np.abs(scaled - np.rint(scaled)) <= LAST_BITS * np.spacing(scaled)).mean())
