"""The catalogue of rates: each one's function, label, kind, native formula, and the lines of a bridge it is made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

from nrr_xl.metrics.compounding import annual_churn, annualise, compound
from nrr_xl.metrics.customers import grr_cohort, logo_retention, nrr_cohort
from nrr_xl.metrics.economics import burn_multiple, cac, cac_payback, ltv_to_cac, magic_number, renewal_rate
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
from nrr_xl.records import struct

Kind = Literal["rate", "multiple", "amount", "months"]
FORMATS: dict[Kind, str] = {"rate": "0.0%", "multiple": '0.0"x"', "amount": "#,##0", "months": "0.0"}


@struct()
class Metric:
    """One rate: its function, its name for a reader, its Excel expression and what kind of number it gives.

    `excel` holds the arguments of `function` in braces, as positive magnitudes. It is written by hand, apart from the
    function, so that a test can recalculate one in a spreadsheet and compare it with the other.
    """

    function: Callable[..., Any]
    label: str
    excel: str
    kind: Kind = "rate"

    @property
    def number_format(self) -> str:
        return FORMATS[self.kind]


METRICS = {
    "nrr": Metric(nrr, "Net revenue retention", "({start}+{expansion}-{contraction}-{churn})/{start}"),
    "grr": Metric(grr, "Gross revenue retention", "({start}-{contraction}-{churn})/{start}"),
    "expansion_rate": Metric(expansion_rate, "Expansion rate", "{expansion}/{start}"),
    "contraction_rate": Metric(contraction_rate, "Contraction rate", "{contraction}/{start}"),
    "churn_rate": Metric(churn_rate, "Churn rate", "{churn}/{start}"),
    "quick_ratio": Metric(
        quick_ratio, "Quick ratio", "({new}+{reactivation}+{expansion})/({contraction}+{churn})", "multiple"
    ),
    "nrr_cohort": Metric(nrr_cohort, "Net revenue retention", "SUMPRODUCT(({opening}>0)*{closing})/SUM({opening})"),
    "grr_cohort": Metric(
        grr_cohort,
        "Gross revenue retention",
        "SUMPRODUCT(({closing}<{opening})*{closing}+({closing}>={opening})*{opening})/SUM({opening})",
    ),
    "logo_retention": Metric(
        logo_retention,
        "Logo retention",
        "SUMPRODUCT(({opening}>0)*({closing}>0))/SUMPRODUCT(--({opening}>0))",
    ),
    "compound": Metric(compound, "Compounded retention", "PRODUCT({rates})"),
    "annualise": Metric(annualise, "Annualised retention", "{rate}^(12/{months})"),
    "annual_churn": Metric(annual_churn, "Annual churn", "1-(1-{monthly})^12"),
    "ltv": Metric(ltv, "Lifetime value (simple)", "{amount_per_customer}*{gross_margin}/{churn_rate}", "amount"),
    "cac": Metric(cac, "Customer acquisition cost", "{cost}/{new_customers}", "amount"),
    "cac_payback": Metric(
        cac_payback, "Payback in months", "{cost_per_customer}/{monthly_amount}/{gross_margin}", "months"
    ),
    "ltv_to_cac": Metric(ltv_to_cac, "LTV to CAC", "{lifetime_value}/{cost_per_customer}", "multiple"),
    "magic_number": Metric(magic_number, "Magic number", "({closing}-{opening})/{cost}", "multiple"),
    "burn_multiple": Metric(burn_multiple, "Burn multiple", "{burn}/({closing}-{opening})", "multiple"),
    "renewal_rate": Metric(renewal_rate, "Renewal rate", "{renewed}/{available}"),
}


@struct()
class Rate:
    """A rate of a bridge: `arguments` says which line or count of the bridge each argument of its function is.

    `excel` holds the keys of lines and counts in braces, as positive magnitudes.
    """

    label: str
    function: Callable[..., Any]
    arguments: Mapping[str, str]
    excel: str
    kind: Kind = "rate"

    def of(self, lines: Mapping[str, Any]) -> Any:
        """The rate from the lines of a bridge, losses positive; NaN where its base is 0."""
        return self.function(**{argument: lines[line] for argument, line in self.arguments.items()})

    @property
    def base(self) -> tuple[str, ...]:
        """The lines that the rate is undefined without.

        >>> RATES["nrr"].base, RATES["quick_ratio"].base
        (('opening',), ('contraction', 'churn'))
        """
        return tuple(_BRACED.findall(self.excel.rpartition("/")[2]))

    def formula(self, cell_of: Callable[[str], str], losses: tuple[str, ...] = ()) -> str:
        """The native formula, without its =, over the cells of the lines; of `losses` the cells hold negative numbers.

        >>> RATES["nrr"].formula({"opening": "B1", "expansion": "B2", "contraction": "B3", "churn": "B4"}.get,
        ...                      ("contraction", "churn"))
        '(B1+B2+B3+B4)/B1'
        """
        text = self.excel
        for line in dict.fromkeys(_BRACED.findall(text)):
            cell = cell_of(line)
            if line in losses:
                text = text.replace(f"-{{{line}}}", f"+{cell}").replace(f"{{{line}}}", f"-{cell}")
            text = text.replace(f"{{{line}}}", cell)
        return re.sub(r"\+-", "-", text)


_BRACED = re.compile(r"\{(\w+)\}")


def _of_bridge(key: str, label: str, **lines: str) -> Rate:
    metric = METRICS[key]
    excel = _BRACED.sub(lambda argument: f"{{{lines[argument[1]]}}}", metric.excel)
    return Rate(label, metric.function, lines, excel, metric.kind)


_FLOWS = {"expansion": "expansion", "contraction": "contraction", "churn": "churn"}
_LOST = {"contraction": "contraction", "churn": "churn"}
# The rates of a bridge, in the order in which they are shown.
RATES: dict[str, Rate] = {
    "nrr": _of_bridge("nrr", "NRR", start="opening", **_FLOWS),
    "grr": _of_bridge("grr", "GRR", start="opening", **_LOST),
    # A sheet that shows who left need not show who stayed.
    "logo_retention": Rate(
        "Logo retention", logo_rate, {"retained": "retained", "start": "openers"}, "({openers}-{churned})/{openers}"
    ),
    "expansion_rate": _of_bridge("expansion_rate", "Expansion rate", start="opening", expansion="expansion"),
    "contraction_rate": _of_bridge("contraction_rate", "Contraction rate", start="opening", contraction="contraction"),
    "churn_rate": _of_bridge("churn_rate", "Churn rate", start="opening", churn="churn"),
    "quick_ratio": _of_bridge("quick_ratio", "Quick ratio", new="new", reactivation="reactivation", **_FLOWS),
}

# The same rates where a sheet shows what is left of an opening: `retained` is the opening customers' closing amount,
# `kept` that amount without growth, `stayed` their number at the closing. What is left stands over the second.
REMAINS = {"nrr": ("retained", "opening"), "grr": ("kept", "opening"), "logo_retention": ("stayed", "openers")}
