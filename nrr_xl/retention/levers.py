"""Levers: what retention becomes if churn falls, risky accounts are saved or expansion rises; the way to a target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.metrics import annualise, nrr, ratio
from nrr_xl.records import struct
from nrr_xl.retention.outlook import YEARS

Array = np.ndarray[Any, Any]
# What the blue cells of the sheet start with; all are fractions. None of it is a forecast.
STARTS = {"churn": 0.1, "saved": 0.5, "contraction": 0.0, "expansion": 0.1}
TARGET = 1.2
_PULLED = {"churn": "churn_cut", "saved": "saved", "contraction": "contraction_cut", "expansion": "expansion_rise"}


@struct()
class Base:
    """What levers work on: the window's bridge and months, the amount now and that of the accounts at risk."""

    opening: float
    expansion: float
    contraction: float
    churn: float
    closing: float
    at_risk: float
    months: int = 12

    @property
    def nrr(self) -> float:
        return float(nrr(self.opening, self.expansion, self.contraction, self.churn))


@struct()
class Lever:
    """An outcome: NRR of the window and of a year, and the amount of today's customers in 12, 24 and 36 months."""

    nrr: float
    yearly: float
    amounts: tuple[float, ...]


def pull(
    base: Base,
    churn_cut: float = 0.0,
    contraction_cut: float = 0.0,
    saved: float = 0.0,
    expansion_rise: float = 0.0,
    expanding_share: float = 1.0,
) -> Lever:
    """The window's retention had the levers been pulled, and where it leads if it then stays.

    Parameters
    ----------
    base : Base
    churn_cut, contraction_cut : float
        Shares of churn and contraction that are avoided, 0 to 1.
    saved : float
        Share of the accounts at risk that is saved, 0 to 1. Their share of the closing counts as part of the churn
        that is left, at most all of it, so that nothing is saved twice.
    expansion_rise : float
        Share by which expansion rises, above -1.
    expanding_share : float
        Share of the expansion that rises (a segment's part of it), 0 to 1.

    ``nrr = (opening + expansion (1 + rise x share) - contraction (1 - cut) - churn (1 - cut)) / opening
    + saved min(at_risk / closing, churn (1 - cut) / opening)``; the sheet Levers does the same.

    Source: the arithmetic of the bridge; "churn cut by 40 %", "60 % of at-risk customers saved" are Salesforce's cases.

    >>> base = Base(1000.0, 150.0, 50.0, 100.0, 1200.0, 60.0)
    >>> found = pull(base, churn_cut=0.4)
    >>> round(found.nrr, 6), [round(amount, 2) for amount in found.amounts]
    (1.04, [1248.0, 1297.92, 1349.84])
    """
    for name, value in (
        ("churn_cut", churn_cut),
        ("contraction_cut", contraction_cut),
        ("saved", saved),
        ("expanding_share", expanding_share),
    ):
        if not 0 <= value <= 1:
            raise InputError(f"{name} is {value:g}, but must be a share from 0 to 1.")
    if expansion_rise < -1:
        raise InputError(f"expansion_rise is {expansion_rise:g}, but expansion cannot fall by more than all of it.")
    churn = base.churn * (1 - churn_cut)
    expansion = base.expansion * (1 + expansion_rise * expanding_share)
    rate = float(nrr(base.opening, expansion, base.contraction * (1 - contraction_cut), churn))
    rate += saved * min(float(ratio(base.at_risk, base.closing)), float(ratio(churn, base.opening))) if saved else 0.0
    yearly = float(annualise(max(rate, 0.0), base.months))
    return Lever(rate, yearly, tuple(base.closing * yearly**year for year in YEARS))


def scenario(base: Base, starts: Mapping[str, float]) -> dict[str, float]:
    """The points that each lever adds to NRR, as fractions, and what becomes of both rates, one lever after the other.

    >>> found = scenario(Base(1000.0, 200.0, 50.0, 100.0, 1000.0, 40.0),
    ...                  {"churn": 0.5, "saved": 0.5, "contraction": 0.0, "expansion": 0.1})
    >>> {name: round(value, 6) for name, value in found.items()}
    {'churn': 0.05, 'saved': 0.02, 'contraction': 0.0, 'expansion': 0.02, 'nrr': 1.14, 'grr': 0.92}
    """
    found, so_far, rate = {}, {}, base.nrr
    for key, option in _PULLED.items():
        so_far[option] = starts[key]
        then = pull(base, **so_far).nrr
        found[key], rate = then - rate, then
    share = base.expansion / base.opening
    return found | {"nrr": rate, "grr": rate - share - found["expansion"]}


def way_to(base: Base, target: float) -> dict[str, float]:
    """What each lever alone would have to do for NRR to be a target; NaN where it cannot.

    Returns a dict: `gap` in points of the window's NRR as a fraction, `amount` of it, `churn_cut`, `contraction_cut`
    (shares), `expansion_rise` (share).

    >>> found = way_to(Base(1000.0, 150.0, 50.0, 100.0, 1200.0, 60.0), 1.05)
    >>> found["churn_cut"], round(found["expansion_rise"], 6)
    (0.5, 0.333333)
    """
    nan = float("nan")
    gap = target - base.nrr
    # To the opening's last unit: 1.05 less 1.0 is no five hundredths in binary.
    amount = round(gap * base.opening, 6)

    def share(of: float, most: float) -> float:
        found = float(ratio(amount, of))
        return found if found <= most else nan

    return {
        "gap": gap,
        "amount": amount,
        "churn_cut": share(base.churn, 1.0),
        "contraction_cut": share(base.contraction, 1.0),
        "expansion_rise": share(base.expansion, float("inf")),
    }


def worth_of_a_point(base: Base) -> dict[str, Array]:
    """What one more point of yearly NRR adds to the amount in 12, 24 and 36 months: `months`, `amount`."""
    years = np.array(YEARS)
    yearly = float(annualise(max(base.nrr, 0.0), base.months))
    return {"months": years * 12, "amount": base.closing * ((yearly + 0.01) ** years - yearly**years)}


def base_of(line: Mapping[str, float], at_risk: float, months: int) -> Base:
    """What levers work on, from a window's bridge."""
    names = ("opening", "expansion", "contraction", "churn", "closing")
    return Base(**{name: line[name] for name in names}, at_risk=at_risk, months=months)  # type: ignore[arg-type]
