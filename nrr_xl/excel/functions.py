"""The worksheet functions, as Excel and LibreOffice call them: thin over the calculation modules."""

from __future__ import annotations

import math

from nrr_xl import bands, metrics
from nrr_xl.excel.values import CellError, clean_numbers, flatten, number, result, text
from nrr_xl.excel.worksheet import elementwise, worksheet_function

START = "Opening recurring revenue: a cell or a range"
EXPANSION = "Growth of the opening customers, as a positive amount"
CONTRACTION = "Shrinkage of the opening customers, as a positive amount"
CHURN = "Opening revenue of the customers that left, as a positive amount"
OPENING = "Each customer's amount at the opening"
CLOSING = "Each customer's amount at the closing, in the same order"


@worksheet_function(start=START, expansion=EXPANSION, contraction=CONTRACTION, churn=CHURN)
def NRR(start, expansion=None, contraction=None, churn=None):
    """Net revenue retention: (start + expansion - contraction - churn) / start."""
    return elementwise(metrics.nrr, start, expansion, contraction, churn)


@worksheet_function(start=START, contraction=CONTRACTION, churn=CHURN)
def GRR(start, contraction=None, churn=None):
    """Gross revenue retention: (start - contraction - churn) / start."""
    return elementwise(metrics.grr, start, contraction, churn)


@worksheet_function(start=START, expansion=EXPANSION)
def EXPANSION_RATE(start, expansion):
    """Expansion as a share of the opening recurring revenue."""
    return elementwise(metrics.expansion_rate, start, expansion)


@worksheet_function(start=START, contraction=CONTRACTION)
def CONTRACTION_RATE(start, contraction):
    """Contraction as a share of the opening recurring revenue."""
    return elementwise(metrics.contraction_rate, start, contraction)


@worksheet_function(start=START, churn=CHURN)
def CHURN_RATE(start, churn):
    """Churned revenue as a share of the opening recurring revenue."""
    return elementwise(metrics.churn_rate, start, churn)


@worksheet_function(
    new_amount="Revenue won from new and returning customers, as a positive amount",
    expansion=EXPANSION,
    contraction=CONTRACTION,
    churn=CHURN,
)
def QUICK_RATIO(new_amount, expansion, contraction, churn):
    """Quick ratio: recurring revenue gained for each unit lost, (new + expansion) / (contraction + churn)."""
    return elementwise(metrics.quick_ratio, new_amount, expansion, contraction, churn)


@worksheet_function(rates="Retention of each period as a fraction; blank cells are passed over")
def NRR_COMPOUND(rates):
    """Compounded retention: the product of consecutive periods' rates."""
    given = [cell for cell in flatten(rates)[0] if cell is not None]
    return result(metrics.compound(clean_numbers(given).values))


@worksheet_function(rate="Retention over the window as a fraction", months="Length of the window in months")
def NRR_ANNUALIZE(rate, months):
    """Annualised retention: the rate that twelve such months would give, rate ^ (12 / months)."""
    return elementwise(metrics.annualise, rate, months, blank=math.nan)


@worksheet_function(
    rate="Net revenue retention as a fraction: a cell or a range",
    scheme='Whose bands: "general" (default), "kpi_depot" or "salesforce"',
)
def NRR_BAND(rate, scheme=None):
    """The word for a rate in a published scheme of bands, such as "good" or "healthy"."""
    scheme = text(scheme) or "general"
    if scheme not in bands.SCHEMES:
        raise CellError("#NUM!")
    cells, shape = flatten(rate)
    words = [_band(cell, scheme) for cell in cells]
    return [words[i : i + shape[1]] for i in range(0, len(words), shape[1])]


def _band(cell, scheme: str) -> str:
    try:
        return bands.band(number(cell, blank=None), scheme)
    except CellError as error:
        return error.text


@worksheet_function(
    amount_per_customer="Average recurring revenue of a customer per period",
    gross_margin="Gross margin as a fraction",
    churn_rate="Churn rate per the same period as a fraction",
)
def LTV(amount_per_customer, gross_margin, churn_rate):
    """Simple lifetime value of a customer: amount per customer x gross margin / churn rate."""
    return elementwise(metrics.ltv, amount_per_customer, gross_margin, churn_rate)


@worksheet_function(opening=OPENING, closing=CLOSING)
def NRR_COHORT(opening, closing):
    """Net revenue retention from customers: the closing amount of the opening customers / their opening amount."""
    return _cohort(metrics.nrr_cohort, opening, closing)


@worksheet_function(opening=OPENING, closing=CLOSING)
def GRR_COHORT(opening, closing):
    """Gross revenue retention from customers: none counts for more than it paid at the opening."""
    return _cohort(metrics.grr_cohort, opening, closing)


@worksheet_function(opening=OPENING, closing=CLOSING)
def LOGO_RETENTION(opening, closing):
    """Logo retention: the share of the opening customers that are still customers at the closing."""
    return _cohort(metrics.logo_retention, opening, closing)


def _cohort(metric, opening, closing):
    """A rate over customers' amounts at both ends, which must match one to one."""
    opening, closing = clean_numbers(opening), clean_numbers(closing)
    if opening.shape != closing.shape:
        raise CellError("#N/A")
    return result(metric(opening.values, closing.values))
