"""What is kept of results, beside the tests: compared word for word, and renewed with NRR_XL_RENEW=1.

A difference that shows after renewing is a change that every user sees; what is not meant is mended, not renewed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nrr_xl.errors import InputError

# What is refused, in all its words.
REFUSALS = Path(__file__).with_name("refusals.json")
# A record of so many characters is kept as it is, a longer one as a digest.
SHORT = 80


def assert_kept(path: Path, name: str, value: Any) -> None:
    """Compare a value with what a file keeps under a name."""
    made = json.loads(json.dumps(shortened(value)))
    if os.environ.get("NRR_XL_RENEW"):
        held = json.loads(path.read_text("utf-8")) if path.exists() else {}
        lines = (
            f"{json.dumps(key)}: {json.dumps(part, ensure_ascii=False)}" for key, part in {**held, name: made}.items()
        )
        path.write_text("{" + ",\n".join(lines) + "}\n", "utf-8")
        return
    held = _held(path)
    assert name in held, f"{path.name} keeps nothing of {name!r}"
    assert made == held[name], f"{name} is not as {path.name} keeps it; NRR_XL_RENEW=1 writes it anew"


def told(error: InputError) -> str:
    """An error in words, with its problems."""
    return "\n".join([str(error), *map(str, error.problems)])


def refused(call: Callable[[], object]) -> str:
    """What a call that must be refused says."""
    with pytest.raises(InputError) as caught:
        call()
    return told(caught.value)


@cache
def _held(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def shortened(value: Any) -> Any:
    """Plain values, numbers to nine digits; a record longer than SHORT as its length and a digest, in its own place."""
    if isinstance(value, dict) and _nested(value.values()):
        return {str(key): shortened(held) for key, held in value.items()}
    if isinstance(value, list | tuple) and _nested(value):
        return [shortened(held) for held in value]
    held = _plain(value)
    text = json.dumps(held, sort_keys=True)
    # Words are shown whole.
    short = isinstance(held, str) or len(text) <= SHORT
    return held if short else f"{len(text)}:{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def _nested(values: Any) -> bool:
    return any(isinstance(held, dict | list | tuple) for held in values)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(held) for held in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        # No last bits, nor what is nothing but for them.
        return float(f"{round(value, 12):.9g}") if np.isfinite(value) else None
    return value if isinstance(value, int | bool | type(None)) else str(value)
