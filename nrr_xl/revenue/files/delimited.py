"""Delimited text as a grid: its dialect, its cells, and whatever in its quotation marks or row lengths is odd."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice, zip_longest

import numpy as np

from nrr_xl.errors import InputError, Problem
from nrr_xl.records import struct
from nrr_xl.revenue.codes import CODES
from nrr_xl.revenue.files.budget import AREA, COLUMNS, TEXT_LENGTH, TEXTS, refuse_over, refuse_sparse
from nrr_xl.revenue.files.columns import HEAD, SMALL, text_grid
from nrr_xl.revenue.files.cut import TAIL, cut_off
from nrr_xl.revenue.files.encodings import decode
from nrr_xl.revenue.files.grid import BLANK, TEXT, Grid, column_letter, with_text_kinds
from nrr_xl.revenue.files.recount import Counts, odd_quotes, recount
from nrr_xl.revenue.findings import problem

# So few that a batch, a list for each of its rows, is turned on its side within the processor's cache.
BATCH = 500
_QUOTED = re.compile(r'"[^"\r\n]*"')
_BREAK = re.compile(r"\r\n?|\n")


@struct()
class Dialect:
    """How text is written where it cannot tell: its encoding, its delimiter, and whether " encloses a text."""

    encoding: str | None = None
    delimiter: str | None = None
    quotes: bool = True


def delimiter(text: str) -> str:
    """The delimiter that splits most of the first lines, into the most even columns; a first line "sep=;" says it.

    >>> delimiter("Customer;Amount\\na;1,5\\nb;2,5\\n")
    ';'
    """
    if said := re.match(r"(?:\ufeff)?sep=(.)\r?\n", text[:10], re.IGNORECASE):
        return said[1]
    lines = [_QUOTED.sub("", line) for line in text[:20_000].splitlines()[:50] if line.strip()]

    def evenness(mark: str) -> tuple[int, int]:
        counts = [line.count(mark) for line in lines]
        commonest = max(set(counts), key=lambda count: (counts.count(count) if count else 0, count))
        return (counts.count(commonest) if commonest else 0, commonest)

    return max("\t;,|", key=evenness) if lines else ","


def delimited(data: bytes, path: str, name: str, dialect: Dialect | None = None) -> tuple[Grid, tuple[Problem, ...]]:
    """The bytes of delimited text as a grid, and what should be known about how they were read.

    Raises
    ------
    InputError
        If the text is over the budget, not in its encoding, or a second count of its bytes finds other cells.
    """
    dialect = dialect or Dialect()
    if dialect.encoding is None and len(data) >= SMALL and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = data[: data.rfind(b"\n", 0, HEAD) + 1].decode("utf-8-sig", "replace")
        mark = _delimiter(dialect, head)
        grid = text_grid(data, path, name, mark, dialect.quotes)
        if grid is not None:
            return grid, cut_off(data[-TAIL:].decode("utf-8", "replace"), mark)
    text, guessed = decode(data, dialect.encoding)
    mark = _delimiter(dialect, text)
    codes, widths, texts = _cells(text, path, mark, dialect.quotes)
    notes = [_encoding_note(guessed, text)] if guessed else []
    _prove(text, path, mark, codes, widths, texts)
    grid = with_text_kinds(Grid(name, np.full(codes.shape, TEXT, np.uint8), codes.astype(np.float64), tuple(texts)))
    lines = _Lines(grid, codes, widths, list(texts), mark)
    notes += [*lines.odd_lengths(), *cut_off(text[-TAIL:], mark)]
    if dialect.quotes and '"' in text:
        notes += lines.swallowed()
        if line := odd_quotes(text, mark):
            notes.append(_quote_note(grid, line, texts))
    return grid, tuple(notes)


def _delimiter(dialect: Dialect, text: str) -> str:
    """The delimiter that was said, else the one that the text shows."""
    said = dialect.delimiter
    mark = delimiter(text) if said is None else "\t" if said.lower() in ("tab", "\\t") else said
    if len(mark) != 1 or mark in '"\r\n':
        raise InputError(f"{mark!r} is no delimiter. Give one character, such as ; or a comma, or the word tab.")
    return mark


class _Codes(dict[str, int]):
    """The code of each text, in the order in which they are first asked for."""

    def __missing__(self, text: str) -> int:
        self[text] = code = len(self)
        return code


def _cells(text: str, path: str, mark: str, quotes: bool) -> tuple[np.ndarray, np.ndarray, dict[str, int]]:
    """The code of each cell, (columns, rows), how many cells each row has, and the code of each distinct text."""
    known = _Codes({"": 0})
    pieces: list[np.ndarray] = []
    widths: list[np.ndarray] = []
    rows = cells = width = 0
    for batch in _batches(text, path, mark, quotes):
        lengths = np.fromiter(map(len, batch), np.int32, len(batch))
        rows, cells, width = rows + len(batch), cells + int(lengths.sum()), max(width, int(lengths.max()))
        refuse_over(path, "columns", width, COLUMNS)
        where = f"the cell at {column_letter(width - 1)}{rows - len(batch) + int(lengths.argmax()) + 1}"
        refuse_sparse(path, where, rows * width, cells)
        refuse_over(path, "cells", rows * width, AREA)
        columns = list(zip_longest(*batch, fillvalue=""))
        piece = np.zeros((len(columns), len(batch)), np.int32)
        for at, column in enumerate(columns):
            piece[at] = np.fromiter(map(known.__getitem__, column), np.int32, len(column))
        refuse_over(path, "different texts", len(known), TEXTS)
        pieces.append(piece)
        widths.append(lengths)
    codes = np.zeros((width, rows), np.int32)
    done = 0
    while pieces:
        piece = pieces.pop(0)
        codes[: len(piece), done : done + piece.shape[1]] = piece
        done += piece.shape[1]
    return codes, np.concatenate(widths) if widths else np.zeros(0, np.int32), known


def _batches(text: str, path: str, mark: str, quotes: bool) -> Iterator[list[list[str]]]:
    """The rows as lists of cells, so many at a time."""
    csv.field_size_limit(TEXT_LENGTH)
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=mark, quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE)
    try:
        while batch := list(islice(reader, BATCH)):
            yield batch
    except csv.Error as error:
        why = (
            f"a text longer than {TEXT_LENGTH:,} characters ends there" if "field larger" in str(error) else str(error)
        )
        asked = problem("quote-swallows", 'A stray quotation mark (") often is the cause')
        raise InputError(f"{path}, line {reader.line_num:,}: {why}.", [asked]) from None


def _prove(text: str, path: str, mark: str, codes: np.ndarray, widths: np.ndarray, texts: dict[str, int]) -> None:
    """Compare the cells with a second count of the text, made without the parser of the first."""
    raw = recount(text, mark)
    times = np.bincount(codes.ravel(), minlength=len(texts))
    inside = recount(texts, mark, times)
    held = Counts(
        inside.breaks + widths.size - (0 if text.endswith(("\n", "\r")) else 1),
        inside.marks + int(np.maximum(widths - 1, 0).sum()),
        inside.digits,
    )
    if held != raw:
        told = f"{path}: the cells that were read are not those in its bytes ({held} read, {raw} in the file)."
        retry = " Save the file again as UTF-8 with one kind of line end, and retry."
        asked = problem("quote-swallows", "A quotation mark may never be closed") if text.count('"') % 2 else None
        raise InputError(told + retry, [asked] if asked else [])


def _encoding_note(name: str, text: str) -> Problem:
    example = next((word for word in re.findall(r"\w[\w .&-]*", text[:1_000_000]) if not word.isascii()), "")
    message = f"{CODES['encoding-guessed'].message}: read as {name}"
    return problem("encoding-guessed", message, value=example[:40] or None)


def _quote_note(grid: Grid, line: int, texts: dict[str, int]) -> Problem:
    """A quotation mark that neither opens nor closes a text, at the first cell that holds one."""
    odd = [code for text, code in texts.items() if '"' in text]
    rows, columns = np.nonzero(np.isin(grid.values, odd).T & (grid.kinds.T != BLANK))
    message = f"{CODES['quote-stray'].message} (first in line {line:,})"
    if not rows.size:
        return problem("quote-stray", message, sheet=grid.sheet)
    row, column = int(rows[0]), int(columns[0])
    return problem(
        "quote-stray", message, sheet=grid.sheet, cell=grid.address(row, column), value=grid.value(row, column)
    )


_NUMBER_ALONE = re.compile(r"[\d.,']*\d[\d.,']*")


@struct()
class _Lines:
    """The rows of delimited text, each with its number of cells."""

    grid: Grid
    codes: np.ndarray
    widths: np.ndarray
    texts: list[str]
    mark: str

    @property
    def usual(self) -> int:
        """The commonest number of cells in a row that holds any; the larger of equals."""
        filled = self.widths[self.widths > 1]
        if not filled.size:
            return 1
        counts = np.bincount(filled)
        return int(np.flatnonzero(counts == counts.max())[-1])

    def odd_lengths(self) -> list[Problem]:
        """Rows of the body with more cells than the others, and with fewer."""
        usual, body = self.usual, self._body()
        notes = []
        beyond = (self.grid.kinds[usual:] != BLANK).any(axis=0)
        if (long := np.flatnonzero(body & beyond)).size:
            notes.append(self._note("row-long", long, usual))
        filled = np.count_nonzero(self.grid.kinds, axis=0)
        # A title or a note below the table has a cell or two; all else is a header or row of which a part is missing.
        least = np.full(self.widths.size, max(usual // 2, 1))
        least[body] = 1
        last = int(np.flatnonzero(self.widths == usual)[-1])
        least[body & (np.arange(body.size) < last)] = 0
        # A number alone right below the table may be the end of its last row.
        if last + 1 < body.size and self.widths[last + 1] == 1 and _NUMBER_ALONE.fullmatch(self.grid.text(last + 1, 0)):
            least[last + 1] = 0
        short = np.flatnonzero((self.widths < usual) & (filled > least))
        # Some programs leave out the delimiters behind the last filled cell of every row.
        if short.size and short.size <= max(0.05 * np.count_nonzero(body), 10):
            notes.append(self._note("row-short", short, 0))
        return notes

    def swallowed(self) -> list[Problem]:
        """Rows in which a pair of quotation marks seems to have taken in delimiters or lines that are none of its."""
        usual, body = self.usual, self._body()
        holds = np.array([self.mark in text for text in self.texts])
        lines = np.array(
            [bool(_BREAK.search(text)) and text.count(self.mark) >= max(usual - 1, 1) for text in self.texts]
        )
        broken = np.array([bool(_BREAK.search(text)) for text in self.texts])
        inside = np.zeros(self.widths.size, bool)
        taken = np.zeros(self.widths.size, bool)
        for column in self.codes:
            inside |= (holds[column] | broken[column]) & (self.widths < usual) & body
            taken |= lines[column]
        rows = np.flatnonzero(taken | (inside & (self._naive_widths(inside) >= usual)))
        return [self._note("quote-swallows", rows, -1)] if rows.size else []

    def _naive_widths(self, which: np.ndarray) -> np.ndarray:
        """How many cells some rows would have if quotation marks meant nothing."""
        marks = np.array([text.count(self.mark) + len(_BREAK.findall(text)) for text in self.texts])
        widths = self.widths.copy()
        widths[which] += marks[self.codes[:, which]].sum(axis=0).astype(np.int32)
        return widths

    def _body(self) -> np.ndarray:
        """The rows from the first one of the usual length on."""
        body = np.zeros(self.widths.size, bool)
        body[int(np.argmax(self.widths == self.usual)) :] = True
        return body

    def _note(self, code: str, rows: np.ndarray, column: int) -> Problem:
        """Rows of one kind as one problem, with the first one's cell."""
        row = int(rows[0])
        if column < 0:
            text = [self.mark in self.texts[at] or bool(_BREAK.search(self.texts[at])) for at in self.codes[:, row]]
            column = text.index(True)
        more = f" ({rows.size:,} rows)" if rows.size > 1 else ""
        value = self.grid.text(row, column)
        return problem(
            code,
            CODES[code].message + more,
            sheet=self.grid.sheet,
            cell=self.grid.address(row, column),
            value=value if len(value) <= 60 else f"{value[:57]}...",
        )
