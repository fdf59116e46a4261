"""The commands that the proofs of tests/faults break into, and what may be found after them."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from nrr_xl.cli import main
from nrr_xl.files import UNFINISHED, written_whole
from nrr_xl.workplace import PREFIX, workplace

posix = pytest.mark.skipif(os.name != "posix", reason="signals and limits are POSIX's")
RUN = [sys.executable, "-m", "nrr_xl"]
CUSTOMERS = 12
LIBRARIES = [
    "numpy",
    "openpyxl",
    "nrr_xl.comparing",
    "nrr_xl.retention.analysis",
    "nrr_xl.revenue.read",
    "nrr_xl.workbook.report",
    "nrr_xl.workbook.comparison",
    "nrr_xl.workbook.into",
    "nrr_xl.workbook.fill",
    "nrr_xl.workbook.template.build",
]

# Each writes into its own folder; {rows} is the input, {template} a template, {theme} a theme, {map} a customer map.
COMMANDS = {
    "demo": ["demo"],
    "report": ["report", "{rows}", "-o", "out.xlsx"],
    "report --overwrite": ["report", "{rows}", "-o", "old.xlsx", "--overwrite"],
    "report --pdf": ["report", "{rows}", "-o", "out.xlsx", "--pdf"],
    "report --into": ["report", "{rows}", "--into", "book.xlsx"],
    "analyse": ["analyse", "{rows}", "--json"],
    "check": ["check", "{rows}"],
    "compare": ["compare", "{rows}", "{rows}", "-o", "out.xlsx"],
    "template": ["template", "out.xlsx", "--customers", "48"],
    "fill": ["fill", "{template}", "{rows}", "-o", "out.xlsx"],
}


def prepare(folder: Path) -> dict[str, str]:
    """The files that the commands read, in a folder of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = folder / "rows.csv"
    lines = ["Customer,Month,MRR"]
    for customer in range(CUSTOMERS):
        for month in range(1, 25):
            lines.append(f"Customer {customer},20{23 + month // 13}-{(month - 1) % 12 + 1:02d}-01,{100 + customer}")
    rows.write_text("\n".join(lines), "utf-8")
    book = folder / "book.xlsx"
    with xlsxwriter.Workbook(book) as made:
        made.add_worksheet("Ours").write_row("A1", ["what", "was", "there", 1])
    template = folder / "template.xlsx"
    if not template.exists():
        subprocess.run([*RUN, "template", str(template), "--customers", "48"], check=True, stdout=subprocess.DEVNULL)
    return {"rows": str(rows), "template": str(template), "book": str(book)}


def _interruptible() -> None:
    # A shell in the background hands down that interrupts are ignored.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _run_here(words: list[str], folder: str, temporary: str) -> None:
    """A command in a process that has its libraries loaded already, which saves most of the time of a thousand runs."""
    os.setsid()
    os.chdir(folder)
    tempfile.tempdir = temporary
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main(words))


class Loaded:
    """A command started by a fork server, in the words of subprocess.Popen."""

    _server = multiprocessing.get_context("forkserver") if os.name == "posix" else None

    def __init__(self, words: list[str], folder: Path, temporary: Path) -> None:
        assert self._server is not None
        self._server.set_forkserver_preload(["tests.faults.commands", *LIBRARIES])
        self._process = self._server.Process(target=_run_here, args=(words, str(folder), str(temporary)))
        self._process.start()

    def poll(self) -> int | None:
        return self._process.exitcode

    returncode = property(poll)

    def send_signal(self, number: int) -> None:
        # It may have ended between the look and the signal.
        with contextlib.suppress(ProcessLookupError):
            if self._process.is_alive():
                os.kill(self._process.pid, number)

    def communicate(self) -> tuple[bytes, bytes]:
        self._process.join()
        return b"", b""


class Workshop:
    """A folder to run a command in, with an old file in it, and a folder for temporary files."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        self.files = files
        self.out, self.temporary = folder / "out", folder / "tmp"
        for each in (self.out, self.temporary):
            each.mkdir(parents=True)
        self.old = self.out / "old.xlsx"
        self.old.write_bytes(b"what was there before")
        self.book = self.out / "book.xlsx"
        shutil.copyfile(files["book"], self.book)

    def start(self, name: str, **options) -> subprocess.Popen:
        words = [word.format(**self.files) for word in COMMANDS[name]]
        return subprocess.Popen(
            [*RUN, *words],
            cwd=self.out,
            env=os.environ | {"TMPDIR": str(self.temporary)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=options.pop("preexec_fn", None) or _interruptible,
            **options,
        )

    def start_loaded(self, name: str) -> Loaded:
        return Loaded([word.format(**self.files) for word in COMMANDS[name]], self.out, self.temporary)

    def is_writing(self) -> bool:
        return any(each.name.startswith(UNFINISHED) for each in self.out.iterdir())

    def wait_for_writing(self, process: subprocess.Popen) -> bool:
        """Wait until the command has begun a file; False where it ends without one."""
        while process.poll() is None:
            if self.is_writing():
                return True
            time.sleep(0.002)
        return False

    def remove(self) -> None:
        shutil.rmtree(self.out.parent)

    def sweep(self) -> None:
        """The next start of any command, which writes into the same folder."""
        before, tempfile.tempdir = tempfile.tempdir, str(self.temporary)
        try:
            with workplace(), written_whole(self.out / "next.txt") as beside:
                beside.write_text("")
        finally:
            tempfile.tempdir = before

    def left(self) -> list[str]:
        """What is there that should not be: temporary files, and unfinished ones."""
        found = [each.name for each in self.temporary.iterdir() if each.name.startswith(PREFIX)]
        return found + [each.name for each in self.out.iterdir() if each.name.startswith(UNFINISHED)]

    def lost(self) -> list[str]:
        """What is not whole: an old file neither as it was nor a whole new one, a new file that does not open."""
        found = []
        for path in self.out.iterdir():
            if path.name.startswith(UNFINISHED) or path.suffix != ".xlsx":
                continue
            if path == self.old and path.read_bytes() == b"what was there before":
                continue
            try:
                with zipfile.ZipFile(path) as package:
                    whole = package.testzip() is None
            except zipfile.BadZipFile:
                whole = False
            if not whole:
                found.append(path.name)
        return found if self.book.exists() and self.old.exists() else [*found, "a file that was there before"]
