"""Renewals from contract dates: what was up for renewal, what of it was renewed, and what comes up next."""

from __future__ import annotations

from typing import Any

import numpy as np

from nrr_xl.metrics import renewal_rate
from nrr_xl.periods import iso_month
from nrr_xl.records import struct
from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.revenue.cube.rows import Contracts
from nrr_xl.revenue.cube.units import units_of

Array = np.ndarray[Any, Any]
# A contract that starts up to so many months before the end, or after it, renews it; after the end it is late.
EARLY, LATE = 2, 3
# A rise at renewal of at most this share is a price escalator, more is expansion.
ESCALATOR = 0.10
AHEAD = 12
AMOUNTS = ("available", "on_time", "late", "lost", "escalators", "expansion")
COUNTS = ("contracts", "customers", "renewed_customers", "coterminous")


@struct(eq=False)
class Renewals:
    """Renewals by month ("YYYY-MM" of the last month paid for), up to the closing, and the calendar ahead of it.

    `table` holds arrays (months,): `month`, amounts `available`, `on_time`, `late`, `lost` (available = on_time + late
    + lost), `escalators` and `expansion` (what renewals added), counts of contracts `contracts`, of customers
    `customers` and `renewed_customers`, `coterminous` (customers with several contracts that ended together), and rates
    `rate`, `logo_rate`. `calendar` holds `month`, `amount`, `contracts` for the months ahead. `total` are the sums over
    the window's months, with `rate` and `logo_rate`. `events` are the renewals one by one (customer x end): `customer`,
    `end` (month number of the last month paid for), `open` (whether that is after the closing), AMOUNTS and COUNTS.
    """

    table: dict[str, Array]
    calendar: dict[str, Array]
    total: dict[str, float]
    events: dict[str, Array]


def renewals(cube: RevenueCube, opening: int, closing: int) -> Renewals | None:
    """The renewals of contracts that ended up to a closing; None where the rows carry no contract dates.

    Contracts of one customer that end in the same month are one renewal. The customer's contracts that start from EARLY
    months before to LATE months after the end renew it, each the end that it is nearest to, by at most what ended;
    more is an escalator or expansion. Ends within LATE months of the closing may still be renewed.

    Parameters
    ----------
    cube : RevenueCube
        With the rows that it was built from.
    opening, closing : int
        Positions of the window's ends; the total counts ends after the opening, up to the closing.

    Amounts are those of a year where the cube's are ("ARR"), else of a month.
    """
    if cube.rows is None or cube.rows.contracts is None:
        return None
    contracts = cube.rows.contracts
    labels = cube.policy.mapped(contracts.customer)
    customer = labels.codes.astype(np.int64)
    bounds = cube.periods.ends[opening], cube.periods.ends[closing]
    return _renewals(contracts, customer, labels.values, bounds, 12.0 if cube.unit == "ARR" else 1.0)


def _renewals(
    contracts: Contracts, customer: Array, names: tuple[str, ...], bounds: tuple[int, int], times: float
) -> Renewals | None:
    units = units_of(contracts.monthly * times)
    whole = units.whole(contracts.monthly * times).astype(float)
    dated = np.flatnonzero((contracts.stop >= 0) & (whole > 0) & (customer >= 0))
    if not dated.size:
        return None
    opened, closed = bounds
    span = int(max(contracts.stop.max(), contracts.first.max())) + LATE + 2
    ended = dated[contracts.stop[dated] - 1 <= closed]
    keys, group = np.unique(customer[ended] * span + contracts.stop[ended], return_inverse=True)
    available, count = np.bincount(group, whole[ended], keys.size), np.bincount(group, minlength=keys.size)
    stop = keys % span
    started = np.flatnonzero((whole > 0) & (customer >= 0) & (contracts.first <= closed))
    near, apart = _nearest(keys, customer[started] * span + contracts.first[started], span)
    # A short contract does not renew its own end.
    own = keys[near] == customer[started] * span + contracts.stop[started]
    renews = (apart >= -EARLY) & (apart <= LATE) & ~own
    on_time, late = (
        np.bincount(near[which], whole[started[which]], keys.size)
        for which in (renews & (apart <= 0), renews & (apart > 0))
    )
    kept_on_time = np.minimum(on_time, available)
    kept_late = np.minimum(late, available - kept_on_time)
    kept = kept_on_time + kept_late
    more = np.where(kept > 0, on_time + late - kept, 0.0)
    small = more <= ESCALATOR * available
    first_month = int(stop.min()) - 1 if stop.size else closed
    months = np.arange(first_month, closed + 1)
    at = stop - 1 - first_month

    def by_month(values: Array) -> Array:
        found: Array = np.bincount(at, values, months.size)
        return found

    amounts = {
        "available": available,
        "on_time": kept_on_time,
        "late": kept_late,
        "lost": available - kept,
        "escalators": more * small,
        "expansion": more * ~small,
    }
    counts = {
        "contracts": count,
        "customers": np.ones(keys.size),
        "renewed_customers": kept > 0,
        "coterminous": count > 1,
    }
    sums = {name: by_month(values) for name, values in {**amounts, **counts}.items()}
    inside = months > opened
    total = {name: float(values[inside].sum()) for name, values in sums.items()}
    table: dict[str, Array] = {"month": np.array([iso_month(int(month)) for month in months])}
    table |= {name: units.amounts(sums[name]) for name in amounts} | {name: sums[name].astype(int) for name in counts}
    table["rate"] = renewal_rate(sums["on_time"] + sums["late"], sums["available"])
    table["logo_rate"] = renewal_rate(sums["renewed_customers"], sums["customers"])
    totals = {name: float(units.amounts(np.asarray(total[name]))) for name in amounts} | {n: total[n] for n in counts}
    totals["rate"] = float(renewal_rate(total["on_time"] + total["late"], total["available"]))
    totals["logo_rate"] = float(renewal_rate(total["renewed_customers"], total["customers"]))
    ahead = dated[(contracts.stop[dated] - 1 > closed) & (contracts.stop[dated] - 1 <= closed + AHEAD)]
    when = contracts.stop[ahead] - 2 - closed
    calendar = {
        "month": np.array([iso_month(month) for month in range(closed + 1, closed + AHEAD + 1)]),
        "amount": units.amounts(np.bincount(when, whole[ahead], AHEAD)),
        "contracts": np.bincount(when, minlength=AHEAD),
    }
    coming, place = np.unique(customer[ahead] * span + contracts.stop[ahead], return_inverse=True)
    parts = {name: np.concatenate([values, np.zeros(coming.size)]) for name, values in {**amounts, **counts}.items()}
    parts["available"][keys.size :] = np.bincount(place, whole[ahead], coming.size)
    parts["contracts"][keys.size :] = np.bincount(place, minlength=coming.size)
    parts["customers"][keys.size :] = 1.0
    every = np.concatenate([keys, coming])
    order = np.lexsort((every // span, every % span))
    events: dict[str, Array] = {
        "customer": np.array(names, dtype=object)[(every // span)[order]],
        "end": (every % span - 1)[order],
        "open": (np.arange(every.size) >= keys.size)[order],
    }
    events |= {name: units.amounts(parts[name][order]) for name in AMOUNTS}
    events |= {name: parts[name][order].astype(int) for name in COUNTS}
    return Renewals(table, calendar, totals, events)


def _nearest(keys: Array, starts: Array, span: int) -> tuple[Array, Array]:
    """For each start (customer x span + month) the end of the same customer nearest to it, and the months after it.

    Of two ends equally near the earlier one is taken; months beyond any limit where the customer has none.
    """
    if not keys.size:
        return np.zeros(starts.size, np.int64), np.full(starts.size, span)
    right = np.minimum(np.searchsorted(keys, starts), keys.size - 1)
    left = np.maximum(right - 1, 0)
    far = 10 * span

    def apart(at: Array) -> Array:
        same = keys[at] // span == starts // span
        found: Array = np.where(same, starts - keys[at], far)
        return found

    nearer_left = np.abs(apart(left)) <= np.abs(apart(right))
    near = np.where(nearer_left, left, right)
    return near, apart(near)
