"""What a source is before and after it is understood: its book, what it calls its amounts, and all that was found."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nrr_xl.errors import InputError, Problem, did_you_mean
from nrr_xl.options import ENDS, of_stage
from nrr_xl.records import struct
from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.revenue.cube.policy import Policy
from nrr_xl.revenue.cube.rows import Account, RevenueRows, Source
from nrr_xl.revenue.files import sources, stores
from nrr_xl.revenue.files.delimited import Dialect
from nrr_xl.revenue.files.given import given_book
from nrr_xl.revenue.files.opening import standard_input
from nrr_xl.revenue.table.table import Table
from nrr_xl.revenue.vocabulary import vocabulary, words


@struct()
class Understood:
    """A source as far as it was understood: the table, its clean rows, their account and everything found.

    `cube` is None where an error stands in the way; it then is among the account's problems.
    """

    source: Source
    table: Table
    rows: RevenueRows
    account: Account
    policy: Policy
    unit: str
    suggested_map: tuple[tuple[str, str], ...]
    cube: RevenueCube | None
    accepts_errors: bool = False

    @property
    def stopped(self) -> bool:
        """Whether errors stand in the way that nobody accepted."""
        return bool(self.errors) and not self.accepts_errors

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.account.problems if problem.severity == "error")


def refuse_parts(columns: Mapping[str, str] | None) -> None:
    """Stop at a column given for a part that there is not: it would hide that column, and another would be guessed.

    >>> refuse_parts({"customer": "Account"})
    >>> refuse_parts({"customr": "Account"})
    Traceback (most recent call last):
    nrr_xl.errors.InputError: columns has no part 'customr'. Did you mean 'customer'? Give customer, date, amount, ...
    """
    known = [each.name for each in of_stage("read") if each.type == "column"]
    if columns is not None and not isinstance(columns, Mapping):
        raise InputError(f"columns is {columns!r}. Give a dict of parts and headers: {{'amount': 'MRR'}}.")
    for part in columns or {}:
        if part not in known:
            hint = did_you_mean(str(part), known)
            raise InputError(f"columns has no part {part!r}.{hint} Give {', '.join(known)}.")


def ends_said(columns: Mapping[str, str] | None) -> tuple[Mapping[str, str] | None, str | None]:
    """The columns, and what the user says about ends: one of ENDS, which name no column, or "column"."""
    said = str((columns or {}).get("end", "")).strip().lower()
    if said not in ENDS:
        return columns, "column" if said else None
    return {role: name for role, name in (columns or {}).items() if role != "end"}, said


def without_twice(rows: object) -> tuple[str | None, bool]:
    """Row numbers without the word "twice", which stands for all rows that stand there twice; and whether it was there.

    >>> without_twice("5,twice"), without_twice("twice"), without_twice("7")
    (('5', True), (None, True), ('7', False))
    """
    parts = [part for part in re.split(r"[,;\s]+", str(rows or "")) if part]
    others = [part for part in parts if part.lower() != "twice"]
    return ",".join(others) or None, len(others) < len(parts)


def open_source(
    source: Any, sheet: str | None, dialect: Dialect, progress: Callable[[float], None]
) -> tuple[sources.Book, str, str]:
    """The book of a path, bytes or a frame, with its path and the SHA-256 of its bytes."""
    if isinstance(source, str) and source == "-":
        data = standard_input()
        return sources.text_book(data, "-", "pasted", dialect), "-", hashlib.sha256(data).hexdigest()
    if isinstance(source, str | os.PathLike):
        _refuse_no_path(str(source))
        if files := sources.text_files(str(source)):
            book, digest = sources.open_texts(files, str(source), dialect)
            return book, str(source), digest
        if stores.is_store(str(source)):
            book, digest = sources.open_store(str(source))
            return book, str(source), digest
        book, data = sources.open_file(Path(source), progress, dialect)
        return book, str(source), hashlib.sha256(data).hexdigest()
    return given_book(source, sheet, dialect, progress)


def _refuse_no_path(text: str) -> None:
    """Stop at a text that is no path: none, rows themselves, or an address on the web."""
    if not text.strip():
        raise InputError("No input is named. Give the path of a file.")
    if "\n" in text and not os.path.exists(text):
        raise InputError("The text is no path. Rows that are a text are read as io.StringIO(text).")
    if text.lower().startswith(("http://", "https://")):
        raise InputError(f"{text} is on the web, where nothing is read from. Download it, and name the file.")


def unit_of(table: Table) -> str:
    """What the amounts are called: MRR or ARR only where a header or title says so; subscriptions become monthly."""
    if table.layout == "subscriptions":
        return "MRR"
    grid, top = table.grid, table.header[0]
    titles = [table.names[table.roles["amount"]]] if "amount" in table.roles else []
    titles += [
        grid.sheet,
        *(
            grid.text(row, column)
            for row in range(max(top - 5, 0), max(top, 0))
            for column in range(min(grid.columns, 12))
        ),
    ]
    titles += [table.names[column] for column in table.periods]
    for title in titles:
        said = set(words(title))
        if "mrr" in said or said & set(vocabulary()["words"]["annual"]):
            return "MRR" if "mrr" in said else "ARR"
    return "Amount"
