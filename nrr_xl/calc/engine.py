"""Where the add-in computes: in LibreOffice's own Python, with the package's environment behind it, or in a helper.

The functions of single cells need nothing but this package's own code, which the extension carries. Those over ranges
need numpy and pandas, which lie in the environment that `nrr-xl install --libreoffice` noted in the extension.
"""

from __future__ import annotations

import contextlib
import json
import marshal
import struct
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from nrr_xl._version import __version__
from nrr_xl.calc import service
from nrr_xl.errors import NrrError
from nrr_xl.functions.log import record
from nrr_xl.functions.worksheet import FUNCTIONS

ENVIRONMENT = "environment.json"
TEMPLATE = "nrr_template.xltx"
AGAIN = "Run: nrr-xl install --libreoffice"
LARGEST_FRAME = 1 << 31
# What must come from the environment and from nowhere else, so that its parts fit each other.
COMPILED = ("numpy", "pandas")


class EngineError(NrrError):
    """Nothing is there that could compute this."""


def packed(value: Any) -> bytes:
    """A plain value with its length before it; ValueError where it is none."""
    content = marshal.dumps(value, 2)
    return struct.pack("<Q", len(content)) + content


def receive(stream: IO[bytes]) -> Any:
    """The next plain value; EOFError where there is none."""
    head = stream.read(8)
    if len(head) < 8:
        raise EOFError
    (length,) = struct.unpack("<Q", head)
    if length > LARGEST_FRAME:
        raise EngineError("The helper process answered with something else.")
    content = stream.read(length)
    if len(content) < length:
        raise EOFError
    return marshal.loads(content)  # noqa: S302 - from our own helper, through a pipe


class Helper:
    """A process of the environment's own Python that computes; it ends when its input does."""

    def __init__(self, python: str) -> None:
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        command = [python, "-I", "-B", "-m", "nrr_xl.calc.helper"]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=flags,
            )
        except OSError:
            raise EngineError(f"{python} does not run this package. {AGAIN}") from None
        try:
            version = receive(self._output)
        except EOFError:
            self.close()
            raise EngineError(f"{python} does not run this package. {AGAIN}") from None
        if version != __version__:
            self.close()
            raise EngineError(f"The add-in is of version {__version__}, the package of version {version}. {AGAIN}")

    @property
    def _output(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout

    def ask(self, entry: str, arguments: tuple[Any, ...]) -> Any:
        """What an entry of the service gives; EOFError where the process has ended."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(packed((entry, arguments)))
            self._process.stdin.flush()
        except OSError:
            raise EOFError from None
        done, value = receive(self._output)
        if not done:
            raise EngineError(value)
        return value

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):  # what was not yet sent has nowhere to go
                    stream.close()


class Engine:
    """The service, wherever it can run; `folder` is the extension's, where the environment is noted."""

    def __init__(self, folder: Path) -> None:
        self._note = _noted(folder / ENVIRONMENT)
        self._helper: Helper | None = None
        self._lock = threading.Lock()
        self._elsewhere = bool(self._note) and not attach(self._note)

    def ask(self, entry: str, *arguments: Any) -> Any:
        """What an entry of the service gives.

        Raises
        ------
        EngineError
            If it needs packages that are not there.
        """
        if not self._elsewhere or (entry == "function" and of_single_cells(*arguments[:2])):
            try:
                return service.ENTRIES[entry](*arguments)
            except ImportError as missing:
                if not self._elsewhere:
                    raise EngineError(f"{missing}, and no environment is noted in the add-in. {AGAIN}") from None
        with self._lock:
            return self._elsewhere_answer(entry, arguments)

    def _elsewhere_answer(self, entry: str, arguments: tuple[Any, ...]) -> Any:
        for last in (False, True):
            if self._helper is None:
                self._helper = Helper(self._note["python"])
            try:
                return self._helper.ask(entry, arguments)
            except EOFError:
                # It was ended from outside; a new one may do better, once.
                self._helper.close()
                self._helper = None
                if last:
                    raise EngineError("The helper process ended twice.") from None
        raise AssertionError

    def template(self) -> str:
        """The path of the template workbook.

        Raises
        ------
        EngineError
            If it is not there.
        """
        path = Path(self._note.get("templates", "")) / TEMPLATE
        if not path.is_file():
            raise EngineError(f"The template {path} is missing. {AGAIN}")
        return str(path)

    def close(self) -> None:
        """End the helper, if there is one."""
        if self._helper is not None:
            self._helper.close()
            self._helper = None


def of_single_cells(name: str, cells: tuple[Any, ...]) -> bool:
    """Whether a call needs no packages; functions over rows do, and where a key stands for rows, where those are held.

    >>> of_single_cells("NRR", (100.0, 10.0)), of_single_cells("NRR_ASOF", ("NRR_ROWS:12", None, None, "2024-12"))
    (True, False)
    """
    return "periods" not in FUNCTIONS[name].arguments and not any(isinstance(cell, tuple) for cell in cells)


def _noted(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as damaged:
        # The functions of single cells work without it.
        record(f"reading {path}", damaged)
        return {}


def this_python() -> str:
    """What compiled packages are bound to: the implementation, its version, and the size of a pointer."""
    return f"{sys.implementation.cache_tag}-{8 * struct.calcsize('P')}"


def attach(note: dict[str, Any]) -> bool:
    """Put the environment's packages behind this Python's own; False where the two do not fit."""
    if note["tag"] != this_python() or note["version"] != __version__:
        return False
    before = list(sys.path)
    sys.path += [place for place in note["site"] if place not in sys.path]
    try:
        found = [find_spec(name) for name in COMPILED]
    except ValueError:
        found = []
    homes = [Path(place).resolve() for place in note["site"]]
    if found and all(
        spec and spec.origin and any(home in Path(spec.origin).resolve().parents for home in homes) for spec in found
    ):
        return True
    sys.path[:] = before
    return False
