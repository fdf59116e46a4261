"""The macro of the template's .xlsm: one VBA module, which calls the add-in or says that it is absent."""

from __future__ import annotations

import tempfile
import zipfile
from importlib import resources
from pathlib import Path

from nrr_xl.errors import InputError

MODULE = "NrrTemplate"
MACRO = "NrrTemplateBuildReport"
PART = "xl/vbaProject.bin"


def macro_source() -> str:
    """The VBA module as it is kept in the repository, with the line ends that VBA wants."""
    source = (resources.files("nrr_xl.workbook") / "vba" / f"{MODULE}.bas").read_text(encoding="ascii")
    return "\r\n".join(source.splitlines()) + "\r\n"


def vba_project() -> bytes:
    """The compiled project's bytes, the same every time.

    Raises
    ------
    InputError
        If pyOpenVBA, which writes it, is not installed.
    """
    try:
        from pyopenvba import ExcelFile, VBAModuleKind
    except ImportError:
        raise InputError(
            "An .xlsm template needs the package pyOpenVBA: install it, or choose .xlsx or .xltx."
        ) from None
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "project.xlsm"
        with ExcelFile.create_new(made) as workbook:
            project = workbook.vba_project()
            project.delete_module("Module1")
            project.add_module(MODULE, macro_source(), kind=VBAModuleKind.standard)
            workbook.save()
        with zipfile.ZipFile(made) as package:
            return package.read(PART)
