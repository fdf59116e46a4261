"""The log file of what went wrong behind a cell or a button: an exception never reaches a cell as text."""

from __future__ import annotations

import os
import sys
import traceback
from datetime import datetime
from pathlib import Path

# Past this size a log starts anew, the last one kept beside it.
LIMIT = 1_000_000


def log_path() -> Path:
    """Where the log is written, as `nrr-xl doctor` prints it."""
    if sys.platform == "win32":
        home = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return home / "nrr_xl" / "nrr_xl.log"


def record(what: str, exception: BaseException) -> None:
    """Add an exception, with where it came from, to the log; a log that cannot be written stops nothing."""
    lines = "".join(traceback.format_exception(exception))
    try:
        path = log_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > LIMIT:
            os.replace(path, path.with_suffix(".old.log"))
        with path.open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} {what}\n{lines}\n")
    except OSError:
        return
