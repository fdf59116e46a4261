"""The commands that mend a refusal: one for each way that its problems name, to be copied as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nrr_xl.errors import InputError, Problem
from nrr_xl.keywords import python_words
from nrr_xl.options import options

_OPTION = re.compile(r'--[a-z][a-z-]*(?: (?:"[^"]*"|[.,](?= |$)|[^\s";]*[^\s".,;]))?')
# Words between options that stand for two ways; options with nothing but a space between them belong together.
_APART = re.compile(r",? or (?=[^-]*--)|; ?|(?<! )\. ")
# What still has to be filled in by a person; and a name from the row above is right for some rows and wrong for others.
_OPEN = re.compile(r"--fill-down$|=VALUE\b")
MOST = 4


def ways(problem: Problem) -> list[str]:
    """The options that each way of mending a problem takes.

    >>> ways(Problem("error", "total-unproven", "", "Leave it out with --drop-rows 7, or count it with --keep-rows 7."))
    ['--drop-rows 7', '--keep-rows 7']
    >>> ways(Problem("error", "decimal-ambiguous", "", "Say which with --decimal . or --decimal ,"))
    ['--decimal .', '--decimal ,']
    """
    known = [each for each in options() if each.type == "flag"]
    flags = {*(each.long for each in known), *(f"--{each.off.replace('_', '-')}" for each in known if each.off)}
    found: dict[str, None] = {}
    for part in _APART.split(problem.action):
        words = [word.partition(" ") for word in _OPTION.findall(part)]
        if words and all(name in flags or value for name, _, value in words):
            found[" ".join(f"{name}{'' if name in flags else mark + value}" for name, mark, value in words)] = None
    return [way for way in found if not _OPEN.search(way)]


def mended_commands(problems: Iterable[Problem], path: str) -> list[str]:
    """Commands that read on where errors stood in the way; empty where options do not help.

    >>> mended_commands([Problem("error", "invoices", "", "Spread them with --spread cadence.")], "a b.csv")
    ['nrr-xl check "a b.csv" --spread cadence']
    """
    name = f'"{path}"' if " " in path else path or "INPUT"
    return [f"nrr-xl check {name} {' '.join(each)}" for each in _together(problems)]


def mended_calls(problems: Iterable[Problem]) -> list[str]:
    """The same as calls of Python.

    >>> mended_calls([Problem("error", "invoices", "", "Spread them with --spread cadence.")])
    ['nrr_xl.read(source, spread="cadence")']
    """
    calls = [python_words(" ".join(each).replace(" --", ", --")) for each in _together(problems)]
    return [f"nrr_xl.read(source, {call})" for call in calls if not _twice(call)]


def with_ways(error: InputError, path: str, python: bool) -> InputError:
    """An error that was met before there was a table, with what mends it as commands or as calls.

    >>> asked = Problem("error", "tables-beside", "", "Read one with --range A1:B9.")
    >>> print(with_ways(InputError("x.csv holds 2 tables.", [asked]), "x.csv", False).told)
    x.csv holds 2 tables.
      Try: nrr-xl check x.csv --range A1:B9
    """
    tries = mended_calls(error.problems) if python else mended_commands(error.problems, path)
    if not tries or "  Try: " in error.told:
        return error
    return InputError("\n".join([error.told, *(f"  Try: {each}" for each in tries)]), error.problems)


def _twice(call: str) -> bool:
    """Whether a call gives a keyword twice, which Python refuses.

    >>> _twice("top=2, top=3"), _twice("day_first=True")
    (True, False)
    """
    given = re.findall(r"(?:^|, )(\w+)=", call)
    return len(set(given)) < len(given)


def _together(problems: Iterable[Problem]) -> list[list[str]]:
    """The options that mend all errors at once, the ways of the first one each in turn; none where options do not."""
    of_code: dict[str, list[str]] = {}
    for problem in problems:
        if problem.severity == "error":
            of_code.setdefault(problem.code, ways(problem))
    if not of_code or not all(of_code.values()):
        return []
    first, *others = of_code.values()
    return [[way, *(each[0] for each in others)] for way in first[:MOST]]
