"""Put the add-in into LibreOffice with its own tool, unopkg, and point it at this environment; or take it out again."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from nrr_xl._version import __version__
from nrr_xl.calc.build import build_extension
from nrr_xl.calc.engine import ENVIRONMENT, this_python
from nrr_xl.calc.names import EXTENSION
from nrr_xl.commands import templates_folder
from nrr_xl.errors import InputError, OutputError

UNOPKG = ("unopkg", "/Applications/LibreOffice.app/Contents/MacOS/unopkg")
WINDOWS = (r"%ProgramFiles%\LibreOffice\program\unopkg.com", r"%ProgramFiles(x86)%\LibreOffice\program\unopkg.com")
SECONDS = 120


def environment() -> bytes:
    """What the add-in is told of this environment: its Python, what compiled packages need, and where they lie."""
    paths = sysconfig.get_paths()
    note = {
        "python": sys.executable,
        "tag": this_python(),
        "version": __version__,
        "templates": str(templates_folder()),
        "site": list(dict.fromkeys((paths["platlib"], paths["purelib"]))),
    }
    return json.dumps(note, indent=1).encode()


def command(arguments: argparse.Namespace) -> int:
    """`nrr-xl install --libreoffice` and `nrr-xl uninstall --libreoffice`."""
    if arguments.what_if:
        lines = [f"{unopkg()} would {'remove' if arguments.uninstall else 'add'} the extension {EXTENSION}."]
    else:
        lines = uninstall() if arguments.uninstall else install()
    print("\n".join(lines))
    return 0


def install() -> list[str]:
    """Build the add-in and give it to LibreOffice; what was done, line by line.

    Raises
    ------
    InputError
        If LibreOffice is not there.
    OutputError
        If it does not take the add-in.
    """
    program = unopkg()
    with tempfile.TemporaryDirectory(prefix="nrr_xl_") as folder:
        file = Path(folder) / "nrr_xl.oxt"
        file.write_bytes(build_extension({ENVIRONMENT: environment()}))
        _run(program, "add", "--force", "--suppress-license", str(file))
    return [
        f"{program}: nrr_xl {__version__} is in LibreOffice, with {sys.executable} behind it.",
        "Start LibreOffice Calc: type =NRR(500000,100000,20000,30000), or open its menu Retention.",
    ]


def uninstall() -> list[str]:
    """Take the add-in out of LibreOffice."""
    program = unopkg()
    _run(program, "remove", EXTENSION)
    return [f"{program}: nrr_xl is no longer in LibreOffice."]


def unopkg() -> str:
    """LibreOffice's tool for extensions."""
    places = (*UNOPKG, *(os.path.expandvars(place) for place in WINDOWS))
    found = next((found for place in places if (found := shutil.which(place))), None)
    if found is None:
        raise InputError("LibreOffice was not found: there is no unopkg. Install LibreOffice, or put it on the PATH.")
    return found


def _run(program: str, verb: str, *arguments: str) -> None:
    # unopkg lets the administrator change what all users have, and nothing else.
    shared = ["--shared"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    try:
        done = subprocess.run(
            [program, verb, *shared, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as stuck:
        raise OutputError(f"{program} did not end well: {stuck}. Close LibreOffice and try again.") from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        reason = said[0] if said else "it gave no reason"
        raise OutputError(f"{program} refused: {reason}. Close LibreOffice and try again.")
