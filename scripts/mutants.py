"""Mutation testing, part by part: break the code in small ways and count the breaks that the tests of that part notice.

Run as `python scripts/mutants.py PART [--sample N] [--seed S]` with mutmut 3 installed. It works in a copy of the
checkout. Without --sample every mutant of the part is tried, which takes hours for the larger ones; with it N of them,
drawn by the seed. What survives is listed, with the change itself.
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
        ["tests/retention", "tests/test_options.py"],
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
# It counts what many examples cover.
_LEFT = ["--ignore=tests/retention/test_cubes.py"]


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
        "pytest_add_cli_args": ["-n", "0", "-x", "-p", "no:cacheprovider", "--hypothesis-profile=mutants", *_LEFT],
        "pytest_add_cli_args_test_selection": tests,
        "also_copy": ["docs", "templates", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "install.ps1", "scripts"],
        "timeout_multiplier": 3.0,
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in config.items()]
    project = folder / "pyproject.toml"
    project.write_text("\n".join([project.read_text(), "[tool.mutmut]", *lines, "track_dependencies = false", ""]))


def mutmut(folder: Path, *words: str) -> str:
    """What mutmut prints; its own failures show in the counts, so its status is not looked at."""
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", "mutmut", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False)
    return done.stdout + done.stderr


def results(folder: Path) -> dict[str, int | None]:
    """The exit code of each mutant, None where it was not tried."""
    found: dict[str, int | None] = {}
    for meta in sorted(folder.glob("mutants/**/*.meta")):
        found.update(json.loads(meta.read_text())["exit_code_by_key"])
    return found


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
        said = mutmut(folder, "run", "--max-children", "1", "none.of.them")  # makes the mutants, times the tests
        names = sorted(name for name in results(folder) if Path(name).match(chosen.only))
        if not names:
            sys.exit(said)
        tried = names
        if chosen.sample and chosen.sample < len(names):
            tried = random.Random(chosen.seed).sample(names, chosen.sample)
        said = mutmut(folder, "run", "--max-children", "1", *tried)
        codes = results(folder)
        left = [name for name in tried if codes[name] in (0, 5, 33)]
        unknown = [name for name in tried if codes[name] is None]
        if len(unknown) == len(tried):
            sys.exit(said)
        for name in sorted(left):
            print(mutmut(folder, "show", name).strip(), "\n")
        known = len(tried) - len(unknown)
        print(f"{chosen.part}: {len(names)} mutants, {known} tried (seed {chosen.seed}), {known - len(left)} killed")
        print(f"{(known - len(left)) / known:.1%} killed, {sum(codes[name] == 33 for name in left)} reached by no test")


if __name__ == "__main__":
    main()
