"""Many NRR_ASOF cells over the same 100,000 rows: by a key of NRR_ROWS, with the cache of cubes,
without it, and as one spilled call.

Each call gets its own copy of the columns, as it does from Excel. Without the cache only 10 cells are worked, and the
time is given for as many as the others work.
"""

import marshal
import time
from datetime import date

from harness import main

CELLS, ROWS, CUSTOMERS = 1_000, 100_000, 4_000
MONTHS = ROWS // CUSTOMERS
# The first days of the months as Excel's serial numbers.
STARTS = [float((date(2022 + month // 12, month % 12 + 1, 1) - date(1899, 12, 30)).days) for month in range(MONTHS)]


def _columns():
    rows = [
        (f"customer {customer}", start, float(100 + customer * month % 97))
        for month, start in enumerate(STARTS)
        for customer in range(CUSTOMERS)
    ]
    return tuple(tuple((row[place],) for row in rows) for place in range(3))


def _copies():
    """A maker of equal columns made of new objects."""
    packed = marshal.dumps(_columns(), 2)
    return lambda: marshal.loads(packed)


def _as_of(cell):
    return STARTS[12 + cell % (MONTHS - 12)]


class Work:
    """Calls of a number of cells, their copies of the columns not counted."""

    def __init__(self, cells, prepare=lambda: None):
        self.cells, self.prepare, self.copy = cells, prepare, _copies()

    def __call__(self):
        from nrr_xl.excel.functions import NRR_ASOF

        seconds, answers = 0.0, set()
        for cell in range(self.cells):
            columns = self.copy()
            self.prepare()
            began = time.perf_counter()
            answers.add(NRR_ASOF(*columns, _as_of(cell))[0][0])
            seconds += time.perf_counter() - began
        return f"{seconds / self.cells * CELLS:.1f} s per {CELLS:,} cells, {len(answers)} rates"


def cached(case):
    return Work(CELLS)


def uncached(case):
    from nrr_xl.functions import ranges, rows

    def forget():
        rows.CUBES = ranges.Cubes()

    return Work(10, forget)


def one_call(case):
    from nrr_xl.excel.functions import NRR_ASOF

    columns, as_of = _columns(), tuple((_as_of(cell),) for cell in range(CELLS))

    def work():
        began = time.perf_counter()
        answers = {row[0] for row in NRR_ASOF(*columns, as_of)}
        return f"{time.perf_counter() - began:.1f} s per {CELLS:,} cells, {len(answers)} rates"

    return work


def by_key(case):
    from nrr_xl.excel.functions import NRR_ASOF, NRR_ROWS

    columns = _columns()

    def work():
        began = time.perf_counter()
        key = NRR_ROWS(*columns)[0][0]
        answers = {NRR_ASOF(key, None, None, _as_of(cell))[0][0] for cell in range(CELLS)}
        return f"{time.perf_counter() - began:.1f} s per {CELLS:,} cells, {len(answers)} rates"

    return work


if __name__ == "__main__":
    main(
        {"by a key of NRR_ROWS": by_key, "one call": one_call, "with the cache": cached, "without": uncached},
        cases=["1,000 cells"],
        rounds=1,
    )
