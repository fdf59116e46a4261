"""The one use case: a cube in, every retention number out, as a frozen Analysis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from nrr_xl import metrics
from nrr_xl.errors import InputError
from nrr_xl.periods import FREQUENCIES, parse_as_of
from nrr_xl.retention.movements import Movements, movements
from nrr_xl.revenue.cube import RevenueCube, fill_gaps

BRIDGE_LINES = ("opening", "new", "reactivation", "expansion", "contraction", "churn", "fx", "closing")
CENT = 0.01


@dataclass(frozen=True, slots=True)
class Check:
    """A difference that must be 0, to within a cent."""

    name: str
    difference: float

    @property
    def passed(self) -> bool:
        return abs(self.difference) <= CENT


@dataclass(frozen=True, slots=True)
class Analysis:
    """Every number of a report, computed once; frames are tidy and indexed from 0.

    `bridge`, `rates` and `customers` are the window's, point to point; `periods` has a row per period on period and
    `trend` a row per period that reaches `months` back.
    """

    cube: RevenueCube
    months: int
    opening: int
    closing: int
    bridge: dict[str, float]
    rates: dict[str, float]
    customers: dict[str, int]
    periods: pd.DataFrame
    trend: pd.DataFrame
    checks: tuple[Check, ...]

    @property
    def opening_period(self) -> str:
        return self.cube.periods.keys[self.opening]

    @property
    def closing_period(self) -> str:
        return self.cube.periods.keys[self.closing]

    def to_dict(self) -> dict:
        """The analysis as plain data for JSON: undefined is None, periods are "YYYY-MM"."""
        source = self.cube.source
        return _plain(
            {
                "source": {
                    "path": source.path,
                    "sheet": source.sheet,
                    "layout": source.layout,
                    "rows": source.rows,
                    "sha256": source.sha256,
                },
                "opening_period": self.opening_period,
                "closing_period": self.closing_period,
                "months": self.months,
                "bridge": self.bridge,
                "rates": self.rates,
                "customers": self.customers,
                "periods": self.periods.to_dict("records"),
                "trend": self.trend.to_dict("records"),
                "problems": [problem.to_dict() for problem in self.cube.problems],
                "checks": [
                    {"name": check.name, "difference": check.difference, "passed": check.passed}
                    for check in self.checks
                ],
            }
        )


def analyse(cube: RevenueCube, months: int = 12, as_of: str | None = None, grace: int = 0) -> Analysis:
    """Compute every retention number of a cube.

    Parameters
    ----------
    cube : RevenueCube
    months : int
        Length of the window; a whole number of the cube's periods.
    as_of : str, optional
        "YYYY-MM" of the closing period; the last period by default.
    grace : int
        Gaps of at most so many months are filled with the last amount.

    Raises
    ------
    InputError
        If the window does not fit the cube's periods.
    """
    cube = fill_gaps(cube, grace)
    closing = _closing(cube, as_of)
    back = _periods_back(cube, months)
    if closing < back:
        raise InputError(
            f"A window of {months} months up to {cube.periods.keys[closing]} opens before the first period,"
            f" {cube.periods.keys[0]}. Choose fewer months or a later as-of."
        )
    window = movements(cube, [closing - back], [closing])
    steps = movements(cube, np.arange(closing), np.arange(1, closing + 1))
    reach = np.arange(back, closing + 1)
    trailing = movements(cube, reach - back, reach)
    rates = {name: float(values[0, 0]) for name, values in _rates(window).items()}
    keys = cube.periods.keys
    columns = ("nrr", "grr", "logo_retention")
    periods = _frame(
        keys[1 : closing + 1], {**_bridge(steps), **{k: v for k, v in _rates(steps).items() if k in columns}}
    )
    trend = _frame(keys[back : closing + 1], {k: v for k, v in _rates(trailing).items() if k in columns})
    bridge = {name: float(values[0, 0]) for name, values in _bridge(window).items()}
    return Analysis(
        cube=cube,
        months=months,
        opening=closing - back,
        closing=closing,
        bridge=bridge,
        rates=rates,
        customers={
            "opening": int(window.openers[0, 0]),
            "retained": int(window.retained[0, 0]),
            "new": int(window.newcomers[0, 0]),
            "reactivated": int(window.reactivated[0, 0]),
            "expanded": int(window.expanded[0, 0]),
            "contracted": int(window.contracted[0, 0]),
            "churned": int(window.churned[0, 0]),
            "closing": int(window.closers[0, 0]),
        },
        periods=periods,
        trend=trend,
        checks=_checks(cube, bridge, periods, trend),
    )


def _closing(cube: RevenueCube, as_of: str | None) -> int:
    if as_of is None:
        return len(cube.periods) - 1
    try:
        return cube.periods.index(parse_as_of(as_of))
    except IndexError as outside:
        raise InputError(f"The as-of month {outside}. Choose a month that the rows cover.") from None


def _periods_back(cube: RevenueCube, months: int) -> int:
    step = cube.periods.step
    if months < 1 or months % step:
        unit = {length: name for name, length in FREQUENCIES.items()}[step]
        raise InputError(
            f"months is {months}, but the rows are by {unit}: choose a multiple of {step}, at least {step}."
        )
    return months // step


def _bridge(flows: Movements) -> dict[str, np.ndarray]:
    return {name: getattr(flows, name) for name in BRIDGE_LINES}


def _rates(flows: Movements) -> dict[str, np.ndarray]:
    return {
        "nrr": metrics.nrr(flows.opening, flows.expansion, flows.contraction, flows.churn),
        "grr": metrics.grr(flows.opening, flows.contraction, flows.churn),
        "logo_retention": metrics.nrr(flows.openers, 0.0, 0.0, flows.churned),
        "expansion_rate": metrics.expansion_rate(flows.opening, flows.expansion),
        "contraction_rate": metrics.contraction_rate(flows.opening, flows.contraction),
        "churn_rate": metrics.churn_rate(flows.opening, flows.churn),
        "quick_ratio": metrics.quick_ratio(
            flows.new, flows.expansion, flows.contraction, flows.churn, flows.reactivation
        ),
    }


def _frame(periods, columns: dict[str, np.ndarray]) -> pd.DataFrame:
    return pd.DataFrame({"period": list(periods), **{name: values[:, 0] for name, values in columns.items()}})


def _checks(
    cube: RevenueCube, bridge: dict[str, float], periods: pd.DataFrame, trend: pd.DataFrame
) -> tuple[Check, ...]:
    """What must hold of any analysis; rates are checked in shares, amounts in money."""

    def gap(line) -> float:
        return (
            line["opening"]
            + line["new"]
            + line["reactivation"]
            + line["expansion"]
            - line["contraction"]
            - line["churn"]
            + line["fx"]
            - line["closing"]
        )

    corkscrew = periods["closing"].to_numpy()[:-1] - periods["opening"].to_numpy()[1:]
    above = (trend["grr"] - np.minimum(trend["nrr"], 1.0)).clip(lower=0.0)
    return (
        Check("The window's bridge foots", gap(bridge)),
        Check("Every period's bridge foots", float(np.abs(gap(periods)).max()) if len(periods) else 0.0),
        Check("Each closing is the next opening", float(np.abs(corkscrew).max()) if corkscrew.size else 0.0),
        Check("GRR is at most NRR and 100 %", float(above.max()) if above.notna().any() else 0.0),
        Check("Source amounts = used + left out", cube.account.difference),
    )


def _plain(value):
    """Numbers, texts, lists and dicts only, as JSON wants them."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
