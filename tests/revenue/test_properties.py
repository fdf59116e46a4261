"""A clean table scattered over layouts, locales, places and dirt reads back as the same cube, to the last cell."""

from __future__ import annotations

import csv
import datetime as dt
import io
from datetime import date

import numpy as np
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from nrr_xl.periods import MONTH_NAMES
from nrr_xl.revenue.read import read

NAMES = ("Acme", "Beta GmbH", "Ciel & Co", "Délta", "Echo 7", "=Foxtrot", "Golf\tClub", "Hôtel 🚀", "India <x>")
FIRST = 2023 * 12 + 6


@st.composite
def tables(draw):
    """Names, months and whole-cent amounts (customers, periods): every customer and month has one above 0."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=6, unique=True))
    count = draw(st.integers(2, 5))
    row = st.lists(st.integers(1, 10_000_000), min_size=count, max_size=count)
    amounts = np.array(draw(st.lists(row, min_size=len(names), max_size=len(names))))
    return names, count, amounts / 100


def month(position: int) -> dt.date:
    return dt.date((FIRST + position) // 12, (FIRST + position) % 12 + 1, 1)


HEADERS = {
    "real": lambda day: day,
    "iso": lambda day: day.isoformat(),
    "short": lambda day: f"{MONTH_NAMES[day.month - 1]}-{day.year % 100:02d}",
    "year-month": lambda day: f"{day.year}-{day.month:02d}",
    "slashed": lambda day: f"{day.month:02d}/{day.year}",
}


def thousands(value: float, group: str, decimal: str) -> str:
    return f"{value:,.2f}".translate(str.maketrans({",": group, ".": decimal}))


AMOUNTS = {
    "number": lambda value: value,
    "plain text": lambda value: f"{value:.2f}",
    "dollars": lambda value: f"${thousands(value, ',', '.')}",
    "continental": lambda value: thousands(value, ".", ","),
    "spaced": lambda value: f"{thousands(value, ' ', ',')} EUR",
}


def long_grid(table, header, amount, extra):
    names, count, amounts = table
    rows = [["Customer", "Region", "Month", "MRR"]]
    for position in range(count):
        for row, name in enumerate(names):
            rows.append([name, "EMEA", header(month(position)), amount(amounts[row, position])])
    return rows


def wide_grid(table, header, amount, extra):
    names, count, amounts = table
    rows = [["Client name", "Region", *(header(month(position)) for position in range(count))]]
    for row, name in enumerate(names):
        rows.append([name, "EMEA", *(amount(amounts[row, position]) for position in range(count))])
    if extra:
        rows.append(["Total", None, *(amount(float(total)) for total in np.round(amounts.sum(axis=0), 2))])
    return rows


def written(rows, path, top, left, suffix):
    """The rows as a file, pushed down and to the right, with a title above and a note below."""
    width = left + max(len(row) for row in rows)
    grid = [[None] * left + row + [None] * (width - left - len(row)) for row in rows]
    if top:
        title = [[None] * width for _ in range(top)]
        title[0][left] = "Revenue by customer"
        grid = [*title, *grid, [None] * width, [None] * left + ["Source: billing"] + [None] * (width - left - 1)]
    path = path / f"table{suffix}"
    if suffix == ".csv":
        out = io.StringIO()
        csv.writer(out, delimiter=";").writerows(grid)
        path.write_bytes(out.getvalue().encode("utf-8-sig"))
        return path
    book = xlsxwriter.Workbook(str(path))
    sheet, day_format = book.add_worksheet("Data"), book.add_format({"num_format": "d mmm yyyy"})
    for row, cells in enumerate(grid):
        for column, cell in enumerate(cells):
            if isinstance(cell, dt.date):
                sheet.write_datetime(row, column, dt.datetime(cell.year, cell.month, cell.day), day_format)
            elif isinstance(cell, str):
                sheet.write_string(row, column, cell)
            elif cell is not None:
                sheet.write_number(row, column, cell)
    book.close()
    return path


@settings(max_examples=40, deadline=None)
@given(
    table=tables(),
    grid=st.sampled_from([long_grid, wide_grid]),
    header=st.sampled_from(sorted(HEADERS)),
    amount=st.sampled_from(sorted(AMOUNTS)),
    extra=st.booleans(),
    top=st.integers(0, 6),
    left=st.integers(0, 3),
    suffix=st.sampled_from([".xlsx", ".csv"]),
)
def test_a_scattered_table_reads_back(tmp_path_factory, table, grid, header, amount, extra, top, left, suffix):
    names, count, amounts = table
    rows = grid(table, HEADERS[header], AMOUNTS[amount], extra)
    path = written(rows, tmp_path_factory.mktemp("scattered"), top, left, suffix)
    cube = read(path, today=date(2030, 1, 1))
    spelt = [" ".join(name.split()) for name in names]
    order = sorted(range(len(spelt)), key=lambda row: (spelt[row].casefold(), spelt[row]))
    assert cube.customers == tuple(spelt[row] for row in order)
    assert cube.periods.keys == tuple(f"{month(p).year}-{month(p).month:02d}" for p in range(count))
    assert cube.amounts == pytest.approx(amounts[order], abs=1e-9)
    account = cube.account
    assert account.difference == pytest.approx(0, abs=0.005)
    assert account.used_cells == amounts.size
    assert account.left_out_cells == (count if extra and grid is wide_grid else 0)
    # A customer who is only called a total or a measure ("Délta") is told and kept: nothing of it is left out.
    told = [problem for problem in cube.problems if problem.code != "total-like-name"]
    left_out = sum(problem.amount for problem in told if problem.code.startswith("total-"))
    assert left_out == pytest.approx(account.left_out_total)
