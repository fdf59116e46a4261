"""Import xlwings without the optional libraries that it looks for, so that nothing heavy is loaded for it."""

from __future__ import annotations

import importlib
import sys

# xlwings tries to import each of these and does without; its own conversion, which would use them, is not used here.
OPTIONAL = ("numpy", "pandas", "polars", "matplotlib", "plotly", "PIL", "cryptography")
_NOT_IMPORTED = object()


def import_xlwings():
    """The xlwings package; None where it is not installed.

    While it is being imported the optional libraries look uninstalled to it; afterwards they can be imported as ever.
    """
    if "xlwings" in sys.modules:
        return sys.modules["xlwings"]
    hidden = {name: sys.modules.get(name, _NOT_IMPORTED) for name in OPTIONAL}
    sys.modules.update(dict.fromkeys(OPTIONAL))
    try:
        return importlib.import_module("xlwings")
    except ModuleNotFoundError as missing:
        if missing.name != "xlwings":
            raise
        return None
    finally:
        for name, module in hidden.items():
            if module is _NOT_IMPORTED:
                del sys.modules[name]
            else:
                sys.modules[name] = module
