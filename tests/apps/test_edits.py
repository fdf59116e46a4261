"""What readers do to a workbook: after every edit each figure is the truth of the edited rows, or there is no tick."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from zlib import crc32

import openpyxl
import pytest

import nrr_xl
from nrr_xl.revenue.cube.rows import Account
from nrr_xl.workbook.report import write_report
from nrr_xl.workbook.sheets.customer_columns import FIRST_ROW
from nrr_xl.workbook.sheets.customers import CustomersPlace
from tests.apps import cached, random_edits
from tests.apps.edits import Amounts, of_report
from tests.apps.test_live import PASSED, figures, status
from tests.workbook import cubes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
TOLD = ("Summary", "A4")
# Edits that change no figure and no text: a tick is the truth after them.
HARMLESS = {"rows hidden by a filter"}
# So many figures of a sheet are typed over in the default run.
SAMPLED = 2


def small():
    return cubes.cube(
        [[100.0] * 6 + [120] * 7, [50.0] * 8 + [0] * 5, [0] * 5 + [70.0] * 8], {"Region": ["A", "B", "A"]}
    )


def large():
    return cubes.ordinary(20_000, 48)


BOOKS = {"three customers": small, "sample": None, "values": large}


@pytest.fixture(scope="module")
def written(templates, tmp_path_factory):
    """Reports by name, each written once: (cube, path)."""
    made = {}

    def of(name):
        if name not in made:
            cube = BOOKS[name]() if BOOKS[name] else nrr_xl.read(templates / "sample_revenue.xlsx")
            pack = "board" if name == "values" else "diligence"
            path = tmp_path_factory.mktemp("edits") / "report.xlsx"
            made[name] = cube, write_report(nrr_xl.analyse(cube), path, pack=pack)
        return made[name]

    return of


def place(cube):
    """Where a cube's report has its customers."""
    numbered = any(segment.codes.ndim == 2 for segment in cube.segments.values())
    return CustomersPlace("Customers", len(cube.customers), tuple(cube.segments), len(cube.periods), numbered)


def edits(cube):
    """Every edit of a cube's report."""
    at = place(cube)
    name, found = next(iter(cube.segments.items()))
    values = () if found.codes.ndim == 2 else tuple(found.values)
    assert name
    return of_report(cube.customers, values, cube.periods.labels, Amounts(at))


def kept(cube, changes, at) -> bool:
    """Whether what was typed is what stood there already, as an amount of 0 that is taken out."""
    return all(sheet == "Customers" and held(cube, address, at) == (value or 0.0) for sheet, address, value in changes)


def held(cube, address, at):
    """A customer's amount, or its value of the first segment, in a cell; None for any other cell."""
    column, row = re.fullmatch(r"([A-Z]+)(\d+)", address).groups()
    period = openpyxl.utils.column_index_from_string(column) - 1 - at.first_period
    customer = int(row) - 1 - FIRST_ROW
    if not 0 <= customer < len(cube.customers):
        return None
    first = next(iter(cube.segments.values()))
    if column == "B" and first.codes.ndim == 1:
        return first.values[first.codes[customer]]
    return cube.amounts[customer, period] if 0 <= period < len(cube.periods) else None


def green_after(cube, path, office) -> list[str]:
    """The edits after which there is a tick though they changed something."""
    found, at = edits(cube), place(cube)
    assert len(found) >= 50
    typed = {name: changes for name, (rows, changes) in found.items() if not rows}
    seen = office.each_alone(path, typed.values(), TOLD)
    assert seen[-1].startswith(PASSED)
    ticks = [
        name
        for (name, changes), line in zip(typed.items(), seen, strict=False)
        if line[0] == PASSED and not kept(cube, changes, at)
    ]
    for name, (rows, changes) in found.items():
        if rows and status(office.recalculate(path, changes, rows=rows, only=["Summary"]))[0] == PASSED:
            ticks.append(name)
    return sorted(set(ticks) - HARMLESS)


def test_no_edit_of_three_customers_leaves_a_tick(written, office):
    assert green_after(*written("three customers"), office) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sample", "values"])
def test_no_edit_leaves_a_tick(name, written, office):
    assert green_after(*written(name), office) == []


def typed_over(path, per_sheet=None):
    """Every figure of a workbook, or some of each sheet's, raised by a tenth; blue inputs and heads apart."""
    found = []
    cells = cached.formula_cells(path)
    book = openpyxl.load_workbook(path, data_only=True)
    for sheet in book:
        numbers = [
            (sheet.title, cell.coordinate, cell.value * 1.1 + 0.1)
            for row in sheet.iter_rows(min_row=6)
            for cell in row
            if cell.data_type == "n"
            and cell.value is not None
            and not blue(cell)
            and ((sheet.title, cell.coordinate) in cells or shown(cell))
        ]
        if per_sheet and len(numbers) > per_sheet:
            numbers = random.Random(crc32(sheet.title.encode())).sample(numbers, per_sheet)
        found += numbers
    return found


def blue(cell) -> bool:
    return bool(cell.font.color) and cell.font.color.rgb == "FF0000FF"


def shown(cell) -> bool:
    return cell.number_format != ";;;"


def test_no_figure_of_three_customers_is_typed_over_under_a_tick(written, office):
    _, path = written("three customers")
    changes = typed_over(path, SAMPLED)
    seen = office.each_alone(path, [[change] for change in changes], TOLD)
    assert [change for change, line in zip(changes, seen, strict=False) if line[0] == PASSED] == []


@pytest.mark.slow
def test_no_figure_of_the_sample_is_typed_over_under_a_tick(written, office):
    _, path = written("sample")
    changes = typed_over(path, 40)
    seen = office.each_alone(path, [[change] for change in changes], TOLD)
    assert [change for change, line in zip(changes, seen, strict=False) if line[0] == PASSED] == []


def test_texts_with_figures_are_those_of_the_edited_rows(written, office, tmp_path):
    """After an amount is changed no text says what it said before, unless it is that of a report of these rows."""
    cube, path = written("three customers")
    at = CustomersPlace("Customers", 3, ("Region",), 13)
    after = office.recalculate(path, [("Customers", Amounts(at).amount(0, 12), 150.0)], formulas_only=True)
    amounts = cube.amounts.copy()
    amounts[0, 12] = 150.0
    wanted = write_report(
        nrr_xl.analyse(replace(cube, amounts=amounts, account=Account())), tmp_path / "wanted.xlsx", pack="diligence"
    )
    expected, now = figures(cached.formula_cells(wanted), wanted), figures(after.cells, path)
    assert [place for place in expected if not cached.same(expected[place], now[place], 1e-9)] == []
    before = {cell.value for cell in cached.formula_cells(path).values() if isinstance(cell.value, str)}
    told = {cell.value for cell in cached.formula_cells(wanted).values() if isinstance(cell.value, str)}
    stale = [
        (place, cell.value)
        for place, cell in after.cells.items()
        if isinstance(cell.value, str) and re.search(r"\d[\d.,]*%|\d,\d{3}", cell.value) and cell.value in before - told
    ]
    assert stale == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["three customers", "sample"])
def test_no_random_edit_leaves_a_tick(name, written, office):
    assert random_edits.under_a_tick(office, written(name)[1], 11, 200) == []
