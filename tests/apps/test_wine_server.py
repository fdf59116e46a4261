"""The function server under Wine: the real pywin32, xlwings' real DLL, and the very command of the VBA host module."""

import math

import pytest

from nrr_xl.excel import functions, server
from nrr_xl.functions.values import ERROR_NUMBERS
from nrr_xl.functions.worksheet import FUNCTIONS
from tests.apps import wine

JANUARY, NEXT_JANUARY = 45292.0, 45658.0
ROWS = [
    [["a"], ["b"], ["d"], ["a"], ["a"], ["c"], ["d"]],
    [[JANUARY], [JANUARY], [JANUARY], [45323.0], [NEXT_JANUARY], [NEXT_JANUARY], [NEXT_JANUARY]],
    [[100.0], [100.0], [50.0], [100.0], [150.0], [70.0], [20.0]],
]
# One call of every function.
CALLS = {
    "NRR": [[[500_000.0], [0.0]], 100_000.0, 20_000.0, 30_000.0],
    "GRR": [100.0, 10.0, 10.0],
    "EXPANSION_RATE": [100.0, 10.0],
    "CONTRACTION_RATE": [100.0, 10.0],
    "CHURN_RATE": [100.0, None],
    "QUICK_RATIO": [300.0, 100.0, 40.0, 60.0],
    "NRR_COMPOUND": [[[1.02], [None], [1.01]]],
    "NRR_ANNUALIZE": [0.99, 1.0],
    "ANNUAL_CHURN": [0.02],
    "NRR_BAND": [[[1.3], [0.7]], "salesforce"],
    "NRR_ADVICE": [[[1.3], [0.7]], "kpi_depot"],
    "LTV": [100.0, 0.8, 0.02],
    "CAC": [60_000.0, 12.0],
    "CAC_PAYBACK": [5000.0, 500.0, 0.8],
    "LTV_TO_CAC": [15_000.0, 5000.0],
    "MAGIC_NUMBER": [4_000_000.0, 4_600_000.0, 500_000.0],
    "BURN_MULTIPLE": [900_000.0, 4_000_000.0, 4_600_000.0],
    "RENEWAL_RATE": [200_000.0, 250_000.0],
    "NRR_COHORT": [[[100.0], [100.0]], [[150.0], [None]]],
    "GRR_COHORT": [[[100.0], [100.0]], [[150.0], [None]]],
    "LOGO_RETENTION": [[[100.0], [100.0]], [[150.0], [None]]],
    "MOVEMENT": [[[0.0], [5.0]], [[1.0], [0.0]], True],
    "NRR_ASOF": [*ROWS, [[NEXT_JANUARY], ["2024-01"]]],
    "GRR_ASOF": [*ROWS, "Jan 2025", 12.0],
    "NRR_TREND": ROWS,
    "NRR_METHODS": [*ROWS, NEXT_JANUARY],
    "ARR_BRIDGE": [*ROWS, "quarter"],
    "COHORT_TABLE": [*ROWS, "logos"],
    "NRR_SEGMENT": [*ROWS, [["E"], ["E"], ["W"], ["E"], ["E"], ["W"], ["W"]], NEXT_JANUARY],
    "TOP_MOVERS": [*ROWS, NEXT_JANUARY, 3.0],
    "NRR_EX_TOP": [*ROWS, NEXT_JANUARY, 1.0],
    "REVENUE_CHECK": ROWS,
    "NRR_ROWS": ROWS,
}


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_answers_through_com_as_it_does_here(windows_client, name):
    here = getattr(functions, name)(*(as_cells(argument) for argument in CALLS[name]))
    rows = [list(row) for row in here]
    squeezed = rows[0] if len(rows) == 1 else rows
    expected = squeezed[0] if len(squeezed) == 1 == len(rows) else squeezed
    assert windows_client.ask("call", function=name, arguments=CALLS[name]) == expected


def as_cells(argument):
    """A range of the calls above as COM hands it over."""
    return tuple(map(tuple, argument)) if isinstance(argument, list) else argument


@pytest.mark.parametrize(
    "arguments, expected",
    [
        ([100, 20], 1.2),
        ([0.0], "#DIV/0!"),
        ([100.0, -1.0], "#NUM!"),
        (["text"], "#VALUE!"),
        ([True], "#VALUE!"),
        ([[[100.0], [None], ["x"]], 10.0], [[1.1], ["#DIV/0!"], ["#VALUE!"]]),
        ([[[100.0, 200.0]], 10.0], [1.1, 1.05]),
        ([[[100.0, 200.0], [0.0, 50.0]], 10.0], [[1.1, 1.05], ["#DIV/0!", 1.2]]),
    ],
)
def test_every_kind_of_cell_survives_com(windows_client, arguments, expected):
    assert windows_client.ask("call", function="NRR", arguments=arguments) == expected


@pytest.mark.parametrize("shown", ["#DIV/0!", "#N/A", "#REF!", "#SPILL!"])
def test_a_true_error_value_arrives_as_its_error(windows_client, shown):
    assert windows_client.ask("call_with_error", code=ERROR_NUMBERS[shown] - 2146828288) == shown


def test_the_server_serves_its_own_functions_only(windows_client):
    answer = windows_client.ask("call", function="system", arguments=["x"], module="os")
    assert answer.startswith("com_error")
    assert "not the module of worksheet functions" in answer


def test_a_hundred_thousand_rows_of_three_columns_go_in_and_spill_back(windows_client):
    # In one call, as one array; tests/excel/test_start.py counts what the call does for each cell.
    assert windows_client.ask("fill", function="NRR", rows=100_000) == [100_000, 1.0, 1.0]


def test_a_second_excel_shares_the_server(windows_client, windows_home):
    with wine.Client(windows_home) as second:
        assert second.ask("connect") == "found"
        assert second.ask("call", function="NRR", arguments=[100.0, 20.0]) == pytest.approx(1.2)
    assert windows_client.ask("call", function="NRR", arguments=[100.0]) == 1.0


def test_a_server_that_was_ended_comes_back(windows_client):
    assert windows_client.ask("end_servers") == 1
    assert windows_client.ask("call", function="NRR", arguments=[100.0]).startswith("com_error")
    assert windows_client.ask("connect") == "started"
    assert windows_client.ask("call", function="NRR", arguments=[100.0, 20.0]) == pytest.approx(1.2)


def test_a_start_that_fails_says_so_at_once(windows_client):
    with pytest.raises(RuntimeError, match="Could not create Python process"):
        windows_client.ask("start", command=server.COMMAND.replace("python.exe", "missing.exe"))
    with pytest.raises(RuntimeError, match="Python process exited"):
        windows_client.ask("start", command=server.COMMAND.replace("nrr_xl.excel.server", "nrr_xl.no_such_module"))
    # Wine still knows the shared class of the server that was ended above, so this one is started, not found.
    assert windows_client.ask("connect") in ("found", "started")
    assert windows_client.ask("call", function="NRR", arguments=[100.0]) == 1.0


def test_the_import_of_xlwings_leaves_pywin32_as_it_was(windows_home):
    shown = windows_home.run(
        "-c",
        "from nrr_xl.excel.slim import import_xlwings\n"
        "import_xlwings()\n"
        "from win32com.client import gencache\n"
        "import numpy\n"
        "print(gencache.EnsureModule.__module__, numpy.__name__)",
    )
    assert shown.split() == ["win32com.client.gencache", "numpy"]


def test_nothing_heavy_is_loaded_for_the_first_answer(windows_home):
    loaded = windows_home.run(
        "-c",
        "import sys\n"
        "from nrr_xl.excel.server import server_class\n"
        f"answer = server_class()().CallUDF('{server.FUNCTIONS_MODULE}', 'NRR', (100.0, 20.0))\n"
        "heavy = [name for name in ('numpy', 'pandas', 'openpyxl', 'xlsxwriter') if name in sys.modules]\n"
        "print(answer, heavy)",
    )
    answer, heavy = loaded.replace("[]", "none").split()
    assert math.isclose(float(answer), 1.2)
    assert heavy == "none"
