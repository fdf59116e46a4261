"""The Calc add-in in a real LibreOffice: what cells show, workbooks from Excel, the menu, and the installation."""

import datetime as dt
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula

from nrr_xl.calc.build import build_extension
from nrr_xl.calc.engine import ENVIRONMENT
from nrr_xl.calc.install import environment
from tests.apps import office as libreoffice
from tests.apps.conftest import require

ROWS = [
    ("a", dt.date(2024, 1, 1), 100),
    ("b", dt.date(2024, 1, 1), 100),
    ("d", dt.date(2024, 1, 1), 50),
    ("a", dt.date(2024, 2, 1), 100),
    ("a", dt.date(2025, 1, 1), 150),
    ("c", dt.date(2025, 1, 1), 70),
    ("d", dt.date(2025, 1, 1), 20),
]
LONG = "$A$1:$A$7,$B$1:$B$7,$C$1:$C$7"
# What Excel 365 calls a formula of an add-in: the number of a link to its file.
LINKED = "[1]!"
PLAIN = {
    "=NRR(500000,100000,20000,30000)": 1.1,
    "=NRR(C1)": 1.0,
    "=NRR(0)": "#DIV/0!",
    "=NRR(100,-5)": "#NUM!",
    '=NRR("x")': "#VALUE!",
    "=NRR(1/0)": "#DIV/0!",
    "=EXPANSION_RATE(100)": "#VALUE!",
    "=NRR(100,10)+1": 2.1,
    '=IFERROR(NRR(0),"none")': "none",
    "=SUM(NRR(C1,10),GRR(C1))": 2.1,
    '=NRR_BAND(NRR(100,10))&"!"': "good!",
    "=NRR_COHORT({100;100;0},{150;0;70})": 0.75,
    "=MOVEMENT(0,70,TRUE)": "reactivation",
    f'=NRR_ASOF({LONG},"2025-01")': 0.68,
    f"=NRR_ASOF({LONG},B7)": 0.68,
    f'=NRR_ASOF({LONG},"2029-01")': "#N/A",
    f'=NRR_ASOF({LONG},"2025-01",12,"Survivors_Only")': 170 / 150,
    # An error in a range: Calc does not say which one.
    "=NRR_COHORT(D1:D2,C1:C2)": "Err:504",
}
SPILLING = {
    f"=NRR_TREND({LONG})": [["Period", "NRR", "GRR", "Logo retention"], ["Jan 2025", 0.68, 0.48, 2 / 3]],
    "=NRR(C1:C3,10)": [[1.1], [1.1], [1.2]],
    "=NRR(D1:D2,10)": [["Err:504"], ["Err:504"]],
    "=NRR(D1:D2+0,10)": [["#DIV/0!"], ["#DIV/0!"]],
    "=NRR({100;0;50},{10;1;-5})": [[1.1], ["#DIV/0!"], ["#NUM!"]],
    f'=TOP_MOVERS({LONG},"2025-01",2)': [
        ["Customer", "Movement", "Opening", "Closing", "Change"],
        ["b", "churn", 100.0, 0.0, -100.0],
        ["c", "new", 0.0, 70.0, 70.0],
    ],
}


def excels_workbook(path: Path) -> Path:
    """A workbook as Excel writes it: array formulas where they spill, some with a link to the add-in's file."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "S"
    for row, cells in enumerate(ROWS, 1):
        for column, value in enumerate(cells, 1):
            sheet.cell(row, column, value)
    sheet["D1"], sheet["D2"] = "=1/0", 100
    for row, formula in enumerate(PLAIN, 1):
        sheet.cell(row, 6, formula)
    sheet["G1"] = f"={LINKED}NRR(100,10)"
    sheet["G2"] = ArrayFormula("G2:G3", f"={LINKED}NRR(C2:C3,10)")
    for place, (formula, rows) in enumerate(SPILLING.items()):
        column = 10 + 6 * place
        corner = sheet.cell(1, column).coordinate
        last = sheet.cell(len(rows), column + len(rows[0]) - 1).coordinate
        sheet[corner] = ArrayFormula(f"{corner}:{last}", formula)
    book.save(path)
    return with_link(path)


def with_link(path: Path) -> Path:
    """The workbook with a link to the add-in's file, as Excel stores one; openpyxl cannot write it."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    added = {
        "[Content_Types].xml": (
            "</Types>",
            f'<Override PartName="/xl/externalLinks/externalLink1.xml" ContentType="{kind}"/>',
        ),
        "xl/_rels/workbook.xml.rels": (
            "</Relationships>",
            f'<Relationship Id="rIdLink" Type="{relation}/externalLink" Target="externalLinks/externalLink1.xml"/>',
        ),
        "xl/workbook.xml": (
            "<calcPr",
            f'<externalReferences><externalReference xmlns:r="{relation}" r:id="rIdLink"/></externalReferences>',
        ),
    }
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name).decode() for name in package.namelist()}
    for name, (before, text) in added.items():
        parts[name] = parts[name].replace(before, text + before)
    parts["xl/externalLinks/externalLink1.xml"] = (
        f'<externalLink xmlns="{main}"><externalBook xmlns:r="{relation}" r:id="rId1"><sheetNames><sheetName val="S"/>'
        '</sheetNames><definedNames><definedName name="NRR"/></definedNames></externalBook></externalLink>'
    )
    parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{relation}/externalLinkPath" Target="nrr_xl.xlam" TargetMode="External"/>'
        "</Relationships>"
    )
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


@pytest.fixture(scope="module")
def calc(tmp_path_factory):
    """A LibreOffice with the add-in, the environment's packages behind it."""
    require(libreoffice.missing())
    folder = tmp_path_factory.mktemp("calc")
    extension = folder / "nrr_xl.oxt"
    extension.write_bytes(build_extension({ENVIRONMENT: environment()}))
    with libreoffice.Office([extension]) as running:
        yield running


@pytest.fixture(scope="module")
def shown(calc, tmp_path_factory):
    """The cells of Excel's workbook."""
    return calc.recalculate(excels_workbook(tmp_path_factory.mktemp("books") / "excel.xlsx"))


@pytest.mark.parametrize("row, formula", list(enumerate(PLAIN, 1)))
def test_a_formula_of_a_workbook_from_excel(shown, row, formula):
    expected = PLAIN[formula]
    answer = shown.value("S", f"F{row}")
    assert answer == (pytest.approx(expected) if isinstance(expected, float) else expected)


@pytest.mark.parametrize("place, formula", list(enumerate(SPILLING)))
def test_an_array_formula_of_a_workbook_from_excel(shown, place, formula):
    rows = SPILLING[formula]
    first = 10 + 6 * place
    answer = [
        [shown.value("S", f"{get_column_letter(first + column)}{row}") for column in range(len(rows[0]))]
        for row in range(1, len(rows) + 1)
    ]
    assert answer == [[pytest.approx(cell) if isinstance(cell, float) else cell for cell in row] for row in rows]


def test_formulas_that_excel_linked_to_its_add_in_are_taken_over(calc, shown, tmp_path):
    assert shown.value("S", "G1") == "#NAME?"
    cells = calc.dispatch(excels_workbook(tmp_path / "excel.xlsx"), "service:nrrxl.Actions?link_formulas")
    assert [cells["S", f"G{row}"].value for row in (1, 2, 3)] == pytest.approx([1.1, 1.1, 1.2])


@pytest.fixture
def revenue(tmp_path):
    """A document with revenue rows, one customer named like a formula."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Revenue"
    for cells in (("Customer", "Month", "MRR"), *ROWS, ("=1+1", dt.date(2025, 1, 1), 5)):
        sheet.append(cells)
    sheet["A9"].data_type = "s"
    path = tmp_path / "march.xlsx"
    book.save(path)
    return path


def test_the_menu_builds_the_report_of_the_sheet_in_front(calc, revenue):
    before = revenue.read_bytes()
    cells = calc.dispatch(revenue, "service:nrrxl.Actions?build_report")
    report = revenue.with_name("march_retention.xlsx")
    summary = [cell.value for (sheet, _), cell in cells.items() if sheet == f"{report.as_uri()}|Summary"]
    assert 0.68 in [round(value, 9) for value in summary if isinstance(value, float)]
    assert revenue.read_bytes() == before
    assert any("march.xlsx" in str(cell.value) for cell in cells.values())


def test_the_menu_lists_what_is_wrong(calc, revenue):
    book = openpyxl.load_workbook(revenue)
    book.active["C5"] = "mystery"
    book.active["C6"] = "#REF!"
    book.save(revenue)
    cells = calc.dispatch(revenue, "service:nrrxl.Actions?check_data")
    listed = {str(cell.value) for (sheet, _), cell in cells.items() if sheet.startswith("|")}
    assert {"Severity", "C5", "mystery", "C6"} <= listed
    assert not [key for key, cell in cells.items() if cell.formula and key[0].startswith("|")]


def test_the_menu_opens_the_template(calc, revenue):
    own = ["Read me", "Settings", "Summary"]  # of its sheets those with few cells
    cells = calc.dispatch(revenue, "service:nrrxl.Actions?new_from_template", only=own)
    opened = {sheet.removeprefix("|") for sheet, _ in cells if sheet.startswith("|")}
    assert opened == set(own)


@pytest.mark.skipif(sys.platform != "linux", reason="unshare is Linux's")
def test_install_and_a_fresh_office_and_uninstall(tmp_path):
    """`nrr-xl install --libreoffice` as a user, then =NRR(...) typed into a LibreOffice that never ran before."""
    require(libreoffice.missing())
    home = tmp_path / "home"
    home.mkdir()
    environ = os.environ | {"HOME": str(home)}
    alone = ["unshare", "-U"] if os.geteuid() == 0 else []  # unopkg serves the administrator differently

    def nrr_xl(*words: str) -> str:
        done = subprocess.run(
            [*alone, sys.executable, "-m", "nrr_xl", *words], env=environ, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def typed() -> float | str | None:
        profile = next((home / ".config" / "libreoffice").glob("*"))
        with libreoffice.Office(profile=profile) as fresh:
            change = ("Sheet", "A1", "=NRR(500000;100000;20000;30000)")
            return fresh.recalculate(blank, [change]).value("Sheet", "A1")

    blank = tmp_path / "blank.xlsx"
    openpyxl.Workbook().save(blank)
    assert "=NRR(500000,100000,20000,30000)" in nrr_xl("install", "--libreoffice")
    assert typed() == pytest.approx(1.1)
    nrr_xl("install", "--libreoffice")  # again: an upgrade in place
    assert typed() == pytest.approx(1.1)
    nrr_xl("uninstall", "--libreoffice")
    assert typed() == "#NAME?"


def test_without_libreoffice_the_command_says_so(tmp_path, monkeypatch, capsys):
    from nrr_xl.cli import main

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert main(["install", "--libreoffice"]) == 2
    assert "there is no unopkg" in capsys.readouterr().err
