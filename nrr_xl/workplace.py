"""What a run leaves on the machine when it ends, however it ends: nothing."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from nrr_xl.files import lock

PREFIX, LOCK = "nrr_xl-run-", ".lock"
# A folder whose run has not even locked it by then never will.
YOUNG_SECONDS = 60
ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
# Runs a command in a group of its own; ends the group when the command ends or when standard input does, that is, when
# whoever started this is gone.
_GUARD = """
import os, signal, subprocess, sys, threading
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True)
def end():
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
def watch():
    sys.stdin.buffer.read()
    end()
threading.Thread(target=watch, daemon=True).start()
status = child.wait()
end()
os._exit(status if status >= 0 else 1)
"""


class Ended(SystemExit):
    """The system asked this process to end."""


@contextmanager
def workplace() -> Iterator[None]:
    """A block in which all temporary files lie in one private folder, gone after it whatever ends it.

    What a run that was killed left behind is removed at the start of the next one.
    """
    with _signals(), private_folder(Path(tempfile.gettempdir())) as folder:
        before, tempfile.tempdir = tempfile.tempdir, str(folder)
        try:
            yield
        finally:
            tempfile.tempdir = before


@contextmanager
def private_folder(home: Path) -> Iterator[Path]:
    """A folder of this run's own in another one, gone after the block; those that killed runs left there are removed.

    >>> with private_folder(Path(tempfile.mkdtemp())) as folder:
    ...     _ = (folder / "rows").write_text("put aside")
    >>> folder.exists()
    False
    """
    _sweep(home)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home))
    handle = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    lock(handle)
    try:
        yield folder
    finally:
        with _undisturbed():
            os.close(handle)
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _signals() -> Iterator[None]:
    """A block that a request to end leaves as an exception does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, _frame: FrameType | None) -> None:
        raise Ended(128 + number)

    before = {number: signal.signal(number, end) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A block that no signal interrupts."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, *ENDING})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _sweep(home: Path) -> None:
    """Remove the folders of runs that were killed."""
    with contextlib.suppress(OSError):
        for each in os.scandir(home):
            if each.name.startswith(PREFIX) and each.is_dir(follow_symlinks=False):
                with contextlib.suppress(OSError):
                    _sweep_folder(Path(each.path), each.stat(follow_symlinks=False))


def _sweep_folder(folder: Path, found: os.stat_result) -> None:
    if hasattr(os, "getuid") and found.st_uid != os.getuid():
        return
    if os.name == "nt":
        # A folder with an open file in it cannot be renamed there.
        stale = folder.with_name(f"{PREFIX}{folder.name.removeprefix(PREFIX)}_")
        folder.rename(stale)
        shutil.rmtree(stale, ignore_errors=True)
        return
    try:
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        if time.time() - found.st_mtime > YOUNG_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
        return
    try:
        if lock(handle):
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(handle)


def run_to_the_end(command: Sequence[str], seconds: float, **environment: str) -> int:
    """Run a program and all that it starts; they end with it, with this process, or after so many seconds.

    Returns the program's status.

    Raises
    ------
    subprocess.TimeoutExpired
        If it took longer.
    OSError
        If it cannot be started.
    """
    guarded = [sys.executable, "-I", "-S", "-c", _GUARD, *command] if os.name == "posix" else list(command)
    process = subprocess.Popen(
        guarded,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | environment,
    )
    try:
        return process.wait(seconds)
    finally:
        if process.stdin is not None:
            process.stdin.close()  # the guard ends the group
        if process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait()
