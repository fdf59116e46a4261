"""All made sheets, one list."""

from __future__ import annotations

from collections.abc import Iterator

from . import basic, billing, layouts, rows
from .book import Sheet


def every_sheet() -> Iterator[Sheet]:
    for part in (basic, rows, billing, layouts):
        yield from part.every()
