"""The shared table of cases through the xlwings Lite adapter, in CPython, and in Pyodide what needs no numpy."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from tests.apps.validator import FOLDER
from tests.cases import OMITTED, Case

ROOT = Path(__file__).parents[3]
LITE = ROOT / "tests" / "lite"
MAIN = ROOT / "templates" / "xlwings_lite" / "main.py"


def missing() -> str:
    """Why Pyodide cannot be run here, or "" if it can."""
    there = (FOLDER / "node_modules" / "pyodide" / "pyodide.mjs").exists()
    return "" if there else f"npm's pyodide is not in {FOLDER / 'node_modules'}"


def in_cpython(asked) -> dict[str, object]:
    """What the adapter answers here, over a stand-in for xlwings."""
    before = sys.modules.get("xlwings")
    sys.path.insert(0, str(LITE))
    try:
        stand_in = sys.modules["xlwings"] = importlib.import_module("xlwings_stand_in")
        names: dict = {"__name__": "main"}
        exec(compile(MAIN.read_text("utf-8"), str(MAIN), "exec"), names)
        return {case.name: unpacked(stand_in.call(names[case.function], packed(case))) for case in asked}
    finally:
        sys.path.remove(str(LITE))
        sys.modules.pop("xlwings")
        if before is not None:
            sys.modules["xlwings"] = before


def in_pyodide(asked) -> dict[str, object]:
    """What the adapter answers in Pyodide, where no package is missing there."""
    calls = json.dumps([[case.function, packed(case)] for case in asked])
    command = ["node", str(LITE / "pyodide_run.mjs"), str(FOLDER), str(ROOT)]
    done = subprocess.run(command, input=calls, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    answers = dict(zip((case.name for case in asked), json.loads(done.stdout), strict=True))
    return {name: unpacked(answer) for name, answer in answers.items() if answer != "numpy"}


def packed(case: Case) -> list:
    """The arguments as Excel's JavaScript hands them over: matrices, whole numbers without a point."""
    return [None if cells is OMITTED else matrix(cells) for cells in case.arguments]


def matrix(cells) -> list[list]:
    rows = cells if isinstance(cells, list) else [[cells]]
    return [[plain(cell) for cell in row] for row in rows]


def plain(cell):
    if isinstance(cell, Decimal):
        cell = float(cell)
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return str(cell) if isinstance(cell, str) else cell


def unpacked(rows: list[list]):
    return rows[0][0] if len(rows) == 1 == len(rows[0]) else rows
