"""The second count of stores and of .xlsx notices a row, a cell or an amount that was lost or changed on the way."""

import io

import numpy as np
import pandas as pd
import pytest
import xlsxwriter

from nrr_xl.errors import InputError
from nrr_xl.revenue.files import columns, sheetrows, stores
from nrr_xl.revenue.files import sheet as sheet_reader
from nrr_xl.revenue.files.collected import Cells
from nrr_xl.revenue.files.counted import NotPlain, prove_counts
from nrr_xl.revenue.read import read

ROWS = pd.DataFrame(
    {
        "Customer": ["a", "a", "b", "b"],
        "Month": ["2024-01", "2024-02"] * 2,
        "MRR": [10.0, 12.25, float("nan"), 4.0],
        "Seats": [1, 2, 3, 4],
    }
)


def stored(kind: str, folder) -> str:
    if kind == "parquet":
        pytest.importorskip("pyarrow")
        ROWS.to_parquet(folder / "rows.parquet")
        return str(folder / "rows.parquet")
    if kind == "duckdb":
        duckdb = pytest.importorskip("duckdb")
        with duckdb.connect(str(folder / "rows.db")) as connection:
            connection.register("made", ROWS)
            connection.execute("CREATE TABLE rows AS SELECT * FROM made")
        return f"duckdb:///{folder}/rows.db"
    sqlalchemy = pytest.importorskip("sqlalchemy")
    ROWS.to_sql("rows", sqlalchemy.create_engine(f"sqlite:///{folder}/rows.sqlite"), index=False)
    return f"sqlite:///{folder}/rows.sqlite"


@pytest.mark.parametrize("kind", ["parquet", "duckdb", "sqlite"])
def test_a_store_is_read_and_an_amount_that_changed_is_refused(kind, tmp_path, monkeypatch):
    source = stored(kind, tmp_path)
    assert read(source).amounts.sum() == 26.25
    grid_of = {"sqlite": (stores, "grid_of_columns")}.get(kind, (stores, "table_grid"))
    right = getattr(*grid_of)

    def wrong(*given, **facts):
        grid = right(*given, **facts)
        grid.values[2, 2] += 0.01
        return grid

    monkeypatch.setattr(*grid_of, wrong)
    with pytest.raises(InputError, match="second count finds other rows or amounts in 'MRR'"):
        read(source)


def test_a_row_that_a_store_loses_is_refused(tmp_path, monkeypatch):
    source = stored("parquet", tmp_path)
    right = columns._Builder.grid
    monkeypatch.setattr(columns._Builder, "grid", lambda self, name: right(self, name).part(0, 0, 3, 3))
    with pytest.raises(InputError, match="second count finds other rows"):
        read(source)


def test_a_cell_that_the_tokeniser_loses_is_noticed(monkeypatch):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([("Customer", "Month", "MRR"), ("a", "2024-01", 10.5), ("b", "2024-01", 7.0)]):
            sheet.write_row(at, 0, row)
    chunks = []
    monkeypatch.setattr(sheetrows.Alike, "take", lambda *_: None)
    monkeypatch.setattr(sheetrows, "prove_counts", lambda chunk, cells: chunks.append((chunk, [*cells.pieces])))
    read(out.getvalue())
    chunk, pieces = chunks[0]
    lost = Cells(())
    lost.pieces.extend(pieces)
    prove_counts(chunk, lost)
    rows, places, kinds, values, styles = lost.pieces.pop()
    keep = np.arange(rows.size) != rows.size - 1
    lost.pieces.append(tuple(part[keep] for part in (rows, places, kinds, values, styles)))
    with pytest.raises(NotPlain):
        prove_counts(chunk, lost)


def test_a_cell_that_the_pattern_of_rows_loses_is_noticed(tmp_path, monkeypatch):
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("Customer", "Month", "MRR"))
        for at in range(1, 40):
            sheet.write_row(at, 0, (f"c{at % 3}", f"2024-{1 + at // 4:02}", 9.25 + at % 7))
    right, patient = read(tmp_path / "book.xlsx"), []
    keep, slowly = Cells.add_column, sheet_reader.read_cells

    def shorter(self, rows, *facts):
        keep(self, rows[:-1], *(each[:-1] if np.ndim(each) else each for each in facts))

    monkeypatch.setattr(Cells, "add_column", shorter)
    monkeypatch.setattr(sheet_reader, "read_cells", lambda *given: patient.append(1) or slowly(*given))
    found = read(tmp_path / "book.xlsx")
    assert patient and np.array_equal(found.amounts, right.amounts)
