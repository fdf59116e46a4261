"""The installer under Wine: a real Windows Python, venv, pip, registry and folders; every step a user of Windows takes.

The steps are install.ps1's calls (tests/install/test_install_script.py holds the table); PowerShell itself is not here.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from nrr_xl.excel import addin
from nrr_xl.excel.setup import places
from nrr_xl.excel.setup.record import ANY, digest
from tests.apps.conftest import require
from tests.apps.wine import copy_prefix

sys.path.append(str(Path(__file__).parents[2] / "scripts"))
import supply

NEWER = "0.1.999"
SOURCES = ("nrr_xl", "templates", "pyproject.toml", "README.md", "LICENSE")
REBUILD = """
from pathlib import Path
from nrr_xl.excel import addin
from nrr_xl.workbook.template.build import write_template
addin.main([])
for kind in ("xlsx", "xltx", "xlsm"):
    write_template(Path("templates", f"nrr_template.{kind}"), customers=48, overwrite=True)
"""
FULL = Path(os.environ.get("NRR_XL_WINPY_FULL", Path.home() / ".cache" / "nrr_xl_tools" / "winpy_full"))
SECONDS = 300


def missing() -> str:
    """Why nothing can be installed under Wine here, or "" if it can."""
    if shutil.which("wine") is None:
        return "wine is not installed"
    return "" if (FULL / "stamp").exists() else f".ci/winpy_full.sh has not laid a Windows Python down in {FULL}"


class Prefix:
    """A Windows of its own."""

    def __init__(self, folder: Path):
        prefix = copy_prefix(FULL / "prefix", folder / "prefix")
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

    def pip_install(self, wheel: Path) -> None:
        """Install a wheel over what is there, offline, with the words of install.ps1: all packages by their hashes."""
        parts = [supply.part(each) for each in (wheel, *sorted((FULL / "wheels").glob("*.whl")))]
        listed = wheel.with_suffix(".txt")
        listed.write_text(supply.requirements(parts), "utf-8")
        source = ("--no-index", "--find-links", str(FULL / "wheels"))
        hashed = ("--require-hashes", "--only-binary", ":all:", "--find-links", str(wheel.parent))
        pip = ("-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--upgrade")
        self.python(*pip, *source, *hashed, "--requirement", str(listed))

    def doctor(self, *words: str, status: int = 0) -> dict:
        said = self.python("-m", "nrr_xl", "doctor", "--json", *words, status=status)
        return json.loads(said[said.index("{") :])

    def wrong(self) -> list[str]:
        told = self.doctor(status=2)
        return [each["name"] for each in told["findings"] if not each["well"]]

    def record(self) -> dict:
        return json.loads(places.record(self).read_text("utf-8"))

    def registry(self, *words: str) -> None:
        self.run("reg", *words, "/f")

    def files(self) -> set[Path]:
        """Every file of the user's but the environment's and temporary ones."""
        user = self.local.parents[1]
        left_out = {self.venv, user / "Temp", self.local / "Temp"}
        return {path for path in user.rglob("*") if path.is_file() and not left_out & set(path.parents)}


def build(sources: Path, folder: Path) -> Path:
    """The wheel of a folder of sources."""
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", str(folder), "."]
    subprocess.run(command, check=True, cwd=sources, timeout=SECONDS)
    (wheel,) = folder.glob("*.whl")
    return wheel


def copied(root: Path, folder: Path) -> Path:
    """The sources of the package, its add-ins built anew."""
    for name in SOURCES:
        if (root / name).is_dir():
            shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(root / name, folder / name)
    addin.main([str(folder / "templates")])
    return folder


@pytest.fixture(scope="module")
def sources(tmp_path_factory, root):
    require(missing())
    return copied(root, tmp_path_factory.mktemp("sources"))


@pytest.fixture(scope="module")
def prefix(tmp_path_factory, sources):
    folder = tmp_path_factory.mktemp("wine")
    wheel = build(sources, folder)
    made = Prefix(folder)
    made.pip_install(wheel)
    made.before = made.files()
    yield made
    made.close()


@pytest.fixture(scope="module")
def newer(prefix, tmp_path_factory, root):
    """The wheel of a later version: its add-in and templates differ, and it has one file fewer."""
    sources = copied(root, tmp_path_factory.mktemp("newer"))
    (sources / "nrr_xl" / "_version.py").write_text(f'__version__ = "{NEWER}"\n', "utf-8")
    (sources / "templates" / "sample_revenue.xlsx").unlink()
    subprocess.run([sys.executable, "-c", REBUILD], check=True, cwd=sources, timeout=SECONDS)
    return build(sources, sources / "wheel")


def contents(wheel: Path) -> dict[str, bytes]:
    """The package's files in a wheel, by their paths within it."""
    with zipfile.ZipFile(wheel) as package:
        return {name: package.read(name) for name in package.namelist() if name.startswith("nrr_xl/")}


def test_install_repeat_doctor_break_repair_upgrade_uninstall(prefix, newer, sources):
    templates = sources / "templates"
    startup_folder = prefix.roaming / "Microsoft" / "Excel" / "XLSTART"
    ours = [startup_folder / name for name in places.ADDINS]
    pure = ours[0]
    own = prefix.roaming / "Own templates"
    install = ("-m", "nrr_xl.excel.install")
    options = r"HKCU\Software\Microsoft\Office\16.0\Excel\Options"
    prefix.registry("add", options, "/v", "PersonalTemplates", "/t", "REG_EXPAND_SZ", "/d", r"%APPDATA%\Own templates")

    assert "Nothing was done" in prefix.python(*install, "--what-if")
    assert prefix.files() == prefix.before
    prefix.python(*install, "--pre-start")
    assert [path.read_bytes() for path in ours] == [(templates / name).read_bytes() for name in places.ADDINS]
    assert {path.name for path in own.iterdir()} == set(places.TEMPLATES)
    startup = next(path for path in prefix.files() if path.name == places.startup(prefix).name)
    assert startup.parent.name.lower() == "startup"  # Wine writes StartUp
    assert b"pythonw.exe" in startup.read_bytes().replace(b"\0", b"")
    installed = prefix.files()
    recorded = set(prefix.record()["files"])
    told = prefix.doctor()
    assert told["well"] is True
    assert any("= 1.1" in each["detail"] for each in told["findings"] if each["name"] == "function server")

    prefix.python(*install, "--pre-start")
    assert prefix.files() == installed

    disabled = r"HKCU\Software\Microsoft\Office\16.0\Excel\Resiliency\DisabledItems"
    name = "".join(f"{byte:02x}" for byte in rf"c:\{places.ADDIN}".encode("utf-16-le"))
    prefix.registry("add", disabled, "/v", "A1", "/t", "REG_BINARY", "/d", name)
    pure.write_bytes(b"old")
    (own / "nrr_template.xltx").unlink()
    assert prefix.wrong() == ["add-in", "disabled items", "templates"]
    assert prefix.doctor("--repair")["well"] is True

    prefix.python(*install, "--prepare")
    prefix.pip_install(newer)
    dll = prefix.venv / places.DLLS[0]
    dll.rename(dll.with_suffix(".gone"))
    assert prefix.wrong() == ["DLLs", "install record", "add-in", "function server"]
    assert "lacks xlwings64" in prefix.python(*install, status=2)
    dll.with_suffix(".gone").rename(dll)
    prefix.python(*install)
    assert prefix.files() == installed
    shipped = contents(newer)
    site = prefix.venv / "Lib" / "site-packages"
    assert {path.name for path in site.glob("nrr_xl-*")} == {f"nrr_xl-{NEWER}.dist-info"}
    in_package = {path for path in (site / "nrr_xl").rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert {path.relative_to(site).as_posix(): path.read_bytes() for path in in_package} == shipped
    assert pure.read_bytes() == shipped[f"nrr_xl/templates/{places.ADDIN}"] != (templates / places.ADDIN).read_bytes()
    for name in places.TEMPLATES:
        now = (own / name).read_bytes()
        assert now == shipped[f"nrr_xl/templates/{name}"] != (templates / name).read_bytes()
    record = prefix.record()
    assert record["version"] == NEWER
    assert set(record["files"]) == recorded
    assert set(record["files"].values()) - {ANY} == {
        digest(path) for path in (*ours, *(own / name for name in places.TEMPLATES))
    }
    told = prefix.doctor()
    details = {each["name"]: each["detail"] for each in told["findings"]}
    assert told["well"] is True
    assert details["packages"].startswith(f"nrr_xl {NEWER}, ")
    assert details["install record"] == f"version {NEWER}"

    prefix.registry(
        "add", r"HKLM\Software\Policies\Microsoft\Office\16.0\Common", "/v", "VBAOff", "/t", "REG_DWORD", "/d", "1"
    )
    assert prefix.wrong() == ["policies"]

    prefix.python(*install, "--uninstall")
    assert prefix.files() - prefix.before == set()
    assert not own.exists()
    assert prefix.wrong()[:2] == ["install record", "add-in"]
