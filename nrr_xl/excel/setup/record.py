"""The install record: which files and folders are ours, so that removal takes those and nothing else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from nrr_xl.errors import InputError
from nrr_xl.files import written_whole


@dataclass(frozen=True, slots=True)
class Record:
    """The version installed, each file with the digest of what we wrote (or ""), and the folders we made."""

    version: str
    files: dict[str, str] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)


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
