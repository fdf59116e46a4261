"""Where the command line prints to: streams that hold whatever they are, and texts that give a terminal no orders."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # as typing's, which need not be loaded for `--help`
if TYPE_CHECKING:
    from typing import Any, TextIO

# All controls but the line's end and the tab, and what turns the direction of writing over.
_ORDERS = {
    order: f"\\u{order:04x}"
    for some in (range(9), range(11, 32), range(127, 160), range(0x202A, 0x202F), range(0x2066, 0x206A))
    for order in some
}


class Plain:
    """A stream through which no text of a sheet gives a terminal orders: such characters are shown as \\u001b.

    They would colour, hide or write over what we say; JSON reads them back as they were.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(text.translate(_ORDERS))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def steady_streams() -> None:
    """Make printing safe where a stream is closed, or where the terminal lacks a character."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            # The lowest free number, which is this one: no file of ours may get it.
            os.open(os.devnull, os.O_RDWR)
            opened = open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, opened)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
