"""Parquet of any number of rows on one machine: DuckDB brings each customer's rows together on disk."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from glob import escape, glob
from pathlib import Path
from typing import Any

from nrr_xl.errors import InputError, OutputError
from nrr_xl.options import option
from nrr_xl.periods import parse_as_of
from nrr_xl.scale.part import Part, parts_of
from nrr_xl.scale.result import ScaledAnalysis, finish
from nrr_xl.scale.shape import SAMPLE_ROWS, Columns, Facts, columns_of, refuse
from nrr_xl.scale.sql import apart_sql, cents_sql, facts_sql, head_sql, parquet, part_sql
from nrr_xl.workplace import private_folder

MEMORY_MB = 2_000
# More rows than that are written apart by customer first, and read again part by part.
ROWS_AT_ONCE = 3_000_000
_BATCH = 200_000
_NOT_WRITTEN = re.compile("could not write|no space|failed to (?:create|write|offload)", re.IGNORECASE)


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
    OutputError
        If there is no room for the rows that are put aside.
    """
    import duckdb

    months = option("months").read(months)
    as_of = as_of if as_of is None else option("as_of").read(as_of)
    if folder is not None and not Path(folder).is_dir():
        raise InputError(f"{folder}: there is no such folder to put rows aside in. Check folder.")
    with private_folder(Path(folder or tempfile.gettempdir())) as place:
        spill = str(place)
        try:
            with duckdb.connect(config=_settings(memory_mb, spill)) as connection:
                table = parquet(source)
                sample = connection.sql(head_sql(table, SAMPLE_ROWS)).to_arrow_table()
                named = columns_of(sample, source, columns)
                facts = _facts(connection, table, named)
                refuse(facts, source, months)
                if as_of is not None and not facts.months[0] <= parse_as_of(as_of) <= facts.months[-1]:
                    raise InputError(f"as_of is {as_of!r}, which the rows do not cover.")
                return finish(_parts(connection, table, named, facts, months, spill), facts, source, months, as_of)
        except duckdb.OutOfMemoryException:
            raise InputError(f"{source} needs more than the {memory_mb} MB of memory_mb. Give more.") from None
        except duckdb.Error as error:
            told = next(iter(str(error).strip().splitlines()), "")
            if _NOT_WRITTEN.search(told):
                raise OutputError(
                    f"The rows of {source} cannot be put aside in {spill}: {_reason(told)}. Make room there, or name"
                    " another folder."
                ) from None
            raise InputError(f"{source} cannot be read as Parquet ({told}).") from None


def _settings(memory_mb: int, spill: str) -> dict[str, Any]:
    """DuckDB's, of which only the memory is the user's; rows may come in any order, which takes less of it."""
    at_once = {"partitioned_write_flush_threshold": ROWS_AT_ONCE // 2, "preserve_insertion_order": False}
    return {"memory_limit": f"{memory_mb}MB", "temp_directory": spill, **at_once}


def _reason(told: str) -> str:
    """What the system said, out of DuckDB's words around it.

    >>> _reason('IO Error: Could not write file "a.parquet": No space left on device","errno":"28"}')
    'No space left on device'
    """
    return told.rsplit('": ', 1)[-1].split('","', maxsplit=1)[0]


def _facts(connection: Any, table: str, named: Columns) -> Facts:
    return Facts.of(connection.sql(facts_sql(table, named)).fetchall()[0])


def _parts(connection: Any, table: str, named: Columns, facts: Facts, months: int, spill: str) -> Iterator[Part]:
    """The parts of blocks of customers: rows beyond what is held at once are first written apart by customer."""
    first, periods = facts.months[0], facts.months[-1] - facts.months[0] + 1
    apart = -(-facts.cells // ROWS_AT_ONCE)
    rows = cents_sql(table, named, apart)
    tables = [f"({rows})"]
    if apart > 1:
        connection.execute(apart_sql(rows, f"{spill}/parts"))
        tables = [parquet(f"{folder}/*.parquet") for folder in sorted(glob(f"{escape(spill)}/parts/part=*"))]
    for each in tables:
        yield from parts_of(connection.sql(part_sql(each)).to_arrow_reader(_BATCH), first, periods, months)
