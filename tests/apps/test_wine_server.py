"""The function server under Wine: the real pywin32, xlwings' real DLL, and the very command of the VBA host module."""

import math

import pytest

from nrr_xl.excel import server
from tests.apps import wine
from tests.apps.conftest import require

FUNCTIONS = server.FUNCTIONS_MODULE


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


@pytest.mark.parametrize(
    "function, arguments, expected",
    [
        ("NRR", [500_000.0, 100_000.0, 20_000.0, 30_000.0], 1.1),
        ("NRR", [100.0, 20.0], 1.2),
        ("NRR", [100, 20], 1.2),
        ("NRR", [0.0], "#DIV/0!"),
        ("NRR", [100.0, -1.0], "#NUM!"),
        ("NRR", ["text"], "#VALUE!"),
        ("NRR", [True], "#VALUE!"),
        ("NRR", [[[100.0], [None], ["x"]], 10.0], [[1.1], ["#DIV/0!"], ["#VALUE!"]]),
        ("GRR", [[[100.0, 200.0]], 10.0], [0.9, 0.95]),
        ("NRR_BAND", [[[1.3], [0.7]], "salesforce"], [["solid"], ["trouble"]]),
        ("NRR_COHORT", [[[100.0], [100.0]], [[150.0], [None]]], 0.75),
        ("NRR_COMPOUND", [[[1.02], [None], [1.01]]], 1.0302),
        ("LTV", [100.0, 0.8, 0.02], 4000.0),
    ],
)
def test_functions_answer_through_com(client, function, arguments, expected):
    answer = client.ask("call", function=function, arguments=arguments)
    assert answer == (pytest.approx(expected) if isinstance(expected, float) else expected)


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
        f"answer = server_class()().CallUDF('{FUNCTIONS}', 'NRR', (100.0, 20.0))\n"
        "heavy = [name for name in ('numpy', 'pandas', 'openpyxl', 'xlsxwriter') if name in sys.modules]\n"
        "print(answer, heavy, time.perf_counter() - began)",
    )
    answer, heavy, seconds = loaded.replace("[]", "none").split()
    assert math.isclose(float(answer), 1.2)
    assert heavy == "none"
    print(f"Server modules to first answer under Wine: {float(seconds):.2f} s")
