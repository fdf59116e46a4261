"""The environment that comes with the download: checked against its list of hashes, and put in place as a whole."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from nrr_xl.errors import InputError

# The list of an environment's files, in it: one line each, the SHA-256 digest and the path from its top.
LIST = "SHA256SUMS.txt"
AGAIN = "Extract the whole of nrr_xl-setup.zip again and run its install.ps1."


def is_bundle(folder: Path) -> bool:
    """Whether an environment is one of a download, which is copied and not installed into."""
    return (folder / LIST).is_file()


def listed(folder: Path) -> Iterator[tuple[str, str]]:
    """The digest and the path of each file of a bundle."""
    for line in (folder / LIST).read_text("utf-8").splitlines():
        digest, _, name = line.partition("  ")
        yield digest, name


def write_list(folder: Path) -> None:
    """Write the list of a folder's files."""
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}" for name in files if name != LIST]
    (folder / LIST).write_text("\n".join(lines) + "\n", "utf-8")


def lay_down(source: Path, target: Path) -> None:
    """Copy a bundle to its place, so that there is the old environment or the new one and never a part of one.

    It goes beside its place first, each file held against the list; what an interrupted run left there is taken away.

    Raises
    ------
    InputError
        If a file is missing or damaged, or the old environment is in use.
    """
    fresh, old = target.with_name("venv.new"), target.with_name("venv.old")
    clear(target)
    for digest, name in listed(source):
        path = fresh / name
        try:
            content = (source / name).read_bytes()
        except OSError:
            raise InputError(f"The download lacks {name}. {AGAIN}") from None
        if hashlib.sha256(content).hexdigest() != digest:
            raise InputError(f"The download's {name} is damaged. {AGAIN}")
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written and not copied: a copy would carry the mark of the web along.
        path.write_bytes(content)
    shutil.copyfile(source / LIST, fresh / LIST)
    if target.exists():
        try:
            os.rename(target, old)
        except OSError as used:
            raise InputError(f"{target} is in use ({used}). Close every Excel window and run this again.") from None
    os.rename(fresh, target)
    shutil.rmtree(old, ignore_errors=True)


def clear(target: Path) -> None:
    """Take away what an interrupted run left beside an environment's place; an old one goes back where none is."""
    fresh, old = target.with_name("venv.new"), target.with_name("venv.old")
    shutil.rmtree(fresh, ignore_errors=True)
    if old.exists() and not target.exists():
        os.rename(old, target)
    shutil.rmtree(old, ignore_errors=True)
