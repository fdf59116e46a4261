"""The sheets beyond the bridges in LibreOffice: cached values hold, checks are 0, what is live follows the window."""

from __future__ import annotations

import pytest

import nrr_xl
from nrr_xl.retention import reading
from nrr_xl.workbook.report import write_report
from tests.apps.test_workbook_reports import sound
from tests.retention.described import described
from tests.workbook import cubes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
SIX = [("Summary", "E6", 6)]


@pytest.fixture(scope="module")
def cube():
    return described()


@pytest.fixture(scope="module")
def path(cube, tmp_path_factory):
    return write_report(nrr_xl.analyse(cube), tmp_path_factory.mktemp("further") / "report.xlsx")


def column(after, sheet: str, letter: str, rows: range) -> list:
    return [after.value(sheet, f"{letter}{row}") for row in rows]


def test_the_sheets_recalculate_to_their_cached_values(path, office, validate):
    after = sound(path, office, validate)
    assert {"Reading guide", "Churn"} <= {sheet for sheet, _ in after.cells}


def test_few_columns_have_no_empty_pages(tmp_path, office, validate):
    analysis = nrr_xl.analyse(cubes.cube([[100.0] * 13, [50.0] * 13]))
    after = sound(write_report(analysis, tmp_path / "few.xlsx"), office, validate)
    assert not {"Churn", "Renewals", "Adjusted NRR"} & {sheet for sheet, _ in after.cells}


def test_tenure_reasons_and_questions_follow_the_window(cube, path, office):
    after = office.recalculate(path, SIX, formulas_only=True)
    there = nrr_xl.analyse(cube, months=6)
    assert column(after, "Churn", "C", range(7, 13)) == pytest.approx(there.tenure_at_churn["amount"].tolist())
    assert after.value("Churn", "C13") == there.bridge["churn"]
    asked = {record["key"]: record for record in reading.asked(there)}
    first = next(row for row in range(6, 40) if after.cells.get(("Reading guide", f"D{row}")) and row > 10)
    for row, key in enumerate(reading.questions(), first):
        # The yearly change of NRR is the only one that the Summary of another window has from a year before.
        value = asked[key]["value"]
        shown = after.value("Reading guide", f"B{row}")
        assert shown == (pytest.approx(value) if value == value else "–"), key
    assert after.value("Checks", "B6") == 0


def test_a_reason_called_involuntary_moves_to_its_sum(path, office):
    before = office.recalculate(path, formulas_only=True)
    rows = [row for row in range(14, 40) if ("Churn", f"C{row}") in before.cells]
    total = next(row for row in rows if before.value("Churn", f"C{row}") == before.value("Churn", "C13"))
    after = office.recalculate(path, [("Churn", f"E{rows[1]}", "involuntary")], formulas_only=True)
    moved = before.value("Churn", f"C{rows[1]}")
    assert after.value("Churn", f"C{total + 1}") == before.value("Churn", f"C{total + 1}") + moved


def test_a_changed_limit_asks_or_silences_a_question(path, office):
    before = office.recalculate(path, formulas_only=True)
    row = next(row for row in range(11, 40) if before.cells.get(("Reading guide", f"D{row}")) is not None)
    assert before.value("Reading guide", f"D{row}") == "yes"
    after = office.recalculate(path, [("Reading guide", f"C{row}", 0.9)], formulas_only=True)
    assert after.value("Reading guide", f"D{row}") == "no"
