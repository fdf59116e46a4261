"""Build a release and try it as a user would: the wheel, what is in it, an installation elsewhere, the demo.

Run it with `python scripts/release.py` in a clean checkout; the wheel and its SHA-256 come to lie in dist/,
with the bill of materials, the hashes that pip requires and the licences of it and of all that it needs (supply.py).
"""

from __future__ import annotations

import hashlib
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

import supply  # beside this file

ROOT = Path(__file__).resolve().parent.parent
DEMO = ("sample_revenue.xlsx", "sample_revenue_retention.xlsx")


def main() -> None:
    """Every step, or the first one that fails."""
    version = stated_version()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "venv"
        venv.create(home, with_pip=True)
        programs = home / ("Scripts" if os.name == "nt" else "bin")
        wheel = build(programs, Path(folder))
        check(wheel, version)
        try_out(wheel, version, programs, Path(folder))
        (ROOT / "dist").mkdir(exist_ok=True)
        supply.write(ROOT / "dist", collected(wheel, programs, Path(folder)))
        kept = Path(shutil.copy2(wheel, ROOT / "dist"))
    digest = hashlib.sha256(kept.read_bytes()).hexdigest()
    kept.with_suffix(".whl.sha256").write_text(f"{digest}  {kept.name}\n", "utf-8")
    print(f"dist/{kept.name}\nsha256 {digest}")


def stated_version() -> str:
    """The version, which the changelog must have a section for."""
    version = runpy.run_path(str(ROOT / "nrr_xl" / "_version.py"))["__version__"]
    if f"\n## [{version}]" not in (ROOT / "CHANGELOG.md").read_text("utf-8"):
        sys.exit(f"CHANGELOG.md has no section [{version}].")
    return version


def build(programs: Path, folder: Path) -> Path:
    """The wheel of this checkout."""
    pip = (str(programs / "python"), "-m", "pip", "wheel", "-q", "--disable-pip-version-check", "--no-deps")
    run(*pip, "--wheel-dir", str(folder / "wheel"), str(ROOT))
    (wheel,) = (folder / "wheel").glob("*.whl")
    return wheel


def expected() -> set[str]:
    """What the wheel must hold: every file of the package and of the templates that is under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "nrr_xl", "templates"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return {
        name.replace("templates/", "nrr_xl/templates/", 1) if name.startswith("templates/") else name
        for name in listed.stdout.splitlines()
    }


def check(wheel: Path, version: str) -> None:
    """The package's files, all and no others, under the stated version."""
    with zipfile.ZipFile(wheel) as package:
        names = set(package.namelist())
    inside = {name for name in names if not name.startswith(f"nrr_xl-{version}.dist-info/")}
    if wanting := sorted(expected() - inside):
        sys.exit(f"The wheel lacks {', '.join(wanting)}.")
    if more := sorted(inside - expected()):
        sys.exit(f"The wheel holds what is not under version control: {', '.join(more)}.")


def collected(wheel: Path, programs: Path, folder: Path) -> list[Path]:
    """The wheel and all that it needs here, as wheels."""
    pip = (str(programs / "python"), "-m", "pip", "wheel", "-q", "--disable-pip-version-check")
    run(*pip, "--wheel-dir", str(folder / "parts"), str(wheel))
    return sorted((folder / "parts").glob("*.whl"))


def try_out(wheel: Path, version: str, programs: Path, folder: Path) -> None:
    """Install the wheel away from the checkout, and run the demo there."""
    run(str(programs / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", str(wheel))
    work = folder / "work"
    work.mkdir()
    told = run(str(programs / "nrr-xl"), "--version", cwd=work)
    if told.strip() != f"nrr-xl {version}":
        sys.exit(f"The installed package says {told.strip()!r}, not version {version}.")
    run(str(programs / "nrr-xl"), "demo", cwd=work)
    if lacking := [name for name in DEMO if not (work / name).is_file()]:
        sys.exit(f"The demo did not write {', '.join(lacking)}.")


def run(*command: str, cwd: Path | None = None) -> str:
    """What a program prints; its failure ends the release."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
