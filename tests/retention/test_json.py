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
from nrr_xl.retention.figures import sheets
from nrr_xl.retention.whole import SCHEMA, VERSION
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


def test_a_key_that_lacks_is_told_at_every_level(schema):
    found = nrr_xl.analyse(nrr_xl.read("templates/sample_revenue.xlsx")).to_dict()
    jsonschema.validate(found, schema)
    for part, key in ((found, "churn"), (found["adjusted"]["adjustments"][0], "cells"), (found["figures"][0], "sheet")):
        held = part.pop(key)
        with pytest.raises(jsonschema.ValidationError, match=key):
            jsonschema.validate(found, schema)
        part[key] = held
    found["adjusted"]["adjustments"][0]["more"] = 1
    with pytest.raises(jsonschema.ValidationError, match="more"):
        jsonschema.validate(found, schema)


def test_a_part_without_anything_says_why():
    rows = pd.DataFrame({"Customer": ["a", "b"], "2023-12": [5.0, 3.0], "2024-12": [6.0, 3.0]})
    for found in (nrr_xl.analyse(nrr_xl.read(rows)).to_dict(), nrr_xl.analyse(bare(), months=1).to_dict()):
        empty = {name for name, part in found.items() if part in (None, {}, [])} - {"absent"}
        assert empty and empty <= set(found["absent"])
        assert not {"bridge", "checks", "settings"} & set(found["absent"])
    assert found["absent"]["renewals"] == "the rows have no dates of contracts"
    sample = nrr_xl.analyse(nrr_xl.read("templates/sample_revenue.xlsx"), sales_cost=9e5).to_dict()
    # What the sample lacks: dates of contracts, quantities, a definition; its columns are customer to MRR.
    assert {"renewals", "price_volume", "definition", "currency"} <= set(sample["absent"])
    assert not {"segments", "adjusted", "interval", "unit_economics"} & set(sample["absent"])


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
    assert round(figures["adjusted.adjusted"]["value"], 3) == 1.077
    assert figures["unit_economics.cac"]["value"] is None
    # A record's own period, its texts and its method's name are told.
    quarter = figures["snowball.quarter.0.opening"]
    assert (quarter["period"], quarter["unit"]) == ("2022-03", "ARR")
    assert figures["windows.0.nrr"]["period"] == "2022-01 to 2023-01"
    assert figures["segment_bridges.Region.0.grr"]["label"] == "GRR (Region, North America)"
    assert figures["methods.summed_flows.rate"]["label"] == "Rate (Summed flows)"


def test_a_key_is_the_path_to_its_value_and_every_number_of_a_part_is_a_figure():
    found = json.loads(json.dumps(nrr_xl.analyse(described()).to_dict()))
    told = {figure["key"]: figure["value"] for figure in found["figures"]}

    def numbers(value, path):
        if isinstance(value, dict | list):
            for key, held in value.items() if isinstance(value, dict) else enumerate(value):
                yield from numbers(held, f"{path}.{key}")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield path, value

    every = dict(pair for part in sheets() for pair in numbers(found[part], part))
    for key, value in told.items():
        assert value is None or every[key] == value, key
    # What says which record it is stands in the label; all else has a figure of its own.
    places = {"age", "months", "score", "over", "up_to", "end"}
    assert {key.rsplit(".", 1)[-1] for key in set(every) - set(told)} <= places
    # Parts without figures: what was read, chosen and said, and what other parts have in their figures' place.
    apart = {"source", "opening_period", "closing_period", "months", "method", "settings", "problems", "flags"}
    # The last four are told of in figures by the fuller parts bridges, windows, segment_bridges and triangles.
    apart |= {"version", "figures", "absent", "sheets", "currency", "unit", "periods", "trend", "segments", "cohorts"}
    assert set(found) - set(sheets()) == apart


def test_the_sheets_named_are_sheets_and_the_parts_named_are_parts():
    found = nrr_xl.analyse(bare(), months=1).to_dict()
    assert found["adjusted"] is found["levers"] is found["interval"] is None
    assert set(sheets().values()) <= set(texts()["sheets"].values())
    assert set(sheets()) <= set(found)
