"""What titles above a table, and its sheet's name, say of the amounts: costs, shares, seats or a budget are told."""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from nrr_xl.periods import Periods, iso_month
from nrr_xl.revenue.cells.dates import Doubtful, When, parse_date
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.clean.body import Reading
from nrr_xl.revenue.cube.rows import RevenueRows
from nrr_xl.revenue.files.grid import BLANK, NUMBER
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.meanings import meanings
from nrr_xl.revenue.table.table import Table
from nrr_xl.revenue.vocabulary import vocabulary, words

# A title stands so few rows above its table, in one of its first columns, and is no longer than this.
_ROWS, _COLUMNS, _LONGEST = 8, 40, 80
_SHARES = re.compile(r"(?<![\d ])\s*%")
# So many periods whose amounts add up to a whole, within this, are no chance.
_PERIODS, _CUSTOMERS, _NEARLY = 3, 4, 0.004
_MONEY = {"money", "mrr", "arr", "recurring", "tcv"}


def titles_above(table: Table) -> list[tuple[str, str]]:
    """The texts above a table's header, each with its address."""
    grid, top = table.grid, max(table.header[0], 0)
    # A text with a number beside it tells a figure ("Customers: 16"), and is no title of the table.
    rows = [row for row in range(max(top - _ROWS, 0), top) if not (grid.kinds[:_COLUMNS, row] == NUMBER).any()]
    above = [(row, column) for row in rows for column in range(min(grid.columns, _COLUMNS))]
    return [
        (grid.text(row, column), grid.address(row, column)) for row, column in above if grid.kinds[column, row] != BLANK
    ]


def say_titles(table: Table, rows: RevenueRows, reading: Reading, findings: Findings) -> None:
    """Ask about amounts that are no revenue by a title or the sheet's name, or that are shares; tell where they may be.

    Amounts of which each period's add up to 1 or to 100 are shares whatever stands above.
    """
    named = [(text, place, names_other(text)) for text, place in titles_above(table)]
    # A text's sheet is called after its file, and what files are called proves little.
    named.append((table.grid.sheet, "", "doubt" if names_other(table.grid.sheet) else ""))
    if reading.rows_are == "levels" or table.layout == "subscriptions":
        return
    sums = np.bincount(rows.period, rows.amounts) if len(rows) else np.zeros(0)
    sums = sums[sums != 0]
    whole = sums.size >= _PERIODS and any(np.allclose(sums, one, rtol=_NEARLY) for one in (1.0, 100.0))
    if whole and len(rows.customer.values) >= _CUSTOMERS and _differ(rows):
        findings.say("amounts-shares", value=f"{sums[0]:,.4g}, {sums[1]:,.4g}, ...")
        return
    for text, place, kind in sorted(named, key=lambda each: each[2] != "none"):
        if kind:
            findings.say("title-no-revenue" if kind == "none" else "title-unlike", cell=place, value=text)
            return


def _differ(rows: RevenueRows) -> bool:
    """Whether most customers' amounts differ from period to period, which equal sums make a wonder."""
    paid = np.unique(np.stack([rows.customer.codes, rows.amounts]), axis=1)[0]
    return bool(np.mean(np.unique(paid, return_counts=True)[1] > 1) > 0.5)


def say_planned(table: Table, periods: Periods, findings: Findings) -> None:
    """Tell of a title by which the amounts are actual up to a date, where later periods stand in the table."""
    if table.layout == "subscriptions" or not len(periods):
        return
    for text, place in [*titles_above(table), (table.grid.sheet, "")]:
        through = actual_through(text)
        later = [end for end in periods.ends if through is not None and end > through]
        if through is not None and 0 < len(later) < len(periods):
            action = f"{len(later)} later period(s) are taken as they are: --as-of {iso_month(through)} closes there."
            findings.say("title-planned", cell=place, value=text, action=action)
            return


def actual_through(text: str) -> int | None:
    """The month up to which a title says that amounts are actual, by its number; None where it says nothing of it.

    >>> [actual_through(text) for text in ("Actuals through June 2024", "MRR (Ist bis 06/2024)", "As of 30 Jun 2024")]
    [24293, 24293, 24293]
    >>> [actual_through(text) for text in ("MRR by customer, 2023 to 2024", "Actual vs plan", "Exported 5 Jan 2025")]
    [None, None, None]
    """
    if len(text) > _LONGEST or not (match := _through().search(folded(text))):
        return None
    said = re.findall(r"[^\s()\[\],;]+", match["when"])
    for many in range(min(len(said), 4), 0, -1):
        when = parse_date(" ".join(said[:many]).strip(" .:"))
        if isinstance(when, Doubtful):
            when = when.read(day_first=True) if when.order in ("", "day") else None
        if isinstance(when, When):
            return when.end
    return None


@cache
def _through() -> re.Pattern[str]:
    known = vocabulary()["words"]
    # The longest first: "till och med" begins as "till" does.
    actual, until, standing = (
        "|".join(map(re.escape, sorted(known[key], key=len, reverse=True)))
        for key in ("actual", "until", "standing_at")
    )
    return re.compile(rf"(?:\b(?:{actual})\b.*?\b(?:{until})|(?:^|[^\w])(?:{standing}))\W+(?P<when>\S.*)$")


def names_other(text: str) -> str:
    """What a title says of the amounts: "none" where they are no revenue, "doubt" where they may be none, else "".

    >>> [names_other(text) for text in ("Hosting cost", "Seats by customer", "Margin per customer")]
    ['none', 'none', 'none']
    >>> [names_other(text) for text in ("Revenue by customer, %", "Revenue and cost", "Budget")]
    ['doubt', 'doubt', 'doubt']
    >>> [names_other(text) for text in ("MRR by customer", "Revenue by plan", "Actual vs budget", "Net of 19 % VAT")]
    ['', '', '', '']
    """
    if len(text) > _LONGEST:
        return ""
    meant, said, known = {*meanings(text)}, {*words(folded(text))}, vocabulary()["words"]
    if said & {*known["titled_other"]} or _SHARES.search(text):
        return "doubt" if meant & _MONEY or not said & {*known["titled_other"]} else "none"
    if "budget" in meant:
        clear = said & ({*known["actual"]} | {"vs", "versus", "and", "und", "et", "excl", "without"})
        return "" if clear else "doubt"
    counts = "count" in meant and not meant & _MONEY and any(word.isalpha() for word in said) and ":" not in text
    return "none" if counts else ""
