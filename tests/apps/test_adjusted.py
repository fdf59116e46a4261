"""Adjusted NRR in LibreOffice: every kind of line, each decided the other way, against what a person added up."""

from __future__ import annotations

import pytest

from nrr_xl.workbook.report import write_report
from tests.apps.test_workbook_reports import sound
from tests.retention.adjustments import ADJUSTED, REPORTED, TRUTH, analysed

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
SHEET = "Adjusted NRR"


def test_every_kind_of_line_is_found_and_worth_what_was_added_up_by_hand():
    found = analysed().adjusted
    assert (found.numerator, found.denominator) == REPORTED
    assert found.adjusted == ADJUSTED[0] / ADJUSTED[1]
    assert {(line.label, line.customer) for line in (*found.adjustments, *found.included)} == set(TRUTH)


def rows_of(before):
    return {
        (before.cells[SHEET, f"A{row}"].value, before.cells[SHEET, f"B{row}"].value): row
        for row in range(11, 40)
        if (SHEET, f"A{row}") in before.cells and (SHEET, f"B{row}") in before.cells
    }


@pytest.mark.parametrize("dated", [True, False])
def test_each_line_decided_the_other_way_gives_what_was_added_up(tmp_path, office, validate, dated):
    path = write_report(analysed(dated), tmp_path / "report.xlsx")
    sound(path, office, validate)
    before = office.recalculate(path)

    def rate(cells):
        after = office.recalculate(path, [(SHEET, *cell) for cell in cells], formulas_only=True)
        return after.value(SHEET, "I8"), after.value("Checks", "B6")

    assert before.value(SHEET, "I8") == pytest.approx(ADJUSTED[0] / ADJUSTED[1])
    rows = rows_of(before)
    for line, (above, below) in TRUTH.items():
        # The exchange rates' line is in the one report, all others are tried in the other.
        if dated == (line[1] == "Euro"):
            row = rows[line]
            assert rate([(f"D{row}", 1 - before.value(SHEET, f"D{row}"))]) == (pytest.approx(above / below), 0), line
    if dated:
        # Nothing can be looked up there for a customer that is typed, so there is no line to type one in.
        assert not any(label.startswith(("Below", "Corrected")) for label, _ in rows)
        return
    smallest = next(row for (label, _), row in rows.items() if label.startswith("Below the smallest"))
    assert rate([(f"C{smallest}", 35.0)]) == (pytest.approx(810 / 730), 0)
    hand = smallest - 1
    typed = [(f"B{hand}", "Base"), (f"E{hand}", 110.0), (f"F{hand}", 130.0)]
    assert rate(typed) == (pytest.approx(870 / 770), 0)
    # What was measured by itself is not undone of a customer that another line changes too.
    twice = [(f"B{hand}", "Yearly"), *typed[1:], (f"D{rows['Invoices spread over their months', 'Yearly']}", 0)]
    assert rate(twice)[1] > 0 and rate(twice[:-1])[1] == 0
