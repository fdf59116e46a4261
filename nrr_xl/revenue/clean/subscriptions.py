"""Subscription rows (start, end, amount) as amounts of each month in which they are active."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.periods import Periods, iso_month, month_number
from nrr_xl.revenue.cells.columns import read_amounts
from nrr_xl.revenue.cells.date_columns import Dates, read_dates
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.clean.body import Body, account_of, currencies, spread, take, times_quantity
from nrr_xl.revenue.clean.doubts import duplicates, say_amounts, say_empty, say_nobody, say_one_time
from nrr_xl.revenue.clean.endings import ask_ends, ask_open, replaced, say_overlaps, until_next
from nrr_xl.revenue.clean.order import day_first
from nrr_xl.revenue.clean.scale import scale_of
from nrr_xl.revenue.clean.terms import after_term, ends_by_term, terms
from nrr_xl.revenue.clean.worth import covers, monthly
from nrr_xl.revenue.cube.rows import Account, Contracts, RevenueRows
from nrr_xl.revenue.files.grid import DATE, NUMBER, TEXT
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.vocabulary import vocabulary

MOST_ROWS = 200_000_000
# Excel's number of 2099-01-01: an end from there on means that there is none.
NEVER = 72686.0
# Words that turn what stands beside them into its opposite: "no longer active", "not renewed".
_ENDED = frozenset(
    (
        "not",
        "longer",
        "inactive",
        "ended",
        "cancelled",
        "canceled",
        "churned",
        "expired",
        "terminated",
        "until",
        "was",
        "nicht",
        "pas",
        "plus",
        "niet",
        "closed",
        "unknown",
        "none",
    )
)
_FAR = re.compile(r"(?:\d{1,2}[-/. ]\d{1,2}[-/. ])?(?:2099|2[1-9]\d\d|[3-9]\d{3})(?:[-/. ].*)?$")


def active_rows(body: Body) -> tuple[RevenueRows, Account]:
    """One row for each subscription and month: active when its start <= the month's first day < its end.

    With ``mid_month="same"`` it is the month's last day that counts, so that a start in mid-month counts at once.
    """
    table, column = body.table, body.table.roles["amount"]
    amounts = read_amounts(body.grid, [column], body.span, body.findings, body.reading.decimal)
    values, refused = times_quantity(body, amounts.values[0]), amounts.refused[0]
    present = ~np.isnan(values)
    totals, unsure = body.totals(values[None, :])
    counted = present & ~totals & ~unsure
    counted &= ~_not_paying(body, counted, values)
    customer, wrong = body.customers(counted)
    nobody = counted & (customer.codes < 0)
    ended = body.grid.kinds[table.roles["end"], body.span] == DATE if "end" in table.roles else None
    if ended is not None:
        ended = (
            ended | (read_dates(body.grid, table.roles["end"], body.span, Findings(body.grid), values).end >= 0)
        ) & ~_open_ended(body, table.roles["end"])
    choice = body.choice(counted, np.nan_to_num(values), customer, ended)
    say_nobody(body, nobody & ~choice.out & ~choice.asked, wrong, column, values)
    valid = counted & ~nobody & ~choice.out & ~choice.asked
    starts = _dates(body, "start", np.where(valid, values, np.nan))
    missing = valid & (starts.end < 0) & ~starts.refused
    body.note("date-missing", np.flatnonzero(missing), column, values[missing])
    valid &= starts.end >= 0
    ends = _dates(body, "end", np.where(valid, values, np.nan)) if "end" in table.roles else None
    if ends is not None:
        valid &= ~ends.refused
        ask_ends(body, ends, starts, valid)
    ask_open(body, customer, starts, ends, valid)
    if body.reading.ends == "next":
        ends = replaced(body, customer, starts, valid)
    elif table.export and table.export.layout == "movements":
        ends = until_next(customer, starts, valid)
    per = covers(body, valid, values, ends)
    ends = (
        _spread_ends(body, starts, ends)
        if body.reading.spread not in (None, "no")
        else _ends(body, per, starts, ends, valid)
    )
    signed = np.where(choice.minus, -values, values) * scale_of(body)
    each, priced = monthly(body, per, signed, valid, starts, ends)
    valid &= priced
    first, stop, last = _months(body, starts, ends, valid)
    if ends is not None:
        wrong = valid & (stop >= 0) & _before(ends, starts)
        body.note("end-before-start", np.flatnonzero(wrong), column, values[wrong])
        valid &= ~wrong
    say_overlaps(body, customer, first, stop, valid)
    ending = stop
    stop = np.where(stop >= 0, np.minimum(stop, last + 1), last + 1)
    idle = valid & (first >= stop)
    body.note("never-active", np.flatnonzero(idle), column, values[idle])
    valid &= ~idle
    place = np.array([column])
    money, unknown = currencies(body, amounts, place, valid[None, :])
    valid &= ~unknown[0]
    say_amounts(body, place, np.where(valid, values, np.nan)[None, :])
    valid &= ~duplicates(body, valid, customer.codes, starts.end, values)
    say_empty(body, ~present & ~refused)
    used = valid & ~say_one_time(body, valid, values, column)
    kept = np.flatnonzero(valid)
    lengths = (stop - first)[kept]
    if lengths.sum() > MOST_ROWS:
        raise InputError(
            "The subscriptions run over too many months to be spread out. Check their start and end dates."
        )
    row = np.repeat(np.arange(kept.size), lengths)
    begin = int(first[kept].min()) if kept.size else last
    month = np.repeat(first[kept] - begin - np.cumsum(lengths) + lengths, lengths) + np.arange(row.size)
    currency = money.of(np.zeros_like(kept), kept)
    paid = np.flatnonzero(used)
    read = ((name, body.counts(name)) for name in ("quantity", "usage"))
    counts: dict[str, Any] = {name: found[kept][row] for name, found in read if found is not None}
    contracts = Contracts(take(customer, paid), first[paid], ending[paid], each[paid])
    rows = RevenueRows(
        customer=spread(take(customer, kept), row),
        periods=Periods(begin, last - begin + 1 if kept.size else 0),
        period=month.astype(np.int32),
        amounts=each[kept][row],
        currency=currency and spread(currency, row),
        contracts=contracts if ends is not None and (not currency or len(currency.values) < 2) else None,
        invoiced=_invoiced(body, per, signed[kept], lengths),
        cells=body.cells(kept[row], column),
        **body.attributes(kept, row),
        **counts,
    )
    return rows, account_of(values, used, refused)


def _invoiced(body: Body, per: str | None, amounts: np.ndarray, lengths: np.ndarray) -> np.ndarray | None:
    """What is charged in each active month where amounts pay for a whole term: all of it in the first one."""
    if per != "term" or (body.table.export and body.table.export.times_quantity):
        return None
    charged = np.zeros(int(lengths.sum()))
    charged[np.cumsum(lengths) - lengths] = amounts
    return charged


def _dates(body: Body, role: str, amounts: np.ndarray) -> Dates:
    reading, column = body.reading, body.table.roles[role]
    if role == "end":
        amounts = np.where(_open_ended(body, column), np.nan, amounts)
    order = day_first(body, column)
    return read_dates(body.grid, column, body.span, body.findings, amounts, order, reading.fiscal_year_end)


def _open_ended(body: Body, column: int) -> np.ndarray:
    """The rows whose end says that there is none yet: n/a, Ongoing, Evergreen, 9999-12-31."""
    kinds, cells = body.grid.kinds[column, body.span], body.grid.values[column, body.span]
    far = (kinds == DATE) & (cells >= NEVER)
    texts = np.flatnonzero(kinds == TEXT)
    codes = cells[texts].astype(np.int64)
    says = np.zeros(len(body.grid.strings), bool)
    for code in np.unique(codes).tolist():
        says[code] = _says_open(body.grid.strings[code])
    far[texts] |= says[codes]
    found: np.ndarray = far | ((kinds == NUMBER) & (cells == 0))
    return found


def _says_open(text: str) -> bool:
    """Whether a text in place of an end says that there is none yet.

    >>> _says_open("still active"), _says_open("(open)"), _says_open("no longer active"), _says_open("2024-01-31")
    (True, True, False, False)
    """
    plain = " ".join(folded(text).split()).strip("()[]*. ")
    known = vocabulary()["words"]["open_end"]
    if plain in known or _FAR.match(plain) or not text.strip(" ()[]*."):
        return True
    said = re.findall(r"[^\W\d_]+", plain)
    if any(c.isdigit() for c in plain) or not 2 <= len(said) <= 5 or set(said) & _ENDED:
        return False
    return any(word in known and len(word) > 3 for word in said) or any(
        " ".join(said[at : at + 2]) in known for at in range(len(said) - 1)
    )


def _not_paying(body: Body, counted: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Which rows of a known export have a status without revenue, noted by status with their total."""
    export, statuses = body.table.export, body.texts("status")
    if not export or statuses is None or not export.not_paying:
        return np.zeros(counted.size, bool)
    hit = np.array([*(name.casefold() in export.not_paying for name in statuses.values), False])
    for code in np.flatnonzero(hit[:-1]).tolist():
        rows = np.flatnonzero(counted & (statuses.codes == code))
        if rows.size:
            address = body.grid.address(int(rows[0]) + body.table.first, body.table.roles["status"])
            body.findings.say(
                "status-not-paying",
                f"{rows.size} subscription(s) not paying",
                address,
                statuses.values[code],
                float(values[rows].sum()),
            )
    found: np.ndarray = hit[statuses.codes]
    return found


def _ends(body: Body, per: str | None, starts: Dates, ends: Dates | None, valid: np.ndarray) -> Dates | None:
    """The ends that count: those of a column, else of the terms; a contract's whole value ends with its term."""
    if body.reading.spread not in (None, "no"):
        return _spread_ends(body, starts, ends)
    if body.reading.ends == "none":
        return None
    if ends is None or body.reading.ends == "term":
        return ends_by_term(body, per, starts, valid)
    if per != "term" or "term" not in body.table.roles:
        return ends
    blank = (ends.end < 0) & ~ends.refused
    by_term = after_term(starts, np.where(blank, np.round(terms(body)), np.nan))
    return Dates(np.maximum(ends.end, by_term.end), np.where(blank, by_term.day, ends.day), ends.refused, ends.step)


def _spread_ends(body: Body, starts: Dates, ends: Dates | None) -> Dates | None:
    """The ends that `spread` goes by: those of the service, or of the term in months after each start."""
    reading, roles = body.reading, body.table.roles
    if reading.amount_per not in (None, "term"):
        raise InputError("An amount per month, quarter or year is not spread. Remove --spread or --amount-per.")
    if reading.spread == "cadence":
        raise InputError(
            "The rows have dates at which they start, so that no cadence is looked for. Give --spread service, or"
            " --layout long to read one date a row."
        )
    if reading.spread == "service":
        if ends is None:
            raise InputError("There is no column of ends to spread by. Name it with --end, or give --spread term.")
        return ends
    if "term" not in roles:
        raise InputError("There is no column of terms. Name it with --term, or give --spread service.")
    return after_term(starts, np.round(terms(body)))


def _before(ends: Dates, starts: Dates) -> np.ndarray:
    """Where an end lies before its start."""
    found: np.ndarray = (ends.end < starts.end) | ((ends.end == starts.end) & (ends.day > 0) & (ends.day < starts.day))
    return found


def _months(body: Body, starts: Dates, ends: Dates | None, valid: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """The first month of each subscription, the first one after it (-1 where it is still active), and the last of all.

    Still active means up to the last month that any date speaks of, but not into the future.
    """
    whole = body.reading.mid_month == "next"
    first = starts.end - starts.step + 1 + ((starts.day > 1) & whole)
    stop = np.full(first.size, -1, np.int64)
    latest = int(first[valid].max()) if valid.any() else 0
    if ends is not None:
        day = np.maximum(ends.day, 1).astype(np.int64)
        month = ends.end.astype(np.int64)
        if body.reading.inclusive_end or _last_day(body):
            day_after = (ends.day > 0) & (day < _month_lengths(month))
            month, day = np.where(day_after, month, month + 1), np.where(day_after, day + 1, 1)
        stop = np.where(ends.end >= 0, month + ((day > 1) & whole), -1)
    today = body.reading.today
    now = month_number(today.year, today.month)
    if not valid.any():
        return first.astype(np.int64), stop, latest
    active = stop[valid]
    # Open subscriptions reach to today; where all have ended, up to the last month in which one was active.
    last = now if (active < 0).any() else min(int(active.max()) - 1, now)
    if (active < 0).any():
        count = int((active < 0).sum())
        body.findings.say("open-reach", f"{count} subscription(s) without an end", value=iso_month(last))
    elif last < now:
        body.findings.say("all-ended", value=iso_month(last))
    return first.astype(np.int64), stop, max(last, int(first[valid].max()))


def _last_day(body: Body) -> bool:
    """Whether the header of the ends says that the end is the last day of all."""
    said = folded(body.table.names.get(body.table.roles.get("end", -1), ""))
    return bool(
        re.search(r"\blast day|letzter tag|dernier jour|ultimo (?:dia|giorno)|laatste dag|inclusive|inkl", said)
    )


def _month_lengths(months: np.ndarray) -> np.ndarray:
    """The days of each month number."""
    first = np.maximum(months, month_number(1970, 1)) - month_number(1970, 1)
    start = first.astype("datetime64[M]").astype("datetime64[D]")
    found: np.ndarray = ((first + 1).astype("datetime64[M]").astype("datetime64[D]") - start).astype(np.int64)
    return found
