"""The kernel: what customers did between two periods, as sums that add up over blocks of customers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nrr_xl.records import struct
from nrr_xl.retention.lines import BRIDGE_LINES
from nrr_xl.revenue.cube.build import RevenueCube, Segment
from nrr_xl.revenue.cube.units import AS_THEY_ARE, Units, summed

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

BLOCK = 2_048


@struct(eq=False)
class Movements:
    """Flows and counts of pairs of periods, each array (pairs, groups); losses are positive magnitudes.

    Amounts are in currency, each the nearest number to an exact sum of whole `units`:
    ``opening + new + reactivation + expansion - contraction - churn + fx = closing``.
    Counts: `openers` had an amount at the opening, `retained` of them have one at the closing.
    """

    opening: np.ndarray
    new: np.ndarray
    reactivation: np.ndarray
    expansion: np.ndarray
    contraction: np.ndarray
    churn: np.ndarray
    fx: np.ndarray
    closing: np.ndarray
    openers: np.ndarray
    retained: np.ndarray
    newcomers: np.ndarray
    reactivated: np.ndarray
    expanded: np.ndarray
    contracted: np.ndarray
    churned: np.ndarray
    closers: np.ndarray
    units: Units = AS_THEY_ARE

    def __add__(self, other: Movements) -> Movements:
        return replace(self, **{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)[:-1]})

    def whole(self, name: str) -> np.ndarray:
        """A line's amounts as whole units, of which sums and quotients are exact."""
        return self.units.whole(getattr(self, name))

    def in_currency(self, units: Units) -> Movements:
        """Sums of whole units as amounts."""
        amounts = {name: units.amounts(getattr(self, name)) for name in BRIDGE_LINES}
        return replace(self, **amounts, units=units)


def movements(cube: RevenueCube, opening: ArrayLike, closing: ArrayLike, segment: Segment | None = None) -> Movements:
    """The flows from each opening period to its closing period, for all customers or for each value of a segment.

    Parameters
    ----------
    cube : RevenueCube
    opening, closing : sequence of int (pairs,)
        Positions of the periods; each opening lies before its closing.
    segment : Segment, optional
        A customer belongs to its value at the opening (a new or returning one: at the closing), so that the values
        add up to the total.

    Returns
    -------
    Movements
        Arrays (pairs, groups); one group without a segment.
    """
    opening, closing = np.asarray(opening), np.asarray(closing)

    def ends(block: slice) -> tuple[Any, ...]:
        before, after = (cube.units.whole(cube.restated(opening, at, block)) for at in (opening, closing))
        return before, after, cube.whole[block][:, closing]

    if not cube.fx:
        return movements_of(cube.whole, opening, closing, segment).in_currency(cube.units)
    return _added(cube.whole, ends, opening, closing, segment).in_currency(cube.units)


def movements_of(
    whole: np.ndarray, opening: ArrayLike, closing: ArrayLike, segment: Segment | None = None
) -> Movements:
    """As `movements`, of whole units (customers, periods) at one exchange rate, and in units."""
    opening, closing = np.asarray(opening), np.asarray(closing)

    def ends(block: slice) -> tuple[Any, ...]:
        return whole[block][:, opening], whole[block][:, closing], None

    return _added(whole, ends, opening, closing, segment)


def _added(
    amounts: np.ndarray,
    ends: Callable[[slice], tuple[Any, ...]],
    opening: np.ndarray,
    closing: np.ndarray,
    segment: Segment | None,
) -> Movements:
    """The kernel's sums added up over blocks of customers; `ends` gives a block's whole units at both ends."""
    groups = len(segment.values) if segment else 1
    total: Movements | None = None
    for start in range(0, max(len(amounts), 1), BLOCK):
        block = slice(start, start + BLOCK)
        before, after, current = ends(block)
        active = amounts[block] > 0
        first = np.where(active.any(axis=1), active.argmax(axis=1), active.shape[1])
        place = _places(segment, block, opening, closing, before) if segment else None
        part = kernel(before, after, first[:, None] <= opening, place, groups, current)
        total = part if total is None else total + part
    assert total is not None
    return total


def kernel(
    before: np.ndarray,
    after: np.ndarray,
    known: np.ndarray,
    place: np.ndarray | None = None,
    groups: int = 1,
    current: np.ndarray | None = None,
) -> Movements:
    """The partial sums of one block of customers.

    Parameters
    ----------
    before, after : array (customers, pairs)
        Whole units at the opening and at the closing, at the same exchange rates.
    known : bool array (customers, pairs)
        Whether the customer had an amount at or before the opening.
    place : int array (customers, pairs), optional
        The group of each customer, in 0 .. groups - 1.
    current : array (customers, pairs), optional
        Whole units at the closing at its own exchange rates. What this changes for customers present at both ends is
        fx; who arrives has no opening to compare with, and counts at the closing's rates.
    """
    if place is None and current is None:
        return _added_up(before, after, known)
    was, stays = before > 0, after > 0
    both = was & stays
    kept = np.minimum(before, after)
    # Multiplying by a mask is several times as fast as choosing with np.where.
    grown, shrunk = (after - kept) * was, (before - kept) * stays
    closing = after if current is None else current
    arrived = closing * ~was
    back = known & ~was
    pairs = before.shape[1]
    if place is not None:
        cell = (place + np.arange(pairs) * groups).ravel()

    def total(values: np.ndarray) -> np.ndarray:
        if place is None:
            return np.asarray(_times(values) if values.dtype == bool else values.sum(axis=0))[:, None]
        return summed(cell, values.ravel(), pairs * groups).reshape(pairs, groups)

    openers, retained, closers, reactivated = total(was), total(both), total(stays), total(back & stays)
    return Movements(
        opening=total(before),
        new=total(arrived * ~back),
        reactivation=total(arrived * back),
        expansion=total(grown),
        contraction=total(shrunk),
        churn=total(before * ~stays),
        fx=np.zeros_like(openers) if current is None else total((current - after) * both),
        closing=total(closing),
        openers=openers,
        retained=retained,
        newcomers=closers - retained - reactivated,
        reactivated=reactivated,
        expanded=total(grown > 0),
        contracted=total(shrunk > 0),
        churned=openers - retained,
        closers=closers,
    )


def _added_up(before: np.ndarray, after: np.ndarray, known: np.ndarray) -> Movements:
    """The kernel for all customers at one exchange rate: the sums alone, from as few passes as they can be had of.

    Sums of whole units are exact, so what is a difference of two sums may be taken as one.
    """
    was, stays = before > 0, after > 0
    both, back = was & stays, known & ~was
    kept = np.minimum(before, after).sum(axis=0)
    opening, closing = before.sum(axis=0), after.sum(axis=0)
    # What was there at the other end too, and what arrives that was there before.
    of_before = np.einsum("ij,ij->j", before, stays.astype(before.dtype))
    of_after = np.einsum("ij,ij->j", after, was.astype(after.dtype))
    returned = np.einsum("ij,ij->j", after, back.astype(after.dtype))
    openers, closers, retained = _times(was), _times(stays), _times(both)
    reactivated = _times(back & stays)
    found = {
        "opening": opening,
        "new": closing - of_after - returned,
        "reactivation": returned,
        "expansion": of_after - kept,
        "contraction": of_before - kept,
        "churn": opening - of_before,
        "fx": np.zeros_like(openers),
        "closing": closing,
        "openers": openers,
        "retained": retained,
        "newcomers": closers - retained - reactivated,
        "reactivated": reactivated,
        # Who comes or goes has more, or less, than before as well.
        "expanded": _times(after > before) - (closers - retained),
        "contracted": _times(after < before) - (openers - retained),
        "churned": openers - retained,
        "closers": closers,
    }
    return Movements(**{name: np.asarray(values)[:, None] for name, values in found.items()}, units=AS_THEY_ARE)


def _times(mask: np.ndarray) -> np.ndarray:
    """How often each column is true."""
    times: np.ndarray = mask.view(np.int8).sum(axis=0, dtype=np.int32).astype(float)
    return times


def at_both_ends(cube: RevenueCube, opening: int, closing: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each customer's amount at the opening and at the closing, and whether it had one by the opening.

    Both at the opening's exchange rates, but for customers that arrive, who come at the closing's.
    """
    before = cube.restated([opening], [opening])[:, 0]
    after = np.where(before > 0, cube.restated([opening], [closing])[:, 0], cube.amounts[:, closing])
    return before, after, np.any(cube.amounts[:, : opening + 1] > 0, axis=1)


def at_rates_of(cube: RevenueCube, position: int, closing: int) -> np.ndarray:
    """The whole units up to a closing, (customers, closing + 1), all at the exchange rates of one period."""
    if not cube.fx:
        return cube.whole[:, : closing + 1]
    return cube.units.whole(cube.restated(np.full(closing + 1, position), np.arange(closing + 1)))


def _places(segment: Segment, block: slice, opening: np.ndarray, closing: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Each customer's group for each pair: its value at the opening, else at the closing; absent ones count nowhere."""
    codes = segment.codes[block]
    if codes.ndim == 1:
        place = np.broadcast_to(codes[:, None], before.shape)
    else:
        place = np.where(before > 0, codes[:, opening], codes[:, closing])
    found: np.ndarray = np.maximum(place, 0)
    return found
