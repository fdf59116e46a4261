"""The retention rates, each defined once: plain functions of amounts, for one company or whole arrays at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nrr_xl.metrics.amounts import ratio
from nrr_xl.metrics.compounding import annual_churn, annualise, compound
from nrr_xl.metrics.customers import grr_cohort, logo_retention, nrr_cohort
from nrr_xl.metrics.flows import (
    churn_rate,
    contraction_rate,
    expansion_rate,
    grr,
    logo_rate,
    ltv,
    nrr,
    quick_ratio,
)

__all__ = [
    "METRICS",
    "Metric",
    "annual_churn",
    "annualise",
    "churn_rate",
    "compound",
    "contraction_rate",
    "expansion_rate",
    "grr",
    "grr_cohort",
    "logo_rate",
    "logo_retention",
    "ltv",
    "nrr",
    "nrr_cohort",
    "quick_ratio",
    "ratio",
]


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
    "nrr_cohort": Metric(
        nrr_cohort, "Net revenue retention", "SUMPRODUCT(({opening}>0)*{closing})/SUM({opening})", _RATE
    ),
    "grr_cohort": Metric(
        grr_cohort,
        "Gross revenue retention",
        "SUMPRODUCT(({closing}<{opening})*{closing}+({closing}>={opening})*{opening})/SUM({opening})",
        _RATE,
    ),
    "logo_retention": Metric(
        logo_retention,
        "Logo retention",
        "SUMPRODUCT(({opening}>0)*({closing}>0))/SUMPRODUCT(--({opening}>0))",
        _RATE,
    ),
    "compound": Metric(compound, "Compounded retention", "PRODUCT({rates})", _RATE),
    "annualise": Metric(annualise, "Annualised retention", "{rate}^(12/{months})", _RATE),
    "annual_churn": Metric(annual_churn, "Annual churn", "1-(1-{monthly})^12", _RATE),
    "ltv": Metric(ltv, "Lifetime value (simple)", "{amount_per_customer}*{gross_margin}/{churn_rate}", "#,##0"),
}
