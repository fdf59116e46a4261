"""A command in a process of its own: started light, and left at once when it is done."""

from __future__ import annotations

import atexit
import gc
import os
import sys

from nrr_xl.cli import main

TYPE_CHECKING = False  # as typing's, which need not be loaded for `--help`
if TYPE_CHECKING:
    from typing import NoReturn

# Objects made before Python looks for circles among them: importing makes tens of thousands and not one to collect.
YOUNG = 100_000


def run() -> NoReturn:
    """Run the command that the words of this process name, and end the process with its status.

    Taking the modules down one by one, as Python does, is a tenth of a short command. Whatever asked to be told of the
    end is told, and nothing stays in a stream.
    """
    gc.set_threshold(YOUNG, 10, 10)
    # No figure here is a product of matrices: threads for them would only be started and ended.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        status = main()
    except SystemExit as ended:  # of `--help` and `--version`
        if not isinstance(ended.code, int):
            raise
        status = ended.code
    try:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except Exception:
        raise SystemExit(status) from None  # as Python tells of it
    os._exit(status)
