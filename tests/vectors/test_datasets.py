"""Published data sets with published answers, through the reader, the analysis, the report and the worksheet functions.

arr_waterfall: github.com/joshyoungjae-fpa/arr-waterfall-starter (subscriptions.csv and its monthly_waterfall.csv).
dbt_mrr: the rule of github.com/dbt-labs/mrr-playbook (models/mrr.sql), restated here and run on our own subscriptions;
its 121 published rows are not at hand.
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


def periods_of_plans() -> list[tuple[int, int, int, float]]:
    """Subscriptions as (customer, first month, first month after, monthly amount), with gaps, rises and falls."""
    found = []
    for number in range(40):
        at, amount = number % 9, 40.0 + 5 * (number % 7)
        for part in range(3):
            length = 2 + (number * 3 + part * 5) % 6
            found.append((number, at, min(at + length, 24), amount))
            at += length + (2 if (number + part) % 4 == 0 else 0)
            amount += (15.0, -10.0, 0.0)[(number + part) % 3]
            if at >= 24:
                break
    return found


def by_the_playbook(periods: list[tuple[int, int, int, float]]) -> dict[tuple[int, str], float]:
    """Each month's change by category: of a customer's months from its first to the one after its last."""
    changes: dict[tuple[int, str], float] = {}
    for customer in {period[0] for period in periods}:
        mine = [period for period in periods if period[0] == customer]
        begin, end = min(period[1] for period in mine), max(period[2] for period in mine)
        previous, first = 0.0, True
        for month in range(begin, min(end + 1, 24)):
            mrr = sum(amount for _, start, stop, amount in mine if start <= month < stop)
            change = mrr - previous
            if mrr > 0 and first:
                category, first = "new", False
            elif not mrr and previous:
                category = "churn"
            elif mrr and not previous:
                category = "reactivation"
            else:
                category = "expansion" if change > 0 else "contraction" if change < 0 else ""
            if category:
                changes[month, category] = changes.get((month, category), 0.0) + abs(change)
            previous = mrr
    return changes


def test_every_month_moves_as_the_playbook_of_dbt_says(tmp_path):
    def day(month: int) -> str:
        return f"{2023 + month // 12}-{month % 12 + 1:02d}-01"

    periods = periods_of_plans()
    rows = [(f"C{who:02d}", day(start), day(stop), amount) for who, start, stop, amount in periods]
    frame = pd.DataFrame(rows, columns=["customer_id", "start_date", "end_date", "monthly_amount"])
    analysis = nrr_xl.analyse(nrr_xl.read(frame, today="2024-12-31"), as_of="2024-12")
    path = nrr_xl.write_report(analysis, tmp_path / "report.xlsx")
    shown = [
        v for row in openpyxl.load_workbook(path, data_only=True)["Bridge"].iter_rows(values_only=True) for v in row
    ]
    changes = by_the_playbook(periods)
    lines = ("new", "reactivation", "expansion", "contraction", "churn")
    told = analysis.tables.bridges["month"].records()
    assert len(told) == 23 and {line for _, line in changes} == set(lines)
    for month, row in enumerate(told, 1):
        expected = {line: changes.get((month, line), 0.0) for line in lines}
        assert {line: row[line] for line in lines} == pytest.approx(expected), row["period"]
        for line, amount in expected.items():
            assert not amount or amount in shown or -amount in shown, (row["period"], line)
