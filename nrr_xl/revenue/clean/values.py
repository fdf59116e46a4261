"""A column whose values say something of its rows: what each value says, and what is done and told about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np

from nrr_xl.packaged import packaged_table
from nrr_xl.records import struct
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.cube.rows import Labels
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.table import Table

Array = np.ndarray[Any, Any]


@struct()
class Choice:
    """What the rows' own columns say: `out` rows that do not count, `asked` that cannot be told, `minus` credits."""

    out: Array
    asked: Array
    minus: Array


# Words that decide a value within a longer one ("Cancelled invoice"), by kind; "credit" alone is a card's as well.
_DECIDE = ("never", "ended", "credit", "plan", "extra")
_NOT_ALONE = {
    *(
        "credit",
        "credits",
        "return",
        "returns",
        "plan",
        "target",
        "concept",
        "past",
        "quote",
        "closed",
        "outlook",
        "test",
    ),
    *("goal", "base case", "lead", "trial"),
}
_NUMBERED = re.compile(r"^\(?\d+[.)]?(?: ?- ?|[ :.)]+)")


@cache
def _kinds() -> dict[str, dict[str, str]]:
    """Of each kind its values, by themselves and without the spaces between their words."""
    found: dict[str, dict[str, str]] = {}
    for kind, listed in packaged_table("revenue/clean/values.toml").items():
        phrases = {plain_value(phrase) for phrase in listed.replace("\n", " ").split(",")}
        found[kind] = {key: phrase for phrase in phrases for key in (phrase, phrase.replace(" ", ""))}
    return found


def plain_value(text: str) -> str:
    """A value in lower case, without accents, numbering, underscores and hyphens.

    >>> plain_value("6 - Closed-Won"), plain_value("Non_recurring")
    ('closed won', 'non recurring')
    """
    plain = " ".join(folded(text.removesuffix(" *")).replace("_", " ").split())
    return " ".join((_NUMBERED.sub("", plain) or plain).replace("-", " ").split())


@lru_cache(maxsize=4096)
def says(text: str, *kinds: str, within: bool = False) -> str:
    """Which of some kinds a value is, "" for none; with `within` also by words within a longer one.

    >>> says("Closed Lost", "counts", "never"), says("closedwon", "counts", "never"), says("Tier 1", "counts", "never")
    ('never', 'counts', '')
    >>> says("Cancelled invoice", "counts", "ended"), says("Cancelled invoice", "counts", "ended", within=True)
    ('', 'ended')
    """
    plain = plain_value(text)
    if kind := next((kind for kind in kinds if plain in _kinds()[kind]), ""):
        return kind
    said = plain.split()
    if not within or not 2 <= len(said) <= 5 or "not" in said or "non" in said:
        return ""
    runs = {" ".join(said[i:j]) for i in range(len(said)) for j in range(i + 1, len(said) + 1)}
    runs = {run for run in runs if len(run) >= 4 and run not in _NOT_ALONE}
    return next((kind for kind in kinds if kind in _DECIDE and runs & _kinds()[kind].keys()), "")


@struct()
class Column:
    """A column's values on the rows that count so far: `labels`, `present`, total amounts and customers (rows,)."""

    table: Table
    at: int
    labels: Labels
    present: Array
    amounts: Array
    customer: Array
    findings: Findings
    rows: Choice

    @property
    def counts(self) -> Array:
        """How many rows hold each value."""
        found: Array = np.bincount(self.labels.codes[self.present] + 1, minlength=len(self.labels.values) + 1)[1:]
        return found

    @property
    def used(self) -> list[int]:
        """The codes of the values that rows hold."""
        return np.flatnonzero(self.counts).tolist()

    def mine(self, codes: Sequence[int]) -> Array:
        """The rows that hold one of some values."""
        found: Array = np.isin(self.labels.codes, codes) & self.present
        return found

    def total(self, codes: Sequence[int]) -> float:
        return float(self.amounts[self.mine(codes)].sum())

    def address(self, codes: Sequence[int]) -> str:
        """The first cell that holds one of some values."""
        return self.table.grid.address(int(np.flatnonzero(self.mine(codes))[0]) + self.table.first, self.at)

    def listing(self, drop: Sequence[int] = ()) -> str:
        """Each value with its rows and their sum."""
        parts = [
            f"{self.labels.values[code]} {int(self.counts[code])} row(s) {self.total([code]):,.2f}"
            + (" left out" if code in drop else "")
            for code in self.used[:20]
        ]
        return f"{self.labels.name}: {'; '.join(parts)}"

    def leave(self, codes: Sequence[int], how: str) -> None:
        """Leave out the rows of some values, each value listed."""
        if self.mine(codes).any():
            self.findings.say(
                "values-decided", self.listing(codes), self.address(codes), amount=self.total(codes), action=how
            )
        self.rows.out[:] |= np.isin(self.labels.codes, codes)

    def take_off(self, code: str, codes: Sequence[int], message: str = "") -> None:
        """Count the rows of some values as negative amounts."""
        self.rows.minus[:] |= self.mine(codes)
        value = ", ".join(self.labels.values[code] for code in codes[:4])
        self.findings.say(code, message, self.address(codes), value, -self.total(codes))

    def ask(self, codes: Sequence[int], way: str) -> None:
        """Ask about the rows of some values, which could be meant or not."""
        self.findings.say(
            "values-unclear", self.listing(), self.address(codes), amount=self.total(codes), action=f"{way}."
        )
        self.rows.asked[:] |= self.mine(codes)

    def option(self, option: str, codes: Sequence[int]) -> list[str]:
        """An option for each of some values."""
        return [f'{option} "{self.labels.name}={self.labels.values[code]}"' for code in codes]

    @property
    def all(self) -> str:
        """The option that counts every row whatever the column says."""
        return f'--only "{self.labels.name}=*"'
