"""Live, or marked: every window and edit gives Python's figures, or the status line is not green."""

from __future__ import annotations

import re
from dataclasses import replace

import openpyxl
import pytest
from openpyxl.utils import column_index_from_string

import nrr_xl
from nrr_xl.revenue.cube.rows import Account
from nrr_xl.workbook.report import write_report
from nrr_xl.workbook.sheets.customer_columns import FIRST_ROW
from nrr_xl.workbook.sheets.customers import CustomersPlace
from tests.apps import cached
from tests.apps.cell import letters
from tests.workbook import cubes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
PASSED, AMBER, RED = "✓", "△", "✗"
FOLLOWING = ("Summary", "Bridge", "Trend", "Cohorts", "Movers", "Benchmarks", "Customers")
METHODS = 10
WINDOWS = ((15, 6), (15, 1), (12, 12), (9, 3))
# What gives way to a note once anything was changed.
AS_WRITTEN = re.compile(r'IF\(\$?Checks[.!]\$B\$8=1[;,]"')
ALL_MONTHS = (1, 3, 6, 12, 24)
# What stands before the amounts of 16 customers with two segments.
BEFORE_AMOUNTS = CustomersPlace("Customers", 16, ("Region", "Plan"), 16).first_period


@pytest.fixture(scope="module")
def cube():
    return cubes.ordinary(16, 16)


@pytest.fixture(scope="module")
def path(cube, tmp_path_factory):
    return write_report(nrr_xl.analyse(cube), tmp_path_factory.mktemp("live") / "report.xlsx")


def amount(customer: int, period: int) -> str:
    """The cell of an amount on Customers."""
    return f"{letters(BEFORE_AMOUNTS + period + 1)}{FIRST_ROW + customer + 1}"


def status(after) -> str:
    return after.value("Summary", "A4")


def figures(cells, path) -> dict:
    """What follows the window: by its place; on Segments by its value and line; on Methods the methods themselves."""
    found, heads = {}, openpyxl.load_workbook(path)["Segments"]
    segment: dict[int, str] = {}
    # Workings stand beside the points: places of values in the order of this report, which another one has not.
    points = next(cell.column for row in heads["A6:Z30"] for cell in row if cell.value == "Points of NRR")
    for row in range(6, heads.max_row + 1):
        # A segment's table begins with its name beside the first line's.
        name = heads.cell(row, 1).value if heads.cell(row, 2).value == "Opening" else segment.get(row - 1)
        if name is not None and heads.cell(row, 1).value is not None:
            segment[row] = name
    for (sheet, address), cell in cells.items():
        column, row = re.fullmatch(r"([A-Z]+)(\d+)", address).groups()
        if row == "4" or not cell.formula or AS_WRITTEN.match(cell.formula):
            continue
        if sheet == "Segments" and int(row) in segment and column_index_from_string(column) <= points:
            found[segment[int(row)], heads[f"A{row}"].value, column] = cell
        if sheet in FOLLOWING or (sheet == "Methods" and 7 <= int(row) < 7 + METHODS and column in "BCD"):
            found[sheet, address] = cell
    return found


def differing(cube, path, close: int, months: int, office, tmp_path) -> tuple[list[str], str]:
    """What a report shows for another window than a report written for that window."""
    labels, keys = cube.periods.labels, cube.periods.keys
    freq = "quarter" if len(keys) > 18 else None  # as the report's own cohorts
    analysis = nrr_xl.analyse(cube, months=months, as_of=keys[close], cohort_freq=freq)
    wanted = write_report(analysis, tmp_path / "wanted.xlsx", overwrite=True)
    window = [("Summary", "B6", labels[close]), ("Summary", "E6", float(months))]
    after = office.recalculate(path, window, formulas_only=True)
    shown, expected = figures(after.cells, path), figures(cached.formula_cells(wanted), wanted)
    assert len(expected) > 500
    wrong = [
        f"{at}: {cell} {shown.get(at)}"
        for at, cell in expected.items()
        if at not in shown or not cached.same(cell, shown[at], 1e-9)
    ]
    return wrong, status(after)


@pytest.mark.parametrize(("close", "months"), WINDOWS)
def test_every_figure_follows_the_window(close, months, cube, path, office, tmp_path):
    found, line = differing(cube, path, close, months, office, tmp_path)
    assert found == []
    # The window of the report itself apart, some parts are those of the report.
    assert line[0] == (PASSED if (close, months) == (15, 12) else AMBER)


@pytest.mark.slow
@pytest.mark.parametrize("months", ALL_MONTHS)
def test_all_windows_of_the_sample_are_pythons(months, templates, office, tmp_path):
    cube = nrr_xl.read(templates / "sample_revenue.xlsx")
    path = write_report(nrr_xl.analyse(cube), tmp_path / "report.xlsx")
    last = len(cube.periods) - 1
    assert sum(last + 1 - each for each in ALL_MONTHS) == 134
    found = {}
    for close in range(months, last + 1):
        wrong, line = differing(cube, path, close, months, office, tmp_path)
        if wrong or line[0] not in (PASSED, AMBER):
            found[close] = (line, len(wrong), wrong[:5])
    assert found == {}


EDITS = {
    "an amount below zero": [("Customers", amount(9, 7), -5.0)],
    "a text for an amount": [("Customers", amount(9, 7), "12")],
    "an error for an amount": [("Customers", amount(9, 7), "=1/0")],
    "a name typed twice": [("Customers", f"A{FIRST_ROW + 10}", "customer 00000 ")],
    "a name taken out": [("Customers", f"A{FIRST_ROW + 10}", None)],
    "an unknown value of a segment": [("Customers", f"B{FIRST_ROW + 10}", "Nowhere")],
    "a customer below the table": [("Customers", f"A{FIRST_ROW + 17}", "New"), ("Customers", amount(16, 15), 9.0)],
    "a month to the right": [("Customers", amount(9, 16), 9.0)],
    "a header typed over": [("Customers", amount(-1, 3), "Jul 2030")],
    "a period that is none": [("Summary", "B6", "hello")],
    "a window of nothing": [("Summary", "E6", 0.0)],
    "a window of text": [("Summary", "E6", "abc")],
    "a window of half a month": [("Summary", "E6", 1.5)],
    "a window beyond the rows": [("Summary", "E6", 60.0)],
    **{
        f"{sheet}!{address} typed over": [(sheet, address, 12345.0)]
        for sheet, address in (
            ("Summary", "A9"),
            ("Summary", "O20"),
            ("Bridge", "D10"),
            ("Bridge", "D7"),
            ("Trend", "D37"),
            ("Trend", "N37"),
            ("Cohorts", "F25"),
            ("Segments", "B7"),
            ("Segments", "L7"),
            ("Methods", "B7"),
            ("Methods", "D8"),
            ("Methods", "B31"),
            ("Movers", "B7"),
            ("Movers", "D16"),
            ("Benchmarks", "C8"),
            ("Data quality", "C8"),
            ("Data quality", "B7"),
            ("Checks", "B15"),
            ("Customers", f"E{FIRST_ROW + 3}"),
            ("Customers", amount(-5, 0)),
        )
    },
}


@pytest.mark.parametrize("name", EDITS)
def test_what_breaks_a_figure_is_red(name, path, office):
    after = office.recalculate(path, EDITS[name], formulas_only=True)
    assert status(after)[0] == RED
    assert after.value("Checks", "B6") > 0 and after.value("Trend", "A4") == status(after)


@pytest.mark.parametrize("text", ["2023-01", 44941.0, "Jan 2023"])
def test_the_closing_is_taken_as_a_name_a_month_or_a_date(text, path, office):
    after = office.recalculate(path, [("Summary", "B6", text), ("Summary", "E6", 6.0)], formulas_only=True)
    assert after.value("Summary", "A3").endswith("6 months, Jul 2022 to Jan 2023")
    assert status(after)[0] == AMBER


def test_changed_amounts_give_pythons_figures_under_amber(cube, path, office, tmp_path):
    amounts = cube.amounts.copy()
    amounts[3, 15], amounts[5, 3] = 0.0, 777.0
    changed = replace(cube, amounts=amounts, account=Account())
    huge = office.recalculate(path, [("Customers", amount(9, 15), 1e15)], formulas_only=True)
    assert status(huge)[0] != PASSED
    edits = [("Customers", amount(3, 15), 0.0), ("Customers", amount(5, 3), 777.0)]
    after = office.recalculate(path, edits, formulas_only=True)
    wanted = write_report(nrr_xl.analyse(changed), tmp_path / "wanted.xlsx")
    shown, expected = figures(after.cells, path), figures(cached.formula_cells(wanted), wanted)
    assert [place for place in expected if not cached.same(expected[place], shown[place], 1e-9)] == []
    assert status(after)[0] == AMBER and "Methods" in status(after)


def test_percentages_that_are_constants_stand_only_in_parts_as_written(path):
    book = openpyxl.load_workbook(path)
    for sheet in ("Summary", "Bridge", "Trend", "Cohorts", "Customers", "Movers"):
        typed = [
            cell.coordinate
            for row in book[sheet].iter_rows()
            for cell in row
            if cell.data_type == "n" and cell.value is not None and "%" in cell.number_format
        ]
        inputs = [cell for cell in typed if book[sheet][cell].font.color.rgb == "FF0000FF"]
        # The line at 100 % of a chart is one by definition.
        drawn = [cell for cell in typed if book[sheet][cell].value == 1]
        assert set(typed) <= {*inputs, *drawn}, sheet
