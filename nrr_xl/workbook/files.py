"""Writing a file whole or not at all, and never over one of the user's unasked."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nrr_xl.errors import OutputError


@contextmanager
def replacing(path: str | Path, overwrite: bool = False) -> Iterator[Path]:
    """A temporary path beside `path` to write to; it takes the place of `path` when the block ends without an error.

    Raises
    ------
    OutputError
        If `path` exists and may not be overwritten, its folder is missing, or the file is held open by Excel.
    """
    path = Path(path)
    if path.is_dir():
        raise OutputError(f"{path} is a folder. Give a file name.")
    if path.exists() and not overwrite:
        raise OutputError(f"{path} exists already. Choose another name, or say that it may be overwritten.")
    if not path.parent.is_dir():
        raise OutputError(f"The folder {path.parent} does not exist. Make it first, or choose another.")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.") from None
    os.close(handle)
    beside = Path(name)
    try:
        yield beside
        _as_others_are_made(beside)
        os.replace(beside, path)
    except PermissionError:
        raise OutputError(f"{path} cannot be replaced. Close it in Excel and try again.") from None
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.") from None
    finally:
        beside.unlink(missing_ok=True)


def _as_others_are_made(path: Path) -> None:
    """Give the file the rights a new one has: temporary files are made for their owner alone."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)
