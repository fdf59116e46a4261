"""The fast way through text and the careful one give the same account of every made sheet: cube, sums and findings."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest

from nrr_xl.errors import InputError
from nrr_xl.revenue.files import columns, delimited
from nrr_xl.revenue.read import understand

from .sheets.recipes import every_sheet

pytest.importorskip("pyarrow")
SHEETS = [made for made in every_sheet() if len(made.sheets) == 1]


def text(rows) -> bytes:
    """The rows as a .csv of rows of one length."""
    width, out = max(map(len, rows)), io.StringIO(newline="")
    padded = ([*row, *[None] * (width - len(row))] for row in rows)
    csv.writer(out, lineterminator="\n").writerows([["" if cell is None else cell for cell in row] for row in padded])
    return out.getvalue().encode()


def account(source: bytes, options):
    """Everything that is found, or the words of the refusal."""
    try:
        found = understand(source, **{"today": dt.date(2025, 6, 1), **options})
    except InputError as refused:
        return str(refused)
    cube = found.cube
    figures = cube and (
        cube.customers,
        cube.periods,
        cube.amounts.tolist(),
        {name: (each.values, each.codes.tolist()) for name, each in cube.segments.items()},
        cube.units,
        cube.unit,
        cube.currency,
        cube.suggested_map,
    )
    return figures, found.account, found.rows.customer.values, found.rows.amounts.tolist()


@pytest.mark.parametrize("part", [0, 1, *(pytest.param(part, marks=pytest.mark.slow) for part in (2, 3))])
def test_both_ways_give_one_account(part, monkeypatch):
    monkeypatch.setattr(columns, "SMALL", 0)
    whole, taken = columns.text_grid, []
    for made in SHEETS[part::4]:
        (rows,) = made.sheets.values()
        source = text(rows)
        options = {name: value for name, value in made.options.items() if not name.startswith("_")}

        def noted(*arguments):
            taken.append((grid := whole(*arguments)) is not None)
            return grid

        monkeypatch.setattr(delimited, "SMALL", 0)
        monkeypatch.setattr(delimited, "text_grid", noted)
        fast = account(source, options)
        monkeypatch.setattr(delimited, "SMALL", 1 << 40)
        assert fast == account(source, options), made.name
    assert sum(taken) > 0.5 * len(taken) and len(taken) > 50


@pytest.mark.parametrize("small", [0, 1 << 30])
def test_a_text_that_was_cut_off_is_told_wherever_it_was_cut(small, tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "SMALL", small)
    lines = [f"Customer {at % 40:02d},2024-{at // 40 % 12 + 1:02d}-01,{at % 40 + 10}.50" for at in range(480)]
    lines += [f"More {at},2024-01-01,7.25" for at in range(30)]
    text = "Customer,Date,MRR\n" + "\n".join(lines)
    path = tmp_path / "rows.csv"
    for end, cut in ((len(text), False), (len(text) - 1, True), (len(text) - 3, True), (len(text) - 12, True)):
        path.write_text(text[:end])
        codes = {problem.code for problem in understand(path).account.problems}
        assert ("text-cut" in codes) == cut, end
