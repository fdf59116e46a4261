"""Reports on paper: no letters below 8 points, no page under a fifth full, few pages of many customers."""

from __future__ import annotations

import re
import shutil
import zipfile

import pytest

import nrr_xl
from nrr_xl.workbook.report import write_report
from tests.apps import printed
from tests.apps.conftest import require
from tests.workbook import cubes


def three():
    amounts = [[100.0] * 6 + [120] * 7, [50.0] * 8 + [0] * 5, [0] * 5 + [70.0] * 8]
    return cubes.cube(amounts, {"Region": ["A", "B", "A"]})


def forty():
    return cubes.cube(cubes.ordinary(400, 30).amounts, {"Team": [f"Team {at % 40:02d}" for at in range(400)]})


def coarse(periods, step):
    return cubes.cube(cubes.ordinary(40, periods).amounts, {"Region": ["A", "B"] * 20}, step=step)


BOOKS = {
    "40 segments": forty,
    "quarterly": lambda: coarse(16, 3),
    "yearly": lambda: coarse(6, 12),
    "5,000 customers": lambda: cubes.ordinary(5_000, 36),
}


def pages(analysis, pack, office, folder):
    require("" if shutil.which("pdftotext") else "pdftotext is not installed")
    path = write_report(analysis, folder / "report.xlsx", pack=pack)
    office.render(path, folder, dpi=20)
    return printed.pages(folder / "report.pdf")


def assert_readable(found):
    for number, page in enumerate(found, 1):
        small = [word for word in page.words if word[1] < 7.9]
        assert small == [] and page.filled >= 0.2, (number, page.filled, page.text[:80])


BREAKS = (b"rowBreaks", b"colBreaks")


def by_its_breaks(path):
    """How many pages a workbook takes by the breaks that it says, and its smallest scale."""
    with zipfile.ZipFile(path) as package:
        sheets = [package.read(name) for name in package.namelist() if re.fullmatch(r"xl/worksheets/\w+\.xml", name)]
    count, scales = 0, []
    for sheet in sheets:
        down, across = (
            int(re.search(rb"<%s count=.(\d+)" % name, sheet + b"<%s count='0" % name)[1]) for name in BREAKS
        )
        count += (down + 1) * (across + 1)
        scales.append(int(re.search(rb'scale="(\d+)"', sheet + b'scale="100"')[1]))
    return count, min(scales)


def test_five_thousand_customers_take_twenty_pages(tmp_path):
    path = write_report(nrr_xl.analyse(BOOKS["5,000 customers"]()), tmp_path / "report.xlsx")
    pages_taken, smallest = by_its_breaks(path)
    # One page of slack: contracts, or many segments, take another.
    assert pages_taken <= 19 and smallest >= 80


def test_three_customers_print_readably(office, tmp_path):
    assert_readable(pages(nrr_xl.analyse(three()), "board", office, tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("pack", ["board", "diligence"])
@pytest.mark.parametrize("name", BOOKS)
def test_every_page_can_be_read_and_is_filled(name, pack, office, tmp_path):
    found = pages(nrr_xl.analyse(BOOKS[name]()), pack, office, tmp_path)
    assert_readable(found)
    if (name, pack) == ("5,000 customers", "board"):
        assert len(found) <= 20


@pytest.mark.slow
def test_the_sample_prints_readably(templates, office, tmp_path):
    analysis = nrr_xl.analyse(nrr_xl.read(templates / "sample_revenue.xlsx"))
    assert_readable(pages(analysis, "diligence", office, tmp_path))
