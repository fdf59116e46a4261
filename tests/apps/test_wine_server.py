"""The function server under Wine: the real pywin32, xlwings' real DLL, and the very command of the VBA host module."""

import math

import pytest

from nrr_xl.excel import functions, server
from nrr_xl.excel.values import ERROR_NUMBERS
from nrr_xl.excel.worksheet import FUNCTIONS
from tests.apps import wine
from tests.apps.conftest import require

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
    "NRR_BAND": [[[1.3], [0.7]], "salesforce"],
    "LTV": [100.0, 0.8, 0.02],
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
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    require(wine.missing())
    # A space and an accent, as user names have them.
    return wine.WindowsHome(tmp_path_factory.mktemp("José Müller"))


@pytest.fixture(scope="module")
def client(home):
    with wine.Client(home) as running:
        assert running.ask("connect") == "started"
        yield running


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_answers_through_com_as_it_does_here(client, name):
    here = getattr(functions, name)(*(as_cells(argument) for argument in CALLS[name]))
    rows = [list(row) for row in here]
    squeezed = rows[0] if len(rows) == 1 else rows
    expected = squeezed[0] if len(squeezed) == 1 == len(rows) else squeezed
    assert client.ask("call", function=name, arguments=CALLS[name]) == expected


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
def test_every_kind_of_cell_survives_com(client, arguments, expected):
    assert client.ask("call", function="NRR", arguments=arguments) == expected


@pytest.mark.parametrize("shown", ["#DIV/0!", "#N/A", "#REF!", "#SPILL!"])
def test_a_true_error_value_arrives_as_its_error(client, shown):
    assert client.ask("call_with_error", code=ERROR_NUMBERS[shown] - 2146828288) == shown


def test_the_server_serves_its_own_functions_only(client):
    answer = client.ask("call", function="system", arguments=["x"], module="os")
    assert answer.startswith("com_error")
    assert "not the module of worksheet functions" in answer


def test_a_hundred_thousand_rows_of_three_columns_go_in_and_spill_back(client):
    seconds, rows, first, last = client.ask("fill", function="NRR", rows=100_000)
    assert (rows, first, last) == (100_000, 1.0, 1.0)
    assert seconds < 20
    print(f"NRR over 100,000 x 3 cells through COM under Wine: {seconds:.2f} s")


def test_a_second_excel_shares_the_server(client, home):
    with wine.Client(home) as second:
        assert second.ask("connect") == "found"
        assert second.ask("call", function="NRR", arguments=[100.0, 20.0]) == pytest.approx(1.2)
    assert client.ask("call", function="NRR", arguments=[100.0]) == 1.0


def test_a_server_that_was_ended_comes_back(client):
    assert client.ask("end_servers") == 1
    assert client.ask("call", function="NRR", arguments=[100.0]).startswith("com_error")
    assert client.ask("connect") == "started"
    assert client.ask("call", function="NRR", arguments=[100.0, 20.0]) == pytest.approx(1.2)


def test_a_start_that_fails_says_so_at_once(client):
    with pytest.raises(RuntimeError, match="Could not create Python process"):
        client.ask("start", command=server.COMMAND.replace("python.exe", "missing.exe"))
    with pytest.raises(RuntimeError, match="Python process exited"):
        client.ask("start", command=server.COMMAND.replace("nrr_xl.excel.server", "nrr_xl.no_such_module"))
    # Wine still knows the shared class of the server that was ended above, so this one is started, not found.
    assert client.ask("connect") in ("found", "started")
    assert client.ask("call", function="NRR", arguments=[100.0]) == 1.0


def test_nothing_heavy_is_loaded_for_the_first_answer(home):
    loaded = home.run(
        "-c",
        "import sys, time; began = time.perf_counter()\n"
        "from nrr_xl.excel.server import server_class\n"
        f"answer = server_class()().CallUDF('{server.FUNCTIONS_MODULE}', 'NRR', (100.0, 20.0))\n"
        "heavy = [name for name in ('numpy', 'pandas', 'openpyxl', 'xlsxwriter') if name in sys.modules]\n"
        "print(answer, heavy, time.perf_counter() - began)",
    )
    answer, heavy, seconds = loaded.replace("[]", "none").split()
    assert math.isclose(float(answer), 1.2)
    assert heavy == "none"
    print(f"Server modules to first answer under Wine: {float(seconds):.2f} s")
