"""The functions of amounts as LAMBDA names, so that `=NRR(...)` works in Excel 365 without any add-in."""

from __future__ import annotations

import inspect
from collections.abc import Collection
from typing import Any

from nrr_xl.metrics import METRICS
from nrr_xl.records import struct
from nrr_xl.retention.bands import advice, band, bands, schemes
from nrr_xl.retention.lines import movement

# A catalogue key's name in a worksheet where upper case alone does not give it.
WORKSHEET_NAMES = {"compound": "NRR_COMPOUND", "annualise": "NRR_ANNUALIZE"}
# A parameter may not share its name with one of the names: engines then disagree about which one is meant.
PARAMETERS = {"churn_rate": "churn"}
# Rates of whole columns; the others take cells, or ranges cell by cell.
COLUMNS = ("nrr_cohort", "grr_cohort", "logo_retention", "compound")
# What a blank cell is in the rates where it is no amount of 0, and what else is refused besides negative numbers.
MISSING = ("annualise",)
REFUSED = {"annualise": "{months}=0", "annual_churn": "{monthly}>1"}
# The functions that answer with a word: what computes it in Python, and the required and optional parameters.
WORDED: dict[str, tuple[Any, tuple[str, ...], tuple[str, ...]]] = {
    "movement": (movement, ("opening", "closing"), ("was_customer",)),
    "nrr_band": (band, ("rate",), ("scheme",)),
    "nrr_advice": (advice, ("rate",), ("scheme",)),
}
COMMENT_LIMIT = 255


@struct()
class LambdaName:
    """A defined name holding a LAMBDA: the formula as a file stores it, and the text that Excel shows beside it."""

    name: str
    formula: str
    comment: str


def lambda_names() -> tuple[LambdaName, ...]:
    """One LAMBDA name for each function of amounts, with the answer of the worksheet function of that name.

    In a file a required parameter is declared `_xlpm.x`, an optional one `_xlop.x`, and both are used as `_xlpm.x`;
    Excel shows the plain names. Each argument is looked at first: `x>""` holds for texts and TRUE or FALSE, which give
    #VALUE!; `x=""` for blanks, which count as 0.

    >>> churn = next(name for name in lambda_names() if name.name == "CHURN_RATE")
    >>> print(churn.formula.replace("_xlfn.", "").replace("_xlpm.", ""))
    =LAMBDA(start,churn,LET(start_,IF(start>"",#VALUE!,IF(start="",0,start)),churn_,IF(churn>"",#VALUE!,IF(churn="",0,churn)),IF((start_<0)+(churn_<0),#NUM!,churn_/start_)))
    """
    return tuple(_lambda_name(key) for key in (*METRICS, *WORDED))


def parameters(key: str) -> tuple[Any, tuple[str, ...], tuple[str, ...]]:
    """What computes a rate or a word in Python, and the names of its required and of its optional parameters."""
    if key in WORDED:
        return WORDED[key]
    function = METRICS[key].function
    declared = inspect.signature(function).parameters.values()
    required = tuple(p.name for p in declared if p.default is p.empty)
    return function, required, tuple(p.name for p in declared if p.default is not p.empty)


def _lambda_name(key: str) -> LambdaName:
    function, required, optional = parameters(key)
    shown = {name: PARAMETERS.get(name, name) for name in (*required, *optional)}
    required, optional = (tuple(shown[name] for name in names) for names in (required, optional))
    declared = [*(f"_xlpm.{name}" for name in required), *(f"_xlop.{name}" for name in optional)]
    body = guarded(key, {name: f"_xlpm.{word}" for name, word in shown.items()}, optional)
    signature = ", ".join([*required, *(f"[{name}]" for name in optional)])
    # Python leaves docstrings out under -OO.
    summary = (inspect.getdoc(function) or key).splitlines()[0].replace("`", "")
    return LambdaName(
        name=WORKSHEET_NAMES.get(key, key.upper()),
        formula=f"=_xlfn.LAMBDA({','.join([*declared, body])})",
        comment=f"{summary} ({signature})"[:COMMENT_LIMIT],
    )


def guarded(key: str, given: dict[str, str], optional: Collection[str] = ()) -> str:
    """A rate as a native formula over any cells, with the worksheet function's answer to each of them.

    Parameters
    ----------
    key : str
        The rate's key in the catalogue.
    given : dict
        A reference, or a LAMBDA's parameter, for each of the rate's parameters.
    optional : collection of str
        The LAMBDA's parameters that may be omitted.
    """
    own = {name: f"_xlpm.{PARAMETERS.get(name, name)}_" for name in given}
    if key in WORDED:
        return _movement(given, own, optional) if key == "movement" else _band(key, given, own, optional)
    if key in COLUMNS:
        return _of_columns(key, given, own)
    blank = "#N/A" if key in MISSING else "0"
    cleaned = {}
    for name, reference in given.items():
        cleaned[own[name]] = _cleaned(reference, blank)
        if PARAMETERS.get(name, name) in optional:
            cleaned[own[name]] = _omitted(reference, "0", cleaned[own[name]])
    refused = [f"{name}<0" for name in cleaned] + ([REFUSED[key].format(**own)] if key in REFUSED else [])
    return _let(cleaned, f"IF({_any(refused)},#NUM!,{METRICS[key].excel.format(**own)})")


def _of_columns(key: str, given: dict[str, str], own: dict[str, str]) -> str:
    """A rate of whole columns: their headings are passed over, and their sizes must agree."""
    references = list(given.values())
    heading = ",".join(f"ROWS({each})>1,COLUMNS({each})=1,TYPE(INDEX({each},1,1))=2" for each in references)
    body = {f"{own[name]}0": f"IF(_xlpm.heading,_xlfn.DROP({each},1),{each})" for name, each in given.items()}
    blank = "1" if key == "compound" else "0"
    cleaned = {own[name]: _cleaned(f"{own[name]}0", blank) for name in given}
    rate = METRICS[key].excel.format(**own)
    if key == "compound":
        # A blank is no period; an engine's PRODUCT may not take an array.
        count = f'SUM(--({own["rates"]}0<>""))'
        rate = f"IF({count}=0,#DIV/0!,_xlfn.REDUCE(1,{own['rates']},_xlfn.LAMBDA(_xlpm.x,_xlpm.y,_xlpm.x*_xlpm.y)))"
    negative = _any([f"{name}<0" for name in cleaned])
    formula = _let({"_xlpm.heading": f"AND({heading})"} | body | cleaned, f"IF(SUM(--({negative})),#NUM!,{rate})")
    if len(references) == 1:
        return formula
    first, second = references
    return f"IF((ROWS({first})<>ROWS({second}))+(COLUMNS({first})<>COLUMNS({second})),#N/A,{formula})"


def _movement(given: dict[str, str], own: dict[str, str], optional: Collection[str]) -> str:
    """The line of the bridge; TRUE and FALSE are numbers in the last argument alone."""
    opening, closing, known = own.values()
    was = given["was_customer"]
    flag = f"IF({was}=TRUE,1,IF({was}=FALSE,0,{_cleaned(was, '0')}))"
    cleaned = {own[name]: _cleaned(given[name], "0") for name in ("opening", "closing")}
    cleaned[known] = _omitted(was, "0", flag) if optional else flag
    came = f'IF({closing}=0,"absent",IF({known}<>0,"reactivation","new"))'
    moved = f'IF({closing}>{opening},"expansion",IF({closing}<{opening},"contraction","unchanged"))'
    word = f'IF({opening}=0,{came},IF({closing}=0,"churn",{moved}))'
    # An error of the last argument comes before an amount of the wrong sign, as in the worksheet function.
    return _let(cleaned, f"IF(({opening}<0)+({closing}<0)+0*{known},#NUM!,{word})")


def _band(key: str, given: dict[str, str], own: dict[str, str], optional: Collection[str]) -> str:
    """The word of a rate in a scheme, or its advice; the scheme is one cell."""
    scheme = given["scheme"]
    chosen = f'IF({scheme}="","{schemes()[0]}",LOWER(TRIM({scheme})))'
    chosen = f"IF(IFERROR(ROWS({scheme})*COLUMNS({scheme}),1)>1,#VALUE!,{chosen})"
    if optional:
        chosen = _omitted(scheme, f'"{schemes()[0]}"', chosen)
    word = "#NUM!"
    for name in reversed(schemes()):
        word = f'IF({own["scheme"]}="{name}",{_label(key, name, own["rate"])},{word})'
    return _let({own["rate"]: _cleaned(given["rate"], "#N/A"), own["scheme"]: chosen}, word)


def _label(key: str, scheme: str, rate: str) -> str:
    """A rate's word, or advice, as nested conditions, the highest band first; the lowest holds whatever is left."""
    floors = [item for item in bands() if (item.metric, item.scheme) == ("nrr", scheme)]
    said = [item.label if key == "nrr_band" else item.advice for item in floors]
    label = f'"{said[-1]}"'
    for each, text in zip(floors[-2::-1], said[-2::-1], strict=True):
        label = f'IF({rate}{">=" if each.inclusive else ">"}{each.floor!r},"{text}",{label})'
    return label


def _omitted(reference: str, instead: str, otherwise: str) -> str:
    return f"IF(_xlfn.ISOMITTED({reference}),{instead},{otherwise})"


def _cleaned(reference: str, blank: str) -> str:
    """A number as it is, a blank or an empty text as `blank`; any other text, TRUE and FALSE are no numbers."""
    return f'IF({reference}>"",#VALUE!,IF({reference}="",{blank},{reference}))'


def _any(conditions: list[str]) -> str:
    return "+".join(f"({condition})" for condition in conditions)


def _let(names: dict[str, str], result: str) -> str:
    return f"_xlfn.LET({','.join(f'{name},{value}' for name, value in names.items())},{result})"
