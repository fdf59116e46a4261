"""xlwings' real function layer (xlwings.udfs and com_server.CallUDF) over a stub of pywin32, in a process of its own.

Run as a program it answers pickled calls on its standard input, so that no stub ever reaches another test's process.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import os
import pickle
import subprocess
import sys
import types
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import MagicMock

RANGE_IID = "{00020846-0000-0000-C000-000000000046}"
# DISP_E_PARAMNOTFOUND, what an omitted argument arrives as.
OMITTED = -2147352572


@dataclass(frozen=True)
class Cells:
    """A worksheet range handed over as an object, as a stock xlwings wrapper does; the values as COM gives them."""

    rows: tuple


class CallFailed(Exception):
    """The server raised: VBA would see an error and not a value."""


class ComServer:
    """The stubbed server in a child process."""

    def __init__(self, home: Path):
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"XDG_STATE_HOME": str(home), "LOCALAPPDATA": str(home)},
        )
        self.log = home / "nrr_xl" / "nrr_xl.log"

    def call(self, function, *arguments, module="nrr_xl.excel.functions"):
        """What VBA gets back from CallUDF."""
        pickle.dump((module, function, arguments), self._process.stdin)
        self._process.stdin.flush()
        failed, value = pickle.load(self._process.stdout)
        if failed:
            raise CallFailed(value)
        return value

    def close(self):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(20)


def install():
    """Import xlwings as if on Windows; returns the server class that VBA talks to."""
    com_error = type("com_error", (Exception,), {"hresult": 0})

    def module(name, **content):
        made = types.ModuleType(name)
        made.__dict__.update(content)
        made.__file__ = __file__
        sys.modules[name] = made
        return made

    def empty_class(name):
        return type(name, (), {})

    module(
        "pywintypes",
        com_error=com_error,
        error=com_error,
        TimeType=type("TimeType", (dt.datetime,), {}),
        IID=str.upper,
    )
    module(
        "pythoncom",
        CoInitialize=lambda *_: None,
        ole_error=com_error,
        com_error=com_error,
        IID_IDispatch="IDispatch",
        IID_IEnumVARIANT="IEnumVARIANT",
        TypeIIDs={"IDispatch": empty_class("PyIDispatch")},
    )
    for name in ("win32api", "win32con", "win32gui", "win32event"):
        module(name)
    module("win32process", GetWindowThreadProcessId=lambda _: (0, 4711))
    module("win32timezone", TimeZoneInfo=type("TimeZoneInfo", (), {"utc": staticmethod(lambda: dt.UTC)}))
    client = module(
        "win32com.client",
        Dispatch=lambda thing, **_: thing,
        DispatchEx=lambda thing: thing,
        CDispatch=empty_class("CDispatch"),
        CoClassBaseClass=empty_class("CoClassBaseClass"),
        DispatchBaseClass=empty_class("DispatchBaseClass"),
        gencache=MagicMock(),
    )
    parts = {name: module(f"win32com.server.{name}") for name in ("dispatcher", "policy", "util")}

    def unwrap(_object):
        # No mock, which would keep each of two hundred thousand calls.
        raise com_error

    parts["util"].unwrap = unwrap
    module("win32com", client=client, server=module("win32com.server", **parts))
    ctypes.windll = ctypes.oledll = MagicMock()
    ctypes.PyDLL = MagicMock()

    from nrr_xl.excel.slim import hidden_libraries, import_xlwings

    xlwings = import_xlwings()
    with hidden_libraries():
        from xlwings import _xlwindows, com_server, udfs

    # What xlwings/__init__.py binds on Windows.
    xlwings._xlwindows = _xlwindows
    xlwings.engines.add(xlwings.Engine(impl=_xlwindows.engine))
    xlwings.func, xlwings.arg, xlwings.ret = udfs.xlfunc, udfs.xlarg, udfs.xlret
    xlwings.script = xlwings.sub = udfs.xlsub
    import atexit

    atexit.unregister(_xlwindows.cleanup)
    return com_server.XLPython


def _range_object(cells: Cells):
    """Enough of pywin32's proxy of an Excel.Range for xlwings to read it."""
    rows = cells.rows
    proxy = MagicMock()
    proxy._oleobj_.GetTypeInfo.return_value.GetTypeAttr.return_value.iid = RANGE_IID.upper()
    proxy.Value = rows[0][0] if len(rows) == 1 == len(rows[0]) else rows
    proxy.Row = proxy.Column = 1
    proxy.Rows.Count, proxy.Columns.Count = len(rows), len(rows[0])
    return proxy


def main():
    server = install()()
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr
    while True:
        try:
            module, function, arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        arguments = tuple(_range_object(a) if isinstance(a, Cells) else a for a in arguments)
        try:
            answer = (False, server.CallUDF(module, function, arguments))
        except Exception as exception:
            answer = (True, f"{type(exception).__name__}: {exception}")
        pickle.dump(answer, answers)
        answers.flush()


if __name__ == "__main__":
    # Pickle names the classes by the module that the tests import them from.
    sys.path.insert(0, str(Path(__file__).parent))
    import com_stub

    Cells = com_stub.Cells
    main()
