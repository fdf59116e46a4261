"""Printing a report: the Summary is one page, and what cannot be printed leaves nothing behind."""

from __future__ import annotations

import shutil
import subprocess

import pytest

import nrr_xl
from nrr_xl.errors import OutputError
from nrr_xl.workbook import pdf
from tests.apps import office as libreoffice
from tests.apps.conftest import require
from tests.workbook import cubes


def text_of(path, page):
    return subprocess.run(
        ["pdftotext", "-layout", "-f", str(page), "-l", str(page), str(path), "-"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_a_report_prints_with_the_summary_on_its_first_page(tmp_path):
    require(libreoffice.missing())
    require("" if shutil.which("pdftotext") else "pdftotext is not installed")
    report = nrr_xl.write_report(nrr_xl.analyse(cubes.ordinary()), tmp_path / "report.xlsx")
    printed = pdf.write_pdf(report)
    assert printed == tmp_path / "report.pdf"
    first, second = text_of(printed, 1), text_of(printed, 2)
    assert "Net revenue retention" in first and "All checks pass" in first and "Closing" in first
    assert "Revenue bridge" in second
    assert "####" not in "".join(text_of(printed, page) for page in range(1, 8))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.pdf", "report.xlsx"]
    with pytest.raises(OutputError, match="exists"):
        pdf.write_pdf(report)


def test_what_is_not_there_cannot_be_printed(tmp_path):
    require(libreoffice.missing())
    with pytest.raises(OutputError, match="could not print"):
        pdf.write_pdf(tmp_path / "none.xlsx")
    assert list(tmp_path.iterdir()) == []
