"""Whole columns as a grid: Parquet, frames and large delimited text, by Arrow where it is installed.

No cell becomes a Python object: texts are held once each with a code a cell, numbers and dates as arrays.
Delimited text is taken this way only where it is beyond doubt (rows of one length, sound quotation marks, a second
count that agrees); all else goes the careful way of `delimited`, and both give the same cells.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from nrr_xl.revenue.cells.arrays import distinct
from nrr_xl.revenue.files.arrow import all_match, arrow_mask, call, cast, numpy_of, parsed, present, text_buffers
from nrr_xl.revenue.files.budget import AREA, COLUMNS, TEXTS, refuse_over
from nrr_xl.revenue.files.grid import BLANK, BOOLEAN, DATE, ERROR, NUMBER, TEXT, Grid, typed_column, with_text_kinds
from nrr_xl.revenue.files.recount import Counts, odd_quotes, recount, recount_coded

# Text below this size is read cell by cell soon enough; the first lines say which columns may hold numbers.
SMALL, HEAD = 4 << 20, 1 << 18
# So much is parsed at a time, so that beside codes and numbers only a piece of the text is held twice.
PIECE = 8 << 20
_BREAK = re.compile("[\r\n]")
# A number that leaves no doubt: no leading zero, no thousands, not three decimals, few enough digits to be exact.
_PLAIN = r"^-?(?:0|[1-9][0-9]{0,12})(?:\.[0-9]{1,2})?$"
# Fewer different numbers than this may be a code or a name, of which the digits as written matter.
_MANY = 2_000
_DAY_ZERO = np.datetime64("1899-12-30", "D")


class _Builder:
    """A grid under way, filled column by column; the first row holds the headers where there are any."""

    def __init__(self, path: str, rows: int, columns: int):
        refuse_over(path, "columns", columns, COLUMNS)
        refuse_over(path, "cells", rows * columns, AREA)
        self.path = path
        self.kinds = np.zeros((columns, rows), np.uint8)
        self.values = np.zeros((columns, rows))
        self.known: dict[str, int] = {}

    def code(self, texts: Sequence[str]) -> np.ndarray:
        """The codes of texts that are different from each other."""
        known, first = self.known, len(self.known)
        new = dict(zip(texts, range(first, first + len(texts)), strict=True))
        if known.keys().isdisjoint(new):
            known.update(new)
            found = np.arange(first, len(known), dtype=float)
        else:
            found = np.fromiter((known.setdefault(text, len(known)) for text in texts), float, len(texts))
        refuse_over(self.path, "different texts", len(known), TEXTS)
        return found

    def put(self, column: int, rows: slice, kind: int, values: np.ndarray, blank: np.ndarray | None = None) -> None:
        """Values of one kind, some of them blank."""
        self.kinds[column, rows] = kind
        self.values[column, rows] = values
        if blank is not None and blank.any():
            self.kinds[column, rows][blank] = BLANK
            self.values[column, rows][blank] = 0.0

    def numbers(self, column: int, rows: slice, values: np.ndarray) -> None:
        """Numbers, of which NaN is blank and infinity an error, as it is in a cell."""
        blank = np.isnan(values)
        self.put(column, rows, NUMBER, values, blank)
        if (infinite := np.isinf(values)).any():
            self.kinds[column, rows][infinite] = ERROR
            self.values[column, rows][infinite] = self.code(["#NUM!"])[0]

    def objects(self, column: int, rows: slice, values: Sequence[Any]) -> None:
        """Python values of any kind."""
        self.kinds[column, rows], self.values[column, rows] = typed_column(values, self.known)

    def grid(self, sheet: str) -> Grid:
        return with_text_kinds(Grid(sheet, self.kinds, self.values, tuple(self.known)))


def frame_grid(data: Any, name: str) -> Grid:
    """A pandas DataFrame as a grid, its column names as the header row."""
    import pandas as pd

    builder = _Builder(name or "The frame", len(data) + 1, data.shape[1])
    body = slice(1, None)
    for at, label in enumerate(data.columns):
        builder.objects(at, slice(0, 1), [label])
        column = data.iloc[:, at]
        kind = getattr(column.dtype, "kind", "O")
        plain = isinstance(column.dtype, np.dtype)
        if plain and kind in "iuf" and column.dtype.itemsize <= 8:
            builder.numbers(at, body, column.to_numpy(float))
        elif plain and kind == "b":
            builder.put(at, body, BOOLEAN, column.to_numpy(float))
        elif plain and kind == "M":
            days = column.to_numpy().astype("datetime64[D]")
            builder.put(at, body, DATE, (days - _DAY_ZERO).astype(float), np.isnat(days))
        elif len(column) and pd.api.types.infer_dtype(column, skipna=True) == "string":
            codes, texts = pd.factorize(column)
            known = np.append(builder.code([str(text) for text in texts]), 0.0)
            builder.put(at, body, TEXT, known[codes], codes < 0)
        else:
            builder.objects(at, body, column.tolist())
    return builder.grid(name)


def table_grid(names: Sequence[str], columns: Iterator[Any], rows: int, path: str, name: str) -> Grid:
    """Arrow columns with their names as a grid, one column at a time."""
    builder = _Builder(path, rows + 1, len(names))
    for at, (label, column) in enumerate(zip(names, columns, strict=True)):
        builder.objects(at, slice(0, 1), [label])
        done = 1
        for chunk in column.chunks:
            _arrow_chunk(builder, at, slice(done, done + len(chunk)), chunk)
            done += len(chunk)
    return builder.grid(name)


def _arrow_chunk(builder: _Builder, at: int, rows: slice, chunk: Any) -> None:
    """A piece of an Arrow column."""
    import pyarrow as pa

    kind = chunk.type
    blank = ~present(chunk) if chunk.null_count else None
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind) or (pa.types.is_integer(kind) and kind.bit_width <= 64):
        numbers = numpy_of(cast(chunk, pa.float64()))
        builder.numbers(at, rows, numbers if blank is None else np.where(blank, np.nan, numbers))
    elif pa.types.is_boolean(kind):
        builder.put(at, rows, BOOLEAN, numpy_of(cast(chunk, pa.uint8())).astype(float), blank)
    elif pa.types.is_date(kind) or (pa.types.is_timestamp(kind) and kind.tz is None):
        days = cast(cast(chunk, pa.date32()), pa.int32())
        serial = numpy_of(days) - _DAY_ZERO.astype(int)
        builder.put(at, rows, DATE, serial.astype(float), blank)
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind):
        coded = chunk if pa.types.is_dictionary(kind) else call("dictionary_encode", chunk)
        if not pa.types.is_string(coded.dictionary.type) and not pa.types.is_large_string(coded.dictionary.type):
            builder.objects(at, rows, chunk.to_pylist())
            return
        codes = numpy_of(coded.indices)
        codes = codes if blank is None else np.where(blank, 0, codes)
        known = builder.code(coded.dictionary.to_pylist())
        builder.put(at, rows, TEXT, known[codes] if known.size else np.zeros(len(chunk)), blank)
    else:
        builder.objects(at, rows, chunk.to_pylist())


def text_grid(data: bytes, path: str, name: str, mark: str, quotes: bool) -> Grid | None:
    """Large delimited UTF-8 as a grid; None where Arrow is missing or anything is not beyond doubt."""
    if len(data) < SMALL or mark not in ",;\t|":
        return None
    try:
        import pyarrow as pa
        import pyarrow.csv as pc
    except ImportError:
        return None
    start = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    quoted = quotes and b'"' in data
    if b"\0" in data:
        return None
    head = data[start : data.rfind(b"\n", 0, HEAD) + 1].decode("utf-8", "replace")
    lines = io.StringIO(head, newline="")
    rows = csv.reader(lines, delimiter=mark, quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE)
    sample = list(islice(rows, 2_000))
    width = Counter(map(len, sample)).most_common(1)[0][0] if sample else 0
    if width < 2 or width > COLUMNS:
        return None
    names = [str(at) for at in range(width)]
    numeric = {at for at in range(width) if _looks_numeric([row[at] for row in sample if len(row) == width])}

    def tables() -> Iterator[tuple[bytes, Any]]:
        types = {at: pa.string() if int(at) in numeric else pa.dictionary(pa.int32(), pa.string()) for at in names}
        for piece in _pieces(data, start, quoted):
            if quoted and odd_quotes(piece, mark):
                raise pa.ArrowInvalid("a quotation mark that neither opens nor closes a text")
            yield (
                piece,
                pc.read_csv(
                    pa.BufferReader(piece),
                    read_options=pc.ReadOptions(column_names=names, block_size=4 << 20, use_threads=False),
                    parse_options=pc.ParseOptions(
                        delimiter=mark,
                        quote_char='"' if quotes else False,
                        newlines_in_values=quoted,
                        ignore_empty_lines=False,
                    ),
                    convert_options=pc.ConvertOptions(column_types=types, strings_can_be_null=False, null_values=[]),
                ),
            )

    try:
        while True:
            found = _proven(tables(), path, name, mark, numeric, width)
            if not isinstance(found, int):
                return found
            numeric.discard(found)
    except pa.ArrowInvalid:
        return None


def _pieces(data: bytes, start: int, quoted: bool) -> Iterator[bytes]:
    """Delimited text piece by piece, each ending with a line that no quotation mark holds open."""
    while start < len(data):
        stop = start + PIECE
        if stop < len(data):
            stop = data.rfind(b"\n", start, stop) + 1
            while quoted and stop and data.count(b'"', start, stop) % 2:
                stop = data.rfind(b"\n", start, stop - 1) + 1
        stop = stop or len(data)
        yield data[start:stop]
        start = stop


def _looks_numeric(cells: Sequence[str]) -> bool:
    """Whether cells of a column below its header may all be plain amounts, with decimals and of many values."""
    body = [cell for cell in cells[1:] if cell]
    whole = re.compile(_PLAIN)
    return bool(body) and all(map(whole.match, body)) and any("." in cell for cell in body)


def _proven(
    pieces: Iterator[tuple[bytes, Any]], path: str, name: str, mark: str, numeric: set[int], width: int
) -> Grid | int | None:
    """The grid of pieces of text and their Arrow columns where a second count of the bytes finds the same, else None.

    Only codes and numbers are kept of a piece. A column of `numeric` that holds anything but plain numbers is given
    back, for its texts are needed.
    """
    columns: list[list[Any]] = [[] for _ in range(width)]
    titles: dict[int, str] = {}
    rows, counts, digits, ended = 0, Counts(0, 0, (0,) * 10), np.zeros(10), True
    for piece, table in pieces:
        counts = counts.plus(recount(piece, mark))
        ended = piece.endswith((b"\n", b"\r"))
        for at in range(width):
            column = table.column(at)
            if at not in numeric:
                columns[at] += column.chunks
                continue
            if not rows:
                titles[at], column = column[0].as_py(), column.slice(1)
                digits += recount(titles[at], ",").digits
            found = _numbers(column)
            if found is None:
                return at
            columns[at].append(found[0])
            digits += found[1]
        rows += table.num_rows
        del table
    import pyarrow as pa

    builder = _Builder(path, rows, width)
    breaks, marks = rows - (not ended), (width - 1) * rows
    for at in range(width):
        chunks, columns[at] = columns[at], []
        if at in numeric:
            values = np.concatenate(chunks)
            if distinct(values[: 50 * _MANY]).size < _MANY:
                return at
            builder.objects(at, slice(0, 1), [titles[at]])
            builder.numbers(at, slice(1, None), values)
            continue
        held = _texts(builder, at, chunks, mark, width)
        if held is None:
            return None
        breaks, marks, digits = breaks + held.breaks, marks + held.marks, digits + np.array(held.digits)
    pa.default_memory_pool().release_unused()
    agreed = counts == Counts(breaks, marks, tuple(digits.astype(np.int64).tolist()))
    return builder.grid(name) if agreed else None


def _texts(builder: _Builder, at: int, chunks: list[Any], mark: str, width: int) -> Counts | None:
    """Put a column of coded texts; what they hold, or None where one of them seems to hold a line of the table."""
    import pyarrow as pa

    # One dictionary for all pieces, so that each text is looked at once.
    column, done = pa.chunked_array(chunks).unify_dictionaries(), 0
    texts = column.chunk(0).dictionary
    listed = texts.to_pylist()
    known, times = builder.code(listed), np.zeros(len(texts), np.int64)
    for chunk in column.chunks:
        codes = numpy_of(chunk.indices)
        times += np.bincount(codes, minlength=times.size)
        builder.put(at, slice(done, done + len(chunk)), TEXT, known[codes])
        done += len(chunk)
    held = recount_coded(*text_buffers(texts), mark, times)
    if held.breaks and any(_BREAK.search(text) and text.count(mark) >= width - 1 for text in listed):
        return None
    return held


def _numbers(body: Any) -> tuple[np.ndarray, np.ndarray] | None:
    """A column of plain numbers as such, NaN for an empty cell, and its digits by ten; None where a cell is none."""
    import pyarrow as pa

    pieces = [text_buffers(chunk) for chunk in body.chunks]
    filled = np.concatenate([np.diff(ends) > 0 for _, ends in pieces]) if pieces else np.zeros(0, bool)
    said = body if filled.all() else call("filter", body, arrow_mask(filled))
    if not all_match(said, _PLAIN):
        return None
    values = np.full(filled.size, np.nan)
    values[filled] = np.concatenate([numpy_of(chunk) for chunk in parsed(said, pa.float64()).chunks] or [np.zeros(0)])
    digits = np.zeros(10)
    for content, _ in pieces:
        digits += recount(content.tobytes(), ",").digits
    return values, digits
