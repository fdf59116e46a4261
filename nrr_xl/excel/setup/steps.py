"""The steps of an installation: files written one by one, each with what undoes it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nrr_xl.excel.setup import places
from nrr_xl.excel.setup.record import digest


@dataclass
class Steps:
    """Files written one by one, each with what undoes it."""

    machine: Any
    files: dict[str, str] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    _undo: list[Callable[[], None]] = field(default_factory=list)

    def folder(self, path: Path) -> None:
        """Make a folder and those above it, noting the ones that are new."""
        missing = [each for each in (path, *path.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir()
            self.folders.append(str(each))
            self._undo.append(each.rmdir)

    def write(self, path: Path, put: Callable[[Path], None]) -> None:
        """Write a file by `put`, elsewhere first, and take the mark of the web off it.

        Elsewhere is our own folder: Excel loads whatever lies in XLSTART, also what a cut-off run left there.
        """
        self.folder(path.parent)
        before = path.read_bytes() if path.exists() else None
        beside = places.home(self.machine) / f"new-{path.name}"
        self.folder(beside.parent)
        try:
            put(beside)
            self.machine.unblock(beside)
            _moved(beside, path)
        finally:
            beside.unlink(missing_ok=True)
        self._undo.append(lambda: _put_back(path, before))
        self.files[str(path)] = digest(path)

    def undo(self) -> None:
        """Back to how it was, the last step first; a step that cannot be undone stops none of the others."""
        for step in reversed(self._undo):
            try:
                step()
            except OSError as stuck:
                print(f"nrr_xl: could not be undone: {stuck}", file=sys.stderr)


def _moved(beside: Path, path: Path) -> None:
    """A file put in its place, also where that is on another drive."""
    try:
        os.replace(beside, path)
    except OSError:
        path.write_bytes(beside.read_bytes())


def _put_back(path: Path, before: bytes | None) -> None:
    """A file as it was; away where there was none."""
    if before is None:
        path.unlink()
    else:
        path.write_bytes(before)
