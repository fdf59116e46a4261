"""What a column's header says: its part in the calculation, or the period it names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from nrr_xl.revenue.dates import Doubtful, When, number_date, parse_date
from nrr_xl.revenue.grid import DATE, NUMBER, TEXT, Grid, serial_date
from nrr_xl.revenue.vocabulary import currency_codes, vocabulary, words

ROLES = (
    "customer",
    "date",
    "amount",
    "start",
    "end",
    "year",
    "term",
    "interval",
    "quantity",
    "product",
    "status",
    "type",
    "currency",
)


@cache
def _phrases() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    return {role: tuple(words(phrase) for phrase in phrases) for role, phrases in vocabulary()["roles"].items()}


@cache
def _filler() -> frozenset[str]:
    return frozenset(vocabulary()["words"]["filler"]) | {code.lower() for code in currency_codes()}


@cache
def role_ranks(text: str) -> Mapping[str, int]:
    """The parts a header may name, each with its rank (lower is surer).

    A phrase is named when nothing but filler words is left of the header: "MRR (USD)" is an amount, "Account manager"
    is no customer.

    >>> list(role_ranks("MRR (USD)")), list(role_ranks("Account manager"))
    (['amount'], [])
    """
    header = words(text)
    ranks = {}
    for role, phrases in _phrases().items():
        for position, phrase in enumerate(phrases):
            left = _left_over(header, phrase)
            if left is not None and all(word in _filler() for word in left):
                ranks[role] = position + 100 * len(left)
                break
    return ranks


def _left_over(header: tuple[str, ...], phrase: tuple[str, ...]) -> tuple[str, ...] | None:
    """A header's words without a phrase in it; None where the phrase is not there."""
    for at in range(len(header) - len(phrase) + 1):
        if header[at : at + len(phrase)] == phrase:
            return header[:at] + header[at + len(phrase) :]
    return None


def assign_roles(headers: Mapping[int, str]) -> dict[str, int]:
    """Each part's column, by the headers of the columns; a column has one part, a part one column.

    >>> assign_roles({0: "Client", 1: "Region", 2: "Invoice date", 3: "Net sales"})
    {'customer': 0, 'date': 2, 'amount': 3}
    """
    claims = sorted(
        (rank, ROLES.index(role), column) for column, text in headers.items() for role, rank in role_ranks(text).items()
    )
    taken: dict[str, int] = {}
    for _, role, column in claims:
        if ROLES[role] not in taken and column not in taken.values():
            taken[ROLES[role]] = column
    if "year" in taken and "date" not in taken:
        taken["date"] = taken.pop("year")
    return dict(sorted(taken.items(), key=lambda item: ROLES.index(item[0])))


def is_summary(text: str) -> bool:
    """Whether a header names a sum or a rate over other columns, such as "Total" or "YTD"."""
    header = words(text)
    return any(
        (left := _left_over(header, words(phrase))) is not None and all(word in _filler() | _MEASURES for word in left)
        for phrase in vocabulary()["ignored"]["phrases"]
    )


_MEASURES = frozenset(("mrr", "arr", "revenue", "amount", "sales", "year", "fy", "to", "date", "period"))


def header_period(grid: Grid, row: int, column: int, fiscal_year_end: int) -> When | Doubtful | None:
    """The period a header cell names, if it names one."""
    kind, value = grid.kinds[column, row], grid.values[column, row]
    if kind == DATE:
        day = serial_date(value)
        return parse_date(day.isoformat()) if not isinstance(day, float) else None
    if kind == NUMBER:
        return number_date(float(value), fiscal_year_end)
    return text_period(grid.strings[int(value)], fiscal_year_end) if kind == TEXT else None


@lru_cache(maxsize=8192)
def text_period(text: str, fiscal_year_end: int) -> When | Doubtful | None:
    """The period a header's text names, with or without the measure beside it ("MRR Jan-24", "Jan 2024 revenue")."""
    found = parse_date(text, fiscal_year_end)
    if found is None:
        bare = " ".join(
            word
            for word in re.split(r"[\s_()]+", text)
            if word.lower() not in _MEASURES_BESIDE and word.upper() not in currency_codes()
        )
        found = parse_date(bare, fiscal_year_end) if bare and bare != text else None
    return found


_MEASURES_BESIDE = frozenset(("mrr", "arr", "revenue", "amount", "sales", "net", "actual", "actuals", "total"))
