"""A report and a template work in Excel 2016: no cell holds a function that is younger; LAMBDA names stand in none."""

from __future__ import annotations

import re
import zipfile

import nrr_xl
from nrr_xl.workbook.template.build import write_template
from tests.apps.lint_formulas import FUTURE
from tests.workbook import cubes

# Younger than the file format, yet of Excel 2013.
OF_2013 = {"DAYS", "FORMULATEXT", "IFNA", "ISFORMULA", "NUMBERVALUE", "SHEET", "SHEETS", "XOR"}
CALL = re.compile(r"(_xl\w+\.)?([A-Z][A-Z0-9.]*)\(")


def called(path) -> set[str]:
    """The functions in the cells, conditions and validations of a workbook's sheets."""
    found = set()
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if name.startswith("xl/worksheets/sheet"):
                text = package.read(name).decode()
                for formula in re.findall(r"<(?:f|formula|formula1)[^>]*>([^<]*)</", text):
                    found |= {match[2] for match in CALL.finditer(re.sub(r'"[^"]*"', "", formula))}
    return found


def test_no_cell_needs_an_excel_younger_than_2016(tmp_path):
    report, template = tmp_path / "report.xlsx", tmp_path / "template.xlsx"
    nrr_xl.write_report(nrr_xl.analyse(cubes.ordinary(12, 26)), report, pack="diligence")
    write_template(template, example=True, customers=48)
    for path in (report, template):
        used = called(path)
        assert {"SUMPRODUCT", "INDEX", "ISFORMULA", "IFERROR"} <= used
        assert used & (FUTURE - OF_2013) == set()
        assert used & {"NRR", "GRR"} == set(), "a LAMBDA name, which Excel 2016 does not know"
