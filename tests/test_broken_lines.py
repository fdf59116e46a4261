"""Lines of `broken_lines.toml` stand where it says, and each way of breaking one is seen by the tests that it names."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

LINES = tomllib.loads(Path(__file__).with_name("broken_lines.toml").read_text("utf-8"))
WAYS = [(name, at) for name, line in LINES.items() for at in range(len(line["broken"]))]


@pytest.mark.parametrize("name", LINES)
def test_the_line_stands_once_where_the_list_says(root, name):
    line = LINES[name]
    text = (root / "nrr_xl" / line["file"]).read_text("utf-8")
    assert text.count(line["line"]) == 1
    assert (root / "tests" / line["test"]).is_file()


@pytest.fixture(scope="module")
def checkout(root, tmp_path_factory) -> Path:
    """A copy of what the tests need, whose package may be broken."""
    folder = tmp_path_factory.mktemp("broken")
    for name in ("nrr_xl", "tests", "docs", "templates"):
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy2(root / name, folder / name)
    return folder


def passes(checkout: Path, test: str) -> bool:
    """Whether a file of tests passes in the copy."""
    found = (
        "import sys, nrr_xl, pytest\n"
        "assert nrr_xl.__file__.startswith(sys.argv[1])\n"
        "sys.exit(pytest.main(sys.argv[2:]))"
    )
    words = ["-n", "0", "-x", "-p", "no:cacheprovider", f"tests/{test}"]
    done = subprocess.run(
        [sys.executable, "-c", found, str(checkout), *words],
        cwd=checkout,
        env=os.environ | {"PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("test", sorted({line["test"] for line in LINES.values()}))
def test_the_tests_pass_on_whole_lines(checkout, test):
    assert passes(checkout, test)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "at"), WAYS)
def test_a_broken_line_is_seen(checkout, name, at):
    line = LINES[name]
    path = checkout / "nrr_xl" / line["file"]
    whole = path.read_text("utf-8")
    try:
        path.write_text(whole.replace(line["line"], line["broken"][at]), "utf-8")
        assert not passes(checkout, line["test"])
    finally:
        path.write_text(whole, "utf-8")
