"""Published data sets with published answers, through the reader, the analysis, the report and the worksheet functions.

arr_waterfall: github.com/joshyoungjae-fpa/arr-waterfall-starter (subscriptions.csv and its monthly_waterfall.csv).
Cohorts: jettisheets.com/docs/essentials/cohort-analysis, whose last cell is blank where the rows give 0.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import nrr_xl
from nrr_xl import cli
from nrr_xl.functions.catalogue import ARR_BRIDGE, COHORT_TABLE

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
HERE = Path(__file__).parent
COHORT_ROWS = [
    *(("alice", "2024-01", 100.0), ("alice", "2024-02", 100.0), ("alice", "2024-03", 100.0)),
    *(("bob", "2024-01", 50.0), ("bob", "2024-02", 50.0)),
    *(("carol", "2024-02", 200.0), ("carol", "2024-03", 200.0), ("carol", "2024-04", 200.0)),
    ("dave", "2024-03", 75.0),
]
FLOWS = {"new": "new_arr", "expansion": "expansion_arr", "contraction": "contraction_arr", "churn": "churned_arr"}


def subscriptions() -> pd.DataFrame:
    """The subscriptions, split at the dates at which their plan changes."""
    rows = []
    with (HERE / "arr_waterfall_subscriptions.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            changed = row["plan_change_date"]
            rows.append((row["customer_id"], row["start_date"], changed or row["end_date"], float(row["mrr"])))
            if changed:
                rows.append((row["customer_id"], changed, row["end_date"], float(row["plan_change_mrr"])))
    return pd.DataFrame(rows, columns=["Customer ID", "Start", "End", "MRR"])


def published() -> list[dict[str, str]]:
    with (HERE / "arr_waterfall_published.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def sheet(tmp_path_factory):
    path = tmp_path_factory.mktemp("waterfall") / "subscriptions.csv"
    subscriptions().to_csv(path, index=False)
    return path


def test_the_waterfall_of_eighteen_months_is_the_published_one(sheet, tmp_path, capsys):
    cube = nrr_xl.read(sheet, mid_month="same", today="2026-06-30")
    analysis = nrr_xl.analyse(cube, as_of="2026-06")
    months = {row["period"]: row for row in analysis.tables.bridges["month"].records()}
    path = nrr_xl.write_report(analysis, tmp_path / "report.xlsx")
    shown = [list(row) for row in openpyxl.load_workbook(path, data_only=True)["Bridge"].iter_rows(values_only=True)]
    cells = [value for row in shown for value in row if isinstance(value, int | float)]
    asked = ["analyse", str(sheet), "--mid-month", "same", "--today", "2026-06-30", "--as-of", "2026-06", "--json"]
    assert cli.main(asked) == 0
    told = {row["period"]: row for row in json.loads(capsys.readouterr().out)["periods"]}
    block = cube.amounts.tolist()
    spilled = ARR_BRIDGE(
        tuple((name,) for name in cube.customers), (tuple(cube.periods.labels),), tuple(map(tuple, block))
    )
    head, *lines = [list(row) for row in spilled]
    for row in published():
        found = months[row["month"]]
        for line, column in FLOWS.items():
            assert 12 * found[line] == pytest.approx(float(row[column]), abs=0.005), (row["month"], line)
        closing = float(row["ending_arr"])
        assert 12 * found["closing"] == 12 * told[row["month"]]["closing"] == pytest.approx(closing, abs=0.005)
        kept = float(row["starting_arr"]) + float(row["expansion_arr"])
        kept -= float(row["contraction_arr"]) + float(row["churned_arr"])
        assert found["nrr"] == pytest.approx(kept / float(row["starting_arr"]), abs=0.0005)
        assert any(value == pytest.approx(closing / 12, abs=0.005) for value in cells), row["month"]
        assert any(
            closing / 12 == pytest.approx(cell, abs=0.005) for line in lines for cell in line if type(cell) is float
        )
    assert len(published()) == 18 and head


def test_the_cohorts_are_the_published_ones(tmp_path):
    frame = pd.DataFrame(COHORT_ROWS, columns=["Customer", "Month", "MRR"])
    analysis = nrr_xl.analyse(nrr_xl.read(frame), months=1, as_of="2024-04")
    logos = analysis.triangles["logos"]
    counts = [[value for value in row if value == value] for row in logos.totals.tolist()]
    assert counts == [[2, 2, 1, 0], [1, 1, 1], [1, 0]]
    assert logos.shares[0].tolist() == [1.0, 1.0, 0.5, 0.0]
    columns = [tuple((row[place],) for row in COHORT_ROWS) for place in range(3)]
    spilled = [list(row) for row in COHORT_TABLE(*columns, "logos")]
    assert [value for value in spilled[1] if type(value) in (int, float)][-4:] == pytest.approx([1.0, 1.0, 0.5, 0.0])
    path = nrr_xl.write_report(analysis, tmp_path / "report.xlsx")
    book = openpyxl.load_workbook(path, data_only=True)
    assert any(value == 0.5 for row in book["Cohorts"].iter_rows(values_only=True) for value in row)
