"""Every small sheet of cases/ reads to exactly the cube, the problems and the account that stand beside it."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from nrr_xl.errors import InputError
from nrr_xl.revenue.read import read

from .grids import write_workbook

CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted(Path(__file__).with_name("cases").glob("*.toml"))
    for case in tomllib.loads(path.read_text("utf-8"))["case"]
]


def test_there_are_sixty_cases_or_more():
    assert len(CASES) >= 60


@pytest.mark.parametrize("case", CASES)
def test_case(case, tmp_path):
    path = write_workbook(case, tmp_path / "case.xlsx")
    options = {"today": case.get("today", date(2030, 1, 1)), **case.get("options", {})}
    if "cube" not in case:
        with pytest.raises(InputError, match=case.get("error")) as caught:
            read(path, **options)
        assert sorted(problem.code for problem in caught.value.problems) == case.get("codes", [])
        return
    cube = read(path, **options)
    assert sorted(problem.code for problem in cube.problems) == case["codes"], cube.problems
    assert dict(zip(cube.customers, cube.amounts.tolist(), strict=True)) == case["cube"]
    assert list(cube.periods.keys) == case["periods"]
    named = "MRR" if "mrr" in str(case).lower() else "Amount"
    assert (cube.unit, cube.currency) == (case.get("unit", named), case.get("currency", ""))
    for name, values in case.get("segments", {}).items():
        segment = cube.segments[name]
        assert [segment.values[code] for code in segment.at(0)] == values
    account = cube.account
    assert account.difference == pytest.approx(0, abs=0.005)
    assert account.cells == account.used_cells + account.left_out_cells
