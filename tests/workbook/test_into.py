"""Adding the report's sheets to an analyst's own workbook: all else stays, and what would be lost is refused."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

import openpyxl
import pytest
import xlsxwriter

import nrr_xl
from nrr_xl.errors import OutputError
from nrr_xl.workbook.into import write_into
from nrr_xl.workbook.losses import losses
from tests.workbook import cubes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


def picture() -> io.BytesIO:
    """A red square as PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compress(b"".join(b"\0" + b"\xff\0\0" * 8 for _ in range(8)))
    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b""))


def own_workbook(path, extra=None):
    """A model with formulas, a chart, conditional formats, a validation, a picture, a comment and a name."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("My model")
    bold = book.add_format({"bold": True, "bg_color": "#FFEE00"})
    sheet.write_row(0, 0, ["a", "b", "c"], bold)
    for row in range(1, 11):
        sheet.write_row(row, 0, [row, row * 2])
        sheet.write_formula(row, 2, f"=A{row + 1}*B{row + 1}", None, row * row * 2)
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "='My model'!$A$2:$A$11"})
    sheet.insert_chart("F2", chart)
    sheet.conditional_format("A2:A11", {"type": "3_color_scale"})
    sheet.conditional_format("B2:B11", {"type": "cell", "criteria": ">", "value": 5, "format": bold})
    sheet.data_validation("D2:D11", {"validate": "list", "source": ["x", "y"]})
    sheet.write_comment("A1", "a note")
    sheet.insert_image("J20", "red.png", {"image_data": picture()})
    sheet.freeze_panes(1, 1)
    book.define_name("Rate", "='My model'!$A$2")
    if extra:
        extra(book, sheet)
    book.close()
    return path


@pytest.fixture(scope="module")
def analysis():
    return nrr_xl.analyse(cubes.ordinary(12, 20))


def test_all_else_stays_and_a_second_run_refreshes(analysis, tmp_path):
    path = own_workbook(tmp_path / "own.xlsx")
    before = openpyxl.load_workbook(path)["My model"]
    write_into(analysis, path)
    once = openpyxl.load_workbook(path).sheetnames
    write_into(analysis, path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == once
    assert once[:3] == ["My model", "Summary", "Bridge"]
    after = book["My model"]
    assert [[cell.value for cell in row] for row in after] == [[cell.value for cell in row] for row in before]
    assert after["A1"].font.b and after["A1"].fill.fgColor.rgb == "FFFFEE00"
    assert len(after._charts) == len(after._images) == 1
    assert len(after.conditional_formatting) == 2 and len(after.data_validations.dataValidation) == 1
    assert (after["A1"].comment.text, after.freeze_panes) == ("a note", "B2")
    assert book.defined_names["Rate"].attr_text == "'My model'!$A$2"


def test_the_carried_sheets_are_those_of_a_report(analysis, tmp_path):
    report = nrr_xl.write_report(analysis, tmp_path / "report.xlsx")
    path = write_into(analysis, own_workbook(tmp_path / "own.xlsx"))
    wanted, found = openpyxl.load_workbook(report), openpyxl.load_workbook(path)
    for name in wanted.sheetnames:
        for row in wanted[name].iter_rows():
            for cell in row:
                if cell.value is not None:
                    other = found[name][cell.coordinate]
                    assert (other.value, other.number_format) == (cell.value, cell.number_format)
                    assert other.font.color == cell.font.color
    assert len(found["Summary"]._charts) == 2
    assert set(found["Customers"].tables) == {"CustomerAmounts"}
    assert found.defined_names["NRR"].attr_text == wanted.defined_names["NRR"].attr_text
    assert found["Bridge"]["A1"].hyperlink.location == "'Summary'!A1"


@pytest.mark.parametrize(
    ("extra", "named"),
    [
        (lambda sheet: sheet.insert_textbox("H1", "words"), "shapes or text boxes"),
        (lambda sheet: sheet.add_sparkline("E2", {"range": "'My model'!A2:A11"}), "sparklines"),
        (
            lambda sheet: sheet.conditional_format("E2:E9", {"type": "data_bar", "bar_solid": True}),
            "conditional formats",
        ),
    ],
    ids=["text box", "sparkline", "data bar"],
)
def test_what_would_be_lost_is_refused_and_the_file_stays_as_it_was(analysis, tmp_path, extra, named):
    path = own_workbook(tmp_path / "own.xlsx", lambda book, sheet: extra(sheet))
    before = path.read_bytes()
    with pytest.raises(OutputError, match=named):
        write_into(analysis, path)
    assert path.read_bytes() == before


def test_a_part_that_is_dropped_whole_is_named(tmp_path):
    path = own_workbook(tmp_path / "own.xlsx")
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("xl/threadedComments/threadedComment1.xml", "<ThreadedComments/>")
    assert losses(path) == ["threaded comments"]


def test_a_sheet_or_name_of_the_analysts_own_is_never_replaced(analysis, tmp_path):
    def summary(book, sheet):
        book.add_worksheet("summary")

    path = own_workbook(tmp_path / "own.xlsx", summary)
    with pytest.raises(OutputError, match="'Summary' of its own"):
        write_into(analysis, path)
    path = own_workbook(tmp_path / "named.xlsx", lambda book, sheet: book.define_name("Amounts", "='My model'!$A$1"))
    with pytest.raises(OutputError, match="'Amounts' of its own"):
        write_into(analysis, path)


@pytest.mark.parametrize(
    ("formula", "value", "anew"),
    [
        ("=A2*2", 2, False),
        ("=A2*2", None, True),
        ("=Summary!A9", 1, True),
        ("=SUM('segments'!A9:B9)", 1, True),
        ("=ROWS(amounts)", 1, True),
        ('=INDIRECT("Sum"&"mary!A9")', 1, True),
        ("=MyAmounts+A2", 1, False),
    ],
)
def test_all_is_calculated_anew_only_where_a_value_may_be_old(formula, value, anew, analysis, tmp_path):
    path = own_workbook(tmp_path / "own.xlsx", lambda _, sheet: sheet.write_formula("H1", formula, None, value))
    if value is None:
        openpyxl.load_workbook(path).save(path)
    write_into(analysis, path)
    with zipfile.ZipFile(path) as package:
        (found,) = re.findall(r"<calcPr[^>]*>", package.read("xl/workbook.xml").decode())
    assert ('fullCalcOnLoad="1"' in found) == anew and 'calcId="191029"' in found


def test_a_file_that_is_no_workbook_is_refused(analysis, tmp_path):
    with pytest.raises(OutputError, match="does not exist"):
        write_into(analysis, tmp_path / "none.xlsx")
    (tmp_path / "text.xlsx").write_text("text")
    with pytest.raises(OutputError, match="cannot be read"):
        write_into(analysis, tmp_path / "text.xlsx")
