"""The retention rates, each defined once: plain functions of amounts, for one company or whole arrays at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from nrr_xl.errors import SignError

_SCALARS = (int, float)


def _amounts(**named):
    """The amounts as floats, or as arrays where any of them is one; none may be negative."""
    if all(isinstance(value, _SCALARS) for value in named.values()):
        for name, value in named.items():
            if value < 0:
                raise SignError(f"{name} is {value:g}, but must be a positive magnitude")
        return tuple(named.values())
    import numpy as np

    arrays = {name: np.asarray(value, dtype=float) for name, value in named.items()}
    for name, array in arrays.items():
        if (array < 0).any():
            raise SignError(f"{name} holds {array[array < 0].flat[0]:g}, but must be a positive magnitude")
    return tuple(arrays.values())


def ratio(numerator, denominator):
    """The quotient; NaN where the denominator is 0, since a rate of nothing is undefined and not 0."""
    if isinstance(numerator, _SCALARS) and isinstance(denominator, _SCALARS):
        return numerator / denominator if denominator else math.nan
    import numpy as np

    numerator, denominator = np.broadcast_arrays(numerator, denominator)
    result = np.full(numerator.shape, math.nan)
    np.divide(numerator, denominator, out=result, where=denominator != 0)
    return result


def nrr(start, expansion=0.0, contraction=0.0, churn=0.0):
    """Net revenue retention: what the opening customers pay at the end, as a share of what they paid at the start.

    ``(start + expansion - contraction - churn) / start``

    Parameters
    ----------
    start : float or array (n,)
        Opening recurring revenue, in one currency, >= 0.
    expansion, contraction, churn : float or array (n,)
        Flows of the opening customers over the window, as positive magnitudes.

    Returns
    -------
    float or array (n,)
        A fraction (1.1 = 110 %); NaN where start is 0.

    Raises
    ------
    SignError
        If an amount is negative.

    Source: Salesforce, "What is net retention rate".

    >>> nrr(500_000, 100_000, 20_000, 30_000)
    1.1
    >>> nrr([100.0, 0.0], [20.0, 5.0])
    array([1.2, nan])
    """
    start, expansion, contraction, churn = _amounts(
        start=start, expansion=expansion, contraction=contraction, churn=churn
    )
    return ratio(start + expansion - contraction - churn, start)


def grr(start, contraction=0.0, churn=0.0):
    """Gross revenue retention: the share of the opening amount kept, before any expansion.

    ``(start - contraction - churn) / start``

    Parameters
    ----------
    start : float or array (n,)
        Opening recurring revenue, in one currency, >= 0.
    contraction, churn : float or array (n,)
        Amounts lost to downgrades and to leavers, as positive magnitudes.

    Returns
    -------
    float or array (n,)
        A fraction (1.0 = 100 %); NaN where start is 0. Below 0 when summed flows exceed the start: it is not clipped.

    Raises
    ------
    SignError
        If an amount is negative.

    Source: ChartMogul help, net MRR churn.

    >>> grr(100, 10, 10)
    0.8
    """
    start, contraction, churn = _amounts(start=start, contraction=contraction, churn=churn)
    return ratio(start - contraction - churn, start)


def nrr_cohort(opening, closing):
    """Net revenue retention from customers: the closing amount of those present at the opening / their opening amount.

    Parameters
    ----------
    opening, closing : array (customers,)
        Each customer's amount at the two ends of the window, >= 0; 0 where absent.

    Returns
    -------
    float
        A fraction; NaN where nobody was present at the opening.

    Raises
    ------
    SignError
        If an amount is negative.

    Source: SaaS Capital, retention benchmarks: point to point over the customers of a year before.

    >>> nrr_cohort([100.0, 100.0, 0.0], [150.0, 0.0, 70.0])
    0.75
    """
    opening, closing = _customers(opening, closing)
    return ratio(float(closing[opening > 0].sum()), float(opening.sum()))


def grr_cohort(opening, closing):
    """Gross revenue retention from customers: no customer counts for more than it paid at the opening.

    ``sum(min(opening, closing)) / sum(opening)``

    Parameters
    ----------
    opening, closing : array (customers,)
        Each customer's amount at the two ends of the window, >= 0; 0 where absent.

    Returns
    -------
    float
        A fraction between 0 and min(NRR, 1); NaN where nobody was present at the opening.

    Raises
    ------
    SignError
        If an amount is negative.

    Source: ChartMogul help, net MRR churn.

    >>> grr_cohort([100.0, 100.0, 0.0], [150.0, 0.0, 70.0])
    0.5
    """
    import numpy as np

    opening, closing = _customers(opening, closing)
    return ratio(float(np.minimum(opening, closing).sum()), float(opening.sum()))


def logo_retention(opening, closing):
    """Logo retention: the share of the opening customers that are still customers at the closing.

    ``count(opening > 0 and closing > 0) / count(opening > 0)``

    Parameters
    ----------
    opening, closing : array (customers,)
        Each customer's amount at the two ends of the window, >= 0; 0 where absent.

    Returns
    -------
    float
        A fraction; NaN where nobody was present at the opening.

    Raises
    ------
    SignError
        If an amount is negative.

    Source: ChartMogul help, customer churn rate (its complement).

    >>> logo_retention([100.0, 100.0, 0.0], [150.0, 0.0, 70.0])
    0.5
    """
    opening, closing = _customers(opening, closing)
    return logo_rate(int(((opening > 0) & (closing > 0)).sum()), int((opening > 0).sum()))


def logo_rate(retained, start):
    """Logo retention from counts: retained opening customers as a share of the opening customers.

    Parameters
    ----------
    retained, start : int, float or array (n,)
        Numbers of customers, >= 0.

    Returns
    -------
    float or array (n,)
        A fraction; NaN where start is 0.

    Raises
    ------
    SignError
        If a count is negative.

    Source: ChartMogul help, customer churn rate (its complement).

    >>> logo_rate(45, 50)
    0.9
    """
    retained, start = _amounts(retained=retained, start=start)
    return ratio(retained, start)


def _customers(opening, closing):
    """Two columns of customers' amounts, of one length."""
    import numpy as np

    opening, closing = _amounts(opening=np.ravel(opening), closing=np.ravel(closing))
    if opening.shape != closing.shape:
        raise ValueError(f"opening has {opening.size} customers, closing has {closing.size}")
    return opening, closing


def expansion_rate(start, expansion):
    """Expansion over the window as a share of the opening amount.

    Parameters
    ----------
    start, expansion : float or array (n,)
        Opening amount and growth of the customers present at both ends, >= 0.

    Returns
    -------
    float or array (n,)
        A fraction; NaN where start is 0.

    Raises
    ------
    SignError
        If an amount is negative.

    Source: Salesforce, "What is net retention rate".

    >>> expansion_rate(500_000, 100_000)
    0.2
    """
    start, expansion = _amounts(start=start, expansion=expansion)
    return ratio(expansion, start)


def contraction_rate(start, contraction):
    """Contraction over the window as a share of the opening amount.

    Parameters
    ----------
    start, contraction : float or array (n,)
        Opening amount and shrinkage of the customers present at both ends, >= 0.

    Returns
    -------
    float or array (n,)
        A fraction; NaN where start is 0.

    Raises
    ------
    SignError
        If an amount is negative.

    Source: Salesforce, "What is net retention rate".

    >>> contraction_rate(500_000, 20_000)
    0.04
    """
    start, contraction = _amounts(start=start, contraction=contraction)
    return ratio(contraction, start)


def churn_rate(start, churn):
    """Revenue churn over the window as a share of the opening amount.

    Parameters
    ----------
    start, churn : float or array (n,)
        Opening amount and opening amount of the customers gone at the closing, >= 0.

    Returns
    -------
    float or array (n,)
        A fraction; NaN where start is 0.

    Raises
    ------
    SignError
        If an amount is negative.

    Source: ChartMogul help, gross MRR churn.

    >>> churn_rate(500_000, 30_000)
    0.06
    """
    start, churn = _amounts(start=start, churn=churn)
    return ratio(churn, start)


def quick_ratio(new, expansion, contraction, churn, reactivation=0.0):
    """Quick ratio: recurring revenue gained for each unit lost.

    ``(new + reactivation + expansion) / (contraction + churn)``

    Parameters
    ----------
    new, expansion, contraction, churn, reactivation : float or array (n,)
        The window's flows, as positive magnitudes.

    Returns
    -------
    float or array (n,)
        A multiple (4.0 = four gained for one lost); NaN where nothing was lost.

    Raises
    ------
    SignError
        If an amount is negative.

    Source: ChartMogul help, SaaS quick ratio.

    >>> quick_ratio(300, 100, 40, 60)
    4.0
    """
    new, expansion, contraction, churn, reactivation = _amounts(
        new=new, expansion=expansion, contraction=contraction, churn=churn, reactivation=reactivation
    )
    return ratio(new + reactivation + expansion, contraction + churn)


def compound(rates):
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

    (rates,) = _amounts(rates=np.ravel(rates))
    return float(np.prod(rates)) if rates.size else math.nan


def annualise(rate, months):
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
    rate, months = _amounts(rate=rate, months=months)
    if (months == 0) if isinstance(months, _SCALARS) else (months == 0).any():
        raise SignError("months is 0, but a window has a length")
    return rate ** (12 / months)


def annual_churn(monthly):
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
    (monthly,) = _amounts(monthly=monthly)
    _amounts(**{"1 - monthly churn": 1 - monthly})
    return 1 - (1 - monthly) ** 12


def ltv(amount_per_customer, gross_margin, churn_rate):
    """Simple lifetime value: what a customer is worth if margin and churn stay as they are.

    ``amount_per_customer * gross_margin / churn_rate``

    Parameters
    ----------
    amount_per_customer : float or array (n,)
        Average amount of a customer per period, >= 0.
    gross_margin : float or array (n,)
        A fraction.
    churn_rate : float or array (n,)
        Churn per the same period, a fraction.

    Returns
    -------
    float or array (n,)
        An amount; NaN where nothing churns.

    Raises
    ------
    SignError
        If an argument is negative.

    Source: ChartMogul help, customer lifetime value.

    >>> ltv(100.0, 0.8, 0.02)
    4000.0
    """
    amount_per_customer, gross_margin, churn_rate = _amounts(
        amount_per_customer=amount_per_customer, gross_margin=gross_margin, churn_rate=churn_rate
    )
    return ratio(amount_per_customer * gross_margin, churn_rate)


@dataclass(frozen=True, slots=True)
class Metric:
    """One rate: its function, its name for a reader, its Excel expression and its number format.

    `excel` holds the arguments of `function` in braces, as positive magnitudes. It is written by hand, apart from the
    function, so that a test can recalculate one in a spreadsheet and compare it with the other.
    """

    function: Callable
    label: str
    excel: str
    number_format: str


_RATE = "0.0%"

METRICS = {
    "nrr": Metric(nrr, "Net revenue retention", "({start}+{expansion}-{contraction}-{churn})/{start}", _RATE),
    "grr": Metric(grr, "Gross revenue retention", "({start}-{contraction}-{churn})/{start}", _RATE),
    "expansion_rate": Metric(expansion_rate, "Expansion rate", "{expansion}/{start}", _RATE),
    "contraction_rate": Metric(contraction_rate, "Contraction rate", "{contraction}/{start}", _RATE),
    "churn_rate": Metric(churn_rate, "Churn rate", "{churn}/{start}", _RATE),
    "quick_ratio": Metric(
        quick_ratio, "Quick ratio", "({new}+{reactivation}+{expansion})/({contraction}+{churn})", '0.0"x"'
    ),
    "nrr_cohort": Metric(nrr_cohort, "Net revenue retention", 'SUMIF({opening},">0",{closing})/SUM({opening})', _RATE),
    "grr_cohort": Metric(
        grr_cohort,
        "Gross revenue retention",
        "SUMPRODUCT(({closing}<{opening})*{closing}+({closing}>={opening})*{opening})/SUM({opening})",
        _RATE,
    ),
    "logo_retention": Metric(
        logo_retention, "Logo retention", 'COUNTIFS({opening},">0",{closing},">0")/COUNTIF({opening},">0")', _RATE
    ),
    "compound": Metric(compound, "Compounded retention", "PRODUCT({rates})", _RATE),
    "annualise": Metric(annualise, "Annualised retention", "{rate}^(12/{months})", _RATE),
    "annual_churn": Metric(annual_churn, "Annual churn", "1-(1-{monthly})^12", _RATE),
    "ltv": Metric(ltv, "Lifetime value (simple)", "{amount_per_customer}*{gross_margin}/{churn_rate}", "#,##0"),
}
