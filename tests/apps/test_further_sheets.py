"""The sheets beyond the bridges in LibreOffice: cached values hold, checks are 0, what is live follows the window."""

from __future__ import annotations

import pandas as pd
import pytest

import nrr_xl
from nrr_xl.retention import reading
from nrr_xl.retention.adjust import adjusted
from nrr_xl.retention.figures import catalogue
from nrr_xl.workbook.report import write_report
from tests.apps.test_workbook_reports import sound
from tests.retention.described import described
from tests.retention.test_further import CONTRACTS
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
    assert {"Reading guide", "Churn", "Certainty"} <= {sheet for sheet, _ in after.cells}


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
        points = catalogue()["parts"]["reading"].get(key, "").endswith("points on the sheet")
        value = asked[key]["value"] * (100 if points else 1)
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


def test_the_adjusted_rate_follows_its_decisions(tmp_path, office, validate):
    analysis = nrr_xl.analyse(nrr_xl.read("templates/sample_revenue.xlsx"))
    path = write_report(analysis, tmp_path / "report.xlsx")
    after = sound(path, office, validate)
    assert (
        after.value("Adjusted NRR", "I8")
        == pytest.approx(analysis.adjusted.adjusted)
        == pytest.approx(1.0772, abs=1e-4)
    )
    decided = office.recalculate(path, [("Adjusted NRR", "D11", 0), ("Adjusted NRR", "D12", 1)], formulas_only=True)
    other = analysis.adjusted.deciding([False, True, False, False])
    assert decided.value("Adjusted NRR", "I8") == pytest.approx(other.adjusted)
    # By hand: a customer with its amounts, then one whose name is nobody's, and a customer of another line again.
    name = analysis.tables.movers["churn"].records()[0]["customer"]
    cells = [("Adjusted NRR", "B15", name), ("Adjusted NRR", "E15", 1000.0), ("Adjusted NRR", "F15", 900.0)]
    by_hand = office.recalculate(path, cells, formulas_only=True)
    line = adjusted(analysis.cube, analysis.span, by_hand=[(name, 1000.0, 900.0)])
    assert by_hand.value("Adjusted NRR", "I8") == pytest.approx(line.adjusted) and by_hand.value("Checks", "B6") == 0
    for wrong in ("Nobody at all", "Halden Robotics GmbH"):
        cells[0] = ("Adjusted NRR", "B15", wrong)
        assert office.recalculate(path, cells, formulas_only=True).value("Checks", "B6") > 0
    below = office.recalculate(path, [("Adjusted NRR", "C20", 500.0), ("Adjusted NRR", "D11", 0)], formulas_only=True)
    small = adjusted(analysis.cube, analysis.span, smallest=500.0)
    kept = [item.kind == "below" for item in small.adjustments]
    assert any(kept) and below.value("Adjusted NRR", "I8") == pytest.approx(small.deciding(kept).adjusted)


def test_renewals_are_summed_from_the_contracts_listed(tmp_path, office, validate):
    rows = pd.DataFrame(CONTRACTS, columns=["Customer", "Start", "End", "MRR"])
    analysis = nrr_xl.analyse(nrr_xl.read(rows), as_of="2024-11")
    path = write_report(analysis, tmp_path / "report.xlsx")
    after = sound(path, office, validate)
    assert after.value("Renewals", "D7") == 250.0 and after.value("Renewals", "N7") == pytest.approx(180 / 250)
    listed = next(at for at in range(7, 20) if after.cells.get(("Renewals", f"Q{at}")) is None)
    # What is typed over in the list moves the rate, and the check says where the parts no longer add up.
    changed = office.recalculate(path, [("Renewals", "T7", 0.0)], formulas_only=True)
    assert listed and changed.value("Checks", "B6") > 0


def test_certainty_follows_the_window(cube, path, office):
    after = office.recalculate(path, SIX, formulas_only=True)
    there = nrr_xl.analyse(cube, months=6)
    found = there.interval
    assert after.value("Certainty", "C7") == pytest.approx(found.rate)
    assert after.value("Certainty", "D7") == pytest.approx(found.rate - 1.6448536269514722 * found.error)
    assert after.value("Checks", "B6") == 0
