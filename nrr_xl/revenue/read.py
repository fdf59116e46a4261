"""The way in: a file, a frame or pasted text becomes a cube, or one error that lists everything wrong with it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from nrr_xl.errors import InputError
from nrr_xl.revenue import sources
from nrr_xl.revenue.clean import Reading, clean
from nrr_xl.revenue.cube import RevenueCube, build_cube
from nrr_xl.revenue.grid import Grid
from nrr_xl.revenue.layout import find_table, require_table
from nrr_xl.revenue.policy import Policy
from nrr_xl.revenue.rows import Source


def read(
    source,
    sheet: str | None = None,
    columns: Mapping[str, str] | None = None,
    *,
    layout: str | None = None,
    decimal: str | None = None,
    day_first: bool | None = None,
    fiscal_year_end: int = 12,
    accept_errors: bool = False,
    progress: Callable[[str, float], None] = lambda step, fraction: None,
) -> RevenueCube:
    """Read revenue rows from a workbook, a delimited file, a DataFrame or a grid of cells into a cube.

    >>> import pandas as pd
    >>> rows = pd.DataFrame({"Customer": ["a", "a"], "Month": ["2024-01", "2024-02"], "MRR": [10.0, 12.0]})
    >>> read(rows).amounts.tolist()
    [[10.0, 12.0]]
    """
    path, digest = "", ""
    if isinstance(source, str | os.PathLike):
        file = Path(source)
        grids = sources.read_file(file, sheet)
        path, digest = str(file), hashlib.sha256(file.read_bytes()).hexdigest()
    elif isinstance(source, Grid):
        grids = [source]
    else:
        grids = [sources.frame(source, sheet or "")]
    tables = [find_table(grid, columns, layout, day_first, fiscal_year_end) for grid in grids]
    best = max((table for table in tables if table), key=lambda table: table.score, default=None)
    table = require_table(best, grids[0].sheet if len(grids) == 1 else path)
    rows, account, findings = clean(table, Reading(decimal, day_first, fiscal_year_end))
    if findings.errors and not accept_errors:
        raise InputError(
            f"{path or 'The input'} has {len(findings.errors)} error(s); nothing was computed.", findings.errors
        )
    where = Source(path, table.grid.sheet, table.layout, table.last + 1 - table.first, digest)
    return build_cube(rows, Policy(), where, account)
