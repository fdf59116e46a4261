"""The shared table of cases through xlwings' own COM layer, as Excel's Value2 hands cells over."""

from __future__ import annotations

import sys
from pathlib import Path

from nrr_xl.functions.values import ERROR_NUMBERS
from tests.cases import OMITTED, Error

sys.path.insert(0, str(Path(__file__).parents[2] / "excel"))


def answers(folder: Path, asked) -> dict[str, object]:
    """What the server answers to each case."""
    from com_stub import ComServer

    server = ComServer(folder)
    try:
        return {case.name: unpacked(server.call(case.function, *map(packed, case.arguments))) for case in asked}
    finally:
        server.close()


def packed(cells):
    """An argument as COM has it: an error by its number, nothing for what is left out."""
    if isinstance(cells, list):
        return tuple(tuple(map(packed, row)) for row in cells)
    if isinstance(cells, Error):
        return 0x800A0000 - (1 << 32) + ERROR_NUMBERS[cells]
    return None if cells is OMITTED else cells


def unpacked(answer):
    """An answer as the table has it: xlwings gives a row of cells unnested."""
    if not isinstance(answer, list | tuple):
        return answer
    return [list(row) for row in answer] if isinstance(answer[0], list | tuple) else [list(answer)]
