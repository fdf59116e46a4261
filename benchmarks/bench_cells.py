"""Cells to numbers and back, 100,000 x 4 of them, beside xlwings' own cleaning of function arguments and results.

xlwings runs its own code, with the pywin32 surface of the tests' stub under it. It keeps cells as Python values, where
ours makes an array of numbers and the errors beside it.
"""

import random
import sys
from pathlib import Path

from harness import main

ROWS, COLUMNS = 100_000, 4
CLEAN, MIXED, OUT = "clean cells in", "cells with blanks, texts and errors in", "results out"


def _cells(case):
    random.seed(11)
    odd = (None, "text", -2146826246) if case == MIXED else ()

    def cell():
        return random.choice(odd) if odd and random.random() < 0.1 else random.random()

    return tuple(tuple(cell() for _ in range(COLUMNS)) for _ in range(ROWS))


def ours(case):
    import numpy as np

    from nrr_xl.functions.values import numbers, spill

    if case == OUT:
        values = np.random.default_rng(11).random(ROWS * COLUMNS)
        return lambda: len(spill(values, {}, (ROWS, COLUMNS)))
    cells = _cells(case)
    return lambda: len(numbers(cells).values)


def xlwings_cleaning(case):
    import numpy as np
    import pandas  # noqa: F401 - what it looks for in a usual installation
    import xlwings

    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "excel"))
    import com_stub

    com_stub.install()
    if case == OUT:
        values = np.random.default_rng(11).random((ROWS, COLUMNS)).tolist()
        return lambda: len(xlwings.conversion.write(values, None, {}, engine_name="excel"))
    cells = _cells(case)
    return lambda: len(xlwings.conversion.read(None, cells, {"ndim": 2, "err_to_str": True})) * COLUMNS


if __name__ == "__main__":
    main({"nrr_xl": ours, "xlwings": xlwings_cleaning}, cases=[CLEAN, MIXED, OUT], base="nrr_xl")
