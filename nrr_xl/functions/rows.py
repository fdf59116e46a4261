"""What the worksheet functions over revenue rows compute: the retention functions on a cube, as tables of cells."""

from __future__ import annotations

from nrr_xl.functions import tables
from nrr_xl.functions.ranges import CUBES, closing_of, is_key, read_ranges
from nrr_xl.functions.values import CellError, Cells, cellwise, flags, numbers, option, result, whole
from nrr_xl.functions.worksheet import spread
from nrr_xl.retention.bridge import bridge, trend, window_bridge
from nrr_xl.retention.cohorts import cohorts
from nrr_xl.retention.drivers import movers, nrr_without_top
from nrr_xl.retention.lines import classify
from nrr_xl.retention.methods import methods
from nrr_xl.retention.segments import segment_bridge
from nrr_xl.retention.windows import Window, periods_back, unit_of
from nrr_xl.revenue.cube.build import RevenueCube

YEAR = 12


def movement(opening: Cells, closing: Cells, was_customer: Cells) -> Cells:
    """MOVEMENT: the line of the bridge of each customer."""
    (before, after, known), errors, (_, width) = spread([numbers(opening), numbers(closing), flags(was_customer)])
    wrong = dict.fromkeys(((before < 0) | (after < 0)).nonzero()[0].tolist(), "#NUM!")
    labels = classify(before, after, known != 0).tolist()
    for position, error in (wrong | errors).items():
        labels[position] = error
    return [labels[i : i + width] for i in range(0, len(labels), width)]


def nrr_asof(customers: Cells, periods: Cells, amounts: Cells, as_of: Cells, months: Cells, method: Cells) -> Cells:
    """NRR_ASOF: one method's rate, for each as-of cell."""
    cube = CUBES.get((customers, periods, amounts))
    months, method = whole(months, YEAR), option(method, "point_to_point")
    return cellwise(
        as_of, lambda cell: tables.rate_of(methods(cube, closing_of(cube, cell), months, (method,))[method])
    )


def grr_asof(customers: Cells, periods: Cells, amounts: Cells, as_of: Cells, months: Cells) -> Cells:
    """GRR_ASOF: the window's gross retention, for each as-of cell."""
    cube = CUBES.get((customers, periods, amounts))
    months = whole(months, YEAR)
    return cellwise(as_of, lambda cell: result(window_bridge(cube, _window(cube, cell, months))["grr"]))


def nrr_trend(customers: Cells, periods: Cells, amounts: Cells, months: Cells) -> Cells:
    """NRR_TREND: rates of every period that the window reaches."""
    cube = CUBES.get((customers, periods, amounts))
    return tables.trend_table(trend(cube, whole(months, YEAR), _last(cube)), cube)


def nrr_methods(customers: Cells, periods: Cells, amounts: Cells, as_of: Cells) -> Cells:
    """NRR_METHODS: every method's result."""
    cube = CUBES.get((customers, periods, amounts))
    return tables.methods_table(methods(cube, closing_of(cube, as_of), YEAR))


def arr_bridge(customers: Cells, periods: Cells, amounts: Cells, freq: Cells) -> Cells:
    """ARR_BRIDGE: the bridge of every period."""
    cube = CUBES.get((customers, periods, amounts))
    freq = option(freq, unit_of(cube.periods.step))
    return tables.bridge_table(bridge(cube, _last(cube), freq), cube, freq)


def cohort_table(customers: Cells, periods: Cells, amounts: Cells, measure: Cells, freq: Cells) -> Cells:
    """COHORT_TABLE: the triangle of shares."""
    cube = CUBES.get((customers, periods, amounts))
    freq = option(freq, unit_of(cube.periods.step))
    return tables.cohort_table(cohorts(cube, _last(cube), option(measure, "revenue"), freq), cube, freq)


def nrr_segment(customers: Cells, periods: Cells, amounts: Cells, segments: Cells, as_of: Cells) -> Cells:
    """NRR_SEGMENT: bridge and rates of each segment and of the total."""
    cube = CUBES.get((customers, periods, amounts, segments))
    span = _window(cube, as_of, YEAR)
    if not cube.segments:
        raise CellError("#N/A")
    segment = next(iter(cube.segments.values()))
    return tables.segment_table(segment_bridge(cube, span, segment), window_bridge(cube, span))


def top_movers(customers: Cells, periods: Cells, amounts: Cells, as_of: Cells, n: Cells) -> Cells:
    """TOP_MOVERS: the largest changes."""
    cube = CUBES.get((customers, periods, amounts))
    count = whole(n, 10)
    return tables.movers_table(movers(cube, _window(cube, as_of, YEAR), count), count)


def nrr_ex_top(customers: Cells, periods: Cells, amounts: Cells, as_of: Cells, n: Cells) -> Cells:
    """NRR_EX_TOP: the rate without the largest customers."""
    cube = CUBES.get((customers, periods, amounts))
    return result(nrr_without_top(cube, _window(cube, as_of, YEAR), whole(n)))


def nrr_rows(customers: Cells, periods: Cells, amounts: Cells, segments: Cells) -> Cells:
    """NRR_ROWS: the key of the rows, which is another one where any of them is."""
    return CUBES.key((customers, periods, amounts) if segments is None else (customers, periods, amounts, segments))


def revenue_check(customers: Cells, periods: Cells, amounts: Cells) -> Cells:
    """REVENUE_CHECK: the reader's findings."""
    if is_key(customers):
        return tables.problem_table(CUBES.get((customers, periods, amounts)).account.problems)
    return tables.problem_table(read_ranges(customers, periods, amounts).account.problems)


def _last(cube: RevenueCube) -> int:
    return len(cube.periods) - 1


def _window(cube: RevenueCube, as_of: Cells, months: int) -> Window:
    """The window that closes in an as-of cell's period; #N/A where it opens before the first period."""
    closing, back = closing_of(cube, as_of), periods_back(cube, months)
    if closing < back:
        raise CellError("#N/A")
    return Window(closing - back, closing, months)
