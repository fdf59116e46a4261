"""Subscription rows (start, end, amount) as amounts of each month in which they are active."""

from __future__ import annotations

import re

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.periods import Periods, iso_month, month_number
from nrr_xl.revenue.cells.columns import Dates, read_amounts, read_dates
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.clean.body import Body, account_of, currencies, spread, take
from nrr_xl.revenue.clean.doubts import say_amounts, say_duplicates, say_empty, say_nobody, say_one_time
from nrr_xl.revenue.clean.order import day_first
from nrr_xl.revenue.clean.scale import scale_of
from nrr_xl.revenue.cube.rows import Account, Contracts, Labels, RevenueRows
from nrr_xl.revenue.files.grid import DATE, NUMBER, TEXT
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.headers import meanings
from nrr_xl.revenue.table.layout import column_title
from nrr_xl.revenue.vocabulary import vocabulary, words

MOST_ROWS = 200_000_000
# Excel's number of 2099-01-01: an end from there on means that there is none.
NEVER = 72686.0
_FAR = re.compile(r"(?:\d{1,2}[-/. ]\d{1,2}[-/. ])?(?:2099|2[1-9]\d\d|[3-9]\d{3})(?:[-/. ].*)?$")


def active_rows(body: Body) -> tuple[RevenueRows, Account]:
    """One row for each subscription and month: active when its start <= the month's first day < its end.

    With ``mid_month="same"`` it is the month's last day that counts, so that a start in mid-month counts at once.
    """
    table, column = body.table, body.table.roles["amount"]
    amounts = read_amounts(body.grid, [column], body.span, body.findings, body.reading.decimal)
    values, refused = amounts.values[0], amounts.refused[0]
    present = ~np.isnan(values)
    totals, unsure = body.totals(amounts.values)
    counted = present & ~totals & ~unsure
    counted &= ~_not_paying(body, counted, values)
    customer, wrong = body.customers(counted)
    nobody = counted & (customer.codes < 0)
    ended = body.grid.kinds[table.roles["end"], body.span] == DATE if "end" in table.roles else None
    if ended is not None:
        ended = (
            ended | (read_dates(body.grid, table.roles["end"], body.span, Findings(body.grid), values).end >= 0)
        ) & ~_open_ended(body, table.roles["end"])
    choice = body.choice(counted & ~nobody, np.nan_to_num(values), customer, ended)
    say_nobody(body, nobody & ~choice.out, wrong, column, values)
    valid = counted & ~nobody & ~choice.out & ~choice.asked
    starts = _dates(body, "start", np.where(valid, values, np.nan))
    missing = valid & (starts.end < 0) & ~starts.refused
    body.note("date-missing", np.flatnonzero(missing), column, values[missing])
    valid &= starts.end >= 0
    ends = _dates(body, "end", np.where(valid, values, np.nan)) if "end" in table.roles else None
    if ends is not None:
        valid &= ~ends.refused
    if table.export and table.export.layout == "movements":
        ends = _until_next(customer, starts, valid)
    ends = _spread_ends(body, starts, ends)
    signed = np.where(choice.minus, -values, values) * scale_of(body)
    monthly, priced = _monthly(body, signed, valid, starts, ends)
    valid &= priced
    first, stop, last = _months(body, starts, ends, valid)
    if ends is not None:
        wrong = valid & (stop >= 0) & _before(ends, starts)
        body.note("end-before-start", np.flatnonzero(wrong), column, values[wrong])
        valid &= ~wrong
    ending = stop
    stop = np.where(stop >= 0, np.minimum(stop, last + 1), last + 1)
    idle = valid & (first >= stop)
    body.note("never-active", np.flatnonzero(idle), column, values[idle])
    valid &= ~idle
    place = np.array([column])
    money, unknown = currencies(body, amounts, place, valid[None, :])
    valid &= ~unknown[0]
    say_amounts(body, place, np.where(valid, values, np.nan)[None, :])
    say_duplicates(body, valid)
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
    contracts = Contracts(take(customer, paid), first[paid], ending[paid], monthly[paid])
    rows = RevenueRows(
        customer=spread(take(customer, kept), row),
        periods=Periods(begin, last - begin + 1 if kept.size else 0),
        period=month.astype(np.int32),
        amounts=monthly[kept][row],
        currency=currency and spread(currency, row),
        contracts=contracts if ends is not None and (not currency or len(currency.values) < 2) else None,
        **body.attributes(kept, row),
    )
    return rows, account_of(values, used, refused)


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
    words = vocabulary()["words"]["open_end"]
    says = np.array(
        [" ".join(folded(text).split()) in words or bool(_FAR.match(text.strip())) for text in body.grid.strings], bool
    )
    texts = np.flatnonzero(kinds == TEXT)
    far[texts] |= says[cells[texts].astype(np.int64)]
    found: np.ndarray = far | ((kinds == NUMBER) & (cells == 0))
    return found


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


def _until_next(customer: Labels, starts: Dates, valid: np.ndarray) -> Dates:
    """Ends that are the same customer's next start, for rows that say what holds from a day on."""
    rows = np.flatnonzero(valid)
    when = starts.end[rows].astype(np.int64) * 32 + starts.day[rows]
    order = rows[np.lexsort((rows, when, customer.codes[rows]))]
    same = customer.codes[order[1:]] == customer.codes[order[:-1]]
    end, day = np.full(starts.end.size, -1, np.int32), np.zeros(starts.end.size, np.int8)
    end[order[:-1][same]] = starts.end[order[1:][same]]
    day[order[:-1][same]] = starts.day[order[1:][same]]
    return Dates(end, day, np.zeros(end.size, bool), 1)


def _spread_ends(body: Body, starts: Dates, ends: Dates | None) -> Dates | None:
    """The ends that `spread` goes by: those of the service, or of the term in months after each start."""
    reading, roles = body.reading, body.table.roles
    if reading.spread in (None, "no"):
        return ends
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
    months = np.round(terms(body))
    known = (months >= 1) & (starts.end >= 0)
    end = np.where(known, starts.end - starts.step + 1 + np.where(known, months, 0), -1).astype(np.int32)
    return Dates(end, starts.day, np.zeros(end.size, bool), 1)


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
        if body.reading.inclusive_end:
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


def _month_lengths(months: np.ndarray) -> np.ndarray:
    """The days of each month number."""
    first = np.maximum(months, month_number(1970, 1)) - month_number(1970, 1)
    start = first.astype("datetime64[M]").astype("datetime64[D]")
    found: np.ndarray = ((first + 1).astype("datetime64[M]").astype("datetime64[D]") - start).astype(np.int64)
    return found


def _monthly(
    body: Body, values: np.ndarray, valid: np.ndarray, starts: Dates, ends: Dates | None
) -> tuple[np.ndarray, np.ndarray]:
    """Each amount per month, and where that is known: by option, header, interval column or dates, else as it is.

    MRR is monthly whatever the billing interval says; a contract's amount is divided by its term.
    """
    if body.table.export and body.table.export.times_quantity and (quantity := body.quantities()) is not None:
        values = values * np.where(np.isnan(quantity), 1.0, quantity)
    roles, reading = body.table.roles, body.reading
    known = np.ones(values.size, bool)
    said = _per_by_header(body)
    per = reading.amount_per or ("term" if reading.spread in ("service", "term") else said or _per_by_rows(body))
    if per == "interval":
        labels = body.texts("interval")
        assert labels is not None
        months = np.array([*(interval_months(text) or np.nan for text in labels.values), np.nan])[labels.codes]
        code, column = "interval-unknown", roles["interval"]
    elif per == "term":
        months, code, column = _term_lengths(body, starts, ends)
    else:
        if per is None:
            column = roles["amount"]
            body.findings.say(
                "amount-per",
                cell=body.grid.address(max(body.table.header[1], 0), column),
                value=column_title(body.table, column),
            )
        return values / {None: 1, "month": 1, "quarter": 3, "year": 12}[per], known
    unknown = valid & ~(months > 0)
    body.note(code, np.flatnonzero(unknown), column, values[unknown])
    return values / np.where(months > 0, months, 1.0), ~unknown


def _per_by_rows(body: Body) -> str | None:
    """What amounts cover where their header does not say: an interval column, or the service dates of invoices."""
    if "interval" in body.table.roles:
        return "interval"
    if "date" in body.table.roles and "end" in body.table.roles and body.reading.spread != "no":
        return "term"
    return "month" if body.table.export else None


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


def terms(body: Body) -> np.ndarray:
    """The term of each row in months, from numbers or texts such as "12 months" and "2 years"."""
    labels = body.texts("term")
    assert labels is not None
    months = []
    for text in labels.values:
        said = text.lower().split()
        number = said[0] if said else ""
        scale = 12 if len(said) > 1 and said[1].startswith(("year", "yr")) else 1
        months.append(float(number) * scale if number.replace(".", "", 1).isdecimal() else np.nan)
    found: np.ndarray = np.array([*months, np.nan])[labels.codes]
    return found


def _per_by_header(body: Body) -> str | None:
    """What the amount's header says that it covers."""
    name = body.table.names[body.table.roles["amount"]]
    said = set(meanings(name))
    if said & {"mrr", "monthly"}:
        return "month"
    if said & {"arr", "annual"}:
        return "year"
    return "term" if "tcv" in said else None


def interval_months(text: str) -> float | None:
    """The months of a billing interval; None where it is unknown.

    >>> interval_months("Annual"), interval_months("3 months"), interval_months("fortnight")
    (12.0, 3.0, None)
    """
    said = words(text)
    count = next((float(word) for word in said if word.isdecimal()), 1.0)
    for word in said:
        if word in vocabulary()["intervals"]:
            found: float | None = count * vocabulary()["intervals"][word]
            return found
    return None
