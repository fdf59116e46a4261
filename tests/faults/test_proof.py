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
import time
import zoneinfo
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from nrr_xl.calc.engine import Helper
from nrr_xl.revenue.read import understand
from tests.excel.com_stub import ComServer
from tests.faults.commands import COMMANDS, RUN, Workshop

FULL = int(os.environ.get("NRR_XL_FAULTS", "1")) >= 100
SUMS = 20_000 if FULL else 100
CALLS = 200_000 if FULL else 2_000
# What a server may grow by while it answers, once it is warm.
GROWTH = 8 * 1024 * 1024
SEEDS = ["0", "4711", "random"] if FULL else ["0", "4711"]
LOCALES = ["tr_TR", "de_DE", "hi_IN", "ar_EG", "fa_IR", "th_TH", "ja_JP"]
# The command as an application would run it that has taken over the user's locale.
IN_LOCALE = (
    "import locale, sys; print(locale.setlocale(locale.LC_ALL, '')); from nrr_xl.cli import main; sys.exit(main())"
)
REPORT = ["report", "rows.csv", "-o", "out.xlsx", "--quiet"]
# The report written again under each time zone that is named on standard input; a digest for each.
IN_ZONES = """
import hashlib, os, sys, time
from nrr_xl.cli import main
for zone in sys.stdin.read().splitlines():
    os.environ["TZ"] = zone
    time.tzset()
    assert main(sys.argv[1:]) == 0
    print(hashlib.sha256(open("out.xlsx", "rb").read()).hexdigest())
    os.remove("out.xlsx")
"""
# The largest amount that the reader takes, in cents; of a hundred of them the total is 1e15.
LARGEST = 10**15


def a_table(numbers: random.Random) -> tuple[pd.DataFrame, int]:
    """Random rows of amounts in whole cents, their total up to 1e15, and that in cents as an integer."""
    largest = min(10 ** numbers.randint(3, 16), LARGEST)
    rows, total = [], 0
    for customer in range(numbers.randint(1, 17)):
        for month in range(1, numbers.randint(2, 13)):
            cents = numbers.randint(1, largest)
            rows.append((f"customer {customer}", f"2024-{month:02d}-01", cents / 100))
            total += cents
    return pd.DataFrame(rows, columns=["Customer", "Month", "MRR"]), total


def in_cents(amounts: Iterable[float]) -> int:
    """The sum of amounts, each rounded to the cent, without any rounding of the sum."""
    return sum(round(Fraction(float(amount)) * 100) for amount in amounts)


@pytest.mark.parametrize("seed", range(1851, 1855) if FULL else [1851])
def test_the_account_is_the_source_to_the_cent(figure, seed):
    numbers = random.Random(seed)
    wrong = []
    count = SUMS // 4 if FULL else SUMS
    for number in range(count):
        frame, cents = a_table(numbers)
        cube = understand(frame).cube
        found, account = in_cents(cube.amounts.ravel()), cube.account
        # The account's total is one number, so it is the nearest there is to the sum.
        if found != cents or account.source_total != cents / 100 or account.difference or account.left_out_total:
            wrong.append((number, found, cents, account))
    figure(
        f"{count:,} tables with amounts up to 1e13, totals up to 1e15, seed {seed}: {len(wrong)} whose sum is not the"
        " source's to the cent"
    )
    assert wrong == []


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def rows_in(files, tmp_path):
    """A folder of a name, with the rows in it."""

    def made(name: str) -> Path:
        folder = tmp_path / name.replace(" ", "_") / "deeper"
        folder.mkdir(parents=True)
        shutil.copyfile(files["rows"], folder / "rows.csv")
        return folder

    return made


def test_the_same_bytes_whatever_the_hash_seed_and_folder(rows_in, figure):
    digests = {}
    for name in SEEDS:
        folder = rows_in(name)
        subprocess.run([*RUN, *REPORT], cwd=folder, env=os.environ | {"PYTHONHASHSEED": name}, check=True)
        digests[name] = digest_of(folder / "out.xlsx")
    figure(f"{len(digests)} hash seeds and folders: {len(set(digests.values()))} set of bytes")
    assert len(set(digests.values())) == 1, digests


def clocks() -> list[str]:
    """Of all time zones one for each way in which their clocks went in the years of the rows, and go now."""
    days = [
        datetime(year, month, day)
        for year in (2023, 2024, date.today().year)
        for month in range(1, 13)
        for day in (1, 15)
    ]
    zones = sorted(zoneinfo.available_timezones())
    kinds = {tuple(day.replace(tzinfo=zoneinfo.ZoneInfo(name)).utcoffset() for day in days): name for name in zones}
    return sorted(kinds.values())


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="time zones are set as POSIX does")
def test_the_same_bytes_in_every_time_zone(rows_in, figure):
    zones = clocks() if FULL else ["UTC", "Pacific/Kiritimati", "America/Nuuk"]
    done = subprocess.run(
        [sys.executable, "-c", IN_ZONES, *REPORT],
        input="\n".join(zones),
        cwd=rows_in("zones"),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    digests = done.stdout.split()
    assert len(digests) == len(zones) > 2
    figure(f"{len(zones)} time zones, of those with one clock only one: {len(set(digests))} set of bytes")
    assert len(set(digests)) == 1


@pytest.mark.skipif(shutil.which("localedef") is None, reason="locales are made by glibc's localedef")
def test_the_same_bytes_in_every_locale(rows_in, figure, tmp_path):
    made = tmp_path / "locales"
    made.mkdir()
    digests = {}
    for name in ["C", *(LOCALES if FULL else LOCALES[:1])]:
        if name != "C":
            compiled = subprocess.run(
                ["localedef", "-c", "-i", name, "-f", "UTF-8", str(made / f"{name}.UTF-8")],
                capture_output=True,
                text=True,
            )
            if not (made / f"{name}.UTF-8").exists():
                pytest.skip(f"no locale can be made here: {compiled.stderr.strip()}")
        folder, wanted = rows_in(name), name if name == "C" else f"{name}.UTF-8"
        done = subprocess.run(
            [sys.executable, "-c", IN_LOCALE, *REPORT],
            cwd=folder,
            env=os.environ | {"LC_ALL": wanted, "LANG": wanted, "LOCPATH": str(made)},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        assert done.stdout.split()[0] == wanted
        digests[name] = digest_of(folder / "out.xlsx")
    figure(f"{len(digests)} locales ({', '.join(digests)}): {len(set(digests.values()))} set of bytes")
    assert len(set(digests.values())) == 1, digests


@pytest.mark.skipif(sys.platform != "linux", reason="a small tmpfs is Linux's")
@pytest.mark.parametrize(
    "name", ["report", "report --into", "demo", "template", "fill", "compare"] if FULL else ["report"]
)
def test_a_full_disk_is_told_and_leaves_nothing(files, tmp_path, figure, name):
    shop = Workshop(tmp_path / "shop", files)
    words = [word.format(**shop.files) for word in COMMANDS[name]]
    small = tmp_path / "small"
    small.mkdir()
    # Room for the workbook that sheets are added to, or for half of the smallest one that is written.
    room = "8k" if "--into" not in name else f"{shop.book.stat().st_size // 4096 * 4 + 12}k"
    bring = f'cp "{shop.book}" "$0"/ && ' if "--into" in name else ""
    left = 'ls -A "$0" | grep -v "^book.xlsx$" | sed "s/^/left: /"'
    script = (
        f'mount -t tmpfs -o size={room} tmpfs "$0" && {bring}cd "$0" && "$@"; status=$?; {left}; '
        f'cmp book.xlsx "{shop.book}" 2>&1 | grep -o "^.* differ:"; exit $status'
    )
    done = subprocess.run(
        ["unshare", "-Urm", "sh", "-c", script, str(small), *RUN, *words],
        env=os.environ | {"TMPDIR": str(shop.temporary)},
        capture_output=True,
        text=True,
    )
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip(f"no small disk can be made here: {done.stderr.strip()}")
    figure(f"{name} on a full disk: status {done.returncode}, {done.stderr.strip()}: 0 left")
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert "left:" not in done.stdout
    assert "differ:" not in done.stdout
    assert shop.left() == []


def memory(process: int) -> int:
    """The bytes that a process holds."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


def a_question(number: int) -> tuple[str, tuple]:
    """Calls of each kind in turn: of cells, ranges, an error; now and then of rows that were never seen before."""
    if number % 1_000 == 999:
        rows = [("a", 45292.0, float(number)), ("b", 45292.0, 100.0), ("a", 45627.0, 100.0), ("b", 45627.0, 90.0)]
        customers, dates, amounts = (tuple((each,) for each in column) for column in zip(*rows, strict=True))
        return "NRR_ASOF", (customers, dates, amounts, 45627.0, 11.0)
    cells = tuple((100.0 + cell,) for cell in range(20))
    kinds = (
        ("NRR", (100.0, 10.0, 5.0, None)),
        ("NRR", (cells, 10.0, None, None)),
        ("NRR_COHORT", (cells, cells)),
        ("NRR", ("x", None, None, None)),
    )
    return kinds[number % len(kinds)]


@contextmanager
def calc_helper(_home: Path) -> Iterator[tuple[int, Callable]]:
    helper = Helper(sys.executable)
    try:
        helper.ask("function", ("NRR", (1.0,)))
        yield helper._process.pid, lambda name, arguments: helper.ask("function", (name, arguments))
    finally:
        helper.close()


@contextmanager
def excel_server(home: Path) -> Iterator[tuple[int, Callable]]:
    server = ComServer(home)
    try:
        yield server._process.pid, lambda name, arguments: server.call(name, *arguments)
    finally:
        server.close()


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize("server", [calc_helper, excel_server], ids=["Calc's helper", "Excel's server"])
def test_a_server_does_not_grow(tmp_path, figure, server, request):
    with server(tmp_path) as (process, ask):
        for number in range(2_000):
            answer = ask(*a_question(number))
        before = memory(process)
        for number in range(2_000, 2_000 + CALLS):
            answer = ask(*a_question(number))
        grown = memory(process) - before
    while isinstance(answer, list | tuple):
        (answer,) = answer
    assert answer == pytest.approx(190 / (100 + number))
    name = request.node.callspec.id
    figure(f"{CALLS:,} calls of {name}: {before / 2**20:.1f} MB, grown by {grown / 2**20:.2f} MB")
    assert grown < GROWTH
