"""The installer under Wine: a real Windows Python, venv, pip, registry and folders; every step a user of Windows takes.

The steps are install.ps1's calls (tests/install/test_install_script.py holds the table); PowerShell itself is not here.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nrr_xl.excel.setup import places
from tests.apps.conftest import require

FULL = Path(os.environ.get("NRR_XL_WINPY_FULL", Path.home() / ".cache" / "nrr_xl_tools" / "winpy_full"))
SECONDS = 300


def missing() -> str:
    """Why nothing can be installed under Wine here, or "" if it can."""
    if shutil.which("wine") is None:
        return "wine is not installed"
    return "" if (FULL / "stamp").exists() else f".ci/winpy_full.sh has not laid a Windows Python down in {FULL}"


def _placed(source: str, target: str) -> None:
    """Link a file, which nothing writes into; copy the registry's, which Wine would write through a link."""
    (shutil.copy2 if source.endswith(".reg") else os.link)(source, target)


class Prefix:
    """A Windows of its own."""

    def __init__(self, folder: Path):
        prefix = folder / "prefix"
        shutil.copytree(FULL / "prefix", prefix, symlinks=True, copy_function=_placed)
        self._environment = os.environ | {
            "WINEPREFIX": str(prefix),
            "WINEDEBUG": "-all",
            "WINEARCH": "win64",
            "WINEDLLOVERRIDES": "mscoree,mshtml=",
        }
        self.venv = next(prefix.glob("drive_c/users/*/AppData/Local/nrr_xl/venv"))
        self.local = self.venv.parents[1]
        self.roaming = self.local.parent / "Roaming"

    def close(self) -> None:
        """End the programs of this prefix."""
        subprocess.run(["wineserver", "-k"], env=self._environment, check=False)

    def run(self, *words: str, status: int = 0) -> str:
        """Run a program; what it says. Wine wants pipes and no terminal."""
        done = subprocess.run(
            ["wine", *words],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
        )
        said = done.stdout.decode("utf-8", "replace")
        assert done.returncode == status, said
        return said

    def python(self, *words: str, status: int = 0) -> str:
        """Run the venv's Python."""
        return self.run(str(self.venv / "Scripts" / "python.exe"), "-I", *words, status=status)

    def doctor(self, *words: str, status: int = 0) -> dict:
        said = self.python("-m", "nrr_xl", "doctor", "--json", *words, status=status)
        return json.loads(said[said.index("{") :])

    def wrong(self) -> list[str]:
        told = self.doctor(status=2)
        return [each["name"] for each in told["findings"] if not each["well"]]

    def registry(self, *words: str) -> None:
        self.run("reg", *words, "/f")

    def files(self) -> set[Path]:
        """Every file of the user's but the environment's and temporary ones."""
        user = self.local.parents[1]
        left_out = {self.venv, user / "Temp", self.local / "Temp"}
        return {path for path in user.rglob("*") if path.is_file() and not left_out & set(path.parents)}


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    require(missing())
    folder = tmp_path_factory.mktemp("wine")
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", str(folder), "."]
    subprocess.run(build, check=True, cwd=Path(__file__).parents[2], timeout=SECONDS)
    made = Prefix(folder)
    offline = ("--no-index", "--find-links", str(folder), "--find-links", str(FULL / "wheels"))
    made.python("-m", "pip", "install", "--disable-pip-version-check", "--no-input", *offline, "nrr-xl")
    made.before = made.files()
    yield made
    made.close()


def test_install_repeat_doctor_break_repair_uninstall(prefix, templates):
    addin = prefix.roaming / "Microsoft" / "Excel" / "XLSTART" / places.ADDIN
    install = ("-m", "nrr_xl.excel.install")
    options = r"HKCU\Software\Microsoft\Office\16.0\Excel\Options"
    prefix.registry("add", options, "/v", "PersonalTemplates", "/t", "REG_EXPAND_SZ", "/d", r"%APPDATA%\Own templates")

    assert "Nothing was done" in prefix.python(*install, "--what-if")
    assert prefix.files() == prefix.before
    prefix.python(*install, "--pre-start")
    assert addin.read_bytes() == (templates / places.ADDIN).read_bytes()
    assert {path.name for path in (prefix.roaming / "Own templates").iterdir()} == set(places.TEMPLATES)
    startup = next(path for path in prefix.files() if path.name == places.startup(prefix).name)
    assert startup.parent.name.lower() == "startup"  # Wine writes StartUp
    assert b"pythonw.exe" in startup.read_bytes().replace(b"\0", b"")
    installed = prefix.files()
    told = prefix.doctor()
    assert told["well"] is True
    assert any("= 1.1" in each["detail"] for each in told["findings"] if each["name"] == "function server")

    prefix.python(*install, "--pre-start")
    assert prefix.files() == installed

    disabled = r"HKCU\Software\Microsoft\Office\16.0\Excel\Resiliency\DisabledItems"
    name = "".join(f"{byte:02x}" for byte in rf"c:\{places.ADDIN}".encode("utf-16-le"))
    prefix.registry("add", disabled, "/v", "A1", "/t", "REG_BINARY", "/d", name)
    addin.write_bytes(b"old")
    (prefix.roaming / "Own templates" / "nrr_template.xltx").unlink()
    assert prefix.wrong() == ["add-in", "disabled items", "templates"]
    assert prefix.doctor("--repair")["well"] is True

    dll = prefix.venv / places.DLLS[0]
    dll.rename(dll.with_suffix(".gone"))
    assert prefix.wrong() == ["DLLs", "function server"]
    assert "lacks xlwings64" in prefix.python(*install, status=2)
    dll.with_suffix(".gone").rename(dll)
    prefix.registry(
        "add", r"HKLM\Software\Policies\Microsoft\Office\16.0\Common", "/v", "VBAOff", "/t", "REG_DWORD", "/d", "1"
    )
    assert prefix.wrong() == ["policies"]

    prefix.python(*install, "--prepare")
    prefix.python(*install, "--uninstall")
    assert prefix.files() - prefix.before == set()
    assert not (prefix.roaming / "Own templates").exists()
    assert prefix.wrong()[:2] == ["install record", "add-in"]
