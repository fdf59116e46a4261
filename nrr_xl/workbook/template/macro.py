"""The macro of the template's .xlsm: one VBA module, which calls the add-in or says that it is absent."""

from __future__ import annotations

from importlib import resources

from nrr_xl.workbook.project import PART, macro_workbook, windows_lines

MODULE = "NrrTemplate"
MACRO = "NrrTemplateBuildReport"


def macro_source() -> str:
    """The VBA module as it is kept in the repository, with the line ends that VBA wants."""
    return windows_lines((resources.files("nrr_xl.workbook") / "vba" / f"{MODULE}.bas").read_text(encoding="ascii"))


def vba_project() -> bytes:
    """The project's bytes, the same every time."""
    return macro_workbook(".xlsm", {MODULE: macro_source()})[PART]
