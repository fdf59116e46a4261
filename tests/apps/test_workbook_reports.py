"""Awkward, large and changed reports in LibreOffice: every formula equals Python's value, before and after a change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import openpyxl
import pytest

import nrr_xl
from nrr_xl.metrics import METRICS
from nrr_xl.workbook import live
from nrr_xl.workbook.lambdas import lambda_names
from nrr_xl.workbook.report import write_report
from nrr_xl.workbook.sheets.customer_columns import FIRST_ROW
from nrr_xl.workbook.sheets.customers import CustomersPlace
from tests.apps import cached, lint, work
from tests.workbook import cubes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
# What the charts of the Trend leave out.
UNDEFINED_ONLY = {"#N/A"}
# The status line of every sheet: a changed report says that it is.
STATUS = "A4"


def find(path, sheet, text, below=0):
    """The address of the first cell with a text, at or below a row."""
    book = openpyxl.load_workbook(path, read_only=True)
    for row in book[sheet].iter_rows():
        for cell in row:
            if cell.value == text and cell.row > below:
                book.close()
                return cell.coordinate
    raise AssertionError(f"{text} is not on {sheet}")


def column_of(cube, period):
    """The letter of a period's column on the Customers sheet."""
    at = CustomersPlace("Customers", len(cube.customers), tuple(cube.segments), len(cube.periods))
    return openpyxl.utils.get_column_letter(1 + at.first_period + range(len(cube.periods))[period])


def sound(path, office, validate):
    """As the shared check, but undefined rates may show #DIV/0!."""
    assert lint.findings(path) == []
    assert validate(path) == []
    after = office.recalculate(path, formulas_only=True)
    assert {cell.error for cell in after.cells.values() if cell.error} <= UNDEFINED_ONLY
    # LibreOffice takes a cell that holds an error as its value for a formula.
    formulas = {place: cell for place, cell in after.cells.items() if "#DIV/0!" not in (cell.formula or "")}
    assert cached.differences(path, formulas) == []
    assert after.value("Checks", "B6") == 0
    return after


@pytest.mark.parametrize("name", cubes.awkward())
def test_awkward_reports_recalculate_to_their_cached_values(name, tmp_path, office, validate):
    cube, months = cubes.awkward()[name]
    analysis = nrr_xl.analyse(cube, months=months, segments=tuple(cube.segments))
    sound(write_report(analysis, tmp_path / "report.xlsx"), office, validate)


def test_a_large_report_recalculates_to_its_cached_values(tmp_path, office):
    cube = cubes.ordinary(20_000, 48)
    analysis = nrr_xl.analyse(cube)
    layers, _ = live.layers(analysis, values=False)
    assert layers["customers"] and not layers["bridge"]
    path = write_report(analysis, tmp_path / "large.xlsx")
    after = office.recalculate(path, formulas_only=True)
    assert after.faults == []
    assert cached.differences(path, after.cells) == []
    assert after.value("Checks", "B6") == 0
    assert len(after.cells) > 100_000
    assert work.looks(path) <= work.LOOKS * cube.amounts.size


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    cube = cubes.ordinary()
    return cube, write_report(nrr_xl.analyse(cube), tmp_path_factory.mktemp("live") / "report.xlsx")


def same_figures(after, fresh, sheets=("Summary", "Bridge", "Trend", "Cohorts", "Segments", "Movers", "Customers")):
    """Where a recalculated workbook differs from the freshly written one of the changed input, but for its status."""
    wanted = fresh.cells
    wrong = []
    for (sheet, address), cell in after.cells.items():
        if sheet in sheets and cell.formula and address != STATUS:
            other = wanted.get((sheet, address))
            close = (
                other is not None
                and isinstance(cell.value, float)
                and isinstance(other.value, float)
                and np.isclose(cell.value, other.value, rtol=1e-9, atol=1e-7)
            )
            if not close and (other is None or (cell.value, cell.error) != (other.value, other.error)):
                wrong.append((sheet, address, cell, other))
    return wrong


def test_a_changed_amount_moves_every_sheet_to_what_python_gives(report, tmp_path, office):
    cube, path = report
    customer = int(np.argmax(cube.amounts[:, -1] * (cube.amounts[:, -13] > 0)))
    row = find(path, "Customers", cube.customers[customer])
    place = column_of(cube, -1) + row.lstrip("A")
    amounts = cube.amounts.copy()
    amounts[customer, -1] = 0.0
    changed = replace(cube, amounts=amounts)
    fresh = write_report(nrr_xl.analyse(changed), tmp_path / "fresh.xlsx")
    before = office.recalculate(path, formulas_only=True)
    after = office.recalculate(path, [("Customers", place, 0)], formulas_only=True)
    expected = office.recalculate(fresh, formulas_only=True)
    assert before.value("Summary", "A9") != after.value("Summary", "A9")
    assert after.value("Summary", "A4").startswith("△ Changed since it was written")
    # The order of a segment's values is the report's, so these are compared by their totals.
    assert same_figures(after, expected, ("Summary", "Bridge", "Trend", "Cohorts", "Customers")) == []
    assert after.value("Summary", "A9") == pytest.approx(nrr_xl.analyse(changed).rates["nrr"], rel=1e-9)
    assert after.value("Checks", "B6") == 0
    for name, frame in nrr_xl.analyse(changed).segments.items():
        top = int(find(path, "Segments", name).lstrip("A"))
        book = openpyxl.load_workbook(path, read_only=True)
        sheet = book["Segments"]
        for offset in range(1, len(frame) + 1):
            value = sheet.cell(top + offset, 1).value
            wanted = frame.set_index("value").loc[value]
            found = after.cells["Segments", f"L{top + offset}"].value
            assert found == pytest.approx(wanted["nrr"], rel=1e-9)
        book.close()


def test_a_quarter_without_new_customers_leaves_no_error_and_a_cohort_may_become_empty(tmp_path, office, validate):
    amounts = np.zeros((3, 24))
    # Nobody arrives in the second and third quarter; the cohort of the fourth is one customer.
    amounts[0], amounts[1, 1:], amounts[2, 10:] = 100, 50, 70
    cube = cubes.cube(amounts, {"Region": ["A", "B", "A"]})
    path = write_report(nrr_xl.analyse(cube, cohort_freq="quarter"), tmp_path / "report.xlsx")
    sound(path, office, validate)
    row = find(path, "Customers", cube.customers[2]).lstrip("A")
    emptied = [("Customers", f"{column_of(cube, period)}{row}", 0) for period in range(10, 24)]
    after = office.recalculate(path, emptied, formulas_only=True)
    errors = {place: cell.error for place, cell in after.cells.items() if cell.error and place[0] != "Trend"}
    assert errors == {}
    assert after.value("Checks", "B6") == 0


def test_an_emptied_amount_is_an_amount_of_zero(report, office):
    cube, path = report
    customer = int(np.argmax(cube.amounts[:, -1] * (cube.amounts[:, -13] > 0)))
    row = find(path, "Customers", cube.customers[customer]).lstrip("A")
    place = column_of(cube, -1) + row
    zero = office.recalculate(path, [("Customers", place, 0)], formulas_only=True)
    empty = office.recalculate(path, [("Customers", place, None)], formulas_only=True)
    before = office.recalculate(path, formulas_only=True)
    assert before.value("Summary", "A9") != zero.value("Summary", "A9")
    assert same_figures(empty, zero) == []


@pytest.mark.parametrize(("as_of", "months"), [("2024-03", 12), ("2024-06", 6), ("2023-12", 3)])
def test_another_window_gives_what_python_gives_for_it(report, office, as_of, months):
    cube, path = report
    analysis = nrr_xl.analyse(cube, as_of=as_of, months=months)
    label = cube.periods.labels[analysis.closing]
    changes = [("Summary", "B6", label), ("Summary", "E6", months)]
    after = office.recalculate(path, changes, formulas_only=True)
    assert after.value("Summary", "A9") == pytest.approx(analysis.rates["nrr"], rel=1e-9)
    assert after.value("Summary", "C9") == pytest.approx(analysis.rates["grr"], rel=1e-9)
    assert after.value("Summary", "E9") == pytest.approx(analysis.rates["logo_retention"], rel=1e-9)
    assert after.value("Summary", "G9") == pytest.approx(analysis.rates["quick_ratio"], rel=1e-9)
    assert after.value("Checks", "B6") == 0


def test_a_window_that_opens_too_early_shows_no_figure(report, office):
    _, path = report
    after = office.recalculate(path, [("Summary", "E6", 36)], formulas_only=True)
    assert after.cells["Summary", "A9"].error == "#N/A"
    assert after.value("Summary", "H6") == "before the first"
    assert after.value("Checks", "B6") > 0


SCALAR_CALLS = {
    "=NRR(500000,100000,20000,30000)": 1.1,
    "=NRR(100)": 1.0,
    "=GRR(100,10,10)": 0.8,
    "=EXPANSION_RATE(500000,100000)": 0.2,
    "=CONTRACTION_RATE(500000,20000)": 0.04,
    "=CHURN_RATE(500000,30000)": 0.06,
    "=QUICK_RATIO(300,100,40,60)": 4.0,
    "=QUICK_RATIO(300,100,40,60,100)": 5.0,
    "=NRR_ANNUALIZE(0.99,1)": METRICS["annualise"].function(0.99, 1),
    "=ANNUAL_CHURN(0.02)": METRICS["annual_churn"].function(0.02),
    "=LTV(100,0.8,0.02)": 4000.0,
    "=CAC(60000,12)": 5000.0,
    "=CAC_PAYBACK(5000,500,0.8)": 12.5,
    "=LTV_TO_CAC(15000,5000)": 3.0,
    "=MAGIC_NUMBER(4000000,4600000,500000)": 1.2,
    "=BURN_MULTIPLE(900000,4000000,4600000)": 1.5,
    "=RENEWAL_RATE(200000,250000)": 0.8,
}


def column_calls(cube, path):
    """Calls over the report's own columns, the whole of two periods and a run of rates, with Python's results."""
    first = FIRST_ROW + 1
    amounts = [
        f"Customers!{column_of(cube, at)}{first}:{column_of(cube, at)}{FIRST_ROW + len(cube.customers)}"
        for at in (-13, -1)
    ]
    opening, closing = cube.amounts[:, -13], cube.amounts[:, -1]
    head = find(path, "Trend", "NRR", below=10)
    column, row = head.rstrip("0123456789"), len(cube.periods) + int(head.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    rates = nrr_xl.analyse(cube).trend["nrr"].to_numpy()[-3:]
    pair = ",".join(amounts)
    return {
        f"=NRR_COHORT({pair})": METRICS["nrr_cohort"].function(opening, closing),
        f"=GRR_COHORT({pair})": METRICS["grr_cohort"].function(opening, closing),
        f"=LOGO_RETENTION({pair})": METRICS["logo_retention"].function(opening, closing),
        f"=NRR_COMPOUND(Trend!{column}{row - 2}:{column}{row})": METRICS["compound"].function(rates),
    }


def test_every_lambda_name_gives_what_its_metric_gives(report, ironcalc):
    cube, path = report
    asked = SCALAR_CALLS | column_calls(cube, path)
    # The names that give words are asked on the shared cases, tests/apps/test_parity.py.
    words = {"MOVEMENT", "NRR_BAND", "NRR_ADVICE"}
    assert {call[1 : call.index("(")] for call in asked} == {name.name for name in lambda_names()} - words
    _, answers = ironcalc(path, asked)
    for (formula, wanted), answer in zip(asked.items(), answers, strict=True):
        assert answer.value == pytest.approx(wanted, rel=1e-12), formula


def test_lambda_names_are_undefined_for_a_zero_base_and_refuse_a_wrong_sign(report, ironcalc):
    _, path = report
    empty = "Definitions!Y1:Y3,Definitions!Z1:Z3"
    calls = {
        "=NRR(0)": "#DIV/0!",
        f"=NRR_COHORT({empty})": "#DIV/0!",
        f"=GRR_COHORT({empty})": "#DIV/0!",
        f"=LOGO_RETENTION({empty})": "#DIV/0!",
        "=NRR(100,-1)": "#NUM!",
        "=GRR(100,0,-5)": "#NUM!",
    }
    _, answers = ironcalc(path, calls)
    assert dict(zip(calls, (answer.error for answer in answers), strict=True)) == calls
