"""Files written whole or not at all: beside their place first, under their name in one step when they are complete."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import signal
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nrr_xl.errors import InputError, OutputError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

AnyPath = str | os.PathLike[str]
# How unfinished files are called; whoever writes into a folder next sweeps those that no one is at work on.
UNFINISHED = ".nrr_xl-"
# What this process has made and is to remove. Each maker does so itself; where a signal comes just as it begins to,
# whoever is outermost does.
MADE: set[Path] = set()
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def undisturbed() -> Iterator[None]:
    """A block that no request to end interrupts: it is heard afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, *ENDING})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def written_whole(
    path: AnyPath, overwrite: bool = False, inputs: Iterable[AnyPath] = (), as_read: os.stat_result | None = None
) -> Iterator[Path]:
    """A temporary file beside `path`, which takes its name when the block ends well and is removed when it does not.

    A link is followed: its target is what is written. Where `path` is new, one of several writers gets it; where it is
    to be replaced, it must still be the file that it was at the start, or when it was read (`as_read`).

    Raises
    ------
    OutputError
        If `path` is one of `inputs`, a folder, a device or a pipe; if it exists and `overwrite` is False, or somebody
        wrote it meanwhile; if its folder is missing, or it cannot be written (an open workbook).

    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "note.txt"
    >>> with written_whole(target) as beside:
    ...     _ = beside.write_text("whole")
    >>> target.read_text(), [each.name for each in target.parent.iterdir()]
    ('whole', ['note.txt'])
    """
    target = Path(os.path.realpath(path))
    before = _stat(target, path)
    _refuse(target, path, before, overwrite, inputs)
    sweep(target.parent)
    handle = beside = None
    try:
        with undisturbed():
            try:
                handle, beside = _beside(target)
            except OSError as refused:
                raise OutputError(f"{path} cannot be written: {refused.strerror}.") from None
            MADE.add(beside)
        yield beside
        beside.chmod(stat.S_IMODE(before.st_mode) if before else 0o666 & ~_umask())
        _sync(beside)
        _put(beside, target, as_read or before, path)
        _sync(target.parent)
    except PermissionError:
        raise OutputError(f"{path} cannot be written: it may be open in Excel. Close it and try again.") from None
    except OSError as refused:
        raise OutputError(f"{path} cannot be written: {refused.strerror or refused}.") from None
    except Exception as fault:
        if not (words := named_refusal(fault)):
            raise
        raise OutputError(f"{path} cannot be written: {words}.") from None
    finally:
        with undisturbed():
            if beside is not None:
                beside.unlink(missing_ok=True)
                MADE.discard(beside)
            if handle is not None:
                os.close(handle)


def toml_table(path: AnyPath, what: str) -> dict[str, Any]:
    """The table of a TOML file; `what` names its purpose in messages. A byte order mark, as Windows writes it, is none.

    Raises InputError where the file cannot be read, is not UTF-8 or is no TOML.
    """
    import tomllib

    if not isinstance(path, str | os.PathLike):
        raise InputError(f"The {what} is of the type {type(path).__name__}. Give the path of a TOML file.")
    try:
        return tomllib.loads(Path(path).read_text("utf-8-sig"))
    except OSError as refused:
        raise InputError(f"{path}: the {what} cannot be read ({refused.strerror}).") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: the {what} is not UTF-8 text. Save it as UTF-8.") from None
    except (tomllib.TOMLDecodeError, RecursionError) as broken:
        raise InputError(f"{path}: the {what} is not a TOML file ({broken}).") from None


def named_refusal(fault: BaseException) -> str:
    """What the machine refused lxml, which openpyxl writes with where it is there: it gives a name and no OSError.

    >>> named_refusal(Exception("IO_EFBIG (serializer.pxi:198)")), named_refusal(Exception("other"))
    ('File too large', '')
    """
    name = re.match(r"IO_(E[A-Z]+)\b", str(fault))
    number = getattr(errno, name[1], None) if name else None
    return os.strerror(number) if number else ""


def _stat(target: Path, path: AnyPath) -> os.stat_result | None:
    """What is at the place now; None where there is nothing."""
    try:
        return target.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as refused:
        raise OutputError(f"{path} cannot be written: {refused.strerror}.") from None


def refuse_place(path: AnyPath, overwrite: bool = False) -> None:
    """Stop before any work where `written_whole` would refuse a place once the work is done."""
    target = Path(os.path.realpath(path))
    _refuse(target, path, _stat(target, path), overwrite, ())


def refuse_ending(path: AnyPath) -> None:
    """Stop where a report would be written under another ending than its own, or to what is no path."""
    if not str(path).strip():
        raise OutputError("No file to write is named. Give its path.")
    if "\0" in str(path):
        raise OutputError(f"{str(path)!r} cannot be written: no file has a name with a zero byte.")
    if Path(path).suffix.lower() != ".xlsx":
        raise OutputError(f"{path} does not end in .xlsx, the one kind of workbook that a report is written as.")


def refuse_name(path: AnyPath) -> None:
    """Stop where a name is too long, or one that Windows, where a workbook may well end up, cannot hold."""
    target = Path(path)
    _stat(target, path)
    if target.name.split(".")[0].rstrip().lower() in DEVICES or target.name[-1:] in (" ", "."):
        raise OutputError(f"{path} cannot be written: Windows can hold no file of that name. Choose another name.")


def _refuse(
    target: Path, path: AnyPath, there: os.stat_result | None, overwrite: bool, inputs: Iterable[AnyPath]
) -> None:
    """Stop where this is no place for a new file."""
    if there is None:
        refuse_name(path)
        if not target.parent.is_dir():
            raise OutputError(f"{target.parent} is not a folder, so {target.name} cannot be written there.")
        return
    if stat.S_ISDIR(there.st_mode):
        raise OutputError(f"{path} is a folder. Name a file to write.")
    if not stat.S_ISREG(there.st_mode):
        raise OutputError(f"{path} is a device or a pipe and no file. Name a file to write.")
    for each in inputs:
        if same_file(each, target):
            raise OutputError(f"{path} is the file that is read. Choose another name for what is written.")
    if not overwrite:
        raise OutputError(f"{path} exists already. Choose another name, or say that it may be overwritten.", True)


def same_file(one: AnyPath, other: AnyPath) -> bool:
    """Whether two paths are one file, by whatever links."""
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):
        return False


def _beside(target: Path) -> tuple[int | None, Path]:
    """A new file in the target's folder, held by a lock as long as its handle is open (Windows would not rename it)."""
    while True:
        # Writers look at the ending; a very long one would make the name too long.
        ending = target.suffix if len(target.suffix) <= 10 else ""
        handle, name = tempfile.mkstemp(suffix=ending, prefix=UNFINISHED, dir=target.parent)
        if fcntl is None:
            os.close(handle)
            return None, Path(name)
        if lock(handle) and os.fstat(handle).st_nlink:
            return handle, Path(name)
        # Somebody swept it before it was locked.
        os.close(handle)


def lock(handle: int) -> bool:
    """Hold an open file until it is closed; False where another process holds it. Nothing is locked on Windows."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # A file system without locks: then nothing there is ever swept.
        return True
    return True


def sweep(folder: Path) -> None:
    """Remove what runs that were killed left unfinished in a folder; what another run is at work on stays."""
    if fcntl is None:
        return
    with contextlib.suppress(OSError):
        for each in os.scandir(folder):
            if each.name.startswith(UNFINISHED) and each.is_file(follow_symlinks=False):
                _sweep_file(each.path)


def _sweep_file(path: str) -> None:
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(path)
        finally:
            os.close(handle)


def _put(beside: Path, target: Path, before: os.stat_result | None, path: AnyPath) -> None:
    """Give the finished file its name."""
    if before is None:
        _put_new(beside, target, path)
        return
    now = _stat(target, path)
    if now is None or _state(now) != _state(before):
        raise OutputError(
            f"{path} was changed by somebody meanwhile, so it was not replaced. Look at it and try again."
        )
    os.replace(beside, target)


def _put_new(beside: Path, target: Path, path: AnyPath) -> None:
    """Give the finished file a name that nobody else has taken, whoever else is at it."""
    try:
        if os.name == "nt":
            os.rename(beside, target)
            return
        try:
            os.link(beside, target)
        except FileExistsError:
            raise
        except OSError:
            # A file system without hard links: the name is taken with an empty file, which is then replaced.
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            os.replace(beside, target)
    except FileExistsError:
        raise OutputError(
            f"{path} was written by somebody meanwhile. Choose another name, or say that it may be overwritten.", True
        ) from None


def _state(found: os.stat_result) -> tuple[int, int, int, int]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _sync(path: Path) -> None:
    """Have the disk hold what was written before its name says that it is there."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    except OSError:
        # Some network folders cannot; a file must be, though.
        if not path.is_dir():
            raise
    finally:
        os.close(handle)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
