"""What LibreOffice registers: the worksheet functions and the menu's entries, as UNO components."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import uno
import unohelper
from com.sun.star.lang import XLocalizable, XServiceInfo, XServiceName
from com.sun.star.task import XJobExecutor

try:
    from nrrxl import XFunctions
except ImportError:
    # unopkg may look at the components before it knows the extension's types; it is after their names alone.
    XFunctions = XServiceName

import nrr_xl
from nrr_xl.calc import menu
from nrr_xl.calc.cells import ERRORS, given, shown
from nrr_xl.calc.engine import Engine
from nrr_xl.calc.names import ACTIONS, FUNCTIONS, with_document
from nrr_xl.functions.log import record
from nrr_xl.functions.worksheet import FUNCTIONS as DECLARED

# The extension's folder: its own Python code lies two below.
ENGINE = Engine(Path(nrr_xl.__file__).parents[2])


class _Component(unohelper.Base, XServiceInfo, XServiceName, XLocalizable):  # type: ignore[misc]
    """What every component answers about itself."""

    NAME = ""

    def __init__(self, context: Any) -> None:
        self.context = context
        self.locale = uno.createUnoStruct("com.sun.star.lang.Locale")

    def setLocale(self, locale: Any) -> None:
        self.locale = locale

    def getLocale(self) -> Any:
        return self.locale

    def getServiceName(self) -> str:
        return self.NAME

    def getImplementationName(self) -> str:
        return self.NAME

    def supportsService(self, name: str) -> bool:
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        return (self.NAME,)


class Functions(_Component, XFunctions):  # type: ignore[misc]
    """The worksheet functions; each is a method of its own name, put in below."""

    NAME = FUNCTIONS


class Actions(_Component, XJobExecutor):  # type: ignore[misc]
    """The entries of the menu."""

    NAME = ACTIONS

    def trigger(self, action: str) -> None:
        """Do what an entry says, with the spreadsheet in front."""
        menu.run(self.context, ENGINE, action)


def _method(name: str) -> Any:
    document_follows = with_document(DECLARED[name])

    def method(self: Functions, *cells: Any) -> Any:
        try:
            days = menu.first_day(cells[-1]) if document_follows else 0
            if document_follows:
                cells = cells[:-1]
            return shown(ENGINE.ask("function", name, given(cells), days))
        except Exception as fault:
            record(name, fault)
            return ((ERRORS["#VALUE!"],),)

    return method


for _name in DECLARED:
    setattr(Functions, _name, _method(_name))

g_ImplementationHelper = unohelper.ImplementationHelper()
for _component in (Functions, Actions):
    g_ImplementationHelper.addImplementation(_component, _component.NAME, (_component.NAME,))
