"""What expansion and contraction are made of, where rows carry a product or a quantity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from nrr_xl.records import struct
from nrr_xl.revenue.cube.build import RevenueCube, kept_rows
from nrr_xl.revenue.cube.currency import conversion
from nrr_xl.revenue.cube.units import summed, units_of

SPLIT_LINES = ("upsell", "cross_sell", "downsell", "downgrade", "netted", "unallocated")
Stayers = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
PRICE_LINES = ("price", "volume", "cross_sell", "downgrade", "unallocated")


@struct()
class Holdings:
    """Whole units (holdings, periods) of each product that a customer ever held; `owner` is the customer's position.

    `quantity` is of the same shape, NaN where a period's rows carry none; None where the source has no quantities.
    """

    owner: np.ndarray
    amounts: np.ndarray
    quantity: np.ndarray | None


def holdings(cube: RevenueCube, opening: int) -> Holdings | None:
    """The cube's rows by customer and product, at one period's exchange rates; None where it has no rows by product.

    Rows without a product column are holdings of one nameless product each.
    """
    if cube.rows is None or (cube.rows.product is None and cube.rows.quantity is None):
        return None
    kept, customer = kept_rows(cube.rows, replace(cube.policy, level="customer"))
    if customer.values != cube.customers:
        return None
    rates = cube.policy.rates
    _, factors = conversion(kept, rates and rates.at(cube.periods.ends[opening]))
    factor = 1.0 if factors is None or not kept.currency else factors[kept.currency.codes, kept.period]
    labels = kept.product.in_order() if kept.product else None
    products = len(labels.values) if labels else 0
    product = labels.codes + 1 if labels else 0
    pairs, place = np.unique(customer.codes.astype(np.int64) * (products + 1) + product, return_inverse=True)
    shape = (pairs.size, len(cube.periods))
    cell = place * shape[1] + kept.period

    def spread(whole: np.ndarray) -> np.ndarray:
        return summed(cell, whole, shape[0] * shape[1]).reshape(shape)

    quantity = None
    if kept.quantity is not None:
        counted = units_of(kept.quantity)
        quantity = counted.amounts(spread(counted.whole(kept.quantity)))
    return Holdings(pairs // (products + 1), spread(cube.units.whole(kept.amounts * factor)), quantity)


def product_split(
    cube: RevenueCube, opening: Sequence[int], closing: Sequence[int], held: Holdings | None = None
) -> dict[str, np.ndarray] | None:
    """Expansion and contraction between pairs of periods by product; None where the rows carry no product.

    Growth and shrinkage of a customer's products are netted in its expansion or contraction, so
    ``expansion = upsell + cross_sell - netted`` and ``contraction = downsell + downgrade - netted``; what gaps
    filled by `grace` change, and no row carries, is `unallocated` (added to the net of both).

    Parameters
    ----------
    cube : RevenueCube
        With the rows that it was built from.
    opening, closing : sequence of int (pairs,)
    held : Holdings, optional
        The cube's holdings, where they are known already; with exchange effects each pair needs its own.

    Returns
    -------
    dict of arrays (pairs,)
        SPLIT_LINES, all positive but `unallocated`.
    """
    if cube.rows is None or cube.rows.product is None:
        return None
    return _over_pairs(cube, opening, closing, held, _product_lines, SPLIT_LINES)


def price_and_volume(
    cube: RevenueCube, opening: Sequence[int], closing: Sequence[int], held: Holdings | None = None
) -> dict[str, np.ndarray] | None:
    """Expansion less contraction between pairs of periods, as price and volume; None where no row carries a quantity.

    Of a product held at both ends (of the customer, where rows carry no product), with price = amount / quantity:
    volume = (q1 - q0) p0 and price = (p1 - p0) q1. Products newly held are `cross_sell`, products dropped are
    `downgrade` (negative), and what has no quantity at an end is `unallocated`. The lines add up to
    ``expansion - contraction``.

    Parameters
    ----------
    cube, opening, closing, held
        As for `product_split`.

    Returns
    -------
    dict of arrays (pairs,)
        PRICE_LINES; losses are negative.
    """
    if cube.rows is None or cube.rows.quantity is None:
        return None
    return _over_pairs(cube, opening, closing, held, _price_lines, PRICE_LINES)


def _over_pairs(
    cube: RevenueCube,
    opening: Sequence[int],
    closing: Sequence[int],
    held: Holdings | None,
    lines_of: Callable[..., tuple[dict[str, float], float]],
    names: Sequence[str],
) -> dict[str, np.ndarray] | None:
    table = []
    for start, end in zip(opening, closing, strict=True):
        if held is None or cube.fx:
            held = holdings(cube, start)
        if held is None:
            return None
        lines, explained = lines_of(held, _of_stayers(held, start, end), start, end)
        before, after = (cube.units.whole(cube.restated([start], [at])[:, 0]) for at in (start, end))
        net = ((after - before) * ((before > 0) & (after > 0))).sum()
        table.append({**lines, "unallocated": net - explained})
    return {name: cube.units.amounts(np.array([row[name] for row in table], dtype=float)) for name in names}


def _product_lines(held: Holdings, stayers: Stayers, start: int, end: int) -> tuple[dict[str, float], float]:
    change, before, after, _ = stayers
    gain, loss = np.maximum(change, 0.0), np.maximum(-change, 0.0)
    gained, lost = np.bincount(held.owner, gain), np.bincount(held.owner, loss)
    lines = {
        "upsell": gain[before > 0].sum(),
        "cross_sell": gain[before <= 0].sum(),
        "downsell": loss[after > 0].sum(),
        "downgrade": loss[after <= 0].sum(),
        "netted": np.minimum(gained, lost).sum(),
    }
    return lines, change.sum()


def _price_lines(held: Holdings, stayers: Stayers, start: int, end: int) -> tuple[dict[str, float], float]:
    change, before, after, stays = stayers
    assert held.quantity is not None
    q0, q1 = held.quantity[:, start], held.quantity[:, end]
    known = stays & (before > 0) & (after > 0) & (q0 > 0) & (q1 > 0)
    volume = np.zeros_like(change)
    volume[known] = (q1[known] - q0[known]) * (before[known] / q0[known])
    lines = {
        "price": (change - volume)[known].sum(),
        "volume": volume.sum(),
        "cross_sell": change[(before <= 0) & (after > 0)].sum(),
        "downgrade": change[(before > 0) & (after <= 0)].sum(),
    }
    return lines, sum(lines.values())


def _of_stayers(held: Holdings, opening: int, closing: int) -> Stayers:
    """Each holding's change, amount before and after, and whether its customer has rows worth something at both ends.

    Of customers that do not (also because a gap was filled), all three amounts are 0.
    """
    start, end = held.amounts[:, opening], held.amounts[:, closing]
    stays = ((np.bincount(held.owner, start) > 0) & (np.bincount(held.owner, end) > 0))[held.owner]
    before, after = np.where(stays, start, 0.0), np.where(stays, end, 0.0)
    return after - before, before, after, stays
