"""Arrow's functions and buffers without what loads with them: pages of documentation for each function, and pandas.

`pyarrow.compute` makes three hundred functions with their documentation when it is imported, which takes as long as
reading 100,000 rows; Arrow's own ways from and to numpy load pandas where it is installed, which takes longer. Here a
function is called by its name (as `pyarrow.compute.call_function` does), and arrays are made of their buffers.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def call(function: str, *values: Any, options: Any = None) -> Any:
    """The result of one of Arrow's functions.

    >>> import pyarrow as pa
    >>> call("drop_null", pa.array([1, None])).to_pylist()
    [1]
    """
    return _functions().call_function(function, list(values), options)


def cast(values: Any, kind: Any) -> Any:
    """Arrow values as another type, whatever is lost by it."""
    return call("cast", values, options=_functions().CastOptions.unsafe(kind))


def parsed(texts: Any, kind: Any) -> Any:
    """Arrow texts as numbers; ArrowInvalid where one is none."""
    return call("cast", texts, options=_functions().CastOptions.safe(kind))


def all_match(texts: Any, pattern: str) -> bool:
    """Whether there are some Arrow texts and all of them match a pattern (RE2).

    >>> import pyarrow as pa
    >>> all_match(pa.array(["1", "22"]), "^[0-9]+$"), all_match(pa.array([], pa.string()), "x")
    (True, False)
    """
    options = _functions().MatchSubstringOptions(pattern)
    return bool(call("all", call("match_substring_regex", texts, options=options)).as_py())


def _functions() -> Any:
    """The module of Arrow's functions by name; the documented one where the one below it is no more."""
    try:
        import pyarrow._compute as found
    except ImportError:
        import pyarrow.compute as found
    return found


def numpy_of(array: Any) -> np.ndarray:
    """The plain numbers of an Arrow array without a copy; what stands where it is null is nothing to go by."""
    kind = np.dtype(array.type.to_pandas_dtype())
    values = array.buffers()[1]
    if values is None:
        return np.zeros(len(array), kind)
    return np.frombuffer(values, kind, len(array), array.offset * kind.itemsize)


def text_buffers(array: Any) -> tuple[np.ndarray, np.ndarray]:
    """The bytes of an Arrow array of texts, and where each text ends in them, the first place before all."""
    _, offsets, content = array.buffers()
    kind = np.int64 if str(array.type).startswith("large") else np.int32
    ends = np.frombuffer(offsets, kind, len(array) + 1, array.offset * np.dtype(kind).itemsize)
    data = np.zeros(0, np.uint8) if content is None else np.frombuffer(content, np.uint8)
    return data[ends[0] : ends[-1]], ends - ends[0]


def arrow_mask(bits: np.ndarray) -> Any:
    """True and False as an Arrow array."""
    import pyarrow as pa

    packed = np.packbits(bits, bitorder="little")
    return pa.Array.from_buffers(pa.bool_(), bits.size, [None, pa.py_buffer(packed.tobytes())])


def present(array: Any) -> np.ndarray:
    """Which values of an Arrow array are not null."""
    valid = call("is_valid", array)
    bits = np.unpackbits(np.frombuffer(valid.buffers()[1], np.uint8), bitorder="little")
    return bits[valid.offset : valid.offset + len(array)].astype(bool)
