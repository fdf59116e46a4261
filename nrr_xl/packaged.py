"""The package's own data files: TOML, kept beside as parsed values in the way that Python keeps its bytecode."""

from __future__ import annotations

import contextlib
import importlib.util
import marshal
import os
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def packaged_text(name: str) -> str:
    """A data file's text, by its path within the package.

    >>> packaged_text("retention/data/bands.csv").count(",") > 0
    True
    """
    return (HERE / name).read_text("utf-8")


def packaged_table(name: str) -> dict[str, Any]:
    """The table of a data file, by its path within the package.

    Parsing TOML takes longer than reading what was parsed. That is kept in `__pycache__` with a hash of the file it
    was made of, which decides whether it is used. Where nothing may be written, the file is parsed each time.

    >>> packaged_table("workbook/theme.toml")["font"]["name"]
    'Calibri'
    """
    path = HERE / name
    data = path.read_bytes()
    mark = importlib.util.source_hash(data)
    kept = Path(importlib.util.cache_from_source(f"{path}.py"))
    try:
        held = kept.read_bytes()
        if held[: len(mark)] == mark:
            found: dict[str, Any] = marshal.loads(held[len(mark) :])  # noqa: S302 - as Python does with its bytecode
            return found
    except (OSError, ValueError, EOFError, TypeError):
        pass  # none yet, or of a run that was killed
    import tomllib

    table = tomllib.loads(data.decode())
    if not sys.dont_write_bytecode:
        _keep(kept, mark + marshal.dumps(table))
    return table


def _keep(path: Path, held: bytes) -> None:
    """Write it whole or not at all; a folder that takes no files, or a full disk, is no fault."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(exist_ok=True)
        beside.write_bytes(held)
        beside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
