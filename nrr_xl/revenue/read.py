"""The way in: a file, a frame or pasted text becomes a cube, or one error that lists everything wrong with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, cast

from nrr_xl.errors import InputError
from nrr_xl.keywords import asked_in_python
from nrr_xl.options import takes_options, takes_what
from nrr_xl.revenue.cells.arrays import distinct
from nrr_xl.revenue.cells.names import similar_names
from nrr_xl.revenue.clean.body import Reading
from nrr_xl.revenue.clean.rows import clean
from nrr_xl.revenue.cube.build import RevenueCube, build_cube
from nrr_xl.revenue.cube.lookups import customer_map as read_customer_map
from nrr_xl.revenue.cube.policy import Policy, tell_lookups
from nrr_xl.revenue.cube.rate_table import exchange_rates
from nrr_xl.revenue.cube.rows import Source
from nrr_xl.revenue.files.budget import out_of_memory, refuse_cube
from nrr_xl.revenue.files.delimited import Dialect
from nrr_xl.revenue.findings import by_gravity
from nrr_xl.revenue.likely import likely_take_overs, many_as_one, similar_pairs
from nrr_xl.revenue.mending import mended_calls, mended_commands, with_ways
from nrr_xl.revenue.table.choose import choose_table
from nrr_xl.revenue.table.shape import Shape, shaped
from nrr_xl.revenue.understood import Understood, ends_said, open_source, refuse_parts, unit_of, without_twice
from nrr_xl.revenue.vocabulary import currency_codes


@takes_options("read")
def understand(
    source: Any,
    sheet: str | None = None,
    columns: Mapping[str, str] | None = None,
    *,
    layout: str | None = None,
    header_row: int | None = None,
    range: str | None = None,
    drop_rows: str | Sequence[int] | None = None,
    keep_rows: str | Sequence[int] | None = None,
    fill_down: bool = False,
    sheets: Sequence[str] | None = None,
    transpose: bool = False,
    scale: float | None = None,
    only: Sequence[str] | Mapping[str, Any] | None = None,
    exclude: Sequence[str] | Mapping[str, Any] | None = None,
    no_currency: bool = False,
    spread: str | None = None,
    rows_are: str | None = None,
    decimal: str | None = None,
    day_first: bool | None = None,
    fiscal_year_end: int = 12,
    rates: Any = None,
    customer_map: Any = None,
    one_time: Sequence[str] | None = None,
    level: str = "customer",
    negatives: str = "floor",
    inclusive_end: bool = False,
    mid_month: str = "next",
    amount_per: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    quotes: bool = True,
    today: date | None = None,
    accept_errors: bool = False,
    progress: Callable[[str, float], None] = lambda step, fraction: None,
) -> Understood:
    """Read a source as far as it goes, errors and all.

    Parameters
    ----------
    source : path, bytes, open file, DataFrame, rows or Grid
        .xlsx, .xlsm, .xls, .xlsb, .ods, .parquet, .csv, .tsv or .txt; "-" for text on standard input; a frame of
        whatever library (what its index holds is a column too) or a Series with names in its index; dicts, a dict of
        columns, or lists of which the first holds the headers; cells that were read already.
    sheet : str, optional
        The sheet to read; by default the one that looks like revenue rows.
    columns : mapping, optional
        Columns by their part, each given by its header or its letter: customer, date, amount, start, end, term,
        interval, quantity, product, type, currency.
    layout : "long", "wide" or "subscriptions", optional
        How the rows are laid out; found by default.
    header_row, range, drop_rows, keep_rows, fill_down, sheets, transpose
        Where the table stands: its header's row, its cells ("A5:Q200"), rows to leave out or that are customers though
        they look like totals ("5,7-9" or [5, 7]), blank customers filled with the one above, sheets to stack ("all" or
        names), and customers in columns.
    scale : float, optional
        What one unit of the amounts is worth; by default a title or header says so.
    only, exclude : sequence of str, optional
        Rows that count and that do not, as "COLUMN=VALUE" or {"COLUMN": VALUE}.
    no_currency : bool
        Whether amounts are in one currency whatever a currency column says.
    spread : "cadence", "service", "term" or "no", optional
        Whether invoices are spread over the months that they pay for, and by what.
    rows_are : "levels", "changes", "ytd" or "snapshots", optional
        What an amount is; by default headers and types say so.
    decimal : "." or ",", optional
        The decimal sign of amounts written as text; by default the column shows it.
    day_first : bool, optional
        Whether 01/02/2024 is the first of February; by default the column shows it.
    fiscal_year_end : int
        The month in which quarters and years end.
    rates : path, mapping or frame, optional
        Exchange rates, (currency, rate) or (currency, period, rate).
    customer_map : path, mapping or frame, optional
        Names that are another customer, (from, to).
    one_time : sequence of str, optional
        The types of revenue to leave out.
    level : "customer" or "product"
        What counts as a customer.
    negatives : "floor" or "error"
        What a net amount below 0 does.
    inclusive_end : bool
        Whether a subscription is still active on its end date.
    mid_month : "next" or "same"
        Whether a start in mid-month counts from the next month or from the same.
    amount_per : "month", "quarter", "year" or "term", optional
        What a subscription's amount covers; by default its header and interval column say so.
    encoding : str, optional
        The encoding of delimited text, such as "cp1250"; by default its bytes show it.
    delimiter : str, optional
        The character between the cells of delimited text; by default its lines show it.
    quotes : bool
        Whether a quotation mark encloses a text there; False takes it as a character like any other.
    today : date, optional
        The day that open subscriptions reach to, and after which periods are told as future.
    accept_errors : bool
        Whether to go on without what cannot be read.
    progress : callable, optional
        Called with a step and the fraction done.
    """
    progress("Reading", 0.0)
    dialect = Dialect(encoding, delimiter, quotes)
    try:
        book, path, digest = open_source(source, sheet, dialect, lambda done: progress("Reading", 0.7 * done))
    except MemoryError:
        raise out_of_memory(str(source)) from None
    except InputError as error:
        named = str(source) if isinstance(source, str | os.PathLike) else ""
        raise with_ways(error, named, asked_in_python()) from None
    refuse_parts(columns)
    columns, ends = ends_said(columns)
    (drop_rows, dropped), (keep_rows, kept) = without_twice(drop_rows), without_twice(keep_rows)
    hints: dict[str, Any] = {
        "columns": columns,
        "layout": layout,
        "day_first": day_first,
        "fiscal_year_end": fiscal_year_end,
    }
    hints["header_row"] = header_row
    shape = Shape(range, drop_rows, transpose)
    chosen = partial(
        choose_table, shaped(book, shape), sheet, sheets=tuple(sheets or (("all",) if book.together else ()))
    )
    said = str((columns or {}).get("currency", "")).upper()
    try:
        table, notes = chosen(**hints)
        said = ""
    except InputError as error:
        # No column, so perhaps what the amounts are in.
        if said not in currency_codes():
            raise with_ways(error, path, asked_in_python()) from None
        hints["columns"] = {role: name for role, name in (columns or {}).items() if role != "currency"}
        table, notes = chosen(**hints)
    # Far too many names are refused before each of them is looked at.
    refuse_cube(path, distinct(table.grid.values[table.roles["customer"], table.first :]).size, 1)
    policy = Policy(
        **({} if one_time is None else {"one_time": tuple(one_time)}),
        level=cast(Any, level),
        customer_map=read_customer_map(customer_map, book),
        rates=exchange_rates(rates, book, fiscal_year_end),
        negatives=cast(Any, negatives),
    )
    progress("Cleaning", 0.7)
    reading = Reading(
        *(decimal, day_first, fiscal_year_end, inclusive_end, mid_month, amount_per, today or date.today()),
        keep_rows=keep_rows,
        fill_down=fill_down,
        only=tuple(only or ()),
        exclude=tuple(exclude or ()),
        no_currency=no_currency,
        spread=spread,
        rows_are=rows_are,
        scale=scale,
        trusted_id="identifier" in (columns or {}),
        ends=ends,
        duplicates="drop" if dropped else "keep" if kept else None,
    )
    rows, account, findings = clean(table, reading, policy)
    pairs = similar_names(policy.mapped(rows.customer).in_order().values)
    tell_lookups(policy, rows, findings)
    where = Source(path, table.grid.sheet, table.layout, table.last + 1 - table.first, digest)
    account = replace(account, problems=by_gravity([*findings.problems, *notes, *book.notes]))
    unit = unit_of(table)
    refuse_cube(path, len(rows.customer.values), len(rows.periods))
    progress("Summing", 0.95)
    try:
        cube = build_cube(rows, policy, where, account, unit)
        if said and cube.currency not in ("", said):
            raise InputError(f"currency is {said!r}, but the amounts are in {cube.currency}. Convert them with rates.")
        likely, notes = likely_take_overs(table, cube)
        notes += [*similar_pairs(table, cube, pairs), *many_as_one(table, cube)]
        pairs = (*likely, *pairs)
        account = replace(cube.account, problems=by_gravity([*cube.account.problems, *notes]))
        cube = replace(cube, currency=said or cube.currency, suggested_map=pairs, account=account)
    except InputError as error:
        cube = None
        added = [*similar_pairs(table, None, pairs), *(p for p in error.problems if p not in account.problems)]
        account = replace(account, problems=by_gravity([*account.problems, *added]))
        if not any(problem.severity == "error" for problem in account.problems):
            raise
    return Understood(where, table, rows, account, policy, unit, pairs, cube, accept_errors)


@takes_what(understand)
def read(*given: Any, **options: Any) -> RevenueCube:
    """Read revenue rows from a workbook, a delimited file, a DataFrame or a grid of cells into a cube.

    Takes what `understand` takes, which says what each option does.

    Returns
    -------
    RevenueCube
        Amounts (customers, periods), with an account of every source amount and everything found on the way.

    Raises
    ------
    InputError
        With all problems of severity error, unless they are accepted; or because there is nothing to read.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"Customer": ["a", "a"], "Month": ["2024-01", "2024-02"], "MRR": [10.0, 12.0]})
    >>> read(rows).amounts.tolist()
    [[10.0, 12.0]]
    """
    found = understand(*given, **options)
    errors = found.errors
    if found.cube is None or found.stopped:
        where = found.source.path or "The input"
        tries = mended_calls(errors) if asked_in_python() else mended_commands(errors, found.source.path)
        told = f"{where} has {sum(error.cells for error in errors)} error(s), so nothing was computed."
        raise InputError("\n".join([told, *(f"  Try: {command}" for command in tries)]), errors)
    return found.cube
