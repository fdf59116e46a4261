"""Sums to the cent, the same bytes everywhere, a full disk, and a server that does not grow; each figure is printed.

The sizes here are for every day; NRR_XL_FAULTS=100 makes each of them the full one.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from nrr_xl.calc.engine import Helper
from nrr_xl.revenue.read import understand
from tests.faults.commands import COMMANDS, RUN, Workshop, prepare

TIMES = int(os.environ.get("NRR_XL_FAULTS", "1"))
FULL = TIMES >= 100
SUMS = 20_000 if FULL else 100 * TIMES
CALLS = 200_000 if FULL else 2_000 * TIMES
# What a server may grow by while it answers, once it is warm.
GROWTH = 8 * 1024 * 1024
PLACES = {
    "as it is": {},
    "hash seed 0": {"PYTHONHASHSEED": "0"},
    "hash seed 4711": {"PYTHONHASHSEED": "4711"},
    "Kiritimati": {"TZ": "Pacific/Kiritimati"},
    "Turkish": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
    "C locale": {"LC_ALL": "C"},
}


def a_table(numbers: random.Random) -> tuple[pd.DataFrame, int]:
    """Random rows of amounts in whole cents up to 1e15, and their sum in cents as an integer."""
    largest = 10 ** numbers.randint(3, 15)
    rows, total = [], 0
    for customer in range(numbers.randint(1, 6)):
        for month in range(1, numbers.randint(2, 13)):
            # Beyond 2^53 cents a float holds whole units only.
            cents = numbers.randint(1, largest)
            cents = cents if cents < 2**53 else cents // 100 * 100
            rows.append((f"customer {customer}", f"2024-{month:02d}-01", cents / 100))
            total += cents
    return pd.DataFrame(rows, columns=["Customer", "Month", "MRR"]), total


def test_the_account_is_the_source_to_the_cent():
    numbers = random.Random(1851)
    wrong = []
    for number in range(SUMS):
        frame, cents = a_table(numbers)
        cube = understand(frame).cube
        found = sum(round(float(amount) * 100) for amount in cube.amounts.ravel())
        if found != cents:
            wrong.append((number, found, cents))
    print(f"\n{SUMS:,} tables with amounts up to 1e15: {len(wrong)} whose sum is not the source's to the cent")
    assert wrong == []


def test_the_same_bytes_everywhere(tmp_path):
    rows = prepare(tmp_path / "inputs")["rows"]
    digests = {}
    for name, environment in PLACES.items():
        folder = tmp_path / name.replace(" ", "_") / "deeper"
        folder.mkdir(parents=True)
        here = folder / "rows.csv"
        shutil.copyfile(rows, here)
        subprocess.run(
            [*RUN, "report", "rows.csv", "-o", "out.xlsx", "--quiet"],
            cwd=folder,
            env=os.environ | environment,
            check=True,
        )
        digests[name] = hashlib.sha256((folder / "out.xlsx").read_bytes()).hexdigest()
        if not FULL and len(digests) == 3:
            break
    print(f"\n{len(digests)} hash seeds, time zones, locales and folders: {len(set(digests.values()))} different bytes")
    assert len(set(digests.values())) == 1, digests


@pytest.mark.skipif(sys.platform != "linux", reason="a small tmpfs is Linux's")
@pytest.mark.parametrize("name", ["report", "template", "fill"] if FULL else ["report"])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, name):
    shop = Workshop(tmp_path / "shop", prepare(tmp_path / "inputs"))
    words = [word.format(**shop.files) for word in COMMANDS[name]]
    small = tmp_path / "small"
    small.mkdir()
    left = 'ls -A "$0" | sed "s/^/left: /"'
    script = f'mount -t tmpfs -o size=16k tmpfs "$0" && cd "$0" && "$@"; status=$?; {left}; exit $status'
    done = subprocess.run(
        ["unshare", "-Urm", "sh", "-c", script, str(small), *RUN, *words],
        env=os.environ | {"TMPDIR": str(shop.temporary)},
        capture_output=True,
        text=True,
    )
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip(f"no small disk can be made here: {done.stderr.strip()}")
    print(f"\n{name} on a full disk: status {done.returncode}, {done.stderr.strip()}")
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert "left:" not in done.stdout
    assert shop.left() == []


def memory(process: int) -> int:
    """The bytes that a process holds."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_a_server_does_not_grow():
    helper = Helper(sys.executable)
    ranges = tuple((100.0 + number,) for number in range(20))
    questions = [
        ("NRR", (100.0, 10.0, 5.0, None)),
        ("NRR", (ranges, 10.0, None, None)),
        ("NRR_COHORT", (ranges, ranges)),
        ("NRR", ("x", None, None, None)),
    ]
    try:
        for number in range(2_000):
            helper.ask("function", questions[number % len(questions)])
        before = memory(helper._process.pid)
        for number in range(CALLS):
            helper.ask("function", questions[number % len(questions)])
        grown = memory(helper._process.pid) - before
    finally:
        helper.close()
    print(f"\n{CALLS:,} calls: {before / 2**20:.1f} MB, grown by {grown / 2**20:.2f} MB")
    assert grown < GROWTH
