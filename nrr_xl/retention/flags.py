"""What a careful reader would say about the numbers: one plain sentence for each, with its figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nrr_xl.metrics import left_of, ratio
from nrr_xl.records import struct
from nrr_xl.retention import bands, drivers
from nrr_xl.retention.methods import Result
from nrr_xl.retention.movements import at_both_ends
from nrr_xl.retention.segments import MOST_VALUES
from nrr_xl.retention.windows import Window
from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.revenue.cube.complete import looks_incomplete, usual_customers

STAGNATION = 0.02
CARRIES = 0.05
HALF = 0.5
SMALL_SAMPLE = 30
AT_RISK = 0.05
SPREAD = 0.10


@struct()
class Flag:
    """A finding, known by its code, in one sentence."""

    code: str
    message: str


def rate_flags(line: Mapping[str, Any]) -> list[Flag]:
    """What the window's bridge says by itself: masked churn, stagnation, too few customers, nothing to measure."""
    found = []
    nrr, grr, floor = line["nrr"], line["grr"], bands.floor()
    if line["openers"] == 0:
        return [Flag("no_opening", "There is no opening amount, so retention is undefined.")]
    if nrr >= 1 and grr < floor:
        found.append(
            Flag(
                "expansion_masks_churn",
                f"Expansion masks churn: NRR is {nrr:.1%}, but GRR is only {grr:.1%}, below the {floor:.0%} of the"
                " weakest quarter.",
            )
        )
    if line["expansion_rate"] < STAGNATION:
        found.append(
            Flag("stagnation", f"The customer base hardly grows by itself: expansion is {line['expansion_rate']:.1%}.")
        )
    if line["openers"] < SMALL_SAMPLE:
        found.append(
            Flag("small_sample", f"Only {line['openers']} customers stand behind these rates: one moves them visibly.")
        )
    return found


def customer_flag(cube: RevenueCube, span: Window, nrr: float) -> list[Flag]:
    """Whether one customer, the largest at the opening or the one that grew most, carries the result."""
    before, after = (cube.units.whole(end) for end in at_both_ends(cube, span.opening, span.closing)[:2])
    grown = np.where(before > 0, after - before, 0.0)
    candidates = {
        int(rows[0]) for rows in (drivers.largest(before, 1, after), drivers.largest(grown, 1, after)) if rows.size
    }
    kept, base = after[before > 0].sum(), before.sum()
    worst = None
    for customer in sorted(candidates):
        if base > before[customer]:
            without = (kept - after[customer]) / (base - before[customer])
            if _carries(nrr, without) and (worst is None or abs(without - nrr) > abs(worst[1] - nrr)):
                worst = customer, without
    if worst is None:
        return []
    name, without = cube.customers[worst[0]], worst[1]
    message = f"One customer {_pull(nrr, without)} the result: without {name} NRR is {without:.1%}."
    return [Flag("one_customer_carries", message)]


def segment_flags(segments: Mapping[str, Mapping[str, Any]], line: Mapping[str, Any]) -> list[Flag]:
    """Whether one value of a segment, of at most half the opening amount, carries the result."""
    found = []
    parts = ("opening", "contraction", "churn", "expansion")
    for name, table in segments.items():
        opening = np.asarray(table["opening"])
        for row in np.flatnonzero((opening > 0) & (opening <= HALF * line["opening"])):
            rest = [line[part] - table[part][row] for part in parts]
            without = float(ratio(left_of(*rest), rest[0]))
            if _carries(line["nrr"], without):
                value, pull = table["value"][row], _pull(line["nrr"], without)
                message = f"One value of {name} {pull} the result: without {value} NRR is {without:.1%}."
                found.append(Flag("one_segment_carries", message))
    return found


def _pull(nrr: float, without: float) -> str:
    return "carries" if without < nrr else "weighs on"


def _carries(nrr: float, without: float) -> bool:
    """A result hangs on what, left out, takes it across 100 % or moves it by more than five points."""
    return (nrr >= 1) != (without >= 1) or abs(nrr - without) > CARRIES


def period_flag(cube: RevenueCube, closing: int) -> list[Flag]:
    """Whether the closing period looks incomplete: far fewer customers than the six periods before it had."""
    active = (cube.amounts[:, : closing + 1] > 0).sum(axis=0)
    if not looks_incomplete(active, closing):
        return []
    period, usual = cube.periods.keys[closing], usual_customers(active, closing)
    return [
        Flag(
            "incomplete_last_period",
            f"{period} looks incomplete: {active[-1]} customers have an amount, against {usual:.0f} usually.",
        )
    ]


def closing_flag(cube: RevenueCube, closing: int, as_of: str | None) -> list[Flag]:
    """Whether the window closes before the rows end, since hardly any customer has an amount in what follows."""
    if as_of is not None or closing == len(cube.periods) - 1:
        return []
    active = (cube.amounts > 0).sum(axis=0)
    taken, left = cube.periods.keys[closing], cube.periods.keys[closing + 1]
    return [
        Flag(
            "closed_on_last_complete",
            f"The window closes in {taken}, the last complete period: in {left} only {active[closing + 1]} customers"
            f" have an amount, against {usual_customers(active, closing + 1):.0f} usually. Choose another with"
            " --as-of.",
        )
    ]


def risk_flag(amounts: np.ndarray, total: float) -> list[Flag]:
    """How much hangs on the accounts at risk, where it is more than a twentieth of the closing amount."""
    stake = float(np.sum(amounts))
    if not total or stake <= AT_RISK * total:
        return []
    noun = "account" if len(amounts) == 1 else "accounts"
    return [
        Flag(
            "accounts_at_risk",
            f"{len(amounts)} {noun} with {stake / total:.1%} of the closing amount keep falling or are far below"
            " their peak.",
        )
    ]


def method_flag(results: Mapping[str, Result], months: int) -> list[Flag]:
    """Whether the methods tell different stories of the same rows; a year's rate only beside a year's."""
    comparable = [result for key, result in results.items() if months == 12 or key != "annualised"]
    known = [result for result in comparable if not np.isnan(result.rate)]
    if not known:
        return []
    low, high = min(known, key=lambda result: result.rate), max(known, key=lambda result: result.rate)
    if high.rate - low.rate <= SPREAD:
        return []
    return [
        Flag(
            "methods_differ",
            f"NRR depends on the method: from {low.rate:.1%} ({low.label.lower()}) to {high.rate:.1%}"
            f" ({high.label.lower()}) on the same rows.",
        )
    ]


def column_flags(cube: RevenueCube) -> list[Flag]:
    """The text columns that have too many values to be segments unasked."""
    wide = [name for name, found in cube.segments.items() if len(found.values) > MOST_VALUES]
    return [
        Flag(
            "segment_left_out",
            f"{name} has {len(cube.segments[name].values)} values, more than {MOST_VALUES}; ask for it by name to"
            " see it as a segment.",
        )
        for name in wide
    ]
