"""The worksheet functions as xlwings' function server finds them: this module's own names, all values raw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nrr_xl.functions.catalogue  # noqa: F401 - declares them
from nrr_xl.excel.slim import import_xlwings
from nrr_xl.functions.worksheet import CATEGORY, FUNCTIONS, WorksheetFunction


def _declared(declared: WorksheetFunction) -> Callable[..., Any]:
    """The function with xlwings' declaration; as it is where xlwings is not installed."""
    xlwings, function = import_xlwings(), declared.function
    if xlwings is None:
        return function
    for name, help_text in declared.arguments.items():
        function = xlwings.arg(name, convert="raw", doc=help_text)(function)
    found: Callable[..., Any] = xlwings.ret(convert="raw")(xlwings.func(function, category=CATEGORY))
    return found


globals().update({name: _declared(each) for name, each in FUNCTIONS.items()})
