"""Exchange rates, the conversion of rows, and the layers that tell an exchange effect from a customer's doing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

import numpy as np

from nrr_xl.errors import InputError, Problem
from nrr_xl.periods import Periods, iso_month
from nrr_xl.records import struct
from nrr_xl.revenue.cells.arrays import distinct
from nrr_xl.revenue.cube.rows import Labels, RevenueRows
from nrr_xl.revenue.cube.units import Units, summed
from nrr_xl.revenue.findings import problem


@struct()
class Rates:
    """Exchange rates: units of the reporting currency `to` for one unit of each currency.

    `fixed` holds one rate for all periods (constant currency); `dated` holds (month number, rate) pairs in the order of
    time, each valid until the next. `to` may be "" where the rows' one currency without a rate is meant.

    >>> rates = Rates("USD", dated={"EUR": ((24288, 1.10), (24290, 1.05))})
    >>> rates.of("EUR", Periods(24288, 3)).tolist()
    [1.1, 1.1, 1.05]
    """

    to: str = ""
    fixed: Mapping[str, float] = field(default_factory=dict)
    dated: Mapping[str, tuple[tuple[int, float], ...]] = field(default_factory=dict)

    @property
    def constant(self) -> bool:
        """Whether every rate is the same in all periods, so that there is no exchange effect."""
        return not self.dated

    def said(self, currency: str) -> str:
        """A currency's rate, or the least and the greatest of several, as a text; "" for the reporting currency."""
        rates = [rate for _, rate in self.dated.get(currency, ())] or [self.fixed.get(currency, 1.0)]
        low, high = min(rates), max(rates)
        return "" if currency == self.to else f"{low:g}" if low == high else f"{low:g} to {high:g}"

    def at(self, month: int) -> Rates:
        """Every rate fixed at what it is in one month (the first known one before that)."""
        held = {
            currency: next((rate for when, rate in reversed(pairs) if when <= month), pairs[0][1])
            for currency, pairs in self.dated.items()
        }
        return Rates(self.to, {**self.fixed, **held})

    def reporting(self, currencies: Iterable[str]) -> str:
        """The currency that amounts are converted to; "" where it cannot be told."""
        if self.to:
            return self.to
        missing = [currency for currency in currencies if currency not in self.fixed and currency not in self.dated]
        return missing[0] if len(missing) == 1 else ""

    def of(self, currency: str, periods: Periods) -> np.ndarray:
        """A currency's rate in each period, (periods,); NaN where the table has none."""
        if currency in self.dated:
            months = np.array([month for month, _ in self.dated[currency]])
            rates = np.array([np.nan, *(rate for _, rate in self.dated[currency])])
            return rates[np.searchsorted(months, np.array(periods.ends), side="right")]
        return np.full(len(periods), 1.0 if currency == self.to else self.fixed.get(currency, np.nan))


@struct()
class CurrencyLayer:
    """The amounts of one currency in that currency: `local` (holders, periods) of the customers at `holders`.

    `rates` (periods,) are units of the reporting currency for one unit; `holders` are positions in the order of the
    cube's customers.
    """

    currency: str
    holders: np.ndarray
    local: np.ndarray
    rates: np.ndarray


def conversion(rows: RevenueRows, table: Rates | None) -> tuple[str, np.ndarray | None]:
    """The reporting currency, and the rates (currencies, periods) to it; None where nothing is converted.

    Raises
    ------
    InputError
        If the rows are in several currencies and there is no rate for one of them.
    """
    if rows.currency is None:
        return "", None
    used = distinct(rows.currency.codes[rows.currency.codes >= 0])
    currencies = sorted(rows.currency.values[code] for code in used.tolist())
    if table is None:
        if len(currencies) > 1:
            found = problem("currency-mixed", value=", ".join(currencies))
            raise InputError("The amounts are in several currencies.", [found])
        return (currencies or [""])[0], None
    to = table.reporting(currencies)
    if not to:
        raise InputError("The rates do not say which currency to report in: give it the rate 1.")
    ones = np.ones(len(rows.periods))
    rates = np.array([ones if name == to else table.of(name, rows.periods) for name in rows.currency.values])
    lacking = np.isnan(rates[rows.currency.codes, rows.period]) | (rows.currency.codes < 0)
    if lacking.any():
        names = (*rows.currency.values, "(blank)")
        known = ", ".join(sorted({table.to, *table.fixed, *table.dated} - {""}))
        cells = set(zip(rows.currency.codes[lacking].tolist(), rows.period[lacking].tolist(), strict=True))
        missing: dict[str, list[int]] = {}
        for name, at in sorted((names[code], at) for code, at in cells):
            missing.setdefault(name, []).append(at)
        raise InputError(
            "Exchange rates are missing.",
            [
                problem(
                    "rate-missing", value=f"{name}, {spans(places, rows.periods)}", action=f"It has {known}. Add it."
                )
                for name, places in missing.items()
            ],
        )
    return to, rates


def spans(places: Sequence[int], periods: Periods) -> str:
    """Ascending positions of periods in words, neighbours as one span.

    >>> spans([0, 1, 3], Periods(24288, 4))
    'Jan 2024 to Feb 2024, Apr 2024'
    """
    held: list[list[int]] = []
    for at in places:
        if held and at == held[-1][-1] + 1:
            held[-1].append(at)
        else:
            held.append([at])
    labels = periods.labels
    return ", ".join(labels[each[0]] + (f" to {labels[each[-1]]}" if each[1:] else "") for each in held)


def held_on(rows: RevenueRows, table: Rates) -> list[str]:
    """For each currency whose rate is used longer than its rates lie apart (or than a year): when, and which rate."""
    told = []
    for name, pairs in table.dated.items() if rows.currency else ():
        months = np.array([month for month, _ in pairs])
        if {rate for _, rate in pairs} == {1.0} or rows.currency is None or name not in rows.currency.values:
            continue
        apart, counts = np.unique(np.diff(months), return_counts=True)
        usual = int(apart[counts.argmax()]) if apart.size else 12
        ends = np.array(rows.periods.ends)
        at = np.unique(rows.period[rows.currency.codes == rows.currency.values.index(name)])
        rate = np.searchsorted(months, ends[at], side="right") - 1
        late = (rate >= 0) & (ends[at] - months[rate] >= max(usual, rows.periods.step))
        if late.any():
            last = ", ".join(iso_month(month) for month in np.unique(months[rate[late]]).tolist()[:3])
            told.append(f"{name}, {spans(at[late].tolist(), rows.periods)}: the rate of {last}")
    return told


def layers(
    rows: RevenueRows, customer: Labels, rates: np.ndarray | None, shape: tuple[int, int], units: Units
) -> tuple[tuple[CurrencyLayer, ...], list[Problem]]:
    """The amounts of each currency in that currency, for the customers that have any, in the order of their names.

    Without rates all amounts are one layer. What was made equal is told where it comes to money.
    """
    names = rows.currency.values if rows.currency and rates is not None else ("",)
    labels, found, notes = rows.currency, [], []
    for code in sorted(range(len(names)), key=lambda code: names[code]):
        of = np.arange(len(rows)) if rates is None or labels is None else np.flatnonzero(labels.codes == code)
        if not of.size:
            continue
        holders, place = np.unique(customer.codes[of], return_inverse=True)
        cell = place.astype(np.int64) * shape[1] + rows.period[of]
        whole = summed(cell, units.whole(rows.amounts[of]), holders.size * shape[1]).reshape(-1, shape[1])
        settled = units.settled(whole)
        moved = settled - whole
        if np.abs(moved).sum() >= units.half and moved.any():
            cells = f"{np.count_nonzero(moved):,} amounts {names[code]}".strip()
            notes.append(problem("hairs-equal", value=cells, amount=float(units.amounts(moved.sum()))))
        local = units.amounts(settled)
        found.append(CurrencyLayer(names[code], holders, local, np.ones(shape[1]) if rates is None else rates[code]))
    return tuple(found), notes


def converted(
    held: tuple[CurrencyLayer, ...], units: Units, at: np.ndarray, rate_of: np.ndarray, start: int, stop: int
) -> np.ndarray:
    """The whole units (customers, pairs) that layers are worth at some periods, at the exchange rates of others.

    `start` and `stop` bound the customers. Each currency's amount is rounded to units before they are added.
    """
    total = np.zeros((max(stop - start, 0), at.size), np.int64 if units.wide else float)
    for layer in held:
        inside = slice(*np.searchsorted(layer.holders, (start, stop)))
        # A currency may lack a rate where it has no amount.
        rates = np.nan_to_num(layer.rates[rate_of])
        total[layer.holders[inside] - start] += units.whole(layer.local[inside][:, at] * rates)
    return total
