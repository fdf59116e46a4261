"""Where things go on a machine: the add-in, the templates, the record, the start-up shortcut."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nrr_xl.excel.setup.windows import USER

if TYPE_CHECKING:
    from nrr_xl.excel.setup.windows import Windows

OFFICE = r"Software\Microsoft\Office"
VERSIONS = ("16.0", "15.0", "14.0")  # 2016 and later, 2013, 2010
# The functions of amounts with the ribbon, and the host of Python.
ADDIN, HOST = "nrr_xl.xlam", "nrr_xl_host.xlam"
ADDINS = (ADDIN, HOST)
TEMPLATES = ("nrr_template.xltx", "nrr_template.xlsx", "nrr_template.xlsm")
XLWINGS = "0.37.8"
DLLS = (f"xlwings64-{XLWINGS}.dll", f"xlwings32-{XLWINGS}.dll")


def home(machine: Windows) -> Path:
    return machine.local / "nrr_xl"


def venv(machine: Windows) -> Path:
    """The one place of the environment: the add-in looks nowhere else."""
    return home(machine) / "venv"


def record(machine: Windows) -> Path:
    return home(machine) / "install.json"


def addins(machine: Windows) -> tuple[Path, ...]:
    """In XLSTART Excel trusts and loads them, without registration."""
    return tuple(machine.roaming / "Microsoft" / "Excel" / "XLSTART" / name for name in ADDINS)


def startup(machine: Windows) -> Path:
    return machine.roaming / "Microsoft" / "Windows" / "Start Menu" / "Programs" / "Startup" / "nrr_xl server.lnk"


def office_versions(machine: Windows) -> list[str]:
    """The Office versions with settings of this user's Excel, the newest first."""
    return [each for each in VERSIONS if machine.values(USER, rf"{OFFICE}\{each}\Excel\Options")]


def template_folders(machine: Windows) -> list[Path]:
    """The folders of personal templates, each once: where a version's Options say, else Office's default."""
    folders: list[Path] = []
    for version in office_versions(machine):
        wanted = machine.values(USER, rf"{OFFICE}\{version}\Excel\Options").get("PersonalTemplates")
        if wanted:
            folders.append(machine.expand(str(wanted)))
        elif version == "14.0":
            folders.append(machine.roaming / "Microsoft" / "Templates")
        else:
            folders.append(machine.documents / "Custom Office Templates")
    return list(dict.fromkeys(folders)) or [machine.documents / "Custom Office Templates"]


def sources() -> Path:
    """The folder of the distributed files in this package."""
    from nrr_xl.commands import templates_folder

    return templates_folder()
