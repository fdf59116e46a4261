"""The names by which LibreOffice knows the add-in, and what it is told of each function."""

from __future__ import annotations

import nrr_xl.functions.catalogue  # noqa: F401 - declares them
from nrr_xl.calc.typelib import Method
from nrr_xl.functions.worksheet import FUNCTIONS as DECLARED
from nrr_xl.functions.worksheet import WorksheetFunction

EXTENSION = "nrrxl.calc"
INTERFACE = "nrrxl.XFunctions"
# Documents hold the functions under this name: it must never change.
FUNCTIONS = "nrrxl.Functions"
ACTIONS = "nrrxl.Actions"
ANY = "any"
# Calc takes a matrix of any size in this type alone.
MATRIX = "[][]any"
# An argument of this type is the document that calls, and is not shown to the user.
DOCUMENT = ("document", "com.sun.star.beans.XPropertySet")


def with_document(declared: WorksheetFunction) -> bool:
    """Whether a function is told which document calls: each counts its dates from a day of its own."""
    return "periods" in declared.arguments


def methods() -> list[Method]:
    """The worksheet functions as methods, by name; every argument may be a cell, a range, or left out."""
    return [
        Method(name, MATRIX, (*((argument, ANY) for argument in each.arguments), *(DOCUMENT,) * with_document(each)))
        for name, each in sorted(DECLARED.items())
    ]
