"""docs/problems.md names every code, and each of its examples raises the problem that it explains."""

import re
from datetime import date

import pytest

from nrr_xl.revenue.codes import CODES
from nrr_xl.revenue.read import understand

from ..conftest import ROOT
from .grids import write_workbook

TEXT = (ROOT / "docs" / "problems.md").read_text("utf-8")
SECTIONS = {
    match[1]: (match[2], re.search(r"```(?:grid|csv)\n(.*?)\n```", match[0], re.DOTALL))
    for match in re.finditer(r"^### (\S+)\n\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL)
}


def test_every_code_is_documented_under_its_severity():
    assert set(SECTIONS) == set(CODES)
    for code, (body, _) in SECTIONS.items():
        assert CODES[code].message in body and CODES[code].action in body
    order = [CODES[code].severity for code in SECTIONS]
    assert order == sorted(order, key=("error", "warning", "info").index)


@pytest.mark.parametrize("code", [code for code, (_, grid) in SECTIONS.items() if grid])
def test_an_example_raises_its_problem(code, tmp_path):
    example = SECTIONS[code][1]
    if example[0].startswith("```csv"):
        path = tmp_path / "example.csv"
        path.write_text(example[1], "utf-8")
    else:
        path = write_workbook({"grid": example[1]}, tmp_path / "example.xlsx")
    assert code in {problem.code for problem in understand(path, today=date(2030, 1, 1)).account.problems}
