"""The report as a real spreadsheet program sees it: the sample's, and one of 10,000 customers over 36 months."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest

import nrr_xl
from tests.apps import cached, lint, work


@pytest.fixture(scope="module")
def sample_report(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "sample_retention.xlsx"
    nrr_xl.write_report(nrr_xl.analyse(nrr_xl.read(templates / "sample_revenue.xlsx"), months=12), path)
    return path


@pytest.fixture(scope="module")
def wide_sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """10,000 customers x 36 months in columns, with a region; whole cents, churn, returns and gaps."""
    import pandas as pd

    rng = np.random.default_rng(36)
    start, end = rng.integers(-24, 36, 10_000), rng.geometric(0.02, 10_000)
    month = np.arange(36)
    active = (month >= start[:, None]) & (month < (start + end)[:, None])
    active |= (rng.random(10_000) < 0.1)[:, None] & (month > (start + end)[:, None] + 3)
    active[np.arange(10_000), rng.integers(0, 36, 10_000)] = True  # no row without an amount
    growth = 1 + rng.choice([0.0, 0.1, -0.1], (10_000, 36), p=[0.92, 0.05, 0.03]).cumsum(axis=1).clip(-0.8)
    amounts = np.where(active, (rng.lognormal(6, 1, 10_000)[:, None] * growth).round(2), np.nan)
    months = pd.date_range("2022-01-01", periods=36, freq="MS").strftime("%b-%y")
    frame = pd.DataFrame(amounts, columns=months)
    frame.insert(0, "Customer", [f"Customer {number:05d}" for number in range(10_000)])
    frame.insert(1, "Region", rng.choice(["Americas", "EMEA", "APAC"], 10_000))
    path = tmp_path_factory.mktemp("wide") / "wide.xlsx"
    frame.to_excel(path, index=False, sheet_name="Revenue", engine="xlsxwriter")
    return path


def differences_of_checks(path: Path) -> dict[str, float]:
    """The Checks sheet's lines and their differences, as the file caches them."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    rows = [row[:2] for row in book["Checks"].iter_rows(values_only=True)]
    book.close()
    return dict(rows[rows.index(("Check", "Difference")) + 1 :])


def test_the_sample_itself_is_sound(templates, validate):
    assert validate(templates / "sample_revenue.xlsx") == []
    assert lint.findings(templates / "sample_revenue.xlsx") == []


def test_the_sample_report_is_right_everywhere(sample_report, templates, assert_sound):
    after = assert_sound(sample_report)
    assert len(after.cells) > 2000
    assert work.looks(sample_report) <= work.LOOKS * nrr_xl.read(templates / "sample_revenue.xlsx").amounts.size
    checks = differences_of_checks(sample_report)
    assert len(checks) >= 15
    assert {name: difference for name, difference in checks.items() if abs(difference) > 1e-6} == {}


def test_a_report_of_ten_thousand_customers_is_right_everywhere(wide_sheet, tmp_path, assert_sound):
    path = tmp_path / "wide_retention.xlsx"
    analysis = nrr_xl.analyse(nrr_xl.read(wide_sheet), months=12)
    nrr_xl.write_report(analysis, path)
    assert analysis.to_dict()["source"]["rows"] == 10_000
    assert_sound(path)
    assert work.looks(path) <= work.LOOKS * analysis.cube.amounts.size
    differences = differences_of_checks(path).values()
    assert max(map(abs, differences)) <= 0.01  # a cent, on closings of tens of millions


def test_a_wrong_cached_value_in_the_report_would_be_seen(sample_report, office):
    """The comparison is not blind: one amount changed, and its formulas no longer match what the file caches."""
    place = amount_of(sample_report, "Northwall Retail Group Inc.")
    after = office.recalculate(sample_report, [("Customers", place, 0)], formulas_only=True)
    sheets = {line.split("!")[0] for line in cached.differences(sample_report, after.cells)}
    assert {"Summary", "Bridge", "Trend", "Checks"} <= sheets


def amount_of(path: Path, customer: str) -> str:
    """The address of a customer's last amount on the Customers sheet."""
    book = openpyxl.load_workbook(path, read_only=True)
    row = next(row for row in book["Customers"].iter_rows() if row[0].value == customer)
    book.close()
    return [cell for cell in row if isinstance(cell.value, int | float)][-1].coordinate
