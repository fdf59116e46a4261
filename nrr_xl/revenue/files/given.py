"""What is given in place of a path: bytes, an open file, or a frame of whatever library."""

from __future__ import annotations

import os
from typing import Any

from nrr_xl.errors import InputError

# What a workbook's bytes begin with: a zip's, or those of the older compound file. All else is text.
_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def held_bytes(source: Any) -> tuple[bytes, str, bool] | None:
    """The bytes of a source that holds them, its name, and whether they are a workbook's; None for any other source.

    >>> import io
    >>> held_bytes(io.StringIO("Customer,Month,MRR")), held_bytes(3) is None
    ((b'Customer,Month,MRR', '', False), True)
    """
    if isinstance(source, bytes | bytearray | memoryview):
        data, name = bytes(source), ""
    elif callable(getattr(source, "read", None)):
        read = source.read()
        data = read.encode("utf-8") if isinstance(read, str) else bytes(read)
        named = getattr(source, "name", "")
        name = os.fspath(named) if isinstance(named, str | os.PathLike) else ""
    else:
        return None
    return data, str(name), data.startswith(_WORKBOOK)


def pandas_frame(source: Any) -> Any:
    """A frame of pandas, Polars, Arrow or another library that narwhals knows, as one of pandas.

    Raises
    ------
    InputError
        If it is no frame.
    """
    if hasattr(source, "columns") and hasattr(source, "iloc"):
        return source
    import narwhals.stable.v1 as nw
    import pandas as pd

    frame = nw.from_native(source, eager_only=True, pass_through=True)
    if not isinstance(frame, nw.DataFrame):
        kind = type(source).__name__
        raise InputError(f"A {kind} cannot be read. Give a path, bytes, an open file or a DataFrame.")
    return pd.DataFrame({name: frame[name].to_list() for name in frame.columns})
