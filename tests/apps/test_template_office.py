"""The templates in LibreOffice: the same numbers as Python, and none beyond their capacity."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter

import numpy as np
import pytest
from openpyxl import load_workbook

import nrr_xl
from nrr_xl.periods import Periods, month_number
from nrr_xl.retention.analysis import analyse
from nrr_xl.revenue.cube.build import RevenueCube, Segment
from nrr_xl.workbook.fill import fill
from nrr_xl.workbook.template.build import write_template
from nrr_xl.workbook.template.example import example_rows
from nrr_xl.workbook.template.layout import Layout
from nrr_xl.workbook.template.values import Values
from nrr_xl.workbook.texts import texts
from tests.apps import lint
from tests.apps.template import (
    CUSTOMERS,
    FIRST,
    LINES,
    LOSSES,
    NO_FIGURE,
    PASSED,
    TILES,
    amount,
    recalculated,
    refused,
    serial,
    status,
)

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

NO_ROWS = texts()["checks"]["broken"].format(what=texts()["template_check_messages"]["rows"])

ALL_ROWS = re.compile(r"\bRow(?:Status|CustomerKeys|Months|Amounts|Customers|Keys|Totals)\b")


def test_the_template_is_sound(tmp_path, assert_sound):
    write_template(tmp_path / "example.xlsx", example=True)
    after = assert_sound(tmp_path / "example.xlsx")
    assert status(after) == PASSED
    assert len(after.cells) > 100_000
    # What makes it slow is counted, not timed: how often a formula names all rows, where each one may be looked at.
    # The same file took 1 to 28 seconds on one machine, by what else it did.
    looks = Counter()
    for (sheet, _), cell in after.cells.items():
        looks[sheet] += len(ALL_ROWS.findall(cell.formula))
    layout = Layout()
    assert 0 < looks.pop("Rows") <= 4 * layout.rows + 6 * layout.customers + 10
    assert 0 < looks.pop("Customers") <= 2 * 48 * layout.customers
    assert 0 < looks.total() <= 30


def test_an_empty_template_says_what_to_do(office, validate, tmp_path):
    path = tmp_path / "empty.xlsx"
    write_template(path, customers=CUSTOMERS)
    assert lint.findings(path) == [] and validate(path) == []
    after = office.recalculate(path, formulas_only=True)
    assert status(after) == NO_ROWS and after.value("Summary", "A9") in NO_FIGURE


@pytest.mark.parametrize("kind", ["xltx", "xlsm"])
def test_its_other_forms_are_valid(kind, validate, tmp_path):
    """Built small: the committed ones hold the same parts as the .xlsx above, which tests/templates compares."""
    path = tmp_path / f"template.{kind}"
    write_template(path, example=True, customers=CUSTOMERS)
    assert lint.findings(path) == []
    assert validate(path) == []


def compare(after, cube: RevenueCube) -> None:
    """The figures of the Summary, the Trend and the Bridge against the analysis of the cube."""
    analysis = analyse(cube, segments=tuple(cube.segments))
    for line in LINES:
        expected = analysis.bridge[line] * (-1 if line in LOSSES else 1)
        assert amount(after, line) == pytest.approx(expected, abs=1e-6), line
    for cell, rate in TILES.items():
        expected = analysis.rates[rate]
        assert after.value("Summary", cell) == ("–" if np.isnan(expected) else pytest.approx(expected)), rate
    trend = {after.value("Trend", f"A{row}"): row for row in range(20, 68)}
    for record in analysis.trend.to_dict("records"):
        row = trend[dt.date.fromisoformat(record["period"] + "-01").strftime("%b %Y")]
        for name, letter in (("nrr", "N"), ("grr", "O"), ("logo_retention", "P")):
            shown = after.value("Trend", f"{letter}{row}")
            assert shown == ("–" if np.isnan(record[name]) else pytest.approx(record[name])), (name, record["period"])


def churning(seed: int, months: int = 36, customers: int = CUSTOMERS) -> RevenueCube:
    """Customers that come, grow, shrink, leave and return, two with awkward names, whole cents throughout."""
    chance = np.random.default_rng(seed)
    amounts = np.round(chance.uniform(10, 900, (customers, months)), 2)
    amounts[chance.random((customers, months)) < 0.3] = 0
    amounts[0, :] = 0
    amounts[0, -1] = 5
    names = ["1", "01", "<5", "a*", "a?", "a~b", "A B", *(f"Customer {n}" for n in range(customers - 7))]
    codes = np.where(amounts > 0, chance.integers(0, 15, (customers, months)), -1)
    segment = Segment("Region", tuple(f"Region {n}*" for n in range(15)), codes)
    return RevenueCube(tuple(names), Periods(FIRST, months), amounts, {"Region": segment})


@pytest.mark.parametrize("seed", [1, 2])
def test_awkward_rows_give_pythons_numbers(seed, template, office, tmp_path, assert_sound):
    """Each formula's value after filling, without any recalculation, is the one that LibreOffice finds."""
    cube = churning(seed)
    out = tmp_path / "out.xlsx"
    fill(template, cube, out, company="Acme & Söhne")
    after = assert_sound(out)
    assert status(after) == PASSED
    assert after.value("Summary", "A2").startswith("Acme & Söhne · ")
    compare(after, cube)
    by_name = {line["value"]: line for line in analyse(cube, segments=("Region",)).to_dict()["segments"]["Region"]}
    for row in range(7, 19):
        line = by_name[after.value("Segments", f"A{row}")]
        for letter, name in {"B": "opening", "H": "closing"}.items():
            assert after.value("Segments", f"{letter}{row}") == pytest.approx(line[name], abs=1e-6)
    for letter in "BCDEFGHIJK":
        column = [after.value("Segments", f"{letter}{row}") for row in range(7, 20)]
        assert sum(column) == pytest.approx(after.value("Segments", f"{letter}20"), abs=1e-6)


@pytest.mark.parametrize(("months", "begins", "window"), [(20, 5, 12), (9, 11, 3), (30, 2, 12)])
def test_few_months_give_pythons_numbers(months, begins, window, template, office, tmp_path, assert_sound):
    """Whatever month the rows begin with; what lies outside them is a dash."""
    cube = churning(3)
    cube = RevenueCube(
        cube.customers, Periods(month_number(2021, begins), months), cube.amounts[:, :months], unit="MRR"
    )
    source, out = tmp_path / "window.xlsx", tmp_path / "out.xlsx"
    book = load_workbook(template)
    book["Settings"]["C10"] = window
    book.save(source)
    fill(source, cube, out)
    after = office.recalculate(out, formulas_only=True)
    assert status(after) == PASSED
    values = load_workbook(out, data_only=True)
    for (sheet, address), cell in after.cells.items():
        held = values[sheet][address].value
        shown = cell.error or cell.value
        if not isinstance(held, dt.datetime):
            assert held in (shown, None) or held == pytest.approx(shown, rel=1e-9), (sheet, address)
    assert after.value("Summary", "A9") == pytest.approx(analyse(cube, months=window).rates["nrr"])


def test_the_sample_gives_pythons_numbers(templates, office, tmp_path):
    """In a template for just as many customers: LibreOffice's time grows with the square of its size."""
    cube = nrr_xl.read(templates / "sample_revenue.xlsx")
    template, out = tmp_path / "template.xlsx", tmp_path / "out.xlsx"
    write_template(template, example=True, customers=len(cube.customers))
    fill(template, cube, out)
    after = office.recalculate(out, formulas_only=True)
    assert status(after) == PASSED
    compare(after, cube)


def test_full_capacity_and_one_row_over(template, office, tmp_path):
    cube = RevenueCube(
        tuple(f"Customer {n}" for n in range(CUSTOMERS)), Periods(FIRST, 36), np.full((CUSTOMERS, 36), 100.0)
    )
    out = tmp_path / "full.xlsx"
    assert fill(template, cube, out) == CUSTOMERS * 36
    compare(office.recalculate(out, formulas_only=True), cube)
    over = 7 + CUSTOMERS * 36
    row = [
        ("Revenue", f"A{over}", "Customer 1"),
        ("Revenue", f"B{over}", serial(2024, 12)),
        ("Revenue", f"C{over}", 1.0),
    ]
    refused(recalculated(office, out, row, formulas_only=True), "Too many rows: this template holds 1728")


def test_one_customer_over(template, office, tmp_path):
    fill(template, churning(1), tmp_path / "out.xlsx")
    more = [("Revenue", "A7", "A 49th customer")]
    changed = recalculated(office, tmp_path / "out.xlsx", more, formulas_only=True)
    refused(changed, "Too many customers: this template holds 48")


def test_the_closing_month_and_the_window_can_be_chosen(template, office):
    cube = Values(tuple(example_rows()), CUSTOMERS).analysis.cube
    expected = analyse(cube, months=6, as_of="2024-06")
    changes = [("Settings", "C9", serial(2024, 6) + 13), ("Settings", "C10", 6)]
    after = office.recalculate(template, changes, formulas_only=True)
    assert status(after) == PASSED
    assert after.value("Summary", "A9") == pytest.approx(expected.rates["nrr"])
    assert amount(after, "reactivation") == pytest.approx(expected.bridge["reactivation"])
    assert after.value("Summary", "B6") == "Jun 2024"
