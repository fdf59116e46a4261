"""Several sheets of one kind as one grid: one sheet a month, a year, a region; addresses stay those of each sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from nrr_xl.errors import InputError, Problem, did_you_mean
from nrr_xl.revenue.cells.arrays import distinct
from nrr_xl.revenue.cells.dates import When, parse_date
from nrr_xl.revenue.cells.manytexts import spelling_key
from nrr_xl.revenue.cells.months import folded, month_names
from nrr_xl.revenue.files.grid import ERROR, TEXT, Grid, Piece
from nrr_xl.revenue.files.sources import Book
from nrr_xl.revenue.findings import problem
from nrr_xl.revenue.table.headers import heads_customers
from nrr_xl.revenue.table.layout import find_table
from nrr_xl.revenue.table.meanings import meanings
from nrr_xl.revenue.table.table import Table
from nrr_xl.revenue.vocabulary import words

# Sheets that share more of their customers than this may tell of the same revenue twice.
SHARED = 0.1
DEEPEST = 40
# Words of sheets' names that are no revenue, beside those of counts and plans.
_OTHER = {"logos", "logo", "headcount", "budget", "forecast", "plan", "pipeline", "churn", "cohorts"}


def stacked_book(
    book: Book, sheets: tuple[str, ...], hints: Mapping[str, Any], tables: dict[str, Table | None]
) -> tuple[Book, list[Problem]]:
    """The book with sheets of one kind as one sheet, and what was found; as it is where there are none.

    The table of each whole sheet that was looked at is left in `tables`, by the sheet's name.

    Sheets that the user named are stacked. Unasked are those named by periods, and those alike in their headers of
    which each has customers of its own; sheets alike that share customers are asked about.
    """
    visible = [name for name in book.sheets if name not in book.hidden]
    if sheets:
        wanted = visible if [s.strip().lower() for s in sheets] == ["all"] else [_named(book, name) for name in sheets]
        pieces = _pieces(book, wanted, hints)
        if not pieces:
            raise InputError(f"{book.path}: none of the sheets {', '.join(wanted)} holds revenue rows.")
        others = [name for name in wanted if name not in {name for name, _, _ in pieces}]
        if book.together and others:
            raise InputError(
                f"{book.path}: no revenue rows are found in {', '.join(map(repr, others[:6]))}. Take out what is not"
                " of the table, or name the files that are with --sheets."
            )
        return _as_one(book, pieces), [problem("sheets-stacked", value=", ".join(name for name, _, _ in pieces))]
    if len(visible) < 2:
        return book, []
    periods = [name for name in visible if _period(name)]
    if len(periods) >= 2:
        pieces = _pieces(book, periods, hints)
        if len(pieces) == len(periods):
            return _as_one(book, pieces), [problem("sheets-stacked", value=", ".join(periods))]
    alike = _alike(book, visible, hints, tables)
    if len(alike) < 2:
        return book, []
    revenue = [name for name, _ in alike if not _says_other(name)]
    if len(revenue) == 1:
        others = [name for name, _ in alike if name not in revenue]
        return replace(book, sheets=(revenue[0],)), [
            problem("other-sheet", sheet=revenue[0], value=name) for name in others
        ]
    names = [name for name, _ in alike]
    if _share(alike) <= SHARED:
        pieces = _pieces(book, names, hints)
        return _as_one(book, pieces), [problem("sheets-stacked", value=", ".join(names))]
    choices = ", or ".join(f'--sheet "{name}"' for name in names[:6])
    asked = problem(
        "sheets-alike", value=", ".join(names), action=f"Read one with {choices}, or stack them with --sheets all."
    )
    raise InputError(f"{book.path} has {len(names)} sheets of one kind.", [asked])


def _says_other(name: str) -> bool:
    """Whether a sheet's name says that it holds plans or counts and no revenue."""
    said = set(meanings(name))
    return bool(said & {"budget", "count"}) or bool(set(words(folded(name))) & _OTHER)


def _named(book: Book, sheet: str) -> str:
    for name in book.sheets:
        if name.casefold() == sheet.strip().casefold():
            return name
    raise InputError(
        f"{book.path or 'The input'} has no sheet {sheet!r}. It has: {', '.join(book.sheets) or 'one'}."
        f"{did_you_mean(sheet, book.sheets)}"
    )


def _period(name: str) -> bool:
    when = parse_date(name.strip())
    return isinstance(when, When)


def _pieces(book: Book, names: Sequence[str], hints: Mapping[str, Any]) -> list[tuple[str, Grid, int]]:
    """Each sheet's grid with its header's row; a sheet without periods of its own gets its name as one."""
    found = []
    plain = {key: value for key, value in hints.items() if key != "header_row"}
    for name in names:
        grid = book.load(name, None)
        own = find_table(grid, **plain)
        dated = own is not None and (own.periods or ("date" not in own.guessed and own.layout != "wide"))
        if own is not None and dated and own.header[0] == own.header[1] >= 0:
            found.append((name, grid, own.header[1]))
            continue
        for row in range(min(grid.rows - 1, DEEPEST)):
            if (dated_grid := _months_of_year(grid, row, name)) and find_table(dated_grid, **plain, header=(row, row)):
                found.append((name, dated_grid, row))
                break
            if any(grid.kinds[c, row] == TEXT and heads_customers(grid.text(row, c)) for c in range(grid.columns)):
                with_name = _with_column(grid, row, "Month", name)
                own = find_table(with_name, **plain, header=(row, row))
                if own and not own.guessed:
                    found.append((name, with_name, row))
                    break
    return found


def _months_of_year(grid: Grid, row: int, name: str) -> Grid | None:
    """The grid with a row's months named with the year that its sheet is called after; None where it has not three."""
    if not re.fullmatch(r"(?:fy|cy)? ?(?:19|20)\d\d", name.strip().lower()):
        return None
    texts = {c: grid.text(row, c).strip() for c in range(grid.columns) if grid.kinds[c, row] == TEXT}
    months = {
        c: f"{text} {name.strip()[-4:]}" for c, text in texts.items() if folded(text).rstrip(".") in month_names()
    }
    if len(months) < 3:
        return None
    values = grid.values.copy()
    for at, column in enumerate(months):
        values[column, row] = len(grid.strings) + at
    return replace(grid, values=values, strings=(*grid.strings, *months.values()))


def _with_column(grid: Grid, header: int, title: str, text: str) -> Grid:
    """The grid with one more column that holds the same text in every row that holds something."""
    kinds, values = np.zeros((1, grid.rows), np.uint8), np.zeros((1, grid.rows))
    kinds[0, header:] = np.where(grid.kinds[:, header:].any(axis=0), TEXT, 0)
    values[0, header:] = len(grid.strings)
    values[0, header] = len(grid.strings) + 1
    marks = None if grid.marks is None else np.vstack([grid.marks, np.full((1, grid.rows), -1, grid.marks.dtype)])
    return replace(
        grid,
        kinds=np.vstack([grid.kinds, kinds]),
        values=np.vstack([grid.values, values]),
        strings=(*grid.strings, text, title),
        marks=marks,
    )


def _alike(
    book: Book, names: Sequence[str], hints: Mapping[str, Any], known: dict[str, Table | None]
) -> list[tuple[str, Table]]:
    """The sheets whose tables have the headers of the likeliest one."""
    known.update((name, find_table(book.load(name, None), **hints)) for name in names)
    tables = [(name, table) for name in names if (table := known[name]) and not table.guessed]
    if len(tables) < 2:
        return []
    _, best = max(tables, key=lambda pair: pair[1].score)

    def kind(table: Table) -> tuple[Any, ...]:
        roles = {
            role: spelling_key(table.names[column])
            for role, column in table.roles.items()
            if role in ("customer", "date", "amount", "start", "end")
        }
        return table.layout, tuple(sorted(roles.items()))

    return [(name, table) for name, table in tables if kind(table) == kind(best) and table.header[0] == table.header[1]]


def _share(alike: list[tuple[str, Table]]) -> float:
    """The largest share of a sheet's customers that another one has as well."""
    sets = []
    for _, table in alike:
        grid, column = table.grid, table.roles["customer"]
        codes = distinct(grid.values[column, table.first :][grid.kinds[column, table.first :] == TEXT]).astype(np.int64)
        sets.append({spelling_key(grid.strings[code]) for code in codes.tolist()})
    return max(len(a & b) / max(min(len(a), len(b)), 1) for i, a in enumerate(sets) for b in sets[:i])


def _as_one(book: Book, pieces: list[tuple[str, Grid, int]]) -> Book:
    grid = stack(pieces)
    return replace(book, sheets=(grid.sheet,), hidden=(), regions=(), load=lambda name, head: grid)


def stack(pieces: list[tuple[str, Grid, int]]) -> Grid:
    """Grids under one header row, their columns matched by header; each piece is (sheet, grid, row of its header)."""
    place: dict[tuple[Any, ...], int] = {}
    maps = []
    for _, grid, header in pieces:
        seen: dict[tuple[Any, ...], int] = {}
        columns = []
        for column in range(grid.columns):
            kind, value = int(grid.kinds[column, header]), float(grid.values[column, header])
            key = (TEXT, spelling_key(grid.text(header, column))) if kind == TEXT else (kind, value if kind else column)
            seen[key] = seen.get(key, -1) + 1
            columns.append(place.setdefault((*key, seen[key]), len(place)))
        maps.append(columns)
    height = 1 + sum(grid.rows - header - 1 for _, grid, header in pieces)
    kinds, values = np.zeros((len(place), height), np.uint8), np.zeros((len(place), height))
    names = sorted({name for _, grid, _ in pieces for name in grid.mark_names})
    marks = np.full((len(place), height), -1, np.int16) if names else None
    # A text is one whatever sheets it stands on, so that rows that stand on two of them are seen to be the same.
    known: dict[str, int] = {}
    parts, at = [], 1
    for (sheet, grid, header), columns in zip(pieces, maps, strict=True):
        rows = slice(at, at + grid.rows - header - 1)
        texts = np.isin(grid.kinds, (TEXT, ERROR))
        codes = np.array([known.setdefault(text, len(known)) for text in grid.strings], float)
        shifted = grid.values.copy()
        shifted[texts] = codes[grid.values[texts].astype(np.int64)]
        fresh = [column for column, target in enumerate(columns) if not kinds[target, 0]]
        for column, target in enumerate(columns):
            kinds[target, rows], values[target, rows] = grid.kinds[column, header + 1 :], shifted[column, header + 1 :]
            if column in fresh:
                kinds[target, 0], values[target, 0] = grid.kinds[column, header], shifted[column, header]
            if marks is not None and grid.marks is not None:
                code = np.array([*(names.index(name) for name in grid.mark_names), -1], np.int16)
                marks[target, rows] = code[grid.marks[column, header + 1 :]]
        parts.append(Piece(at, sheet, header + 1 + grid.origin[0], tuple(columns), grid.origin[1]))
        at = rows.stop
    title = " + ".join(sheet for sheet, _, _ in pieces)
    return Grid(title[:60], kinds, values, tuple(known), marks=marks, mark_names=tuple(names), pieces=tuple(parts))
