"""From one method's NRR to another's, in amounts: every line says why they differ, and the lines add up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nrr_xl.metrics import annualise
from nrr_xl.records import struct
from nrr_xl.retention.methods import (
    DEFAULT,
    METHODS,
    OTHERS,
    OWN,
    Amounts,
    Result,
    annualised,
    evaluate,
    method_named,
    observed,
    step_rates,
)
from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.revenue.cube.units import remainder

ROUNDED = 1e-12


@struct()
class Step:
    """One reason why two methods differ: what it adds to the numerator and to the denominator."""

    line: str
    numerator: float
    denominator: float = 0.0


@struct()
class Reconciliation:
    """Two methods' results and the steps from the first to the second; `reason` says why there are none."""

    start: Result
    end: Result
    steps: tuple[Step, ...]
    reason: str = ""

    @property
    def difference(self) -> float:
        """What the steps leave unexplained; 0 in a sound reconciliation.

        Rates raised to a power are rounded on the way, so that steps of theirs tie to 12 digits of the largest.
        """
        if self.reason:
            return 0.0
        parts = [
            (self.start.numerator, *(step.numerator for step in self.steps), -self.end.numerator),
            (self.start.denominator, *(step.denominator for step in self.steps), -self.end.denominator),
        ]
        left = [(remainder(part), ROUNDED * max(map(abs, part))) for part in parts]
        return max((rest if abs(rest) > lost else 0.0 for rest, lost in left), key=abs)


def reconcile(
    cube: RevenueCube,
    closing: int,
    months: int = 12,
    start: str = DEFAULT,
    end: str = "summed_flows",
    annualise_from: str = "closing",
) -> Reconciliation:
    """The steps that lead from one method's numerator and denominator to another's.

    Two methods that both differ from the default are joined through it.

    >>> from nrr_xl.periods import Periods
    >>> cube = RevenueCube(("a", "b", "c"), Periods(24288, 3), np.array([[100, 120, 150], [100, 80, 0], [0, 50, 40.0]]))
    >>> found = reconcile(cube, closing=2, months=2, end="survivors_only")
    >>> found.start.denominator, [(step.line, step.denominator) for step in found.steps], found.end.denominator
    (200.0, [('Churned customers left out', -100.0)], 100.0)
    """
    return _between(observed(cube, closing, months, annualise_from), start, end)


def reconciliations(
    cube: RevenueCube,
    closing: int,
    months: int = 12,
    annualise_from: str = "closing",
) -> dict[str, Reconciliation]:
    """The default reconciled to every other method."""
    seen = observed(cube, closing, months, annualise_from)
    return {key: _between(seen, DEFAULT, key) for key in METHODS if key != DEFAULT}


def _between(seen: Amounts, start: str, end: str) -> Reconciliation:
    first, last = (evaluate(method_named(key), key, seen) for key in (start, end))
    middle = evaluate(METHODS[DEFAULT], DEFAULT, seen)
    for result in (first, middle, last):
        if result.reason:
            return Reconciliation(first, last, (), f"{result.label} {result.reason}")
    back = [Step(step.line, -step.numerator, -step.denominator) for step in _steps(seen, start)]
    return Reconciliation(first, last, _without_zeros([*back, *_steps(seen, end)], seen.units.scale))


def _steps(seen: Amounts, key: str) -> list[Step]:
    """The steps from the default to a method; one for all that it does otherwise where none are written for it."""
    if key in _STEPS:
        return _STEPS[key](seen)
    numerator, denominator = METHODS[key].compute(seen)
    from_numerator, from_denominator = METHODS[DEFAULT].compute(seen)
    line = f"{METHODS[key].label} in place of {METHODS[DEFAULT].label.lower()}"
    return [Step(line, numerator - from_numerator, denominator - from_denominator)]


def _without_zeros(found: list[Step], scale: float) -> tuple[Step, ...]:
    """Steps of units as steps of amounts."""
    # Adding 0 turns a negative zero into a plain one.
    plain = (
        Step(step.line, float(step.numerator / scale) + 0.0, float(step.denominator / scale) + 0.0) for step in found
    )
    return tuple(step for step in plain if step.numerator or step.denominator)


def _none(seen: Amounts) -> list[Step]:
    return []


def _summed_flows(seen: Amounts) -> list[Step]:
    flows = seen.steps
    return [
        Step("Opening customers' returns inside the window are not counted", -flows.reactivation[:, OWN].sum()),
        Step("Customers won inside the window: their expansion", flows.expansion[:, OTHERS].sum()),
        Step("Customers won inside the window: their contraction", -flows.contraction[:, OTHERS].sum()),
        Step("Customers won inside the window: their churn", -flows.churn[:, OTHERS].sum()),
    ]


def _compounded(seen: Amounts) -> list[Step]:
    # The opening customers' own rates, with returns, telescope to the default; so two substitutions explain all.
    start = seen.after[seen.before > 0].sum()
    opening = seen.before.sum()
    own = opening * _chain(step_rates(seen.steps, OWN))
    every = opening * _chain(step_rates(seen.steps))
    return [
        Step("Opening customers' returns inside the window are not counted", own - start),
        Step("Customers won inside the window enter the later periods' rates", every - own),
    ]


def _annualised(seen: Amounts) -> list[Step]:
    opening = seen.before.sum()
    rates = step_rates(seen.steps)
    target = annualised(seen)[0]
    taken = (
        "The closing period's rate stands for every period's"
        if seen.annualise_from == "closing"
        else "The window's mean rate, weighted by opening, stands for every period's"
    )
    if np.isnan(rates).any() and not (rates == 0).any():
        return [Step(taken, target - seen.after[seen.before > 0].sum())]
    product = _chain(rates)
    year = opening * annualise(product, seen.months)
    return [
        *_compounded(seen),
        Step(f"{seen.months} months compounded to a year", year - opening * product),
        Step(taken, target - year),
    ]


def _chain(rates: np.ndarray) -> float:
    """The product; once it is 0 nobody is left, and what would follow (0 / 0) does not count."""
    return 0.0 if (rates == 0).any() else float(np.prod(rates))


def _trailing_average(seen: Amounts) -> list[Step]:
    closings = np.arange(seen.closing - 12 // seen.step + 1, seen.closing)
    before, after = seen.amounts[:, closings - seen.back], seen.amounts[:, closings]
    return [Step(f"The {closings.size} windows before are averaged in", after[before > 0].sum(), before.sum())]


def _quarter_cohort(seen: Amounts) -> list[Step]:
    more = 3 // seen.step - 1
    earlier = seen.amounts[:, seen.opening - more : seen.opening + 1].sum(axis=1)
    later = seen.amounts[:, seen.closing - more :].sum(axis=1)
    own = seen.before > 0
    gone = ~own & (earlier > 0)
    return [
        Step(
            "The quarter's earlier months are added",
            later[own].sum() - seen.after[own].sum(),
            earlier[own].sum() - seen.before.sum(),
        ),
        Step("Customers of the earlier quarter who left before its end", later[gone].sum(), earlier[gone].sum()),
    ]


def _two_year_cohort(seen: Amounts) -> list[Step]:
    start = seen.opening - seen.back + 1
    first = seen.amounts[:, start : seen.opening + 1].sum(axis=1)
    second = seen.amounts[:, seen.opening + 1 :].sum(axis=1)
    own, cohort = seen.before > 0, seen.amounts[:, start] > 0
    late, gone = own & ~cohort, cohort & ~own
    return [
        Step(
            "Whole years in place of their last months",
            second[own].sum() - seen.after[own].sum(),
            first[own].sum() - seen.before.sum(),
        ),
        Step("Opening customers not there in the first month", -second[late].sum(), -first[late].sum()),
        Step("Customers of the first month who left before the opening", second[gone].sum(), first[gone].sum()),
    ]


def _survivors_only(seen: Amounts) -> list[Step]:
    return [Step("Churned customers left out", 0.0, -seen.before[seen.after == 0].sum())]


def _acquisition_cohort(seen: Amounts) -> list[Step]:
    old = np.flatnonzero(seen.first <= seen.opening)
    first, own = seen.first[old], seen.before[old] > 0
    start, aged = seen.amounts[old, first], seen.amounts[old, first + seen.back]
    return [
        Step(
            "Opening customers measured from their own first period",
            (aged - seen.after[old])[own].sum(),
            (start - seen.before[old])[own].sum(),
        ),
        Step("Customers who left before the opening", aged[~own].sum(), start[~own].sum()),
    ]


_STEPS: dict[str, Callable[[Amounts], list[Step]]] = {
    DEFAULT: _none,
    "summed_flows": _summed_flows,
    "closed_cohort_flows": _none,
    "compounded": _compounded,
    "annualised": _annualised,
    "trailing_average": _trailing_average,
    "quarter_cohort": _quarter_cohort,
    "two_year_cohort": _two_year_cohort,
    "survivors_only": _survivors_only,
    "acquisition_cohort": _acquisition_cohort,
}
