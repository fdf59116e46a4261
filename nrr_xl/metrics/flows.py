"""Rates of a window from its opening amount and its flows, for one company or whole arrays at a time."""

from __future__ import annotations

from typing import Any

from nrr_xl.metrics.amounts import amounts, ratio


def left_of(start: Any, contraction: Any, churn: Any, expansion: Any = 0) -> Any:
    """What is left of an opening amount: what NRR is a share of, and GRR where nothing is said of growth.

    Numbers or arrays of one shape, losses positive, in any unit.

    >>> left_of(500_000, 20_000, 30_000, 100_000), left_of(500_000, 20_000, 30_000)
    (550000, 450000)
    """
    return start + expansion - contraction - churn


def nrr(start: Any, expansion: Any = 0.0, contraction: Any = 0.0, churn: Any = 0.0) -> Any:
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
    start, expansion, contraction, churn = amounts(
        start=start, expansion=expansion, contraction=contraction, churn=churn
    )
    return ratio(left_of(start, contraction, churn, expansion), start)


def grr(start: Any, contraction: Any = 0.0, churn: Any = 0.0) -> Any:
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
    start, contraction, churn = amounts(start=start, contraction=contraction, churn=churn)
    return ratio(left_of(start, contraction, churn), start)


def logo_rate(retained: Any, start: Any) -> Any:
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
    retained, start = amounts(retained=retained, start=start)
    return ratio(retained, start)


def expansion_rate(start: Any, expansion: Any) -> Any:
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
    start, expansion = amounts(start=start, expansion=expansion)
    return ratio(expansion, start)


def contraction_rate(start: Any, contraction: Any) -> Any:
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
    start, contraction = amounts(start=start, contraction=contraction)
    return ratio(contraction, start)


def churn_rate(start: Any, churn: Any) -> Any:
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
    start, churn = amounts(start=start, churn=churn)
    return ratio(churn, start)


def quick_ratio(new: Any, expansion: Any, contraction: Any, churn: Any, reactivation: Any = 0.0) -> Any:
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
    new, expansion, contraction, churn, reactivation = amounts(
        new=new, expansion=expansion, contraction=contraction, churn=churn, reactivation=reactivation
    )
    return ratio(new + reactivation + expansion, contraction + churn)


def ltv(amount_per_customer: Any, gross_margin: Any, churn_rate: Any) -> Any:
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
    amount_per_customer, gross_margin, churn_rate = amounts(
        amount_per_customer=amount_per_customer, gross_margin=gross_margin, churn_rate=churn_rate
    )
    return ratio(amount_per_customer * gross_margin, churn_rate)
