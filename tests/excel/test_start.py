"""What a start costs: nothing heavy is loaded before a function needs it, and xlwings' look for it leaves no trace."""

import subprocess
import sys
from pathlib import Path

HEAVY = ("numpy", "pandas", "openpyxl", "xlsxwriter", "matplotlib", "PIL", "cryptography")


def run(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=Path(__file__).parent, check=True
    )
    return done.stdout.strip()


def test_nothing_heavy_is_loaded_for_the_first_answer():
    loaded = run(
        "import com_stub, sys\n"
        "server = com_stub.install()()\n"
        "answer = server.CallUDF('nrr_xl.excel.functions', 'NRR', (100.0, 20.0))\n"
        f"print(answer, [name for name in {HEAVY} if sys.modules.get(name)])"
    )
    assert loaded == "1.2 []"


def test_the_libraries_hidden_from_xlwings_can_be_imported_afterwards():
    shown = run(
        "from nrr_xl.excel.slim import import_xlwings\n"
        "xlwings = import_xlwings()\n"
        "import pandas, numpy, sys\n"
        "print(xlwings.__version__, numpy.array([1.0]).sum(), 'polars' in sys.modules)"
    )
    assert shown == "0.37.8 1.0 False"


def test_a_library_that_was_there_before_stays():
    shown = run(
        "import numpy\n"
        "from nrr_xl.excel.slim import import_xlwings\n"
        "import_xlwings()\n"
        "import sys\n"
        "print(sys.modules['numpy'] is numpy)"
    )
    assert shown == "True"


def test_without_xlwings_the_functions_work_all_the_same():
    shown = run(
        "import sys\nsys.modules['xlwings'] = None\nfrom nrr_xl.excel.functions import NRR\nprint(NRR(100.0, 20.0))"
    )
    assert shown == "((1.2,),)"


def test_the_server_says_what_is_missing():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; sys.modules['xlwings'] = None; from nrr_xl.excel.server import serve; serve()",
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "nrr-xl doctor" in done.stderr


def test_a_long_column_takes_no_more_than_a_few_calls_a_row():
    """Counted, not timed: a function of columns works on them as arrays, and only what goes over to Excel is walked."""
    found = run(
        "import com_stub, sys\n"
        "server, counts = com_stub.install()(), []\n"
        "for rows in (10, 1000, 4000):\n"
        "    column, calls = tuple((float(row + 1),) for row in range(rows)), []\n"
        "    sys.setprofile(lambda frame, event, what: calls.append(1) if event in ('call', 'c_call') else None)\n"
        "    server.CallUDF('nrr_xl.excel.functions', 'NRR', (column, column, column))\n"
        "    sys.setprofile(None)\n"
        "    counts.append(len(calls))\n"
        "print(*counts[1:])"
    )
    few, many = map(int, found.split())
    assert 3000 <= many - few <= 3 * 3000
