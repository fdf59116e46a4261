"""How a sheet is laid on paper: its size, its scale and where it breaks, so that nothing is small or nearly empty.

Scale and breaks are said outright, since a sheet that is fitted to a width ignores its breaks in Excel. Sizes are in
pixels of 1/96 inch, as XlsxWriter measures columns and rows.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from xlsxwriter.utility import xl_cell_to_rowcol

# The smallest letters of a page in points, and those of charts.
LEGIBLE, CHARTED = 8, 9
# Columns are up to 6 % wider on paper than on the screen, rows hardly.
ROOM, ROOM_BELOW = 0.93, 0.97
# At least so many rows stay with a heading, and with the end of their table.
TOGETHER = 3
# The rows of a sheet's own head, which stays with what follows.
HEAD = 8
# A page that is filled less than this is avoided before any other blemish.
SPARSE = 0.3
# What a page costs, and one that is twice as high as the paper.
PAGE, OVERFULL = 100.0, 1e4
# What it costs to use the larger paper, as a factor, and to part a table whose heading does not stand on every page.
LARGER, PARTED = 1.45, 120.0
LINE, CHARACTER = 17, 6.3
# Kinds of numbers whose digits grow with the amounts, with the decimals of each; how much smaller each unit shows them.
WHOLE_NUMBERS = {"amount": 0, "cents": 2, "count": 0}
MAGNITUDES = {"": 1.0, "k": 1e3, "m": 1e6}
# How wide a letter of the title is, and of the line below it, in pixels.
HEAD_LETTERS = {"title": 11.2, "subtitle": 6.4}
# In letters of 10 points: a digit, a comma or point, and what a number's parentheses and the cell's edges take.
DIGIT, POINT, AROUND = 6.8, 3.4, 14


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper's number in the file, and what can be printed on it."""

    number: int
    landscape: bool
    width: int
    height: int


MARGINS = {"left": 0.5, "right": 0.5, "top": 0.5, "bottom": 0.6}
A4, A4_UPRIGHT = Paper(9, True, 1026, 688), Paper(9, False, 698, 1016)
A3, A3_UPRIGHT = Paper(8, True, 1491, 1016), Paper(8, False, 1026, 1482)
# By what a sheet is: wide, or narrow and high.
WIDE, HIGH = (A4, A3), (A4_UPRIGHT, A4, A3_UPRIGHT, A3)


@dataclass
class Marks:
    """What was written to a sheet: the rows that hold anything, headings, wrapped texts and charts."""

    rows: set[int] = field(default_factory=set)
    headings: set[int] = field(default_factory=set)
    wrapped: list[tuple[int, int, int]] = field(default_factory=list)
    charts: list[tuple[int, int]] = field(default_factory=list)
    # How wide the title is, or the line below it, in pixels.
    head: float = 0.0
    # The points of ordinary letters, and the cells with smaller ones.
    size: float = 10
    small: dict[tuple[int, int], float] = field(default_factory=dict)
    # By column and kind the least and the most of its numbers.
    spread: dict[tuple[int, str], tuple[float, float]] = field(default_factory=dict)
    # The cells with a coloured ground.
    banded: set[tuple[int, int]] = field(default_factory=set)


def area(sheet: Any) -> tuple[int, int, int, int]:
    """The rows and columns that are printed: those said, else all."""
    found = re.findall(r"\$[A-Z]+\$\d+", sheet.print_area_range or "")
    if not found:
        return 0, 0, max(sheet.dim_rowmax or 0, 0), max(sheet.dim_colmax or 0, 0)
    (top, left), (bottom, right) = xl_cell_to_rowcol(found[0]), xl_cell_to_rowcol(found[-1])
    return top, left, bottom, right


def widen(sheet: Any, marks: Marks, scale: float, size: float) -> None:
    """Widen columns whose numbers would be shown as #### in letters of a size; amounts show one for `scale`."""
    for (col, kind), (least, most) in marks.spread.items():
        largest = max(-least, most) / (scale if kind == "amount" else 1)
        digits = len(f"{largest:.0f}")
        decimals = WHOLE_NUMBERS[kind]
        signs = (digits - 1) // 3 + bool(decimals)
        room = math.ceil(size / 10 * (DIGIT * (digits + decimals) + POINT * signs + AROUND))
        if room > sheet._size_col(col, 4):  # of a hidden column too
            sheet.set_column_pixels(col, col, room, *_kept(sheet.col_info.get(col)))


def _kept(known: Any) -> tuple[Any, dict[str, Any] | None]:
    """A column's format and options, which older releases of XlsxWriter hold in a list."""
    if not known:
        return None, None
    if isinstance(known, list):
        _, column_format, *rest = known
    else:
        column_format, rest = known.column_format, [known.hidden, known.level, known.collapsed]
    return column_format, dict(zip(("hidden", "level", "collapsed"), rest, strict=False))


def hold_title(sheet: Any, marks: Marks) -> None:
    """Widen the first printed column so that the title is not cut off where the printed area ends."""
    _, left, _, right = area(sheet)
    short = min(math.ceil(marks.head), A4_UPRIGHT.width) - width(sheet, left, right)
    if short > 0:
        sheet.set_column_pixels(left, left, sheet._size_col(left) + short)


def fits(sheet: Any, marks: Marks, left: int, right: int, papers: Sequence[Paper]) -> bool:
    """Whether columns fit on the width of one of the papers, in letters that can be read."""
    wide = max(width(sheet, left, right), 1)
    least = least_scale(sheet, marks, (0, left, max(sheet.dim_rowmax or 0, 0), right))
    return any(100 * ROOM * each.width / wide >= least for each in papers)


def least_scale(sheet: Any, marks: Marks, area_printed: tuple[int, int, int, int]) -> int:
    """The scale, in percent, at which the smallest letters that are printed can still be read."""
    top, left, bottom, right = area_printed
    smallest = min(CHARTED, marks.size) if marks.charts else marks.size
    for (row, col), size in marks.small.items():
        printed = top <= row <= bottom and left <= col <= right
        if size < smallest and printed and sheet._size_row(row) and sheet._size_col(col):
            smallest = size
    return math.ceil(100 * LEGIBLE / smallest)


def width(sheet: Any, left: int, right: int) -> int:
    """The width of some columns; those folded away have none."""
    return sum(sheet._size_col(col) for col in range(left, right + 1))


def lay_out(
    sheet: Any, marks: Marks, papers: Sequence[Paper], repeated: tuple[int, int] | None = None, one_page: bool = False
) -> None:
    """Set a sheet's paper, scale and breaks; `repeated` are the rows that stand on top of every page."""
    top, left, bottom, right = area(sheet)
    sheet.print_area(top, left, bottom, right)
    wide = max(width(sheet, left, right), 1)
    heights = [_height(sheet, marks, row) for row in range(top, bottom + 1)]
    fitting = [(paper, min(100, int(100 * ROOM * paper.width / wide))) for paper in papers]
    least = least_scale(sheet, marks, (top, left, bottom, right))
    fitting = [(paper, scale) for paper, scale in fitting if scale >= least]
    if not fitting:
        fitting = [(papers[-1], least)]
        _across(sheet, left, right, papers[-1].width * ROOM * 100 / least)
    if one_page:
        for paper, scale in fitting:
            whole = min(scale, int(100 * ROOM_BELOW * paper.height / sum(heights)))
            if whole >= least:
                _set(sheet, paper, whole, [])
                return
    again = sum(_height(sheet, marks, row) for row in range(repeated[0], repeated[1] + 1)) if repeated else 0
    places = [(at - top, price) for at, price in _places(marks, top, bottom, repeated)]
    reached = [0, *accumulate(heights)]
    found: list[tuple[float, int, int, list[int]]] = []
    # The smallest letters first: they need the fewest pages, and what cannot do with as few is not worth breaking.
    for number, (paper, most) in enumerate(fitting):
        for scale in range(least, most + 1):
            room = paper.height * 100 * ROOM_BELOW / scale
            # A larger paper must save more than a page in three.
            factor = LARGER if paper.number == A3.number else 1
            if not found or _least(reached[-1] / room) * factor <= found[0][0]:
                cost, breaks = _broken(reached, places, room, again)
                found = [min([*found, (cost * factor, number, -scale, breaks)])]
    _, number, scale, breaks = found[0]
    _set(sheet, fitting[number][0], -scale, [at + top for at in breaks])


def _set(sheet: Any, paper: Paper, scale: int, breaks: list[int]) -> None:
    sheet.set_paper(paper.number)
    if paper.landscape:
        sheet.set_landscape()
    else:
        sheet.set_portrait()
    sheet.set_print_scale(scale)
    sheet.set_margins(**MARGINS)
    if breaks:
        sheet.set_h_pagebreaks(breaks)


def _height(sheet: Any, marks: Marks, row: int) -> int:
    """A row's height: the one it was given, else that of its longest wrapped text."""
    if row in sheet.row_sizes:
        return int(sheet._size_row(row))
    lines = [
        math.ceil(length * CHARACTER / sheet._size_col(col))
        for at, col, length in marks.wrapped
        if at == row and sheet._size_col(col)
    ]
    return max(int(sheet.default_row_height), LINE * max(lines, default=0))


def _across(sheet: Any, left: int, right: int, room: float) -> None:
    """Break a sheet that no paper is wide enough for between its columns, evenly; the first column is repeated."""
    first = sheet._size_col(left)
    rest = [col for col in range(left + 1, right + 1) if sheet._size_col(col)]
    total = sum(map(sheet._size_col, rest))
    pages = max(2, math.ceil(total / max(room - first, 1)))
    share, filled = total / pages, 0.0
    breaks: list[int] = []
    for col in rest:
        size = sheet._size_col(col)
        if filled and filled + size > max(share, 1) + size / 2 and len(breaks) < pages - 1:
            breaks.append(col)
            filled = 0.0
        filled += size
    sheet.set_v_pagebreaks(breaks)
    sheet.repeat_columns(left)


def _places(marks: Marks, top: int, bottom: int, repeated: tuple[int, int] | None) -> list[tuple[int, float]]:
    """The rows that a page may begin with, each with what that costs: little between tables, more inside one."""
    filled = marks.rows | {row for first, last in marks.charts for row in range(first, last + 1)}
    inside = {row for first, last in marks.charts for row in range(first + 1, last + 1)}
    found: list[tuple[int, float]] = []
    heading = top
    for row in range(top + 1, bottom + 1):
        if row - 1 in marks.headings:
            heading = row - 1
        if row not in filled or row in inside:
            continue
        if row - 1 not in filled:
            # A heading keeps its rows, also where an empty row is between them.
            if row > top + HEAD and heading < row - 2:
                found.append((row, 0.0))
            continue
        ends = next((at for at in range(row, bottom + 2) if at not in filled), bottom + 1)
        under = repeated is not None and heading <= repeated[1]
        if row - heading > TOGETHER and ends - row >= TOGETHER and not marks.headings & {row, row - 1}:
            found.append((row, 0.2 if under else PARTED))
    return found


def _least(pages: float) -> float:
    """What `_broken` costs at least for rows that would fill so many pages: its pages, or a last one that overflows.

    >>> _least(2.5), round(_least(3.001), 3)
    (300.0, 310.0)
    """
    pages *= 1 - 1e-9
    whole = int(pages)
    return PAGE * whole + min(PAGE, OVERFULL * (pages - whole))


def _broken(
    reached: Sequence[int], places: Sequence[tuple[int, float]], room: float, again: int
) -> tuple[float, list[int]]:
    """The rows before which to break for the fewest pages, each well filled, and what that costs.

    `reached` is the height above each row, and in the end that of all.

    >>> _broken(range(0, 201, 20), [(4, 0.0), (7, 1.0)], 150, 0)[1]
    [4]
    """
    cuts = [(0, 0.0), *places, (len(reached) - 1, 0.0)]
    heights = [reached[row] for row, _ in cuts]
    body = room - again
    costs, from_where = [0.0], [-1]
    # No breaks bring the rows above a cut below this, so the first that are too dear end the search.
    bounds = [_least(height / room) for height in heights]
    for number, (_, price) in enumerate(cuts[1:], 1):
        end, least, chosen = heights[number], math.inf, -1
        # The first cut whose page holds the rows up to here; the first page has more room.
        first = max(bisect_left(heights, end - body, 0, number), 1)
        while first < number and (end - heights[first]) / body > 1:
            first += 1
        while first > 1 and (end - heights[first - 1]) / body <= 1:
            first -= 1
        first = min(first, number - 1)
        if first <= 1 and (number == 1 or end / room <= 1):
            first = 0
        for before in range(first, number):
            if bounds[before] + PAGE + price > least:
                break
            filled = (end - heights[before]) / (body if before else room)
            if filled > 1:
                cost = PAGE + OVERFULL * (filled - 1)
            else:
                # A page more costs more than anything; then a nearly empty one, then a table that is parted.
                # What the last page leaves empty is nothing to mend.
                rest = 0.0 if number == len(heights) - 1 else (1 - filled) ** 2
                cost = (PAGE + 200.0 if filled < SPARSE else PAGE) + rest
            cost = costs[before] + cost + price
            if cost < least:
                least, chosen = cost, before
        costs.append(least)
        from_where.append(chosen)
    at, breaks = len(cuts) - 1, []
    while from_where[at] > 0:
        at = from_where[at]
        breaks.append(cuts[at][0])
    return costs[-1], breaks[::-1]
