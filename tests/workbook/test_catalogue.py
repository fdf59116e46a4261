"""The report's sheets compute every rate by the catalogue's formula."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest

import nrr_xl
from nrr_xl.metrics import METRICS, RATES
from nrr_xl.retention.lines import BRIDGE_LINES, LINES
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.report import write_report
from nrr_xl.workbook.texts import texts
from tests.workbook import cubes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
MARK = "+0*98765"
# What measures something else by the name of a rate: published figures, definitions of NRR, what-ifs and questions, NRR
# without the largest; and what computes the window's rates in another way on purpose: the checks, and the interval,
# which its check compares with the Summary.
OTHERS = {"Benchmarks", "Methods", "Levers", "Definitions", "Movers", "Checks", "Reading guide", "Certainty"}
# What a value adds to NRR, in points of all values' opening, is no rate.
POINTS = texts()["segments"]["points"]


@pytest.fixture
def marked(monkeypatch, tmp_path):
    """A full report in which every formula of the catalogue carries a mark."""
    for catalogue in (RATES, METRICS):
        for key, rate in catalogue.items():
            monkeypatch.setitem(catalogue, key, replace(rate, excel=rate.excel + MARK))
    share = fx.share_left
    monkeypatch.setattr(fx, "share_left", lambda *given: share(*given) + MARK)
    path = write_report(nrr_xl.analyse(cubes.ordinary(12, 20)), tmp_path / "report.xlsx", pack="diligence")
    return openpyxl.load_workbook(BytesIO(path.read_bytes()))


def heads(sheet, row, col):
    """The texts that head a cell: the nearest above it, and the first of its row."""
    above = (sheet.cell(at, col).value for at in range(row - 1, 0, -1))
    left = (sheet.cell(row, at).value for at in range(1, col))
    for line in (above, left):
        yield next((text for text in line if isinstance(text, str) and not text.startswith("=")), "")


def test_no_sheet_spells_a_rate_by_itself(marked):
    names, found, own = texts()["rates"].values(), Counter(), []
    for sheet in marked:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if not isinstance(cell.value, str) or "/" not in cell.value or not cell.value.startswith("="):
                continue
            if MARK in cell.value:
                found[sheet.title] += 1
            elif sheet.title not in OTHERS and '"•  "' not in cell.value:
                above = [head for head in heads(sheet, cell.row, cell.column) if head != POINTS]
                said = [name for head in above for name in names if name in head]
                own += [f"{sheet.title}!{cell.coordinate} {name}: {cell.value}" for name in said]
    assert own == []
    sheets = {"Summary", "Bridge", "Trend", "Segments", "Snowball", "Bands", "Unit economics", "Churn", "Reading guide"}
    assert sheets <= set(found)


def test_the_words_of_the_workbook_name_every_line_and_rate():
    words = texts()
    assert list(words["lines"]) == list(BRIDGE_LINES)
    assert words["counts"].keys() <= LINES.keys()
    assert words["rates"] == {key: rate.label for key, rate in RATES.items()}
    assert words["lines"] == {key: LINES[key].label for key in BRIDGE_LINES}
