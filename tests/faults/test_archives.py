"""Archives made to harm: each is refused in a line or read like its sound twin, in bounded memory and time.

Nothing of the computer comes to light, nothing is written outside, and no network is asked.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nrr_xl.cli import main
from tests.faults import archives

FULL = int(os.environ.get("NRR_XL_FAULTS", "1")) >= 100
GIGABYTE, SECONDS = 1 << 30, 10
LARGE = ("bomb", "xlsb-bomb", "ods-bomb", "ods-rows", "members", "overlapping", "merges", "columns", "deep")
# Damaged files by each door: most by the reader's own one.
DAMAGED = {"analyse": 2_000, "into": 500, "fill": 500}
SOME_DAMAGED = 300
# What each door does with the hostile file; {rows} and {template} are sound.
DOORS = {
    "analyse": ["analyse", "{file}", "--months", "1", "--fields", "rates.nrr", "--quiet"],
    "check": ["check", "{file}"],
    "customer map": ["analyse", "{rows}", "--customer-map", "{file}"],
    "rates": ["analyse", "{rows}", "--rates", "{file}"],
    "ledger": ["report", "{rows}", "--ledger", "{file}", "-o", "out.xlsx"],
    "into": ["report", "{rows}", "--into", "{file}"],
    "fill": ["fill", "{file}", "{rows}", "-o", "out.xlsx"],
    "compare": ["compare", "{file}", "{rows}", "--json", "--months", "1"],
}
# Each archive by one door in a process of its own kind: status, both streams, CPU seconds, and the peak of them all.
RUN = """
import contextlib, io, json, os, resource, sys, time, socket
from nrr_xl.cli import main
def no_network(*_, **__):
    raise AssertionError("the network was asked")
socket.socket.connect = no_network
resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
for name in sys.stdin.read().splitlines():
    out, err, before = io.StringIO(), io.StringIO(), time.process_time()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main([word.format(file=name, rows="rows.csv") for word in sys.argv[1:]])
    used = time.process_time() - before
    with contextlib.suppress(FileNotFoundError):
        os.remove("out.xlsx")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps([name, status, out.getvalue(), err.getvalue(), used, peak]), flush=True)
"""


def harm(folder: Path, made: dict, door: str) -> dict[str, tuple[int, str, str, float, int]]:
    """What each archive comes to by a door."""
    inside = folder / "inside"
    inside.mkdir()
    (folder / "secret.txt").write_text(archives.SECRET)
    (inside / "rows.csv").write_bytes(archives.CSV)
    for name, make in made.items():
        (inside / name).write_bytes(make())
    done = subprocess.run(
        [sys.executable, "-c", RUN, *DOORS[door]],
        input="\n".join(made),
        cwd=inside,
        capture_output=True,
        text=True,
        timeout=1800,
    )
    found = {name: tuple(rest) for name, *rest in map(json.loads, done.stdout.splitlines())}
    assert set(found) == set(made), (set(made) - set(found), done.stderr[-2000:])
    return found  # type: ignore[return-value]


def escapes(folder: Path, found: dict, right: dict[str, str] | None) -> list[str]:
    """What came of an archive that should not have: a fault, a crowd of lines, too much time or memory, a secret."""
    told = []
    for name, (status, out, err, seconds, peak) in found.items():
        # `check` prints what it found, errors among it.
        told_of = err.startswith("nrr-xl: ") or "In the way" in out
        refused = status == 2 and told_of and len(err.splitlines()) <= 25
        refused = refused and all(len(line) < 500 for line in err.splitlines())
        # Nothing in an .xls tells that a bit of an amount has changed.
        free = right is None or (name.startswith("damaged") and name.endswith(".xls"))
        as_sound = status == 0 and (free or out == right[name.partition(".")[2]])
        if not refused and not as_sound:
            told.append(f"{name}: status {status}: {out[:200]} {err[:400]}")
        if seconds > SECONDS or peak > GIGABYTE:
            told.append(f"{name}: {seconds:.1f} s, {peak / 2**20:.0f} MB")
        if archives.SECRET in out + err:
            told.append(f"{name}: what lay outside came to light")
    before = {"inside", "secret.txt"}
    told += [f"{each} was written" for each in os.listdir(folder) if each not in before]
    known = {"rows.csv", *found}
    told += [f"{each} was written" for each in os.listdir(folder / "inside") if each not in known]
    return told + ["/tmp/escaped.txt was written"] * Path("/tmp/escaped.txt").exists()


def sound_figures(folder: Path) -> dict[str, str]:
    """What the sound files print by the door `analyse`, by their endings."""
    made = {f"sound.{kind}": None for kind in ("xlsx", "xlsb", "xls", "ods", "csv.gz")}
    found = harm(folder, {name: lambda name=name: archives.sound_of(name) for name in made}, "analyse")
    assert all(status == 0 for status, *_ in found.values()), found
    return {name.partition(".")[2]: out for name, (_, out, *_) in found.items()}


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited as Linux does")
@pytest.mark.parametrize("door", DOORS if FULL else ["analyse"])
def test_no_archive_escapes(tmp_path, figure, door):
    for each in ("sound", "hostile"):
        (tmp_path / each).mkdir()
    right = sound_figures(tmp_path / "sound")
    damaged = DAMAGED.get(door, SOME_DAMAGED) if FULL else 30
    made = archives.the_set(str(tmp_path / "hostile")) | archives.damaged(2026, damaged)
    if not FULL:
        # Large ones take their time to be made, or to be refused.
        made = {name: make for name, make in made.items() if not name.startswith(LARGE)}
    if door in ("into", "fill"):
        # Only workbooks of Excel's newer formats are edited; the others are refused by their names.
        made = {name: make for name, make in made.items() if name.endswith(".xlsx")}
    found = harm(tmp_path / "hostile", made, door)
    told = escapes(tmp_path / "hostile", found, right if door == "analyse" else None)
    refused = sum(status == 2 for status, *_ in found.values())
    slowest, peak = max(each[3] for each in found.values()), max(each[4] for each in found.values())
    figure(
        f"{len(found):,} hostile or damaged archives by {door}: {refused:,} refused, {len(found) - refused:,} read as"
        f" sound; at most {slowest:.1f} s and {peak / 2**20:.0f} MB: {len(told)} escapes"
    )
    assert told == []


@pytest.mark.parametrize(
    "door, name",
    [("compare", "encrypted-all.xlsx"), ("into", "points-outside.xlsx"), ("rates", "long-name.xlsx")],
)
def test_what_a_door_found_in_the_full_proof(capsys, tmp_path, monkeypatch, door, name):
    monkeypatch.chdir(tmp_path)
    made = archives.the_set(str(tmp_path)) | {"long-name.xlsx": lambda: archives.edited({}, extra={"x" * 9_000: b""})}
    Path(name).write_bytes(made[name]())
    Path("rows.csv").write_bytes(archives.CSV)
    assert main([word.format(file=name, rows="rows.csv") for word in DOORS[door]]) == 2
    told = capsys.readouterr().err
    assert "damaged" in told or "password" in told
    assert max(map(len, told.splitlines())) < 500


@pytest.mark.parametrize("name, what", [("merges.xlsx", "merged areas"), ("merge-all.xlsx", "cells")])
def test_merged_areas_count_as_the_cells_that_they_become(capsys, tmp_path, monkeypatch, name, what):
    """Into a workbook of 300,000 merged areas it took two minutes, into one merged as a whole six gigabytes."""
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(archives.the_set(str(tmp_path))[name]())
    Path("rows.csv").write_bytes(archives.CSV)
    assert main(["report", "rows.csv", "--into", name]) == 2
    assert f"{what}, more than" in capsys.readouterr().err
