"""Every statement of the sources' table in docs/methods.md has its place, and the place says so."""

from __future__ import annotations

import re
import tomllib

import openpyxl
import pytest

import nrr_xl
from nrr_xl.functions import catalogue
from nrr_xl.options import options
from nrr_xl.workbook.texts import texts
from tests.retention.described import described
from tests.retention.test_usage import frame

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


# Rows of customers, which say nothing of the sources.
ROWS = {"Customers", "Movements", "Segments by period", "Methods", "Checks"}


def shown(analysis, path, only=()) -> dict[str, str]:
    """The texts of each sheet of a full report, or of some."""
    book = openpyxl.load_workbook(nrr_xl.write_report(analysis, path, pack="full"), read_only=True, data_only=True)
    return {
        sheet.title: "\n".join(str(v) for row in sheet.iter_rows(values_only=True) for v in row if v is not None)
        for sheet in book.worksheets
        if (sheet.title in only if only else sheet.title not in ROWS)
    }


@pytest.fixture(scope="module")
def rows(root) -> dict[str, str]:
    """Statement -> where, of the table that ends docs/methods.md."""
    page = (root / "docs" / "methods.md").read_text("utf-8").split("## What the sources say, and where it is")[1]
    pairs = re.findall(r"^\| (.+?) \| (.+?) \|$", page, re.MULTILINE)
    return {said: where for said, where in pairs if said != "statement" and not said.startswith(("*", "-"))}


def test_every_statement_of_the_table_is_shown_where_it_says(root, rows, tmp_path):
    wanted = tomllib.loads((root / "tests" / "workbook" / "sources.toml").read_text("utf-8"))
    assert set(wanted) == set(rows)
    sample = nrr_xl.analyse(nrr_xl.read(root / "templates" / "sample_revenue.xlsx"), gross_margin=0.8)
    found = shown(sample, tmp_path / "sample.xlsx")
    found["Churn (reasons)"] = shown(nrr_xl.analyse(described()), tmp_path / "described.xlsx", ["Churn"])["Churn"]
    usage = nrr_xl.read(frame(), columns={"usage": "Logins"})
    found["Churn (usage)"] = shown(nrr_xl.analyse(usage, months=6), tmp_path / "usage.xlsx", ["Churn"])["Churn"]
    missing = []
    for said, places in wanted.items():
        for place in places:
            if call := re.fullmatch(r"([A-Z_]+)\((.*)\) = (.+)", place):
                given = [float(each) if each[0].isdigit() else each.strip('"') for each in call[2].split(", ")]
                [[result]] = getattr(catalogue, call[1])(*given)
                told = re.fullmatch(r"[0-9.]+", call[3])
                right = result == (pytest.approx(float(call[3])) if told else call[3])
            else:
                sheet, text = place.split(": ", 1)
                right = text in ((root / sheet).read_text("utf-8") if sheet.endswith(".md") else found[sheet])
            missing += [] if right else [(said, place)]
    assert not missing


def test_every_place_that_the_table_names_is_one(root, rows):
    sheets = set(texts()["sheets"].values())
    for said, where in rows.items():
        for name in re.findall(r"`([A-Z_]+)`", where):
            assert hasattr(catalogue, name), (said, name)
        for name in re.findall(r"`--([a-z-]+)", where):
            assert f"--{name}" in {each.long for each in options()}, (said, name)
        for name in re.findall(r"tests/\w+", where):
            assert (root / name).is_dir(), (said, name)
        # What is neither an option nor a function stands on a sheet, a chart or a page of the docs.
        named = [name for name in (*sheets, "`", "waterfall", "](", "this page", "contraction apart") if name in where]
        assert named, (said, where)
