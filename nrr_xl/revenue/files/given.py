"""What is given in place of a path: bytes, an open file, a frame of whatever library, or plain rows."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from nrr_xl.errors import InputError
from nrr_xl.revenue.files import sources
from nrr_xl.revenue.files.columns import frame_grid
from nrr_xl.revenue.files.delimited import Dialect
from nrr_xl.revenue.files.grid import Grid

# What a workbook's bytes begin with: a zip's, or those of the older compound file. All else is text.
_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def given_book(
    source: Any,
    sheet: str | None = None,
    dialect: Dialect | None = None,
    progress: Callable[[float], None] | None = None,
) -> tuple[sources.Book, str, str]:
    """The book of what is no path, with the path that it was opened by and the SHA-256 of its bytes ("" if unknown)."""
    if held := held_bytes(source):
        data, path, is_workbook = held
        told = path or "The bytes"
        book = (
            sources.workbook(data, told, progress)
            if is_workbook
            else sources.text_book(data, told, Path(path).stem or "text", dialect)
        )
        return book, path, hashlib.sha256(data).hexdigest()
    grid = source if isinstance(source, Grid) else frame_grid(pandas_frame(source), sheet or "")
    return sources.Book("", (grid.sheet,), (), (), lambda name, head: grid), "", ""


def held_bytes(source: Any) -> tuple[bytes, str, bool] | None:
    """The bytes of a source that holds them, its name, and whether they are a workbook's; None for any other source.

    Raises
    ------
    InputError
        If it is an open file that cannot be read, or holds nothing.

    >>> import io
    >>> held_bytes(io.StringIO("Customer,Month,MRR")), held_bytes(3) is None
    ((b'Customer,Month,MRR', '', False), True)
    """
    if isinstance(source, bytes | bytearray | memoryview):
        data, name = bytes(source), ""
    elif callable(getattr(source, "read", None)):
        named = getattr(source, "name", "")
        name = os.fspath(named) if isinstance(named, str | os.PathLike) else ""
        try:
            read = source.read()
        except (OSError, ValueError) as refused:
            raise InputError(f"{name or 'The open file'} cannot be read ({refused}). Open it for reading.") from None
        if not isinstance(read, str | bytes | bytearray | memoryview):
            raise _no_source(source)
        data = read.encode("utf-8") if isinstance(read, str) else bytes(read)
    else:
        return None
    if not data:
        raise InputError(f"{name or 'What was given'} holds nothing. An open file is read from where it stands.")
    return data, str(name), data.startswith(_WORKBOOK)


def named_values(source: Any) -> Any:
    """A Series of pandas as the mapping that it is; anything else as it stands.

    >>> import pandas as pd
    >>> named_values(pd.Series({"EUR": 1.1})), named_values("rates.csv")
    ({'EUR': 1.1}, 'rates.csv')
    """
    return source.to_dict() if _is_series(source) else source


def pandas_frame(source: Any) -> Any:
    """A frame of pandas, Polars, Arrow or whatever narwhals knows, a Series, or plain rows, as a frame of pandas.

    What an index holds is a column, as it is in the file that pandas would write.

    Raises
    ------
    InputError
        If it is none of these.

    >>> pandas_frame([{"Customer": "Acme", "MRR": 5}]).columns.tolist()
    ['Customer', 'MRR']
    >>> pandas_frame([("Customer", "MRR"), ("Acme", 5)]).columns.tolist()
    ['Customer', 'MRR']
    """
    if hasattr(source, "collect") and hasattr(source, "collect_schema"):  # a lazy frame of Polars
        source = source.collect()
    if _is_series(source):
        if not any(source.index.names):
            raise InputError("A Series without names in its index is one column. Give the DataFrame that it is from.")
        source = source.to_frame("Amount" if source.name is None else source.name)
    if hasattr(source, "columns") and hasattr(source, "iloc"):
        return _flat(source)
    if isinstance(source, Mapping):
        return _columns(source)
    if (rows := _rows(source)) is not None:
        return rows
    import narwhals.stable.v1 as nw
    import pandas as pd

    if hasattr(source, "__arrow_c_array__"):  # a piece of an Arrow table
        import pyarrow as pa

        source = pa.table(source)
    frame = nw.from_native(source, pass_through=True)
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect()
    if not isinstance(frame, nw.DataFrame):
        raise _no_source(source)
    return pd.DataFrame({name: frame[name].to_list() for name in frame.columns})


def _no_source(source: Any) -> InputError:
    kind = type(source).__name__
    return InputError(
        f"What is given is of the type {kind}, which cannot be read. Give a path, bytes, an open file, a DataFrame, or"
        " rows: dicts, or lists of which the first holds the headers."
    )


def _is_series(source: Any) -> bool:
    return hasattr(source, "to_frame") and hasattr(source, "index") and not hasattr(source, "columns")


def _flat(frame: Any) -> Any:
    """A pandas frame with its index among its columns, and one level of column names."""
    import pandas as pd

    if frame.columns.nlevels > 1:
        kept = [level for level in range(frame.columns.nlevels) if frame.columns.get_level_values(level).nunique() > 1]
        if len(kept) > 1:
            raise InputError(
                f"The frame's columns have names of {frame.columns.nlevels} levels. Give each column one name:"
                " frame.columns = [...]."
            )
        frame = frame.set_axis(frame.columns.get_level_values(kept[0] if kept else -1), axis=1)
    named = any(name is not None for name in frame.index.names)
    if not named and (frame.index.nlevels == 1 and pd.api.types.is_integer_dtype(frame.index.dtype)):
        return frame
    levels = [
        pd.Series(frame.index.get_level_values(at), name=name, index=frame.index)
        for at, name in enumerate(frame.index.names)
    ]
    # By position: a column may have the name of a level, and names of columns may be dates, which reset_index refuses.
    return pd.concat([*(level.reset_index(drop=True) for level in levels), frame.reset_index(drop=True)], axis=1)


def _columns(source: Mapping[Any, Any]) -> Any:
    """Columns by their names as a frame."""
    import pandas as pd

    if any(hasattr(each, "columns") for each in source.values()):
        raise InputError("What is given is a dict of frames. Give one of them, or join them with pandas.concat.")
    listed = [not isinstance(each, str | bytes) and hasattr(each, "__len__") for each in source.values()]
    if not all(listed) or len({len(each) for each in source.values()}) != 1:
        raise InputError("A dict is read as columns by their names: give each a list, all of the same length.")
    return pd.DataFrame({name: list(each) for name, each in source.items()})


def _rows(source: Any) -> Any:
    """Plain rows as a frame: dicts, named tuples, or lists, the first of them the headers; None for what is none."""
    import pandas as pd

    if getattr(getattr(source, "dtype", None), "names", None):
        return pd.DataFrame.from_records(source)
    if type(source).__module__ == "numpy" and getattr(source, "ndim", 0) == 2:
        source = source.tolist()
    if isinstance(source, str) or hasattr(source, "__dataframe__") or not isinstance(source, Iterable):
        return None
    if hasattr(source, "columns") or hasattr(source, "column_names"):
        return None  # a frame of another library, which is no list of rows
    rows = iter(source)
    first = next(rows, None)
    if callable(getattr(first, "keys", None)) and not hasattr(first, "columns"):
        return pd.DataFrame([{key: row[key] for key in row.keys()} for row in chain([first], rows)])  # noqa: SIM118
    if not isinstance(first, list | tuple) or any(hasattr(cell, "columns") for cell in first):
        return None
    headers = list(getattr(first, "_fields", first))
    body = [list(row) for row in (chain([first], rows) if hasattr(first, "_fields") else rows)]
    width = max(map(len, (headers, *body)))
    headers += [None] * (width - len(headers))
    columns = list(zip_longest(*body)) or [()] * width
    return pd.concat([pd.Series(list(column), dtype=object) for column in columns], axis=1).set_axis(headers, axis=1)
