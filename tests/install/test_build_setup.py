"""The download's parts: where a wheel's files go, the list of digests, the signature of its script.

The whole of it is built and installed by tests/apps/test_setup_wine.py.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from nrr_xl.excel.setup import bundle, places
from tests.apps.conftest import require


@pytest.fixture(scope="module")
def build_setup(root):
    spec = importlib.util.spec_from_file_location("build_setup", root / "scripts" / "build_setup.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def wheel(folder: Path, name: str, files: dict[str, str]) -> Path:
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as packed:
        for place, content in files.items():
            packed.writestr(place, content)
    return path


def test_an_environment_is_python_its_packages_and_a_list_of_them_all(build_setup, tmp_path):
    python = tmp_path / "cp311"
    python.mkdir()
    (python / "python.exe").write_bytes(b"MZ")
    (python / "python311._pth").write_text("import site")
    wheels = [
        wheel(tmp_path, "nrr_xl", {"nrr_xl/tests.py": "kept", "nrr_xl/templates/a.txt": "t"}),
        wheel(tmp_path, "pandas", {"pandas/core.py": "core", "pandas/tests/api.py": "left out"}),
        wheel(tmp_path, "pywin32", {"pywin32_system32/pywintypes311.dll": "dll", "pythonwin/win32ui.pyd": "left out"}),
        wheel(tmp_path, "xlwings", {"xlwings/main.py": "", f"xlwings-0.37.8.data/data/{places.DLLS[0]}": "dll"}),
    ]
    target = tmp_path / "environment"
    build_setup.environment(python, wheels, target)
    listed = {name for _, name in bundle.listed(target)}
    assert {
        "Scripts/python.exe",
        "Scripts/python311._pth",
        "Scripts/nrr-xl.cmd",
        "Scripts/pywintypes311.dll",
        "Lib/site-packages/nrr_xl/tests.py",
        "Lib/site-packages/nrr_xl/templates/nrr_xl_host.xlam",
        "Lib/site-packages/pandas/core.py",
        "Lib/site-packages/xlwings/main.py",
        places.DLLS[0],
    } <= listed
    assert not [name for name in listed if "left out" in name or "pythonwin" in name or "pandas/tests" in name]
    paths = (target / "Scripts" / "python311._pth").read_text().splitlines()
    assert paths[:3] == ["python311.zip", ".", r"..\Lib\site-packages"] and "import site" not in paths


def test_each_python_has_a_list_of_hashes_with_this_package_in_it(build_setup, tmp_path):
    own = wheel(tmp_path, "nrr_xl", {"nrr_xl-1.0.dist-info/METADATA": "Name: nrr_xl\nVersion: 1.0\n\n"})
    build_setup.write_lists(tmp_path / "lists", {python: [own] for python in build_setup.PYTHONS})
    assert {path.stem for path in (tmp_path / "lists").iterdir()} == set(build_setup.PYTHONS)
    digest = hashlib.sha256(own.read_bytes()).hexdigest()
    assert (tmp_path / "lists" / "3.13.txt").read_text() == f"nrr_xl==1.0 --hash=sha256:{digest}\n"
    assert "numpy==1.26.4" in build_setup.requirements() and "numpy==1.26.4" not in build_setup.requirements("3.13")


def test_pip_refuses_a_package_with_another_hash(build_setup, tmp_path):
    about = "Metadata-Version: 2.1\nName: nrr_xl\nVersion: 1.0\n\n"
    own = wheel(
        tmp_path,
        "nrr_xl",
        {"nrr_xl-1.0.dist-info/METADATA": about, "nrr_xl-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\n"},
    )
    build_setup.write_lists(tmp_path / "lists", {"3.13": [own]})
    source = ("--no-index", "--find-links", tmp_path, "--only-binary", ":all:", "--require-hashes", "--no-deps")
    asked = (*source, "--requirement", tmp_path / "lists" / "3.13.txt", "--dest")
    command = (sys.executable, "-m", "pip", "download", "--disable-pip-version-check", *map(str, asked))
    assert subprocess.run((*command, tmp_path / "one"), capture_output=True).returncode == 0
    with zipfile.ZipFile(own, "a") as package:
        package.writestr("nrr_xl/more.py", "added by another")
    done = subprocess.run((*command, tmp_path / "two"), capture_output=True, text=True)
    assert done.returncode and "DO NOT MATCH THE HASHES" in done.stderr


def test_the_download_is_the_same_bytes_for_the_same_files(build_setup, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "b.txt").write_text("b")
    (tmp_path / "folder" / "a.txt").write_text("a")
    for name in ("one.zip", "two.zip"):
        build_setup.pack(tmp_path / "folder", tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_what_is_tested_under_wine_is_what_ships(build_setup, root):
    recipe = (root / ".ci" / "winpy.sh").read_text()
    assert all(f'"{pin}"' in recipe or f"({pin} " in recipe for pin in build_setup.PINNED)
    assert build_setup.PYTHON in recipe
    assert "xlwings==0.37.8" in build_setup.requirements()


@pytest.mark.parametrize("recipe", ["winpy.sh", "winpy_full.sh"])
def test_every_package_that_is_needed_is_there_under_wine(build_setup, root, recipe):
    packages = (root / ".ci" / recipe).read_text().split("packages=(")[1].split(")")[0]
    there = {re.split("[<>=]", word.strip('"'))[0] for word in packages.split()}
    assert {re.split("[<>=]", each)[0] for each in build_setup.requirements()} <= there


def test_the_script_can_be_signed(build_setup, root, tmp_path):
    require("" if shutil.which("osslsigncode") and shutil.which("openssl") else "osslsigncode is not installed")
    key, certificate, both = (tmp_path / name for name in ("key.pem", "certificate.pem", "both.p12"))
    (tmp_path / "password").write_text("secret")
    subject = ("-subj", "/CN=A test", "-days", "2", "-addext", "extendedKeyUsage=codeSigning")
    new = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, *subject)
    subprocess.run(new, check=True, capture_output=True)
    packed = ("-export", "-inkey", key, "-in", certificate, "-passout", "pass:secret", "-out", both)
    subprocess.run(("openssl", "pkcs12", *packed), check=True, capture_output=True)
    script = tmp_path / "install.ps1"
    shutil.copyfile(root / "install.ps1", script)
    build_setup.sign(script, both, tmp_path / "password")
    assert "# SIG # Begin signature block" in script.read_text("utf-8-sig")
    checked = ("osslsigncode", "verify", "-CAfile", certificate, "-in", script)
    assert b"Signature verification: ok" in subprocess.run(checked, capture_output=True).stdout
