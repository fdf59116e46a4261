"""What was written on a sheet, counted on the way, and the formulas that say whether it still stands there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from nrr_xl.workbook import formulas as fx

# The rows of a sheet's title and subtitle, whose formulas are counted apart.
HEADS = (1, 2)
# How roles of cells begin that are there to be typed over.
INPUTS = ("input", "entry", "setting")
# What adding up leaves: of a sum of numbers, of squares, and of inputs.
NOISE, SQUARES_NOISE, INPUT_NOISE = 1e-12, 1e-11, 1e-9


class Held:
    """The numbers, formulas and inputs of a sheet from the row `below` its head on.

    >>> held = Held()
    >>> held.add(5, 1, 2.0, formulas=1)
    >>> held.add(6, 1, 3.0, role="input")
    >>> held.formulas, held.total, held.last, held.inputs
    (1, 5.0, (6, 1), {(1, 6): 3.0})
    """

    def __init__(self) -> None:
        self.below = 0
        self.heads = self.formulas = self.numbers = 0
        self.total = self.squares = 0.0
        self.last = (0, 0)
        # By column and row: what is there to be typed over; and of a template each other number without a formula.
        self.inputs: dict[tuple[int, int], float | str] = {}
        self.constants: dict[tuple[int, int], float] | None = None

    def add(self, row: int, col: int, value: Any, *, formulas: int = 0, role: str = "") -> None:
        """Note what stands in a cell; a text or nothing counts as an input or by its formula only."""
        if row < self.below:
            self.heads += formulas if row in HEADS and not col else 0
            return
        number = value is not None and not isinstance(value, str)
        entered = role.startswith(INPUTS)
        if entered:
            self.inputs[col, row] = value if number else value or ""
        if not number and not formulas:
            return
        if self.constants is not None and not formulas and not entered:
            self.constants[col, row] = float(value)
        self.formulas += formulas
        if number:
            self.numbers += 1
            self.total += value
            self.squares += value * value
        self.last = max(self.last[0], row), max(self.last[1], col)

    def entered(self, sheet: str) -> list[str]:
        """Conditions that hold while every input is what was written."""
        parts = self.numbers_entered(sheet)
        blanks = runs(place for place, value in self.inputs.items() if value == "")
        if blanks:
            areas = "+".join(f"COUNTA({fx.block(first, col, last, col, sheet)})" for col, first, last in blanks)
            parts.append(f"{areas}=0")
        for (col, row), text in self.inputs.items():
            if isinstance(text, str) and text:
                parts.append(f"EXACT({fx.cell(row, col, 'row col', sheet)},{fx.quoted_long(text)})")
        return parts

    def numbers_entered(self, sheet: str) -> list[str]:
        """As `entered`, of the numbers alone: what is left blank for notes may be filled in."""
        numbers = {place: value for place, value in self.inputs.items() if not isinstance(value, str)}
        parts = []
        for col, first, last in runs(numbers):
            area = fx.block(first, col, last, col, sheet)
            # By their rows, so that two that change places are seen.
            was = math.fsum((row + 1) * numbers[col, row] for row in range(first, last + 1))
            found = f"SUMPRODUCT(ROW({area})*{area})"
            parts.append(f"ABS({found}-{was!r})<={max(INPUT_NOISE, INPUT_NOISE * abs(was))!r}")
        return parts

    def changed(self, area: str, gaps: bool) -> str:
        """What is 0 while a sheet's numbers are those that were written, and none of its cells is in error.

        Squares see what a sum does not, as where another cell makes up for it; they see no chart's gaps (#N/A).
        """
        found = f'ABS(ROUND(SUMIF({area},"<1E+300")-{self.total!r},6))+ABS(COUNT({area})-{self.numbers})'
        found += f"+SUMPRODUCT(--ISERR({area}))"
        if not gaps:
            allowed = max(1e-6, SQUARES_NOISE * self.squares)
            found += f"+IF(ABS(SUMSQ({area})-{self.squares!r})<={allowed!r},0,1)"
        return found

    @property
    def noise(self) -> float:
        """What is below a millionth, or a part of the sum, is the noise of adding up."""
        return float(f"{max(1e-6, NOISE * abs(self.total)):.0e}")


def runs(cells: Iterable[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Cells by column and row as runs of those below each other: column, first row, last row.

    >>> runs([(0, 5), (0, 6), (1, 5)])
    [(0, 5, 6), (1, 5, 5)]
    """
    found: list[tuple[int, int, int]] = []
    for col, row in sorted(cells):
        if found and found[-1][0] == col and found[-1][2] == row - 1:
            found[-1] = (col, found[-1][1], row)
        else:
            found.append((col, row, row))
    return found


def summed(cells: Mapping[tuple[int, int], float], sheet: str) -> str:
    """The sum of cells, given by column and row, those below each other as one range."""
    return "+".join(f"SUM({fx.block(first, col, last, col, sheet)})" for col, first, last in runs(cells))
