"""Where the Calc add-in computes: in place without any package, with an environment's packages, or in a helper."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nrr_xl._version import __version__
from nrr_xl.calc import engine as engines
from nrr_xl.calc.cells import ERRORS, WHOLE_COLUMN, given, shown
from nrr_xl.calc.engine import Engine, EngineError
from nrr_xl.calc.install import environment
from nrr_xl.calc.service import function

ROOT = Path(engines.__file__).parents[2]
ROWS = (
    (("a",), ("b",), ("a",), ("c",)),
    (("2024-01",), ("2024-01",), ("2025-01",), ("2025-01",)),
    ((100.0,), (100.0,), (150.0,), (70.0,)),
)


@pytest.fixture(autouse=True)
def state(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def noted(tmp_path):
    """A maker of engines whose environment is noted with some entries changed."""
    made = []

    def make(**changed) -> Engine:
        note = json.loads(environment()) | changed
        (tmp_path / engines.ENVIRONMENT).write_text(json.dumps(note))
        made.append(Engine(tmp_path))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_single_cells_need_no_package():
    """A Python without site-packages, as LibreOffice's may be: neither numpy nor pandas can be found."""
    code = (
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from nrr_xl.calc.service import function\n"
        "print(function('NRR', (100.0, 10.0, None, None)), function('NRR_BAND', (1.1, None)),"
        " function('QUICK_RATIO', (3.0, 1.0, 0.0, 0.0)), function('LTV', (100.0, 0.8, 0.02)))\n"
        "print([name for name in ('numpy', 'pandas', 'xlwings') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    assert done.stdout.splitlines() == ["((1.1,),) [['good']] (('#DIV/0!',),) ((4000.0,),)", "[]"], done.stderr


def test_ranges_without_an_environment_say_what_to_run(tmp_path):
    code = (
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom pathlib import Path\n"
        "from nrr_xl.calc.engine import Engine\n"
        f"Engine(Path({str(tmp_path)!r})).ask('function', 'NRR', (((1.0,), (2.0,)), None, None, None))"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1].endswith(
        "No module named 'numpy', and no environment is noted in the add-in. Run: nrr-xl install --libreoffice"
    )


def test_a_fitting_environment_is_put_behind_this_python(monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert engines.attach(json.loads(environment()))


@pytest.mark.parametrize("changed", [{"tag": "cpython-27-32"}, {"version": "0.0"}, {"site": ["/nowhere"]}])
def test_an_environment_that_does_not_fit_is_left_alone(monkeypatch, changed):
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = list(sys.path)
    assert not engines.attach(json.loads(environment()) | changed)
    assert sys.path == before


def test_a_helper_computes_what_does_not_fit_here(noted):
    engine = noted(tag="cpython-27-32")
    assert engine.ask("function", "NRR_ASOF", (*ROWS, "2025-01", None, None)) == [[0.75]]
    assert engine.ask("function", "NRR", (((100.0,), (0.0,)), 10.0, None, None)) == [(1.1,), ("#DIV/0!",)]


def test_a_helper_that_was_ended_is_started_again(noted):
    engine = noted(tag="cpython-27-32")
    question = "function", "NRR_COHORT", (((100.0,), (50.0,)), ((120.0,), (0.0,)))
    assert engine.ask(*question) == ((0.8,),)
    engine._helper._process.kill()
    engine._helper._process.wait()
    assert engine.ask(*question) == ((0.8,),)


def test_a_helper_ends_with_its_input(noted):
    engine = noted(tag="cpython-27-32")
    engine.ask("function", "NRR_COHORT", (((1.0,), (1.0,)), ((1.0,), (1.0,))))
    process = engine._helper._process
    process.stdin.close()
    assert process.wait(10) == 0


@pytest.mark.parametrize("python", ["/nowhere/python", "/bin/cat"])
def test_an_environment_that_is_gone_says_what_to_run(noted, python):
    engine = noted(tag="cpython-27-32", python=python)
    with pytest.raises(EngineError, match="does not run this package"):
        engine.ask("function", "NRR_COHORT", (((1.0,),), ((1.0,),)))


def test_another_versions_helper_is_refused(noted, monkeypatch):
    engine = noted(tag="cpython-27-32")
    monkeypatch.setattr(engines, "__version__", "0.0")
    with pytest.raises(EngineError, match=rf"of version 0\.0, the package of version {__version__}"):
        engine.ask("function", "NRR_COHORT", (((1.0,),), ((1.0,),)))


def test_a_damaged_note_leaves_the_functions_of_single_cells(tmp_path):
    (tmp_path / engines.ENVIRONMENT).write_text("{")
    assert Engine(tmp_path).ask("function", "NRR", (100.0, 10.0, None, None)) == ((1.1,),)


def test_what_was_left_out_is_an_error_where_it_is_needed():
    assert function("EXPANSION_RATE", (100.0, None)) == (("#VALUE!",),)
    assert function("NRR", (100.0, None, None, None)) == ((1.0,),)


@pytest.mark.parametrize("name, more, shows", [("NRR_ANNUALIZE", (1.0,), "#N/A"), ("NRR_BAND", (None,), "#N/A")])
def test_a_lone_zero_may_be_a_blank_cell_and_is_no_rate(name, more, shows):
    assert [list(row) for row in function(name, (0.0, *more))] == [[shows]]
    assert [list(row) for row in function(name, (1e-9, *more))] != [[shows]]


@pytest.mark.parametrize(
    "period, days, expected",
    [
        (45658.0, 0, "Jan 2025"),
        (45658.0 - 1462, 1462, "Jan 2025"),  # counted from 1904, as old Macs do
        (202501.0, 1462, "Jan 2025"),
    ],
)
def test_dates_count_from_the_documents_own_day(period, days, expected):
    periods = (("2024-01",), ("2024-01",), (period,), (period,))
    rows = function("NRR_TREND", (ROWS[0], periods, ROWS[2], None), days)
    assert rows[1][0] == expected
    assert function("NRR_ASOF", (ROWS[0], periods, ROWS[2], period, None, None), days) == [[0.75]]


def test_whole_columns_are_cut_together():
    column = (("a",), ("b",), *((("",),) * (WHOLE_COLUMN - 2)))
    longer = ((1.0,), (2.0,), (3.0,), *((("",),) * (WHOLE_COLUMN - 3)))
    assert given((column, longer)) == ((("a",), ("b",), ("",)), ((1.0,), (2.0,), (3.0,)))


@pytest.mark.parametrize("text", ["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"])
def test_an_error_goes_to_calc_and_comes_back(text):
    assert given((((ERRORS[text],),),)) == (((text,),),)
    assert shown(((text,),))[0][0] != shown(((text,),))[0][0]  # a NaN


def test_errors_that_only_excel_has_are_value_errors():
    assert given((((ERRORS["#SPILL!"],),),)) == ((("#VALUE!",),),)


def test_the_environment_is_this_one():
    note = json.loads(environment())
    assert note["python"] == sys.executable
    assert all(os.path.isdir(place) for place in note["site"])
    assert (Path(note["templates"]) / engines.TEMPLATE).is_file()
