"""The templates in LibreOffice: the same numbers as Python, whatever is pasted in, and none beyond their capacity."""

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

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
CUSTOMERS = 48
PASSED = texts()["checks"]["passed"]
NO_ROWS = texts()["checks"]["broken"].format(what=texts()["template_check_messages"]["rows"])
LINES = ("opening", "new", "reactivation", "expansion", "contraction", "churn", "closing")
LOSSES = ("contraction", "churn")
TILES = {"A9": "nrr", "C9": "grr", "E9": "logo_retention", "G9": "quick_ratio"}
BRIDGE_ROW = 34  # of the Summary's table, whose amounts stand in column D
FIRST = month_number(2022, 1)
ALL_ROWS = re.compile(r"\bRow(?:Status|CustomerKeys|Months|Amounts|Customers|Keys|Totals)\b")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "template.xlsx"
    write_template(path, example=True, customers=CUSTOMERS)
    return path


def serial(year: int, month: int) -> float:
    return float((dt.date(year, month, 1) - dt.date(1899, 12, 30)).days)


def status(after) -> str:
    return after.value("Summary", "A4")


def amount(after, line: str) -> float | str:
    """A line of the window, as the Summary's table has it."""
    return after.value("Summary", f"D{BRIDGE_ROW + LINES.index(line)}")


def setting(after, name: str):
    """What a line of the Settings sheet says."""
    texts_of = texts()["template_results"] | texts()["template_amounts"]
    (row,) = (
        cell for (sheet, cell), held in after.cells.items() if sheet == "Settings" and held.value == texts_of[name]
    )
    return after.value("Settings", row.replace("B", "C"))


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


def test_rows_pasted_over_the_beginning_of_the_example_are_told(template, office):
    """What is left of the example below them would count as customers of theirs."""
    pasted = [("Revenue", f"A{row}", f"Customer {row % 30}") for row in range(7, 397)]
    after = office.recalculate(template, pasted)
    (row,) = (cell for (sheet, cell), held in after.cells.items() if held.value == "No row of the example among others")
    assert after.value("Settings", row.replace("B", "D")) == 1
    refused(after, "Rows of the example are still among yours")


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
    trend = {after.value("Trend", f"A{row}"): row for row in range(23, 71)}
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
    assert after.value("Summary", "A1").startswith("Acme & Söhne · ")
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


@pytest.fixture(scope="module")
def single(template, tmp_path_factory):
    """The template with one row in it, the 7th of the Revenue sheet."""
    path = tmp_path_factory.mktemp("single") / "single.xlsx"
    fill(template, RevenueCube(("Alder",), Periods(FIRST, 1), np.ones((1, 1))), path)
    return path


def told(after) -> str:
    """The line at the top, which is not green where the numbers stand beside a notice."""
    assert status(after) == after.value("Revenue", "A4") == after.value("Read me", "B3")
    assert status(after).startswith("△") and amount(after, "closing") > 0
    return status(after)


HAZARDS = {
    "repeated": "1 row repeats a customer and month",
    "a date to come": "1 customer at the closing, after a month without any",
    "an unfinished month": "1 customer at the closing, far fewer than before",
    "the year to come": "rows are of months that are yet to come",
    "a total row": "called like a total",
    "a total of a region": "called like a total",
    "as much as all others": "as much as all others",
}


def hazard_rows(single, office, name):
    """Three customers over seven months, with one thing wrong in the last."""
    year = [serial(2023, 12), *(serial(2024, month) for month in range(7, 13))]
    rows = [
        (who, month, amount) for month in year for who, amount in (("Alder", 10.0), ("Birch", 20.0), ("Cedar", 40.0))
    ]
    if name == "repeated":
        rows.append(("alder", year[-1], 10.0))
    elif name == "a date to come":
        rows[-1] = ("Cedar", serial(2031, 12), 40.0)
    elif name == "an unfinished month":
        del rows[-2:]
    elif name == "the year to come":
        ahead = dt.date.today().year + 1
        rows = [
            (who, serial(ahead - (month == year[0]), 12 if month == year[0] else 6 + at), amount)
            for at, month in enumerate(year)
            for who, amount in (("Alder", 10.0), ("Birch", 20.0))
        ]
    elif name == "a total of a region":
        rows[-1] = ("EMEA Total", year[-1], 40.0)
    elif name == "a total row":
        rows[-1] = ("TOTAL", year[-1], 40.0)
    elif name == "as much as all others":
        rows[-1] = ("Everything", year[-1], 30.0)
    return office.recalculate(single, rows_of(*rows), formulas_only=True)


@pytest.mark.parametrize("name", HAZARDS)
def test_what_may_be_wrong_is_told_and_never_green(name, single, office):
    assert HAZARDS[name] in told(hazard_rows(single, office, name))


def test_without_a_hazard_all_checks_pass(single, office):
    assert status(hazard_rows(single, office, "none")) == PASSED


def rows_of(*rows):
    """Changes that write rows (customer, month, amount) into the Revenue sheet."""
    return [
        ("Revenue", f"{letter}{number}", value)
        for number, row in enumerate(rows, 7)
        for letter, value in zip("ABC", row, strict=True)
    ]


NO_FIGURE = ("#N/A", "#VALUE!", "–")
# What counts rows, columns or limits, and stands on no amount.
COUNTED = re.compile(r"\bROWS\(|\bCOLUMNS\(|^=?1$|^=?0$|WindowMonths|FirstNumber")


def refused(after, says: str) -> None:
    """No figure stands anywhere in the report, and every sheet says what is wrong."""
    assert says in status(after) and status(after).startswith("✗")
    assert says in after.value("Read me", "B3")
    for cell in (*TILES, "I9", "K9", *(f"D{BRIDGE_ROW + place}" for place in range(len(LINES)))):
        assert after.value("Summary", cell) in NO_FIGURE, cell
    for (sheet, address), cell in after.cells.items():
        shown = cell.formula and not cell.error and isinstance(cell.value, float) and cell.value
        if shown and sheet in ("Bridge", "Trend", "Segments"):
            assert COUNTED.search(cell.formula), (sheet, address, cell.formula, cell.value)


def test_no_rows(single, office):
    refused(office.recalculate(single, rows_of((None, None, None))), "Paste rows into the Revenue sheet")


def test_one_row_reaches_no_window(single, office):
    refused(office.recalculate(single), "The window opens before the first month")


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
    refused(office.recalculate(out, row, formulas_only=True), "Too many rows: this template holds 1728")


def test_one_customer_over(template, office, tmp_path):
    fill(template, churning(1), tmp_path / "out.xlsx")
    more = [("Revenue", "A7", "A 49th customer")]
    changed = office.recalculate(tmp_path / "out.xlsx", more, formulas_only=True)
    refused(changed, "Too many customers: this template holds 48")


@pytest.mark.parametrize(
    ("cell", "value"),
    [("A9", "  "), ("B9", "2022-01"), ("B9", 202201.0), ("C9", "n/a"), ("C9", "=1/0")],
)
def test_a_row_that_cannot_be_used_is_named(cell, value, template, office):
    refused(office.recalculate(template, [("Revenue", cell, value)], formulas_only=True), "Row 9 of the Revenue sheet")


def test_repeated_rows_are_summed_and_credits_netted(single, office):
    """Customer and month twice, in other spelling, cancelling out, and below zero."""
    december, year_before = serial(2024, 12), serial(2023, 12)
    changes = rows_of(
        ("Alder", year_before, 0.1),
        ("alder ", year_before, 0.2),
        ("Alder", december, 0.4),
        ("Birch", year_before, 100.0),
        ("Birch", december, 0.3),
        ("Birch", december, -0.1),
        ("Birch", december, -0.2),
        ("Cedar", year_before, 50.0),
        ("Cedar", december, 20.0),
        ("Cedar", december, -30.0),
    )
    after = office.recalculate(single, changes)
    assert "repeat a customer and month" in told(after)
    assert amount(after, "opening") == pytest.approx(150.3)
    assert amount(after, "expansion") == pytest.approx(0.1)
    assert amount(after, "churn") == pytest.approx(-150.0)
    assert after.value("Summary", "E9") == pytest.approx(1 / 3), "Birch nets to exactly nothing and is no customer"
    assert setting(after, "AmountsNegative") == pytest.approx(-10)


def test_the_closing_month_and_the_window_can_be_chosen(template, office):
    cube = Values(tuple(example_rows()), CUSTOMERS).analysis.cube
    expected = analyse(cube, months=6, as_of="2024-06")
    changes = [("Settings", "C9", serial(2024, 6) + 13), ("Settings", "C10", 6)]
    after = office.recalculate(template, changes, formulas_only=True)
    assert status(after) == PASSED
    assert after.value("Summary", "A9") == pytest.approx(expected.rates["nrr"])
    assert amount(after, "reactivation") == pytest.approx(expected.bridge["reactivation"])
    assert after.value("Summary", "B6") == "Jun 2024"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ([("Settings", "C10", 37)], "Set the window"),
        ([("Settings", "C10", "twelve")], "Set the window"),
        ([("Settings", "C9", serial(2025, 6))], "Set the closing month"),
        ([("Settings", "C9", "Dec 2024")], "Set the closing month"),
    ],
)
def test_impossible_settings_show_no_numbers(changes, says, template, office):
    refused(office.recalculate(template, changes, formulas_only=True), says)


def test_customers_from_before_the_cube_are_not_new(single, office):
    """A row of 2020 makes the return in 2024 a reactivation, though the Cube begins in 2022."""
    changes = rows_of(
        ("Alder", serial(2023, 12), 100.0),
        ("Alder", serial(2024, 11), 100.0),
        ("Alder", serial(2024, 12), 100.0),
        ("Zenith", serial(2020, 5), 70.0),
        ("Zenith", serial(2024, 12), 90.0),
    )
    after = office.recalculate(single, changes)
    assert "after a month without any" not in status(after)
    assert [amount(after, line) for line in ("opening", "new", "reactivation")] == [100, 0, 90]
    assert setting(after, "AmountsEarlier") == 70
