"""Parquet or CSV of very many rows, made by DuckDB: `python benchmarks/large.py FOLDER ROWS [csv]`.

Customers live for about fifty months, as in data.py, but amounts follow from the customer's number, so that any number
of rows is made in one pass. Rows are shuffled by month within files of ten million: no customer's rows stand together.
"""

from __future__ import annotations

import sys
from pathlib import Path

MONTHS = 36
A_FILE = 10_000_000
ROWS = """
select 'Customer ' || lpad(customer::varchar, 8, '0') as "Customer",
       (date '2022-01-01' + to_months(month::integer))::date as "Month",
       round(50 + hash(customer) % 100000 / 100.0 * (1 + 0.02 * (hash(customer * 40 + month) % 20)), 2)::double as "MRR"
from (
    select range // {months} as customer, range % {months} as month from range({first} * {months}, {last} * {months})
)
where hash(customer * 7 + 1) % 100 < 45 or month >= hash(customer * 7 + 2) % {months}
order by month, hash(customer)
"""
KEPT = 0.72  # of customers times months: those who came later have no rows before


def made(folder: Path, rows: int, kind: str = "parquet") -> str:
    """Write the files that are not there yet; gives their glob."""
    import duckdb

    folder.mkdir(parents=True, exist_ok=True)
    each = min(rows, A_FILE)
    customers = int(each / KEPT / MONTHS) + 1
    how = "(format parquet, compression snappy)" if kind == "parquet" else "(format csv, header true)"
    for number in range(max(rows // each, 1)):
        path = folder / f"rows_{rows}_{number:03d}.{kind}"
        if path.exists():
            continue
        beside = path.with_suffix(".part")
        query = ROWS.format(months=MONTHS, first=number * customers, last=(number + 1) * customers)
        with duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(folder)}) as connection:
            connection.execute(f"copy (select * from ({query}) limit {each}) to '{beside}' {how}")
        beside.replace(path)
    return str(folder / f"rows_{rows}_*.{kind}")


if __name__ == "__main__":
    print(made(Path(sys.argv[1]), int(float(sys.argv[2])), *sys.argv[3:]))
