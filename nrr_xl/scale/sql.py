"""The few statements that run where the rows are: what one pass says of them, their sums by customer and month, and a
view of the bridge for a warehouse, in its own dialect."""

from __future__ import annotations

from nrr_xl.scale.shape import Columns

# An amount is whole hundredths if it is but for so large a share of it, its last bits.
WHOLE = 4.4e-16


def quoted(name: str) -> str:
    """A column's name in SQL.

    >>> quoted('the "name"')
    '"the ""name""\"'
    """
    return '"' + name.replace('"', '""') + '"'


def parquet(source: str) -> str:
    """A path or glob of Parquet as a table in DuckDB's dialect."""
    return "read_parquet('" + source.replace("'", "''") + "')"


def head_sql(table: str, rows: int) -> str:
    """The first rows of a table."""
    return f"SELECT * FROM {table} LIMIT {rows}"  # noqa: S608 - names are quoted by `parquet` and `quoted`


def facts_sql(table: str, named: Columns) -> str:
    """One row with the fields of `shape.Facts`, in DuckDB's dialect."""
    customer, date, amount = (quoted(name) for name in (named.customer, named.date, named.amount))
    cents = f"(CAST({amount} AS DOUBLE) * 100)"
    month = f"(year({date}) * 12 + month({date}) - 1)"
    there = f"({amount} IS NOT NULL AND NOT isnan(CAST({amount} AS DOUBLE)))"
    finite = f"({there} AND isfinite(CAST({amount} AS DOUBLE)))"
    whole = f"CAST(round(CASE WHEN {finite} THEN {cents} ELSE 0 END) AS HUGEINT)"
    return f"""SELECT count(*),
        count(*) FILTER ({there}),
        count(*) FILTER ({there} AND ({customer} IS NULL OR trim({customer}) = '')),
        count(*) FILTER ({there} AND {date} IS NULL),
        count(*) FILTER ({there} AND NOT isfinite(CAST({amount} AS DOUBLE))),
        count(*) FILTER ({finite} AND abs({cents} - round({cents})) > {WHOLE} * abs({cents})),
        count(*) FILTER ({there} AND {amount} < 0),
        coalesce(sum({whole}) FILTER ({finite}), 0),
        coalesce(sum(abs({whole})) FILTER ({finite}), 0),
        count(DISTINCT CAST({date} AS DATE)) FILTER ({there}),
        list(DISTINCT {month}) FILTER ({there} AND {date} IS NOT NULL)
    FROM {table}"""  # noqa: S608


def cents_sql(table: str, named: Columns, parts: int) -> str:
    """Customer, month counted from year 0, amount in whole hundredths, and the customer's part, in DuckDB's dialect."""
    customer, date, amount = (quoted(name) for name in (named.customer, named.date, named.amount))
    return f"""SELECT CAST({customer} AS VARCHAR) AS customer,
        CAST(year({date}) * 12 + month({date}) - 1 AS INTEGER) AS month,
        CAST(round(CAST({amount} AS DOUBLE) * 100) AS BIGINT) AS units,
        CAST(hash(CAST({customer} AS VARCHAR)) % {parts} AS INTEGER) AS part
    FROM {table}
    WHERE {amount} IS NOT NULL AND NOT isnan(CAST({amount} AS DOUBLE))"""  # noqa: S608


def apart_sql(rows: str, folder: str) -> str:
    """The statement that writes rows into a folder, a folder for each `part`, in DuckDB's dialect."""
    where = folder.replace("'", "''")
    return f"COPY ({rows}) TO '{where}' (FORMAT parquet, COMPRESSION lz4, PARTITION_BY (part))"


def part_sql(table: str) -> str:
    """The columns that `part.parts_of` takes."""
    return f"SELECT customer, month, units FROM {table}"  # noqa: S608
