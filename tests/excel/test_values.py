"""Cells to numbers and back: the fast ways agree with the slow one, cell for cell."""

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrr_xl.functions.values import ERROR_NUMBERS, CellError, cellwise, number, numbers, result, spill, whole

finite = st.floats(allow_nan=False, allow_infinity=False)
codes = st.sampled_from([number - 2146828288 for number in ERROR_NUMBERS.values()])
odd = st.one_of(st.none(), st.text(max_size=5), st.booleans(), codes, st.decimals(allow_nan=False, places=4))
cells = st.one_of(finite, finite, finite, odd)


def tables(content):
    """Rows of one width, as Value2 gives them."""
    return st.integers(1, 5).flatmap(
        lambda width: st.lists(st.tuples(*[content] * width), min_size=1, max_size=30).map(tuple)
    )


@given(tables(finite))
def test_plain_cells_come_through_bit_for_bit(rows):
    column = numbers(rows)
    assert column.values.tolist() == [cell for row in rows for cell in row]
    assert (column.errors, column.shape) == ({}, (len(rows), len(rows[0])))


@given(tables(cells))
def test_a_range_is_its_cells_one_by_one(rows):
    column = numbers(rows)
    for position, cell in enumerate(cell for row in rows for cell in row):
        try:
            assert column.values[position] == number(cell)
            assert position not in column.errors
        except CellError as error:
            assert column.errors[position] == error.text


@given(tables(st.one_of(finite, st.just(math.nan))))
def test_what_spills_is_what_went_in(rows):
    column = numbers(tuple(tuple(0.0 if cell != cell else cell for cell in row) for row in rows))
    values = column.values.copy()
    holes = [place for place, cell in enumerate(cell for row in rows for cell in row) if cell != cell]
    values[holes] = math.nan
    spilled = [cell for row in spill(values, {}, column.shape) for cell in row]
    assert [place for place, cell in enumerate(spilled) if cell == "#DIV/0!"] == holes
    assert all(type(cell) is float for place, cell in enumerate(spilled) if place not in holes)


def test_a_text_as_long_as_a_number_is_no_number():
    # Both are 9 bytes in the format that the fast way reads.
    rows = tuple((float(row),) for row in range(100))
    rows = (*rows[:7], ("text",), *rows[8:])
    assert numbers(rows).errors == {7: "#VALUE!"}
    assert numbers(rows).values[8] == 8.0


def test_rows_of_different_widths_are_not_taken_for_a_table():
    rows = ((1.0, 2.0), (3.0,), (4.0, 5.0, 6.0))
    assert numbers(rows).values.size == 6


def test_every_error_goes_out_as_it_came_in():
    errors = dict(enumerate(ERROR_NUMBERS))
    assert [row[0] for row in spill(np.zeros(len(errors)), errors, (len(errors), 1))] == list(ERROR_NUMBERS)


@pytest.mark.parametrize("value, shown", [(1, 1.0), (np.float64(2.5), 2.5), (math.inf, "#NUM!"), (math.nan, "#DIV/0!")])
def test_a_result_is_a_plain_float_or_an_error(value, shown):
    assert result(value) == shown
    assert type(result(value)) in (float, str)


@pytest.mark.parametrize("cell", [0.0, -1.0, 1.5, True, "3"])
def test_a_count_is_a_whole_number_above_0(cell):
    with pytest.raises(CellError):
        whole(cell)
    assert whole(3.0) == whole(Decimal(3)) == 3


def test_an_error_of_one_cell_stays_its_own():
    assert cellwise((1.0, "x", None), number) == [[1.0, "#VALUE!", 0.0]]
