"""The log file of what went wrong behind a cell or a button: an exception never reaches a cell as text."""

from __future__ import annotations

import os
import sys
import traceback
from datetime import datetime
from pathlib import Path

# Past this size a log starts anew, the last one kept beside it.
LIMIT = 1_000_000
# So many problems of one error are noted.
LISTED = 20


def log_path() -> Path:
    """Where the log is written, as `nrr-xl doctor` prints it."""
    if sys.platform == "win32":
        home = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return home / "nrr_xl" / "nrr_xl.log"


def record(what: str, exception: BaseException) -> None:
    """Add what went wrong, and where in the program, to the log; a log that cannot be written stops nothing.

    No message is written, since it may hold what stands in a cell: of our own errors the codes and addresses of their
    problems, of others their kind. Nobody but its user can read the file.
    """
    lines = [f"{datetime.now():%Y-%m-%d %H:%M:%S} {what}: {type(exception).__name__}"]
    problems = getattr(exception, "problems", ())
    lines += [f"  {each.severity} {each.code} {each.cell}" for each in problems[:LISTED]]
    lines += [
        f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(exception.__traceback__)
    ]
    try:
        path = log_path()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > LIMIT:
            os.replace(path, path.with_suffix(".old.log"))
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as log:
            log.write("\n".join(lines) + "\n\n")
    except OSError:
        return
