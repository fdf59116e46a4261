"""Windows as the installer sees it: folders, registry, processes, marks of the web, and the start-up shortcut.

`Windows` is the real one; tests put a machine of their own with the same methods in its place.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

DOCUMENTS = "{FDD39AD0-238F-46AF-ADB4-6C85480369C7}"  # the known folder, wherever OneDrive or a policy has moved it
USER, MACHINE = "HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE"
MARK = ":Zone.Identifier"


class Windows:
    """This user's Windows."""

    @property
    def local(self) -> Path:
        """%LOCALAPPDATA%."""
        return Path(os.environ["LOCALAPPDATA"])

    @property
    def roaming(self) -> Path:
        """%APPDATA%."""
        return Path(os.environ["APPDATA"])

    @property
    def documents(self) -> Path:
        """The user's Documents folder."""
        import ctypes
        import uuid

        found = ctypes.c_wchar_p()
        folder = (ctypes.c_byte * 16).from_buffer_copy(uuid.UUID(DOCUMENTS).bytes_le)
        if ctypes.windll.shell32.SHGetKnownFolderPath(folder, 0, None, ctypes.byref(found)):
            return Path.home() / "Documents"
        try:
            return Path(found.value or Path.home() / "Documents")
        finally:
            ctypes.windll.ole32.CoTaskMemFree(found)

    @property
    def python(self) -> Path:
        """The folder of the environment that runs this: above Scripts, in a venv and in a download's."""
        return Path(sys.executable).parent.parent

    @property
    def executable(self) -> Path:
        return Path(sys.executable)

    @property
    def bits(self) -> int:
        return 64 if sys.maxsize > 2**32 else 32

    @property
    def processor(self) -> str:
        """What this Python was built for: AMD64, ARM64, x86."""
        import sysconfig

        return {"win-amd64": "AMD64", "win-arm64": "ARM64"}.get(sysconfig.get_platform(), "x86")

    @property
    def conda(self) -> bool:
        return (Path(sys.base_prefix) / "conda-meta").exists()

    def expand(self, path: str) -> Path:
        """A path of the registry, its %VARIABLES% filled in."""
        return Path(os.path.expandvars(path))

    def values(self, root: str, key: str) -> dict[str, object]:
        """The values of a registry key by name; {} if there is no such key, or it may not be read."""
        import winreg

        found: dict[str, object] = {}
        try:
            with winreg.OpenKey(getattr(winreg, root), key) as opened:
                for place in range(winreg.QueryInfoKey(opened)[1]):
                    name, value, _ = winreg.EnumValue(opened, place)
                    found[name] = value
        except OSError:
            return found
        return found

    def delete_value(self, root: str, key: str, name: str) -> None:
        import winreg

        with winreg.OpenKey(getattr(winreg, root), key, 0, winreg.KEY_SET_VALUE) as opened:
            winreg.DeleteValue(opened, name)

    def excel_runs(self) -> bool:
        """Whether Excel runs in this session; on a terminal server another user's does not matter."""
        own = _session(os.getpid())
        return any(name.lower() == "excel.exe" and _session(pid) in (own, None) for pid, name in _processes())

    def servers(self, venv: Path) -> list[int]:
        """The processes, other than this one and those it descends from, that run from an environment."""
        scripts = str(venv / "Scripts").lower()
        spared = {os.getpid(), os.getppid()}
        return [pid for pid, _ in _processes() if pid not in spared and _image(pid).lower().startswith(scripts)]

    def end(self, pid: int) -> None:
        """End one process; one that has ended already is no matter."""
        import signal

        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGTERM)

    def blocked(self, path: Path) -> bool:
        """Whether a file carries the mark of the web, for which Office refuses its macros."""
        try:
            with open(f"{path}{MARK}") as mark:
                zone = mark.read()
        except OSError:
            return False
        return "ZoneId=3" in zone or "ZoneId=4" in zone

    def unblock(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            os.unlink(f"{path}{MARK}")

    def shortcut(self, path: Path, target: Path, arguments: str, description: str) -> None:
        """Write a .lnk file."""
        import pythoncom
        from win32com.shell import shell

        link = pythoncom.CoCreateInstance(
            shell.CLSID_ShellLink, None, pythoncom.CLSCTX_INPROC_SERVER, shell.IID_IShellLink
        )
        link.SetPath(str(target))
        link.SetArguments(arguments)
        link.SetDescription(description)
        link.QueryInterface(pythoncom.IID_IPersistFile).Save(str(path), 0)

    def ask_server(self, dll: str, arguments: tuple[float, ...]) -> float:
        """What NRR answers through xlwings' DLL and the server that it starts, as the add-in's host module asks it."""
        import ctypes

        import pythoncom
        import win32com.client

        from nrr_xl.excel import server

        class Variant(ctypes.Structure):
            _fields_ = (
                ("kind", ctypes.c_ushort),
                ("reserved", ctypes.c_ushort * 3),
                ("pointer", ctypes.c_void_p),
                ("second", ctypes.c_void_p),
            )

        activate = ctypes.WinDLL(str(self.python / dll)).XLPyDLLActivateAuto
        activate.argtypes = (ctypes.POINTER(Variant), ctypes.c_char_p, ctypes.c_long)
        activate.restype = ctypes.c_long
        pythoncom.CoInitialize()
        found = Variant()
        line = server.COMMAND.replace("{venv}", _in_code_page(str(self.python))).replace("{start}", "0")
        if activate(ctypes.byref(found), line.encode("mbcs"), 1):
            raise OSError(ctypes.wstring_at(found.pointer) if found.kind == 8 else "the server did not start")
        dispatch = pythoncom.ObjectFromAddress(found.pointer, pythoncom.IID_IDispatch)
        called = win32com.client.dynamic.Dispatch(dispatch)
        made: float = called.CallUDF("nrr_xl.excel.functions", "NRR", arguments)
        return made


def _in_code_page(path: str) -> str:
    """A path as the DLL takes it: by its short name where the system's code page lacks a letter."""
    import ctypes

    try:
        path.encode("mbcs", "strict")
    except UnicodeEncodeError:
        short = ctypes.create_unicode_buffer(1024)
        if ctypes.windll.kernel32.GetShortPathNameW(path, short, len(short)):
            return short.value
    return path


def _processes() -> Iterator[tuple[int, str]]:
    """The id and the image name of every process."""
    import ctypes
    from ctypes import wintypes

    class Entry(ctypes.Structure):
        _fields_ = (
            ("size", wintypes.DWORD),
            ("usage", wintypes.DWORD),
            ("pid", wintypes.DWORD),
            ("heap", ctypes.c_size_t),
            ("module", wintypes.DWORD),
            ("threads", wintypes.DWORD),
            ("parent", wintypes.DWORD),
            ("priority", wintypes.LONG),
            ("flags", wintypes.DWORD),
            ("name", ctypes.c_wchar * 260),
        )

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.CreateToolhelp32Snapshot.restype = wintypes.HANDLE
    snapshot = kernel.CreateToolhelp32Snapshot(2, 0)
    entry = Entry(size=ctypes.sizeof(Entry))
    try:
        more = kernel.Process32FirstW(wintypes.HANDLE(snapshot), ctypes.byref(entry))
        while more:
            yield entry.pid, entry.name
            more = kernel.Process32NextW(wintypes.HANDLE(snapshot), ctypes.byref(entry))
    finally:
        kernel.CloseHandle(wintypes.HANDLE(snapshot))


def _session(pid: int) -> int | None:
    """The session in which a process runs; None where that may not be asked."""
    import ctypes
    from ctypes import wintypes

    found = wintypes.DWORD()
    kernel = ctypes.WinDLL("kernel32")
    return found.value if kernel.ProcessIdToSessionId(pid, ctypes.byref(found)) else None


def _image(pid: int) -> str:
    """The full path of a process's program; "" where it may not be asked."""
    import ctypes
    from ctypes import wintypes

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.OpenProcess.restype = wintypes.HANDLE
    handle = kernel.OpenProcess(0x1000, False, pid)
    if not handle:
        return ""
    try:
        size = wintypes.DWORD(32768)
        path = ctypes.create_unicode_buffer(size.value)
        if not kernel.QueryFullProcessImageNameW(wintypes.HANDLE(handle), 0, path, ctypes.byref(size)):
            return ""
        return path.value
    finally:
        kernel.CloseHandle(wintypes.HANDLE(handle))
