"""What a row is called: a total in twenty languages, a measure of the table, or a customer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np

from nrr_xl.revenue.cells.manytexts import lines_with, lowered
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.files.grid import TEXT, Grid
from nrr_xl.revenue.table.meanings import meanings
from nrr_xl.revenue.table.table import Table
from nrr_xl.revenue.vocabulary import vocabulary

# From a customer's name to a name that can be nothing but a total.
NAMED, BLANK, LIKE, SUB, TOTAL, MEASURE = range(6)
_BESIDE = frozenset(
    (
        "filler",
        "money",
        "mrr",
        "arr",
        "recurring",
        "customer",
        "company",
        "monthly",
        "annual",
        "period",
        "net",
        "gross",
        "year",
        "total",
        "bill",
    )
)


def labels_of_rows(table: Table) -> np.ndarray:
    """What each row of a table is called, (rows,): one of NAMED, BLANK, LIKE, SUB, TOTAL, MEASURE."""
    grid = table.grid
    span = slice(table.first, table.last + 1)
    customer = table.roles["customer"]
    texts = {
        role: column
        for role, column in table.roles.items()
        if role in ("customer", "identifier", "product", "date", "type")
    }
    found = np.where(grid.kinds[customer, span] == 0, BLANK, NAMED).astype(np.int8)
    columns = {*texts.values(), *table.segments}
    used = {column: _codes(grid, column, span) for column in columns}
    everywhere = np.zeros(len(grid.strings), bool)
    for codes in used.values():
        everywhere[codes] = True
    used_codes = np.flatnonzero(everywhere).tolist()
    plain = lowered([grid.strings[code] for code in used_codes], folded)
    told = [used_codes[at] for at in perhaps_totals(plain)]
    if not told:
        return found
    groups = _groups(table, bool(np.isin(used[customer], told).any()))
    of_string = np.full(len(grid.strings), NAMED, np.int8)
    of_string[told] = [label_of(grid.strings[code], groups) for code in told]
    for column in columns:
        cells = np.flatnonzero(grid.kinds[column, span] == TEXT)
        said = of_string[grid.values[column, span][cells].astype(np.int64)]
        if column != customer:
            # Beside the customer only a total's own words count, as in a label that stands in the first column.
            said = np.where(np.isin(said, (SUB, TOTAL)) & (found[cells] == BLANK), said, NAMED)
        found[cells] = np.maximum(found[cells], said)
    return found


def _codes(grid: Grid, column: int, span: slice) -> np.ndarray:
    """The codes of the distinct texts of a column."""
    used = np.zeros(len(grid.strings), bool)
    used[grid.values[column, span][grid.kinds[column, span] == TEXT].astype(np.int64)] = True
    return np.flatnonzero(used)


def _groups(table: Table, named: bool) -> frozenset[str]:
    """What rows may be grouped by: short columns' texts, and customers where one may be `named` in a total."""
    grid, span = table.grid, slice(table.first, table.last + 1)
    names: set[str] = set()
    if named:
        # A total of one customer's rows is named after it.
        codes = _codes(grid, table.roles["customer"], span).tolist()
        names |= {" ".join(_words(grid.strings[code])) for code in codes}
    for column in (*table.segments, *(table.roles[r] for r in ("product", "type", "currency") if r in table.roles)):
        codes = _codes(grid, column, span).tolist()
        if len(codes) <= 200:
            names |= {" ".join(_words(grid.strings[code])) for code in codes}
    return frozenset(names)


@lru_cache(maxsize=1 << 18)
def label_of(text: str, groups: frozenset[str] = frozenset()) -> int:
    """What a row's name says.

    >>> label_of("Grand Total") == TOTAL, label_of("Total EMEA", frozenset({"emea"})) == TOTAL
    (True, True)
    >>> label_of("Total Wine & More") == LIKE, label_of("Gesamt AG") == LIKE, label_of("Acme") == NAMED
    (True, True, True)
    """
    said = _words(text)
    if not said or len(text) > 80:
        return NAMED
    if " ".join(said) in _phrases("metrics"):
        return MEASURE
    if said[0] not in _edges(0) and said[-1] not in _edges(-1):
        return NAMED
    found = NAMED
    for kind, label in (("subtotal", SUB), ("total", TOTAL)):
        for phrase in _phrases(kind):
            wanted = phrase.split(" ")
            if said[: len(wanted)] == wanted or said[-len(wanted) :] == wanted:
                for rest in _rests(said, wanted):
                    if not rest or set(meanings(" ".join(rest))) <= _BESIDE or " ".join(rest) in groups:
                        return label
                if label == SUB:
                    return SUB
                found = LIKE
    return found


def _rests(said: list[str], phrase: list[str]) -> list[list[str]]:
    """A name's words without a phrase at its end, and without one at its beginning and the word that links it."""
    found = [said[: -len(phrase)]] if said[-len(phrase) :] == phrase else []
    if said[: len(phrase)] == phrase:
        rest = said[len(phrase) :]
        while rest and rest[0] in ("for", "of", "fur", "von", "de", "di", "voor", "dla", "by"):
            rest = rest[1:]
        found.append(rest)
    return found


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", folded(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)))


@cache
def _phrases(kind: str) -> tuple[str, ...]:
    """The phrases of a kind, the longest first."""
    return tuple(sorted({" ".join(_words(phrase)) for phrase in vocabulary()["words"][kind]}, key=len, reverse=True))


@cache
def _edges(place: int) -> frozenset[str]:
    """The first or the last words of the phrases for totals, which most names have none of."""
    return frozenset(phrase.split(" ")[place] for kind in ("subtotal", "total") for phrase in _phrases(kind))


def perhaps_totals(plain: Sequence[str]) -> list[int]:
    """The positions of all texts, in lower case, that may be called a total or a measure, and some others.

    Phrases of which the first word stands nowhere are not looked for, which hardly any book has one of.
    """
    joined = "\n".join(plain)
    letters = set(joined)
    totals, measures = (
        [pattern for word, pattern in phrases if letters.issuperset(word) and word in joined]
        for phrases in (_openings("subtotal", "total"), _openings("metrics"))
    )
    parts = [*totals, *([rf"^\W*(?:{'|'.join(measures)})\W*$"] if measures else [])]
    return lines_with(re.compile("|".join(parts), re.MULTILINE), plain) if parts else []


@cache
def _openings(*kinds: str) -> tuple[tuple[str, str], ...]:
    """The first word of each phrase of some kinds, and a pattern for the whole phrase, its words together or apart."""
    phrases = sorted({phrase for kind in kinds for phrase in _phrases(kind)})
    words = [phrase.split(" ") for phrase in phrases]
    return tuple((said[0], r"[\W_]*".join(map(re.escape, said))) for said in words)
