"""The shared table of cases: calls of the worksheet functions of amounts, and what every surface must answer to them.

`cases()` makes the same list each time from functions.toml; `reference.py` works the answers out. A cell is
a float, None (blank), a text, a bool, a Decimal (currency) or an `Error`; a range is a list of rows of cells, and
`OMITTED` an argument that is not given.
"""

from __future__ import annotations

import itertools
import json
import math
import random
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from tests.cases.reference import DIV, NA, NUM, VALUE, Error, answer

__all__ = ["OMITTED", "Case", "Error", "cases", "differs", "same"]

DATE = 45292.0  # 2024-01-01, the number that a cell formatted as a date holds
# Cells that are no plain positive number, by the kind that a failing test names.
AWKWARD = {
    "blank": None,
    "empty text": "",
    "text": "MRR",
    "number as text": "12",
    "date as text": "2024-01-01",
    "true": True,
    "false": False,
    "zero": 0.0,
    "negative": -5.0,
    "tiny": 1e-9,
    "large": 1e15,
    "overflow": 1e308,
    "currency": Decimal("12.5"),
    "date": DATE,
    "#N/A": NA,
    "#DIV/0!": DIV,
    "#VALUE!": VALUE,
    "#NUM!": NUM,
    "#REF!": Error("#REF!"),
    "#NAME?": Error("#NAME?"),
    "#NULL!": Error("#NULL!"),
}
# A few of them, for places where all would be too many.
SOME = ("blank", "empty text", "text", "number as text", "true", "zero", "negative", "#N/A", "#REF!")
WORDS = {"blank": None, "empty text": "", "upper case": "SALESFORCE", "unknown": "mine", "number": 1.0, "#N/A": NA}
# Metrics and arguments that the functions call otherwise.
CALLED, RENAMED = {"annualise": "NRR_ANNUALIZE"}, {"new": "new_amount"}
RANDOM = 40  # calls of random numbers for each function


class _Omitted:
    def __repr__(self) -> str:
        return "omitted"


OMITTED = _Omitted()


@dataclass(frozen=True)
class Case:
    """One call: its name for a reader, the function, the arguments, and the answer: a cell or rows of cells."""

    name: str
    function: str
    arguments: tuple
    expected: object

    @property
    def ranges(self) -> bool:
        """Whether an argument is a range."""
        return any(isinstance(argument, list) for argument in self.arguments)

    def holds(self, kind: type) -> bool:
        """Whether a cell of an argument is of a type."""
        return any(isinstance(cell, kind) for cell in self.cells)

    @property
    def cells(self) -> list:
        """Every cell of the arguments."""
        found: list = []
        for argument in self.arguments:
            found += itertools.chain.from_iterable(argument) if isinstance(argument, list) else [argument]
        return found


@cache
def functions() -> dict[str, dict]:
    """The functions of the table, as functions.toml has them."""
    return tomllib.loads((Path(__file__).parent / "functions.toml").read_text("utf-8"))


@cache
def cases() -> tuple[Case, ...]:
    """The table."""
    return tuple(itertools.chain.from_iterable(_of(name, about) for name, about in functions().items()))


@cache
def published() -> tuple[dict, ...]:
    """The worked examples of public pages, each with the `function` and the `given` arguments in its order."""
    vectors = json.loads((Path(__file__).parents[1] / "vectors" / "worked_examples.json").read_text("utf-8"))
    made = []
    for vector in vectors:
        name = CALLED.get(vector["metric"], vector["metric"].upper())
        assert name in functions(), f"tests/cases/functions.toml lacks {name}, of which {vector['source']} has figures"
        kinds = functions()[name]["arguments"]
        arguments = {RENAMED.get(key, key): value for key, value in vector["arguments"].items()}
        assert set(arguments) <= set(kinds), vector
        given = [_given(arguments[key]) if key in arguments else OMITTED for key in kinds]
        made.append({**vector, "function": name, "given": given})
    return tuple(made)


def _given(value):
    """A number as a cell, a list as a column."""
    return [[float(cell)] for cell in value] if isinstance(value, list) else float(value)


def _of(name: str, about: dict):
    kinds = list(about["arguments"].values())
    good = [[_cell(value) for value in row] for row in about["good"]]
    count = len(kinds)

    def case(title: str, *arguments) -> Case:
        plain = [None if argument is OMITTED else argument for argument in arguments]
        return Case(f"{name}: {title}", name, arguments, answer(name, kinds, plain))

    for row in good:
        yield case(f"good {row}", *row)
    for number, vector in enumerate(published()):
        if vector["function"] == name:
            yield case(f"published {number}", *vector["given"])
    for given in range(count - len(about.get("optional", ())), count):
        yield case(f"{given} given", *good[0][:given], *[OMITTED] * (count - given))
    for place, kind in enumerate(kinds):
        for title, cell in _awkward(kind).items():
            yield case(f"{title} as argument {place + 1}", *_with(good[0], place, cell))
        for title, cell in _few(kind).items():
            yield case(f"{title} in a range of one cell as argument {place + 1}", *_with(good[0], place, [[cell]]))
    for (one, first), (two, second) in itertools.product(_few(kinds[0]).items(), _few(kinds[-1]).items()):
        if count > 1:
            yield case(f"{one} and {two}", *_with(_with(good[1], 0, first), count - 1, second))
    yield from _ranges(case, kinds, good)
    yield from _random(case, kinds, name)


def _ranges(case, kinds: list[str], good: list[list]):
    """Whole ranges: one awkward cell in a column, headings, other shapes."""
    columns = [[[row[place]] for row in good] for place in range(len(kinds))]
    single = [good[0][place] if kind == "word" else columns[place] for place, kind in enumerate(kinds)]
    yield case("columns", *single)
    for place, kind in enumerate(kinds):
        if kind == "word":
            continue
        for row, cells in enumerate((SOME, AWKWARD)):
            for title in cells:
                column = [list(line) for line in columns[place]]
                column[row][0] = AWKWARD[title]
                yield case(f"{title} in row {row + 1} of argument {place + 1}", *_with(single, place, column))
        yield case(f"a heading above argument {place + 1} only", *_with(single, place, [["MRR"], *columns[place]]))
        yield case(f"argument {place + 1} shorter", *_with(single, place, columns[place][:2]))
        yield case(f"argument {place + 1} as a row", *_with(single, place, _across(columns[place])))
        yield case(f"argument {place + 1} one cell", *_with(single, place, good[0][place]))
        yield case(f"argument {place + 1} one cell in error", *_with(single, place, [[NA]]))

    def all_as(change) -> list:
        return [each if kind == "word" else change(each) for each, kind in zip(single, kinds, strict=True)]

    yield case("headings", *all_as(lambda column: [["MRR"], *column]))
    yield case("two headings", *all_as(lambda column: [["MRR"], ["EUR"], *column]))
    yield case("a heading that is a number", *all_as(lambda column: [[2024.0], *column]))
    yield case("headings that are numbers as text", *all_as(lambda column: [["2024"], *column]))
    yield case("an empty text as heading", *all_as(lambda column: [[""], *column]))
    yield case("a text at the end", *all_as(lambda column: [*column, ["Total"]]))
    yield case("only headings", *all_as(lambda column: [["MRR"]]))
    yield case("headings and nothing", *all_as(lambda column: [["MRR"], [None], [""]]))
    yield case("nothing", *all_as(lambda column: [[None], [None]]))
    yield case("empty texts", *all_as(lambda column: [[""], [""], [""]]))
    yield case("rows", *all_as(_across))
    yield case("rows with headings", *all_as(lambda column: _across([["MRR"], *column])))
    yield case("blocks", *all_as(lambda column: [[cell, cell] for (cell,) in column]))
    yield case("blocks with headings", *all_as(lambda column: [["a", "b"], *([cell, cell] for (cell,) in column)]))
    if len(kinds) > 1 and "word" not in kinds:
        yield case("a block and a column", [[cell, cell] for (cell,) in columns[0]], *single[1:])
        yield case("a column and a row", single[0], _across(columns[1]), *single[2:])
        yield case("a block and a row", [[cell, cell] for (cell,) in columns[0]], [[1.0, 2.0]], *single[2:])
        yield case("a block and a shorter block", [[9.0] * 3] * 3, [[1.0] * 2] * 2, *[5.0] * (len(kinds) - 2))


def _random(case, kinds: list[str], name: str):
    numbers = random.Random(name)

    def some(kind: str):
        if kind == "word":
            return numbers.choice(["general", "kpi_depot", "salesforce", "Salesforce"])
        if kind == "flag":
            return numbers.choice([True, False])
        if kind in ("rate", "rates") or name == "ANNUAL_CHURN":
            return round(numbers.uniform(0, 1.6), 4)
        return round(numbers.choice([0.0, 1.0, 1.0, 1.0]) * 10 ** numbers.uniform(-2, 9), 2)

    for number in range(RANDOM):
        if number % 2 and "word" not in kinds:
            size = numbers.randint(2, 6)
            yield case(f"random columns {number}", *([[some(kind)] for _ in range(size)] for kind in kinds))
        else:
            yield case(f"random numbers {number}", *map(some, kinds))


def _awkward(kind: str) -> dict:
    return WORDS if kind == "word" else AWKWARD


def _few(kind: str) -> dict:
    return WORDS if kind == "word" else {title: AWKWARD[title] for title in SOME}


def _cell(value):
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _with(arguments: list, place: int, value) -> list:
    return [*arguments[:place], value, *arguments[place + 1 :]]


def _across(column: list[list]) -> list[list]:
    return [[cell for (cell,) in column]]


def same(found, expected) -> bool:
    """Whether a surface's answer is the expected one: numbers to 12 digits, texts and errors exactly, shapes alike."""
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(found) == len(expected)
            and all(
                len(row) == len(wanted) and all(map(same, row, wanted))
                for row, wanted in zip(found, expected, strict=True)
            )
        )
    if isinstance(expected, float | int) and not isinstance(expected, bool):
        return isinstance(found, float | int) and math.isclose(found, expected, rel_tol=1e-12, abs_tol=1e-12)
    return isinstance(found, str) and str(found) == str(expected)


def differs(surface: str, answers: dict[str, object], asked) -> list[str]:
    """The cases of which a surface gives another answer, as lines to read."""
    return [
        f"{surface} {case.name} {case.arguments}: {answers[case.name]!r}, not {case.expected!r}"
        for case in asked
        if not same(answers[case.name], case.expected)
    ]
