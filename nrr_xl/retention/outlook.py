"""Arithmetic ahead, not a forecast: what today's customers would pay if the rates stayed as they are."""

from __future__ import annotations

import numpy as np

from nrr_xl.metrics import annualise, ltv, ratio

YEARS = (1, 2, 3)


def outlook(amount: float, nrr: float, grr: float, past: np.ndarray, months: int = 12) -> dict[str, np.ndarray]:
    """The amount of the present customers in 12, 24 and 36 months, if NRR and GRR stay.

    Parameters
    ----------
    amount : float
        Closing amount.
    nrr, grr : float
        Fractions over a window of `months`; compounded to a year where it is another length.
    past : array (periods,)
        NRR over such a window as of earlier periods; the standard deviation of the last 12 sets the band.

    Returns
    -------
    dict of arrays (3,)
        `months` ahead; `grr_only` (no expansion at all), `low`, `central`, `high` (NRR less the spread, NRR, NRR plus
        it, every year); `one_point`, what one more point of NRR a year would add. NaN where a rate is undefined;
        the band is NaN with fewer than two past rates.

    >>> found = outlook(100.0, 1.1, 0.9, np.array([1.0, 1.2]))
    >>> found["central"].round(2).tolist(), found["grr_only"].round(2).tolist()
    ([110.0, 121.0, 133.1], [90.0, 81.0, 72.9])
    """
    years = np.array(YEARS)
    past = np.asarray(past, dtype=float)[-12:]
    past = past[~np.isnan(past)]
    net = annualise(max(nrr, 0.0), months)
    spread = float(np.std(annualise(np.maximum(past, 0.0), months), ddof=1)) if past.size > 1 else float("nan")
    return {
        "months": years * 12,
        "grr_only": amount * annualise(max(grr, 0.0), months) ** years,
        "low": amount * np.maximum(net - spread, 0.0) ** years,
        "central": amount * net**years,
        "high": amount * (net + spread) ** years,
        "one_point": amount * ((net + 0.01) ** years - net**years),
    }


def lifetime_value(
    amount: float, customers: float, churn_rate: float, gross_margin: float = 1.0, months: int = 12, step: int = 1
) -> dict[str, float]:
    """Simple lifetime value of a customer of today: a year's amount x margin / a year's churn rate.

    `amount` is that of all `customers` in one period of `step` months; `churn_rate` is a fraction over `months`.
    Returns `amount_per_customer` (a year's), `churn_rate` (a year's), `gross_margin` and `ltv`, NaN where nothing
    churns.

    >>> found = lifetime_value(1000.0, 10, 0.2, gross_margin=0.8)
    >>> found["amount_per_customer"], round(found["ltv"], 6)
    (1200.0, 4800.0)
    """
    each = ratio(amount * 12 / step, customers)
    yearly = 1 - annualise(max(1 - churn_rate, 0.0), months)
    value = ltv(each, gross_margin, yearly)
    return {"amount_per_customer": each, "churn_rate": yearly, "gross_margin": gross_margin, "ltv": value}
