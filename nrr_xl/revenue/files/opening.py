"""The bytes of a source, from an ordinary file or standard input and from nothing that never ends."""

from __future__ import annotations

import io
import os
import stat
import sys
import zlib
from pathlib import Path

from nrr_xl.errors import InputError
from nrr_xl.revenue.files.budget import FILE_BYTES, MEGABYTE

_TOO_LARGE = f"more than the {FILE_BYTES // MEGABYTE:,} MB that are read. Save the revenue table alone and retry."


def file_bytes(path: Path) -> bytes:
    """The bytes of an ordinary file within the budget.

    Raises
    ------
    InputError
        If there is no such file, it is a folder, a device or a pipe, it is too large, empty, or cannot be read.
    """
    try:
        # A pipe blocks whoever opens it and a device may never end, so neither is opened.
        facts = os.stat(path)
        if stat.S_ISDIR(facts.st_mode):
            raise InputError(f"{path} is a folder. Name the workbook or CSV file in it.")
        if not stat.S_ISREG(facts.st_mode):
            raise InputError(
                f"{path} is a device or a pipe, no ordinary file. Save the rows as a file, or pass them on standard"
                " input and name it - (a single dash)."
            )
        if facts.st_size > FILE_BYTES:
            raise InputError(f"{path} has {facts.st_size / MEGABYTE:,.0f} MB, {_TOO_LARGE}")
        # Unbuffered: the pieces of a buffered reader and the whole would both be held for a moment.
        with open(path, "rb", buffering=0) as file:
            data = file.readall()
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file. Check the path.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None
    except InputError:
        raise
    except ValueError as error:
        raise InputError(f"{str(path)!r} cannot be a path: {error}.") from None
    if not data or data.isspace():
        raise InputError(f"{path}: the file is empty. Save it again and retry.")
    return data


def inflated(data: bytes, path: str) -> bytes:
    """The bytes that a .gz holds, within the budget."""
    import gzip

    most = min(FILE_BYTES, 250 * max(len(data), MEGABYTE))
    try:
        with gzip.open(io.BytesIO(data)) as file:
            whole = file.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path} is no .gz that can be unpacked ({error}). Pack it again and retry.") from None
    if not whole or whole.isspace():
        raise InputError(f"{path}: the file is empty. Save it again and retry.")
    if len(whole) > FILE_BYTES:
        raise InputError(f"{path} unpacks to {_TOO_LARGE}")
    if len(whole) > most:
        raise InputError(
            f"{path} unpacks to more than {most // MEGABYTE:,} MB. It was not read, since files made to exhaust a"
            " computer look like that. Unpack it and read the .csv if it is what it should be."
        )
    return whole


def standard_input() -> bytes:
    """What stands on standard input, within the budget."""
    data = sys.stdin.buffer.read(FILE_BYTES + 1)
    if len(data) > FILE_BYTES:
        raise InputError(f"Standard input has {_TOO_LARGE}")
    if not data or data.isspace():
        raise InputError("There is nothing to read. Paste the revenue rows, headers included, and end with Ctrl-D.")
    return data
