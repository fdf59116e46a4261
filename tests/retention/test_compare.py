"""Comparisons of readings: every cause of a change is found, and the causes add up to the change of every rate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nrr_xl.errors import InputError
from nrr_xl.retention.compare import CAUSES, Side, compare
from nrr_xl.retention.renames import matched
from nrr_xl.retention.windows import Window
from nrr_xl.revenue.cube.build import Segment
from tests.workbook import cubes


def changed(cube):
    """The cube with each kind of change: another name, a take-over, another segment, less, more and other amounts."""
    amounts, names = cube.amounts.copy(), list(cube.customers)
    there = np.flatnonzero((amounts[:, 15] > 0) & (amounts[:, 27] > 0))
    names[there[0]] = "Renamed Ltd"
    restated, moved, removed, taken = there[1:5]
    amounts[restated, 27] *= 2
    codes = cube.segments["Region"].codes.copy()
    codes[moved] = (codes[moved] + 1) % 3
    over = np.zeros((1, amounts.shape[1]))
    over[0, 20:] = amounts[taken, 20:]
    amounts[taken, 20:] = 0.0
    fresh = np.full((1, amounts.shape[1]), 321.0)
    keep = np.delete(np.arange(len(amounts)), removed)
    segments = {
        name: Segment(name, s.values, np.append(s.codes if name != "Region" else codes, [0, 1])[[*keep, -2, -1]])
        for name, s in cube.segments.items()
    }
    return replace(
        cube,
        customers=(*[names[i] for i in keep], "Taker", "Fresh"),
        amounts=np.vstack([amounts[keep], over, fresh]),
        segments=segments,
    )


@pytest.fixture(scope="module")
def found():
    old = cubes.ordinary()
    return compare(Side("old", old, Window(15, 27, 12)), Side("new", changed(old), Window(17, 29, 12)))


def test_every_kind_of_change_is_found(found):
    counted = found.causes.set_index("cause")["customers"]
    assert dict(counted.drop("window")) == {
        "policy": 0,
        "renamed": 4,
        "moved": 2,  # the taker is in another region than whom it took over
        "removed": 1,
        "added": 1,
        "restated": 1,
    }
    assert {(r.to, r.reason) for r in found.renamed} == {
        ("Renamed Ltd", "same amounts"),
        ("Taker", "amounts taken over"),
    }


def test_causes_add_up_to_the_change_of_every_rate_line_and_segment(found):
    for rate, (before, after) in found.rates.items():
        assert found.causes[rate].sum() == pytest.approx(after - before, abs=1e-12)
        assert found.changes[rate].sum() == pytest.approx(after - before, abs=1e-12)
    assert abs(found.rates["nrr"][1] - found.rates["nrr"][0]) > 0.01
    for row in found.lines.to_dict("records"):
        assert row["old"] + sum(row[cause] for cause in CAUSES) == pytest.approx(row["new"], abs=1e-6)
    for frame in found.segments.values():
        total = frame["nrr_old"] + frame[list(CAUSES)].sum(axis=1)
        assert total.to_numpy() == pytest.approx(frame["nrr_new"].to_numpy(), abs=1e-12)
    assert all(check.passed for check in found.checks)


def test_a_pure_rename_changes_no_rate_but_a_take_over_does(found):
    renamed = found.changes[found.changes["cause"] == "renamed"].set_index("customer")
    old = found.old.cube
    name = next(r.name for r in found.renamed if r.reason == "same amounts")
    assert renamed.loc[[name, "Renamed Ltd"], "nrr"].sum() == pytest.approx(0, abs=1e-15)
    taken = next(r.name for r in found.renamed if r.reason == "amounts taken over")
    lost = old.amounts[old.customers.index(taken), 27] / found.lines.loc[0, "new"]
    assert renamed.loc[[taken, "Taker"], "nrr"].sum() == pytest.approx(-lost)


def test_the_window_moving_on_is_what_the_new_rows_say(found):
    new = found.new
    same = compare(found.old, replace(new, span=Window(15, 27, 12)))
    assert same.causes.set_index("cause").loc["window", "customers"] == 0
    change = found.rates["nrr"][1] - same.rates["nrr"][1]
    # Contributions are per unit of the last opening, so the step from window to window is what is left over.
    rest = found.rates["nrr"][1] - found.rates["nrr"][0] - found.causes.set_index("cause").loc["window", "nrr"]
    assert change != 0 and np.sign(rest) == np.sign(same.rates["nrr"][1] - same.rates["nrr"][0])


def test_another_policy_is_told_from_restated_amounts():
    old = cubes.ordinary(10)
    other = replace(old, amounts=np.where(old.amounts > 0, old.amounts + 1, 0.0))
    span = Window(17, 29, 12)
    found = compare(Side("a", old, span), Side("b", other, span), same_policy=other)
    moved = found.causes.set_index("cause")["customers"]
    assert moved["policy"] > 0 and moved.drop("policy").sum() == 0


def test_options_that_differ_are_told():
    cube, span = cubes.cube([[10.0, 10.0]]), Window(0, 1, 1)
    sides = [Side("a", cube, span, {"Options": f"grace {grace}, top 10"}) for grace in (0, 2)]
    assert "Options of the old: grace 0; of the new: grace 2" in " ".join(compare(*sides).notes)
    assert "only sources can be read again" in " ".join(compare(*sides).notes)
    assert "the cause policy" in " ".join(compare(*sides, same_policy=cube).notes)


def test_customers_of_equal_rows_are_not_guessed_to_be_each_other():
    old = cubes.cube([[10.0, 10.0], [10.0, 10.0], [5.0, 7.0]], names=("a", "b", "c"))
    new = cubes.cube([[10.0, 10.0], [10.0, 10.0], [5.0, 7.0]], names=("x", "y", "c"))
    assert matched(old, new) == ()


def test_amounts_that_move_between_two_known_customers_are_restated():
    old = cubes.cube([[10.0, 10.0], [20.0, 20.0]], names=("a", "b"))
    new = cubes.cube([[10.0, 5.0], [20.0, 25.0]], names=("a", "b"))
    assert matched(old, new) == ()


def test_a_name_in_another_spelling_is_the_customer_even_with_other_amounts():
    old = cubes.cube([[10.0, 10.0]], {"Region": ["A"]}, ("Acme, Inc.",))
    new = cubes.cube([[10.0, 15.0]], {"Region": ["B"]}, ("Acme Inc",))
    span = Window(0, 1, 1)
    found = compare(Side("a", old, span), Side("b", new, span))
    assert found.changes["cause"].tolist() == ["renamed", "renamed", "moved", "restated"]
    assert found.causes.set_index("cause").loc["restated", "nrr"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (cubes.cube([[1.0, 1.0]], step=3), "the same length of period"),
        (replace(cubes.cube([[1.0, 1.0]]), currency="EUR"), "--rates"),
        (cubes.cube([[1.0, 1.0]], first=(2023, 1)), "--as-of"),
    ],
)
def test_readings_that_cannot_be_compared_are_refused(other, told):
    old = Side("a", cubes.cube([[1.0, 1.0]]), Window(0, 1, 1))
    with pytest.raises(InputError, match=told):
        compare(old, Side("b", other, Window(0, 1, other.periods.step)))


@pytest.mark.parametrize("seed", range(8))
def test_causes_add_up_whatever_was_changed(seed):
    rng = np.random.default_rng(seed)
    old = cubes.ordinary(30, 30, seed)
    amounts, names = old.amounts.copy(), list(old.customers)
    for at in rng.choice(30, 5, False):
        amounts[at, rng.integers(0, 30)] = round(float(rng.lognormal(7, 2)), 2)
    for at in rng.choice(30, 3, False):
        names[at] = names[at].upper() + (" Ltd" if seed % 2 else "")
    keep, added = np.delete(np.arange(30), rng.choice(30, 3, False)), int(rng.integers(1, 4))
    fresh = np.where(rng.random((added, 30)) < 0.3, 0.0, rng.lognormal(7, 1, (added, 30)).round(2))
    segments = {
        name: Segment(name, s.values, np.append(rng.permutation(s.codes)[keep], np.zeros(added, int)))
        for name, s in old.segments.items()
    }
    new = replace(
        old,
        customers=(*[names[at] for at in keep], *[f"New {at}" for at in range(added)]),
        amounts=np.vstack([amounts[keep], fresh]),
        segments=segments,
    )
    options = replace(old, amounts=(old.amounts * rng.choice([1.0, 0.5], (30, 1))).round(2)) if seed % 3 == 0 else None
    ends = [sorted(map(int, rng.choice(30, 2, False))) for _ in range(2)]
    sides = [
        Side(name, cube, Window(*end, end[1] - end[0]))
        for name, cube, end in zip(("old", "new"), (old, new), ends, strict=True)
    ]
    found = compare(*sides, options)
    for rate, (before, after) in found.rates.items():
        if np.isfinite([before, after]).all():
            assert found.causes[rate].sum() == pytest.approx(after - before, abs=1e-12)
            assert found.changes[rate].sum() == pytest.approx(after - before, abs=1e-12)
    assert all(check.passed for check in found.checks)
