"""The words of a report, from one file, so that they can be translated."""

from __future__ import annotations

from functools import cache
from typing import Any, NoReturn

from nrr_xl.packaged import packaged_table

PLACE = "workbook/texts.toml"


class Words(dict[str, Any]):
    """A section of the words, which says by its name what it lacks."""

    def __init__(self, words: dict[str, Any], place: str = PLACE) -> None:
        super().__init__(words)
        self |= {key: Words(part, f"{place} [{key}]") for key, part in words.items() if isinstance(part, dict)}
        self.place = place

    def __missing__(self, key: str) -> NoReturn:
        raise LookupError(f"{self.place} has no {key!r}")


@cache
def texts() -> dict[str, dict[str, str]]:
    """The report's words by section and key.

    >>> texts()["lines"]["churn"]
    'Churn'
    >>> texts()["lines"]["chrun"]
    Traceback (most recent call last):
    LookupError: workbook/texts.toml [lines] has no 'chrun'
    """
    return Words(packaged_table(PLACE))
