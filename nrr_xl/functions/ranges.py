"""Ranges of revenue rows to a cube, each distinct content read once: what the functions over rows share."""

from __future__ import annotations

import hashlib
import marshal
from collections import OrderedDict
from typing import Any

from nrr_xl.errors import InputError
from nrr_xl.functions.log import record
from nrr_xl.functions.values import CellError, Cells, as_cell, error_text, flatten, is_range, single
from nrr_xl.revenue.cells.dates import When, number_date, parse_date
from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.revenue.files.grid import grid_of_columns
from nrr_xl.revenue.read import understand
from nrr_xl.revenue.understood import Understood

# What the cubes that are kept may take; the least recently used ones go first.
LIMIT_BYTES = 256 * 1024 * 1024
# What a cube takes beside its amounts and rows.
CUBE_BYTES = 4_000
NAMES = {"customer": "Customer", "date": "Date", "amount": "Amount"}
SEGMENT = "Segment"


# What the key of some rows begins with; their digest follows.
KEY, KEY_BYTES = "NRR_ROWS:", 16


class Cubes:
    """The cubes of the ranges seen last, by the ranges' content; a failure is kept as well, and raised again."""

    def __init__(self, limit: int = LIMIT_BYTES):
        self.limit = limit
        self.size = 0
        self._kept: OrderedDict[bytes, tuple[int, RevenueCube | CellError]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, ranges: tuple[Any, ...]) -> RevenueCube:
        """The cube of (customers, periods, amounts[, segments]), or of their key in place of the customers.

        Raises
        ------
        CellError
            Of a key, #REF! where its rows are no longer held (its cell must be computed again), and #VALUE! where
            periods, amounts or segments are given as well.
        """
        if is_key(ranges[0]):
            if any(cells is not None for cells in ranges[1:]):
                raise CellError("#VALUE!")
            return self._found(bytes.fromhex(_one(ranges[0]).removeprefix(KEY)))
        digest = content_key(ranges)
        if digest not in self._kept:
            self._add(digest, self._read(ranges))
        return self._found(digest)

    def key(self, ranges: tuple[Any, ...]) -> str:
        """A text that stands for the rows as long as they are held, and for no others."""
        self.get(ranges)
        return KEY + content_key(ranges).hex()

    def _found(self, key: bytes) -> RevenueCube:
        if key not in self._kept:
            record("a key of NRR_ROWS", KeyError("its rows are no longer held: compute its cell again"))
            raise CellError("#REF!")
        self._kept.move_to_end(key)
        found = self._kept[key][1]
        if isinstance(found, CellError):
            raise CellError(found.text)
        return found

    def _add(self, key: bytes, found: RevenueCube | CellError) -> None:
        size = 1000 if isinstance(found, CellError) else weight(found)
        self._kept[key] = size, found
        self.size += size
        while self.size > self.limit and len(self._kept) > 1:
            _, (size, _) = self._kept.popitem(last=False)
            self.size -= size

    @staticmethod
    def _read(ranges: tuple[Any, ...]) -> RevenueCube | CellError:
        try:
            refuse_errors(ranges)
            found = read_ranges(*ranges)
            if found.errors or found.cube is None:
                raise InputError("The rows of a range have errors.", found.errors)
            return found.cube
        except CellError as error:
            return error
        except InputError as error:
            record("reading a range of revenue rows", error)
            return CellError("#VALUE!")


CUBES = Cubes()


def content_key(ranges: tuple[Any, ...]) -> bytes:
    """A digest of cells, by their types and values."""
    digest = hashlib.sha256()
    for cells in ranges:
        try:
            # Version 2 writes equal cells alike, whichever objects they are, and says where they end.
            digest.update(marshal.dumps(cells, 2))
        except ValueError:
            digest.update(repr(cells).encode())
    return digest.digest()[:KEY_BYTES]


def is_key(cells: Cells) -> bool:
    """Whether cells are the key of some rows, and not their customers.

    >>> is_key((("NRR_ROWS:" + "0" * 32,),)), is_key((("Acme",),))
    (True, False)
    """
    cell = _one(cells)
    digits = cell.removeprefix(KEY) if isinstance(cell, str) and cell.startswith(KEY) else ""
    return len(digits) == 2 * KEY_BYTES and set(digits) <= set("0123456789abcdef")


def _one(cells: Cells) -> Any:
    """The cell of a range of one, or the cell itself."""
    while is_range(cells) and len(cells) == 1:
        cells = cells[0]
    return cells


def weight(cube: RevenueCube) -> int:
    """The bytes that a cube takes, near enough."""
    rows = cube.rows
    assert rows is not None
    per_row = 8 + rows.period.itemsize + rows.customer.codes.itemsize * (1 + len(rows.segments))
    return CUBE_BYTES + cube.amounts.nbytes * 2 + len(rows) * per_row + 100 * len(cube.customers)


def refuse_errors(ranges: tuple[Any, ...]) -> None:
    """Raise the first error cell, whichever range it is in."""
    for cells in ranges:
        for cell in flatten(cells)[0]:
            if type(cell) is int or (type(cell) is str and cell[:1] == "#"):
                shown = error_text(cell)
                if shown:
                    raise CellError(shown)


def read_ranges(customers: Cells, periods: Cells, amounts: Cells, segments: Cells = None) -> Understood:
    """What is in three long columns, or in a column, a row and the block between them; the shapes tell.

    Raises
    ------
    CellError
        #N/A where the shapes do not fit.
    InputError
        Where there is nothing to read.
    """
    customers, down = _column(customers)
    periods, across = flatten(periods)
    amounts, block = flatten(amounts)
    parts, names = [], dict(NAMES)
    if segments is not None:
        segments, size = _column(segments)
        if size != down:
            raise CellError("#N/A")
        parts = [[SEGMENT, *segments]]
    if across == block == (down, 1):
        columns = [[NAMES["customer"], *customers], [NAMES["date"], *periods], [NAMES["amount"], *amounts]]
        layout = "long"
    elif across[0] == 1 and block == (down, across[1]):
        width = across[1]
        columns = [
            [NAMES["customer"], *customers],
            *([period, *amounts[place::width]] for place, period in enumerate(periods)),
        ]
        names = {"customer": NAMES["customer"]}
        layout = "wide"
    else:
        raise CellError("#N/A")
    columns = [[as_cell(cell) for cell in column] for column in (*columns, *parts)]
    if layout == "long" and _is_header(columns):
        columns = [[column[0], *column[2:]] for column in columns]
    # The first row below the made-up header is row 1 of the range.
    grid = grid_of_columns("", columns, origin=(-1, 0))
    return understand(grid, columns=names, layout=layout)


def _column(cells: Cells) -> tuple[list[Any], int]:
    flat, (rows, columns) = flatten(cells)
    if columns != 1:
        raise CellError("#N/A")
    return flat, rows


def _is_header(columns: list[list[Any]]) -> bool:
    """Whether the first row of long columns is a header: its amount and its period are texts that are neither."""
    if len(columns[0]) < 3:
        return False
    period, amount = columns[1][1], columns[2][1]
    if not (isinstance(period, str) and isinstance(amount, str)):
        return False
    return parse_date(period) is None and not any(letter.isdigit() for letter in amount)


def closing_of(cube: RevenueCube, as_of: Cells) -> int:
    """The position of the period of an as-of cell: a date, a month such as "2024-12", a quarter or a year.

    Raises
    ------
    CellError
        #N/A for a blank, and for a period that the rows do not cover; #VALUE! for what is no date.
    """
    cell = single(as_of) if is_range(as_of) else as_of
    shown = error_text(cell)
    if shown:
        raise CellError(shown)
    if cell is None or cell == "":
        raise CellError("#N/A")
    year_end = cube.periods.fiscal_year_end
    when = None
    if isinstance(cell, str):
        when = parse_date(cell, year_end)
    elif hasattr(cell, "year"):
        when = parse_date(cell.strftime("%Y-%m-%d"))
    elif not isinstance(cell, bool):
        when = number_date(float(cell), year_end)
    if not isinstance(when, When):
        raise CellError("#VALUE!")
    try:
        return cube.periods.index(when.end)
    except IndexError:
        raise CellError("#N/A") from None
