"""Headless LibreOffice for tests: recalculate workbooks and read every cell, render pages.

One `Office` serves a whole test session. LibreOffice's Python interface is tied to the system's Python, so a small
driver (`office_driver.py`) runs there and this class talks to it in lines of JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.apps.cell import Cell, Cells

SYSTEM_PYTHON = "/usr/bin/python3"
DRIVER = Path(__file__).with_name("office_driver.py")
START_SECONDS = 90
ANSWER_SECONDS = 240
# What each further edit of one question may take: a large book is calculated anew for each.
EDIT_SECONDS = 20

CHART_GAP = re.compile(r"(?:Trend|Cohorts)![A-Z]+\d+: #N/A \(=IF\(ISNUMBER\((\$?[A-Z]+\d+)\);\1;NA\(\)\)\)")

Change = tuple[str, str, float | str | None]


class OfficeError(RuntimeError):
    """LibreOffice did not start, did not answer in time, or could not do what was asked."""


@dataclass(frozen=True)
class Recalculated:
    """A workbook after a hard recalculation: its cells."""

    cells: Cells

    @property
    def errors(self) -> list[str]:
        """The cells that show an error, as readable lines."""
        return [
            f"{sheet}!{address}: {cell.error} (={cell.formula})"
            for (sheet, address), cell in self.cells.items()
            if cell.error
        ]

    @property
    def faults(self) -> list[str]:
        """The errors but for the gaps of a chart: #N/A beside a rate that is a dash, so that no point is drawn."""
        return [line for line in self.errors if not CHART_GAP.fullmatch(line)]

    def value(self, sheet: str, address: str) -> float | str | None:
        """What a cell shows; an error's name for a cell in error; KeyError for an empty one."""
        cell = self.cells[sheet, address]
        return cell.error or cell.value


def missing() -> str:
    """Why LibreOffice cannot be driven here, or "" if it can."""
    for tool in ("soffice", "pdftoppm"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    if not Path(SYSTEM_PYTHON).exists():
        return f"{SYSTEM_PYTHON} does not exist"
    found = subprocess.run([SYSTEM_PYTHON, "-c", "import uno"], capture_output=True)
    return "" if found.returncode == 0 else f"{SYSTEM_PYTHON} has no uno module (python3-uno)"


class Office:
    """A LibreOffice of our own, on a throw-away profile, alive until `close` or the end of its `with` block."""

    def __init__(self, extensions: Iterable[str | Path] = (), profile: Path | None = None):
        self._folder = Path(tempfile.mkdtemp(prefix="nrr_office_"))
        self._log = (self._folder / "driver.log").open("w+")
        command = [SYSTEM_PYTHON, str(DRIVER), str(profile or self._folder / "profile"), *map(str, extensions)]
        # A session of its own, so that `close` can end soffice with its driver whatever state they are in.
        self._driver = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True, start_new_session=True
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._collect, daemon=True).start()
        self._receive(START_SECONDS)

    def __enter__(self) -> Office:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def recalculate(
        self,
        path: str | Path,
        changes: Iterable[Change] = (),
        *,
        rows: Iterable[tuple] = (),
        formulas_only: bool = False,
        only: Iterable[str] = (),
        save: str | Path | None = None,
        macros: bool = False,
    ) -> Recalculated:
        """Open a workbook, change cells, hard-recalculate, and return every cell with content.

        `rows` come first: ("insert", sheet, area), ("delete", sheet, area), ("insert column", sheet, area), ("delete
        column", sheet, area), ("sort", sheet, area, column, ascending), ("hide", sheet, area), and ("copy" or "move",
        sheet, area, address). `only` names the sheets whose cells are wanted (all). `changes`
        are (sheet, address, value): a number, a text, a formula in LibreOffice's syntax ("=..."), or None to
        empty the cell. `save` writes the changed workbook to another .xlsx. The workbook itself is never written to.
        """
        reply = self._ask(
            path=_full(path),
            rows=[list(change) for change in rows],
            set=[list(change) for change in changes],
            formulas_only=formulas_only,
            only=list(only),
            save=save and _full(save),
            macros=macros,
        )
        cells = {(sheet, address): Cell(*rest) for sheet, address, *rest in reply["cells"]}
        return Recalculated(cells)

    def each_alone(self, path: str | Path, edits: Iterable[Iterable[Change]], told: tuple[str, str]) -> list[str]:
        """What a cell says after each edit alone, and at the end with none, without opening the workbook again."""
        edits = [[list(change) for change in edit] for edit in edits]
        seconds = ANSWER_SECONDS + EDIT_SECONDS * len(edits)
        return self._ask(seconds, path=_full(path), set=edits, alone=list(told))["seen"]

    def dispatch(self, path: str | Path, command: str, only: Iterable[str] = ()) -> Cells:
        """Open a document, give it a command as a menu would, and return the cells of all documents open afterwards.

        Those of another document have its address and a bar before the name of their sheet.
        """
        reply = self._ask(path=_full(path), dispatch=command, only=list(only))
        return {(sheet, address): Cell(*rest) for sheet, address, *rest in reply["cells"]}

    def render(self, path: str | Path, folder: str | Path, dpi: int = 80) -> list[Path]:
        """Print a workbook to `folder` as NAME.pdf, and every page of it as a PNG; return the pages in order."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        pdf = folder / f"{Path(path).stem}.pdf"
        self._ask(path=_full(path), formulas_only=True, pdf=_full(pdf))
        for old in folder.glob(f"{pdf.stem}-*.png"):
            old.unlink()
        subprocess.run(["pdftoppm", "-r", str(dpi), "-png", str(pdf), str(folder / pdf.stem)], check=True)
        return sorted(folder.glob(f"{pdf.stem}-*.png"))

    def close(self) -> None:
        """End LibreOffice and remove its profile."""
        if self._driver.poll() is None:
            self._driver.stdin.close()  # the driver ends the office when its input ends
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._driver.wait(30)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._driver.pid, signal.SIGKILL)
        self._driver.wait()
        self._driver.stdout.close()
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _collect(self) -> None:
        with contextlib.suppress(ValueError):  # closed while reading
            for line in self._driver.stdout:
                self._lines.put(line)
        self._lines.put("")

    def _ask(self, seconds: float = ANSWER_SECONDS, **request: Any) -> dict[str, Any]:
        try:
            self._driver.stdin.write(json.dumps(request) + "\n")
            self._driver.stdin.flush()
        except OSError as gone:
            raise OfficeError(f"LibreOffice has ended: {self._said()}") from gone
        reply = self._receive(seconds)
        if "fault" in reply:
            raise OfficeError(reply["fault"])
        return reply

    def _receive(self, seconds: float) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            line = ""
        if not line:
            said = self._said()
            self.close()
            raise OfficeError(f"LibreOffice gave no answer within {seconds} s: {said}")
        return json.loads(line)

    def _said(self) -> str:
        self._log.seek(0)
        return self._log.read()[-2000:]


def _full(path: str | Path) -> str:
    return str(Path(path).resolve())
