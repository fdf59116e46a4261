"""What every rate does first and last: take amounts, scalars or arrays, and divide them."""

from __future__ import annotations

import math
from typing import Any

from nrr_xl.errors import InputError, SignError

SCALARS = (int, float)


def amounts(**named: Any) -> tuple[Any, ...]:
    """The amounts as floats, or as arrays where any of them is one; none may be negative or a text."""
    for name, value in named.items():
        if not isinstance(value, SCALARS):
            break
        if value < 0:
            raise SignError(f"{name} is {value:g}, but must be a positive magnitude")
    else:
        return tuple(named.values())
    import numpy as np

    arrays = {name: _numbers(name, value) for name, value in named.items()}
    for name, array in arrays.items():
        if (array < 0).any():
            raise SignError(f"{name} holds {array[array < 0].flat[0]:g}, but must be a positive magnitude")
    return tuple(np.asarray(array) for array in arrays.values())


def _numbers(name: str, value: Any) -> Any:
    """An array of numbers; a text is no number, even where it reads like one."""
    import numpy as np

    try:
        array = np.asarray(value)
    except ValueError:  # lists of several lengths
        raise InputError(f"{name} is {value!r}, but must be a number or an array of numbers") from None
    texts = array.dtype.kind in "US" or (
        array.dtype.kind == "O" and any(isinstance(item, str | bytes) for item in array.ravel().tolist())
    )
    try:
        if not texts and array.dtype.kind != "M":
            return array.astype(float)
    except (TypeError, ValueError):
        pass
    raise InputError(f"{name} is {value!r}, but must be a number or an array of numbers")


def ratio(numerator: Any, denominator: Any) -> Any:
    """The quotient; NaN where the denominator is 0, since a rate of nothing is undefined and not 0."""
    if isinstance(numerator, SCALARS) and isinstance(denominator, SCALARS):
        return numerator / denominator if denominator else math.nan
    import numpy as np

    numerator, denominator = np.broadcast_arrays(numerator, denominator)
    result = np.full(numerator.shape, math.nan)
    np.divide(numerator, denominator, out=result, where=denominator != 0)
    return result
