"""Exchange rates, the conversion of rows, and the layers that tell an exchange effect from a customer's doing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.periods import Periods
from nrr_xl.revenue.cube.rows import Labels, RevenueRows
from nrr_xl.revenue.findings import problem


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class CurrencyLayer:
    """The amounts of one currency in that currency: `local` (holders, periods) of the customers at `holders`.

    `rates` (periods,) are units of the reporting currency for one unit; `holders` are positions in the order of the
    cube's customers.
    """

    currency: str
    holders: np.ndarray
    local: np.ndarray
    rates: np.ndarray


def conversion(rows: RevenueRows, table: Rates | None) -> tuple[str, np.ndarray | float, np.ndarray | None]:
    """The reporting currency, what each row is multiplied by, and the rates (currencies, periods).

    Raises
    ------
    InputError
        If the rows are in several currencies and there is no rate for one of them.
    """
    if rows.currency is None:
        return "", 1.0, None
    used = np.unique(rows.currency.codes[rows.currency.codes >= 0])
    currencies = [rows.currency.values[code] for code in used.tolist()]
    if table is None:
        if len(currencies) > 1:
            found = problem("currency-mixed", value=", ".join(currencies))
            raise InputError("The amounts are in several currencies.", [found])
        return (currencies or [""])[0], 1.0, None
    to = table.reporting(currencies)
    if not to:
        raise InputError("The rates do not say which currency to report in: give it the rate 1.")
    ones = np.ones(len(rows.periods))
    rates = np.array([ones if name == to else table.of(name, rows.periods) for name in rows.currency.values])
    factor = rates[rows.currency.codes, rows.period]
    lacking = np.isnan(factor) | (rows.currency.codes < 0)
    if lacking.any():
        names, labels = (*rows.currency.values, "(blank)"), rows.periods.labels
        cells = set(zip(rows.currency.codes[lacking].tolist(), rows.period[lacking].tolist(), strict=True))
        raise InputError(
            "Exchange rates are missing.",
            [problem("rate-missing", value=f"{names[code]}, {labels[at]}") for code, at in sorted(cells)],
        )
    return to, factor, rates


def layers(rows: RevenueRows, customer: Labels, rates: np.ndarray, shape: tuple[int, int]) -> tuple[CurrencyLayer, ...]:
    """The amounts of each currency in that currency, for the customers that have any."""
    found = []
    for code, name in enumerate(rows.currency.values if rows.currency else ()):
        of = np.flatnonzero(rows.currency.codes == code)
        if of.size:
            holders, place = np.unique(customer.codes[of], return_inverse=True)
            cell = place.astype(np.int64) * shape[1] + rows.period[of]
            local = np.bincount(cell, rows.amounts[of], holders.size * shape[1]).reshape(holders.size, shape[1])
            found.append(CurrencyLayer(name, holders, local, rates[code]))
    return tuple(found)
