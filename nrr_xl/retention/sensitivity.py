"""How much each contested choice moves the result: NRR and GRR under every switch, one at a time."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.metrics import grr_cohort, nrr_cohort
from nrr_xl.records import struct
from nrr_xl.retention.movements import at_both_ends
from nrr_xl.retention.windows import Window
from nrr_xl.revenue.cube.build import RevenueCube, build_cube, fill_gaps

Array = np.ndarray[Any, Any]
GRACES = (0, 1, 2, 3)
# The choices that undo what the reported rate has decided already, by what was decided.
DECIDED = {
    ("invoices", "each in its month"): "spread",
    ("one-time revenue", "counts"): "one_time",
    ("customer map", "not applied"): "map",
}
OWN_RATES = ("currency", "each period's own rates")


@struct(eq=False)
class Undone:
    """Customers' amounts at both ends of a window without one decision of the reported rate: `kind` says which."""

    kind: str
    customers: tuple[str, ...]
    opening: Array
    closing: Array


def undone(cube: RevenueCube, span: Window, grace: int = 0) -> Iterator[Undone]:
    """The amounts without each decision that the reported rate has made already, one at a time."""
    for case, choice, other in _cubes(cube, grace, DECIDED):
        if not isinstance(other, InputError):
            yield Undone(DECIDED[case, choice], other.customers, *at_both_ends(other, span.opening, span.closing)[:2])
    if cube.fx:
        yield Undone("currency", cube.customers, cube.amounts[:, span.opening], cube.amounts[:, span.closing])


@struct()
class Choice:
    """A case and the choice made in it, with the rates that follow and the points of NRR by which they differ.

    `change` is in points (1.5 = from 100 % to 101.5 %) against the analysis' own choices; NaN rates have a `note`.
    `numerator` and `denominator` are the amounts whose quotient `nrr` is.
    """

    case: str
    choice: str
    nrr: float
    grr: float
    change: float
    note: str = ""
    numerator: float = float("nan")
    denominator: float = float("nan")


def sensitivity(cube: RevenueCube, span: Window, grace: int = 0) -> tuple[Choice, ...]:
    """The window's NRR and GRR as analysed, then under each other choice that the rows allow.

    Parameters
    ----------
    cube : RevenueCube
        Before gaps are filled; the choices other than `grace` need its `rows`.
    span : Window
    grace : int
        As analysed.

    >>> import numpy as np
    >>> from nrr_xl.periods import Periods
    >>> cube = RevenueCube(("a", "b"), Periods(24288, 4), np.array([[10, 10, 0, 20.0], [10, 0, 0, 0]]))
    >>> [(found.choice, found.nrr, found.change) for found in sensitivity(cube, Window(0, 2, 2))][:3]
    [('as analysed', 0.0, 0.0), ('1 month', 0.5, 50.0), ('2 months', 0.5, 50.0)]
    """
    filled = fill_gaps(cube, grace)
    nrr, grr, *ends = _rates(filled, span)
    found = [Choice("all", "as analysed", nrr, grr, 0.0, "", *ends)]
    for case, choice, other in _cubes(cube, grace):
        if isinstance(other, InputError):
            nan = float("nan")
            found.append(Choice(case, choice, nan, nan, nan, str(other).splitlines()[0]))
            continue
        net, gross, *ends = _rates(other, span)
        found.append(Choice(case, choice, net, gross, (net - nrr) * 100, "", *ends))
    if cube.fx:
        before, after = filled.whole[:, span.opening], filled.whole[:, span.closing]
        net, gross, *ends = _of_ends(filled, before, after)
        found.append(Choice(*OWN_RATES, net, gross, (net - nrr) * 100, "", *ends))
    return tuple(found)


def _rates(cube: RevenueCube, span: Window) -> tuple[float, float, float, float]:
    before, after = (cube.units.whole(end) for end in at_both_ends(cube, span.opening, span.closing)[:2])
    return _of_ends(cube, before, after)


def _of_ends(cube: RevenueCube, before: Array, after: Array) -> tuple[float, float, float, float]:
    """NRR and GRR from whole units at both ends, then the amounts that NRR is a quotient of."""
    kept, base = (float(cube.units.amounts(part.sum())) for part in (after[before > 0], before))
    return nrr_cohort(before, after), grr_cohort(before, after), kept, base


def _cubes(
    cube: RevenueCube, grace: int, wanted: Container[tuple[str, str]] | None = None
) -> Iterator[tuple[str, str, RevenueCube | InputError]]:
    """Every other choice (or of those wanted) and its cube, or why there is none."""
    for months in GRACES:
        if wanted is None and months != grace and (months % cube.periods.step == 0):
            yield "grace", f"{months} month{'s' * (months != 1)}", fill_gaps(cube, months)
    if cube.rows is None:
        return
    policy, rows = cube.policy, replace(cube.rows, segments=())
    choices: list[tuple[str, str, dict[str, Any]]] = []
    if policy.negatives == "floor" and cube.negatives is not None and cube.negatives.any():
        choices.append(("negatives", "are an error", {"negatives": "error"}))
    if cube.rows.type is not None and policy.one_time:
        choices.append(("one-time revenue", "counts", {"one_time": ()}))
    if policy.customer_map:
        choices.append(("customer map", "not applied", {"customer_map": {}}))
    elif cube.suggested_map:
        choices.append(("customer map", "as suggested", {"customer_map": dict(cube.suggested_map)}))
    if cube.rows.product is not None and policy.level == "customer":
        choices.append(("level", "product", {"level": "product"}))
    if rows.invoiced is not None:
        choices.append(("invoices", "each in its month", {}))
    for case, choice, change in choices:
        if wanted is not None and (case, choice) not in wanted:
            continue
        counted = rows if change or rows.invoiced is None else replace(rows, amounts=rows.invoiced)
        try:
            yield case, choice, fill_gaps(build_cube(counted, replace(policy, **change)), grace)
        except InputError as refused:
            yield case, choice, refused
