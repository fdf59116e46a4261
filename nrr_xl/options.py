"""The catalogue of options (options.toml): their names, what values they take, and the one check of every value."""

from __future__ import annotations

import ast
import csv
import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial, wraps
from inspect import signature
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from nrr_xl.errors import InputError, did_you_mean
from nrr_xl.packaged import packaged_table, packaged_text
from nrr_xl.periods import iso_month, parse_period
from nrr_xl.records import struct

LAST_MONTH = "last-month"
# What may be said of ends in place of a column.
ENDS = ("term", "next", "none")
Given = ParamSpec("Given")
Made = TypeVar("Made")
Held = TypeVar("Held")
Source = TypeVar("Source")
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


@struct(kw_only=True)
class Option:
    """One option; the head of options.toml says what each field is."""

    name: str
    stage: str
    type: str
    help: str
    default: Any = None
    otherwise: str = ""
    choices: tuple[str, ...] = ()
    key_choices: str = ""
    more_choices: str = ""
    like_choices: str = ""
    least: float | None = None
    nonzero: bool = False
    most: float | None = None
    metavar: str = ""
    flag: str = ""
    short: str = ""
    off: str = ""
    help_off: str = ""
    commands: tuple[str, ...] = ()
    excel: tuple[str, ...] = ()

    @property
    def long(self) -> str:
        """Its name on the command line.

        >>> option("fiscal_year_end").long, option("segments").long
        ('--fiscal-year-end', '--segment')
        """
        return "--" + (self.flag or self.name).replace("_", "-")

    @property
    def many(self) -> bool:
        return self.type in ("texts", "numbers")

    @property
    def labels(self) -> tuple[str, ...]:
        """What a Settings sheet may call it: a column only by its label, since "Date" alone may be a note."""
        own = () if self.type == "column" else (self.name.replace("_", " "),)
        return (*own, *self.excel)

    def values(self) -> tuple[str, ...]:
        """The values of a choice, those of its module and its data files included."""
        if not self.more_choices:
            return self.choices
        keys = _keys_of(*self.key_choices.split(":")) if self.key_choices else ()
        path, _, column = self.more_choices.partition(":")
        rows = csv.DictReader(packaged_text(path).splitlines())
        like = packaged_table(self.like_choices) if self.like_choices else ()
        return tuple(dict.fromkeys((*keys, *(row[column] for row in rows), *(f"like:{key}" for key in like))))

    def read(self, value: Any, called: str = "") -> Any:
        """The value that the option takes, from a text, a number, a date or a list as people write them.

        Raises InputError that names the option (`called`, or its keyword) and what it takes.

        >>> option("months").read("12"), option("method").read("Point to point"), option("as_of").read("2024-12")
        (12, 'point_to_point', '2024-12')
        """
        called = called or self.name
        if value is None:
            return self.default
        if self.many and isinstance(value, Mapping):
            # {"Region": "EMEA"} and {"Region": ["EMEA", "APAC"]} say what the texts say.
            parts = ((name, each) for name, held in value.items() for each in (held if _listed(held) else [held]))
            value = [f"{name}={'(blank)' if each is None else each}" for name, each in parts]
        if self.many:
            given = [value] if isinstance(value, str) or not isinstance(value, Iterable) else value
            return tuple(self._one(each.strip() if isinstance(each, str) else each, called) for each in given)
        return self._one(value, called)

    def _one(self, value: Any, called: str) -> Any:
        return _READERS[self.type](self, value, called)

    def refuse(self, value: Any, called: str, wanted: str) -> InputError:
        return InputError(f"{called} is {value!r}. {wanted}")


@cache
def _keys_of(path: str, name: str) -> tuple[str, ...]:
    """The keys of a dict as they stand in a module's source: importing it may load what help must not."""
    for node in ast.parse(packaged_text(path)).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return tuple(ast.literal_eval(key) for key in node.value.keys)  # type: ignore[attr-defined]
    raise LookupError(f"{path} has no {name}")


def _listed(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str | Mapping)


def _text(option: Option, value: Any, called: str) -> str:
    rows = option.metavar == "ROWS" and _listed(value)
    text = ",".join(map(str, value)) if rows else str(value).strip()
    if not text or (isinstance(value, Iterable) and not isinstance(value, str) and not rows):
        raise option.refuse(value, called, "Give a name.")
    return text


def _choice(option: Option, value: Any, called: str) -> str:
    known = option.values()
    plain = re.sub(r"[\s_-]+", "_", str(value).strip().lower())
    for choice in known:
        if choice == value or choice.lower() == plain:
            return choice
    raise option.refuse(value, called, f"{did_you_mean(plain, known)} Choose one of {', '.join(known)}.".strip())


def _flag(option: Option, value: Any, called: str) -> bool:
    text = str(value).strip().lower()
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise option.refuse(value, called, "Choose true or false.")


def _number(option: Option, value: Any, called: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if isinstance(value, bool) or not abs(number) < float("inf"):
        raise option.refuse(value, called, "Give a number.")
    least, most = option.least, option.most
    if option.nonzero and number == 0:
        raise option.refuse(value, called, "Give a number other than 0.")
    if (least is not None and number < least) or (most is not None and number > most):
        limits = f"from {least:,.10g} to {most:,.10g}" if None not in (least, most) else f"of at least {least:g}"
        raise option.refuse(value, called, f"Give a number {limits}.")
    return number


def _rate(option: Option, value: Any, called: str) -> float:
    text = str(value).strip()
    try:
        float(text.removesuffix("%"))
    except ValueError:
        raise option.refuse(value, called, "Give a rate, such as 1.21 or 121%.") from None
    rate = _number(option, text.removesuffix("%"), called) / (100 if text.endswith("%") else 1)
    if abs(rate) > 10:
        raise option.refuse(value, called, f"Write {rate:g} % as {rate / 100:g} or {rate:g}%.")
    return rate


def _whole(option: Option, value: Any, called: str) -> int:
    number = _number(option, value, called)
    if number != int(number):
        raise option.refuse(value, called, "Give a whole number.")
    return int(number)


def _month(option: Option, value: Any, called: str) -> str:
    if isinstance(value, dt.date) and value == value:  # pandas' NaT is a date that is not itself
        return f"{value:%Y-%m}"
    text = str(value).strip().lower()
    if text.replace(" ", "-").replace("_", "-") == LAST_MONTH:
        return f"{dt.date.today().replace(day=1) - dt.timedelta(days=1):%Y-%m}"
    found = re.fullmatch(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?", text)
    named = None if found else parse_period(text)
    try:
        dt.date(*(int(part or 1) for part in found.groups())) if found else None
    except ValueError:
        found = None
    if named and named[1] == 1 and re.search(r"\d{4}", text):  # in "24 Dec" 24 may be the day
        return iso_month(named[0])
    if not found:
        raise InputError(
            f"{called} is {value!r}, which is not a month. Write it as YYYY-MM, for example 2024-12; or {LAST_MONTH}."
        )
    return f"{found[1]}-{int(found[2]):02d}"


def _day(option: Option, value: Any, called: str) -> dt.date:
    if isinstance(value, dt.date) and value == value:
        return value.date() if isinstance(value, dt.datetime) else value
    try:
        return dt.date.fromisoformat(str(value).strip())
    except ValueError:
        raise option.refuse(value, called, "Write a day as YYYY-MM-DD, for example 2024-12-31.") from None


def _file(option: Option, value: Any, called: str) -> Any:
    """A path as it stands, or the table itself: what it holds is looked at where it is read."""
    return value


_READERS = {
    "text": _text,
    "column": _text,
    "choice": _choice,
    "flag": _flag,
    "whole": _whole,
    "number": _number,
    "rate": _rate,
    "month": _month,
    "day": _day,
    "file": _file,
    "texts": _text,
    "numbers": _number,
}


@cache
def options() -> tuple[Option, ...]:
    """Every option, in the order of the table."""
    table = packaged_table("options.toml")
    rows: list[dict[str, Any]] = [
        {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
        for row in table["option"]
    ]
    return tuple(Option(**row) for row in rows)


def option(name: str) -> Option:
    """The option of a keyword argument."""
    return next(each for each in options() if each.name == name)


def of_stage(*stages: str) -> tuple[Option, ...]:
    """The options of some stages.

    >>> [each.name for each in of_stage("write")][:3]
    ['overwrite', 'values', 'theme']
    """
    return tuple(each for each in options() if each.stage in stages)


def checked(stage: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Keyword arguments of a stage with every value of the catalogue read, the others as they are.

    >>> checked("analyse", {"months": 12.0, "method": "COMPOUNDED"})
    {'months': 12, 'method': 'compounded'}
    """
    known = {each.name: each for each in of_stage(stage)}
    return {name: known[name].read(value) if name in known else value for name, value in given.items()}


def takes_options(stage: str) -> Callable[[Callable[Given, Made]], Callable[Given, Made]]:
    """Have a function's keyword arguments read by the catalogue before it runs."""

    def decorate(body: Callable[Given, Made]) -> Callable[Given, Made]:
        @wraps(body)
        def run(*args: Given.args, **kwargs: Given.kwargs) -> Made:
            return body(*args, **checked(stage, kwargs))

        return run

    return decorate


def takes_what(model: Callable[Given, Any]) -> Callable[[Callable[..., Made]], Callable[Given, Made]]:
    """Give a function that passes all it is given on to another one that one's signature."""

    def decorate(body: Callable[..., Made]) -> Callable[Given, Made]:
        @wraps(body)
        def run(*args: Given.args, **kwargs: Given.kwargs) -> Made:
            return body(*args, **kwargs)

        returns = signature(body).return_annotation
        run.__signature__ = signature(model).replace(return_annotation=returns)  # type: ignore[attr-defined]
        return run

    return decorate


def settled_by(
    stage: str, settings: Callable[Given, Held]
) -> Callable[[Callable[[Source, Held], Made]], Callable[Concatenate[Source, Given], Made]]:
    """Have a function of a source and settings take each setting as a keyword argument, read by the catalogue."""

    def decorate(body: Callable[[Source, Held], Made]) -> Callable[Concatenate[Source, Given], Made]:
        own = signature(body)
        first = next(iter(own.parameters.values()))

        @wraps(body)
        def run(*source: Source, **given: Any) -> Made:
            named = {first.name: given.pop(first.name)} if first.name in given else {}
            return partial(body, *source, **named)(settings=settings(**checked(stage, given)))  # type: ignore[call-arg, arg-type]

        keywords = signature(settings).parameters.values()
        run.__signature__ = own.replace(parameters=[first, *keywords])  # type: ignore[attr-defined]
        return cast("Callable[Concatenate[Source, Given], Made]", run)

    return decorate
