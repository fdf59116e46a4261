"""Every worksheet function through xlwings' real CallUDF, for every kind of value that a cell can hand over."""

import datetime as dt
from decimal import Decimal

import pytest
from com_stub import OMITTED, CallFailed, Cells

from nrr_xl.functions.worksheet import FUNCTIONS

ERROR_CODES = {
    "#NULL!": -2146826288,
    "#DIV/0!": -2146826281,
    "#VALUE!": -2146826273,
    "#REF!": -2146826265,
    "#NAME?": -2146826259,
    "#NUM!": -2146826252,
    "#N/A": -2146826246,
    "#GETTING_DATA": -2146826245,
    "#SPILL!": -2146826243,
    "#CALC!": -2146826238,
}
A_LATER_ERROR = -2146826200


@pytest.mark.parametrize(
    "arguments, expected",
    [
        # Salesforce, "What is net retention rate".
        ((500_000.0, 100_000.0, 20_000.0, 30_000.0), 1.1),
        ((((500_000.0,),), ((100_000.0,),), 20_000.0, 30_000.0), 1.1),
        ((100.0,), 1.0),
        ((100.0, OMITTED, OMITTED, 10.0), 0.9),
        ((100.0, None, ((None,),), 10.0), 0.9),
        ((0.0, 5.0), "#DIV/0!"),
        ((None,), "#DIV/0!"),
        ((100.0, -5.0), "#NUM!"),
        ((-100.0,), "#NUM!"),
        ((100.0, 0.0, -5.0), "#NUM!"),
        (("abc",), "#VALUE!"),
        (("100",), "#VALUE!"),
        (("",), "#DIV/0!"),
        ((True,), "#VALUE!"),
        ((100, 20), 1.2),
        ((Decimal("100"), 20.5), 1.205),
        ((dt.datetime(2024, 1, 1),), "#VALUE!"),
        ((1e308, 1e308), "#NUM!"),
        ((100.0, A_LATER_ERROR), "#VALUE!"),
        ((100.0, "#REF!"), "#REF!"),
    ],
)
def test_a_single_cell_of_any_kind(com_server, arguments, expected):
    answer = com_server.call("NRR", *arguments)
    assert answer == (pytest.approx(expected) if isinstance(expected, float) else expected)


@pytest.mark.parametrize("shown, code", ERROR_CODES.items())
def test_an_error_cell_comes_back_as_that_error(com_server, shown, code):
    assert com_server.call("NRR", 100.0, code) == shown
    assert com_server.call("NRR", ((100.0,), (code,)), 10.0) == [(1.1,), (shown,)]
    assert com_server.call("NRR_COHORT", ((100.0,), (code,)), ((1.0,), (2.0,))) == shown


def test_a_range_gives_a_range_with_each_cells_own_error(com_server):
    start = ((100.0,), (0.0,), (None,), ("x",), (-1.0,), (ERROR_CODES["#N/A"],), (True,), (50.0,))
    expected = [(1.1,), ("#DIV/0!",), ("#DIV/0!",), ("#VALUE!",), ("#NUM!",), ("#N/A",), ("#VALUE!",), (1.2,)]
    answer = com_server.call("NRR", start, 10.0)
    assert answer == expected
    assert type(answer[0][0]) is float


def test_a_row_and_an_array_constant_keep_their_shape(com_server):
    assert com_server.call("NRR", ((100.0, 200.0),), ((10.0, 10.0),)) == [1.1, 1.05]
    assert com_server.call("NRR", (100.0, 200.0), (10.0, 10.0)) == [1.1, 1.05]
    assert com_server.call("NRR", ((100.0, 200.0), (50.0, 0.0)), 10.0) == [[1.1, 1.05], [1.2, "#DIV/0!"]]


def test_ranges_of_different_shapes_do_not_match(com_server):
    assert com_server.call("NRR", ((1.0,), (2.0,)), ((1.0,), (2.0,), (3.0,))) == [(2.0,), (2.0,), ("#N/A",)]
    assert com_server.call("NRR_COHORT", ((1.0,), (2.0,)), ((1.0,), (2.0,), (3.0,))) == "#N/A"


def test_an_error_in_a_single_cell_reaches_the_whole_range(com_server):
    assert com_server.call("NRR", ((1.0,), (2.0,)), "#N/A") == [("#N/A",), ("#N/A",)]


def test_ranges_as_objects_work_as_with_stock_xlwings(com_server):
    assert com_server.call("NRR", Cells(((Decimal("100"),),)), Cells(((20.5,),))) == pytest.approx(1.205)
    assert com_server.call("GRR", Cells(((100.0,), (0.0,))), 10.0) == [(0.9,), ("#DIV/0!",)]


@pytest.mark.parametrize(
    "function, arguments, expected",
    [
        # ChartMogul help, net MRR churn.
        ("GRR", (100.0, 10.0, 10.0), 0.8),
        ("EXPANSION_RATE", (500_000.0, 100_000.0), 0.2),
        ("CONTRACTION_RATE", (500_000.0, 20_000.0), 0.04),
        ("CHURN_RATE", (500_000.0, 30_000.0), 0.06),
        ("QUICK_RATIO", (300.0, 100.0, 40.0, 60.0), 4.0),
        ("QUICK_RATIO", (300.0, 100.0, 0.0, 0.0), "#DIV/0!"),
        ("NRR_COMPOUND", (((1.02,), (0.99,), (None,), (1.01,)),), 1.019898),
        ("NRR_COMPOUND", (((None,), (None,)),), "#DIV/0!"),
        ("NRR_COMPOUND", (((1.02,), ("n/a",)),), "#VALUE!"),
        ("NRR_COMPOUND", (((1.02,), (-0.1,)),), "#NUM!"),
        ("NRR_ANNUALIZE", (0.99, 1.0), 0.99**12),
        ("NRR_ANNUALIZE", (0.99, 0.0), "#NUM!"),
        ("NRR_ANNUALIZE", (None, 12.0), "#N/A"),
        ("NRR_BAND", (1.1,), "good"),
        ("NRR_BAND", (0.85, "salesforce"), "needs work"),
        ("NRR_BAND", (1.1, "mine"), "#NUM!"),
        ("NRR_BAND", (None,), "#N/A"),
        ("NRR_BAND", ("#DIV/0!",), "#DIV/0!"),
        ("LTV", (100.0, 0.8, 0.02), 4000.0),
        ("LTV", (100.0, 0.8, 0.0), "#DIV/0!"),
        ("NRR_COHORT", (((100.0,), (100.0,)), ((150.0,), (None,))), 0.75),
        ("GRR_COHORT", (((100.0,), (100.0,)), ((150.0,), (None,))), 0.5),
        ("LOGO_RETENTION", (((100.0,), (100.0,)), ((150.0,), (None,))), 0.5),
        ("LOGO_RETENTION", (((0.0,), (0.0,)), ((150.0,), (None,))), "#DIV/0!"),
        ("LOGO_RETENTION", (((-1.0,), (0.0,)), ((150.0,), (None,))), "#NUM!"),
    ],
)
def test_each_function_of_amounts(com_server, function, arguments, expected):
    answer = com_server.call(function, *arguments)
    assert answer == (pytest.approx(expected) if isinstance(expected, float) else expected)


def test_the_server_knows_no_other_function(com_server):
    with pytest.raises(CallFailed, match="AttributeError"):
        com_server.call("elementwise", 1.0)


def test_an_exception_is_an_error_cell_and_a_line_in_the_log(com_server):
    assert com_server.call("NRR", 1.0, 1.0, 1.0, 1.0, 1.0) == "#VALUE!"
    log = com_server.log.read_text(encoding="utf-8")
    assert "NRR: TypeError" in log and "worksheet.py" in log
    assert com_server.log.stat().st_mode & 0o077 == 0, "its user's alone"


def test_a_hundred_thousand_rows_spill_back(com_server):
    rows = tuple((float(start),) for start in range(1, 100_001))
    answer = com_server.call("NRR", rows, rows)
    assert len(answer) == 100_000
    assert set(answer) == {(2.0,)}


def test_functions_are_upper_case_and_never_a_cell_address():
    assert all(name.isupper() and not name[-1].isdigit() for name in FUNCTIONS)
