"""What every rate does first and last: take amounts, scalars or arrays, and divide them."""

from __future__ import annotations

import math

from nrr_xl.errors import SignError

SCALARS = (int, float)


def amounts(**named):
    """The amounts as floats, or as arrays where any of them is one; none may be negative."""
    for name, value in named.items():
        if not isinstance(value, SCALARS):
            break
        if value < 0:
            raise SignError(f"{name} is {value:g}, but must be a positive magnitude")
    else:
        return tuple(named.values())
    import numpy as np

    arrays = {name: np.asarray(value, dtype=float) for name, value in named.items()}
    for name, array in arrays.items():
        if (array < 0).any():
            raise SignError(f"{name} holds {array[array < 0].flat[0]:g}, but must be a positive magnitude")
    return tuple(arrays.values())


def ratio(numerator, denominator):
    """The quotient; NaN where the denominator is 0, since a rate of nothing is undefined and not 0."""
    if isinstance(numerator, SCALARS) and isinstance(denominator, SCALARS):
        return numerator / denominator if denominator else math.nan
    import numpy as np

    numerator, denominator = np.broadcast_arrays(numerator, denominator)
    result = np.full(numerator.shape, math.nan)
    np.divide(numerator, denominator, out=result, where=denominator != 0)
    return result
