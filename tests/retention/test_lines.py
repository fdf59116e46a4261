"""The catalogue of lines and rates is what the kernel computes, what sheets say, and what formulas are made of."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from nrr_xl.metrics import METRICS, RATES
from nrr_xl.retention.lines import BRIDGE_LINES, COUNTS, LINES, LOSSES, MOVEMENTS, classify, movement
from nrr_xl.retention.movements import at_both_ends, movements
from nrr_xl.workbook.texts import texts
from tests.retention.cubes import cubes


@given(cubes())
@settings(max_examples=60, deadline=None)
def test_the_kernel_counts_the_members_of_each_line(cube):
    closing = len(cube.periods) - 1
    flows = movements(cube, [0], [closing])
    before, after, known = at_both_ends(cube, 0, closing)
    for key in COUNTS:
        assert getattr(flows, key).item() == LINES[key].member(before, after, known).sum(), key
    sizes = {"opening": before, "closing": after}
    for key in BRIDGE_LINES:
        if key != "fx":
            amount = sizes.get(key, np.abs(after - before))[LINES[key].member(before, after, known)].sum()
            assert getattr(flows, key).item() == pytest.approx(amount, rel=1e-12, abs=1e-8), key
            assert LINES[LINES[key].counted].member is LINES[key].member
    movement = classify(before, after, known)
    for key in MOVEMENTS:
        assert (movement == key).sum() == getattr(flows, LINES[key].counted).item()


def test_every_word_of_the_sheets_is_the_catalogues():
    words = texts()
    for key in BRIDGE_LINES:
        assert words["lines"][key] == LINES[key].label
    for key, label in words["counts"].items():
        assert label == LINES[key].label
    for key, label in words["rates"].items():
        assert label == RATES[key].label
    assert {*words["movements"]} == {*MOVEMENTS, "unchanged", "absent"}


def test_losses_are_those_of_which_a_column_holds_negative_numbers():
    assert LOSSES == ("contraction", "churn", "churned")
    assert [line.sign for line in LINES.values() if line.kind == "amount"] == [0, 1, 1, 1, -1, -1, 1, 0]
    assert len({LINES[count].name for count in COUNTS}) == len(COUNTS)


@pytest.mark.parametrize("key", RATES)
def test_a_rates_formula_over_signed_cells_is_its_function(key):
    rate = RATES[key]
    lines = {line: 10.0 * number + 100 for number, line in enumerate((*BRIDGE_LINES, *COUNTS), 1)}
    lines["churned"] = lines["openers"] - lines["retained"]
    cells = {line: f"({-value if line in LOSSES else value})" for line, value in lines.items()}
    formula = rate.formula(cells.__getitem__, LOSSES)
    assert eval(formula) == pytest.approx(rate.of(lines))
    if key in METRICS and rate.function is METRICS[key].function:
        assert rate.excel == METRICS[key].excel.format(**{name: f"{{{line}}}" for name, line in rate.arguments.items()})


def test_one_customers_line_is_what_the_lines_of_many_say():
    before, after, known = (part.ravel() for part in np.meshgrid([0.0, 5.0, 9.0], [0.0, 5.0, 9.0], [False, True]))
    one_by_one = [movement(*each) for each in zip(before.tolist(), after.tolist(), known.tolist(), strict=True)]
    assert one_by_one == classify(before, after, known).tolist()
    assert {"reactivation", "unchanged", "absent", "contraction"} <= set(one_by_one)
