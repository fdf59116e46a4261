"""Unit economics of a window: what its new customers cost, when they pay back, and what growth costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nrr_xl.metrics import annualise, burn_multiple, cac, cac_payback, ltv, ltv_to_cac, magic_number, ratio

FIGURES = ("cac", "new_amount", "cac_payback", "ltv", "ltv_to_cac", "magic_number", "burn_multiple")


def unit_economics(
    line: Mapping[str, Any],
    gross_margin: float,
    sales_cost: float | None = None,
    burn: float | None = None,
    months: int = 12,
    step: int = 1,
) -> dict[str, Any]:
    """The unit economics of a window's bridge, or of each value of a segment.

    Parameters
    ----------
    line : mapping
        `new`, `newcomers`, `opening`, `closing`, `closers` and `churn_rate` of a window (numbers or arrays); amounts
        are those of a period of `step` months (12 where they are annual).
    gross_margin : float
        A fraction.
    sales_cost : float, optional
        Sales and marketing cost of the window. It is spread over a segment's values by their new customers.
    burn : float, optional
        Net cash burnt in the window.
    months : int
        Of the window.

    Returns
    -------
    dict
        FIGURES; an amount is a customer's of a month (`new_amount`) or as it is, `cac_payback` in months. NaN where
        an input is not given or a base is 0.

    >>> line = {"new": 5000.0, "newcomers": 10, "opening": 9e4, "closing": 1e5, "closers": 200, "churn_rate": 0.1}
    >>> found = unit_economics(line, 0.8, sales_cost=60_000.0)
    >>> found["cac"], found["cac_payback"], round(found["ltv_to_cac"], 6), found["magic_number"]
    (6000.0, 15.0, 8.0, 2.0)
    """
    nan = float("nan")
    new_amount = ratio(line["new"] / step, line["newcomers"])
    each = ratio(line["closing"] * 12 / step, line["closers"])
    kept = 1 - line["churn_rate"]
    value = ltv(each, gross_margin, 1 - annualise(kept * (kept > 0), months))
    cost: Any = nan
    per_customer: Any = nan
    if sales_cost is not None:
        split = hasattr(line["newcomers"], "sum")
        # Every customer won cost the same, whatever its segment.
        per_customer = cac(sales_cost, float(line["newcomers"].sum()) if split else line["newcomers"])
        cost = per_customer * line["newcomers"] if split else sales_cost
    opening, closing = line["opening"] * 12 / step, line["closing"] * 12 / step
    return {
        "cac": per_customer,
        "new_amount": new_amount,
        "cac_payback": cac_payback(per_customer, new_amount, gross_margin),
        "ltv": value,
        "ltv_to_cac": ltv_to_cac(value, per_customer),
        "magic_number": magic_number(opening, closing, cost),
        "burn_multiple": burn_multiple(nan if burn is None else burn, opening, closing),
    }
