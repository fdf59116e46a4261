"""Files of every format and in every state: other writers' XML, hostile packages, passwords, encodings."""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
import sys
import time
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from nrr_xl.errors import InputError
from nrr_xl.revenue.files.counted import NotPlain
from nrr_xl.revenue.files.package import Package
from nrr_xl.revenue.files.sheet import sheet_grid
from nrr_xl.revenue.read import read

from .grids import write_workbook
from .xlsb import xlsb

FILES = Path(__file__).with_name("files")
ROWS = [
    ["Customer", "Month", "MRR"],
    ["Acme & Söhne <1>", "2024-01", 10.5],
    ["b", "2024-01", 5.0],
    ["b", "2024-02", 0.25],
]
CUBE = {"Acme & Söhne <1>": [10.5, 0.0], "b": [5.0, 0.25]}


def cube_of(path, **options) -> dict:
    cube = read(path, **options)
    return dict(zip(cube.customers, cube.amounts.tolist(), strict=True))


def plain_book(**options) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet()
    for row, cells in enumerate(ROWS):
        sheet.write_row(row, 0, cells)
    book.close()
    return out.getvalue()


def with_part(data: bytes, name: str, change) -> bytes:
    """A package with one part changed by a function of its text."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.namelist():
            part = source.read(item)
            target.writestr(item, change(part.decode()).encode() if item == name else part)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


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


def test_a_password_is_named():
    with pytest.raises(InputError, match="protected by a password"):
        read(FILES / "password.xlsx")


def test_a_zip_bomb_is_not_inflated(tmp_path):
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(
        with_part(plain_book(), SHEET, lambda xml: xml.replace("<sheetData>", "<sheetData>" + " " * (80 << 20)))
    )
    began = time.perf_counter()
    with pytest.raises(InputError, match="would unpack to 80 MB"):
        read(path)
    assert time.perf_counter() - began < 2


def spaces(data: bytes, part: str, count: int, copies: int = 1) -> bytes:
    """An archive with that many spaces at the end of a part, or of several parts like it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.namelist():
            target.writestr(item, source.read(item) + b" " * (count if item == part else 0))
        for number in range(1, copies):
            target.writestr(f"{number}/{part}", b" " * count)
    return out.getvalue()


def understated(data: bytes, part: str) -> bytes:
    """The same archive saying of one part that it unpacks to 100 bytes, with a checksum of what one reads by that."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info, head = archive.getinfo(part), archive.read(part)[:101]
    facts = struct.pack("<III", info.CRC, info.compress_size, info.file_size)
    false = struct.pack("<III", zlib.crc32(head), info.compress_size, 100)
    assert data.count(facts) == 2
    return data.replace(facts, false)


OTHERS = {"ods": "content.xml", "xlsb": "xl/worksheets/sheet1.bin"}


@pytest.mark.parametrize("suffix", OTHERS)
@pytest.mark.parametrize(
    ("attack", "says"),
    [
        (lambda data, part: spaces(data, part, 80 << 20), "would unpack to 80 MB"),
        (lambda data, part: spaces(data, part, 40 << 20, copies=3), "all parts together would unpack to 120 MB"),
        (lambda data, part: understated(spaces(data, part, 80 << 20), part), "unpacks to more than it says"),
    ],
    ids=["large", "together", "understated"],
)
def test_a_bomb_in_another_format_is_not_read(tmp_path, suffix, attack, says):
    data = (FILES / "revenue.ods").read_bytes() if suffix == "ods" else xlsb(ROWS)
    path = tmp_path / f"bomb.{suffix}"
    path.write_bytes(attack(data, OTHERS[suffix]))
    began = time.perf_counter()
    with pytest.raises(InputError, match=says):
        read(path)
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(("suffix", "part"), [("ods", "content.xml"), ("xlsb", "xl/_rels/workbook.bin.rels")])
def test_document_types_in_other_formats_are_refused(tmp_path, suffix, part):
    data = (FILES / "revenue.ods").read_bytes() if suffix == "ods" else xlsb(ROWS)
    doctype = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    path = tmp_path / f"entities.{suffix}"
    path.write_bytes(with_part(data, part, lambda xml: xml.replace("?>", "?>" + doctype, 1)))
    with pytest.raises(InputError, match=f"{part} declares a document type"):
        read(path)


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
def test_entities_are_refused(tmp_path, part):
    doctype = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    path = tmp_path / "entities.xlsx"
    path.write_bytes(with_part(plain_book(), part, lambda xml: xml.replace("?>", "?>" + doctype, 1)))
    with pytest.raises(InputError, match="declares a document type"):
        read(path)


def test_a_million_declared_rows_are_no_burden(tmp_path):
    empty = "".join(f'<row r="{row}" spans="1:3"><c r="A{row}" s="0"/></row>' for row in range(5, 1_048_577))
    path = tmp_path / "declared.xlsx"
    path.write_bytes(with_part(plain_book(), SHEET, lambda xml: xml.replace("</sheetData>", empty + "</sheetData>")))
    began = time.perf_counter()
    assert cube_of(path) == CUBE
    assert time.perf_counter() - began < 10


def test_a_cell_in_the_last_corner_is_named(tmp_path):
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    path = tmp_path / "far.xlsx"
    path.write_bytes(with_part(plain_book(), SHEET, lambda xml: xml.replace("</sheetData>", far)))
    with pytest.raises(InputError, match="XFD1048576 stands far outside the table"):
        read(path)


def test_external_links_are_never_followed(tmp_path):
    facts = 'Id="rId9" Type="http://x/worksheet" Target="http://example.invalid/s.xml" TargetMode="External"'
    path = tmp_path / "links.xlsx"
    change = lambda xml: xml.replace("</Relationships>", f"<Relationship {facts}/></Relationships>")  # noqa: E731
    path.write_bytes(with_part(plain_book(), "xl/_rels/workbook.xml.rels", change))
    assert cube_of(path) == CUBE


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
    assert cube.source.sheet == "Rows" and not cube.problems
    assert read(tmp_path / "book.xlsx", sheet="secret").source.sheet == "Secret"
    with pytest.raises(InputError, match=r"no sheet 'Third'\. It has: Sheet, Rows, Secret"):
        read(tmp_path / "book.xlsx", sheet="Third")


def test_a_customer_map_and_rates_stand_in_sheets_of_their_own(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Revenue"
    for row in (["Customer", "Month", "Currency", "MRR"], ["a", "2024-01", "EUR", 10], ["b", "2024-02", "USD", 5]):
        book.active.append(row)
    for name, rows in (
        ("Customer map", [["From", "To"], ["b", "a"]]),
        ("Rates", [["Currency", "Period", "Rate"], ["EUR", "2024-01", 2], ["USD", "2024-01", 1]]),
    ):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "book.xlsx")
    assert cube_of(tmp_path / "book.xlsx") == {"a": [20.0, 5.0]}


def test_lookups_come_from_files_as_well(tmp_path):
    (tmp_path / "rows.csv").write_text("Customer,Month,Currency,MRR\na,2024-01,EUR,10\nb,2024-01,USD,5\n")
    (tmp_path / "map.csv").write_text("from,to\nb,a\n")
    (tmp_path / "rates.csv").write_text("currency,rate\nEUR,1.5\nUSD,1\n")
    options = {"rates": tmp_path / "rates.csv", "customer_map": tmp_path / "map.csv"}
    assert cube_of(tmp_path / "rows.csv", **options) == {"a": [20.0]}


@pytest.mark.parametrize(
    ("rates", "says"),
    [
        ("currency,rate\nEUR,0\n", "B2: '0' is no rate"),
        ("currency,rate\nEUR,1.5\nEUR,1.6\n", "EUR has two rates"),
        ("currency,period,rate\nEUR,soon,1.5\n", "B2: 'soon' is no period"),
        ("money,worth\nEUR,1.5\n", "needs the headers currency and rate"),
        ("currency,rate\nEUR,1\nUSD,1\n", "both have the rate 1"),
    ],
)
def test_a_rates_table_that_cannot_be(tmp_path, rates, says):
    (tmp_path / "rows.csv").write_text("Customer,Month,Currency,MRR\na,2024-01,EUR,10\nb,2024-01,USD,5\n")
    (tmp_path / "rates.csv").write_text(rates)
    with pytest.raises(InputError, match=says):
        read(tmp_path / "rows.csv", rates=tmp_path / "rates.csv")
