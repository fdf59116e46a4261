"""A workbook printed to PDF by LibreOffice where it is installed, and opened for the user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from nrr_xl.errors import OutputError
from nrr_xl.files import written_whole
from nrr_xl.workplace import run_to_the_end

PROGRAMS = ("soffice", "libreoffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice")
WINDOWS = (r"%ProgramFiles%\LibreOffice\program\soffice.com", r"%ProgramFiles(x86)%\LibreOffice\program\soffice.com")
SECONDS = 300


def libreoffice() -> str | None:
    """LibreOffice's program, or None where it is not installed."""
    places = (*PROGRAMS, *(os.path.expandvars(place) for place in WINDOWS))
    return next((found for place in places if (found := shutil.which(place))), None)


def write_pdf(
    workbook: str | os.PathLike[str], path: str | os.PathLike[str] | None = None, *, overwrite: bool = False
) -> Path:
    """Print a workbook to a PDF of the same name, or to `path`.

    Raises
    ------
    OutputError
        If LibreOffice is not installed, does not print the file, or `path` exists.
    """
    workbook = Path(workbook)
    target = Path(path) if path else workbook.with_suffix(".pdf")
    program = libreoffice()
    if program is None:
        raise OutputError("A PDF needs LibreOffice, which was not found. Install it, or print from Excel.")
    with written_whole(target, overwrite) as beside, tempfile.TemporaryDirectory() as folder:
        # A profile of its own, so that a LibreOffice that is already open does not swallow the request.
        profile = (Path(folder) / "profile").as_uri()
        command = [program, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--convert-to", "pdf"]
        try:
            # Its temporary files go into ours, and it ends when we do.
            arguments = [*command, "--outdir", folder, str(workbook.resolve())]
            run_to_the_end(arguments, SECONDS, TMPDIR=folder)
            shutil.copyfile(Path(folder) / f"{workbook.stem}.pdf", beside)
        except (subprocess.SubprocessError, OSError):
            raise OutputError(f"LibreOffice could not print {workbook}. Open it there to see why.") from None
    return target


def open_file(path: str | os.PathLike[str]) -> None:
    """Open a file with the program that the system has for it.

    Raises
    ------
    OutputError
        If there is none.
    """
    if sys.platform == "win32":
        os.startfile(path)  # noqa: S606 - a file that we wrote
        return
    program = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    if program is None:
        raise OutputError(f"No program to open {path} was found. Open it by hand.")
    subprocess.Popen([program, str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
