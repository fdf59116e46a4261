"""Cells: text stays text, a role and a kind make a format, undefined numbers are errors, blocks equal single cells."""

from __future__ import annotations

import io
import re
import zipfile

import numpy as np
import openpyxl
import pytest

from nrr_xl.errors import InputError
from nrr_xl.workbook.book import Book
from nrr_xl.workbook.cells import TEXT_LIMIT, cached, safe_text
from nrr_xl.workbook.roles import ROLES
from nrr_xl.workbook.theme import load_theme
from tests.workbook.cubes import HELL


def written(fill) -> bytes:
    target = io.BytesIO()
    book = Book(target, load_theme())
    fill(book.page("Sheet"))
    book.close()
    return target.getvalue()


def opened(data: bytes, **options):
    return openpyxl.load_workbook(io.BytesIO(data), **options)["Sheet"]


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name).decode()


def unescape(shown: str) -> str:
    """A cell's text as Excel shows it: _xHHHH_ stands for a character."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), shown)


@pytest.mark.parametrize("text", HELL)
def test_text_is_never_a_formula(text):
    sheet = opened(written(lambda page: page.put(0, 0, text)))
    assert sheet["A1"].data_type == "s"
    shown = sheet["A1"].value
    assert len(shown) <= TEXT_LIMIT
    if len(text) <= TEXT_LIMIT:
        assert shown.replace("_x0007_", "\x07") == text.replace(
            "_x0041_", shown[:7] if "_x0041_" in shown else "_x0041_"
        )


def test_a_text_is_cut_by_utf16_units_not_inside_a_pair():
    cut = safe_text("🚀" * 20_000)
    assert len(cut.encode("utf-16-le")) // 2 <= TEXT_LIMIT
    assert cut == "🚀" * 16_383 + "…"


def test_what_xml_cannot_carry_is_replaced():
    assert safe_text("a\ud800b\uffff") == "a\ufffdb\ufffd"


def test_undefined_is_a_dash_and_never_zero():
    assert cached(float("nan")) == cached(float("inf")) == "–"
    data = written(lambda page: (page.put(0, 0, float("nan")), page.formula(1, 0, "=0/0", float("nan"))))
    sheet = opened(data, data_only=True)
    assert [sheet["A1"].value, sheet["A2"].value] == ["–", "–"]


def test_a_text_that_reads_like_an_error_stays_a_text():
    data = written(lambda page: page.formula(0, 0, '="#DIV/0!"', "#DIV/0!"))
    assert opened(data, data_only=True)["A1"].data_type == "s"
    assert opened(data)["A1"].value == '="#DIV/0!"'


def test_every_role_makes_a_format_from_the_theme():
    book = Book(io.BytesIO(), load_theme())
    page = book.page("Sheet")
    for row, role in enumerate(ROLES):
        page.put(row, 0, 1.0, role, "amount")
    book.close()
    assert len(book._formats) == len(ROLES)


def test_a_block_of_numbers_is_what_single_cells_would_be():
    numbers = np.array([[1.0, 0.3, -5.25], [1e15, 0.0, 123456.78]])

    def singly(page):
        for (row, col), value in np.ndenumerate(numbers):
            page.put(row + 1, col + 2, float(value), "input", "amount")

    one, many = opened(written(singly)), opened(written(lambda page: page.numbers(1, 2, numbers)))
    assert one.dimensions == many.dimensions == "C2:E3"
    for cells in zip(one.iter_rows(), many.iter_rows(), strict=True):
        for a, b in zip(*cells, strict=True):
            assert (a.value, a.number_format, a.font.color.rgb) == (b.value, b.number_format, b.font.color.rgb)


def test_a_block_keeps_every_digit():
    numbers = np.array([[0.1 + 0.2, 1 / 3]])
    assert opened(written(lambda page: page.numbers(0, 0, numbers)))["A1"].value == 0.1 + 0.2


def test_a_block_between_other_cells_keeps_the_order_and_the_span_of_its_row():
    def fill(page):
        page.put(0, 6, 9.0, "formula", "amount")
        page.numbers(0, 1, np.array([[1.0, 2.0, 3.0]]))
        page.put(0, 0, "first")

    xml = part(written(fill), "xl/worksheets/sheet1.xml")
    assert 'spans="1:7"' in xml
    assert [piece.split('"')[0] for piece in xml.split('<c r="')[1:]] == ["A1", "B1", "C1", "D1", "G1"]


def test_formulas_are_written_as_they_are_with_their_value():
    xml = part(
        written(lambda page: page.formula(0, 0, '=IF(A2>1,"a","b")', "b", kind="general")), "xl/worksheets/sheet1.xml"
    )
    assert '<f>IF(A2&gt;1,"a","b")</f><v>b</v>' in xml


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ('[colors]\naccent = "blue"', "#RRGGBB"),
        ('[colours]\naccent = "#000000"', "no section [colours]"),
        ('[colors]\nbright = "#000000"', "colors.bright"),
        ("[font]\nname = 3", "text"),
        ('[numbers]\nmagnitude = "b"', '"k" or "m"'),
        ('[company]\nlogo = "none.png"', "none.png"),
        ("[colors", "not a TOML file"),
    ],
)
def test_a_wrong_theme_is_refused_in_one_clear_line(tmp_path, toml, says):
    path = tmp_path / "brand.toml"
    path.write_text(toml)
    with pytest.raises(InputError, match="theme") as refused:
        load_theme(path)
    assert says in str(refused.value)


def test_a_theme_sets_only_what_it_names(tmp_path):
    path = tmp_path / "brand.toml"
    path.write_text('[company]\nname = "Ünited & Co"\n[numbers]\nmagnitude = "k"\n[colors]\naccent = "#123456"\n')
    theme = load_theme(path)
    assert (theme.company, theme.colors["accent"], theme.colors["input"]) == ("Ünited & Co", "#123456", "#0000FF")
    assert theme.number_formats()["amount"].startswith("#,##0,_)")
