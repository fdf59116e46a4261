"""Import xlwings without the optional libraries that it looks for, so that nothing heavy is loaded for it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# xlwings tries to import each of these and does without; its own conversion, which would use them, is not used here.
OPTIONAL = ("numpy", "pandas", "polars", "matplotlib", "plotly", "PIL", "cryptography")
_NOT_IMPORTED = object()


@contextmanager
def hidden_libraries() -> Iterator[None]:
    """The optional libraries look uninstalled in this block; afterwards they can be imported as ever."""
    before = {name: sys.modules.get(name, _NOT_IMPORTED) for name in OPTIONAL}
    sys.modules.update(dict.fromkeys(OPTIONAL))
    try:
        yield
    finally:
        for name, module in before.items():
            if module is _NOT_IMPORTED:
                del sys.modules[name]
            else:
                sys.modules[name] = module


def import_xlwings():
    """The xlwings package; None where it is not installed."""
    if "xlwings" in sys.modules:
        return sys.modules["xlwings"]
    try:
        with hidden_libraries():
            return importlib.import_module("xlwings")
    except ModuleNotFoundError as missing:
        if missing.name != "xlwings":
            raise
        return None
