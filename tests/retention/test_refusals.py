"""Every refusal of an analysis in all its words, and every reason why a method is undefined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple

import numpy as np
import pytest

from nrr_xl.periods import Periods, parse_as_of
from nrr_xl.retention import bands, levers
from nrr_xl.retention.adjust import adjusted
from nrr_xl.retention.analysis import analyse
from nrr_xl.retention.bridge import bridge
from nrr_xl.retention.cohorts import cohorts
from nrr_xl.retention.compare import Side, compare
from nrr_xl.retention.definitions import Definition, defined, like, made
from nrr_xl.retention.lines import classify, movement
from nrr_xl.retention.methods import METHODS, method_named, methods, observed
from nrr_xl.retention.windows import Window, window
from nrr_xl.revenue.cube.build import RevenueCube, Segment
from nrr_xl.revenue.cube.currency import CurrencyLayer
from tests.kept import REFUSALS, assert_kept, refused


def cube(amounts, step=1, **fields) -> RevenueCube:
    amounts = np.asarray(amounts, float)
    names = tuple(f"c{row}" for row in range(len(amounts)))
    return RevenueCube(names, Periods(24299, amounts.shape[1], step), amounts, **fields)


REGION = {"Region": Segment("Region", ("North", "South"), np.array([0, 1], np.int32))}
TWO = cube([[5.0] * 14, [0.0, *[4.0] * 13]], segments=REGION)
QUARTERS = cube([[5.0] * 9, [4.0] * 9], 3)
BASE = levers.Base(1000.0, 150.0, 50.0, 100.0, 1200.0, 60.0)


def side(of: RevenueCube, closing: int = 12) -> Side:
    return Side("one", of, Window(closing - 12 // of.periods.step, closing, 12))


CALLS: dict[str, Callable[[], object]] = {
    "method": lambda: method_named("nrr"),
    "methods": lambda: methods(TWO, 13, 12, annualise_from="opening"),
    "preset": lambda: analyse(TWO, method="nobody"),
    "definition": lambda: like("like:zom"),
    "definition field": lambda: made({"cohorts": "active"}, "own.toml"),
    "definition choice": lambda: made({"cohort": "all"}, "own.toml"),
    "definition whole": lambda: made({"lag": 0}, "own.toml"),
    "definition count": lambda: made({"average": {"count": 1.5}}, "own.toml"),
    "definition average": lambda: made({"average": {"counts": 2}}, "own.toml"),
    "definition minimum": lambda: made({"minimum": -1}, "own.toml"),
    "definition column": lambda: defined(TWO, 13, Definition(population=("North",), column="Regions"), "own"),
    "definition text": lambda: defined(TWO, 13, Definition(population=("Nort",)), "own"),
    "definition text of column": lambda: defined(TWO, 13, Definition(population=("x",), column="Region"), "own"),
    "scheme": lambda: bands.advice(1.0, "special"),
    "measure": lambda: cohorts(TWO, 13, "mrr"),
    "segments": lambda: analyse(TWO, segments=["Regin"]),
    "segments of none": lambda: analyse(QUARTERS, segments=["Region"]),
    "months": lambda: analyse(QUARTERS, months=4),
    "too long": lambda: window(TWO, 14),
    "as of before": lambda: window(TWO, 12, "2024-11"),
    "as of after": lambda: window(TWO, 12, "2026-02"),
    "as of": lambda: parse_as_of("soon"),
    "freq": lambda: bridge(TWO, 13, "weekly"),
    "finer freq": lambda: bridge(QUARTERS, 8, "month"),
    "lever": lambda: levers.pull(BASE, churn_cut=1.5),
    "lever saved": lambda: levers.pull(BASE, saved=-0.1),
    "lever expansion": lambda: levers.pull(BASE, expansion_rise=-1.5),
    "by hand": lambda: adjusted(TWO, Window(0, 12, 12), by_hand=[("c9", 1.0, 2.0)]),
    "compared steps": lambda: compare(side(TWO), side(QUARTERS, 8)),
    "compared currencies": lambda: compare(
        side(cube([[1.0] * 14], currency="EUR")), side(cube([[1.0] * 14], currency="USD"))
    ),
    "compared windows": lambda: compare(side(TWO), side(cube([[1.0] * 12]), 11)),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_refusal_says_what_it_said(name):
    assert_kept(REFUSALS, f"analysis: {name}", refused(CALLS[name]))


def test_levers_take_the_ends_of_their_ranges():
    assert levers.pull(BASE, 1.0, 1.0, 1.0, -1.0, 1.0).nrr == 1.0
    assert levers.pull(BASE, 1.0, 1.0, 0.0, -1.0, 0.0).nrr == 1.15


def test_an_undefined_method_says_why_and_has_no_figure():
    books = {
        "short": methods(cube([[5.0, 5, 5]]), 2, 12),
        "quarters": methods(QUARTERS, 8, 12),
        "years": methods(cube([[5.0, 6]], 12), 1, 12),
        "none": methods(cube([[0.0, 0, 0, 4, 4]]), 4, 2),
        "empty inside": methods(cube([[3.0, 0, 0, 4, 4]]), 4, 4),
        "below one": methods(cube([[0.5, 0.25, 0.75], [0.5, 0.0, 0.5], [0.0, 0.5, 0.25]]), 2, 2),
        "whole window": methods(cube([[4.0, 2, 3], [4, 4, 6.0]]), 2, 2, annualise_from="window"),
    }
    for name, results in books.items():
        assert list(results) == list(METHODS)
        for key, result in results.items():
            assert (result.rate == result.rate) == (result.reason == "")
            assert_kept(REFUSALS, f"undefined: {name}, {key}", "; ".join(map(str, astuple(result))))


def test_every_customer_is_in_the_line_that_its_two_amounts_say():
    before, after, known = (each.ravel() for each in np.meshgrid([0, 0.25, 0.5, 2], [0, 0.25, 0.5, 2], [False, True]))
    for was, now, seen in zip(before.tolist(), after.tolist(), known.tolist(), strict=True):
        if was == 0:
            line = "absent" if now == 0 else "reactivation" if seen else "new"
        elif now == 0:
            line = "churn"
        else:
            line = "unchanged" if now == was else "expansion" if now > was else "contraction"
        assert movement(was, now, seen) == line == classify(was, now, seen).item()


def test_methods_see_every_period_at_the_rates_of_the_opening_the_first_one_among_them():
    local, rates = np.full((1, 3), 100.0), np.array([1.0, 2.0, 4.0])
    abroad = cube(local * rates, fx=(CurrencyLayer("EUR", np.array([0]), local, rates),))

    def seen(closing, months):
        return abroad.units.amounts(observed(abroad, closing, months).amounts[0]).tolist()

    assert seen(2, 2) == [100.0] * 3
    assert seen(2, 1)[1:] == [200.0] * 2
    # Where the rows do not reach back to the opening it is the first period.
    assert seen(1, 12) == [100.0] * 2
