"""Every lint rule fires on a tiny file that breaks it, and none on a sound one."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from tests.apps import lint, lint_formulas


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook with a little of everything that the rules look at."""
    path = tmp_path_factory.mktemp("lint") / "sound.xlsx"
    with xlsxwriter.Workbook(path) as book:
        one, two = book.add_worksheet("One"), book.add_worksheet("Two")
        money = book.add_format({"num_format": '#,##0.00;[Red](#,##0.00);"-"'})
        one.add_table("A1:B3", {"name": "Revenue", "columns": [{"header": "Customer"}, {"header": "MRR"}]})
        one.add_table("D1:E3", {"name": "Plans", "columns": [{"header": "Plan"}, {"header": "Price"}]})
        one.write_column("A2", ["Acme", "Globex"])
        one.write_column("B2", [10, 20], money)
        one.write_formula("G1", "=SUM(B2:B3)", None, 30)
        one.conditional_format("B2:B3", {"type": "formula", "criteria": "=B2>15", "format": money})
        two.merge_range("A1:C1", "A title")
        two.merge_range("A3:C3", "A note")
        two.data_validation("E1", {"validate": "list", "source": ["month", "quarter"]})
        two.write_dynamic_array_formula("G1:G2", "=UNIQUE(One!A2:A3)", None, "Acme")
        two.set_column("A:C", 20)
        two.set_column("D:D", 30)
        two.set_footer("&L&F&RPage &P of &N")
        two.write_url("E5", "internal:'One'!A1")
        two.write_url("E6", "external:source.xlsx#'Their sheet'!A1")
        two.insert_textbox("G5", "Back", {"url": "internal:One!A1"})
        book.define_name("NRR", "=_xlfn.LAMBDA(_xlpm.start,_xlpm.churn,(_xlpm.start-_xlpm.churn)/_xlpm.start)")
        book.define_name("Window", "=One!$B$2")
    return path


def test_a_sound_workbook_has_no_findings(sound):
    assert lint.findings(sound) == []


SHEET1, SHEET2 = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"
BOOK, STYLES, TYPES = "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"
TABLE1, TABLE2 = "xl/tables/table1.xml", "xl/tables/table2.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
BREAKS = [
    (SHEET1, "</worksheet>", "", "sheet1.xml: not well-formed"),
    (
        TYPES,
        "</Types>",
        '<Override PartName="/xl/gone.xml" ContentType="x"/></Types>',
        "gone.xml: has a content type but",
    ),
    (
        TYPES,
        '<Override PartName="/xl/styles.xml"',
        '<Override PartName="/xl/other.xml"',
        "styles.xml: has no content type",
    ),
    (RELATIONS, "styles.xml", "stiles.xml", "leads to xl/stiles.xml"),
    (RELATIONS, 'Id="rId2"', 'Id="rId1"', "relation id rId1 stands twice"),
    (BOOK, 'name="Two"', 'name="A sheet name with over 31 characters"', "illegal sheet name"),
    (BOOK, 'name="Two"', 'name="Q1/Q2"', "illegal sheet name 'Q1/Q2'"),
    (BOOK, 'name="Two"', 'name="History"', "illegal sheet name 'History'"),
    (BOOK, 'name="Two"', 'name="ONE"', "sheet name 'one' stands twice"),
    (STYLES, "[Red]", "[Rot]", "bad number format"),
    (STYLES, "&quot;-&quot;", "&quot;-", "bad number format"),
    (STYLES, "#,##0.00;", "0;0;0;0;", "bad number format"),
    (BOOK, 'name="Window"', 'name="NRR12"', "illegal defined name NRR12"),
    (BOOK, 'name="Window"', 'name="the window"', "illegal defined name the window"),
    (BOOK, 'name="Window"', 'name="nrr"', "defined name nrr stands twice"),
    (BOOK, "One!$B$2", "#REF!", "defined name Window: refers to #REF!"),
    (BOOK, "_xlfn.LAMBDA", "LAMBDA", "defined name NRR: LAMBDA lacks the prefix _xlfn."),
    (BOOK, "_xlpm.", "", "the parameters of LAMBDA lack the prefix _xlpm."),
    (SHEET1, '<row r="3"', '<row r="2"', "row 2 is out of order"),
    (SHEET1, 'r="E1"', 'r="D1"', "One!D1: the cell is out of order"),
    (SHEET1, 's="1"', 's="99"', "style 99 does not exist"),
    (SHEET1, 't="s"><v>0<', 't="s"><v>99<', "shared string 99 does not exist"),
    (SHEET1, "<v>10<", "<v>nan<", "'nan' is no number"),
    (SHEET1, "<v>10<", "<v>1e999<", "'1e999' is no number"),
    (SHEET1, "SUM(B2:B3)", "SUM(B2:B3", "One!G1: unbalanced parentheses"),
    (SHEET1, "B2&gt;15", "IFNA(B2,0)", "conditional format: IFNA lacks the prefix _xlfn."),
    (SHEET2, "A3:C3", "B1:C3", "merged ranges A1:C1 and B1:C3 overlap"),
    (
        SHEET1,
        "<tableParts",
        '<mergeCells><mergeCell ref="A2:B2"/></mergeCells><tableParts',
        "A2:B2 lies in table Revenue",
    ),
    (SHEET2, '"month,quarter"', '"' + "x" * 256 + '"', "validation list longer than 255"),
    (SHEET2, "<dataValidation ", f'<dataValidation promptTitle="{"x" * 33}" ', "promptTitle longer than 32"),
    (SHEET2, ' cm="1"', "", "has no cm metadata"),
    (SHEET2, "<oddFooter>", f"<oddFooter>{'x' * 250}", "oddFooter longer than 255"),
    (SHEET2, 'min="4" max="4"', 'min="3" max="4"', "column 3 has two widths"),
    (SHEET2, "location=\"'One'!A1\"", "location=\"'Uno'!A1\"", "E5: links to 'Uno', which is no sheet"),
    ("xl/drawings/_rels/drawing1.xml.rels", "#One!A1", "#Uno!A1", "links to Uno, which is no sheet"),
    (BOOK, 'definedName name="Window"', f'definedName comment="{"x" * 256}" name="Window"', "comment longer than 255"),
    (TABLE1, 'name="MRR"', 'name="ARR"', "header cell 'MRR' is not the column name 'ARR'"),
    (TABLE1, 'name="MRR"', 'name="customer"', "column name 'customer' stands twice"),
    (TABLE1, 'ref="A1:B3"', 'ref="A1:C3"', "2 columns in A1:C3"),
    (TABLE2, 'ref="D1:E3"', 'ref="B1:C3"', "tables Revenue and Plans overlap"),
    (TABLE2, 'displayName="Plans"', 'displayName="REVENUE"', "table name revenue stands twice"),
    (TABLE2, 'displayName="Plans"', 'displayName="Window"', "table name window stands twice"),
    (TABLE2, 'displayName="Plans"', 'displayName="T1"', "illegal table name T1"),
    (TABLE2, 'id="2"', 'id="1"', "table id 1 stands twice"),
    (TABLE2, '<autoFilter ref="D1:E3"', '<autoFilter ref="A9:B9"', "its filter lies outside"),
]


@pytest.mark.parametrize(("part", "old", "new", "finding"), BREAKS, ids=[finding[-40:] for *_, finding in BREAKS])
def test_a_broken_part_is_found(sound, tmp_path, part, old, new, finding):
    broken = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(sound) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            content = source.read(name).decode()
            if name == part:
                assert old in content, "the sound workbook no longer holds what this case replaces"
                content = content.replace(old, new)
            target.writestr(name, content)
    assert any(finding in line for line in lint.findings(broken)), lint.findings(broken)


def test_a_part_that_stands_twice_is_found(sound, tmp_path):
    twice = tmp_path / "twice.xlsx"
    twice.write_bytes(sound.read_bytes())
    with zipfile.ZipFile(twice, "a") as package, pytest.warns(UserWarning, match="Duplicate name"):
        package.writestr(STYLES, package.read(STYLES))
    assert lint.findings(twice) == [f"{STYLES}: stands in the package twice"]


def test_a_text_that_is_too_long_is_found(tmp_path):
    path = tmp_path / "long.xlsx"
    with xlsxwriter.Workbook(path, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.xls_strmax = 40_000
        sheet.write_string("A1", "x" * 32_768)
    assert lint.findings(path) == ["Sheet1!A1: text longer than 32767"]


@pytest.mark.parametrize(
    ("formula", "finding"),
    [
        ("=A1", "starts with '='"),
        ("A1+" * 3000 + "1", "longer than 8192"),
        (f'IF(A1,"{"x" * 256}","")', "a text in the formula is longer than 255"),
        ('IF(A1,"yes,0)', "unbalanced quotes"),
        ("SUM(A1))+(1", "unbalanced parentheses"),
        ("SUM(A1;A2)", "';' separates arguments"),
        ("IFS(A1,1)", "IFS lacks the prefix"),
        ("_xlfn.FILTER(A1:A2,A1:A2)", "must be written _xlfn._xlws.FILTER"),
        ("_xlfn.xlookup(1,A:A,B:B)", "is not in upper case"),
        ("_xlfn.UNIQUE(A1:A2)", "UNIQUE spills, but the formula is a plain one"),
    ],
)
def test_a_formula_excel_would_object_to_is_found(formula, finding):
    assert any(finding in line for line in lint_formulas.findings(formula))


@pytest.mark.parametrize(
    "formula",
    ['IF(A1=")(","a;b""","IFS(")', "SUM('a (b'!A1,'it''s; UNIQUE('!B2)", "SUMPRODUCT({1;2},A1:A2)", "_xlfn.IFNA(A1,0)"],
)
def test_texts_and_sheet_names_are_not_read_as_syntax(formula):
    assert list(lint_formulas.findings(formula)) == []
