"""Parquet of any number of rows on one machine: DuckDB sums and sorts by customer and spills beyond its memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.options import option
from nrr_xl.periods import parse_as_of
from nrr_xl.revenue.files.columns import numpy_of
from nrr_xl.scale.part import BLOCK, Part, part_of
from nrr_xl.scale.result import ScaledAnalysis, finish
from nrr_xl.scale.shape import SAMPLE_ROWS, Columns, Facts, columns_of, refuse
from nrr_xl.scale.sql import facts_sql, head_sql, parquet, summed_sql

MEMORY_MB = 2_000
_BATCH = 200_000


def analyse_parquet(
    source: str,
    *,
    months: int = 12,
    as_of: str | None = None,
    columns: Mapping[str, str] | None = None,
    memory_mb: int = MEMORY_MB,
    folder: str | None = None,
) -> ScaledAnalysis:
    """Retention of one Parquet file, or of a glob of them, within a stated memory.

    Parameters
    ----------
    source : str
        A file or a glob of Parquet with a customer, a date and a recurring amount column.
    months, as_of
        As in `nrr_xl.analyse`.
    columns : mapping, optional
        The columns by their part: customer, date, amount.
    memory_mb : int
        What DuckDB may hold; what is more is spilled. Python and the kernel take about 500 MB beside it.
    folder : str, optional
        Where to spill; a temporary folder by default.

    Raises
    ------
    InputError
        If the rows are not plain recurring amounts, or cannot be read.
    """
    import duckdb

    months = option("months").read(months)
    as_of = as_of if as_of is None else option("as_of").read(as_of)
    with tempfile.TemporaryDirectory(dir=folder) as spill:
        try:
            with duckdb.connect(config={"memory_limit": f"{memory_mb}MB", "temp_directory": spill}) as connection:
                table = parquet(source)
                sample = connection.sql(head_sql(table, SAMPLE_ROWS)).to_arrow_table()
                named = columns_of(sample, source, columns)
                facts = _facts(connection, table, named)
                refuse(facts, source, months)
                if as_of is not None and not facts.months[0] <= parse_as_of(as_of) <= facts.months[-1]:
                    raise InputError(f"as_of is {as_of!r}, which the rows do not cover.")
                return finish(_parts(connection, table, named, facts, months), facts, source, months, as_of)
        except duckdb.Error as error:
            told = next(iter(str(error).strip().splitlines()), "")
            raise InputError(f"{source} cannot be read as Parquet ({told}).") from None


def _facts(connection: Any, table: str, named: Columns) -> Facts:
    return Facts.of(connection.sql(facts_sql(table, named)).fetchall()[0])


def _parts(connection: Any, table: str, named: Columns, facts: Facts, months: int) -> Iterator[Part]:
    """The parts of blocks of customers, in the order of their names."""
    periods = facts.months[-1] - facts.months[0] + 1

    def part(names: list[str], owner: Any, period: Any, units: Any) -> Part:
        return part_of(names, owner, period - facts.months[0], units, periods, months, facts.months[0] % 12)

    names: list[str] = []
    pieces: list[tuple[Any, Any, Any]] = []
    for batch in connection.sql(summed_sql(table, named)).to_arrow_reader(_BATCH):
        customer = batch.column(0).dictionary_encode()
        texts, codes = customer.dictionary.to_pylist(), numpy_of(customer.indices).astype(np.int64)
        if names and texts and texts[0] != names[-1] and len(names) >= BLOCK:
            yield part(names, *(np.concatenate(each) for each in zip(*pieces, strict=True)))
            names, pieces = [], []
        shift = len(names) - (1 if names and texts and texts[0] == names[-1] else 0)
        names += texts[len(names) - shift :]
        pieces.append((codes + shift, numpy_of(batch.column(1)).astype(np.int64), numpy_of(batch.column(2)).copy()))
    if names:
        yield part(names, *(np.concatenate(each) for each in zip(*pieces, strict=True)))
