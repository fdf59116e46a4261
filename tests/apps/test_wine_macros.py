"""The macros in a real server under Wine, on a stand-in for Excel that they reach through COM alone."""

import datetime as dt

import openpyxl
import pytest

from tests.apps import wine

MONTHS = [dt.date(2024, 1, 31), dt.date(2024, 2, 29)]


@pytest.fixture
def workbook(tmp_path):
    def save(*rows):
        book = openpyxl.Workbook()
        book.active.title = "Revenue"
        for row in [("Customer", "Month", "MRR"), *rows]:
            book.active.append(row)
        book.create_sheet("Settings").append(("Months", 1))
        path = tmp_path / "april.xlsx"
        book.save(path)
        return path

    return save


def test_build_report_works_through_com(windows_client, workbook, tmp_path):
    path = workbook(("a", MONTHS[0], 100), ("b", MONTHS[0], 100), ("a", MONTHS[1], 150))
    answer, opened, said, screen, calculation = windows_client.ask(
        "run_macro", name="build_report", path=wine.windows_path(path), cursor="B2"
    )
    assert answer[0] == ""
    assert opened == [wine.windows_path(tmp_path / "april_retention.xlsx")]
    assert "Summary" in openpyxl.load_workbook(tmp_path / "april_retention.xlsx", read_only=True).sheetnames
    assert (screen, calculation, said[-1]) == (True, -4105, False)
    assert any("Reading Revenue" in str(text) for text in said)


def test_problems_come_back_as_a_question(windows_client, workbook):
    path = workbook(("a", MONTHS[0], 100), ("b", MONTHS[0], "lots"), ("a", MONTHS[1], 150))
    answer, opened, said, _, _ = windows_client.ask(
        "run_macro", name="build_report", path=wine.windows_path(path), cursor="B2"
    )
    assert "Revenue!C3" in answer[0] and answer[1:] == [52, "check_data"]
    assert not opened and said[-1] is False


def test_the_findings_are_listed_through_com(windows_client, workbook):
    path = workbook(("a", MONTHS[0], 100), ("b", MONTHS[0], "lots"), ("a", MONTHS[1], 150))
    answer, opened, _, _, _ = windows_client.ask(
        "run_macro", name="check_data", path=wine.windows_path(path), cursor="B2"
    )
    assert "findings are listed in a new workbook" in answer[0]
    assert opened == ["Book1"]
