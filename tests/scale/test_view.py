"""The view of a warehouse, run on DuckDB, gives the trend and the bridges of `nrr_xl.analyse`."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

import nrr_xl
from nrr_xl.errors import InputError
from nrr_xl.retention.bridge import lines
from nrr_xl.retention.movements import movements
from nrr_xl.scale import retention_view
from nrr_xl.scale.view import DIALECTS
from tests.scale.rows import rows

duckdb = pytest.importorskip("duckdb")
sqlglot = pytest.importorskip("sqlglot")
NAMES = {"customer": "Customer", "date": "Month", "amount": "MRR"}


def test_the_view_is_the_trend(tmp_path):
    pq = pytest.importorskip("pyarrow.parquet")
    table = rows()
    pq.write_table(table, tmp_path / "rows.parquet")
    cube = nrr_xl.read(tmp_path / "rows.parquet", today=dt.date(2025, 6, 1))
    with duckdb.connect() as connection:
        connection.register("billing", table)
        connection.execute(retention_view("billing", months=6, **NAMES))
        found = connection.execute("SELECT * FROM retention ORDER BY month").fetchnumpy()
    reach = np.arange(6, len(cube.periods))
    expected = lines(movements(cube, reach - 6, reach))
    for name in ("opening", "new", "reactivation", "expansion", "contraction", "churn", "closing", "nrr", "grr"):
        np.testing.assert_allclose(found[name], expected[name][:, 0], rtol=1e-12, err_msg=name)
    np.testing.assert_allclose(found["logo_retention"], expected["logo_retention"][:, 0], rtol=1e-12)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_dialect_reads_its_own_view(dialect):
    text = retention_view("finance.revenue", dialect=dialect)
    assert len(sqlglot.parse(text, read=dialect)) >= 1 and "monthly" in text
    again = sqlglot.transpile(text, read=dialect, write="duckdb")[0]
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE SCHEMA finance; CREATE TABLE finance.revenue (customer TEXT, month DATE, mrr DOUBLE)"
        )
        connection.execute("INSERT INTO finance.revenue VALUES ('a', '2023-01-01', 100), ('a', '2024-01-01', 110)")
        connection.execute(again)
        assert connection.execute("SELECT nrr FROM retention").fetchall() == [(1.1,)]


def test_an_unknown_dialect_is_refused():
    with pytest.raises(InputError, match="Did you mean 'snowflake'"):
        retention_view("t", dialect="snowflak")
