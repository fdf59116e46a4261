"""The fast way through a worksheet's XML: numpy over the raw bytes, for the plain form that most programs write."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

import numpy as np

from nrr_xl.revenue.files.collected import Cells
from nrr_xl.revenue.files.grid import BLANK, BOOLEAN, ERROR, NUMBER, TEXT, UNCALCULATED
from nrr_xl.revenue.files.package import Package

CHUNK, HEAD_CHUNK = 4 << 20, 1 << 17
LARGEST_TAIL = 256 << 20
_QUOTE, _LESS, _SPACE = 34, 60, 32


class NotPlain(Exception):
    """The XML is not of the kind that the fast tokeniser knows."""


def _row_chunks(package: Package, part: str, size: int) -> Iterator[tuple[str, bytes]]:
    """A sheet's XML as ("before", ...), then ("rows", whole rows) again and again, then ("after", ...)."""
    rest, state = b"", "before"
    for piece in package.stream(part):
        rest += piece
        if state == "before":
            if rest[:2] in (b"\xff\xfe", b"\xfe\xff") or b"<!DOCTYPE" in rest[:4096]:
                raise NotPlain
            at = rest.find(b"<sheetData")
            if at < 0:
                if len(rest) > CHUNK:
                    raise NotPlain
                continue
            start = rest.find(b">", at)
            if start < 0:
                continue
            yield "before", rest[:at]
            state = "after" if rest[start - 1 : start] == b"/" else "rows"
            rest = rest[start + 1 :]
        if state == "rows":
            at = rest.rfind(b"</sheetData>")
            if at >= 0:
                yield "rows", rest[:at]
                rest, state = rest[at:], "after"
            elif len(rest) >= size:
                cut = rest.rfind(b"</row>") + 6
                if cut >= 6:
                    yield "rows", rest[:cut]
                    rest = rest[cut:]
        if state == "after" and len(rest) > LARGEST_TAIL:
            raise NotPlain
    if state != "after":
        raise NotPlain
    yield "after", rest


def tokenise(package, part, cells: Cells, head, progress) -> tuple[bytes, bytes]:
    """Collect cells chunk by chunk; what stands before and after them is returned."""
    before, after, done = b"", b"", 0
    for state, chunk in _row_chunks(package, part, CHUNK if head is None else HEAD_CHUNK):
        if state == "before":
            before = chunk
        elif state == "after":
            after = chunk
        else:
            last = _parse_rows(chunk, cells)
            done += len(chunk)
            if progress:
                progress(done / package.size(part))
            if head is not None and last >= head:
                break
    return before, after


def _parse_rows(chunk: bytes, cells: Cells) -> int:
    """Collect the cells of whole rows; the last row's number is returned.

    All positions come from where "<" stands: what follows it says which tag begins there.
    """
    # A few bytes more, so that looking ahead from the last tag stays inside.
    data = np.frombuffer(chunk + b"<    ", np.uint8)
    tags = np.flatnonzero(data[:-4] == _LESS)
    first, second = data[tags + 1], data[tags + 2]
    if ((first == ord("!")) | (first == ord("?"))).any():
        raise NotPlain
    is_row = (first == ord("r")) & (second == ord("o"))
    is_cell = (first == ord("c")) & ((second == _SPACE) | (second == ord(">")) | (second == ord("/")))
    row_tags = tags[is_row]
    if not row_tags.size:
        if chunk.strip():
            raise NotPlain
        return 0
    _expect(data, row_tags, b'<row r="')
    numbers = _digits(data, row_tags + 8, 7)
    if (np.diff(numbers) <= 0).any() or numbers[0] < 1:
        raise NotPlain
    if b"hidden=" in chunk:
        hidden = re.finditer(rb'<row r="(\d+)"[^>]*? hidden="(?:1|true)"', chunk)
        cells.hidden_rows.extend(int(match[1]) - 1 for match in hidden)
    at = np.flatnonzero(is_cell)
    places = tags[at]
    if not places.size:
        return int(numbers[-1])
    _expect(data, places, b'<c r="')
    columns = _letters(data, places + 6)
    rows = (numbers[np.cumsum(is_row)[at] - 1] - 1).astype(np.int32)
    ends = tags[np.minimum(at + 1, tags.size - 1)]
    kinds = np.full(at.size, NUMBER, np.uint8)
    styles = _attribute_digits(data, b" s=", places, ends)
    of_type = _attribute(data, b" t=", places, ends)
    texts = np.zeros(at.size, bool)
    values = np.zeros(at.size)
    cell_of = np.cumsum(is_cell) - 1
    is_value = (first == ord("v")) & (second == ord(">"))
    if ((first == ord("v")) & (second != ord(">")) & (second != ord("/"))).any():
        raise NotPlain
    is_inline = (first == ord("t")) & ((second == ord(">")) | (second == _SPACE))
    if ((first == ord("r")) & (second != ord("o"))).any():
        raise NotPlain  # rich text runs
    has_value = np.zeros(at.size, bool)
    value_tags = np.flatnonzero(is_value)
    if value_tags.size and cell_of[value_tags[0]] < 0:
        raise NotPlain
    has_value[cell_of[value_tags]] = True
    where, marks = of_type
    shared = np.zeros(at.size, bool)
    if where.size:
        letter, following = data[marks + 4], data[marks + 5]
        single = following == _QUOTE
        shared[where[single & (letter == ord("s"))]] = True
        kinds[where[single & (letter == ord("b"))]] = BOOLEAN
        kinds[where[single & (letter == ord("e"))]] = ERROR
        if (single & ~np.isin(letter, np.frombuffer(b"sben", np.uint8))).any():
            raise NotPlain
        texts[where[~single]] = True
    kinds[shared | texts] = TEXT
    is_formula = (first == ord("f")) & ((second == ord(">")) | (second == _SPACE) | (second == ord("/")))
    start = tags[value_tags] + 3
    stop = tags[np.minimum(value_tags + 1, tags.size - 1)]
    owner = cell_of[value_tags]
    empty = start == stop
    has_value[owner[empty]] = False
    start, stop, owner = start[~empty], stop[~empty], owner[~empty]
    spoken = texts[owner] | (kinds[owner] == ERROR)
    values[owner[spoken]] = cells.raw(chunk, start[spoken], stop[spoken])
    indexed = shared[owner]
    index = _digits(data, start[indexed], 9)
    if index.size and index.max() >= len(cells.shared):
        raise NotPlain
    values[owner[indexed]] = index
    plain = ~(spoken | indexed)
    values[owner[plain]] = _numbers(data, start[plain], stop[plain])
    inline = np.flatnonzero(is_inline)
    if inline.size:
        _inline_texts(chunk, data, tags, inline, cell_of, cells, values, has_value, texts)
    kinds[~has_value] = BLANK
    if is_formula.any():
        uncalculated = np.zeros(at.size, bool)
        uncalculated[cell_of[is_formula]] = True
        uncalculated &= ~has_value & ~texts
        kinds[uncalculated], values[uncalculated] = ERROR, cells.text(UNCALCULATED)
    cells.add(rows, columns, kinds, values, styles)
    return int(numbers[-1])


def _inline_texts(chunk, data, tags, inline, cell_of, cells, values, has_value, texts) -> None:
    """Collect the texts that stand in their cells."""
    owner = cell_of[inline]
    if (np.diff(owner) == 0).any() or not texts[owner].all() or has_value[owner].any():
        raise NotPlain
    begins = tags[inline] + 3
    ends = tags[np.minimum(inline + 1, tags.size - 1)]
    for at in np.flatnonzero(data[begins - 1] != ord(">")).tolist():
        # An attribute such as xml:space stands in the tag; an empty tag ends at once.
        begins[at] = chunk.index(b">", begins[at]) + 1
    filled = data[begins - 2] != ord("/")
    begins, ends, owner = begins[filled], ends[filled], owner[filled]
    values[owner] = cells.raw(chunk, begins, ends)
    has_value[owner] = True


def _expect(data: np.ndarray, places: np.ndarray, text: bytes) -> None:
    """Every place must begin with a text."""
    if int(places[-1]) + len(text) > data.size:
        raise NotPlain
    for offset, letter in enumerate(text):
        if (data[places + offset] != letter).any():
            raise NotPlain


def _digits(data: np.ndarray, start: np.ndarray, most: int) -> np.ndarray:
    """The whole numbers that begin at some places."""
    numbers = np.zeros(start.size, np.int64)
    open_ = np.ones(start.size, bool)
    for offset in range(most):
        digit = data[np.minimum(start + offset, data.size - 1)].astype(np.int64) - 48
        open_ &= (digit >= 0) & (digit <= 9)
        if not open_.any():
            if offset == 0 and start.size:
                raise NotPlain
            break
        numbers = np.where(open_, numbers * 10 + digit, numbers)
    after = data[np.minimum(start + most, data.size - 1)]
    if open_.any() and ((after[open_] >= 48) & (after[open_] <= 57)).any():
        raise NotPlain
    return numbers


def _letters(data: np.ndarray, start: np.ndarray) -> np.ndarray:
    """The columns, from 0, of the addresses that begin at some places."""
    column = np.zeros(start.size, np.int32)
    open_ = np.ones(start.size, bool)
    for offset in range(3):
        letter = data[np.minimum(start + offset, data.size - 1)].astype(np.int32) - 64
        open_ &= (letter >= 1) & (letter <= 26)
        if offset == 0 and not open_.all():
            raise NotPlain
        if not open_.any():
            break
        column = np.where(open_, column * 26 + letter, column)
    if (column > 16384).any():
        raise NotPlain
    return column - 1


def _attribute(data, name: bytes, places, ends) -> tuple[np.ndarray, np.ndarray]:
    """The cells whose tag has an attribute, and where the attribute stands."""
    hits = np.flatnonzero((data[:-2] == name[0]) & (data[1:-1] == name[1]) & (data[2:] == name[2]))
    if not hits.size:
        return np.zeros(0, np.int64), hits
    cell = np.searchsorted(places, hits) - 1
    inside = (cell >= 0) & (hits < ends[np.maximum(cell, 0)])
    return cell[inside], hits[inside]


def _attribute_digits(data, name: bytes, places, ends) -> np.ndarray:
    """The number in an attribute of each cell's tag, 0 where it has none."""
    numbers = np.zeros(places.size, np.int32)
    cell, hits = _attribute(data, name, places, ends)
    if hits.size:
        numbers[cell] = _digits(data, hits + 4, 6)
    return numbers


def _numbers(data: np.ndarray, start: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """The numbers between pairs of places, each pair followed by some other byte."""
    if not start.size:
        return np.zeros(0)
    length = stop - start + 1
    offset = np.repeat(start - (np.cumsum(length) - length), length)
    offset += np.arange(offset.size)
    # The byte after each number is the "<" of its closing tag; as a comma it separates.
    listed = data[offset].tobytes()[:-1].replace(b"<", b",").decode("ascii", errors="replace")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            numbers = np.fromstring(listed, sep=",")
    except (ValueError, DeprecationWarning):
        raise NotPlain from None
    if numbers.size != start.size or not np.isfinite(numbers).all():
        raise NotPlain
    return numbers
