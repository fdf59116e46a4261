"""Windows Python under Wine, laid out as the installer lays it out, with this checkout as the installed package."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
from pathlib import Path

WINPY = Path(os.environ.get("NRR_XL_WINPY", Path.home() / ".cache" / "nrr_xl_tools" / "winpy"))
ROOT = Path(__file__).resolve().parents[2]
CLIENT = Path(__file__).with_name("wine_client.py")


def missing() -> str:
    """Why nothing can be run under Wine here, or "" if it can."""
    if shutil.which("wine") is None:
        return "wine is not installed"
    return "" if (WINPY / "stamp").exists() else f".ci/winpy.sh has not laid a Windows Python down in {WINPY}"


def copy_prefix(source: Path, target: Path) -> Path:
    """A Windows of one's own, so that two test runs on a machine do not share a registry or a server."""
    return Path(shutil.copytree(source, target, symlinks=True, copy_function=_placed))


def _placed(source: str, target: str) -> None:
    """Link a file, which nothing writes into; copy the registry's, which Wine would write through a link."""
    if not source.endswith(".reg"):
        with contextlib.suppress(OSError):  # another disk
            return os.link(source, target)
    shutil.copy2(source, target)


def windows_path(path: Path) -> str:
    """A path as programs under Wine see it."""
    return "Z:" + str(path).replace("/", "\\")


class WindowsHome:
    """A user's local application data folder with an installed nrr_xl in it, and programs run in its name."""

    def __init__(self, folder: Path):
        self.folder = folder
        venv = folder / "nrr_xl" / "venv"
        scripts = venv / "Scripts"
        scripts.mkdir(parents=True)
        python, packages = WINPY / "cp311", WINPY / "cp311" / "Lib" / "site-packages"
        for file in python.iterdir():
            if file.is_file() and file.suffix != "._pth":
                (scripts / file.name).symlink_to(file)
        for dll in packages.glob("xlwings*.dll"):
            (venv / dll.name).symlink_to(dll)
        site = windows_path(packages)
        paths = ["python311.zip", ".", windows_path(ROOT), site, rf"{site}\win32", rf"{site}\win32\lib", "import site"]
        (scripts / "python311._pth").write_text("\n".join(paths))
        self._environment = os.environ | {
            "WINEPREFIX": str(copy_prefix(WINPY / "prefix", folder / "prefix")),
            "WINEDEBUG": "-all",
            "WINEARCH": "win64",
            "WINEDLLOVERRIDES": "mscoree,mshtml=",
        }
        self.python = str(scripts / "python.exe")

    def close(self) -> None:
        """End the programs of this Windows."""
        subprocess.run(["wineserver", "-k"], env=self._environment, check=False)

    def start(self, *arguments: str) -> subprocess.Popen:
        """Windows Python with some arguments, talked to in lines."""
        return subprocess.Popen(
            ["wine", self.python, "-B", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._environment,
            text=True,
        )

    def run(self, *arguments: str) -> str:
        """What Windows Python prints."""
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0, output
        return output


class Client:
    """A program that stands in Excel's place: it loads xlwings' DLL and calls the function server through COM."""

    def __init__(self, home: WindowsHome):
        self._process = home.start(windows_path(CLIENT), windows_path(home.folder))

    def ask(self, what: str, **arguments):
        """One command of wine_client.py; its answer."""
        self._process.stdin.write(json.dumps([what, arguments]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        kind, answer = json.loads(line) if line.startswith("[") else ("fault", line + self._process.stdout.read())
        if kind == "fault":
            raise RuntimeError(answer)
        return answer

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        """End the program, and with it the servers that it started."""
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(30)
