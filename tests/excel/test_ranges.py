"""The cache of cubes: keyed by content, bounded, and never a stale or a wrong answer."""

import tracemalloc

import pytest

from nrr_xl.functions import ranges
from nrr_xl.functions.values import CellError


def rows(*amounts):
    """A fresh copy of three long columns."""
    return (
        tuple((f"c{i}",) for i in range(len(amounts))),
        tuple((45292.0,) for _ in amounts),
        tuple((amount,) for amount in amounts),
    )


@pytest.fixture
def counted(monkeypatch):
    """How often a range was really read."""
    readings = []

    def read_ranges(*given):
        readings.append(given)
        return original(*given)

    original = ranges.read_ranges
    monkeypatch.setattr(ranges, "read_ranges", read_ranges)
    return readings


def test_equal_content_is_read_once_whatever_objects_hold_it(counted):
    cubes = ranges.Cubes()
    assert cubes.get(rows(1.0, 2.0)) is cubes.get(rows(1.0, 2.0))
    assert len(counted) == 1


def test_other_content_is_another_cube(counted):
    cubes = ranges.Cubes()
    assert cubes.get(rows(1.0, 2.0)).amounts.sum() == 3.0
    assert cubes.get(rows(1.0, 3.0)).amounts.sum() == 4.0
    assert len(counted) == 2


def test_a_number_a_boolean_and_a_text_are_never_taken_for_one_another():
    keys = {ranges.content_key(rows(value)) for value in (1.0, True, "1", 1, None, "")}
    assert len(keys) == 6


def test_small_cubes_weigh_what_they_take():
    """Else a server that sees many small ranges would hold several times its limit."""
    cubes = ranges.Cubes()
    cubes.get(rows(1.0, 2.0))
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0], cubes.size
        for number in range(200):
            cubes.get(rows(1.0, float(number)))
        taken = tracemalloc.get_traced_memory()[0] - before[0]
    finally:
        tracemalloc.stop()
    assert taken < 1.3 * (cubes.size - before[1])


def test_the_oldest_cubes_go_when_the_limit_is_passed(counted):
    one = ranges.weight(ranges.Cubes().get(rows(1.0, 2.0)))
    cubes = ranges.Cubes(limit=2 * one)
    counted.clear()
    for amount in (1.0, 2.0, 1.0, 3.0, 1.0):
        cubes.get(rows(amount, 5.0))
    assert len(counted) == 3
    assert len(cubes) == 2
    assert cubes.size <= cubes.limit
    cubes.get(rows(2.0, 5.0))
    assert len(counted) == 4


def test_a_cube_above_the_limit_is_served_all_the_same():
    cubes = ranges.Cubes(limit=1)
    assert cubes.get(rows(1.0)).amounts.sum() == 1.0
    assert len(cubes) == 1


def test_what_cannot_be_read_is_tried_once(counted, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    cubes = ranges.Cubes()
    for _ in range(3):
        with pytest.raises(CellError, match="#VALUE!"):
            cubes.get(rows("lots"))
    assert len(counted) == 1
