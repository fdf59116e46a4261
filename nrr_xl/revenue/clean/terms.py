"""How long a contract runs by its term column, and the end that this gives it where no column of ends stands beside."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from nrr_xl.revenue.cells.date_columns import Dates
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.clean.body import Body
from nrr_xl.revenue.clean.values import says
from nrr_xl.revenue.table.meanings import meanings
from nrr_xl.revenue.table.table import column_title
from nrr_xl.revenue.vocabulary import vocabulary, words

Array = np.ndarray[Any, Any]
_LENGTH = re.compile(r"(\d+(?:[.,]\d+)?)[ \-]*([^\W\d]*)")
# Plain numbers of which none is larger are years, unless the header says months.
YEARS = 5


def interval_months(text: str) -> float | None:
    """The months of a billing interval; None where it is unknown.

    >>> interval_months("Annual"), interval_months("3 months"), interval_months("fortnight")
    (12.0, 3.0, None)
    """
    said = words(folded(text))
    count = next((float(word) for word in said if word.isdecimal()), 1.0)
    for word in said:
        if word in vocabulary()["intervals"]:
            found: float = count * vocabulary()["intervals"][word]
            return found
    return None


def term_months(text: str, plain: float = 1.0) -> float | None:
    """The months of a term; `plain` are those of a number without a unit; None where it says none.

    >>> term_months("36"), term_months("2 yrs"), term_months("24-Monate"), term_months("1", plain=12.0)
    (36.0, 24.0, 24.0, 12.0)
    >>> term_months("Annual"), term_months("evergreen")
    (12.0, None)
    """
    said = " ".join(folded(text).split())
    if said in vocabulary()["words"]["open_end"]:
        return None
    if not (match := _LENGTH.search(said)):
        return interval_months(said)
    number = float(match[1].replace(",", "."))
    if not match[2]:
        return number * plain
    unit = vocabulary()["intervals"].get(match[2]) or vocabulary()["terms"].get(match[2])
    return number * unit if unit else None


def terms(body: Body) -> Array:
    """The term of each row in months, NaN where it has none, from numbers or texts such as "2 years"."""
    labels = body.texts("term")
    assert labels is not None
    column = body.table.roles["term"]
    title = column_title(body.table, column)
    numbers = [float(text) for text in labels.values if text.replace(".", "", 1).isdecimal()]
    plain = 1.0
    if "year" in meanings(title):
        plain = 12.0
    elif numbers and max(numbers) <= YEARS and not set(words(folded(title))) & set(vocabulary()["terms"]):
        plain = 12.0
        address = body.grid.address(max(body.table.header[1], 0), column)
        body.findings.say("term-years", cell=address, value=title)
    months = [length if (length := term_months(text, plain)) else np.nan for text in labels.values]
    found: Array = np.array([*months, np.nan])[labels.codes]
    return found


def ends_by_term(body: Body, per: str | None, starts: Dates, counted: Array) -> Dates | None:
    """Ends that terms give to the rows' starts, told at the top; None where rows have ends or no terms.

    Month to month and evergreen renew themselves: these rows are still active. Where a column says
    that rows are active of which the term has passed, nobody can tell whether they were renewed: it is asked, but for
    amounts that cover a term (`per`).
    """
    roles, ends = body.table.roles, body.reading.ends
    if "term" not in roles or ends == "none":
        return None
    column = roles["term"]
    months = np.where(_renews(body), np.nan, np.round(terms(body)))
    known = (months >= 1) & (starts.end >= 0) & counted
    if not known.any():
        return None
    address, title = body.grid.address(max(body.table.header[1], 0), column), column_title(body.table, column)
    end = after_term(starts, np.where(known, months, np.nan))
    if ends is None and per != "term" and (said := _running(body, end, starts, known)):
        how = "Let each end with its term by --end term, or take them as still active with --end none."
        body.findings.say("term-passed", f"Rows are {said} of which the term has passed", address, title, action=how)
    else:
        body.findings.say("ends-by-term", cell=address, value=title)
    return end


def _renews(body: Body) -> Array:
    """Whether a row's term is a word for a month, such as Monthly, which goes on until it is cancelled, (rows,)."""
    labels = body.texts("term")
    assert labels is not None
    worded = [not any(c.isdigit() for c in text) and interval_months(text) == 1.0 for text in labels.values]
    found: Array = np.array([*worded, False])[labels.codes]
    return found


def after_term(starts: Dates, months: Array) -> Dates:
    """The day after each term, none where the term is NaN."""
    known = (months >= 1) & (starts.end >= 0)
    end = np.where(known, starts.end - starts.step + 1 + np.where(known, months, 0), -1).astype(np.int32)
    return Dates(end, starts.day, np.zeros(end.size, bool), 1)


def _running(body: Body, ends: Dates, starts: Dates, known: Array) -> str:
    """What a column says of rows as still running though their terms ended before the last start; "" for none."""
    passed = known & (ends.end >= 0) & (ends.end < int(starts.end[known].max()))
    named = [body.table.roles[role] for role in ("status", "flag") if role in body.table.roles]
    for column in (*named, *body.table.segments):
        for row in np.flatnonzero(passed).tolist():
            text = body.grid.text(row + body.table.first, column)
            renews = says(text, "yes", "no") == "yes" and "renew" in folded(column_title(body.table, column))
            if renews or (column in named and says(text, "counts", "ended", "never") == "counts" and _live(text)):
                return f"{text} ({column_title(body.table, column)})"
    return ""


def _live(text: str) -> bool:
    return " ".join(folded(text).split()) in vocabulary()["words"]["open_end"]
