"""The layout that a table's parts make, the parts that only contents tell, and rows that are no header."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nrr_xl.revenue.cells.amounts import parse_amount
from nrr_xl.revenue.cells.dates import parse_date
from nrr_xl.revenue.files.grid import DATE, NUMBER, TEXT, Grid
from nrr_xl.revenue.table.contents import Contents
from nrr_xl.revenue.table.headers import role_ranks
from nrr_xl.revenue.table.meanings import meanings
from nrr_xl.revenue.vocabulary import currency_codes


def shape_of(
    roles: Mapping[str, int], periods: Mapping[int, Any], contents: Contents, forced: Mapping[str, Any]
) -> str:
    """The layout that the parts make; columns of months win over a column of dates beside them."""
    dated = "date" in roles and contents.kind(roles["date"]) != ""
    if len(periods) >= 3 and "date" not in forced and "amount" not in forced:
        return "wide"
    begun = "start" in roles and "amount" in roles and contents.dated(roles["start"])
    if begun and (not dated or _service_periods(roles, contents)):
        return "subscriptions"
    if dated and "amount" in roles and len(periods) < 2:
        return "long"
    return "wide" if periods else "long"


def _service_periods(roles: Mapping[str, int], contents: Contents) -> bool:
    """Whether start and end say what each invoice pays for: then they differ from row to row of a customer."""
    if "end" not in roles or not contents.dated(roles["end"]):
        return False
    if set(meanings(contents.header(roles["amount"]))) & {"mrr", "monthly"}:
        return False
    who = [contents.column(roles[role]) for role in ("customer", "start", "end") if role in roles]
    rows = list(zip(*who, strict=True))
    return len(set(rows)) > 0.7 * len(rows)


def name_beside(roles: dict[str, int], headers: Mapping[int, str], contents: Contents) -> None:
    """Where customers are numbers and a column of names stands beside them, the numbers are their ids."""
    for column, text in headers.items():
        if (
            column not in roles.values()
            and role_ranks(text).get("customer", 99) < 40
            and contents.kind(column) == "text"
        ):
            roles["identifier"], roles["customer"] = roles["customer"], column
            return


def unit_price(roles: Mapping[str, int], headers: Mapping[int, str], contents: Contents) -> int | None:
    """The one column of prices of a unit, beside a column of quantities and no amount."""
    found = [
        column
        for column, text in headers.items()
        if ("unit_price" in meanings(text) or text.strip().lower() == "rate") and contents.kind(column) == "amount"
    ]
    return found[0] if "quantity" in roles and len(found) == 1 else None


def converted(amount: int, headers: Mapping[int, str], contents: Contents) -> int:
    """The one column of amounts whose header names a currency, beside amounts in several; else the amount's own."""
    if _codes(headers[amount]):
        return amount
    rank = role_ranks(headers[amount]).get("amount", 99) + 3
    found = [
        column
        for column, text in headers.items()
        if _codes(text) and role_ranks(text).get("amount", 99) <= rank and contents.kind(column) == "amount"
    ]
    return found[0] if len(found) == 1 else amount


def _codes(text: str) -> set[str]:
    return {word for word in re.findall(r"[A-Z]{3}", text) if word in currency_codes()}


def guess_parts(roles: dict[str, int], shape: str, contents: Contents, taken: set[int]) -> list[str] | None:
    """Fill in what the layout needs by what columns hold; the parts so found, None where one cannot be."""
    needed = {
        "wide": ("customer",),
        "long": ("customer", "date", "amount"),
        "subscriptions": ("customer", "start", "amount"),
    }
    guessed = []
    for role in needed[shape][::-1]:
        if role not in roles:
            amount = roles.get("amount", min(taken, default=-1))
            column = contents.grouping(amount) if role == "customer" and amount >= 0 else None
            if column is None:
                others = set(roles.values()) | taken
                if role == "customer" and shape == "long":
                    others |= {at for at in range(contents.grid.columns) if contents.names_rows(at, roles["date"])}
                column = contents.best(role, others)
            if column is None:
                return None
            roles[role] = column
            guessed.append(role)
    if shape == "subscriptions" and "end" not in roles:
        # A start without an end would make every subscription open: another column of later dates is the end.
        later = contents.later(roles["start"], set(roles.values()) | taken)
        if later is not None:
            roles["end"] = later
            guessed.append("end")
    return guessed


def no_header(
    grid: Grid,
    row: int,
    height: int,
    roles: Mapping[str, int],
    periods: Mapping[int, Any],
    shape: str,
    guessed: Sequence[str],
    forced: Mapping[str, str],
) -> bool:
    """Whether a row cannot be a header since it holds values where names should stand."""
    if row < 0:
        # Rows without a header begin with values: a text over a column of numbers is a header that is not known.
        return (
            "amount" in roles
            and grid.kinds[roles["amount"], 0] == TEXT
            and parse_amount(grid.text(0, roles["amount"])) is None
        )
    columns = {column for role, column in roles.items() if role not in forced}
    if any(_is_value(grid, row, column) for column in columns):
        return True
    numbers = [float(grid.values[c, row]) for c in sorted(periods) if grid.kinds[c, row] == NUMBER]
    if shape == "wide" and len(numbers) > 1 and height == 1:
        apart = np.diff(numbers)
        return not ((apart > 0).all() or (apart < 0).all())
    # A row of which no header is known is one only where texts stand over all columns.
    return (
        bool(guessed)
        and len(guessed) == len(roles)
        and not periods
        and any(grid.kinds[c, row] != TEXT for c in columns)
    )


def _is_value(grid: Grid, row: int, column: int) -> bool:
    """Whether a cell is a number or a date, as such or as text, and so no name of a column."""
    if grid.kinds[column, row] in (NUMBER, DATE):
        return True
    text = grid.text(row, column)
    return any(c.isdigit() for c in text) and (parse_amount(text) is not None or parse_date(text) is not None)
