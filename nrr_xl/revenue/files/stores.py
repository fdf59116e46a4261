"""Tables that are no sheet: Parquet (files, folders, globs, by Spark), DuckDB files and databases by their URL."""

from __future__ import annotations

import glob
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nrr_xl.errors import InputError
from nrr_xl.revenue.files.budget import AREA, FILE_BYTES, refuse_over
from nrr_xl.revenue.files.columns import table_grid
from nrr_xl.revenue.files.grid import Grid, grid_of_columns
from nrr_xl.revenue.files.proven import arrow_count, refuse_unproven

_URL = re.compile(r"[a-z][a-z0-9+]*://", re.IGNORECASE)
_BATCH = 100_000
_SPARK = "spark+parquet:"


def is_store(source: str) -> bool:
    """Whether a source is Parquet (a file, a folder or a glob) or a database's URL.

    >>> [is_store(source) for source in ("rows.parquet", "year=*/*.parquet", "duckdb:///rows.db", "rows.csv")]
    [True, True, True, False]
    """
    return (
        bool(_URL.match(source))
        or source.startswith(_SPARK)
        or source.lower().endswith(".parquet")
        or bool(_parquet_files(source))
    )


def store_grids(source: str) -> tuple[str, tuple[str, ...], Any, str]:
    """The name of what a source holds, its tables, a function that loads one, and a digest of its bytes ("" for a URL).

    Raises
    ------
    InputError
        If the package that reads it is missing, there is nothing there, or it is damaged.
    """
    if source.startswith(_SPARK):
        return source, *_spark(source), ""
    if _URL.match(source):
        if source.startswith("duckdb://"):
            return source, *_duckdb(source), ""
        return source, *_database(source), ""
    files = _parquet_files(source) or [Path(source)]
    name = Path(source).stem or "rows"
    return source, (name,), lambda _: _parquet(files, source, name), _digest(files)


def _parquet_files(source: str) -> list[Path]:
    """The files of a folder or of a glob of Parquet."""
    path = Path(source)
    if path.is_dir():
        return sorted(found for found in path.rglob("*.parquet") if found.is_file())
    if any(sign in source for sign in "*?[") and source.lower().endswith(".parquet"):
        return sorted(Path(found) for found in glob.glob(source, recursive=True))
    return []


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    total = 0
    for path in files:
        try:
            total += path.stat().st_size
            refuse_over(str(path), "bytes", total, FILE_BYTES, "Read fewer files at a time.")
            with open(path, "rb") as file:
                while piece := file.read(1 << 20):
                    digest.update(piece)
        except FileNotFoundError:
            raise InputError(f"{path}: there is no such file. Check the path.") from None
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}.") from None
    return digest.hexdigest()


def _parquet(files: list[Path], source: str, name: str) -> Grid:
    """Parquet files of one schema under each other, read column by column."""
    with _needs("pyarrow", source, "reading Parquet"):
        import pyarrow as pa
        import pyarrow.parquet as pq
    try:
        schema = pq.read_schema(files[0])
        texts = [
            field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
        ]
        opened = [pq.ParquetFile(path, read_dictionary=texts, memory_map=True) for path in files]
        for file, path in zip(opened, files, strict=True):
            if not file.schema_arrow.equals(opened[0].schema_arrow, check_metadata=False):
                raise InputError(f"{path} has other columns than {files[0]}. Give files of one kind.")
        rows = sum(file.metadata.num_rows for file in opened)

        said: list[tuple[int, float] | None] = []

        def columns() -> Iterator[Any]:
            for field in schema.names:
                pieces = [file.read(columns=[field]).column(0) for file in opened]
                column = pa.chunked_array([chunk for piece in pieces for chunk in piece.chunks], type=pieces[0].type)
                said.append(arrow_count(column))
                yield column

        return refuse_unproven(table_grid(schema.names, columns(), rows, source, name), rows, said, source)
    except (pa.ArrowException, OSError, ValueError, IndexError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{source} is no Parquet that can be read ({_line(error)}). Write it again and retry."
        ) from None


def _spark(source: str) -> tuple[tuple[str, ...], Any]:
    """Parquet wherever Spark reads it from, as long as its rows fit into one table here."""
    with _needs("pyspark", source, "reading by Spark"), _needs("pyarrow", source, "reading by Spark"):
        import pyarrow  # noqa: F401
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    path = source.removeprefix(_SPARK)
    name = Path(path).stem or "rows"
    try:
        session = SparkSession.builder.appName("nrr_xl").getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        frame = session.read.parquet(path)
        rows = frame.count()
    except PySparkException as error:
        raise InputError(f"{source} cannot be read by Spark ({_line(error)}).") from None
    more = "Sum them to one row a customer and month, or use nrr_xl.scale.analyse_spark, which takes any number."
    refuse_over(source, "cells", rows * len(frame.columns), AREA, more)

    def load(_: str) -> Grid:
        table = frame.toArrow()
        grid = table_grid(table.column_names, iter(table.columns), table.num_rows, source, name)
        return refuse_unproven(grid, rows, [arrow_count(column) for column in table.columns], source)

    return (name,), load


def _duckdb(source: str) -> tuple[tuple[str, ...], Any]:
    """The tables and views of a DuckDB file."""
    with _needs("duckdb", source, "reading a DuckDB file"), _needs("pyarrow", source, "reading a DuckDB file"):
        import duckdb
        import pyarrow  # noqa: F401
    path = source.removeprefix("duckdb://").removeprefix("/") if not source.startswith("duckdb:////") else source[10:]
    if not Path(path).is_file():
        raise InputError(f"{path}: there is no such file. Check the path in {source}.")
    try:
        connection = duckdb.connect(path, read_only=True)
        names = tuple(
            row[0] for row in connection.execute("SELECT table_name FROM information_schema.tables").fetchall()
        )
    except duckdb.Error as error:
        raise InputError(f"{source} is no DuckDB file that can be read ({_line(error)}).") from None

    def load(name: str) -> Grid:
        try:
            quoted = '"' + name.replace('"', '""') + '"'
            table = connection.sql(f"FROM {quoted}")
            reader, said = table.to_arrow_table(), _duckdb_counts(table)
        except duckdb.Error as error:
            raise InputError(f"{source}, table {name!r} cannot be read ({_line(error)}).") from None
        grid = table_grid(reader.column_names, iter(reader.columns), reader.num_rows, source, name)
        return refuse_unproven(grid, *said, f"{source}, table {name!r}")

    return names, load


def _duckdb_counts(table: Any) -> tuple[int, list[tuple[int, float] | None]]:
    """The rows of a table and what the database counts and adds up in each column of plain numbers."""
    plain = [
        re.fullmatch(r"U?(?:TINY|SMALL|BIG)?INT(?:EGER)?|DOUBLE|FLOAT|DECIMAL.*", str(kind)) for kind in table.types
    ]
    names = [f'"{name.replace(chr(34), 2 * chr(34))}"::DOUBLE' for name in table.columns]
    parts = [
        f"{what}({name}) FILTER (NOT isnan({name}))"
        for name, known in zip(names, plain, strict=True)
        if known
        for what in ("count", "sum")
    ]
    rows, *told = table.aggregate(", ".join(["count(*)", *parts])).fetchall()[0]
    return rows, _placed(plain, iter(zip(told[::2], told[1::2], strict=True)))


def _placed(plain: list[Any], pairs: Iterator[tuple[Any, Any]]) -> list[tuple[int, float] | None]:
    found: list[tuple[int, float] | None] = []
    for known in plain:
        count, total = next(pairs) if known else (0, 0.0)
        found.append((int(count), float(total or 0.0)) if known else None)
    return found


def _database(source: str) -> tuple[tuple[str, ...], Any]:
    """The tables and views of any database that SQLAlchemy knows."""
    with _needs("sqlalchemy", source, "reading a database"):
        import sqlalchemy
    shown = re.sub(r"//[^@/]*@", "//", source)
    try:
        engine = sqlalchemy.create_engine(source)
        file = engine.url.database
        if engine.dialect.name == "sqlite" and file and file != ":memory:" and not Path(file).is_file():
            # SQLite would make an empty one.
            raise InputError(f"{file}: there is no such file. Check the path in {shown}.")
        known = sqlalchemy.inspect(engine)
        names = (*known.get_table_names(), *known.get_view_names())
    except InputError:
        raise
    except Exception as error:
        # Each driver has errors of its own.
        raise InputError(f"{shown} cannot be opened ({_line(error)}).") from None

    def load(name: str) -> Grid:
        table = sqlalchemy.Table(name, sqlalchemy.MetaData(), autoload_with=engine)
        columns: list[list[Any]] = [[column.name] for column in table.columns]
        try:
            with engine.connect() as connection:
                counts = _database_counts(connection, table, sqlalchemy)
                found = connection.execution_options(stream_results=True).execute(sqlalchemy.select(table))
                while batch := found.fetchmany(_BATCH):
                    for column, cells in zip(columns, zip(*batch, strict=True), strict=True):
                        column.extend(cells)
        except Exception as error:
            raise InputError(f"{shown}, table {name!r} cannot be read ({_line(error)}).") from None
        return refuse_unproven(grid_of_columns(name, columns), *counts, f"{shown}, table {name!r}")

    return names, load


def _database_counts(connection: Any, table: Any, sqlalchemy: Any) -> tuple[int, list[tuple[int, float] | None]]:
    """The same by any database: `count` and `sum` of its columns of numbers."""
    func = sqlalchemy.func
    kinds = (sqlalchemy.types.Numeric, sqlalchemy.types.Float, sqlalchemy.types.Integer)
    plain = [isinstance(column.type, kinds) for column in table.columns]
    parts = [
        part
        for column, known in zip(table.columns, plain, strict=True)
        if known
        for part in (func.count(column), func.sum(column))
    ]
    rows, *told = connection.execute(sqlalchemy.select(func.count(), *parts).select_from(table)).one()
    return rows, _placed(plain, iter(zip(told[::2], told[1::2], strict=True)))


@contextmanager
def _needs(package: str, source: str, what: str) -> Iterator[None]:
    try:
        yield
    except ImportError:
        raise InputError(f"{source}: {what} takes {package}. Install it, or save the rows as .csv.") from None


def _line(error: Exception) -> str:
    """The first line of an error."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
