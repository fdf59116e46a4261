"""What one month of a subscription is worth: its amount, divided by what header, interval, term or dates say."""

from __future__ import annotations

import re

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.revenue.cells.date_columns import Dates
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.clean.body import Body
from nrr_xl.revenue.clean.terms import interval_months, terms
from nrr_xl.revenue.codes import CODES
from nrr_xl.revenue.table.meanings import meanings
from nrr_xl.revenue.table.table import column_title

_QUARTER = re.compile(r"quart|trimes|kwarta|kvarta")


def covers(body: Body, valid: np.ndarray, values: np.ndarray, ends: Dates | None) -> str | None:
    """What an amount covers: "month", "quarter", "year", "term", or "interval" by its row; None where nothing says.

    A bare amount beside a column of terms, or an end in every row, may be that of a month or of the whole term: it is
    asked, for the two give other rates.
    """
    reading, roles = body.reading, body.table.roles
    per = reading.amount_per or (
        "term" if reading.spread in ("service", "term") else _by_header(body) or _by_rows(body)
    )
    column = roles["amount"]
    if per == "term" and not (reading.amount_per or reading.spread) and _serviced(body):
        told = "Each amount is spread from the start to the end of what it pays for"
        where, how = body.grid.address(max(body.table.header[1], 0), column), "--spread no takes it as it stands."
        body.findings.say("invoices-spread", told, where, column_title(body.table, column), action=how)
    if per is not None:
        return per
    address, title = body.grid.address(max(body.table.header[1], 0), column), column_title(body.table, column)
    bounded = ends is not None and reading.spread is None and bool((ends.end[valid] >= 0).all())
    if ("term" in roles or bounded) and valid.any():
        body.findings.say("amount-covers", cell=address, value=title, amount=float(values[valid].sum()))
    else:
        body.findings.say("amount-per", cell=address, value=title)
    return None


def monthly(
    body: Body, per: str | None, values: np.ndarray, valid: np.ndarray, starts: Dates, ends: Dates | None
) -> tuple[np.ndarray, np.ndarray]:
    """Each amount per month by what it covers, and where that is known.

    MRR is monthly whatever the billing interval says; a contract's amount is divided by its term.
    """
    if body.table.export and body.table.export.times_quantity and (quantity := body.counts("quantity")) is not None:
        values = values * np.where(np.isnan(quantity), 1.0, quantity)
    if per == "interval":
        labels, column = body.texts("interval"), body.table.roles["interval"]
        assert labels is not None
        months = np.array([*(interval_months(text) or np.nan for text in labels.values), np.nan])[labels.codes]
        code = "interval-unknown"
    elif per == "term":
        months, code, column = _term_lengths(body, starts, ends)
    else:
        fixed = {None: 1, "month": 1, "quarter": 3, "year": 12}[per]
        _tell(body, "amount-divided", np.full(values.size, fixed), values, valid)
        return values / fixed, np.ones(values.size, bool)
    unknown = valid & ~(months > 0)
    if code == "term-missing" and (body.reading.amount_per or _by_header(body)) == "term":
        code = "value-unending"
    body.note(code, np.flatnonzero(unknown), column, values[unknown])
    _tell(body, "interval-divided" if per == "interval" else "term-divided", months, values, valid & ~unknown)
    return values / np.where(months > 0, months, 1.0), ~unknown


def _tell(body: Body, code: str, months: np.ndarray, values: np.ndarray, valid: np.ndarray) -> None:
    """Say which amounts were divided, by an example and their sums before and after, unless the user said so."""
    divided = valid & (months != 1) & (values != 0)
    said = body.reading.amount_per or body.reading.spread or body.table.export
    if not divided.any() or said or (code == "term-divided" and _serviced(body)):
        return
    row, column = int(np.flatnonzero(divided)[0]), body.table.roles["amount"]
    before, count = values[valid], int(divided.sum())
    after = before / months[valid]
    told = (
        f"{CODES[code].message}, {count} of {before.size}: {before.sum():,.2f} before, {after.sum():,.2f} after; here"
        f" {values[row]:,.2f} / {months[row]:g} is {values[row] / months[row]:,.2f}"
    )
    body.findings.say(code, told, body.grid.address(row + body.table.first, column), amount=float(before.sum()))


def _by_rows(body: Body) -> str | None:
    """What amounts cover where their header does not say: an interval column, or the service dates of invoices."""
    roles = body.table.roles
    if "interval" in roles:
        return "interval"
    if {"money", "total"} <= set(meanings(body.table.names[roles["amount"]])) and {"end", "term"} & set(roles):
        return "term"
    if _serviced(body) and body.reading.spread != "no":
        return "term"
    return "month" if body.table.export else None


def _serviced(body: Body) -> bool:
    """Whether invoices stand beside the dates of the service that they pay for."""
    return {"date", "end"} <= set(body.table.roles) and _by_header(body) is None


def _term_lengths(body: Body, starts: Dates, ends: Dates | None) -> tuple[np.ndarray, str, int]:
    """Months that each contract amount covers: by its term column, else from start to end."""
    roles = body.table.roles
    if "term" in roles and body.reading.spread != "service":
        return terms(body), "term-missing", roles["term"]
    if ends is None:
        raise InputError(
            "Total contract values need a term: a column of months (name it with --term), or the contract's end (name"
            " it with --end). Or say what the amounts are with --amount-per month."
        )
    first = np.maximum(starts.end.astype(np.int64) - starts.step + 1, 0)
    day = np.maximum(starts.day, 1).astype(float)
    until = np.maximum(ends.day, 1).astype(float)
    # An end is the first day after; a last day (31 December after 1 January) is one day before it.
    months = (ends.end - first) + (until + 1 - day) / 30.4375
    whole = np.round(months)
    months = np.where(np.abs(months - whole) < 0.2, whole, months)
    return np.where((ends.end >= 0) & (starts.end >= 0), np.maximum(months, 0.0), np.nan), "term-missing", roles["end"]


def _by_header(body: Body) -> str | None:
    """What the amount's header says that it covers."""
    name = body.table.names[body.table.roles["amount"]]
    said = set(meanings(name))
    if said & {"mrr", "monthly"}:
        return "month"
    if said & {"arr", "annual"}:
        return "year"
    if "tcv" in said:
        return "term"
    if _QUARTER.search(folded(name)):
        return "quarter"
    return "month" if {"period", "money"} <= said else None
