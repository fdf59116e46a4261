"""Whole columns by Arrow give the cells that the careful way gives, and anything doubtful goes the careful way."""

from __future__ import annotations

import datetime as dt
import gzip
import sqlite3

import numpy as np
import pandas as pd
import pytest

from nrr_xl.errors import InputError
from nrr_xl.revenue.files import columns, delimited
from nrr_xl.revenue.files.grid import grid_of_columns
from nrr_xl.revenue.read import read, understand

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


def rows(count: int = 6000, seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "Customer": [f"Cust, {number % 97} é" for number in range(count)],
            "Month": [f"2024-{number % 12 + 1:02}-01" for number in range(count)],
            "MRR": [f"{amount:.2f}" for amount in rng.uniform(1, 9000, count)],
            "Region": rng.choice(["EMEA", "APAC", ""], count),
        }
    )


def seen(source, **options):
    found = understand(source, today=dt.date(2025, 1, 1), **options)
    cube, account = found.cube, found.account
    place = np.argsort(cube.customers)
    return (
        np.array(cube.customers)[place].tolist(),
        cube.amounts[place].tolist(),
        {name: [segment.values[code] for code in segment.at(-1)[place]] for name, segment in cube.segments.items()},
        (account.cells, account.used_cells, account.source_total, account.used_total),
        [(problem.code, problem.cell) for problem in account.problems],
    )


@pytest.fixture
def by_columns(monkeypatch):
    """Text of any size goes by columns, and the fixture says how often it did."""
    monkeypatch.setattr(columns, "SMALL", 0)
    monkeypatch.setattr(delimited, "SMALL", 0)
    monkeypatch.setattr(columns, "_MANY", 500)
    taken = []
    whole = columns.text_grid

    def noted(*arguments):
        grid = whole(*arguments)
        taken.append(grid is not None)
        return grid

    monkeypatch.setattr(delimited, "text_grid", noted)
    return taken


VARIANTS = {
    "plain": lambda text: text,
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "bom": lambda text: "\ufeff" + text,
    "no end": lambda text: text.rstrip("\n"),
    "blank amounts": lambda text: text.replace(",EMEA", ",").replace("5,APAC", ",APAC"),
    "title": lambda text: "Revenue,,,\n" + text,
    "odd amount": lambda text: text.replace("MRR,Region\n", "MRR,Region\nx,2024-01-01,$1.50,EMEA\n"),
    "three decimals": lambda text: text.replace("MRR,Region\n", "MRR,Region\nx,2024-01-01,1.234,EMEA\n"),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_text_by_columns_is_text_cell_by_cell(name, tmp_path, by_columns, monkeypatch):
    path = tmp_path / "rows.csv"
    path.write_bytes(VARIANTS[name](rows().to_csv(index=False, lineterminator="\n")).encode())
    fast = seen(path)
    assert by_columns == [True]
    monkeypatch.setattr(delimited, "text_grid", lambda *_: None)
    assert fast == seen(path)


@pytest.mark.parametrize(
    "line",
    [
        "a,2024-01-01\n",
        "a,2024-01-01,5,EMEA,7\n",
        "\n",
        'a"b,2024-01-01,5.50,EMEA\n',
        '"a,2024-01-01,5.50,EMEA\nb",2024-01-01,5.50,EMEA\n',
    ],
    ids=["short", "long", "blank line", "stray mark", "swallowed"],
)
def test_what_is_doubtful_goes_the_careful_way(line, tmp_path, by_columns):
    path = tmp_path / "rows.csv"
    path.write_text(rows(600).to_csv(index=False, lineterminator="\n") + line)
    understand(path)
    assert by_columns == [False]


def test_a_count_that_differs_goes_the_careful_way(tmp_path, by_columns, monkeypatch):
    path = tmp_path / "rows.csv"
    path.write_text(rows(600).to_csv(index=False, lineterminator="\n"))
    count = columns.recount

    def other(texts, *more):
        held = count(texts, *more)
        return held._replace(marks=held.marks + 1) if isinstance(texts, bytes) and len(texts) > 10_000 else held

    monkeypatch.setattr(columns, "recount", other)
    understand(path)
    assert by_columns == [False]


def test_parquet_frames_and_cells_agree(tmp_path):
    frame = rows(2000)
    frame["Month"] = pd.to_datetime(frame["Month"])
    frame["MRR"] = frame["MRR"].astype(float)
    frame.loc[5, "MRR"] = np.nan
    frame["Region"] = frame["Region"].replace("", None)
    frame.to_parquet(tmp_path / "rows.parquet")
    (tmp_path / "set" / "year=2024").mkdir(parents=True)
    frame[:700].to_parquet(tmp_path / "set" / "year=2024" / "a.parquet")
    frame[700:].to_parquet(tmp_path / "set" / "year=2024" / "b.parquet")
    careful = grid_of_columns("", [[label, *frame[label].tolist()] for label in frame.columns])
    wanted = seen(careful)
    for source in (
        frame,
        tmp_path / "rows.parquet",
        tmp_path / "set",
        str(tmp_path / "set" / "*" / "*.parquet"),
        frame.astype({"Customer": "category", "Region": object}),
    ):
        assert seen(source) == wanted


def test_kinds_of_columns_that_are_not_usual(tmp_path):
    table = pa.table(
        {
            "Customer": pa.array(["a", "b", None]),
            "Month": pa.array([dt.datetime(2024, 1, 31, 23), dt.datetime(2024, 2, 1), None], pa.timestamp("us")),
            "MRR": pa.array([1, 2, None], pa.decimal128(12, 2)),
            "Paying": pa.array([True, False, None]),
        }
    )
    pq.write_table(table, tmp_path / "rows.parquet")
    found = understand(tmp_path / "rows.parquet")
    assert found.cube.amounts.tolist() == [[1.0, 0.0], [0.0, 2.0]]
    assert found.table.grid.value(1, 3) is True and found.table.grid.value(3, 3) is None


@pytest.mark.parametrize("cut", [10, 400, -20])
def test_a_truncated_parquet_is_one_line(tmp_path, cut):
    rows(500).to_parquet(tmp_path / "whole.parquet")
    path = tmp_path / "rows.parquet"
    path.write_bytes((tmp_path / "whole.parquet").read_bytes()[:cut])
    with pytest.raises(InputError, match="no Parquet that can be read") as caught:
        read(path)
    assert "\n" not in str(caught.value)


def test_packed_text_is_unpacked(tmp_path):
    text = rows(100).to_csv(index=False).encode()
    (tmp_path / "rows.csv").write_bytes(text)
    (tmp_path / "rows.csv.gz").write_bytes(gzip.compress(text))
    assert seen(tmp_path / "rows.csv.gz") == seen(tmp_path / "rows.csv")
    (tmp_path / "torn.csv.gz").write_bytes(gzip.compress(text)[:200])
    with pytest.raises(InputError, match=r"no .gz that can be unpacked"):
        read(tmp_path / "torn.csv.gz")


def test_a_duckdb_file_and_a_database_are_read_by_their_url(tmp_path):
    frame = rows(300)
    wanted = seen(grid_of_columns("", [[label, *frame[label].tolist()] for label in frame.columns]))
    with sqlite3.connect(tmp_path / "rows.sqlite") as connection:
        frame.to_sql("revenue", connection, index=False)
    if pytest.importorskip("duckdb"):
        import duckdb

        with duckdb.connect(str(tmp_path / "rows.duckdb")) as connection:
            connection.execute("CREATE TABLE revenue AS SELECT * FROM frame")
        assert seen(f"duckdb:///{tmp_path}/rows.duckdb") == wanted
        with pytest.raises(InputError, match="no such file"):
            read("duckdb:///nowhere.duckdb")
    pytest.importorskip("sqlalchemy")
    assert seen(f"sqlite:///{tmp_path}/rows.sqlite", sheet="revenue") == wanted


def test_what_takes_a_package_that_is_missing_says_so(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sqlalchemy", None)
    with pytest.raises(InputError, match="takes sqlalchemy"):
        read("postgresql://host/db")
