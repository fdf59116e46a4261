"""The JSON object holds everything, each figure with what it means, and keeps to its schema."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import numpy as np
import pandas as pd
import pytest

import nrr_xl
from nrr_xl.periods import Periods
from nrr_xl.retention.whole import SCHEMA, SHEETS, VERSION
from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.workbook.texts import texts
from tests.retention.described import described
from tests.retention.test_further import CONTRACTS
from tests.revenue.test_exact import invoices


def bare() -> RevenueCube:
    return RevenueCube(("a",), Periods(24288, 2), np.array([[0.0, 5.0]]))


def subscriptions() -> RevenueCube:
    return nrr_xl.read(pd.DataFrame(CONTRACTS, columns=["Customer", "Start", "End", "MRR"]))


@pytest.fixture(scope="module")
def schema():
    found = json.loads(files("nrr_xl.retention").joinpath(SCHEMA).read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(found)
    return found


@pytest.mark.parametrize(
    ("make", "options"),
    [
        (lambda: nrr_xl.read("templates/sample_revenue.xlsx"), {"method": "like:zoom", "sales_cost": 9e5}),
        (lambda: nrr_xl.read(invoices(12, 14, 9)), {"months": 3, "grace": 2}),
        (subscriptions, {}),
        (described, {}),
        (bare, {"months": 1}),
        (lambda: RevenueCube(("a", "b"), Periods(24290, 5, 3), np.ones((2, 5))), {}),
    ],
)
def test_every_object_keeps_to_the_schema(schema, make, options):
    found = json.loads(json.dumps(nrr_xl.analyse(make(), **options).to_dict(), allow_nan=False))
    jsonschema.validate(found, schema)
    assert found["version"] == VERSION == schema["properties"]["version"]["const"]
    assert set(found) == set(schema["required"])


def test_a_key_too_many_and_a_text_for_a_number_are_told(schema):
    found = nrr_xl.analyse(bare(), months=1).to_dict()
    for broken in ({**found, "more": 1}, {**found, "months": "12"}, {**found, "figures": [{"key": "nrr"}]}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, schema)


def test_every_figure_says_what_it_is():
    found = nrr_xl.analyse(nrr_xl.read("templates/sample_revenue.xlsx")).to_dict()
    figures = {figure["key"]: figure for figure in found["figures"]}
    assert len(figures) == len(found["figures"])
    nrr = figures["rates.nrr"]
    assert (nrr["label"], nrr["unit"], nrr["period"], nrr["sheet"]) == (
        *("NRR", "fraction"),
        *("2023-12 to 2024-12", "Summary"),
    )
    assert nrr["value"] == found["rates"]["nrr"]
    assert (figures["bridge.closing"]["period"], figures["bridge.closing"]["unit"]) == ("2024-12", "MRR")
    assert figures["customers.churned"]["unit"] == "customers" and figures["rates.quick_ratio"]["unit"] == "multiple"
    assert round(figures["adjusted"]["value"], 3) == 1.077
    assert figures["unit_economics.cac"]["value"] is None


def test_the_sheets_named_are_sheets_and_the_parts_named_are_parts():
    found = nrr_xl.analyse(bare(), months=1).to_dict()
    assert set(SHEETS.values()) <= set(texts()["sheets"].values())
    assert set(SHEETS) <= set(found)
