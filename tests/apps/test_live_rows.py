"""Rows and columns of Customers inserted, copied, deleted, sorted, pasted: Python's figures follow, or no tick."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import nrr_xl
from nrr_xl.revenue.cube.rows import Account
from nrr_xl.workbook.report import write_report
from nrr_xl.workbook.sheets.customers import FIRST_ROW
from tests.apps import cached
from tests.apps.cell import letters
from tests.apps.test_live import AMBER, BEFORE_AMOUNTS, PASSED, RED, amount, figures, status
from tests.workbook import cubes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
CUSTOMERS, PERIODS = 16, 16
LAST_COLUMN = letters(BEFORE_AMOUNTS + PERIODS)


@pytest.fixture(scope="module")
def cube():
    return cubes.ordinary(CUSTOMERS, PERIODS)


@pytest.fixture(scope="module")
def path(cube, tmp_path_factory):
    return write_report(nrr_xl.analyse(cube), tmp_path_factory.mktemp("rows") / "report.xlsx", pack="diligence")


def area(first: int, last: int, start: str = "A", end: str = LAST_COLUMN) -> str:
    """The cells of some customers."""
    return f"{start}{FIRST_ROW + first + 1}:{end}{FIRST_ROW + last + 1}"


def of_rows(cube, rows, amounts=None, names=None):
    """The cube of some rows, as their order on the sheet has them."""
    segments = {key: replace(found, codes=found.codes[rows]) for key, found in cube.segments.items()}
    amounts = cube.amounts[rows] if amounts is None else amounts
    names = tuple(cube.customers[row] for row in rows) if names is None else names
    return replace(cube, customers=names, amounts=amounts, segments=segments, account=Account())


def truth(after, path, cube, tmp_path) -> list[str]:
    """Where the changed workbook differs from a report written for the changed rows, its Customers' rows apart."""
    wanted = write_report(nrr_xl.analyse(cube), tmp_path / "wanted.xlsx", pack="diligence")
    shown, expected = figures(after.cells, path), figures(cached.formula_cells(wanted), wanted)
    return [
        f"{at}: {cell} {shown.get(at)}"
        for at, cell in expected.items()
        if at[0] != "Customers" and (at not in shown or not cached.same(cell, shown[at], 1e-9))
    ]


@pytest.mark.parametrize("row", [0, 7, CUSTOMERS - 1])
def test_a_deleted_row_leaves_pythons_figures_under_amber(row, cube, path, office, tmp_path):
    after = office.recalculate(path, rows=[("delete", "Customers", area(row, row))], formulas_only=True)
    rest = np.delete(np.arange(CUSTOMERS), row)
    assert status(after)[0] in (AMBER, RED)
    assert status(after)[0] == RED or truth(after, path, of_rows(cube, rest), tmp_path) == []


def test_a_row_inserted_without_its_formulas_is_red(path, office):
    after = office.recalculate(path, rows=[("insert", "Customers", area(5, 5))], formulas_only=True)
    assert status(after)[0] == RED


@pytest.mark.parametrize("row", [3, CUSTOMERS - 2])
def test_a_copied_row_with_a_new_name_and_amounts_is_counted(row, cube, path, office, tmp_path):
    copied = [("insert", "Customers", area(row + 1, row + 1))]
    copied += [("copy", "Customers", area(row, row), f"A{FIRST_ROW + row + 2}")]
    twice = office.recalculate(path, rows=copied, formulas_only=True)
    assert status(twice)[0] == RED
    changes = [("Customers", f"A{FIRST_ROW + row + 2}", "Another"), ("Customers", amount(row + 1, 15), 4321.0)]
    after = office.recalculate(path, changes, rows=copied, formulas_only=True)
    order = np.insert(np.arange(CUSTOMERS), row + 1, row)
    amounts = cube.amounts[order].copy()
    amounts[row + 1, 15] = 4321.0
    names = [cube.customers[at] for at in order]
    names[row + 1] = "Another"
    assert status(after)[0] == AMBER
    assert truth(after, path, of_rows(cube, order, amounts, tuple(names)), tmp_path) == []


@pytest.mark.parametrize("column", [0, 1, BEFORE_AMOUNTS + 11])
def test_sorted_rows_keep_every_figure_without_a_tick(column, cube, path, office, tmp_path):
    by = ("sort", "Customers", area(0, CUSTOMERS - 1), column, False)
    after = office.recalculate(path, rows=[by], formulas_only=True)
    assert status(after)[0] in (AMBER, RED)
    names = [cell.value for at, cell in sorted(after.cells.items()) if at[0] == "Movers" and at[1].startswith("A")]
    assert any(name in cube.customers for name in names)


def test_amounts_sorted_apart_from_their_names_have_no_tick(path, office):
    start = letters(BEFORE_AMOUNTS + 1)
    by = ("sort", "Customers", area(0, CUSTOMERS - 1, start), 3, True)
    assert status(office.recalculate(path, rows=[by], formulas_only=True))[0] in (AMBER, RED)


@pytest.mark.parametrize(
    "rows",
    [
        [
            (
                "copy",
                "Customers",
                area(0, CUSTOMERS - 1, LAST_COLUMN),
                f"{letters(BEFORE_AMOUNTS + PERIODS + 1)}{FIRST_ROW + 1}",
            )
        ],
        [("copy", "Customers", area(2, 2), f"A{FIRST_ROW + CUSTOMERS + 1}")],
        [("insert column", "Customers", area(0, 0, letters(BEFORE_AMOUNTS + 4), letters(BEFORE_AMOUNTS + 4)))],
        [("delete column", "Customers", area(0, 0, letters(BEFORE_AMOUNTS + 4), letters(BEFORE_AMOUNTS + 4)))],
        [("delete column", "Customers", area(0, 0, LAST_COLUMN))],
        [("delete column", "Customers", area(0, 0, "E", "E"))],
        [("insert", "Trend", "A30:B31")],
        [("delete", "Trend", "A30:B31")],
        [("delete", "Segments", "A8:B8")],
        [("delete", "Checks", "A16:B18")],
    ],
    ids=lambda rows: " ".join(map(str, rows[0])),
)
def test_what_breaks_the_block_is_red(rows, path, office):
    after = office.recalculate(path, rows=rows, formulas_only=True)
    assert status(after)[0] != PASSED
