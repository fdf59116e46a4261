"""Messages of the package in Python's words: for an option of the command line, the keyword argument."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar
from functools import cache, wraps
from typing import ParamSpec, TypeVar

from nrr_xl.errors import InputError, OutputError
from nrr_xl.options import ENDS, Option, options

Given = ParamSpec("Given")
Made = TypeVar("Made")

_PYTHON: ContextVar[bool] = ContextVar("asked_in_python", default=False)
_NAMED = re.compile(r"(?<![\w-])--([a-z]+(?:-[a-z]+)*)")
# What may stand behind an option as its value; a word only where the catalogue has it.
_QUOTED = re.compile(r" (\"[^\"]*\"|'[^']*')")
_PLAIN = re.compile(r" ([\w:.,=-]*[\w:=-])")
_SIGN = re.compile(r" ([.,])(?= |$)")


@cache
def python_words(text: str) -> str:
    """A message without options of the command line.

    >>> print(python_words("Say which with --day-first or --month-first."))
    Say which with day_first=True or day_first=False.
    >>> print(python_words("Name them with --customer, --date and --amount."))
    Name them with columns={"customer": ...}, columns={"date": ...} and columns={"amount": ...}.
    >>> print(python_words('Give --spread service or --only "Paid=yes"; --end none takes them as still active.'))
    Give spread="service" or only=["Paid=yes"]; columns={"end": "none"} takes them as still active.
    >>> print(python_words("Leave it out with --drop-rows 5,7-9, or convert it with --rates FILE."))
    Leave it out with drop_rows="5,7-9", or convert it with rates=FILE.
    """
    parts, at = [], 0
    for found in _NAMED.finditer(text):
        if found.start() < at:
            continue
        known = _known(found[1].replace("-", "_"))
        parts.append(text[at : found.start()])
        at = found.end()
        if known is None:
            parts.append(f"{found[1].replace('-', '_')} of the command line")
            continue
        option, switched_on = known
        value, at = ("", at) if option.type == "flag" else _value(option, text, at)
        parts.append(_keyword(option, switched_on, value))
    return "".join([*parts, text[at:]])


def told_in_python(body: Callable[Given, Made]) -> Callable[Given, Made]:
    """Have a function tell in Python's words whatever it raises, and whatever its result keeps to tell.

    The functions of the package speak of options, which each surface says in its own words; `import nrr_xl` is one.
    """

    @wraps(body)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        outer = _PYTHON.set(True)
        try:
            made = body(*args, **kwargs)
        except InputError as error:
            raise error.worded(python_words) from None
        except OutputError as error:
            raise OutputError(f"{error}{' overwrite=True replaces it.' if error.replaceable else ''}") from None
        finally:
            _PYTHON.reset(outer)
        worded = getattr(made, "worded", None)
        return worded(python_words) if worded else made

    return run


def asked_in_python() -> bool:
    """Whether a Python program has called, for what is given as a call there and as a command elsewhere."""
    return _PYTHON.get()


def _known(name: str) -> tuple[Option, bool] | None:
    """The option of a name on the command line, and whether the name switches it on."""
    for option in options():
        if name in (option.name, option.flag.replace("-", "_")):
            return option, True
        if option.off and name == option.off.replace("-", "_"):
            return option, False
    return None


def _value(option: Option, text: str, at: int) -> tuple[str, int]:
    """The value that follows an option in a text, as Python writes it ("" for none), and where the text goes on."""
    if found := _QUOTED.match(text, at):
        return f'"{found[1][1:-1]}"', found.end()
    if found := _SIGN.match(text, at):
        return f'"{found[1]}"', found.end()
    if found := _PLAIN.match(text, at):
        word = found[1]
        if word.isupper() and word.isalpha() and len(word) > 3:
            return word, found.end()  # a stand-in such as FILE
        if option.type == "column" and word.isupper() and word.isalpha():
            return f'"{word}"', found.end()
        chosen = word in option.values() or (option.name == "end" and word in ENDS)
        if chosen or any(sign.isdigit() or sign in "=:" for sign in word) or word in ("twice", "all"):
            number = option.type in ("number", "whole") and word.replace(".", "", 1).isdigit()
            return (word if number else f'"{word}"'), found.end()
    return "", at


def _keyword(option: Option, switched_on: bool, value: str) -> str:
    if option.type == "flag":
        return f"{option.name}={switched_on}"
    if option.type == "column":
        return f'columns={{"{option.name}": {value or "..."}}}'
    if not value:
        return option.name
    return f"{option.name}=[{value}]" if option.many else f"{option.name}={value}"
