"""The slides: native charts with Python's figures, the same bytes every time, and what is said without the library."""

from __future__ import annotations

import re
import sys

import pytest
from pptx import Presentation

import nrr_xl
from nrr_xl.errors import InputError
from nrr_xl.workbook.slides import write_slides
from tests.workbook import cubes


@pytest.fixture(scope="module")
def analysis():
    return nrr_xl.analyse(cubes.ordinary())


@pytest.fixture(scope="module")
def slides(analysis, tmp_path_factory):
    path = write_slides(analysis, tmp_path_factory.mktemp("slides") / "board.pptx")
    return list(Presentation(path).slides)


def charts(slides):
    return [shape.chart for slide in slides for shape in slide.shapes if shape.has_chart]


def tables(slides):
    return [
        [[cell.text for cell in row.cells] for row in shape.table.rows]
        for slide in slides
        for shape in slide.shapes
        if shape.has_table
    ]


def test_the_first_slide_says_the_rates_and_what_they_are_of(analysis, slides):
    said = [shape.text_frame.text for shape in slides[0].shapes if shape.has_text_frame]
    assert f"{100 * analysis.rates['nrr']:.1f}%" in said[0]
    assert any("MRR, USD" in text and "12 months" in text for text in said)


def test_charts_hold_pythons_figures(analysis, slides):
    series = {(each.name, tuple(each.values)) for chart in charts(slides) for each in chart.plots[0].series}
    assert ("NRR", tuple(analysis.trend["nrr"])) in series
    frame = analysis.segments["Region"]
    assert ("GRR", tuple(frame["grr"])) in series
    totals = next(values for name, values in series if name == "Total")
    assert totals[0] == analysis.bridge["opening"] and totals[-1] == analysis.bridge["closing"]


def test_cohorts_are_called_as_in_the_workbook(analysis, slides):
    table = next(table for table in tables(slides) if table[0][0] == "Cohort")
    names = [row[0] for row in table[1:]]
    assert names[0] == "before Jan 2022" and all(re.fullmatch(r"Q[1-4] 20\d\d", name) for name in names[1:])


def test_what_a_table_has_no_room_for_is_counted(analysis, slides):
    said = [shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame]
    assert f"{len(analysis.benchmarks) - 13} more in the workbook" in said


def test_a_segments_table_adds_up_to_the_windows_bridge(analysis, slides):
    table = next(table for table in tables(slides) if table[0][0] == "Region")
    assert table[-1][1] == f"{round(analysis.bridge['opening']):,}"
    assert table[-1][4] == f"({round(analysis.bridge['churn']):,})"


@pytest.mark.parametrize("name", ["names from hell", "all churned", "years"])
def test_awkward_cubes_make_slides_and_the_same_bytes_twice(name, tmp_path):
    cube, months = cubes.awkward()[name]
    analysis = nrr_xl.analyse(cube, months=months)
    first, second = (write_slides(analysis, tmp_path / f"{number}.pptx").read_bytes() for number in (1, 2))
    assert first == second


def test_slides_without_the_library_are_refused_with_what_to_install(analysis, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pptx", None)
    with pytest.raises(InputError, match=r"pip install python-pptx"):
        write_slides(analysis, tmp_path / "board.pptx")
    assert not list(tmp_path.iterdir())
