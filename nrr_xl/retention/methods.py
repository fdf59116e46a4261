"""The numbers people mean by "NRR", each with its numerator and denominator, from the same cube and window."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.metrics import annualise, compound, left_of, ratio
from nrr_xl.records import struct
from nrr_xl.retention.movements import Movements, at_rates_of, movements_of
from nrr_xl.retention.windows import periods_back
from nrr_xl.revenue.cube.build import RevenueCube, Segment
from nrr_xl.revenue.cube.units import AS_THEY_ARE, Units

DEFAULT = "point_to_point"
OTHERS, OWN = 0, 1  # the groups of Amounts.steps
ANNUALISE_FROM = ("closing", "window")


@struct()
class Result:
    """One method's rate = numerator / denominator; where it is NaN, `reason` says why.

    Compounded rates have no numerator of their own: theirs is the rate times the window's opening amount.
    """

    key: str
    label: str
    numerator: float
    denominator: float
    rate: float
    reason: str = ""


@dataclass(frozen=True)
class Amounts:
    """What the methods look at: whole units (customers, periods) up to the closing, at one exchange rate per currency.

    `back` is the window's length in periods, `step` the months of a period, `units` what the amounts are counted in.
    What several methods need is computed once.
    """

    amounts: np.ndarray
    months: int
    step: int
    annualise_from: str = "closing"
    units: Units = AS_THEY_ARE

    @property
    def back(self) -> int:
        return self.months // self.step

    @property
    def closing(self) -> int:
        found: int = self.amounts.shape[1] - 1
        return found

    @property
    def opening(self) -> int:
        return self.closing - self.back

    @cached_property
    def before(self) -> np.ndarray:
        return self.amounts[:, self.opening].copy()

    @cached_property
    def after(self) -> np.ndarray:
        return self.amounts[:, self.closing].copy()

    @cached_property
    def steps(self) -> Movements:
        """Period-on-period movements inside the window, arrays (back, 2): of other and of the opening customers."""
        opening = np.arange(self.opening, self.closing)
        own = Segment("", ("others", "opening customers"), (self.before > 0).astype(np.int32))
        return movements_of(self.amounts, opening, opening + 1, own)

    @cached_property
    def first(self) -> np.ndarray:
        """The position of each customer's first amount; beyond the closing for one who has none."""
        active = self.amounts > 0
        return np.where(active.any(axis=1), active.argmax(axis=1), self.closing + 1)


@struct()
class Method:
    """A definition of NRR: name and words for a reader, the periods it needs, numerator and denominator in units."""

    label: str
    needs: Callable[[Amounts], int]
    compute: Callable[[Amounts], tuple[float, float]]
    warning: str = ""
    definition: str = ""


def methods(
    cube: RevenueCube,
    closing: int,
    months: int = 12,
    keys: Iterable[str] | None = None,
    annualise_from: str = "closing",
) -> dict[str, Result]:
    """NRR by every method, or by those asked for, of the window of `months` that closes at a position.

    Parameters
    ----------
    cube : RevenueCube
    closing : int
        Position of the closing period.
    months : int
        Length of the window; a whole number of the cube's periods.
    keys : iterable of str, optional
        Keys of METHODS.
    annualise_from : str
        What `annualised` annualises: the "closing" period's NRR, or the "window"'s mean (weighted by opening amount).

    Returns
    -------
    dict of Result
        NaN with a reason where the rows do not reach.

    >>> from nrr_xl.periods import Periods
    >>> cube = RevenueCube(("a", "b", "c"), Periods(24288, 3), np.array([[100, 120, 150], [100, 80, 0], [0, 50, 40.0]]))
    >>> found = methods(cube, closing=2, months=2)
    >>> {key: round(found[key].rate, 4) for key in ("point_to_point", "summed_flows", "survivors_only")}
    {'point_to_point': 0.75, 'summed_flows': 0.7, 'survivors_only': 1.5}
    >>> found["two_year_cohort"].reason
    'needs 4 months, the rows have 3'
    """
    if annualise_from not in ANNUALISE_FROM:
        raise InputError(f"annualise_from is {annualise_from!r}. Choose one of {', '.join(ANNUALISE_FROM)}.")
    seen = observed(cube, closing, months, annualise_from)
    return {key: evaluate(method_named(key), key, seen) for key in (METHODS if keys is None else keys)}


def observed(cube: RevenueCube, closing: int, months: int, annualise_from: str = "closing") -> Amounts:
    """The cube as the methods look at it, at the exchange rates of the window's opening."""
    opening = max(closing - periods_back(cube, months), 0)
    return Amounts(at_rates_of(cube, opening, closing), months, cube.periods.step, annualise_from, cube.units)


def method_named(key: str) -> Method:
    """The method of a key; InputError where there is none."""
    if key not in METHODS:
        raise InputError(f"method is {key!r}. Choose one of {', '.join(METHODS)}.")
    return METHODS[key]


def evaluate(method: Method, key: str, seen: Amounts) -> Result:
    """A method's result on what the methods look at."""
    nan = float("nan")
    needs, has = method.needs(seen), seen.closing + 1
    if not needs:
        return Result(key, method.label, nan, nan, nan, "needs rows by month or quarter")
    if has < needs:
        reason = f"needs {needs * seen.step} months, the rows have {has * seen.step}"
        return Result(key, method.label, nan, nan, nan, reason)
    numerator, denominator = method.compute(seen)
    rate = float(ratio(numerator, denominator))
    reason = ""
    if not denominator:
        reason = "no opening amount"
    elif np.isnan(rate):
        reason = "a period inside the window has no opening amount"
    above, below = (float(seen.units.amounts(sum_)) for sum_ in (numerator, denominator))
    return Result(key, method.label, above, below, rate, reason)


def kept(flows: Movements) -> np.ndarray:
    """What the openers of each pair and group still pay at its closing, in units."""
    found: np.ndarray = left_of(flows.opening, flows.contraction, flows.churn, flows.expansion)
    return found


def step_rates(flows: Movements, group: slice | int = slice(None)) -> np.ndarray:
    """NRR of each pair, of all groups together or of one; NaN where the opening is 0."""
    opening, closing = flows.opening[:, group], kept(flows)[:, group]
    sums = (closing, opening) if opening.ndim == 1 else (closing.sum(axis=1), opening.sum(axis=1))
    found: np.ndarray = ratio(*sums)
    return found


def point_to_point(seen: Amounts) -> tuple[float, float]:
    """The opening customers' closing amount over their opening amount."""
    return seen.after[seen.before > 0].sum(), seen.before.sum()


def summed_flows(seen: Amounts) -> tuple[float, float]:
    """Opening amount plus everybody's period-on-period expansion less contraction and churn, over it."""
    flows = seen.steps
    opening = seen.before.sum()
    return opening + (flows.expansion - flows.contraction - flows.churn).sum(), opening


def closed_cohort_flows(seen: Amounts) -> tuple[float, float]:
    """The same of the opening customers only, their returns inside the window counted back in."""
    flows = seen.steps
    opening = seen.before.sum()
    net = flows.expansion + flows.reactivation - flows.contraction - flows.churn
    return opening + net[:, OWN].sum(), opening


def compounded(seen: Amounts) -> tuple[float, float]:
    """The product of the period-on-period NRRs inside the window."""
    opening = seen.before.sum()
    return opening * compound(step_rates(seen.steps)), opening


def annualised(seen: Amounts) -> tuple[float, float]:
    """The NRR of the closing period, or the window's mean, raised to a year."""
    if seen.annualise_from == "closing":
        amounts = seen.amounts[:, -2:]
        rate = ratio(float(amounts[amounts[:, 0] > 0, 1].sum()), float(amounts[:, 0].sum()))
        opening = seen.before.sum() if seen.opening >= 0 else amounts[:, 0].sum()
    else:
        flows = seen.steps
        rate = ratio(float(kept(flows).sum()), float(flows.opening.sum()))
        opening = seen.before.sum()
    return opening * annualise(max(rate, 0.0), seen.step), opening


def trailing_average(seen: Amounts) -> tuple[float, float]:
    """The window's rates as of each of the last 12 months, weighted by their opening amounts."""
    closings = np.arange(seen.closing - 12 // seen.step + 1, seen.closing + 1)
    before, after = seen.amounts[:, closings - seen.back], seen.amounts[:, closings]
    return after[before > 0].sum(), before.sum()


def quarter_cohort(seen: Amounts) -> tuple[float, float]:
    """A quarter's total of the customers of the quarter one window earlier, over that quarter's total."""
    quarter = 3 // seen.step
    earlier = seen.amounts[:, seen.opening - quarter + 1 : seen.opening + 1].sum(axis=1)
    later = seen.amounts[:, seen.closing - quarter + 1 :].sum(axis=1)
    return later[earlier > 0].sum(), earlier.sum()


def two_year_cohort(seen: Amounts) -> tuple[float, float]:
    """Customers of the first period of two windows in a row: their total in the second over that in the first."""
    cohort = seen.amounts[:, seen.opening - seen.back + 1] > 0
    first = seen.amounts[cohort, seen.opening - seen.back + 1 : seen.opening + 1]
    second = seen.amounts[cohort, seen.opening + 1 :]
    return second.sum(), first.sum()


def survivors_only(seen: Amounts) -> tuple[float, float]:
    """Closing over opening amount of the customers present at both ends."""
    both = (seen.before > 0) & (seen.after > 0)
    return seen.after[both].sum(), seen.before[both].sum()


def acquisition_cohort(seen: Amounts) -> tuple[float, float]:
    """Each customer's amount one window after its first over its first amount, of all who are old enough."""
    rows = np.flatnonzero(seen.first <= seen.opening)
    first = seen.first[rows]
    return seen.amounts[rows, first + seen.back].sum(), seen.amounts[rows, first].sum()


def _window(seen: Amounts) -> int:
    return seen.back + 1


METHODS = {
    "point_to_point": Method(
        "Point to point",
        _window,
        point_to_point,
        definition="The closing amount of the opening customers over their opening amount.",
    ),
    "summed_flows": Method(
        "Summed flows",
        _window,
        summed_flows,
        "Customers won inside the window leak in: their later expansion, contraction and churn count.",
        "The opening amount plus everybody's expansion less contraction and churn, period by period, over the opening.",
    ),
    "closed_cohort_flows": Method(
        "Flows of the opening customers",
        _window,
        closed_cohort_flows,
        definition="The same sum over the opening customers alone, returns inside the window counted back in.",
    ),
    "compounded": Method(
        "Compounded period rates",
        _window,
        compounded,
        definition="The product of the window's period-on-period NRRs, of whoever is there in each period.",
    ),
    "annualised": Method(
        "Annualised period rate",
        lambda seen: 2 if seen.annualise_from == "closing" else _window(seen),
        annualised,
        definition="The NRR of one period (the closing one, or the window's mean) raised to a year.",
    ),
    "trailing_average": Method(
        "Average of the last 12 months' rates",
        lambda seen: seen.back + 12 // seen.step,
        trailing_average,
        definition="The window's rates as of each of the last 12 months, weighted by their opening amounts.",
    ),
    "quarter_cohort": Method(
        "Quarter against the same quarter before",
        lambda seen: 0 if seen.step > 3 else seen.back + 3 // seen.step,
        quarter_cohort,
        definition="A quarter's total of the customers of the quarter one window earlier, over that quarter's total.",
    ),
    "two_year_cohort": Method(
        "Second year against the first",
        lambda seen: 2 * seen.back,
        two_year_cohort,
        definition="Customers of the first period of two windows in a row: their total in the second over the first.",
    ),
    "survivors_only": Method(
        "Survivors only",
        _window,
        survivors_only,
        "Hides churn: customers who left are in neither amount.",
        "The closing over the opening amount of the customers present at both ends.",
    ),
    "acquisition_cohort": Method(
        "Since acquisition",
        _window,
        acquisition_cohort,
        definition="Each customer's amount one window after its first, over its first, of all who are old enough.",
    ),
}
