"""The sheets of a diligence pack in LibreOffice: cached values hold, ties to the bridge are 0, links lead to rows."""

from __future__ import annotations

import re

import openpyxl
import pytest

import nrr_xl
from nrr_xl.retention.levers import pull
from nrr_xl.workbook.report import write_report
from tests.apps.test_workbook_reports import sound
from tests.workbook import cubes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
PACK = ("Snowball", "Top customers", "Vintages", "Segment trend", "Bands", "Register", "Movements")


@pytest.fixture(scope="module")
def analysis():
    return nrr_xl.analyse(cubes.ordinary())


@pytest.fixture(scope="module")
def path(analysis, tmp_path_factory):
    return write_report(analysis, tmp_path_factory.mktemp("pack") / "pack.xlsx", pack="diligence")


def test_a_pack_recalculates_to_its_cached_values(path, office, validate):
    after = sound(path, office, validate)
    assert set(PACK) <= {sheet for sheet, _ in after.cells}


@pytest.mark.parametrize("name", ["tiny", "all churned", "zero opening", "one customer", "names from hell", "quarters"])
def test_awkward_packs_recalculate_to_their_cached_values(name, tmp_path, office, validate):
    cube, months = cubes.awkward()[name]
    analysis = nrr_xl.analyse(cube, months=months, segments=tuple(cube.segments))
    sound(write_report(analysis, tmp_path / "pack.xlsx", pack="diligence"), office, validate)


def test_bands_follow_their_limits_and_the_window(path, office):
    after = office.recalculate(path, [("Bands", "B8", 20_000.0), ("Summary", "E6", 6)], formulas_only=True)
    analysis = nrr_xl.analyse(cubes.ordinary(), months=6)
    rows = [row for row in range(7, 40) if ("Bands", f"F{row}") in after.cells]
    assert after.value("Bands", "F14") == pytest.approx(analysis.bridge["opening"])
    assert after.value("Bands", "I14") == pytest.approx(analysis.rates["nrr"])
    assert after.value("Bands", "A7") == "up to 20,000" and len(rows) > 10
    assert after.value("Checks", "B6") == 0


def test_a_limit_out_of_order_is_red(path, office):
    after = office.recalculate(path, [("Bands", "B8", 30_000.0)], formulas_only=True)
    assert after.value("Checks", "B6") > 0


def test_figures_of_the_bridge_and_the_segments_link_to_the_rows_behind_them(path, analysis):
    book = openpyxl.load_workbook(path, data_only=True)
    movements = book["Movements"]
    followed = 0
    for sheet in ("Bridge", "Segments"):
        for cell in (cell for row in book[sheet].iter_rows() for cell in row if cell.hyperlink):
            target = cell.hyperlink.location.rpartition("!")[2]
            rows = [[each.value for each in row] for row in movements[target]]
            assert len({(row[1], row[2]) for row in rows}) == 1
            if sheet == "Bridge":
                assert sum(row[5] for row in rows) == pytest.approx(cell.value, abs=0.005)
                followed += 1
    assert followed > 100


def test_a_figure_of_any_segment_is_the_sum_of_the_rows_that_its_link_speaks_of(path):
    """The first segment's links go to its own rows; a further one's to all of its line, saying what to filter."""
    book = openpyxl.load_workbook(path, data_only=True)
    movements, segments = book["Movements"], book["Segments"]
    heads = [cell.value for cell in movements[6]]
    followed: dict[str, int] = {}
    for row in segments.iter_rows(min_row=6):
        name = row[0].value if row[1].value == "Opening" else name  # noqa: F821 - a table begins with its segment's name
        for cell in (cell for cell in row if cell.hyperlink):
            first, last = re.findall(r"\d+", cell.hyperlink.location.rpartition("!")[2])
            rows = [[each.value for each in line] for line in movements.iter_rows(int(first), int(last))]
            tip, value, at = cell.hyperlink.tooltip, row[0].value, heads.index(name)
            all_of_them = f"of every {name}: filter that column by {value}" in tip
            assert all_of_them == (name == "Plan")
            mine = [line[5] for line in rows if line[at] == value] if all_of_them else [line[5] for line in rows]
            assert sum(mine) == pytest.approx(cell.value, abs=0.005), cell.coordinate
            followed[name] = followed.get(name, 0) + 1
    assert len(followed) == 2 and min(followed.values()) > 5


def test_levers_and_unit_economics_follow_their_blue_cells(path, office):
    changes = [("Levers", "B15", 0.0), ("Levers", "B16", 0.0), ("Levers", "B17", 0.0), ("Levers", "B18", 0.0)]
    changes += [("Unit economics", "B8", 60_000.0)]
    after = office.recalculate(path, changes, formulas_only=True)
    rates = nrr_xl.analyse(cubes.ordinary()).rates
    assert after.value("Levers", "C22") == pytest.approx(rates["nrr"])
    assert after.value("Levers", "C23") == pytest.approx(rates["grr"])
    new = after.value("Unit economics", "B15")
    assert after.value("Unit economics", "B23") == pytest.approx(60_000 / new)
    assert after.value("Checks", "B6") == 0


def test_levers_do_what_python_does_and_raise_one_segment_alone(path, analysis, office):
    base = analysis.lever_base
    name = next(iter(analysis.tables.segments))
    table = analysis.tables.segments[name]
    row = max(range(len(table)), key=lambda at: table["expansion"][at])
    value, part = str(table["value"][row]), float(table["expansion"][row]) / base.expansion
    levers = {"B15": 0.4, "B16": 0.6, "B17": 0.2, "B18": 0.3, "B19": value}
    after = office.recalculate(path, [("Levers", cell, given) for cell, given in levers.items()], formulas_only=True)
    pulled = pull(base, churn_cut=0.4, saved=0.6, contraction_cut=0.2, expansion_rise=0.3, expanding_share=part)
    assert after.value("Levers", "C22") == pytest.approx(pulled.nrr) and part < 1
    assert after.value("Levers", "C27") == pytest.approx(12 * pulled.amounts[1], rel=1e-9)
    assert after.value("Checks", "B6") == 0
    unknown = office.recalculate(path, [("Levers", "B19", "Nowhere")], formulas_only=True)
    assert unknown.value("Levers", "C22") == "#N/A" and unknown.value("Checks", "B6") > 0
