"""Whether dates put the day first, where their own column leaves it open: by what else stands in the table."""

from __future__ import annotations

import numpy as np

from nrr_xl.revenue.cells.arrays import distinct
from nrr_xl.revenue.cells.dates import Doubtful, When, decide_order, parse_date
from nrr_xl.revenue.clean.body import Body
from nrr_xl.revenue.files.grid import TEXT
from nrr_xl.revenue.table.table import column_title

# So many different days or months beside a part that is always 1 tell which of the two is the day.
DISTINCT = 3


def day_first(body: Body, column: int) -> bool | None:
    """The order of a column's dates as another column or their form proves it; None where the column decides itself.

    Proofs, the surest first: other dates of the table, a column of months, a part that is always 1 (amounts dated on
    the first of each month), points between the parts (which are written day first).
    """
    if body.reading.day_first is not None:
        return body.reading.day_first
    parsed, texts = _doubtful(body, column)
    if not parsed or decide_order(parsed) is not None or all(date.order != "?" for date in parsed):
        return None
    told = _by_others(body, column) or _by_months(body, column) or _by_form(parsed, texts)
    if told is None:
        return None
    first, how = told
    address = body.grid.address(body.table.first, column)
    action = (
        f"Read {'day' if first else 'month'} first: {how}; --{'month' if first else 'day'}-first reads them otherwise."
    )
    body.findings.say("date-order-taken", cell=address, value=texts[0], action=action)
    return first


def _doubtful(body: Body, column: int) -> tuple[list[Doubtful], list[str]]:
    """The dates of a column that could be read two ways or are written with numbers only, and their texts."""
    kinds, cells = body.grid.kinds[column, body.span], body.grid.values[column, body.span]
    texts = [body.grid.strings[code] for code in distinct(cells[kinds == TEXT]).astype(np.int64).tolist()]
    pairs = [(date, text) for text in texts if isinstance(date := parse_date(text), Doubtful)]
    return [date for date, _ in pairs], [text for _, text in pairs]


def _by_others(body: Body, column: int) -> tuple[bool, str] | None:
    for other in range(body.grid.columns):
        if other != column:
            parsed, _ = _doubtful(body, other)
            order = decide_order(parsed) if len(parsed) > 1 else None
            if order is not None:
                return order, f"so are the dates under {column_title(body.table, other)!r}"
    return None


def _by_months(body: Body, column: int) -> tuple[bool, str] | None:
    """A column that names the month of each row, in words or as a period."""
    rows = np.flatnonzero(body.grid.kinds[column, body.span] == TEXT)[:500] + body.table.first
    dates = [parse_date(body.grid.text(row, column)) for row in rows.tolist()]
    for other in range(body.grid.columns):
        if other == column:
            continue
        agree = {True: 0, False: 0}
        for row, date in zip(rows.tolist(), dates, strict=True):
            named = body.grid.text(row, other)
            if not isinstance(date, Doubtful) or not named or date.first == date.second:
                continue
            when = parse_date(named if any(c.isdigit() for c in named) else f"{named} {date.year}")
            if isinstance(when, When) and when.step == 1 and not when.day:
                for order in agree:
                    read = date.read(order)
                    agree[order] += bool(read and read.end == when.end)
        best = max(agree, key=lambda order: agree[order])
        if agree[best] >= 3 and agree[not best] == 0:
            return best, f"so they agree with {column_title(body.table, other)!r}"
    return None


def _by_form(parsed: list[Doubtful], texts: list[str]) -> tuple[bool, str] | None:
    firsts, seconds = {date.first for date in parsed}, {date.second for date in parsed}
    if firsts == {1} and len(seconds) >= DISTINCT:
        return True, "the first part is always 1"
    if seconds == {1} and len(firsts) >= DISTINCT:
        return False, "the second part is always 1"
    if all("." in text for text in texts):
        return True, "points stand between the parts"
    return None
