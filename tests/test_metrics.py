"""The rates: published examples, what is undefined, what is refused, and how the two ways to each rate agree."""

from __future__ import annotations

import ast
import inspect
import json
import math
import string
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrr_xl import metrics
from nrr_xl.errors import InputError, SignError
from nrr_xl.metrics import METRICS

VECTORS = json.loads((Path(__file__).parent / "vectors" / "worked_examples.json").read_text("utf-8"))
# Each flow metric with arguments that give a number, and its result by hand.
FLOWS = {
    "cac": ({"cost": 600.0, "new_customers": 12.0}, 50.0),
    "cac_payback": ({"cost_per_customer": 500.0, "monthly_amount": 50.0, "gross_margin": 0.8}, 12.5),
    "ltv_to_cac": ({"lifetime_value": 150.0, "cost_per_customer": 50.0}, 3.0),
    "magic_number": ({"opening": 400.0, "closing": 460.0, "cost": 50.0}, 1.2),
    "burn_multiple": ({"burn": 90.0, "opening": 400.0, "closing": 460.0}, 1.5),
    "renewal_rate": ({"renewed": 200.0, "available": 250.0}, 0.8),
    "nrr": ({"start": 200.0, "expansion": 30.0, "contraction": 10.0, "churn": 40.0}, 0.9),
    "grr": ({"start": 200.0, "contraction": 10.0, "churn": 40.0}, 0.75),
    "logo_rate": ({"retained": 30.0, "start": 40.0}, 0.75),
    "expansion_rate": ({"start": 200.0, "expansion": 30.0}, 0.15),
    "contraction_rate": ({"start": 200.0, "contraction": 10.0}, 0.05),
    "churn_rate": ({"start": 200.0, "churn": 40.0}, 0.2),
    "quick_ratio": ({"new": 50.0, "expansion": 30.0, "contraction": 10.0, "churn": 40.0, "reactivation": 20.0}, 2.0),
    "annualise": ({"rate": 0.5, "months": 6.0}, 0.25),
    "annual_churn": ({"monthly": 0.1}, 1 - 0.9**12),
    "ltv": ({"amount_per_customer": 100.0, "gross_margin": 0.8, "churn_rate": 0.02}, 4000.0),
}
NOTHING = {
    "cac": {"cost": 5, "new_customers": 0},
    "cac_payback": {"cost_per_customer": 5, "monthly_amount": 5, "gross_margin": 0},
    "ltv_to_cac": {"lifetime_value": 5, "cost_per_customer": 0},
    "magic_number": {"opening": 5, "closing": 6, "cost": 0},
    "burn_multiple": {"burn": 5, "opening": 5, "closing": 5},
    "renewal_rate": {"renewed": 0, "available": 0},
    "nrr": {"start": 0, "expansion": 5},
    "grr": {"start": 0, "churn": 5},
    "logo_rate": {"retained": 0, "start": 0},
    "expansion_rate": {"start": 0, "expansion": 5},
    "contraction_rate": {"start": 0, "contraction": 5},
    "churn_rate": {"start": 0, "churn": 5},
    "quick_ratio": {"new": 5, "expansion": 5, "contraction": 0, "churn": 0},
    "ltv": {"amount_per_customer": 5, "gross_margin": 0.5, "churn_rate": 0},
    "nrr_cohort": {"opening": [0, 0], "closing": [1, 2]},
    "grr_cohort": {"opening": [0, 0], "closing": [1, 2]},
    "logo_retention": {"opening": [0, 0], "closing": [1, 2]},
    "compound": {"rates": []},
}
# The rates of customers' amounts at both ends.
CUSTOMERS = ("nrr_cohort", "grr_cohort", "logo_retention")
amounts = st.one_of(st.just(0.0), st.floats(0.01, 1e9))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['metric']}: {vector['source']}")
def test_published_examples(vector):
    assert getattr(metrics, vector["metric"])(**vector["arguments"]) == pytest.approx(
        vector["result"], abs=vector.get("tolerance", 1e-12)
    )


@pytest.mark.parametrize("name", FLOWS)
def test_a_scalar_in_is_a_float_out_and_an_array_is_an_array(name):
    arguments, expected = FLOWS[name]
    function = getattr(metrics, name)
    found = function(**arguments)
    assert type(found) is float and found == pytest.approx(expected, rel=1e-12)
    several = function(**{key: np.array([value, value]) for key, value in arguments.items()})
    assert several.shape == (2,) and several.tolist() == [found, found]
    mixed = function(**{key: [value] if i == 0 else value for i, (key, value) in enumerate(arguments.items())})
    assert mixed.shape == (1,) and mixed[0] == found


@pytest.mark.parametrize("name", NOTHING)
def test_a_rate_of_nothing_is_undefined(name):
    assert math.isnan(getattr(metrics, name)(**NOTHING[name]))


def test_undefined_stays_in_its_own_place():
    found = metrics.nrr([100.0, 0.0], churn=[50.0, 0.0])
    assert found[0] == 0.5 and math.isnan(found[1])
    assert math.isnan(metrics.compound([1.0, math.nan]))


@pytest.mark.parametrize("name", FLOWS)
def test_a_negative_amount_is_refused_by_name(name):
    function, (arguments, _) = getattr(metrics, name), FLOWS[name]
    for key in arguments:
        with pytest.raises(SignError, match=f"{key} is -1"):
            function(**{**arguments, key: -1})
        with pytest.raises(SignError, match=f"{key} holds -1"):
            function(**{**arguments, key: [1.0, -1.0]})


@pytest.mark.parametrize("name", FLOWS)
def test_a_text_is_no_number_even_where_it_reads_like_one(name):
    function, (arguments, _) = getattr(metrics, name), FLOWS[name]
    for key in arguments:
        for text in ("5", ["5"], np.array(["5", 1], dtype=object), np.datetime64("2024-01")):
            with pytest.raises(InputError, match=f"{key} is .*must be a number"):
                function(**{**arguments, key: text})


@pytest.mark.parametrize("name", CUSTOMERS)
def test_customers_are_refused_when_negative_or_of_two_lengths(name):
    with pytest.raises(SignError, match="closing holds -1"):
        getattr(metrics, name)([1, 2], [1, -1])
    with pytest.raises(ValueError, match="opening has 2 customers, closing has 3"):
        getattr(metrics, name)([1, 2], [1, 2, 3])


def test_times_and_churn_have_their_limits():
    with pytest.raises(SignError, match="a window has a length"):
        metrics.annualise(1.1, 0)
    with pytest.raises(SignError, match="a window has a length"):
        metrics.annualise(1.1, [12, 0])
    with pytest.raises(SignError):
        metrics.annual_churn(1.5)


def test_grr_of_summed_flows_can_fall_below_zero_and_is_not_clipped():
    assert metrics.grr(100, 80, 60) == -0.4


@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=20))
def test_rates_from_customers_are_those_of_their_flows(pairs):
    opening, closing = (np.array(column) for column in zip(*pairs, strict=True))
    both = (opening > 0) & (closing > 0)
    expansion = np.maximum(closing - opening, 0)[both].sum()
    contraction = np.maximum(opening - closing, 0)[both].sum()
    churn = opening[closing == 0].sum()
    start = opening.sum()
    slack = {"rel": 1e-9, "abs": 1e-15 + 1e-12 * (closing.sum() / start if start else 0), "nan_ok": True}
    assert metrics.nrr_cohort(opening, closing) == pytest.approx(
        float(metrics.ratio(start + expansion - contraction - churn, start)), **slack
    )
    assert metrics.grr_cohort(opening, closing) == pytest.approx(metrics.grr(start, contraction, churn), **slack)
    if start:
        grr, nrr = metrics.grr_cohort(opening, closing), metrics.nrr_cohort(opening, closing)
        assert 0 <= grr <= min(nrr, 1.0) + 1e-12


@given(st.lists(st.floats(0, 3), min_size=1, max_size=24))
def test_compounding_is_a_product_and_annualising_undoes_it(rates):
    product = 1.0
    for rate in rates:
        product *= rate
    assert metrics.compound(rates) == pytest.approx(product, rel=1e-12)
    assert metrics.annualise(rates[0], 1) == pytest.approx(rates[0] ** 12, rel=1e-12)
    assert metrics.annualise(metrics.compound([rates[0]] * 12), 12) == pytest.approx(rates[0] ** 12, rel=1e-9)


@pytest.mark.parametrize("name", METRICS)
def test_the_catalogue_names_the_arguments_of_its_functions(name):
    metric = METRICS[name]
    assert metric.function is getattr(metrics, name)
    assert metric.function.__name__ == name, f"{name} of METRICS is the function {metric.function.__name__}"
    arguments = set(inspect.signature(metric.function).parameters)
    assert {field for _, field, _, _ in string.Formatter().parse(metric.excel) if field} == arguments


def test_every_rate_of_the_catalogue_is_typed_and_tried():
    stub = ast.parse(Path(metrics.__file__).with_suffix(".pyi").read_text("utf-8"))
    typed = {node.name for node in ast.walk(stub) if isinstance(node, ast.FunctionDef)}
    assert not METRICS.keys() - typed, f"nrr_xl/metrics/__init__.pyi lacks {sorted(METRICS.keys() - typed)}"
    tried = {*FLOWS, *CUSTOMERS, "compound"}
    assert not METRICS.keys() - tried, f"FLOWS of this file lacks figures of {sorted(METRICS.keys() - tried)}"
