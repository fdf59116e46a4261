"""What can go wrong: `Problem`, a finding tied to its source cell, and the few exceptions that carry them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from typing import Any, Literal

from nrr_xl.records import struct

Severity = Literal["error", "warning", "info"]
SHOWN_IN_FULL, SHOWN_LENGTH = 20, 200
# More problems than these with one cause and one way out are one line with their number and sum.
SHOWN_OF_KIND = 3


@struct()
class Problem:
    """One thing a reader should know about the input, with the place it comes from and what was done about it.

    `amount` is the money the problem concerns (None where there is none); `cell` is an address such as "C17".
    """

    severity: Severity
    code: str
    message: str
    action: str = ""
    sheet: str = ""
    cell: str = ""
    value: Any = None
    amount: float | None = None

    @property
    def cells(self) -> int:
        """How many cells it stands for: one, but for the problem that sums up the rest of many."""
        rest = re.search(r"\(and (\d+) more like it", self.message)
        return int(rest[1]) if rest else 1

    def worded(self, words: Callable[[str], str]) -> Problem:
        """The same problem in other words; its value is the source's own."""
        message, action = words(self.message), words(self.action)
        if (message, action) == (self.message, self.action):
            return self
        return replace(self, message=message, action=action)

    def to_dict(self) -> dict[str, Any]:
        """The problem as plain data, in the order of design's JSON object."""
        raw = asdict(self)
        raw["value"] = None if self.value is None else str(self.value)
        keys = ("severity", "code", "sheet", "cell", "value", "message", "action", "amount")
        return {key: raw[key] for key in keys}

    def __str__(self) -> str:
        where = "!".join(part for part in (self.sheet, self.cell) if part)
        day = getattr(self.value, "isoformat", None)
        what = f": {day() if day else _short(repr(self.value))}" if self.value is not None else ""
        then = f" {self.action}" if self.action else ""
        return f"{where + ': ' if where else ''}{self.message}{what}.{then}"


def _short(text: str) -> str:
    """A text that fits into a line; a cell may hold thousands of characters."""
    return text if len(text) <= SHOWN_LENGTH else f"{text[: SHOWN_LENGTH - 4]}...{text[-1]}"


class NrrError(Exception):
    """Every exception of this package is one of these."""


class InputError(NrrError, ValueError):
    """The input or an option cannot be used; `problems` lists every reason, the first ones in the message."""

    def __init__(self, message: str, problems: tuple[Problem, ...] | list[Problem] = ()):
        self.problems = tuple(problems)
        self.told = message
        lines = _by_kind(self.problems)
        shown = [f"  {line}" for line in lines[:SHOWN_IN_FULL]]
        if len(lines) > len(shown):
            shown.append(f"  ... and {len(lines) - len(shown)} more")
        super().__init__("\n".join([message, *shown]))

    def worded(self, words: Callable[[str], str]) -> InputError:
        """The same error in other words."""
        return InputError(words(self.told), [problem.worded(words) for problem in self.problems])


def _by_kind(problems: Iterable[Problem]) -> list[str]:
    """Each problem in a line, but one line for many with the same cause and the same way out."""
    kinds: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        kinds.setdefault((problem.code, problem.action), []).append(problem)
    lines: list[str] = []
    for same in kinds.values():
        if len(same) <= SHOWN_OF_KIND:
            lines += map(str, same)
            continue
        amounts = [problem.amount for problem in same if problem.amount is not None]
        total = f", {sum(amounts):,.2f} in all" if amounts else ""
        lines.append(f"{same[0]} ({sum(problem.cells for problem in same) - 1:,} more like it{total})")
    return lines


class SignError(NrrError, ValueError):
    """An amount that must be a positive magnitude is negative."""


class OutputError(NrrError):
    """The result cannot be written where it was asked for; `replaceable` where a file is in the way."""

    def __init__(self, message: str, replaceable: bool = False):
        self.replaceable = replaceable
        super().__init__(message)


def did_you_mean(given: str, known: Iterable[str], likeness: float = 0.75) -> str:
    """A question to end a message with, where something known is spelt nearly so; else nothing.

    >>> did_you_mean("monts", ("months", "method")), did_you_mean("colour", ("months", "method"))
    (" Did you mean 'months'?", '')
    >>> did_you_mean("kpi", ("general", "kpi_depot")), did_you_mean("m", ("months", "method"))
    (" Did you mean 'kpi_depot'?", '')
    """
    from difflib import get_close_matches

    spelt = {name.lower(): name for name in known}
    near = get_close_matches(given.lower(), spelt, n=1, cutoff=likeness)
    if not near and len(begun := [name for name in spelt if given and name.startswith(given.lower())]) == 1:
        near = begun
    return f" Did you mean {spelt[near[0]]!r}?" if near else ""
