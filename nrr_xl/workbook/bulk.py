"""A worksheet that takes blocks of numbers and whole runs of rows at once, many times faster than cell by cell.

All that leans on private parts of XlsxWriter and zipfile stands here: Worksheet's `_write_cell`, `_write_rows`,
`_check_dimensions`, `_prepare_formula`, `table` and `tables`, Workbook's `_store_workbook` and its module's `ZipFile`,
SharedStrings' `_write_sst_strings` and `_write_si` and the packager's name for it, and the compressor of zipfile's
writer. Tests hold every result against the cell-by-cell one, and the hooks themselves.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xlsxwriter
import xlsxwriter.packager
import xlsxwriter.workbook
from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.utility import xl_col_to_name, xl_range
from xlsxwriter.worksheet import Worksheet

from nrr_xl.records import struct
from nrr_xl.workbook.onecell import cell_xml, escape, formula_cell

# Of each part of a workbook, as XlsxWriter dates the files that it makes of them.
PART_DATE, PART_RIGHTS = (1980, 1, 31, 0, 0, 0), 0o100600 << 16
# Rows that are written at a time, and the size from which a part is packed fast rather than small.
BATCH, LARGE_PART = 2_048, 8 << 20
# A workbook of so many cells at most is packed without a file on the disk for each of its parts.
IN_MEMORY = 300_000
_HELD_BACK = re.compile(r"[\x00-\x08\x0b-\x1f]|_(?=x[0-9A-Fa-f]{4}_)")
# What keeps a text from being written as it is; of texts one below the other, spaces at the ends of lines.
_MARKED = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x|(?:\A|\n)\s|\s(?:\n|\Z)")
# Stand for a row's number and for a value while a row's pattern is made; no formula holds such characters.
_ROW, _VALUE = 998_877, "\x02"
_SHARED = ' t="s"'
# Texts that XlsxWriter takes for the errors of that name; #N/A is meant as one.
ERROR_NAMES = frozenset(("#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "TRUE", "FALSE"))


@struct()
class Stream:
    """A column of many rows: texts, numbers, or a formula's values; `formula` gives it for a row counted from 0."""

    col: int
    values: Sequence[Any] | np.ndarray
    look: Any
    formula: Callable[[int], str] | None = None


class _Run:
    """A row's part of a block, as XML that is ready to write."""

    __slots__ = ("xml",)

    def __init__(self, xml: str):
        self.xml = xml


class BlockSheet(Worksheet):
    """An XlsxWriter worksheet that takes blocks, streams of rows and long tables, and writes formulas as they are."""

    dim_rowmax: int
    _streams: tuple[int, list[Stream], tuple[int, np.ndarray, Any]] | None = None

    def write_numbers(self, row: int, col: int, numbers: Any, cell_format: Any) -> None:
        """Write a finite float array (rows, columns) with its top left corner at a cell, in one format.

        The cells must be free; nothing else may be written to them.
        """
        height, width = numbers.shape
        if not height or not width:
            return
        self._check_dimensions(row, col)
        self._check_dimensions(row + height - 1, col + width - 1)
        style = cell_format._get_xf_index()
        letters = [xl_col_to_name(column) for column in range(col, col + width)]
        end = _Run("")
        for offset, values in enumerate(numbers.tolist()):
            tail = f'{row + offset + 1}" s="{style}"><v>'
            cells = self.table[row + offset]
            cells[col] = _Run(
                "".join([f'<c r="{letter}{tail}{_plain(v)}</v></c>' for letter, v in zip(letters, values, strict=True)])
            )
            if width > 1:
                # An empty run at the far end tells XlsxWriter how wide the row is.
                cells[col + width - 1] = end

    def write_result(self, row: int, col: int, formula: str, cell_format: Any, value: Any) -> None:
        """Write a formula and its value; a text stays a text, even if it reads like an error."""
        value = _xstring(value) if isinstance(value, str) else value
        if value not in ERROR_NAMES:
            if cell := formula_cell(formula, cell_format, value):
                self._check_dimensions(row, col)
                self.table[row][col] = cell
            else:
                self.write_formula(row, col, formula, cell_format, value)
            return
        self._check_dimensions(row, col)
        place = f'r="{xl_col_to_name(col)}{row + 1}" s="{cell_format._get_xf_index()}"'
        inside = f"<f>{escape(formula.removeprefix('='))}</f><v>{escape(value)}</v>"
        self.table[row][col] = _Run(f'<c {place} t="str">{inside}</c>')

    def stream(self, row: int, columns: Sequence[Stream], col: int, numbers: np.ndarray, look: Any) -> None:
        """Write rows from one on: columns in their order from the first, then a block of finite numbers from `col`.

        They are kept as arrays until the sheet is written. No other cell may stand in these rows or below them.
        """
        height, width = numbers.shape
        if not height or not width:
            return
        self._check_dimensions(row, 0)
        self._check_dimensions(row + height - 1, col + width - 1)
        shared = self.str_table._get_shared_string_index
        held = []
        for column in columns:
            values = column.values
            if column.formula is None and not isinstance(values, np.ndarray):
                # The empty text is a blank cell with a format, as elsewhere.
                values = [shared(text) if text else -1 for text in values]
            held.append(Stream(column.col, values, column.look, column.formula))
        # A format's number is given where it is first asked for.
        look._get_xf_index()
        self._streams = (row, held, (col, numbers, look))

    def add_long_table(
        self, row: int, col: int, last_row: int, last_col: int, options: dict[str, Any], calculated: Mapping[int, str]
    ) -> None:
        """An Excel Table; XlsxWriter notes each of its cells, so it is declared over two rows and then stretched.

        `calculated` are the formulas that a new row gets in a column, without their =.
        """
        self.add_table(row, col, min(last_row, row + 1), last_col, options)
        whole = xl_range(row, col, last_row, last_col)
        for part in ("range", "a_range", "autofilter"):
            if self.tables[-1].get(part):
                self.tables[-1][part] = whole
        for number, formula in calculated.items():
            self.tables[-1]["columns"][number]["formula"] = formula

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """Take a formula as it is: ours carry their prefixes already, and looking for others takes most of the time."""
        return formula.removeprefix("=")

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        if cell.__class__ is _Run:
            self.fh.write(cell.xml)
        elif told := cell_xml(row, col, cell):
            self.fh.write(told)
        else:
            super()._write_cell(row, col, cell)

    def _write_rows(self) -> None:
        if self._streams is None:
            super()._write_rows()
            return
        first, columns, block = self._streams
        last = self.dim_rowmax
        if any(self.table[row] for row in range(first, last + 1) if row in self.table):
            raise ValueError("cells stand in streamed rows")
        self.dim_rowmax = first - 1
        super()._write_rows()
        self.dim_rowmax = last
        for text in _rows(first, columns, block):
            self.fh.write(text)


def _rows(first: int, columns: Sequence[Stream], block: tuple[int, np.ndarray, Any]) -> Iterator[str]:
    """The XML of streamed rows, batch by batch."""
    col, numbers, look = block
    styles = [column.look._get_xf_index() for column in columns]
    letters = [xl_col_to_name(column) for column in range(col, col + numbers.shape[1])]
    style = look._get_xf_index()
    cells = "".join(f'<c r="{letter}{_ROW}" s="{style}"><v>{_VALUE}</v></c>' for letter in letters)
    heads = [_pattern(column, at) for column, at in zip(columns, styles, strict=True)]
    begin = f'<row r="{_ROW}" spans="1:{col + numbers.shape[1]}">'
    for start in range(0, len(numbers), BATCH):
        listed = [_cells(column, start, head) for column, head in zip(columns, heads, strict=True)]
        part = numbers[start : start + BATCH]
        pattern = f"{begin}{_VALUE * len(columns)}{cells}</row>".replace("%", "%%")
        pattern = pattern.replace(_VALUE, "%s").replace(str(_ROW), "\x01")
        out = []
        for offset, (values, *own) in enumerate(zip(_texts(part), *listed, strict=True)):
            out.append((pattern % (*own, *values)).replace("\x01", str(first + start + offset + 1)))
        yield "".join(out)


def _pattern(column: Stream, style: int) -> str:
    """A cell of a column with its value left out; a formula's cell holds the formula."""
    place = f'<c r="{xl_col_to_name(column.col)}\x01" s="{style}"'
    if column.formula is None:
        return f"{place}{'' if isinstance(column.values, np.ndarray) else _SHARED}><v>{_VALUE}</v></c>"
    kind = ' t="str"' if isinstance(column.values[0], str) else ""
    formula = escape(column.formula(_ROW - 1)).replace(str(_ROW), "\x01")
    return f"{place}{kind}><f>{formula}</f><v>{_VALUE}</v></c>"


def _cells(column: Stream, start: int, pattern: str) -> list[str]:
    """The cells of a batch of a column's rows, their row's number left out."""
    before, after = pattern.split(_VALUE)
    values = column.values[start : start + BATCH]
    if isinstance(values, np.ndarray):
        told = values.dtype == float and np.isfinite(values).all()
        texts = _texts(values[None])[0] if told else map(_plain, values.tolist())
        return [f"{before}{text}{after}" for text in texts]
    if column.formula is not None and not _MARKED.search("\n".join(values)):
        return [f"{before}{value}{after}" for value in values]
    if column.formula is not None:
        return [f"{before}{escape(_xstring(value))}{after}" for value in values]
    blank = before.split(_SHARED)[0] + "/>"
    return [f"{before}{value}{after}" if value >= 0 else blank for value in values]


def _xstring(text: str) -> str:
    """A text as a formula's result holds it: what XML cannot carry as _xHHHH_ (ECMA-376, 22.9.2.19, ST_Xstring).

    >>> _xstring("a\\x07b"), _xstring("_x0041_")
    ('a_x0007_b', '_x005F_x0041_')
    """
    return _HELD_BACK.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _texts(numbers: np.ndarray) -> list[list[str]]:
    """The numbers of some rows as the shortest texts that read back the same, by orjson where it is installed."""
    try:
        import orjson
    except ImportError:
        return [[_plain(value) for value in row] for row in numbers.tolist()]
    coded = orjson.dumps(np.ascontiguousarray(numbers, float), option=orjson.OPT_SERIALIZE_NUMPY).decode()
    rows = coded[2:-2].replace(".0,", ",").replace(".0]", "]").split("],[")
    if rows[-1].endswith(".0"):
        rows[-1] = rows[-1][:-2]
    if "e" in coded:
        # Powers of ten are written in another way there.
        plain = numbers.tolist()
        return [[_plain(value) for value in plain[at]] if "e" in row else row.split(",") for at, row in enumerate(rows)]
    return [row.split(",") for row in rows]


def _plain(value: float) -> str:
    """The shortest text that reads back as the same number, without a trailing ".0"."""
    text = repr(value)
    return text[:-2] if text.endswith(".0") else text


class FastZip(zipfile.ZipFile):
    """A zip archive whose large parts are packed at the fastest level, by isal where it is installed."""

    def write(
        self, filename: Any, arcname: Any = None, compress_type: int | None = None, compresslevel: int | None = None
    ) -> None:
        large = Path(filename).stat().st_size >= LARGE_PART
        super().write(filename, arcname, compress_type, 1 if large else compresslevel)

    def writestr(self, zinfo_or_arcname: Any, data: Any, *how: Any) -> None:
        """A part from memory, with the date and the rights that one from a file has."""
        zinfo_or_arcname.date_time, zinfo_or_arcname.external_attr = PART_DATE, PART_RIGHTS
        super().writestr(zinfo_or_arcname, data, *how)

    def _open_to_write(self, zinfo: zipfile.ZipInfo, force_zip64: bool = False) -> Any:
        file = super()._open_to_write(zinfo, force_zip64)  # type: ignore[misc]
        if zinfo.file_size >= LARGE_PART and (fast := _isal()) is not None:
            file._compressor = fast
        return file


def _isal() -> Any:
    """A compressor of isal, several times as fast as zlib's; None where it is not installed."""
    try:
        from isal import isal_zlib
    except ImportError:
        return None
    return isal_zlib.compressobj(1, isal_zlib.DEFLATED, -15)


class FastStrings(SharedStrings):
    """The shared texts, those that need no escape many at a time."""

    def _write_sst_strings(self) -> None:
        listed = self.string_table.string_array
        for start in range(0, len(listed), BATCH):
            texts = listed[start : start + BATCH]
            if _MARKED.search("\n".join(texts)):
                for text in texts:
                    if _MARKED.search(text):
                        self._write_si(text)
                    else:
                        self.fh.write(f"<si><t>{text}</t></si>")
            else:
                self.fh.write("<si><t>" + "</t></si><si><t>".join(texts) + "</t></si>")


class FastWorkbook(xlsxwriter.Workbook):
    """An XlsxWriter workbook that is packed by `FastZip`, its shared texts written by `FastStrings`."""

    def _store_workbook(self) -> None:
        sizes = ((sheet.dim_rowmax or 0) * (sheet.dim_colmax or 0) for sheet in self.worksheets())
        self.in_memory = sum(sizes) <= IN_MEMORY
        plain = xlsxwriter.workbook.ZipFile, xlsxwriter.packager.SharedStrings
        xlsxwriter.workbook.ZipFile, xlsxwriter.packager.SharedStrings = FastZip, FastStrings
        try:
            super()._store_workbook()
        finally:
            xlsxwriter.workbook.ZipFile, xlsxwriter.packager.SharedStrings = plain
