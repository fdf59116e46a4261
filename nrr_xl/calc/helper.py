"""The helper process: answers the add-in's questions in the package's own environment, until its input ends.

``python -I -B -m nrr_xl.calc.helper``; the add-in starts it where LibreOffice's Python is another one.
"""

from __future__ import annotations

import os
import sys

from nrr_xl._version import __version__
from nrr_xl.calc.engine import packed, receive
from nrr_xl.calc.service import ENTRIES
from nrr_xl.functions.log import record


def serve() -> None:
    """Answer until the input ends."""
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever else prints must not come between the answers.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    answers.write(packed(__version__))
    answers.flush()
    while True:
        try:
            entry, arguments = receive(questions)
        except EOFError:
            return
        try:
            answer = packed((True, ENTRIES[entry](*arguments)))
        except Exception as fault:
            record(f"{entry} {arguments[0]}", fault)
            answer = packed((False, f"{type(fault).__name__}: {fault}"))
        answers.write(answer)
        answers.flush()


if __name__ == "__main__":
    serve()
