"""Files that mean harm or are too much: bombs, entities, passwords, far cells, links to elsewhere."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from nrr_xl.errors import InputError
from nrr_xl.revenue.read import read

from .packages import CUBE, FILES, ROWS, SHEET, cube_of, plain_book, with_part
from .xlsb import xlsb


@contextmanager
def little_memory(most: int) -> Iterator[None]:
    """A block that holds at most so many bytes at once: what is unpacked or made of declared rows would show."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()


def test_a_password_is_named():
    with pytest.raises(InputError, match="protected by a password"):
        read(FILES / "password.xlsx")


def test_a_zip_bomb_is_not_inflated(tmp_path):
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(
        with_part(plain_book(), SHEET, lambda xml: xml.replace("<sheetData>", "<sheetData>" + " " * (80 << 20)))
    )
    with little_memory(20 << 20), pytest.raises(InputError, match="would unpack to 80 MB"):
        read(path)


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
    with little_memory(20 << 20), pytest.raises(InputError, match=says):
        read(path)


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
    size = zipfile.ZipFile(path).getinfo(SHEET).file_size
    with little_memory(4 * size):  # the part itself, and no object for each of its rows
        assert cube_of(path) == CUBE


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
