"""The same work as a competent polars user writes it: fastexcel, scan_csv or scan_parquet, expressions, XlsxWriter.

python with_polars.py INPUT [OUT.xlsx]   prints NRR over the last twelve months; with OUT also writes the workbook.
"""

import sys
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parent))


def read(path: str) -> pl.DataFrame:
    if path.endswith(".xlsx"):
        return pl.read_excel(path, engine="calamine")
    return pl.read_parquet(path) if path.endswith(".parquet") else pl.read_csv(path, try_parse_dates=True)


def cube_of(rows: pl.DataFrame) -> tuple[np.ndarray, list[str], list[str]]:
    """Customers x months, summed by a group-by and pivoted."""
    summed = rows.group_by("Customer", pl.col("Month").dt.truncate("1mo")).agg(pl.col("MRR").sum()).sort("Month")
    wide = summed.pivot("Month", index="Customer", values="MRR").fill_null(0.0)
    months = [name for name in wide.columns if name != "Customer"]
    return wide.select(months).to_numpy(), wide["Customer"].to_list(), months


def main(source: str, target: str | None = None) -> None:
    rows = read(source)
    amounts, names, months = cube_of(rows)
    opening, closing = amounts[:, -13], amounts[:, -1]
    print(closing[opening > 0].sum() / opening.sum())
    from_month = {
        step: {
            "opening": amounts[:, :-step].sum(axis=0),
            "retained": np.where(amounts[:, :-step] > 0, amounts[:, step:], 0).sum(axis=0),
            "kept": np.minimum(amounts[:, :-step], amounts[:, step:]).sum(axis=0),
        }
        for step in (1, 12)
    }
    if target:
        import pandas as pd
        from with_pandas import cohorts, write

        segment = rows.unique("Customer", keep="first").select("Customer", "Segment")
        tables = {f"Over {step}": pd.DataFrame(columns) for step, columns in from_month.items()}
        tables["Cohorts"] = pd.DataFrame(cohorts(amounts), columns=months)
        cube = pd.DataFrame(amounts, index=names, columns=months)
        write(target, cube, pd.Series(segment["Segment"].to_list(), segment["Customer"].to_list()), tables)


if __name__ == "__main__":
    main(*sys.argv[1:])
