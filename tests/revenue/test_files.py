"""Files of every format and in every state: other writers' XML, other formats, encodings, the sheet that is read."""

from __future__ import annotations

import datetime as dt
import io
import re
import sys

import openpyxl
import pytest

from nrr_xl.errors import InputError
from nrr_xl.revenue.files.counted import NotPlain
from nrr_xl.revenue.files.package import Package
from nrr_xl.revenue.files.sheet import sheet_grid
from nrr_xl.revenue.read import read

from .grids import write_workbook
from .packages import CUBE, FILES, ROWS, SHEET, cube_of, plain_book, with_part
from .xlsb import xlsb


@pytest.mark.parametrize("in_cell", [False, True], ids=["shared", "inline"])
def test_texts_shared_and_in_the_cell(tmp_path, in_cell):
    path = tmp_path / "book.xlsx"
    path.write_bytes(plain_book(constant_memory=in_cell))
    assert cube_of(path) == CUBE


def prefixed(xml: str) -> str:
    """The same XML with every name under a prefix."""
    xml = re.sub(r"<(/?)(\w)", r"<\1x:\2", xml)
    return xml.replace("<?x:xml", "<?xml").replace('xmlns="', 'xmlns:x="')


@pytest.mark.parametrize(
    "change",
    [
        prefixed,
        lambda xml: xml.replace(' r="A2"', "").replace(' r="B2"', "").replace(' r="C2"', ""),
        lambda xml: xml.replace("<sheetData>", "<sheetData><!-- a comment -->"),
        lambda xml: xml.replace('<c r="C2"><v>10.5</v></c>', '<c t="n" r="C2"><v>10.5</v></c>'),
        lambda xml: xml.replace("<v>10.5</v>", "<v><![CDATA[10.5]]></v>"),
        lambda xml: xml.replace("<v>10.5</v>", "<f>5+5.5</f><v>10.5</v>"),
        lambda xml: xml.replace("<row ", "\n  <row ").replace("<c ", "\n    <c "),
        lambda xml: xml.replace('encoding="UTF-8"', 'encoding="utf-8"'),
    ],
    ids=["prefix", "no addresses", "comment", "attribute order", "cdata", "formula", "indented", "encoding"],
)
def test_other_programs_write_the_same_sheet_otherwise(tmp_path, change):
    path = tmp_path / "book.xlsx"
    before = plain_book()
    path.write_bytes(with_part(before, SHEET, change))
    assert path.read_bytes() != before
    assert cube_of(path) == CUBE


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml,
        prefixed,
        lambda xml: re.sub(r'<c r="[A-Z]+\d+"', "<c", xml),
        lambda xml: re.sub(r'<row r="\d+"', "<row", re.sub(r'<c r="[A-Z]+\d+"', "<c", xml)),
        lambda xml: re.sub(r'<c r="([A-Z]+\d+)" t="s"', r'<c t="s" r="\1"', xml),
        lambda xml: xml.replace("<sheetData>", "<sheetData><!-- <c r='Z9'><v>7</v></c> -->"),
        lambda xml: xml.replace("</row>", "<!-- </row> --></row>", 1),
    ],
    ids=["plain", "prefix", "no cell addresses", "no addresses", "attribute order", "comment", "comment in a row"],
)
def test_the_fast_way_knows_every_usual_form(tmp_path, monkeypatch, change):
    def slow(*_):
        raise AssertionError("read cell by cell")

    monkeypatch.setattr("nrr_xl.revenue.files.sheet.read_cells", slow)
    path = tmp_path / "book.xlsx"
    path.write_bytes(with_part(plain_book(), SHEET, change))
    assert cube_of(path) == CUBE


def test_a_second_count_sends_a_fast_reading_that_errs_to_the_patient_way(tmp_path, monkeypatch):
    from nrr_xl.revenue.files import tokens

    right = tokens._numbers
    monkeypatch.setattr(tokens, "_numbers", lambda *arguments: right(*arguments) + 1.0)
    path = tmp_path / "book.xlsx"
    path.write_bytes(plain_book())
    assert cube_of(path) == CUBE


def test_the_fast_way_and_the_patient_way_see_the_same_cells(tmp_path, monkeypatch):
    lines = (
        "Customer | Month | d:2024-01-31 | %:0.5 | €:3",
        "'x | #REF! | TRUE | 1e-7 | =1+1",
        "",
        "a&b | -5 | | 1.25 |",
    )
    case = {"grid": "\n".join(lines)}
    data = write_workbook(case, tmp_path / "book.xlsx").read_bytes()

    def cells():
        package = Package(data, "book.xlsx")
        grid = sheet_grid(package, package.sheets[0])
        return [[(grid.kinds[c, r], grid.value(r, c)) for c in range(grid.columns)] for r in range(grid.rows)]

    fast = cells()

    def not_plain(*_):
        raise NotPlain

    monkeypatch.setattr("nrr_xl.revenue.files.sheet.tokenise", not_plain)
    assert cells() == fast


def test_a_formula_that_nobody_has_calculated_is_an_error(tmp_path):
    book = openpyxl.Workbook()
    for row in [*ROWS, ["c", "2024-01", "=C2*2"]]:
        book.active.append(row)
    book.save(tmp_path / "book.xlsx")
    with pytest.raises(InputError) as caught:
        read(tmp_path / "book.xlsx")
    assert [(p.code, p.cell) for p in caught.value.problems] == [("amount-uncalculated", "C5")]


@pytest.mark.parametrize("name", sorted(path.name for path in FILES.glob("revenue.*")))
def test_other_formats(name):
    assert cube_of(FILES / name) == {"Acme": [10.5, 12.0], "Beta": [5.0, 0.0]}


def test_a_binary_workbook(tmp_path):
    day = dt.date(2024, 1, 31)
    rows = [["Customer", "Month", "MRR"], ["Söhne", day, 10.5], ["b", day, 5], ["b", dt.date(2024, 2, 29), -1e-3]]
    (tmp_path / "rows.xlsb").write_bytes(xlsb(rows))
    cube = read(tmp_path / "rows.xlsb", negatives="floor")
    assert dict(zip(cube.customers, cube.amounts.tolist(), strict=True)) == {"Söhne": [10.5, 0.0], "b": [5.0, 0.0]}
    assert cube.periods.keys == ("2024-01", "2024-02") and cube.source.sheet == "Revenue"
    assert [(p.code, p.cell) for p in cube.problems if p.cell] == [("negative-amount", "C4")]


def test_parquet_without_pyarrow_says_what_to_install(tmp_path, monkeypatch):
    for module in ("pyarrow", "fastparquet"):
        monkeypatch.setitem(sys.modules, module, None)
    (tmp_path / "rows.parquet").write_bytes(b"PAR1" + bytes(20) + b"PAR1")
    with pytest.raises(InputError) as caught:
        read(tmp_path / "rows.parquet")
    assert str(caught.value).endswith("reading Parquet takes pyarrow. Install it, or save the rows as .csv.")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimited_text_of_any_kind(tmp_path, encoding, delimiter):
    lines = ["Kunde|Monat|Umsatz", "Söhne|2024-01|10.5", '"a|b"|2024-01|5']
    text = "\r\n".join(line.replace("|", delimiter) for line in lines)
    path = tmp_path / "rows.csv"
    path.write_bytes(text.encode(encoding))
    assert cube_of(path) == {"Söhne": [10.5], f"a{delimiter}b".replace("\t", " "): [5.0]}


def test_text_pasted_on_standard_input(monkeypatch):
    class Standard:
        buffer = io.BytesIO(b"Customer\tMonth\tMRR\na\t2024-01\t10\n")

    monkeypatch.setattr("sys.stdin", Standard)
    assert cube_of("-") == {"a": [10.0]}


def test_the_likeliest_sheet_is_read_and_the_others_are_said(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Nothing", "here"])
    for name, rows in (("Rows", ROWS), ("Secret", ROWS)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book["Secret"].sheet_state = "hidden"
    book.save(tmp_path / "book.xlsx")
    cube = read(tmp_path / "book.xlsx")
    assert cube.source.sheet == "Rows"
    assert [(each.code, each.value, "hidden" in each.action) for each in cube.problems] == [
        ("other-sheet", "Secret", True)
    ]
    assert read(tmp_path / "book.xlsx", sheet="secret").source.sheet == "Secret"
    with pytest.raises(InputError, match=r"no sheet 'Third'\. It has: Sheet, Rows, Secret"):
        read(tmp_path / "book.xlsx", sheet="Third")
