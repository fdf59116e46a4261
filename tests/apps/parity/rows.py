"""Cases of the functions over revenue rows; Python's own answers are expected of every other surface.

What they must be is shown by tests/excel/test_rows_functions.py. Four customers: a grows from 100 to 150, b leaves
after 100, c comes with 70, d shrinks from 50 to 20, from January 2024 to January 2025.
"""

from __future__ import annotations

from functools import cache

import nrr_xl.functions.catalogue  # noqa: F401 - declares them
from nrr_xl.functions.worksheet import FUNCTIONS
from tests.cases import AWKWARD, OMITTED, SOME, Case, Error

JANUARY, FEBRUARY, NEXT_JANUARY = 45292.0, 45323.0, 45658.0


def column(*cells) -> list[list]:
    return [[cell] for cell in cells]


LONG = (
    column("a", "b", "d", "a", "a", "c", "d"),
    column(*(JANUARY,) * 3, FEBRUARY, *(NEXT_JANUARY,) * 3),
    column(100.0, 100.0, 50.0, 100.0, 150.0, 70.0, 20.0),
)
HEADED = tuple([[head], *cells] for head, cells in zip(("Customer", "Month", "MRR"), LONG, strict=True))
WIDE = (
    column("a", "b", "c", "d"),
    [[JANUARY, FEBRUARY, NEXT_JANUARY]],
    [[100.0, 100.0, 150.0], [100.0, None, None], [None, None, 70.0], [50.0, None, 20.0]],
)
SEGMENTS = {"long": column("E", "E", "W", "E", "E", "W", "W"), "wide": column("E", "E", "W", "W")}
BROKEN = (LONG[0], LONG[1], column("lots", *(1.0,) * 6))
IN_ERROR = (LONG[0], LONG[1], column(Error("#REF!"), *(1.0,) * 6))


@cache
def row_cases() -> tuple[Case, ...]:
    """The cases, each with Python's answer."""
    asked = [
        (f"{shape} {more}", name, (*rows, *more))
        for shape, rows in (("long", LONG), ("wide", WIDE), ("with headings", HEADED))
        for name, more in (
            ("NRR_ASOF", (NEXT_JANUARY, OMITTED, OMITTED)),
            ("NRR_ASOF", ("2025-01", 12.0, "Survivors_Only")),
            ("NRR_ASOF", ("2029-01", OMITTED, OMITTED)),
            ("NRR_ASOF", ("soon", OMITTED, OMITTED)),
            ("NRR_ASOF", (NEXT_JANUARY, 1.5, OMITTED)),
            ("NRR_ASOF", (column(NEXT_JANUARY, JANUARY, "x"), OMITTED, OMITTED)),
            ("GRR_ASOF", (NEXT_JANUARY, OMITTED)),
            ("NRR_TREND", (OMITTED,)),
            ("NRR_TREND", (24.0,)),
            ("NRR_METHODS", ("Jan 2025",)),
            ("ARR_BRIDGE", (OMITTED,)),
            ("ARR_BRIDGE", ("Year",)),
            ("ARR_BRIDGE", ("weekly",)),
            ("COHORT_TABLE", ("logos", OMITTED)),
            ("COHORT_TABLE", (OMITTED, "quarter")),
            ("TOP_MOVERS", (NEXT_JANUARY, 3.0)),
            ("NRR_EX_TOP", (NEXT_JANUARY, 1.0)),
            ("REVENUE_CHECK", ()),
        )
    ]
    for shape, rows in (("long", LONG), ("wide", WIDE)):
        asked.append((f"{shape} segments", "NRR_SEGMENT", (*rows, SEGMENTS[shape], NEXT_JANUARY)))
    key = python("NRR_ROWS", LONG)
    asked += [
        ("a key", "NRR_ROWS", (*LONG, OMITTED)),
        ("by a key", "NRR_ASOF", (key, OMITTED, OMITTED, NEXT_JANUARY, OMITTED, OMITTED)),
        ("by a key", "NRR_EX_TOP", (key, OMITTED, OMITTED, NEXT_JANUARY, 1.0)),
        (
            "by a key that nobody holds",
            "NRR_ASOF",
            (f"NRR_ROWS:{'0' * 32}", OMITTED, OMITTED, NEXT_JANUARY, OMITTED, OMITTED),
        ),
        ("a text as amount", "NRR_ASOF", (*BROKEN, NEXT_JANUARY, OMITTED, OMITTED)),
        ("a text as amount", "REVENUE_CHECK", BROKEN),
        ("an error as amount", "NRR_ASOF", (*IN_ERROR, NEXT_JANUARY, OMITTED, OMITTED)),
        ("other lengths", "NRR_ASOF", (LONG[0], LONG[1], LONG[2][:5], NEXT_JANUARY, OMITTED, OMITTED)),
    ]
    asked += awkward()
    return tuple(Case(f"{name}: {title}", name, arguments, python(name, arguments)) for title, name, arguments in asked)


def awkward():
    """Every awkward cell among the rows and as each single argument."""
    for title, cell in AWKWARD.items():
        for place, rows in enumerate(LONG):
            changed = [*LONG[:place], [*rows[:3], [cell], *rows[4:]], *LONG[place + 1 :]]
            yield f"{title} in row 4 of argument {place + 1}", "NRR_ASOF", (*changed, NEXT_JANUARY, OMITTED, OMITTED)
        yield f"{title} as period", "NRR_ASOF", (*LONG, cell, OMITTED, OMITTED)
        yield f"{title} among periods", "NRR_ASOF", (*LONG, column(NEXT_JANUARY, cell), OMITTED, OMITTED)
        yield f"{title} as months", "GRR_ASOF", (*LONG, NEXT_JANUARY, cell)
        yield f"{title} as method", "NRR_ASOF", (*LONG, NEXT_JANUARY, OMITTED, cell)
        yield f"{title} as n", "NRR_EX_TOP", (*LONG, NEXT_JANUARY, cell)
    for title in SOME:
        cell, segments = AWKWARD[title], SEGMENTS["long"]
        yield f"{title} as n", "TOP_MOVERS", (*LONG, NEXT_JANUARY, cell)
        yield f"{title} as frequency", "ARR_BRIDGE", (*LONG, cell)
        yield f"{title} as measure", "COHORT_TABLE", (*LONG, cell, OMITTED)
        yield f"{title} as months", "NRR_TREND", (*LONG, cell)
        yield f"{title} as segment", "NRR_SEGMENT", (*LONG, [*segments[:3], [cell], *segments[4:]], NEXT_JANUARY)


def python(name: str, arguments: tuple, called=None):
    """Python's answer: a cell, or rows of cells; `called` stands in for the function."""
    rows = (called or FUNCTIONS[name].function)(*map(packed, arguments))
    plain = [list(row) for row in rows]
    return plain[0][0] if len(plain) == 1 == len(plain[0]) else plain


def packed(cells):
    """An argument as the functions take it."""
    if isinstance(cells, list):
        return tuple(tuple(map(packed, row)) for row in cells)
    return None if cells is OMITTED else str(cells) if isinstance(cells, Error) else cells
