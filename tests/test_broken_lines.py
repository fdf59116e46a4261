"""Lines of `broken_lines.toml` stand where it says, and each way of breaking one is seen by the tests that it names."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

LINES = tomllib.loads(Path(__file__).with_name("broken_lines.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", LINES)
def test_the_line_stands_once_where_the_list_says(root, name):
    line = LINES[name]
    text = (root / "nrr_xl" / line["file"]).read_text("utf-8")
    assert text.count(line["line"]) == 1
    file, _, test = line["test"].partition("::")
    assert f"\ndef {test}(" in (root / "tests" / file).read_text("utf-8")


# Runs tests named on its input in a process of each, forked before the package is imported, and says how each ended.
RUNNER = """
import os, sys
import hypothesis, numpy, pytest, xlsxwriter
for line in sys.stdin:
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        import nrr_xl
        assert nrr_xl.__file__.startswith(os.getcwd())
        quiet = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of what is imported above
        os._exit(pytest.main(["-n", "0", "-x", "-p", "no:cacheprovider", *quiet, line.strip()]))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Checkout:
    """A copy of what the tests need, whose package may be broken, and a process that runs tests in it."""

    def __init__(self, root: Path, folder: Path):
        self.package = folder / "nrr_xl"
        for name in ("nrr_xl", "tests"):
            shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy2(root / "pyproject.toml", folder)
        self.runner = subprocess.Popen(
            [sys.executable, "-c", RUNNER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(folder)},
            text=True,
        )

    def passes(self, test: str) -> bool:
        assert self.runner.stdin and self.runner.stdout
        print(f"tests/{test}", file=self.runner.stdin, flush=True)
        code = int(self.runner.stdout.readline())
        assert code in (0, 1), f"{test}: pytest ended with {code}"
        return code == 0


@pytest.fixture(scope="module")
def checkout(root, tmp_path_factory) -> Iterator[Checkout]:
    made = Checkout(root, tmp_path_factory.mktemp("broken"))
    yield made
    made.runner.communicate()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="runs tests in forked processes")
@pytest.mark.parametrize("name", LINES)
def test_each_way_of_breaking_a_line_is_seen(checkout, name):
    line = LINES[name]
    path = checkout.package / line["file"]
    whole = path.read_text("utf-8")
    assert checkout.passes(line["test"])
    for broken in line["broken"]:
        path.write_text(whole.replace(line["line"], broken), "utf-8")
        assert not checkout.passes(line["test"]), broken
    path.write_text(whole, "utf-8")
