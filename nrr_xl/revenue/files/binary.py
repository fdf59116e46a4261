"""A second count of the cells of .xls and .xlsb, from their records alone and with nothing of the reader's library."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator

from nrr_xl.revenue.files.tally import Tally

_SECTOR_FREE = 0xFFFFFFFA
_NUMBER, _RK, _MULTIPLE_RK, _TEXT_INDEX, _TEXT, _BOOL_OR_ERROR, _FORMULA, _RICH = (
    0x0203,
    0x027E,
    0x00BD,
    0x00FD,
    0x0204,
    0x0205,
    0x0006,
    0x00D6,
)
_BEGIN, _WORKSHEET, _DIMENSIONS = 0x0809, 0x0010, 0x0200


class Unreadable(Exception):
    """The bytes are no such file, or are damaged."""


def xlsb_tallies(data: bytes) -> list[Tally]:
    """The tally of each worksheet part of an .xlsb; damaged bytes raise whatever comes of them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".bin")]
        return [_xlsb_tally(archive.read(name)) for name in names if "binaryIndex" not in name]


def _xlsb_tally(part: bytes) -> Tally:
    """BrtRowHdr (0) and the cell records 2 to 11: column and style in eight bytes, then the value."""
    tally, row = Tally(), 0
    for kind, at, _ in _xlsb_records(part):
        if kind == 0:
            row = struct.unpack_from("<I", part, at)[0]
        elif 2 <= kind <= 11 or kind == 62:
            column = struct.unpack_from("<I", part, at)[0]
            if kind in (5, 9):
                tally.number(row, column, struct.unpack_from("<d", part, at + 8)[0])
            elif kind == 2:
                tally.number(row, column, _rk(struct.unpack_from("<I", part, at + 8)[0]))
            else:
                tally.other(row, column)
    return tally


def _xlsb_records(part: bytes) -> Iterator[tuple[int, int, int]]:
    """Each record's type, where its content stands and how long it is."""
    at, end = 0, len(part)
    while at < end:
        kind = part[at]
        at += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (part[at] & 0x7F) << 7
            at += 1
        size = shift = 0
        while True:
            byte = part[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 21:
                break
        yield kind, at, size
        at += size


def xls_tallies(data: bytes) -> list[Tally]:
    """The tally of each worksheet of an .xls in its order; damaged bytes raise whatever comes of them."""
    stream = _workbook_stream(data)
    tallies: list[Tally] = []
    at, inside, end = 0, False, len(stream)
    while at + 4 <= end:
        kind, size = struct.unpack_from("<HH", stream, at)
        at += 4
        if kind == _BEGIN:
            inside = struct.unpack_from("<H", stream, at + 2)[0] == _WORKSHEET
            if inside:
                tallies.append(Tally())
        elif inside and kind in (_NUMBER, _RK, _TEXT_INDEX, _TEXT, _RICH, _BOOL_OR_ERROR, _FORMULA):
            row, column = struct.unpack_from("<HH", stream, at)
            if kind == _NUMBER:
                tallies[-1].number(row, column, struct.unpack_from("<d", stream, at + 6)[0])
            elif kind == _RK:
                tallies[-1].number(row, column, _rk(struct.unpack_from("<I", stream, at + 6)[0]))
            elif kind == _FORMULA and stream[at + 12 : at + 14] != b"\xff\xff":
                tallies[-1].number(row, column, struct.unpack_from("<d", stream, at + 6)[0])
            else:
                tallies[-1].other(row, column)
        elif inside and kind == _DIMENSIONS and size >= 14:
            # calamine makes room for what is declared here; the format has 65,536 rows and 256 columns.
            first_row, last_row, first_column, last_column = struct.unpack_from("<IIHH", stream, at)
            if max(first_row, last_row) > 65_536 or max(first_column, last_column) > 256:
                raise Unreadable("a sheet is said to be larger than one can be")
        elif inside and kind == _MULTIPLE_RK:
            row, column = struct.unpack_from("<HH", stream, at)
            for number in range((size - 6) // 6):
                tallies[-1].number(row, column + number, _rk(struct.unpack_from("<I", stream, at + 6 + 6 * number)[0]))
        at += size
    return tallies


def _refuse_outside(table: list[int], sectors: int) -> None:
    """Refuse a table of sectors that points far outside the file, which calamine would make room for."""
    if any(sectors < entry < _SECTOR_FREE for entry in table):
        raise Unreadable("its table of sectors points outside the file")


def _rk(coded: int) -> float:
    """A number in four bytes: 30 bits of an integer or of a float, perhaps in hundredths."""
    if coded & 2:
        value = float((coded >> 2) - (1 << 30 if coded & 0x80000000 else 0))
    else:
        value = struct.unpack("<d", struct.pack("<Q", (coded & 0xFFFFFFFC) << 32))[0]
    return value / 100 if coded & 1 else value


def _workbook_stream(data: bytes) -> bytes:
    """The stream of the workbook in a compound file."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    directory, small_limit = struct.unpack_from("<I", data, 48)[0], struct.unpack_from("<I", data, 56)[0]
    small_first, extra = struct.unpack_from("<I", data, 60)[0], struct.unpack_from("<I", data, 68)[0]
    tables = list(struct.unpack_from("<109I", data, 76))
    while extra < _SECTOR_FREE:
        # calamine would follow a chain that leads back to itself without an end.
        if len(tables) > len(data) // size + 109:
            raise Unreadable("its table of sectors has no end")
        more = struct.unpack_from(f"<{size // 4}I", data, size + extra * size)
        tables += more[:-1]
        extra = more[-1]
    following: list[int] = []
    for sector in tables:
        if sector < _SECTOR_FREE:
            following += struct.unpack_from(f"<{size // 4}I", data, size + sector * size)
    _refuse_outside(following, len(data) // size)

    def chain(first: int, table: list[int]) -> list[int]:
        found: list[int] = []
        while first < _SECTOR_FREE:
            if len(found) > len(table):
                raise Unreadable("a chain of sectors has no end")
            found.append(first)
            first = table[first]
        return found

    def stream(first: int) -> bytes:
        return b"".join(data[size + sector * size : size + (sector + 1) * size] for sector in chain(first, following))

    entries = stream(directory)
    root = entries[:128]
    for at in range(0, len(entries), 128):
        entry = entries[at : at + 128]
        length = struct.unpack_from("<H", entry, 64)[0]
        if entry[: max(length - 2, 0)].decode("utf-16-le") not in ("Workbook", "Book"):
            continue
        first, whole = struct.unpack_from("<II", entry, 116)
        if whole >= small_limit:
            return stream(first)[:whole]
        holder = stream(struct.unpack_from("<I", root, 116)[0])
        coded = stream(small_first)
        table = list(struct.unpack(f"<{len(coded) // 4}I", coded[: len(coded) // 4 * 4]))
        _refuse_outside(table, len(holder) // 64)
        return b"".join(holder[64 * place : 64 * place + 64] for place in chain(first, table))[:whole]
    raise Unreadable("it holds no workbook")
