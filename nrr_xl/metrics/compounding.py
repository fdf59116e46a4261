"""Rates of several periods, or of another length of time."""

from __future__ import annotations

import math
from typing import Any

from nrr_xl.errors import SignError
from nrr_xl.metrics.amounts import SCALARS, amounts


def compound(rates: Any) -> float:
    """The product of consecutive periods' retention rates.

    Parameters
    ----------
    rates : array (periods,)
        Retention of each period as a fraction, >= 0.

    Returns
    -------
    float
        A fraction; NaN where a rate is NaN or there is none.

    Raises
    ------
    SignError
        If a rate is negative.

    Source: MetricKit, net revenue retention calculator.

    >>> round(compound([1.02, 0.99, 1.01]), 6)
    1.019898
    """
    import numpy as np

    rates = np.ravel(*amounts(rates=rates))
    return float(np.prod(rates)) if rates.size else math.nan


def annualise(rate: Any, months: Any) -> Any:
    """A retention rate over some months, as the rate twelve such months would give.

    ``rate ** (12 / months)``

    Parameters
    ----------
    rate : float or array (n,)
        Retention as a fraction, >= 0.
    months : float or array (n,)
        Length of the window, > 0.

    Returns
    -------
    float or array (n,)
        A fraction.

    Raises
    ------
    SignError
        If the rate is negative, or months are not above 0.

    Source: HubSpot, Form S-1 (2014), average of monthly retention, annualised by compounding.

    >>> round(annualise(0.99, 1), 6)
    0.886385
    """
    rate, months = amounts(rate=rate, months=months)
    if (months == 0) if isinstance(months, SCALARS) else (months == 0).any():
        raise SignError("months is 0, but a window has a length")
    return rate ** (12 / months)


def annual_churn(monthly: Any) -> Any:
    """A monthly churn rate compounded to a year: ``1 - (1 - monthly) ** 12``, never twelve times it.

    Parameters
    ----------
    monthly : float or array (n,)
        Monthly churn rate as a fraction between 0 and 1.

    Returns
    -------
    float or array (n,)
        A fraction.

    Raises
    ------
    SignError
        If the rate is negative or above 1.

    Source: ChartMogul help, customer churn rate, annualised.

    >>> round(annual_churn(0.02), 6)
    0.215283
    """
    (monthly,) = amounts(monthly=monthly)
    amounts(**{"1 - monthly churn": 1 - monthly})
    return 1 - (1 - monthly) ** 12
