"""Layouts of finance teams, several twists at a time: each sheet's truth is the book that it was written from."""

from __future__ import annotations

from collections.abc import Iterator

from .book import Sheet
from .finance_contracts import contracts, marks, texts
from .finance_lists import ledgers, lists
from .finance_traps import books, tongues, traps
from .finance_wide import grids, plans


def every() -> Iterator[Sheet]:
    """All of them."""
    for part in (grids, plans, lists, ledgers, contracts, marks, texts, books, tongues, traps):
        yield from part()
