"""Which table of a book holds the revenue rows: the sheet asked for, a Table or a named range, else the likeliest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from nrr_xl.errors import InputError, Problem, did_you_mean
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.files.grid import Grid
from nrr_xl.revenue.files.sources import Book
from nrr_xl.revenue.findings import problem
from nrr_xl.revenue.table.alike import one_of_alike
from nrr_xl.revenue.table.beside import one_beside
from nrr_xl.revenue.table.contents import SAMPLE, content
from nrr_xl.revenue.table.fullnames import named_in_full
from nrr_xl.revenue.table.headers import role_ranks
from nrr_xl.revenue.table.kept import ALL
from nrr_xl.revenue.table.lacking import lacking_parts
from nrr_xl.revenue.table.layout import HEADER_DEPTH, find_table
from nrr_xl.revenue.table.meanings import meanings
from nrr_xl.revenue.table.products import products_apart
from nrr_xl.revenue.table.rivals import taken_off_nowhere
from nrr_xl.revenue.table.sections import sections_apart
from nrr_xl.revenue.table.shape import transposed
from nrr_xl.revenue.table.stacked import alone
from nrr_xl.revenue.table.stacking import stacked_book
from nrr_xl.revenue.table.table import Table, column_title
from nrr_xl.revenue.table.undated import by_number, months_without_year, refuse_numbers
from nrr_xl.revenue.table.unread import unread_periods
from nrr_xl.revenue.vocabulary import of_refunds, vocabulary, words

SHOWN_HEADS = 20  # So many headers are listed to choose from.

# Words of headers under which the owners of customers stand.
PARENTS = frozenset(
    (
        "parent",
        "ultimate",
        "konzern",
        "mutter",
        "muttergesellschaft",
        "maison",
        "matriz",
        "controladora",
        "moeder",
        "group",
    )
)
HEAD = HEADER_DEPTH + SAMPLE + 1
# What a Table or a name is worth beside what its cells look like: somebody said that this is the table.
# Of more rows lines above others are not looked for.
MOST_LINES = 200_000
TABLE_BONUS, NAME_BONUS = 40.0, 20.0


def choose_table(
    book: Book, sheet: str | None, sheets: tuple[str, ...] = (), **hints: Any
) -> tuple[Table, list[Problem]]:
    """The table to read, with its whole grid, and what should be known about the choice.

    `hints` are those of `find_table`.

    Raises
    ------
    InputError
        If there is no such sheet, or none holds revenue rows.
    """
    said = dict(hints.get("columns") or {})
    adding = folded(str(said.get("amount", ""))).strip() == ALL
    asked_for = hints
    if adding:
        # Of parts in one row there is no column of that name; those that stand over periods are told apart below.
        hints = {**hints, "columns": {role: name for role, name in said.items() if role != "amount"}}
    notes: list[Problem] = []
    tables: dict[str, Table | None] = {}
    if sheet is None:
        book, notes = stacked_book(replace(book, sheets=tuple(_eligible(book))), sheets, hints, tables)
    names = [_named_sheet(book, sheet)] if sheet is not None else _eligible(book)
    candidates: list[tuple[float, Table, Grid, str]] = []
    for hidden in (False, True):
        for name in names:
            if sheet is not None or (name in book.hidden) == hidden:
                candidates += _candidates(book, name, hints, tables)
        if candidates or sheet is not None:
            break
    likely = max(candidates, key=lambda candidate: candidate[0])[3] if candidates else None
    for name in [likely] if likely else names:
        if stood := _over_products(book, name, asked_for):
            return stood[0], [*notes, stood[1]]
    if not candidates or any(by_number(table) for _, table, _, _ in candidates):
        refuse_numbers([book.load(name, HEAD) for name in names], book.path)
    if all(_weak(table) for _, table, _, _ in candidates) and (apart := _sectioned(book, names, hints)):
        return apart[0], [*notes, apart[1]]
    if not candidates and (turned := _turned(book, names, hints)):
        return turned, [*notes, problem("table-turned", sheet=turned.grid.sheet, cell=turned.range)]
    if not candidates:
        raise _nothing(book, names, hints)
    _, _, _, chosen = best = max(candidates, key=lambda candidate: candidate[0])
    if sheet is None and chosen in book.hidden:
        notes.append(problem("hidden-sheet", sheet=chosen))
    for other in dict.fromkeys(name for _, _, _, name in candidates if name != chosen):
        notes.append(problem("other-sheet", sheet=chosen, value=other))
    if sheet is None and chosen not in book.hidden:
        beside = [name for name in names if name in book.hidden]
        for other in (name for name in beside if _holds_rows(book, name, hints, tables)):
            action = "It is hidden, and not read: choose it with --sheet."
            notes.append(problem("other-sheet", sheet=chosen, value=other, action=action))
    table = _whole(book, best, hints)
    if "customer" not in said:
        table, told = named_in_full(table)
        notes += told
    if "amount" not in (hints.get("columns") or {}):
        table, asked = one_of_alike(table, adding)
        if adding and not any(told.action == "Added up." for told in asked):
            raise InputError(
                f"{book.path or 'The input'} has no columns of one kind of amount that --amount all adds up."
            )
        notes += asked
    if table.export:
        read_as = f"Read as the export {table.export.name!r}. {table.export.caution}".rstrip()
        notes.append(problem("export-known", sheet=chosen, action=read_as + ("." if table.export.caution else "")))
    notes += [
        problem("column-guessed", sheet=chosen, cell=table.grid.address(table.first, table.roles[role]), value=role)
        for role in table.guessed
    ]
    notes += [
        problem(
            "parent-column", sheet=chosen, cell=table.grid.address(max(table.header[1], 0), c), value=table.names[c]
        )
        for c in table.segments
        if set(folded(table.names[c]).replace("_", " ").split()) & PARENTS
    ]
    # A slip in the header row moves all months by one: a column of amounts without a header tells.
    notes += [
        problem(
            "column-left-out",
            "A column of amounts without a header stands among the periods",
            sheet=chosen,
            cell=table.grid.address(table.header[1], column),
        )
        for column in table.unused
        if table.periods
        and not table.names[column]
        and min(table.periods) < column < max(table.periods)
        and content(table.grid, column, slice(table.first, table.first + SAMPLE)) == "amount"
    ]
    unread = unread_periods(table)
    notes += [
        problem(
            "period-unread", sheet=chosen, cell=table.grid.address(table.header[1], column), value=table.names[column]
        )
        for column in unread
    ]
    notes += [
        problem(
            "amount-rival",
            sheet=chosen,
            cell=table.grid.address(max(table.header[1], 0), column),
            value=column_title(table, column),
        )
        for column in table.rivals
    ]
    dated = {word for at in table.periods for word in table.names[at].split() if any(c.isdigit() for c in word)}
    if any({"mrr", "arr", "recurring"} & {*meanings(table.names[at])} for at in table.periods):
        dated = set()
    notes += [
        problem(
            # Numbers of the same periods that no word calls recurring may be as much of it as those that are read.
            "column-beside"
            if dated & {*table.names[column].split()}
            else "discount-beside"
            if taken_off_nowhere(table, column)
            else "column-unused",
            sheet=chosen,
            cell=table.grid.address(table.header[1], column),
            value=table.names[column],
        )
        for column in table.unused
        if table.names[column]
        and column not in (*table.rivals, *unread)
        and not of_refunds(table.names[column])  # told where they are taken off
        and content(table.grid, column, slice(table.first, table.first + SAMPLE)) == "amount"
    ]
    return table, notes


def _turned(book: Book, names: list[str], hints: Mapping[str, Any]) -> Table | None:
    """The table with customers in columns and periods in rows, of which nothing else can be made."""
    for name in names:
        grid = transposed(book.load(name, None))
        table = find_table(grid, **hints)
        if not table or table.layout != "wide" or len(table.periods) < 3:
            continue
        # Where most columns are no period of its own, each is a row with its date, not the head of a table on its side;
        # and rows of a date and an amount without a customer are no customer called Amount.
        first = role_ranks(table.grid.text(table.first, table.roles["customer"]))
        if len(table.names) <= 2 * len(table.periods) and first.get("amount", 99) >= 20:
            return alone(table, hints)
    return None


def _holds_rows(book: Book, name: str, hints: Mapping[str, Any], tables: Mapping[str, Table | None]) -> bool:
    """Whether a sheet holds revenue rows for certain."""
    return any(not _weak(table) for _, table, _, _ in _candidates(book, name, hints, tables))


def _weak(table: Table) -> bool:
    """Whether a table is hardly one: parts are guessed of it, or it has a column or two of periods."""
    return bool(table.guessed) or (table.layout == "wide" and len(table.periods) < 3)


def _sectioned(book: Book, names: list[str], hints: Mapping[str, Any]) -> tuple[Table, Problem] | None:
    """The table whose customers stand as lines above their periods, or the other way round."""
    for name in names:
        grid = book.load(name, None)
        found = sections_apart(grid) if grid.rows <= MOST_LINES else None
        table = find_table(found[0], **hints) if found else None
        if found and table and not table.guessed:
            sums = f" Sums beside them are left out: {found[1]:,.2f}." if found[1] else ""
            action = f"Taken as a column of their own.{sums}"
            return alone(table, hints), problem("lines-above", sheet=name, cell=table.range, action=action)
    return None


def _over_products(book: Book, name: str, hints: Mapping[str, Any]) -> tuple[Table, Problem] | None:
    """The table of a sheet on which periods stand over products or measures, each product's rows below one another."""
    if hints.get("header_row") is not None:
        return None
    year_end, columns = hints.get("fiscal_year_end") or 12, dict(hints.get("columns") or {})
    wanted = columns.get("amount")
    try:
        likely = bool(products_apart(book.load(name, HEAD), year_end, wanted))
    except InputError:
        likely = True  # Whether to ask is decided by all rows.
    if not likely or not (found := products_apart(book.load(name, None), year_end, wanted)):
        return None
    if found.measured or (wanted and folded(wanted).strip() == ALL):
        columns.pop("amount", None)
    hints = {**hints, "columns": columns}
    table = find_table(found.grid, **hints)
    if not table or table.layout != "wide" or table.guessed:
        return None
    code = "price-of-unit" if found.priced else "measure-chosen" if found.measured else "over-products"
    return alone(table, hints), problem(code, sheet=name, cell=found.cell, action=found.told)


def _eligible(book: Book) -> list[str]:
    """The sheets that may hold the rows: all but those of a map or of rates, unless there is just one."""
    return [name for name in book.sheets if len(book.sheets) == 1 or not reserved(name)]


def reserved(sheet: str) -> bool:
    """Whether a sheet's name says that it holds a customer map or rates, not revenue rows."""
    return words(sheet) in {words(name) for names in vocabulary()["sheets"].values() for name in names}


def _named_sheet(book: Book, sheet: str) -> str:
    for name in book.sheets:
        if name == sheet or name.casefold() == str(sheet).strip().casefold():
            return name
    raise InputError(
        f"{book.path or 'The input'} has no sheet {sheet!r}. It has: {', '.join(book.sheets) or 'one'}."
        f"{did_you_mean(sheet, book.sheets)}"
    )


def _candidates(
    book: Book, name: str, hints: Mapping[str, Any], tables: Mapping[str, Table | None]
) -> list[tuple[float, Table, Grid, str]]:
    """The tables of one sheet's first rows, each with its score; what a Table or name marks stands for itself.

    `tables` are those of sheets that were looked at already.
    """
    known = tables.get(name)
    head = known.grid if known else book.load(name, HEAD)
    found = []
    for region in (None, *(region for region in book.regions if region.sheet == name)):
        grid = head
        if region is not None:
            top, left, bottom, right = region.corners
            if top >= head.rows or left >= head.columns:
                continue
            grid = head.part(top, left, min(bottom, head.rows - 1), min(right, head.columns - 1))
        table = tables[name] if region is None and name in tables else find_table(grid, **hints)
        if table:
            bonus = 0.0 if region is None else TABLE_BONUS if region.is_table else NAME_BONUS
            found.append((table.score + bonus, replace(table, region=region.name if region else None), grid, name))
    return found


def _whole(book: Book, best: tuple[float, Table, Grid, str], hints: Mapping[str, Any]) -> Table:
    """The chosen table over all of its rows."""
    _, table, _, name = best
    grid = book.load(name, None)
    region = next((r for r in book.regions if r.sheet == name and r.name == table.region), None)
    if region is not None:
        top, left, bottom, right = region.corners
        grid = grid.part(top, left, min(bottom, grid.rows - 1), min(right, grid.columns - 1))
    # The same header over all rows: a column that is blank at first may hold amounts further down.
    whole = find_table(grid, **{**hints, "header": table.header})
    whole = whole or replace(table, grid=grid, last=grid.rows - 1)
    whole = one_beside(whole, book.path or "The input", hints)
    own = alone(whole, hints)
    return replace(own, region=table.region, others=(*whole.others, *own.others))


def _meant(asked: Iterable[str], grids: list[Grid]) -> str:
    """What the columns asked for were probably meant to be, and the headers that there are."""
    tops = [[grid.text(row, at) for at in range(grid.columns)] for grid in grids for row in range(min(grid.rows, 10))]
    heads = [text for text in max(tops, key=lambda row: sum(map(bool, row)), default=[]) if text]
    known = {" ".join(text.split()).casefold(): text for row in tops for text in row if text}
    hints = [did_you_mean(name, heads) for name in map(str, asked) if " ".join(name.split()).casefold() not in known]
    told = f" There are: {', '.join(heads[:SHOWN_HEADS])}{', ...' if heads[SHOWN_HEADS:] else ''}." if heads else ""
    return f" Give each by its header or its letter.{told}{''.join(dict.fromkeys(hints))}"


def _nothing(book: Book, names: list[str], hints: Mapping[str, Any]) -> InputError:
    where = (
        f"{book.path}, sheet {names[0]!r}," if len(names) == 1 and len(book.sheets) > 1 else book.path or "The input"
    )
    if hints.get("columns"):
        asked = ", ".join(f"{role} = {column!r}" for role, column in hints["columns"].items())
        return InputError(
            f"{where} holds no revenue table with these columns: {asked}."
            + _meant(hints["columns"].values(), [book.load(name, HEAD) for name in names])
        )
    if hints.get("day_first") is None and any(
        find_table(book.load(name, HEAD), **{**hints, "day_first": order}) for name in names for order in (True, False)
    ):
        return InputError(
            f"{where} has headers of which day and month cannot be told apart. Say which with --day-first or"
            " --month-first."
        )
    if any(months_without_year(book.load(name, HEAD)) for name in names):
        return InputError(
            f"{where} names months without a year. Write the year into the headers (Jan-24) or into the row above them."
        )
    return InputError(
        f"{where} holds no revenue table: it needs a customer column with either a date and an amount column, one"
        " column per period, or start date and amount columns."
        + (
            lacking_parts([book.load(name, HEAD) for name in names])
            or " Name them with --customer, --date and --amount."
        )
    )
