"""Random edits of a written workbook: any cell of any sheet typed over, and no tick stays over what they changed.

`python -m tests.apps.random_edits REPORT.xlsx SEED COUNT` prints what it finds; nothing is the aim.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import openpyxl

from tests.apps import cached
from tests.apps.office import Change, Office
from tests.apps.test_live import PASSED

TOLD = ("Summary", "A4")
FIRST_ROW = 6
WORDS = ("x", "Atlantis", "1,200", "2023-01", "–", " ")


def cells_of(path: str | Path) -> dict[str, list[tuple[str, object, bool]]]:
    """Each sheet's cells below its head: address, what it holds, and whether by a formula."""
    formulas = cached.formula_cells(path)
    found: dict[str, list[tuple[str, object, bool]]] = {}
    for sheet in openpyxl.load_workbook(path, data_only=True):
        held = [
            (cell.coordinate, cell.value, (sheet.title, cell.coordinate) in formulas)
            for row in sheet.iter_rows(min_row=FIRST_ROW)
            for cell in row
            if cell.value is not None or (sheet.title, cell.coordinate) in formulas
        ]
        # What a label says is its reader's, as is what is blue outside of Customers: everything follows it.
        blue = {cell.coordinate for row in sheet.iter_rows(min_row=FIRST_ROW) for cell in row if entered(cell)}
        kept = set() if sheet.title == "Customers" else blue
        found[sheet.title] = [
            each for each in held if each[0] not in kept and (each[2] or not isinstance(each[1], str))
        ]
    return {sheet: held for sheet, held in found.items() if held}


def entered(cell) -> bool:
    """Whether a cell is blue, to be typed over."""
    return bool(cell.font.color) and cell.font.color.rgb == "FF0000FF"


def typed(rng: random.Random, value: object) -> float | str | None:
    """What somebody may type over a value, and which is not that value."""
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 7.0
    choices = [number * 1.1 + 0.1, number + 1, -number - 1, number * 1000 + 1, rng.choice(WORDS), "=1/0"]
    # What stands in place of a formula may be a formula; one text in place of another is beyond any sum.
    choices += [f"={number * 1.1 + 0.1!r}", f"={number + 1!r}"]
    choices += ['="Atlantis"'] if not isinstance(value, str) else []
    # An empty cell in place of a 0 looks alike and counts alike.
    choices += [0.0, None] if number else []
    return rng.choice(choices)


def edits(path: str | Path, seed: int, count: int) -> list[list[Change]]:
    """Edits of one to three cells, each sheet as likely as any other, and a further cell likely of the same column."""
    rng, held = random.Random(seed), cells_of(path)
    found = []
    for _ in range(count):
        changes: dict[tuple[str, str], float | str | None] = {}
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            sheet = rng.choice(list(held))
            address, value, _ = rng.choice(held[sheet])
            changes[sheet, address] = typed(rng, value)
        found.append([(*place, value) for place, value in changes.items()])
    return found


def under_a_tick(office: Office, path: str | Path, seed: int, count: int) -> list[list[Change]]:
    """The edits after which the status line has a tick still."""
    tried = edits(path, seed, count)
    seen = office.each_alone(path, tried, TOLD)
    assert seen[-1].startswith(PASSED), seen[-1]
    return [changes for changes, line in zip(tried, seen, strict=False) if line.startswith(PASSED)]


if __name__ == "__main__":
    with Office() as running:
        for changes in under_a_tick(running, sys.argv[1], int(sys.argv[2]), int(sys.argv[3])):
            print(changes)
