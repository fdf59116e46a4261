"""The retention rates, each defined once: plain functions of amounts, for one company or whole arrays at a time."""

from __future__ import annotations

from nrr_xl.metrics.amounts import ratio
from nrr_xl.metrics.catalogue import METRICS, RATES, REMAINS, Metric, Rate
from nrr_xl.metrics.compounding import annual_churn, annualise, compound
from nrr_xl.metrics.customers import grr_cohort, logo_retention, nrr_cohort
from nrr_xl.metrics.economics import burn_multiple, cac, cac_payback, ltv_to_cac, magic_number, renewal_rate
from nrr_xl.metrics.flows import (
    churn_rate,
    contraction_rate,
    expansion_rate,
    grr,
    left_of,
    logo_rate,
    ltv,
    nrr,
    quick_ratio,
)

__all__ = [
    "METRICS",
    "RATES",
    "REMAINS",
    "Metric",
    "Rate",
    "annual_churn",
    "annualise",
    "burn_multiple",
    "cac",
    "cac_payback",
    "churn_rate",
    "compound",
    "contraction_rate",
    "expansion_rate",
    "grr",
    "grr_cohort",
    "left_of",
    "logo_rate",
    "logo_retention",
    "ltv",
    "ltv_to_cac",
    "magic_number",
    "nrr",
    "nrr_cohort",
    "quick_ratio",
    "ratio",
    "renewal_rate",
]
