"""Files written whole or not at all: beside their place first, renamed when they are complete."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nrr_xl.errors import OutputError

AnyPath = str | os.PathLike[str]


@contextmanager
def written_whole(path: AnyPath, overwrite: bool = False) -> Iterator[Path]:
    """A temporary file beside `path`, which takes its name when the block ends well and is removed when it does not.

    Raises
    ------
    OutputError
        If `path` exists and `overwrite` is False, its folder is missing, or it cannot be written (an open workbook).

    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "note.txt"
    >>> with written_whole(target) as beside:
    ...     _ = beside.write_text("whole")
    >>> target.read_text(), [each.name for each in target.parent.iterdir()]
    ('whole', ['note.txt'])
    """
    target = Path(path)
    if target.is_dir():
        raise OutputError(f"{target} is a folder. Name a file to write.")
    if target.exists() and not overwrite:
        raise OutputError(f"{target} exists already. Choose another name, or say that it may be overwritten.")
    if not target.parent.is_dir():
        raise OutputError(f"{target.parent} is not a folder, so {target.name} cannot be written there.")
    try:
        handle, name = tempfile.mkstemp(suffix=target.suffix, prefix=f".{target.stem[:40]}-", dir=target.parent)
    except OSError as refused:
        raise OutputError(f"{target} cannot be written: {refused.strerror}.") from None
    os.close(handle)
    beside = Path(name)
    try:
        yield beside
        beside.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        os.replace(beside, target)
    except PermissionError:
        raise OutputError(f"{target} cannot be written: it may be open in Excel. Close it and try again.") from None
    except OSError as refused:
        raise OutputError(f"{target} cannot be written: {refused.strerror or refused}.") from None
    finally:
        beside.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
