"""Rates of a window from two columns of customers' amounts."""

from __future__ import annotations

from typing import Any

from nrr_xl.metrics.amounts import amounts, ratio
from nrr_xl.metrics.flows import logo_rate


def nrr_cohort(opening: Any, closing: Any) -> float:
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
    found: float = ratio(float(closing[opening > 0].sum()), float(opening.sum()))
    return found


def grr_cohort(opening: Any, closing: Any) -> float:
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
    found: float = ratio(float(np.minimum(opening, closing).sum()), float(opening.sum()))
    return found


def logo_retention(opening: Any, closing: Any) -> float:
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
    found: float = logo_rate(int(((opening > 0) & (closing > 0)).sum()), int((opening > 0).sum()))
    return found


def _customers(opening: Any, closing: Any) -> tuple[Any, Any]:
    """Two columns of customers' amounts, of one length."""
    import numpy as np

    opening, closing = map(np.ravel, amounts(opening=opening, closing=closing))
    if opening.shape != closing.shape:
        raise ValueError(f"opening has {opening.size} customers, closing has {closing.size}")
    return opening, closing
