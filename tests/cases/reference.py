"""What each worksheet function of amounts must answer: a slow second hand, one cell at a time, in plain Python.

It shares nothing with the package. A cell is a float, None (blank), a text, a bool, a Decimal (currency) or an `Error`.
"""

from __future__ import annotations

import math
from decimal import Decimal

BANDS = {
    "general": [(1.2, True, "top"), (1.0, False, "good"), (-math.inf, True, "below par")],
    "kpi_depot": [(1.2, False, "exceptional"), (1.0, True, "healthy"), (-math.inf, True, "warning")],
    "salesforce": [(1.0, True, "solid"), (0.8, True, "needs work"), (-math.inf, True, "trouble")],
}


ADVICE = {
    "top": "Customers alone carry strong growth. Learn which of them grow and why, sell them more of it, and check GRR:"
    " growth may hide losses.",
    "good": "The base grows without new customers. Look for what keeps expansion below the best: segments and products"
    " that do not grow.",
    "below par": "The base shrinks or stands still: new customers first replace what was lost. Find out who leaves or"
    " pays less, when and why.",
    "exceptional": "Keep it: deepen what engages customers and document what works.",
    "healthy": "Enhance engagement: more use and more products for the customers there are.",
    "warning": "Investigate why customers leave and how satisfied those are who stay.",
    "solid": "Solid ground: growth can build on the customers there are.",
    "needs work": "Look at lifetime value and at the churn rate: is it worth more to keep or to win these customers?",
    "trouble": "Retention first, expansion later: stop the losses before selling more.",
}


class Error(str):
    """An error cell, by the name that Excel shows."""


VALUE, DIV, NUM, NA = Error("#VALUE!"), Error("#DIV/0!"), Error("#NUM!"), Error("#N/A")


def answer(function: str, kinds: list[str], arguments: list):
    """The result of a call: a cell, or rows of cells.

    Parameters
    ----------
    function : str
        The worksheet function's name.
    kinds : list of str
        The kind of each argument, as functions.toml has them.
    arguments : list
        A cell, rows of cells (a list of lists), or None for an omitted argument.
    """
    tables = [argument if isinstance(argument, list) else [[argument]] for argument in arguments]
    if kinds[0] in ("column", "rates"):
        return _whole(function, tables)
    word = None
    if "word" in kinds:
        word = _scheme(tables.pop())
        if isinstance(word, Error):
            return word
    height, width = max(map(len, tables)), max(len(table[0]) for table in tables)
    rows = [
        [_one(function, word, kinds, [_at(table, row, column) for table in tables]) for column in range(width)]
        for row in range(height)
    ]
    return rows if height * width > 1 else rows[0][0]


def _at(table: list[list], row: int, column: int):
    row = 0 if len(table) == 1 else row
    column = 0 if len(table[0]) == 1 else column
    return table[row][column] if row < len(table) and column < len(table[0]) else NA


def _number(cell, kind: str):
    if isinstance(cell, Error):
        return cell
    if cell is None or cell == "":
        return NA if kind == "rate" else 0.0
    if isinstance(cell, bool):
        return float(cell) if kind == "flag" else VALUE
    if isinstance(cell, str):
        return VALUE
    return float(cell) if isinstance(cell, Decimal) else cell


def _one(function: str, word, kinds: list[str], cells: list):
    numbers = [_number(cell, kind) for cell, kind in zip(cells, kinds, strict=False)]
    for number in numbers:
        if isinstance(number, Error):
            return number
    if function in ("NRR_BAND", "NRR_ADVICE"):
        label = next(
            label
            for floor, inclusive, label in BANDS[word]
            if numbers[0] > floor or (inclusive and numbers[0] == floor)
        )
        return ADVICE[label] if function == "NRR_ADVICE" else label
    signed = numbers[:2] if function == "MOVEMENT" else numbers
    if any(number < 0 for number in signed):
        return NUM
    assert function in FUNCTIONS, f"FUNCTIONS of tests/cases/reference.py lacks {function}"
    try:
        found = FUNCTIONS[function](*numbers)
    except ZeroDivisionError:
        return DIV
    except OverflowError:
        return NUM
    return found if isinstance(found, str) or math.isfinite(found) else NUM


def _movement(opening: float, closing: float, was: float) -> str:
    if not opening:
        return ("reactivation" if was else "new") if closing else "absent"
    if not closing:
        return "churn"
    return "expansion" if closing > opening else "contraction" if closing < opening else "unchanged"


FUNCTIONS = {
    "NRR": lambda start, more, less, gone: (start + more - less - gone) / start,
    "GRR": lambda start, less, gone: (start - less - gone) / start,
    "EXPANSION_RATE": lambda start, more: more / start,
    "CONTRACTION_RATE": lambda start, less: less / start,
    "CHURN_RATE": lambda start, gone: gone / start,
    "QUICK_RATIO": lambda new, more, less, gone: (new + more) / (less + gone),
    "ANNUAL_CHURN": lambda monthly: NUM if monthly > 1 else 1 - (1 - monthly) ** 12,
    "LTV": lambda each, margin, churn: each * margin / churn,
    "CAC": lambda cost, won: cost / won,
    "CAC_PAYBACK": lambda cost, month, margin: cost / (month * margin),
    "LTV_TO_CAC": lambda value, cost: value / cost,
    "MAGIC_NUMBER": lambda first, last, cost: (last - first) / cost,
    "BURN_MULTIPLE": lambda burnt, first, last: burnt / (last - first),
    "RENEWAL_RATE": lambda kept, ended: kept / ended,
    "NRR_ANNUALIZE": lambda rate, months: rate ** (12 / months) if months else NUM,
    "MOVEMENT": _movement,
}


def _scheme(table: list[list]):
    if len(table) * len(table[0]) > 1:
        return VALUE
    cell = table[0][0]
    if isinstance(cell, Error):
        return cell
    word = "general" if cell is None or cell == "" else str(cell).lower()
    return word if word in BANDS else NUM


def _whole(function: str, tables: list[list[list]]):
    shapes = {(len(table), len(table[0])) for table in tables}
    if len(shapes) > 1:
        return NA
    ((height, width),) = shapes
    first = [table[0][0] for table in tables]
    if height > 1 and width == 1 and all(isinstance(cell, str) and not isinstance(cell, Error) for cell in first):
        tables = [table[1:] for table in tables]
    lines = [list(cells) for rows in zip(*tables, strict=True) for cells in zip(*rows, strict=True)]
    numbers = [[_number(cell, "amount") for cell in line] for line in lines]
    for number in (each for line in numbers for each in line):
        if isinstance(number, Error):
            return number
    if any(each < 0 for line in numbers for each in line):
        return NUM
    if function == "NRR_COMPOUND":
        given = [number for (cell,), (number,) in zip(lines, numbers, strict=True) if cell is not None and cell != ""]
        return math.prod(given) if given else DIV
    start = sum(opening > 0 for opening, _ in numbers) if function == "LOGO_RETENTION" else sum(o for o, _ in numbers)
    if not start:
        return DIV
    kept = {
        "NRR_COHORT": sum(closing for opening, closing in numbers if opening > 0),
        "GRR_COHORT": sum(min(pair) for pair in numbers),
        "LOGO_RETENTION": sum(1 for opening, closing in numbers if opening > 0 and closing > 0),
    }[function]
    return kept / start
