"""The sample is what its script makes, and holds the cases that the report is to find."""

from __future__ import annotations

import runpy
import zipfile
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

REGIONS = {"North America", "EMEA", "APAC", "LATAM"}


@pytest.fixture(scope="module")
def script(root) -> dict:
    return runpy.run_path(str(root / "scripts" / "make_sample.py"))


@pytest.fixture(scope="module")
def rows(templates) -> list[tuple]:
    """The rows as a reader of the file sees them: customer, region, plan, month (from 0), amount."""
    book = openpyxl.load_workbook(templates / "sample_revenue.xlsx", read_only=True)
    header, *rows = book["Revenue"].iter_rows(values_only=True)
    book.close()
    assert header == ("Customer", "Region", "Plan", "Month", "MRR")
    return [(*row[:3], (row[3].year - 2022) * 12 + row[3].month - 1, row[4]) for row in rows]


@pytest.fixture(scope="module")
def amounts(rows) -> dict[str, dict[int, float]]:
    """customer -> month -> amount."""
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for customer, _, _, month, amount in rows:
        assert month not in found[customer], f"{customer} has month {month} twice"
        found[customer][month] = amount
    return found


def window(amounts, opening: int, closing: int, among=None) -> tuple[float, float, float]:
    """NRR, GRR and churn rate of the customers of the opening month, written out."""
    present = [a for customer, a in amounts.items() if opening in a and (among is None or customer in among)]
    start = sum(a[opening] for a in present)
    end = sum(a.get(closing, 0) for a in present)
    kept = sum(min(a[opening], a.get(closing, 0)) for a in present)
    churned = sum(a[opening] for a in present if closing not in a)
    return end / start, kept / start, churned / start


def parts(path: Path) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as package:
        return [(name, package.read(name)) for name in package.namelist()]


def test_rebuilding_gives_the_committed_file(script, templates, tmp_path):
    one, two = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    script["write"](one)
    script["write"](two)
    assert one.read_bytes() == two.read_bytes()
    # Against the committed file part by part: another zlib may pack the same parts into other bytes.
    assert parts(one) == parts(templates / "sample_revenue.xlsx")


def test_the_size_is_as_announced(rows, amounts):
    assert 140 <= len(amounts) <= 160
    assert {month for *_, month, _ in rows} == set(range(36))
    assert {region for _, region, *_ in rows} == REGIONS
    assert {plan for _, _, plan, *_ in rows} == {"Starter", "Growth", "Business", "Enterprise"}
    assert all(amount > 0 and round(amount, 2) == amount for *_, amount in rows)


def test_the_last_year_is_worth_a_discussion(amounts):
    nrr, grr, _ = window(amounts, 23, 35)
    before, _, _ = window(amounts, 11, 23)
    assert 1.04 <= nrr <= 1.08 < before
    assert 0.88 <= grr <= 0.90


def test_emea_churn_doubles_in_the_last_year(rows, amounts):
    emea = {customer for customer, region, *_ in rows if region == "EMEA"}
    _, _, now = window(amounts, 23, 35, emea)
    _, _, before = window(amounts, 11, 23, emea)
    assert 1.9 <= now / before <= 2.2


def test_one_customer_is_over_a_tenth(amounts):
    closing = sorted((a.get(35, 0) for a in amounts.values()), reverse=True)
    assert 0.10 <= closing[0] / sum(closing) <= 0.12
    assert closing[0] > 1.3 * closing[1]


def test_gaps_of_one_month_and_returns_after_longer_ones(amounts):
    gaps = {}
    for customer, a in amounts.items():
        missing = [month for month in range(min(a), max(a)) if month not in a]
        if missing:
            gaps[customer] = missing
    lengths = sorted(len(missing) for missing in gaps.values())
    assert lengths == [1, 5, 8, 13]
    assert gaps["Hearthside Insurance LLC"] == [28]


def test_a_merger_looks_like_a_churn_and_a_new_customer(amounts):
    old, new = amounts["Halden Robotics GmbH"], amounts["Halden Robotics (Vantor Group)"]
    assert max(old) + 1 == min(new)
    assert old[max(old)] == new[min(new)]


def test_customers_change_plans_both_ways_and_prices_rise(rows):
    plans = ("Starter", "Growth", "Business", "Enterprise")
    steps, rises = set(), 0
    last: dict[str, tuple] = {}
    for customer, _, plan, month, amount in rows:
        if customer in last:
            was_plan, was_amount = last[customer]
            steps.add(plans.index(plan) - plans.index(was_plan))
            rises += month % 12 == 0 and plan == was_plan and 1.02 < amount / was_amount < 1.04
        last[customer] = (plan, amount)
    assert {-1, 0, 1} <= steps
    assert rises > 50


def test_the_sheet_is_a_formatted_table(templates):
    book = openpyxl.load_workbook(templates / "sample_revenue.xlsx")
    assert book.sheetnames == ["Revenue", "Read me"]
    sheet = book["Revenue"]
    table = sheet.tables["Revenue"]
    assert table.ref == sheet.dimensions
    assert sheet.freeze_panes == "A2"
    assert (sheet["D2"].number_format, sheet["E2"].number_format) == ("mmm-yy", "#,##0.00")
    assert sheet["D2"].value in (date(2022, 1, 1), datetime(2022, 1, 1))
    assert book["Read me"].max_row == 6
