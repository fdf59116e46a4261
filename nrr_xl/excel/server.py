"""The function server: one process for all workbooks, started by the add-in or at log-on.

``python -m nrr_xl.excel.server [{CLSID} [START]]`` answers COM calls until it is ended. It registers the class that it
is given (the add-in's xlwings DLL makes one up for the server that it starts), and the one that all of this version's
clients know, so that a second Excel finds a server that runs already.
"""

from __future__ import annotations

import os
import sys
import threading
import uuid
from typing import Any

from nrr_xl._version import __version__
from nrr_xl.excel.slim import import_xlwings

# Bound to the version: after an upgrade no add-in talks to an old server that still runs.
SHARED_CLSID = "{" + str(uuid.uuid5(uuid.NAMESPACE_DNS, f"nrr_xl {__version__}")) + "}"
# What the add-in's host module gives to xlwings' DLL, which fills in the class. Isolated, so that neither an
# environment variable nor the folder of a workbook decides what is imported; `start` counts the starts of one Excel.
COMMAND = r'"{venv}\Scripts\python.exe" -I -B -m nrr_xl.excel.server $(CLSID) {start}'
# Excel waits while its server starts: one that is not ready by then ends, and Excel shows an error instead.
START_SECONDS = 30
FUNCTIONS_MODULE = "nrr_xl.excel.functions"


def server_class() -> type[Any]:
    """The class that COM clients see: xlwings' call of a worksheet function, and the macros of the ribbon."""
    xlwings = import_xlwings()
    if xlwings is None:
        raise SystemExit("xlwings is not installed in this Python. Run: nrr-xl doctor")
    from xlwings.com_server import XLPython

    class FunctionServer:
        _public_methods_ = ("CallUDF", "RunMacro")

        def CallUDF(self, module: str, function: str, arguments: Any) -> Any:
            if module != FUNCTIONS_MODULE:
                raise PermissionError(f"{module} is not the module of worksheet functions")
            return _array(XLPython().CallUDF(module, function, arguments))

        def RunMacro(self, name: str, excel: Any) -> Any:
            from win32com.client import dynamic

            from nrr_xl.excel.macros import MACROS

            return _array(MACROS[name](dynamic.Dispatch(excel)))

    return FunctionServer


def _array(answer: Any) -> Any:
    """An answer that COM takes for one array; a tuple it would take for a result and the new values of arguments."""
    return list(answer) if isinstance(answer, tuple) else answer


def serve(clsid: str = "") -> None:
    """Answer calls of the shared class, and of `clsid` where one is given, until the process is ended."""
    alarm = threading.Timer(START_SECONDS, os._exit, (1,))
    alarm.daemon = True
    alarm.start()
    answering = server_class()
    import atexit

    import pythoncom
    import pywintypes
    from win32com.server import policy, util
    from xlwings import _xlwindows

    # xlwings would end every Excel process that it cannot see when this one ends.
    atexit.unregister(_xlwindows.cleanup)

    class OneClass(policy.DefaultPolicy):
        def _CreateInstance_(self, _clsid: Any, iid: Any) -> Any:
            return util.wrap(answering(), iid)

    policy.DefaultPolicy = OneClass
    import nrr_xl.excel.functions  # noqa: F401 - ready before the first call

    how = pythoncom.REGCLS_MULTIPLEUSE | pythoncom.REGCLS_SUSPENDED
    for text in filter(None, (clsid, SHARED_CLSID)):
        name = pywintypes.IID(text)
        pythoncom.CoRegisterClassObject(name, pythoncom.MakePyFactory(name), pythoncom.CLSCTX_LOCAL_SERVER, how)
    pythoncom.CoResumeClassObjects()
    alarm.cancel()
    pythoncom.PumpMessages()


if __name__ == "__main__":
    serve(*sys.argv[1:2])
