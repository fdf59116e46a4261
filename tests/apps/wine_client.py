"""Runs under Wine: does what the add-in's host module does, with xlwings' own DLL, and answers in lines of JSON."""

import ctypes
import json
import os
import sys
import traceback

import pythoncom
import win32api
import win32com.client
import win32event

from nrr_xl.excel.server import COMMAND, SHARED_CLSID
from tests.apps import wine_variant

# Wine sets this variable of its own for every program; the server's log goes there too.
os.environ["LOCALAPPDATA"] = sys.argv[1]
VENV = os.path.join(sys.argv[1], "nrr_xl", "venv")
ACTIVATE = 1
PROCESS_TERMINATE, SNAPSHOT_OF_PROCESSES, SYNCHRONIZE = 1, 2, 0x100000
ENDING_MILLISECONDS = 30_000
FUNCTIONS = "nrr_xl.excel.functions"


class Host:
    """The state of the host module."""

    def __init__(self):
        version = "0.37.8"
        dll = ctypes.WinDLL(os.path.join(VENV, f"xlwings64-{version}.dll"))
        self._activate = dll.XLPyDLLActivateAuto
        self._activate.argtypes = [ctypes.POINTER(wine_variant.Variant), ctypes.c_char_p, ctypes.c_long]
        self._activate.restype = ctypes.c_long
        self.starts = 0
        self.server = None

    def activate(self, command):
        found = wine_variant.Variant()
        failed = self._activate(ctypes.byref(found), command.encode("mbcs"), ACTIVATE)
        if failed:
            raise OSError(ctypes.wstring_at(found.pointer[0]) if found.type == pythoncom.VT_BSTR else hex(failed))
        self.pointer = found.pointer[0]
        return win32com.client.dynamic.Dispatch(pythoncom.ObjectFromAddress(self.pointer, pythoncom.IID_IDispatch))

    def find(self):
        try:
            self.server = self.activate(SHARED_CLSID)
            return self.server.CallUDF(FUNCTIONS, "NRR", (1.0,)) == 1.0
        except (OSError, pythoncom.com_error):
            return False

    def start(self, command=COMMAND):
        self.starts += 1
        self.server = self.activate(command.replace("{venv}", VENV).replace("{start}", str(self.starts)))
        return self.server.CallUDF(FUNCTIONS, "NRR", (1.0,)) == 1.0

    def connect(self):
        return "found" if self.find() else "started" if self.start() else "nothing"

    def call(self, function, arguments, module=FUNCTIONS):
        """A function; lists of lists stand for ranges."""
        try:
            return self.server.CallUDF(module, function, tuple(map(cells, arguments)))
        except pythoncom.com_error as error:
            return f"com_error {error.hresult & 0xFFFFFFFF:#x} {error.excepinfo[2] if error.excepinfo else ''}"

    def call_with_error(self, code):
        """NRR(100, error cell), the error a true VT_ERROR as VBA passes it."""
        call = self.server._oleobj_.GetIDsOfNames("CallUDF")
        cells = wine_variant.array([(pythoncom.VT_R8, 100.0), (pythoncom.VT_ERROR, code)])
        return wine_variant.invoke(self.pointer, call, [FUNCTIONS, "NRR", cells])

    def run_macro(self, name, path, cursor):
        """A macro of the server on the stand-in for Excel; its answer, and what became of the stand-in."""
        from pathlib import Path

        from tests.apps.wine_excel import shown
        from tests.excel.stand_in import Excel

        excel = Excel(Path(path), cursor)
        answer = self.server.RunMacro(name, shown(excel))
        opened = [book.FullName for book in excel.opened]
        return [answer, opened, excel.said, excel.ScreenUpdating, excel.Calculation]

    def fill(self, function, rows):
        """A function of three long columns, called once: the size and the ends of what spills back."""
        column = tuple((float(row + 1),) for row in range(rows))
        spilled = self.server.CallUDF(FUNCTIONS, function, (column, column, column))
        return [len(spilled), spilled[0][0], spilled[-1][0]]

    def end_servers(self):
        """End the servers that this program started, as the task manager would; how many there were."""
        # Wine's own desktop, too, is the child of whichever program needs it first.
        children = [each for each, parent, file in processes() if parent == os.getpid() and file == "python.exe"]
        for child in children:
            process = win32api.OpenProcess(PROCESS_TERMINATE | SYNCHRONIZE, False, child)
            win32api.TerminateProcess(process, 9)
            # It ends a little later, and on a busy machine would still answer a call until then.
            win32event.WaitForSingleObject(process, ENDING_MILLISECONDS)
        return len(children)


class ProcessEntry(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_ulong),
        ("usage", ctypes.c_ulong),
        ("process", ctypes.c_ulong),
        ("heap", ctypes.c_void_p),
        ("module", ctypes.c_ulong),
        ("threads", ctypes.c_ulong),
        ("parent", ctypes.c_ulong),
        ("priority", ctypes.c_long),
        ("flags", ctypes.c_ulong),
        ("file", ctypes.c_char * 260),
    ]


def processes():
    """The process, the parent process and the file of everything that runs under this Wine."""
    kernel = ctypes.WinDLL("kernel32")
    kernel.CreateToolhelp32Snapshot.restype = ctypes.c_void_p
    snapshot = ctypes.c_void_p(kernel.CreateToolhelp32Snapshot(SNAPSHOT_OF_PROCESSES, 0))
    entry = ProcessEntry(size=ctypes.sizeof(ProcessEntry))
    more = kernel.Process32First(snapshot, ctypes.byref(entry))
    while more:
        yield entry.process, entry.parent, entry.file.decode("mbcs").lower()
        more = kernel.Process32Next(snapshot, ctypes.byref(entry))
    kernel.CloseHandle(snapshot)


def cells(argument):
    return tuple(map(tuple, argument)) if isinstance(argument, list) else argument


def main():
    pythoncom.CoInitialize()
    host = Host()
    for line in sys.stdin:
        command, arguments = json.loads(line)
        try:
            answer = ("answer", getattr(host, command)(**arguments))
        except Exception:
            answer = ("fault", traceback.format_exc())
        print(json.dumps(answer), flush=True)


main()
