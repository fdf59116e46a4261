"""The install record: which files and folders are ours, so that removal takes those and nothing else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, field
from pathlib import Path

from nrr_xl.errors import InputError
from nrr_xl.files import written_whole
from nrr_xl.records import struct

# In place of a digest: whatever the file holds, it is ours.
ANY = ""


@struct()
class Record:
    """The version installed, each file with the digest of what we wrote (or ANY), and the folders we made.

    `pending` are the files of an installation under way: it is written before them, so that one that was cut off is
    known for ours.
    """

    version: str
    files: dict[str, str] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    pending: dict[str, str] = field(default_factory=dict)

    def lists(self, path: Path) -> bool:
        """Whether we wrote a file there, as it is now or otherwise."""
        return str(path) in self.files or str(path) in self.pending

    def ours(self, path: Path) -> bool:
        """Whether a file is as we wrote it."""
        known = {self.files.get(str(path)), self.pending.get(str(path))} - {None}
        return ANY in known or digest(path) in known


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_record(path: Path) -> Record | None:
    """The record, None if there is none.

    Raises
    ------
    InputError
        If the file is damaged: what is ours is then unknown, and nothing may be touched.
    """
    try:
        return Record(**json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as damaged:
        raise InputError(
            f"The install record {path} cannot be read ({damaged}). Delete it and run install.ps1 again."
        ) from None


def write_record(path: Path, record: Record) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path, overwrite=True) as beside:
        beside.write_text(json.dumps(asdict(record), indent=1, ensure_ascii=False), "utf-8")
