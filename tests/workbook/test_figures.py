"""The JSON object and the workbook say the same: each figure stands on the sheet that it names."""

from __future__ import annotations

import bisect
import json

import openpyxl
import pandas as pd
import pytest

import nrr_xl
from nrr_xl.retention.figures import sheets
from nrr_xl.workbook.frame import HEAD_ROWS
from nrr_xl.workbook.texts import texts
from tests.retention.described import described
from tests.retention.test_further import CONTRACTS

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
# What holds customers' rows and no figures of its own, words alone, or a file that only the workbook was given.
ROWS = {"Customers", "Segments by period", "Movements", "Definitions", "Ledger"}


def subscriptions():
    return nrr_xl.read(pd.DataFrame(CONTRACTS, columns=["Customer", "Start", "End", "MRR"]))


def numbers_of(sheet) -> list[float]:
    """The magnitudes of a sheet's numbers below its head, in their order."""
    rows = sheet.iter_rows(min_row=HEAD_ROWS + 1, values_only=True)
    return sorted(abs(v) for row in rows for v in row if isinstance(v, int | float) and not isinstance(v, bool))


def holds(numbers: list[float], value: float) -> bool:
    near = 1e-9 * max(1.0, value)
    at = bisect.bisect_left(numbers, value - near)
    return at < len(numbers) and numbers[at] <= value + near


@pytest.mark.parametrize(
    ("make", "options"),
    [
        (lambda: nrr_xl.read("templates/sample_revenue.xlsx"), {"sales_cost": 9e5, "burn": 1e6, "method": "like:zoom"}),
        (described, {}),
        (subscriptions, {"as_of": "2024-11"}),
    ],
    ids=["sample", "described", "contracts"],
)
def test_each_figure_stands_on_the_sheet_that_it_names(tmp_path, make, options):
    analysis = nrr_xl.analyse(make(), **options)
    path = nrr_xl.write_report(analysis, tmp_path / "report.xlsx", pack="full")
    book = openpyxl.load_workbook(path, data_only=True)
    held = {sheet.title: numbers_of(sheet) for sheet in book}
    figures = json.loads(json.dumps(analysis.to_dict()))["figures"]
    missing, found = [], set()
    for figure in figures:
        # A part without figures has no sheet, and one without a sheet in this workbook has nothing to show.
        if figure["sheet"] is None or figure["value"] is None:
            continue
        shown = abs(figure["value"]) * (100 if figure["unit"].endswith("points on the sheet") else 1)
        found.add(figure["sheet"])
        if figure["sheet"] not in held or not holds(held[figure["sheet"]], shown):
            missing.append(figure)
    assert not missing, (len(missing), missing[:5])
    with_figures = {name for name, numbers in held.items() if numbers} - ROWS
    unsaid = with_figures - found
    assert not unsaid, f"retention/data/figures.toml has no figure of {unsaid}; or ROWS of this file names them"
    assert len(figures) > 200
    assert with_figures <= set(sheets().values()) <= set(texts()["sheets"].values())
