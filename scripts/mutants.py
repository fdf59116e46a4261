"""Mutation testing, part by part: break the code in small ways and count the breaks that the tests of that part notice.

Run as `python scripts/mutants.py PART [--sample N] [--seed S]` with mutmut 3 installed. It works in a copy of the
checkout. Without --sample every mutant of the part is tried, which takes hours for the larger ones; with it N of them,
drawn by the seed. mutmut makes the mutants; each is then tried in a process of its own, which imports the package
broken. What survives is listed, with the change itself.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, cast

ROOT = Path(__file__).resolve().parent.parent

_CUBE_TESTS = [
    f"tests/revenue/test_{name}.py"
    for name in (
        "cube_reference",
        "cube_rules",
        "books",
        "cube",
        "exact",
        "lookups",
        "survivors",
        "properties",
        "terms",
        "read",
    )
]
_RETENTION_TESTS = [
    f"tests/retention/test_{name}.py"
    for name in ("books", "refusals", "survivors", "further", "definitions", "products", "compare", "reading", "lines")
]

# What is mutated, and the tests that are to notice.
PARTS: dict[str, tuple[list[str], list[str]]] = {
    "metrics": (["nrr_xl/metrics/*"], ["tests/test_metrics.py", "tests/retention/test_lines.py"]),
    "catalogue": (
        [
            "nrr_xl/retention/lines.py",
            "nrr_xl/retention/methods.py",
            "nrr_xl/metrics/catalogue.py",
            "nrr_xl/options.py",
        ],
        ["nrr_xl/retention/lines.py", "nrr_xl/options.py", "tests/test_options.py", *_RETENTION_TESTS],
    ),
    "cube": (
        ["nrr_xl/revenue/cube/*", "nrr_xl/periods.py"],
        [*_CUBE_TESTS, "tests/test_periods.py", "tests/test_side_files.py"],
    ),
    "retention": (["nrr_xl/retention/*"], _RETENTION_TESTS),
}

# Few examples of each property and no search for the smallest one: a mutant that only many examples find counts as
# alive, so the score errs to the low side.
_EXAMPLES = 15
# The last counts what many examples cover.
ARGUMENTS = [
    *("-n", "0", "-x", "-p", "no:cacheprovider", "--hypothesis-profile=mutants"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # hypothesis is imported before
    "--ignore=tests/retention/test_cubes.py",
]


def prepare(folder: Path, part: str) -> None:
    """Copy the checkout into a folder, with mutmut told what to do."""
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, files.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for test in folder.glob("tests/**/test_*.py"):
        test.write_text(re.sub(r"max_examples=\d+", f"max_examples={_EXAMPLES}", test.read_text()))
    patterns, tests = PARTS[part]
    config = {
        "source_paths": ["nrr_xl"],
        "only_mutate": patterns,
        "pytest_add_cli_args": ARGUMENTS,
        "pytest_add_cli_args_test_selection": tests,
        "also_copy": ["docs", "templates", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "install.ps1", "scripts"],
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in config.items()]
    project = folder / "pyproject.toml"
    project.write_text("\n".join([project.read_text(), "[tool.mutmut]", *lines, "track_dependencies = false", ""]))


# Tries mutants named on its input, each in a process forked before the package is imported: what runs on import is
# broken too. It says how each ended: 0 where every test passed.
RUNNER = """
import os, resource, sys
import hypothesis, numpy, pandas, openpyxl, pytest, xlsxwriter
for name in sys.stdin:
    child = os.fork()
    if not child:
        os.environ["MUTANT_UNDER_TEST"] = name.strip()
        resource.setrlimit(resource.RLIMIT_CPU, (600, 600))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        import nrr_xl
        assert nrr_xl.__file__.startswith(os.getcwd())
        os._exit(pytest.main(sys.argv[1:]))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def mutmut(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "mutmut", *words]


def make(folder: Path) -> list[str]:
    """Make the mutants, and name them; what else mutmut would do then (timing the tests) is cut short."""
    making = subprocess.Popen(
        mutmut(folder, "run", "--max-children", "1", "none.of.them"),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = []
    for line in making.stdout or ():
        said.append(line)
        if "done in" in line:
            break
    making.kill()
    making.wait()
    names: list[str] = []
    for meta in folder.glob("mutants/**/*.meta"):
        names += json.loads(meta.read_text())["exit_code_by_key"]
    return sorted(names) or sys.exit("".join(said))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--sample", type=int, metavar="N", help="try N mutants instead of all")
    parser.add_argument("--seed", type=int, default=1, help="which N (default 1)")
    parser.add_argument("--only", default="*", help="only mutants of this pattern, such as '*cohorts*'")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nrr_mutants_") as temporary:
        folder = Path(temporary)
        prepare(folder, chosen.part)
        names = [name for name in make(folder) if Path(name).match(chosen.only)]
        tried = names
        if chosen.sample and chosen.sample < len(names):
            tried = random.Random(chosen.seed).sample(names, chosen.sample)
        inside = folder / "mutants"
        runner = subprocess.Popen(
            [sys.executable, "-c", RUNNER, *ARGUMENTS, *PARTS[chosen.part][1]],
            cwd=inside,
            env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(inside), "TMPDIR": temporary},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

        def ended(name: str) -> int:
            print(name, file=runner.stdin, flush=True)
            return int(cast("IO[str]", runner.stdout).readline())

        if ended("no mutant"):
            sys.exit("The tests fail without any mutant.")
        killed = 0
        for number, name in enumerate(tried, 1):
            if ended(name):
                killed += 1
            else:
                shown = subprocess.run(
                    mutmut(folder, "show", name), cwd=folder, capture_output=True, text=True, check=False
                )
                print(shown.stdout.strip(), "\n", flush=True)
            print(f"{number} tried, {killed} killed", file=sys.stderr, flush=True)
        runner.communicate()
        print(f"{chosen.part}: {len(names)} mutants, {len(tried)} tried (seed {chosen.seed}), {killed} killed")
        print(f"{killed / len(tried):.1%} killed")


if __name__ == "__main__":
    main()
