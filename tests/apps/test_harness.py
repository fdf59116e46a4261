"""The harness itself: what it must catch, shown on small workbooks that XlsxWriter writes."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from tests.apps import cached
from tests.apps.cell import Cell
from tests.apps.office import OfficeError


@pytest.fixture
def book(tmp_path: Path):
    """A function that writes a workbook with given cells on sheet "Bridge" and returns its path."""

    def write(**cells) -> Path:
        path = tmp_path / "book.xlsx"
        with xlsxwriter.Workbook(path) as workbook:
            sheet = workbook.add_worksheet("Bridge")
            for address, content in cells.items():
                if isinstance(content, tuple):
                    sheet.write_formula(address, content[0], None, content[1])
                else:
                    sheet.write(address, content)
        return path

    return write


def test_right_cached_values_pass(office, book):
    path = book(
        A1=100,
        A2=110.0,
        A3="Acme",
        B1=("=A2/A1", 1.1),
        B2=("=A2/0", "#DIV/0!"),
        B3=('=A3&"!"', "Acme!"),
        B4=('=IF(A1>A2,"x","")', ""),
        B5=("=A2>A1", True),
        B6=("=0.1+0.2-0.3", 0),
    )
    after = office.recalculate(path)
    assert cached.differences(path, after.cells) == []
    assert after.cells["Bridge", "A1"] == Cell("", 100.0)
    assert after.cells["Bridge", "A3"] == Cell("", "Acme")
    assert after.cells["Bridge", "B1"] == Cell("A2/A1", 1.1)


@pytest.mark.parametrize(
    ("formula", "wrong", "line"),
    [
        ("=A1*1.1", 110.001, "Bridge!B1: cached 110.001, recalculated 110.0"),
        ("=A1/0", 0, "Bridge!B1: cached 0.0, recalculated #DIV/0!"),
        ("=A1/0", "#N/A", "Bridge!B1: cached #N/A, recalculated #DIV/0!"),
        ("=A1", "#N/A", "Bridge!B1: cached #N/A, recalculated 100.0"),
        ('="new"', "churn", "Bridge!B1: cached 'churn', recalculated 'new'"),
        ("=A1-A1", "", "Bridge!B1: cached no value, recalculated 0.0"),
        ('=A1&""', 100, "Bridge!B1: cached 100.0, recalculated '100'"),
    ],
)
def test_a_wrong_cached_value_is_caught(office, book, formula, wrong, line):
    path = book(A1=100, B1=(formula, wrong))
    found = cached.differences(path, office.recalculate(path).cells)
    assert len(found) == 1
    assert found[0].startswith(line)


def test_a_formula_that_only_one_side_has_is_caught(office, book):
    path = book(A1=1, B1=("=A1", 1))
    after = office.recalculate(path, [("Bridge", "B1", 1), ("Bridge", "B2", "=A1")])
    assert cached.differences(path, after.cells) == [
        "Bridge!B1: only the file has a formula (=A1)",
        "Bridge!B2: only the recalculation has a formula (=A1)",
    ]


def test_every_error_is_reported(office, book):
    path = book(A1=("=1/0", 0), A2=("=NA()", 0), A3=("=10^400", 0), A4=('="x"+1', 0), A5=("=NOSUCH(1)", 0), A6=1)
    after = office.recalculate(path, formulas_only=True)
    assert [line.split()[1] for line in after.errors] == ["#DIV/0!", "#N/A", "#NUM!", "#VALUE!", "#NAME?"]
    assert after.value("Bridge", "A1") == "#DIV/0!"
    assert ("Bridge", "A6") not in after.cells


def test_array_formulas_are_compared_cell_by_cell(office, tmp_path):
    path = tmp_path / "array.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("S")
        sheet.write_column("A1", [1, 2, 3])
        sheet.write_array_formula("B1:B3", "{=A1:A3*2}", None, 2)
        sheet.write_number("B2", 4)
        sheet.write_number("B3", 5)
    found = cached.differences(path, office.recalculate(path).cells)
    assert [line.split(" (")[0] for line in found] == ["S!B3: cached 5.0, recalculated 6.0"]


def test_changes_move_the_formulas_but_not_the_file(office, book, tmp_path):
    path = book(A1=100, A2=10, B1=("=SUM(A1:A2)", 110), B2=("=A3", 0))
    before = path.read_bytes()
    saved = tmp_path / "saved.xlsx"
    after = office.recalculate(path, [("Bridge", "A1", 50), ("Bridge", "A2", None), ("Bridge", "A3", "x")], save=saved)
    assert after.value("Bridge", "B1") == 50.0
    assert after.value("Bridge", "B2") == "x"
    assert ("Bridge", "A2") not in after.cells
    assert path.read_bytes() == before
    assert cached.formula_cells(saved)["Bridge", "B1"].value == 50.0


def test_the_office_survives_a_file_it_cannot_load(office, book, tmp_path):
    with pytest.raises(OfficeError, match=r"absent\.xlsx"):
        office.recalculate(tmp_path / "absent.xlsx")
    assert office.recalculate(book(A1=("=1+1", 2))).value("Bridge", "A1") == 2.0


def test_pages_are_rendered(office, book, tmp_path):
    pages = office.render(book(A1="Retention"), tmp_path / "pages", dpi=40)
    assert [page.name for page in pages] == ["book-1.png"]
    assert pages[0].read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "pages" / "book.pdf").read_bytes().startswith(b"%PDF")


def test_the_validator_passes_a_sound_file_and_names_a_fault(validate, book, tmp_path):
    path = book(A1=1)
    assert validate(path) == []
    broken = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"<sheetData>", b"<sheetDater/><sheetData>"))
    assert any("sheetDater" in line for line in validate(broken))


def test_ironcalc_evaluates_lambda_names(ironcalc, tmp_path):
    path = tmp_path / "lambda.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet("S").write_formula("A1", "=1/4", None, 0.25)
        workbook.define_name("GRR", "=_xlfn.LAMBDA(_xlpm.start,_xlpm.churn,(_xlpm.start-_xlpm.churn)/_xlpm.start)")
    cells, answers = ironcalc(path, ["=GRR(100,20)", "=GRR(0,0)", '="a"&"b"'])
    assert cells == {("S", "A1"): Cell("1/4", 0.25)}
    assert [answer.value for answer in answers] == [0.8, None, "ab"]
    assert answers[1].error == "#DIV/0!"
