"""The xlwings Lite adapter in CPython: every function's declaration and conversion, and the report in an open book."""

import importlib
import sys
from pathlib import Path

import openpyxl
import pytest

from nrr_xl.errors import InputError
from nrr_xl.functions.worksheet import FUNCTIONS

MAIN = Path(__file__).parents[2] / "templates" / "xlwings_lite" / "main.py"


@pytest.fixture
def lite(monkeypatch):
    """The stand-in for xlwings, under its name."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    stand_in = importlib.import_module("xlwings_stand_in")
    monkeypatch.setitem(sys.modules, "xlwings", stand_in)
    return stand_in


@pytest.fixture
def main(lite):
    """The names of main.py, as a user pastes it."""
    names = {"__name__": "main"}
    exec(compile(MAIN.read_text("utf-8"), str(MAIN), "exec"), names)
    return names


def test_every_function_and_the_script_are_declared(main):
    assert {name for name, value in main.items() if getattr(value, "declared", False)} == set(FUNCTIONS)
    assert main["build_report"].is_script
    assert main["NRR"].__doc__ == FUNCTIONS["NRR"].description
    for name, declared in FUNCTIONS.items():
        assert {argument: options["doc"] for argument, options in main[name].options.items()} == declared.arguments
        assert not main[name].__annotations__


@pytest.mark.parametrize(
    "name, cells, expected",
    [
        ("NRR", ([[500000]], [[100000]], [[20000]], [[30000]]), [[1.1]]),
        ("NRR", ([[100]], None, None, None), [[1.0]]),
        ("NRR", ([[0]], None, None, None), [["#DIV/0!"]]),
        ("NRR", ([["#REF!"]], None, None, None), [["#REF!"]]),
        ("NRR", ([[True]], None, None, None), [["#VALUE!"]]),
        ("NRR", ([[100], [None], ["x"]], [[10]], None, None), [[1.1], ["#DIV/0!"], ["#VALUE!"]]),
        ("NRR_COHORT", ([[100], [100], [0]], [[150], [0], [70]]), [[0.75]]),
        (
            "NRR_ASOF",
            ([["a"], ["b"], ["a"]], [[45292], [45292], [45658]], [[100], [100], [150]], [["2025-01"]], None, None),
            [[0.75]],
        ),
    ],
)
def test_a_function_called_as_excel_calls_it(lite, main, name, cells, expected):
    assert lite.call(main[name], cells) == expected


@pytest.fixture
def book(lite, root):
    """The sample workbook, open, with a sheet of the user's own under a name that the report would take."""
    sample = openpyxl.load_workbook(root / "templates" / "sample_revenue.xlsx").worksheets[0]
    rows = [list(row) for row in sample.iter_rows(values_only=True)]
    for row in rows:
        row[1] = "=LATAM()" if row[1] == "LATAM" else row[1]
    return lite.Book(sheets=lite.Sheets([lite.Sheet("Revenue", rows), lite.Sheet("NRR Bridge", [["mine"]])]))


def test_the_report_is_written_into_the_book(main, book):
    from nrr_xl import analyse, read

    main["build_report"](book)
    names = [sheet.name for sheet in book.sheets]
    assert names[:2] == ["Revenue", "NRR Bridge"]
    assert {"NRR Summary", "NRR Bridge 2", "NRR Cohorts", "NRR Segments", "NRR Methods"} <= set(names)
    assert book.sheets["NRR Bridge"].cells == {(1, 1): "mine"}
    summary = book.sheets["NRR Summary"]
    assert "do not follow later changes" in summary.cells[1, 1]
    expected = analyse(read(Path(MAIN).parents[1] / "sample_revenue.xlsx")).rates["nrr"]
    shown = [place for place, cell in summary.cells.items() if isinstance(cell, float) and abs(cell - expected) < 1e-12]
    assert "%" in summary.looks[shown[0]]["number_format"]
    assert any(cell == "=LATAM()" for sheet in book.sheets[1:] for cell in sheet.cells.values())


def test_the_report_is_written_anew_into_its_own_sheets(main, book):
    main["build_report"](book)
    names = [sheet.name for sheet in book.sheets]
    first = dict(book.sheets["NRR Summary"].cells)
    book.sheets["NRR Summary"].cells[200, 1] = "left over"
    main["build_report"](book)
    assert [sheet.name for sheet in book.sheets] == names
    assert book.sheets["NRR Summary"].cells == first


def test_rows_with_errors_write_nothing(main, book):
    book.sheets["Revenue"].cells[5, 5] = "mystery"
    with pytest.raises(InputError):
        main["build_report"](book)
    assert len(book.sheets) == 2


def test_the_reports_own_sheet_is_no_source(main, book):
    main["build_report"](book)
    book.sheets.insert(0, book.sheets.pop())
    with pytest.raises(InputError, match="Go to the sheet with the revenue rows"):
        main["build_report"](book)
