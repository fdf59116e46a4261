"""The fast way through a worksheet's XML: numpy over the raw bytes, for the plain form that most programs write."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np

from nrr_xl.revenue.files.collected import Cells
from nrr_xl.revenue.files.counted import NotPlain
from nrr_xl.revenue.files.grid import BLANK, BOOLEAN, ERROR, NUMBER, TEXT, UNCALCULATED

_QUOTE, _LESS, _SPACE = 34, 60, 32


def parse_rows(chunk: bytes, cells: Cells, last: int) -> int:
    """Collect the cells of whole rows after the last one; the number of the last row is returned.

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
        return last
    named = _stands(data, row_tags, b'<row r="')
    at_row = np.flatnonzero(is_row)
    numbers = _row_numbers(data, row_tags, tags[np.minimum(at_row + 1, tags.size - 1)], named, last)
    if (np.diff(numbers) <= 0).any() or numbers[0] <= last:
        raise NotPlain
    if b"hidden=" in chunk:
        if not named:
            raise NotPlain
        hidden = re.finditer(rb'<row r="(\d+)"[^>]*? hidden="(?:1|true)"', chunk)
        cells.hidden_rows.extend(int(match[1]) - 1 for match in hidden)
    at = np.flatnonzero(is_cell)
    places = tags[at]
    if not places.size:
        return int(numbers[-1])
    ends = tags[np.minimum(at + 1, tags.size - 1)]
    row_of = np.cumsum(is_row)[at] - 1
    if row_of[0] < 0:
        raise NotPlain
    columns = _columns(data, places, ends, row_of)
    rows = (numbers[row_of] - 1).astype(np.int32)
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


def _inline_texts(
    chunk: Any, data: Any, tags: Any, inline: Any, cell_of: Any, cells: Any, values: Any, has_value: Any, texts: Any
) -> None:
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


def _row_numbers(data: np.ndarray, places: np.ndarray, ends: np.ndarray, named: bool, last: int) -> np.ndarray:
    """The numbers of rows, from 1: said first in their tags, anywhere in them, or nowhere (one follows the other)."""
    if named:
        return _digits(data, places + 8, 7)
    row, hits = _attribute(data, b" r=", places, ends)
    if not row.size:
        return last + 1 + np.arange(places.size)
    if row.size != places.size:
        raise NotPlain
    return _digits(data, hits + 4, 7)


def _columns(data: np.ndarray, places: np.ndarray, ends: np.ndarray, row_of: np.ndarray) -> np.ndarray:
    """The columns of cells, from 0: said first in their tags, anywhere in them, or nowhere (side by side)."""
    if _stands(data, places, b'<c r="'):
        return _letters(data, places + 6)
    cell, hits = _attribute(data, b" r=", places, ends)
    if cell.size == places.size:
        return _letters(data, hits + 4)
    if cell.size:
        raise NotPlain
    begins = np.flatnonzero(np.concatenate([[True], row_of[1:] != row_of[:-1]]))
    columns = np.arange(row_of.size) - np.repeat(begins, np.diff(np.append(begins, row_of.size)))
    if columns.max() >= 16_384:
        raise NotPlain
    return columns.astype(np.int32)


def _stands(data: np.ndarray, places: np.ndarray, text: bytes) -> bool:
    """Whether every place begins with a text."""
    if int(places[-1]) + len(text) > data.size:
        return False
    return all((data[places + offset] == letter).all() for offset, letter in enumerate(text))


def _digits(data: np.ndarray, start: np.ndarray, most: int) -> np.ndarray:
    """The whole numbers that begin at some places."""
    numbers = np.zeros(start.size, np.int64)
    open_ = np.ones(start.size, bool)
    for offset in range(most):
        digit = data[np.minimum(start + offset, data.size - 1)].astype(np.int64) - 48
        open_ &= (digit >= 0) & (digit <= 9)
        if offset == 0 and not open_.all():
            raise NotPlain
        if not open_.any():
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


def _attribute(data: np.ndarray, name: bytes, places: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The cells whose tag has an attribute, and where the attribute stands."""
    hits = np.flatnonzero((data[:-2] == name[0]) & (data[1:-1] == name[1]) & (data[2:] == name[2]))
    if not hits.size:
        return np.zeros(0, np.int64), hits
    cell = np.searchsorted(places, hits) - 1
    inside = (cell >= 0) & (hits < ends[np.maximum(cell, 0)])
    return cell[inside], hits[inside]


def _attribute_digits(data: np.ndarray, name: bytes, places: np.ndarray, ends: np.ndarray) -> np.ndarray:
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
