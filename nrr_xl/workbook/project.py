"""VBA projects, written without Excel: modules into a new macro workbook, to be compiled by whatever Excel opens it."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

from nrr_xl.errors import InputError

PART = "xl/vbaProject.bin"
# [MS-OVBA] 2.3.4.1: version 0xFFFF and no performance cache, so that no Office trusts what another one compiled.
_HEADER = b"\xcc\x61\xff\xff\x00\x00\x00"


def macro_workbook(kind: str, modules: dict[str, str], workbook_code: str = "") -> dict[str, bytes]:
    """The parts of a new, empty macro workbook, the same bytes every time.

    Parameters
    ----------
    kind : str
        ".xlsm" or ".xlam".
    modules : dict
        The sources of its standard modules by name; there is no other.
    workbook_code : str
        What stands in its module ThisWorkbook.

    Raises
    ------
    InputError
        If pyOpenVBA, which writes the project, is not installed.
    """
    try:
        from pyopenvba import ExcelFile, VBAModuleKind
    except ImportError:
        raise InputError("A workbook with macros needs the package pyOpenVBA: install it, or choose .xlsx.") from None
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / f"project{kind}"
        with ExcelFile.create_new(made) as workbook:
            project = workbook.vba_project()
            project.delete_module("Module1")
            for name in sorted(modules):
                project.add_module(name, windows_lines(modules[name]), kind=VBAModuleKind.standard)
            if workbook_code:
                project.get_module("ThisWorkbook").body = windows_lines(workbook_code)
            workbook.save()
        with zipfile.ZipFile(made) as package:
            parts = {name: package.read(name) for name in package.namelist()}
    return parts | {PART: _fresh(parts[PART])}


def windows_lines(source: str) -> str:
    """A module's source with the line ends that VBA wants."""
    return "\r\n".join(source.splitlines()) + "\r\n"


def _fresh(project: bytes) -> bytes:
    """A project without anything that was compiled before."""
    from pyopenvba.cfb import CFB

    container = CFB.from_bytes(project)
    for name in container.list_streams_in_storage("VBA"):
        if name.startswith("__SRP_"):
            container.remove_stream_in_storage("VBA", name)
    container.write_stream_in_storage("VBA", "_VBA_PROJECT", _HEADER)
    return bytes(container.to_bytes())
