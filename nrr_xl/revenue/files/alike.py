"""Rows of a worksheet that are all written alike: one pattern cuts them whole, so that no byte is left unread."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from nrr_xl.records import struct
from nrr_xl.revenue.files.collected import Cells
from nrr_xl.revenue.files.counted import NotPlain
from nrr_xl.revenue.files.grid import BOOLEAN, NUMBER, TEXT, column_index, column_letter
from nrr_xl.revenue.files.tokens import parse_rows

# Rows between those of the pattern that a chunk may have (its header, a total), and patterns that a sheet is worth.
MOST_OTHERS, MOST_PATTERNS = 6, 4
# The rows from which a pattern is made, so many from the middle of a chunk on.
EXAMPLES, EXAMPLE_BYTES = 24, 1 << 16
WIDEST = 16_384
_ROW = re.compile(rb'<row( r="[1-9]\d{0,6}")?((?: (?!hidden|r=)[\w:]+="[^"<>&]*")*)>(.*)', re.DOTALL)
_CELL = re.compile(
    rb'<c(?: r="([A-Z]{1,3})\d+")?(?: s="(\d{1,6})")?(?: t="(n|s|b|str|inlineStr)")?'
    rb'(?:(/)>|>(?:<v>[^<]+</v>|(<is><t(?: xml:space="preserve")?>)[^<]+</t></is>)</c>)'
)
# What stands in a cell by the type in its tag: how it is written there, and the kind that it is read as.
_WRITTEN = {
    b"": (rb"<v>([-+.0-9eE]+)</v>", NUMBER),
    b"n": (rb"<v>([-+.0-9eE]+)</v>", NUMBER),
    b"b": (rb"<v>([01])</v>", BOOLEAN),
    b"s": (rb"<v>(\d{1,9})</v>", TEXT),
    b"str": (rb"<v>([^<]+)</v>", TEXT),
    b"inlineStr": (rb'<is><t(?: xml:space="preserve")?>([^<]+)</t></is>', TEXT),
}


@struct()
class _Column:
    """A column of the pattern: its position, its type, its format, and whether the examples have values in it."""

    position: int
    type: bytes
    style: int
    filled: bool


class Alike:
    """The rows of one sheet, by a pattern that is made of some of them, a few times anew if it has to be."""

    def __init__(self) -> None:
        self.columns: tuple[_Column, ...] = ()
        self.pattern: re.Pattern[bytes] | None = None
        self.numbered = self.loose = False
        self.made = self.taken = 0

    def take(self, chunk: bytes, cells: Cells, last: int) -> int | None:
        """Collect the cells of whole rows after the last one and give the last row's number.

        None, and nothing collected, where they are not alike.
        """
        parts = self._cut(chunk) if self.pattern else None
        while parts is None:
            # As strictly as the first time where that went well, else with cells that may be blank or of any format.
            self.loose = self.loose or (self.made > 0 and (not self.taken or self.made > 1))
            if self.made >= MOST_PATTERNS or not self._learn(chunk):
                self.pattern = None
                return None
            parts = self._cut(chunk)
        self.taken += 1
        for others, listed in parts:
            if others.strip():
                last = parse_rows(others, cells, last)
            last = self._collect(listed, cells, last)
        return last

    def _cut(self, chunk: bytes) -> list[tuple[bytes, list[bytes | None]]] | None:
        """Rows of another form and the values of those of the pattern behind them, again and again."""
        assert self.pattern
        listed = self.pattern.split(chunk)
        width = self.pattern.groups + 1
        between = listed[::width]
        others = [at for at, gap in enumerate(between) if gap]
        if len(between) == 1 or len(others) > MOST_OTHERS:
            return None
        begins = sorted({0, *others})
        ends = [*begins[1:], len(between)]
        return [(between[begin], listed[begin * width : end * width]) for begin, end in zip(begins, ends, strict=True)]

    def _learn(self, chunk: bytes) -> bool:
        """Make the pattern of rows in the middle of a chunk; whether it could be made."""
        self.made += 1
        start = max(chunk.find(b"<row", len(chunk) // 2), 0)
        ended = chunk[start : start + EXAMPLE_BYTES].split(b"</row>")[:-1]
        rows = [row.groups() for row in map(_ROW.fullmatch, ended) if row][: EXAMPLES if self.loose else 1]
        found: dict[int, _Column] = {}
        for number, _, inside in rows:
            columns = _columns(inside, bool(number))
            if columns is None:
                return False
            found |= {it.position: it for it in columns if it.filled or it.position not in found}
        self.columns = tuple(found[position] for position in sorted(found))
        if not self.columns or self.columns[-1].position >= WIDEST:
            return False
        self.numbered = bool(rows[0][0])
        named = b"<c r=" in rows[0][2]
        if self.loose and not named:
            return False
        head = rb"<row" + (rb' r="([1-9]\d{0,6})"' if self.numbered else b"")
        head += rb'(?: (?!hidden|r=)[\w:]+="[^"<>&]*")*>' if self.loose or rows[0][1] else b">"
        self.pattern = re.compile(head + b"".join(self._cell(column, named) for column in self.columns) + b"</row>")
        return True

    def _cell(self, column: _Column, named: bool) -> bytes:
        """The pattern of a column's cell: its value is a group, and so is its format in a loose pattern."""
        place = b"<c" + (b' r="%s\\1"' % column_letter(column.position).encode() if named else b"")
        type_ = b' t="%s"' % column.type if column.type else b""
        value = b">" + _WRITTEN[column.type][0] + b"</c>"
        if self.loose:
            return b"(?:" + place + rb'(?: s="(\d{1,6})")?(?:/>|' + type_ + value + b"))?"
        style = b' s="%d"' % column.style if column.style else rb'(?: s="0")?'
        return place + style + (type_ + value if column.filled else type_ + b"/>")

    def _collect(self, listed: list[Any], cells: Cells, last: int) -> int:
        """Collect the values of rows of the pattern, column by column; the last row's number is returned."""
        assert self.pattern
        width = self.pattern.groups + 1
        count = len(listed) // width
        if not count:
            return last
        if self.numbered:
            numbers = np.fromiter(map(int, listed[1::width]), np.int32, count)
            if numbers[0] <= last or (np.diff(numbers) <= 0).any():
                raise NotPlain
        else:
            numbers = np.arange(last + 1, last + 1 + count, dtype=np.int32)
        rows, group = numbers - 1, 1 + self.numbered
        for column in self.columns:
            if self.loose:
                texts, styles = listed[group + 1 :: width], listed[group::width]
                group += 2
                here = np.fromiter((text is not None for text in texts), bool, count)
                if here.any():
                    style = np.fromiter((int(text or 0) for text in styles), np.int32, count)[here]
                    texts = [text for text in texts if text is not None]
                    cells.add_column(rows[here], column.position, *_values(texts, column.type, cells), style)
            elif column.filled:
                values = _values(listed[group::width], column.type, cells)
                cells.add_column(rows, column.position, *values, column.style)
                group += 1
        return int(numbers[-1])


def _columns(inside: bytes, numbered: bool) -> list[_Column] | None:
    """The columns of an example row from its cells; None where they are not written as the pattern's are."""
    columns, end = [], 0
    for at, cell in enumerate(_CELL.finditer(inside)):
        letters, style, type_, blank, inline = cell.groups()
        wrong_place = cell.start() != end or (letters is not None and not numbered)
        if wrong_place or (not blank and (inline is not None) != (type_ == b"inlineStr")):
            return None
        position, end = column_index(letters.decode()) if letters else at, cell.end()
        columns.append(_Column(position, type_ or b"", int(style or 0), not blank))
    places = [column.position for column in columns]
    return columns if end == len(inside) and places == sorted(set(places)) else None


def _values(texts: list[bytes], type_: bytes, cells: Cells) -> tuple[int, np.ndarray]:
    """The kind and the values of a column's texts."""
    kind = _WRITTEN[type_][1]
    if type_ in (b"str", b"inlineStr"):
        return kind, cells.coded(texts)
    values = _numbers(texts)
    if not np.isfinite(values).all() or (type_ == b"s" and values.max() >= len(cells.shared)):
        raise NotPlain
    return kind, values


def _numbers(texts: list[bytes]) -> np.ndarray:
    """Texts as numbers, each of those that come again and again looked at once."""
    distinct = set(texts)
    try:
        if 2 * len(distinct) > len(texts):
            return np.fromiter(map(float, texts), float, len(texts))
        known = {text: float(text) for text in distinct}
    except ValueError:
        raise NotPlain from None
    return np.fromiter(map(known.__getitem__, texts), float, len(texts))
