"""All made sheets, one list."""

from __future__ import annotations

from collections.abc import Iterator

from . import basic, billing, held, layouts, rows
from .book import Sheet


def every_sheet() -> Iterator[Sheet]:
    for part in (basic, rows, billing, layouts, held):
        yield from part.every()
