"""Two readings of the same business compared: every change of NRR and GRR by its cause, adding up exactly.

A rate is retained / opening, both sums over customers. From rate R to rate R' with the opening amounts O and O',

    R' - R = sum over customers of ((retained' - retained) - R (opening' - opening)) / O'

whatever the order of the customers, so each customer's change is a number of its own and the causes add up. A customer
that changed for more than one reason passes through stages; the stages telescope.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

import numpy as np
import pandas as pd

from nrr_xl.errors import InputError
from nrr_xl.metrics import ratio
from nrr_xl.records import struct
from nrr_xl.retention.checks import Check
from nrr_xl.retention.lines import CORKSCREW
from nrr_xl.retention.renames import Rename, common_units, matched
from nrr_xl.retention.stages import Stage, stage_of, with_moves, with_renames
from nrr_xl.retention.windows import Window
from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.revenue.cube.units import Units

# In the order of the stages that a customer passes through.
CAUSES = ("policy", "renamed", "moved", "removed", "added", "restated", "window")
RATES = ("nrr", "grr")


@struct(eq=False)
class Side:
    """One of the two readings: its cube and window; `name` is what it is called, `choices` the options behind it."""

    name: str
    cube: RevenueCube
    span: Window
    choices: Mapping[str, str] = field(default_factory=dict)

    def label(self, position: int) -> str:
        return self.cube.periods.labels[position]


@struct(eq=False)
class Comparison:
    """What changed between two readings.

    `rates` holds "nrr" and "grr" as (old, new). `changes` has a row for each customer and cause: customer, cause,
    detail, opening, retained, kept, closing and movement `_before` and `_after`, then the change of each rate it makes
    (a fraction), and each segment's value `_before` and `_after`. `causes` has a row for each cause with its customers,
    its change of the opening and retained amount, and of each rate. `lines` has a row for each line of the bridge: old,
    the causes, new; losses positive. `segments` has, by segment, a row for each value: nrr_old, the causes, nrr_new.
    """

    old: Side
    new: Side
    rates: dict[str, tuple[float, float]]
    changes: pd.DataFrame
    causes: pd.DataFrame
    lines: pd.DataFrame
    segments: dict[str, pd.DataFrame]
    renamed: tuple[Rename, ...]
    notes: tuple[str, ...]
    checks: tuple[Check, ...]


def compare(old: Side, new: Side, same_policy: RevenueCube | None = None) -> Comparison:
    """Every change of NRR between two readings by cause, adding up exactly.

    Parameters
    ----------
    old, new : Side
        Both by the same length of period and, where both know theirs, in the same currency. The old window's two ends
        must lie within the new periods.
    same_policy : RevenueCube, optional
        The old source read under the new one's options, where these differ: what then changes is policy.

    >>> from nrr_xl.periods import Periods
    >>> before = RevenueCube(("a", "b"), Periods(24288, 2), np.array([[100, 100], [100, 100.0]]))
    >>> after = RevenueCube(("a", "b"), Periods(24288, 2), np.array([[100, 150], [100, 100.0]]))
    >>> found = compare(Side("old", before, Window(0, 1, 1)), Side("new", after, Window(0, 1, 1)))
    >>> found.rates["nrr"], found.changes[["customer", "cause", "nrr"]].values.tolist()
    ((1.0, 1.25), [['a', 'restated', 0.25]])
    """
    _comparable(old.cube, new.cube)
    then = _same_window(old, new)
    base = same_policy or old.cube
    customers = tuple(dict.fromkeys((*old.cube.customers, *base.customers, *new.cube.customers)))
    at = {name: number for number, name in enumerate(customers)}
    names = [name for name in old.cube.segments if name in new.cube.segments]
    first = stage_of(old.cube, old.span, at, names)
    policy = stage_of(base, _window_in(base, old), at, names) if same_policy is not None else first
    target = stage_of(new.cube, then, at, names)
    renames = matched(base, new.cube)
    renamed, involved = with_renames(policy, target, renames, at)
    moved = with_moves(renamed, target)
    last = stage_of(new.cube, new.span, at, names)
    in_old, in_new = _present(base, at), _present(new.cube, at)
    taken = np.zeros(len(customers), bool)
    taken[[at[rename.to] for rename in renames]] = True
    reason = np.select([~in_new, ~in_old & ~taken], ["removed", "added"], "restated")
    steps = [
        (first, policy, np.full(len(customers), "policy", object), {}),
        (policy, renamed, np.full(len(customers), "renamed", object), involved),
        (renamed, moved, np.full(len(customers), "moved", object), {}),
        (moved, target, reason, {}),
        (target, last, np.full(len(customers), "window", object), {}),
    ]
    rates = {rate: (_rate(first, rate), _rate(last, rate)) for rate in RATES}
    changes = _changes(customers, steps, rates, last, names)
    units = common_units(old.cube, new.cube)
    result = {
        "old": old,
        "new": new,
        "rates": rates,
        "changes": changes,
        "causes": _causes(changes, units),
        "lines": _lines(first, last, changes, units),
        "segments": {name: _by_value(name, first, last, changes) for name in names},
        "renamed": renames,
        "notes": _notes(old, new, same_policy is not None),
    }
    return Comparison(**result, checks=_checks(result))


def _comparable(old: RevenueCube, new: RevenueCube) -> None:
    if old.periods.step != new.periods.step:
        raise InputError(
            f"The old rows are by {old.periods.step} month(s), the new ones by {new.periods.step}: they cannot be"
            " compared. Give both by the same length of period."
        )
    if old.currency and new.currency and old.currency != new.currency:
        raise InputError(
            f"The old amounts are in {old.currency}, the new ones in {new.currency}. Convert both with --rates FILE."
        )


def _same_window(old: Side, new: Side) -> Window:
    """The old window's place in the new periods."""
    try:
        return _window_in(new.cube, old)
    except ValueError:
        opened, closed = old.label(old.span.opening), old.label(old.span.closing)
        labels = new.cube.periods.labels
        raise InputError(
            f"The old window, {opened} to {closed}, is not within the new periods, {labels[0]} to {labels[-1]}."
            " Choose a window that both have with --as-of and --months."
        ) from None


def _window_in(cube: RevenueCube, side: Side) -> Window:
    keys = cube.periods.keys
    opening, closing = (keys.index(side.cube.periods.keys[at]) for at in (side.span.opening, side.span.closing))
    return Window(opening, closing, side.span.months)


def _present(cube: RevenueCube, at: Mapping[str, int]) -> np.ndarray:
    found = np.zeros(len(at), bool)
    found[[at[name] for name in cube.customers]] = True
    return found


def _rate(stage: Stage, rate: str) -> float:
    top = stage.retained if rate == "nrr" else stage.kept
    return float(ratio(top.sum(), stage.opening.sum()))


def _changes(
    customers: Sequence[str],
    steps: Sequence[tuple[Stage, Stage, np.ndarray, Mapping[int, str]]],
    rates: Mapping[str, tuple[float, float]],
    last: Stage,
    names: Sequence[str],
) -> pd.DataFrame:
    frames, base = [], last.opening.sum()
    for before, after, cause, details in steps:
        rows = np.flatnonzero(before.differs(after))
        frame = pd.DataFrame(
            {
                "customer": np.array(customers, object)[rows],
                "cause": cause[rows].astype(object),
                "detail": np.array([details.get(row, "") for row in rows.tolist()], object),
            }
        )
        for side, stage in (("before", before), ("after", after)):
            for part in ("opening", "closing", "retained", "kept", "movement"):
                frame[f"{part}_{side}"] = getattr(stage, part)[rows]
        for rate, top in (("nrr", "retained"), ("grr", "kept")):
            change = frame[f"{top}_after"] - frame[f"{top}_before"]
            moved = frame["opening_after"] - frame["opening_before"]
            frame[rate] = ratio((change - rates[rate][0] * moved).to_numpy(float), base)
        for name in names:
            frame[f"{name}_before"] = before.segments[name][rows]
            frame[f"{name}_after"] = after.segments[name][rows]
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _causes(changes: pd.DataFrame, units: Units) -> pd.DataFrame:
    rows = []
    for cause in CAUSES:
        mine = changes[changes["cause"] == cause]
        rows.append(
            {
                "cause": cause,
                "customers": mine["customer"].nunique(),
                **{
                    part: _difference(units, mine[f"{part}_after"], mine[f"{part}_before"])
                    for part in ("opening", "retained", "closing")
                },
                # An undefined part leaves the whole undefined, so no skipping.
                **{rate: float(mine[rate].to_numpy().sum()) for rate in RATES},
            }
        )
    return pd.DataFrame(rows)


def _difference(units: Units, after: Any, before: Any) -> float:
    """The exact difference of two sums."""
    return float(units.amounts(units.whole(after).sum() - units.whole(before).sum()))


def line_amount(line: str, opening: np.ndarray, closing: np.ndarray, movement: np.ndarray) -> np.ndarray:
    """What customers add to a line of the bridge, losses positive."""
    if line in ("opening", "closing"):
        return opening if line == "opening" else closing
    return np.where(movement == line, np.abs(closing - opening), 0.0)


def _lines(first: Stage, last: Stage, changes: pd.DataFrame, units: Units) -> pd.DataFrame:
    rows = []
    for line in CORKSCREW:
        totals = [units.total(line_amount(line, s.opening, s.closing, s.movement)) for s in (first, last)]
        row = {"line": line, "old": totals[0]}
        for cause in CAUSES:
            mine = changes[changes["cause"] == cause]
            before, after = (
                line_amount(line, *(mine[f"{part}_{side}"].to_numpy() for part in ("opening", "closing", "movement")))
                for side in ("before", "after")
            )
            row[cause] = _difference(units, after, before)
        rows.append({**row, "new": totals[1]})
    return pd.DataFrame(rows)


def _by_value(name: str, first: Stage, last: Stage, changes: pd.DataFrame) -> pd.DataFrame:
    """NRR of each value of a segment in both readings, and what each cause did to it."""
    rows = []
    values = dict.fromkeys([*first.segments[name].tolist(), *last.segments[name].tolist()])
    for value in sorted(v for v in values if v):
        mine = [stage.segments[name] == value for stage in (first, last)]
        opening = [float(s.opening[m].sum()) for s, m in zip((first, last), mine, strict=True)]
        retained = [float(s.retained[m].sum()) for s, m in zip((first, last), mine, strict=True)]
        rate = [float(ratio(r, o)) for r, o in zip(retained, opening, strict=True)]
        row = {"value": value, "opening_old": opening[0], "nrr_old": rate[0]}
        left, came = changes[f"{name}_before"] == value, changes[f"{name}_after"] == value
        for cause in CAUSES:
            of = changes["cause"] == cause
            moved, kept = (
                changes.loc[of & came, f"{part}_after"].sum() - changes.loc[of & left, f"{part}_before"].sum()
                for part in ("opening", "retained")
            )
            row[cause] = float(ratio(kept - rate[0] * moved, opening[1]))
        rows.append({**row, "nrr_new": rate[1], "opening_new": opening[1]})
    columns = ["value", "opening_old", "nrr_old", *CAUSES, "nrr_new", "opening_new"]
    return pd.DataFrame(rows, columns=columns)


def _notes(old: Side, new: Side, policy_known: bool) -> tuple[str, ...]:
    """What a reader must know before the figures."""
    notes = []
    if old.cube.unit != new.cube.unit:
        notes.append(f"The old amounts are called {old.cube.unit}, the new ones {new.cube.unit}.")
    source = (old.cube.source.sha256, new.cube.source.sha256)
    if source[0] and source[0] == source[1]:
        notes.append("Both are readings of the same file.")
    if old.cube.fx or new.cube.fx:
        notes.append("Amounts of customers present at both ends are at the opening's exchange rates.")
    said = [[part for text in side.choices.values() for part in text.split(", ")] for side in (old, new)]
    only = [", ".join(part for part in mine if part not in other) for mine, other in (said, said[::-1])]
    if any(only):
        where = (
            "is the cause policy" if policy_known else "is among the restated amounts: only sources can be read again"
        )
        notes.append(
            f"Options of the old: {only[0] or 'none'}; of the new: {only[1] or 'none'}. What they change {where}."
        )
    return tuple(notes)


def _checks(found: Mapping[str, Any]) -> tuple[Check, ...]:
    checks = []
    for rate in RATES:
        before, after = found["rates"][rate]
        if np.isfinite(before) and np.isfinite(after):
            weight = float(found["lines"].loc[0, "new"])
            gap = (after - before - found["causes"][rate].sum()) * weight
            checks.append(Check(f"Causes add up to the change of {rate.upper()}", float(gap)))
    for row in found["lines"].to_dict("records"):
        gap = row["old"] + sum(row[cause] for cause in CAUSES) - row["new"]
        checks.append(Check(f"Causes add up to the change of {row['line']}", float(gap)))
    for name, frame in found["segments"].items():
        known = frame.dropna(subset=["nrr_old", "nrr_new"])
        gap = (known["nrr_old"] + known[list(CAUSES)].sum(axis=1) - known["nrr_new"]) * known["opening_new"]
        checks.append(Check(f"Causes add up to the change of NRR by {name}", float(gap.abs().sum())))
    return tuple(checks)
