"""Import xlwings without the optional libraries that it looks for, so that nothing heavy is loaded for it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

# xlwings tries to import each of these and does without; its own conversion, which would use them, is not used here.
OPTIONAL = ("numpy", "pandas", "polars", "matplotlib", "plotly", "PIL", "cryptography")
_NOT_IMPORTED = object()


@contextmanager
def hidden_libraries() -> Iterator[None]:
    """The optional libraries look uninstalled in this block; afterwards they can be imported as ever."""
    modules: dict[str, Any] = sys.modules
    before = {name: modules.get(name, _NOT_IMPORTED) for name in OPTIONAL}
    modules.update(dict.fromkeys(OPTIONAL))
    try:
        yield
    finally:
        for name, module in before.items():
            if module is _NOT_IMPORTED:
                del modules[name]
            else:
                modules[name] = module


@contextmanager
def no_generated_modules() -> Iterator[None]:
    """pywin32 writes no Python modules of Excel's type library in this block, which the first time takes seconds.

    xlwings asks for them when it is imported, and goes on without; functions and macros are late-bound here.
    """
    if sys.platform != "win32":
        yield
        return
    import pywintypes  # noqa: F401 - must come before the rest of pywin32
    from win32com.client import gencache

    def refuse(*_args, **_options):
        raise ImportError("not needed")

    original, gencache.EnsureModule = gencache.EnsureModule, refuse
    try:
        yield
    finally:
        gencache.EnsureModule = original


def import_xlwings() -> ModuleType | None:
    """The xlwings package; None where it is not installed."""
    if "xlwings" in sys.modules:
        return sys.modules["xlwings"]
    try:
        with hidden_libraries(), no_generated_modules():
            return importlib.import_module("xlwings")
    except ModuleNotFoundError as missing:
        if missing.name != "xlwings":
            raise
        return None
