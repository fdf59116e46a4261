"""Unit economics: what a customer costs, when it has paid for itself, and what growth costs."""

from __future__ import annotations

from typing import Any

from nrr_xl.metrics.amounts import amounts, ratio


def cac(cost: Any, new_customers: Any) -> Any:
    """Customer acquisition cost: sales and marketing cost for each new customer.

    ``cost / new_customers``

    Parameters
    ----------
    cost : float or array (n,)
        Sales and marketing cost of the window, >= 0.
    new_customers : float or array (n,)
        Customers won in it, >= 0.

    Returns
    -------
    float or array (n,)
        An amount; NaN where nobody was won.

    Raises
    ------
    SignError
        If an argument is negative.

    Source: David Skok, SaaS Metrics 2.0, For Entrepreneurs.

    >>> cac(60_000, 12)
    5000.0
    """
    cost, new_customers = amounts(cost=cost, new_customers=new_customers)
    return ratio(cost, new_customers)


def cac_payback(cost_per_customer: Any, monthly_amount: Any, gross_margin: Any) -> Any:
    """Payback: the months until a new customer's gross margin has paid its acquisition cost.

    ``cost_per_customer / monthly_amount / gross_margin``: no product on the way can be larger than any number.

    Parameters
    ----------
    cost_per_customer : float or array (n,)
        CAC, >= 0.
    monthly_amount : float or array (n,)
        A new customer's amount in a month, >= 0.
    gross_margin : float or array (n,)
        A fraction.

    Returns
    -------
    float or array (n,)
        Months; NaN where a month brings nothing.

    Raises
    ------
    SignError
        If an argument is negative.

    Source: David Skok, SaaS Metrics 2.0, For Entrepreneurs.

    >>> cac_payback(5000, 500, 0.8)
    12.5
    """
    cost_per_customer, monthly_amount, gross_margin = amounts(
        cost_per_customer=cost_per_customer, monthly_amount=monthly_amount, gross_margin=gross_margin
    )
    return ratio(ratio(cost_per_customer, monthly_amount), gross_margin)


def ltv_to_cac(lifetime_value: Any, cost_per_customer: Any) -> Any:
    """LTV to CAC: lifetime value for each unit of acquisition cost.

    ``lifetime_value / cost_per_customer``

    Parameters
    ----------
    lifetime_value, cost_per_customer : float or array (n,)
        Amounts of one customer, >= 0.

    Returns
    -------
    float or array (n,)
        A multiple; NaN where a customer costs nothing.

    Raises
    ------
    SignError
        If an argument is negative.

    Source: David Skok, SaaS Metrics 2.0, For Entrepreneurs (3 and more is called healthy there).

    >>> ltv_to_cac(15_000, 5000)
    3.0
    """
    lifetime_value, cost_per_customer = amounts(lifetime_value=lifetime_value, cost_per_customer=cost_per_customer)
    return ratio(lifetime_value, cost_per_customer)


def magic_number(opening: Any, closing: Any, cost: Any) -> Any:
    """Magic number: annual recurring revenue added for each unit of sales and marketing cost.

    ``(closing - opening) / cost``

    Parameters
    ----------
    opening, closing : float or array (n,)
        Annual recurring revenue at the two ends of a window, >= 0.
    cost : float or array (n,)
        Sales and marketing cost of the window before (or of the same one, if that is how it is known), >= 0.

    Returns
    -------
    float or array (n,)
        A multiple, below 0 where revenue fell; NaN where the cost is 0.

    Raises
    ------
    SignError
        If an argument is negative.

    Source: Scale Venture Partners, The SaaS magic number.

    >>> magic_number(4_000_000, 4_600_000, 500_000)
    1.2
    """
    opening, closing, cost = amounts(opening=opening, closing=closing, cost=cost)
    return ratio(closing - opening, cost)


def burn_multiple(burn: Any, opening: Any, closing: Any) -> Any:
    """Burn multiple: cash burnt for each unit of annual recurring revenue added.

    ``burn / (closing - opening)``

    Parameters
    ----------
    burn : float or array (n,)
        Net cash burnt in the window, >= 0.
    opening, closing : float or array (n,)
        Annual recurring revenue at its two ends, >= 0.

    Returns
    -------
    float or array (n,)
        A multiple, the lower the better; below 0, which is worse than any, where revenue fell; NaN where it stayed.

    Raises
    ------
    SignError
        If an argument is negative.

    Source: David Sacks, The burn multiple, Craft Ventures.

    >>> burn_multiple(900_000, 4_000_000, 4_600_000)
    1.5
    """
    burn, opening, closing = amounts(burn=burn, opening=opening, closing=closing)
    return ratio(burn, closing - opening)


def renewal_rate(renewed: Any, available: Any) -> Any:
    """Renewal rate: the renewed part of what was available to renew, by amount or by number of contracts.

    ``renewed / available``

    Parameters
    ----------
    renewed, available : float or array (n,)
        What was renewed, without any expansion, of the contracts that ended in the window, and all of it, >= 0.

    Returns
    -------
    float or array (n,)
        A fraction; NaN where nothing was up for renewal.

    Raises
    ------
    SignError
        If an argument is negative.

    Source: creativeg.gr, retention rate against renewal rate (200,000 of 250,000 renewed).

    >>> renewal_rate(200_000, 250_000)
    0.8
    """
    renewed, available = amounts(renewed=renewed, available=available)
    return ratio(renewed, available)
