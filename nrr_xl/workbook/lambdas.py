"""The scalar rates as LAMBDA names, so that `=NRR(...)` works in a workbook in Excel 365 without any add-in."""

from __future__ import annotations

import inspect
from dataclasses import dataclass

from nrr_xl.metrics import METRICS

# A catalogue key's name in a worksheet where upper case alone does not give it.
WORKSHEET_NAMES = {"compound": "NRR_COMPOUND", "annualise": "NRR_ANNUALIZE"}
# A parameter may not share its name with one of the names: engines then disagree about which one is meant.
PARAMETERS = {"churn_rate": "churn"}
# Rates of whole columns take ranges; a sign test over a range would need an array, so they carry none.
RANGES = ("nrr_cohort", "grr_cohort", "logo_retention", "compound")
COMMENT_LIMIT = 255


@dataclass(frozen=True, slots=True)
class LambdaName:
    """A defined name holding a LAMBDA: the formula as a file stores it, and the text that Excel shows beside it."""

    name: str
    formula: str
    comment: str


def lambda_names() -> tuple[LambdaName, ...]:
    """One LAMBDA name for each rate of the catalogue.

    In a file a required parameter is declared `_xlpm.x`, an optional one `_xlop.x`, and both are used as `_xlpm.x`;
    Excel shows the plain names. An omitted amount counts as 0; a negative one gives #NUM!, as it does in the add-in.

    >>> churn = next(name for name in lambda_names() if name.name == "CHURN_RATE")
    >>> print(churn.formula.replace("_xlfn.", "").replace("_xlpm.", ""))
    =LAMBDA(start,churn,IF(MIN(start,churn)<0,SQRT(-1),churn/start))
    """
    return tuple(_lambda_name(key) for key in METRICS)


def _lambda_name(key: str) -> LambdaName:
    metric = METRICS[key]
    parameters = inspect.signature(metric.function).parameters.values()
    shown = {p.name: PARAMETERS.get(p.name, p.name) for p in parameters}
    required = [shown[p.name] for p in parameters if p.default is p.empty]
    optional = [shown[p.name] for p in parameters if p.default is not p.empty]
    used = {
        name: f"IF(_xlfn.ISOMITTED(_xlpm.{word}),0,_xlpm.{word})" if word in optional else f"_xlpm.{word}"
        for name, word in shown.items()
    }
    declared = [*(f"_xlpm.{name}" for name in required), *(f"_xlop.{name}" for name in optional)]
    body = metric.excel.format(**used)
    if key not in RANGES:
        body = f"IF(MIN({','.join(used.values())})<0,SQRT(-1),{body})"
    signature = ", ".join([*required, *(f"[{name}]" for name in optional)])
    # Python leaves docstrings out under -OO.
    summary = (inspect.getdoc(metric.function) or metric.label).splitlines()[0].replace("`", "")
    return LambdaName(
        name=WORKSHEET_NAMES.get(key, key.upper()),
        formula=f"=_xlfn.LAMBDA({','.join([*declared, body])})",
        comment=f"{summary} ({signature})"[:COMMENT_LIMIT],
    )
