"""Reads a made sheet as a user would, follows what a refusal advises, and says what came of it."""

from __future__ import annotations

import csv
import datetime as dt
import re
import shlex
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import xlsxwriter

from nrr_xl.cli import _arguments, build_parser
from nrr_xl.commands import reading_options
from nrr_xl.errors import InputError
from nrr_xl.revenue.read import read

from .book import Rows, Sheet, Truth

TODAY = dt.date(2026, 11, 28)
OUTCOMES = ("exact", "mended", "told", "stuck", "wrong", "crash")


def write(made: Sheet, folder: Path) -> Path:
    """The sheet as a file."""
    if made.form == "csv":
        path = folder / "input.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            for rows in made.sheets.values():
                csv.writer(file, delimiter=made.options.get("_delimiter", ",")).writerows(
                    [["" if cell is None else cell for cell in row] for row in rows]
                )
        return path
    path = folder / "input.xlsx"
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "strings_to_formulas": False}) as work:
        dated = work.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in made.sheets.items():
            _cells(work.add_worksheet(name), rows, dated)
    return path


def _cells(page: Any, rows: Rows, dated: Any) -> None:
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if isinstance(cell, dt.date):
                page.write_datetime(r, c, dt.datetime(cell.year, cell.month, cell.day), dated)
            elif isinstance(cell, str):
                page.write_string(r, c, cell)
            elif cell is not None:
                page.write(r, c, cell)


def found_amounts(cube: Any) -> Truth:
    """The amounts above 0 of a cube by customer and period."""
    keys = cube.periods.keys
    return {
        (name, keys[at]): float(amount)
        for name, row in zip(cube.customers, cube.amounts, strict=True)
        for at, amount in enumerate(row.tolist())
        if amount
    }


def equal(found: Truth, truth: Truth, hair: float = 0.011) -> bool:
    return found.keys() == truth.keys() and all(abs(found[key] - truth[key]) < hair for key in truth)


def advised(text: str) -> list[list[str]]:
    """The command-line options that a message names, with what stands behind them, in the order of naming."""
    found = []
    for line in re.findall(r"--[a-z][^\n]*", text):
        for piece in re.split(r"(?=(?<![\w-])--[a-z])", line):
            match = re.match(
                r"(--[a-z-]+)((?: +(?:\"[^\"]*\"(?:=\"[^\"]*\")?|[^\s,;()\"]+=\"[^\"]*\"|\"[^\"]*\"=\S+|[^\s;()]+))?)",
                piece,
            )
            if match:
                value = shlex.split(match[2]) if match[2].count('"') % 2 == 0 else []
                found.append([match[1], *(word.rstrip(".,") or word for word in value[:1])])
    return found


def options_of(words: list[str]) -> dict[str, Any] | None:
    """Options as the command line would pass them on; None where it would refuse them."""
    try:
        return reading_options(_arguments(*build_parser(), ["analyse", "x", *words]))
    except (InputError, SystemExit):
        return None


def outcome(made: Sheet) -> tuple[str, str]:
    """What came of reading a sheet, one of OUTCOMES, with the reason."""
    with tempfile.TemporaryDirectory() as folder:
        path = write(made, Path(folder))
        given = {name: value for name, value in made.options.items() if not name.startswith("_")}
        try:
            cube = read(path, **{"today": TODAY, **given})
        except InputError as refused:
            return _mended(made, path, given, str(refused))
        except Exception as fault:
            return "crash", f"{type(fault).__name__}: {fault}"
        if equal(found_amounts(cube), made.truth):
            return "exact", ""
        warned = {problem.code for problem in cube.problems if problem.severity == "warning"}
        if warned & set(made.told):
            return "told", ", ".join(sorted(warned & set(made.told)))
        return "wrong", _difference(found_amounts(cube), made.truth) + f" warned: {sorted(warned)}"


def _mended(made: Sheet, path: Path, given: dict[str, Any], message: str) -> tuple[str, str]:
    """Follow the refusal's advice: each option it names, then those found good together, up to three times."""
    words: list[str] = []
    told = message
    for _ in range(4):
        choices = [
            choice for choice in advised(message) if choice[0] not in words or choice[0] in ("--only", "--exclude")
        ]
        again = None
        for choice in choices:
            options = options_of([*words, *choice])
            if options is None:
                continue
            try:
                cube = read(path, **{"today": TODAY, **given, **options})
            except InputError as refused:
                if str(refused) != message and again is None:
                    again = [*words, *choice], str(refused)
                continue
            except Exception as fault:
                return "crash", f"{choice}: {type(fault).__name__}: {fault}"
            if equal(found_amounts(cube), made.truth):
                return "mended", " ".join([*words, *choice])
        if again is None:
            break
        words, message = again
    return "stuck", told.replace("\n", " ")[:600]


def _difference(found: Truth, truth: Truth) -> str:
    missing, extra = sorted(truth.keys() - found.keys()), sorted(found.keys() - truth.keys())
    other = [key for key in truth.keys() & found.keys() if abs(truth[key] - found[key]) >= 0.011]
    shown = "; ".join(f"{key}: {truth[key]} read {found[key]:.2f}" for key in sorted(other)[:2])
    return f"{len(missing)} missing {missing[:2]}, {len(extra)} extra {extra[:2]}, {len(other)} differ {shown}"


def main(pattern: str = "") -> None:
    """Print the scoreboard of all sheets whose name holds a pattern, and each one that is not exact."""
    from .recipes import every_sheet

    counts: Counter[str] = Counter()
    for made in every_sheet():
        if pattern in made.name:
            came, why = outcome(made)
            counts[came] += 1
            good = came == "exact" or (made.expect == "mend" and came == "mended") or came == made.expect
            if not good:
                print(f"{came:<7}{made.name:<44}{why}")
    print(dict(counts), sum(counts.values()))


if __name__ == "__main__":
    main(*sys.argv[1:])
