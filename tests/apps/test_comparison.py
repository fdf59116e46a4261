"""The comparison's workbook in LibreOffice: its formulas give Python's points, and a changed amount moves them."""

from __future__ import annotations

import pytest

from nrr_xl.retention.compare import Side, compare
from nrr_xl.retention.windows import Window
from nrr_xl.workbook.comparison import write_comparison
from tests.apps import cached, lint
from tests.retention.test_compare import changed
from tests.workbook import cubes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


def sides(name):
    if name == "changed":
        old = cubes.ordinary()
        return Side("old", old, Window(15, 27, 12)), Side("new", changed(old), Window(17, 29, 12))
    if name == "the same":
        cube = cubes.ordinary(6)
        return Side("old", cube, Window(17, 29, 12)), Side("new", cube, Window(17, 29, 12))
    if name == "hell":
        cube, _ = cubes.awkward()["names from hell"]
        return Side("=old", cube, Window(0, 1, 1)), Side("new & <b>", cube, Window(0, 3, 3))
    cube = cubes.cube([[0, 0, 50.0], [0, 20.0, 30.0]], {"Region": ["A", "B"]})
    return Side("old", cube, Window(0, 1, 1)), Side("new", cube, Window(1, 2, 1))


@pytest.mark.parametrize("name", ["changed", "the same", "hell", "no opening"])
def test_a_comparison_recalculates_to_its_cached_values(name, tmp_path, office, validate):
    found = compare(*sides(name))
    path = write_comparison(found, tmp_path / "compared.xlsx")
    assert lint.findings(path) == []
    assert validate(path) == []
    after = office.recalculate(path, formulas_only=True)
    assert after.errors == []
    assert cached.differences(path, after.cells) == []
    assert after.value("Comparison", "A3") == "✓ All checks pass"


def test_a_change_typed_over_turns_the_check_red(tmp_path, office):
    path = write_comparison(compare(*sides("changed")), tmp_path / "compared.xlsx")
    after = office.recalculate(path, [("Changes", "G5", 1.0)], formulas_only=True)
    assert after.value("Comparison", "A3") == "✗ A check fails"
