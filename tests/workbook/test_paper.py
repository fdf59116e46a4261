"""Sheets of many books on paper, by the breaks and scales that they say: letters of 8 points, no page nearly empty."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import openpyxl
import pandas as pd
import pytest
from openpyxl.utils import range_boundaries

import nrr_xl
from nrr_xl.workbook import paper
from nrr_xl.workbook.report import write_report
from tests.workbook import cubes

PAPERS = {(page.number, page.landscape): page for page in (*paper.WIDE, *paper.HIGH)}


@pytest.fixture
def laid_out(monkeypatch):
    """Of each sheet that was laid out its name, its smallest letters, breaks across, and how full each page is."""
    found, lay_out = [], paper.lay_out

    def noted(sheet, marks, papers, repeated=None, one_page=False):
        lay_out(sheet, marks, papers, repeated, one_page)
        smallest = min([marks.size, *_printed_sizes(sheet, marks)])
        top, _, bottom, _ = paper.area(sheet)
        heights = [paper._height(sheet, marks, row) for row in range(top, bottom + 1)]
        cuts = [0, *(at - top for at in sheet.hbreaks), len(heights)]
        height = PAPERS[sheet.paper_size, not sheet.orientation].height
        again = sum(heights[row - top] for row in range(repeated[0], repeated[1] + 1)) if repeated else 0
        filled = []
        for start, end in pairwise(cuts):
            held = sum(heights[start:end]) + (again if start else 0)
            filled.append(held * sheet.print_scale / 100 / height)
        found.append((sheet.get_name(), smallest * sheet.print_scale / 100, list(sheet.vbreaks), filled))

    monkeypatch.setattr(paper, "lay_out", noted)
    return found


def _printed_sizes(sheet, marks):
    """The points of the small letters that are printed, with those of charts."""
    top, left, bottom, right = paper.area(sheet)
    rows = [row for row in range(top, bottom + 1) if sheet._size_row(row)]
    cols = [col for col in range(left, right + 1) if sheet._size_col(col)]
    found = [size for (row, col), size in marks.small.items() if row in rows and col in cols]
    return [*found, 9] if marks.charts else found


def subscriptions(count):
    """Contracts of a year that begin in 24 months, some of them renewed."""
    rng = np.random.default_rng(3)
    begins = pd.Timestamp(2023, 1, 1) + pd.Index([pd.DateOffset(months=int(at)) for at in rng.integers(0, 24, count)])
    rows = pd.DataFrame({"Customer": [f"Client {at:02d}" for at in range(count)], "Start": begins, "MRR": 100.0})
    rows["Segment"] = ["SMB", "Ent"] * (count // 2)
    again = rows[rng.random(count) < 0.7]
    rows = pd.concat([rows, again.assign(Start=again["Start"] + pd.DateOffset(years=1), MRR=120.0)])
    rows["End"] = rows["Start"] + pd.DateOffset(years=1)
    return nrr_xl.read(rows, today="2025-12-31")


def few(customers, periods):
    return cubes.cube(cubes.ordinary(customers, periods).amounts, {"Region": ["A", "B", "C"] * (customers // 3)})


def coarse(periods, step):
    return cubes.cube(cubes.ordinary(39, periods).amounts, {"Region": ["A", "B", "C"] * 13}, step=step)


def forty(customers, periods):
    regions = ["EMEA", "Americas", "APAC"]
    segments = {
        "Region": [regions[at % 3] for at in range(customers)],
        "Team": [f"Team {at % 40:02d}" for at in range(customers)],
    }
    return cubes.cube(cubes.ordinary(customers, periods).amounts, segments)


BOOKS = {
    **{f"3 customers, {periods} months": lambda at=periods: few(3, at) for periods in (13, 31)},
    **{f"60 customers, {periods} months": lambda at=periods: few(60, at) for periods in (14, 26, 36, 61)},
    **{f"{quarters} quarters": lambda at=quarters: coarse(at, 3) for quarters in (6, 16)},
    **{f"{years} years": lambda at=years: coarse(at, 12) for years in (3, 11)},
    **{f"{count} contracts": lambda at=count: subscriptions(at) for count in (8,)},
    "40 segments": lambda: forty(400, 30),
}


def assert_well_laid(pages):
    for sheet, points, across, filled in pages:
        assert points >= paper.LEGIBLE and not across, (sheet, points, across)
        # A share of the whole height; a fifth of what is between the margins is less.
        assert min(filled) >= 0.2 and max(filled) <= 1, (sheet, filled)


@pytest.mark.parametrize("pack", ["board", "diligence"])
@pytest.mark.parametrize("book", BOOKS)
def test_no_page_is_small_or_nearly_empty(book, pack, laid_out, tmp_path):
    write_report(nrr_xl.analyse(BOOKS[book]()), tmp_path / "report.xlsx", pack=pack)
    assert len(laid_out) > 10
    assert_well_laid(laid_out)


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
@pytest.mark.parametrize(("cube", "most"), [(forty(60, 30), 4), (coarse(6, 12), 3)])
def test_no_chart_is_cut_off(cube, most, tmp_path):
    path = write_report(nrr_xl.analyse(cube), tmp_path / "report.xlsx", pack="diligence")
    book = openpyxl.load_workbook(path)
    charts = [(sheet, chart.anchor.to) for sheet in book for chart in sheet._charts]
    assert len(charts) > most
    for sheet, end in charts:
        _, _, right, bottom = range_boundaries(sheet.print_area.rpartition("!")[2])
        past = end.col + (end.colOff > 0), end.row + (end.rowOff > 0)
        assert past <= (right, bottom) and past[1] <= bottom, (sheet.title, past, right, bottom)


def test_forty_segments_of_five_thousand_customers_take_twenty_pages(laid_out, tmp_path):
    write_report(nrr_xl.analyse(forty(5_000, 36)), tmp_path / "report.xlsx")
    assert_well_laid(laid_out)
    assert sum(len(filled) for *_, filled in laid_out) <= 20


def test_amounts_of_any_size_have_room(laid_out, tmp_path):
    wide = cubes.cube(cubes.ordinary(60, 30).amounts * 1e6, {"Region": ["A", "B", "C"] * 20})
    write_report(nrr_xl.analyse(wide), tmp_path / "report.xlsx")
    assert_well_laid(laid_out)
