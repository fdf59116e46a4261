"""The status line is not talked into a tick: not its cells, not those of other sheets, not by what a check forgives."""

from __future__ import annotations

import openpyxl
import pytest

import nrr_xl
from nrr_xl.workbook.report import write_report
from nrr_xl.workbook.texts import texts
from tests.apps.test_live import AMBER, PASSED, RED
from tests.workbook import cubes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
WORDS = texts()["checks"]
TICK, TYPED = WORDS["passed"], WORDS["typed_over"]
LINES = WORDS["failed"].format(name=WORDS["lines"])
OWN = WORDS["failed"].format(name=WORDS["own"])


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    cube = cubes.cube([[100.0] * 13, [50.0] * 8 + [0] * 5, [0] * 5 + [70.0] * 8], {"Region": ["A", "B", "A"]})
    return write_report(nrr_xl.analyse(cube), tmp_path_factory.mktemp("status") / "report.xlsx", pack="diligence")


def test_a_line_typed_over_is_told_on_the_summary_and_on_checks(path, office):
    sheets = openpyxl.load_workbook(path).sheetnames
    edits = [[(sheet, "A4", f"{TICK}!")] for sheet in sheets]
    seen = {at: office.each_alone(path, edits, (at, "A4")) for at in ("Summary", "Checks")}
    for number, sheet in enumerate(sheets):
        others = {at for at in seen if at != sheet}
        # The Summary's own line is told by Checks; a line of Checks itself only shows that it was typed over.
        told = {at for at in others if seen[at][number] == LINES}
        assert told == (set() if sheet == "Checks" else others), sheet
    assert seen["Summary"][-1] == seen["Checks"][-1] == TICK


def test_a_line_typed_over_shows_that_in_place_of_what_was_typed(path):
    """Every line's first condition: it is not what Checks says; its format shows the same words whatever is typed."""
    book = openpyxl.load_workbook(path)
    for sheet in book:
        (area,) = (found for found in sheet.conditional_formatting if str(found.sqref) == "A4")
        first = min(area.rules, key=lambda rule: rule.priority)
        assert first.formula == ["$A$4<>StatusLine"] and first.stopIfTrue
        assert first.dxf.numFmt.formatCode == ";".join([f'"{TYPED}"'] * 4)
    assert book.defined_names["StatusLine"].attr_text == "Checks!$C$6"


@pytest.mark.parametrize(
    ("edits", "says"),
    [
        ([("Checks", "C6", TICK)], OWN),
        ([("Checks", "C6", f'="{TICK}"'), ("Customers", "{amount}", -5.0)], OWN),
        ([("Checks", "B6", 0.0)], OWN),
        ([("Checks", "B8", 1.0), ("Customers", "{amount}", 7.0)], RED),
        ([("Checks", "C12", -1.0)], RED),
        ([("Checks", "C12", 0.1)], RED),
    ],
)
def test_no_cell_of_checks_is_talked_into_a_tick(edits, says, path, office):
    amount, _ = places(path)
    edits = [(sheet, address.format(amount=amount), value) for sheet, address, value in edits]
    (line, after) = office.each_alone(path, [edits], ("Bridge", "A4"))
    assert line.startswith(says) and after[0] == PASSED


def test_a_formula_in_place_of_a_formula_is_told_whatever_makes_up_for_it(path, office):
    """Sheets with blue cells are held against what was written too; squares see what a row of all others makes up."""
    edits = [
        [("Levers", "B32", "=5")],
        [("Levers", "B32", "=1/0")],
        [("Movers", "G32", "=2")],
        [("Reading guide", "B37", "=9")],
        [("Benchmarks", "C8", "=2")],
        [("Summary", "O20", "=O20*0+1")],
        [("Top customers", "F8", "=77")],
        [("Segments", "B7", '="1"')],
    ]
    first = openpyxl.load_workbook(path).defined_names["FirstPeriod"].attr_text.rpartition("$")[2]
    edits.append([("Customers", f"F{first}", "=3")])
    seen = office.each_alone(path, edits, ("Summary", "A4"))
    assert [edit for edit, line in zip(edits, seen, strict=False) if line[0] != RED] == [] and seen[-1][0] == PASSED


def test_a_published_figure_or_a_limit_typed_over_is_a_change_of_the_report(path, office):
    edits = [[("Benchmarks", "B8", 0.5)], [("Reading guide", "C16", 3.0)], [("Reading guide", "B41", 0.5)]]
    seen = office.each_alone(path, edits, ("Summary", "A4"))
    assert [line[0] for line in seen] == [AMBER, AMBER, AMBER, PASSED]
    # What is there to be played with is no change: the levers follow.
    assert office.each_alone(path, [[("Levers", "B15", 0.2)]], ("Summary", "A4"))[0][0] == PASSED


def test_a_widened_tolerance_forgives_nothing(path, office):
    amount, rows = places(path)
    row, again = rows[texts()["customers"]["check_negatives"]], rows[WORDS["verdicts"]]
    wide = ("Checks", f"C{row}", f"=IF(ABS(B{row})<=1E9;0;1)")
    edits = [[wide], [wide, ("Customers", amount, -5.0)]]
    assert office.each_alone(path, edits, ("Checks", f"C{row}"))[:2] == ["– ", "– "]
    assert office.each_alone(path, edits, ("Checks", f"C{again}"))[:2] == ["– ", "1 "]


def places(path):
    """The cell of an amount, and each check's first row of its name."""
    book = openpyxl.load_workbook(path)
    rows = {book["Checks"][f"A{row}"].value: row for row in range(book["Checks"].max_row, 10, -1)}
    _, area = book.defined_names["Amounts"].attr_text.split("!")
    return area.split(":")[1].replace("$", ""), rows
