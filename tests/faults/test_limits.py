"""Full disks, closed streams and narrow terminals: each told in one plain message, and nothing lost."""

from __future__ import annotations

import json
import os
import resource
import subprocess
from pathlib import Path

import pytest

from tests.faults.commands import RUN, Workshop, posix


def run(files, folder: Path, name: str = "report", **options) -> subprocess.CompletedProcess:
    shop = Workshop(folder, files)
    process = shop.start(name, **options)
    out, err = process.communicate()
    assert shop.left() == []
    assert shop.lost() == []
    return subprocess.CompletedProcess(name, process.returncode, out, err.decode())


def limit_file_size() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, 4_000))


@posix
@pytest.mark.parametrize(
    "name", ["report", "report --overwrite", "report --into", "demo", "template", "compare", "fill"]
)
def test_a_limit_on_file_sizes_is_told_in_one_message(files, tmp_path, figure, name):
    done = run(files, tmp_path / "shop", name, preexec_fn=limit_file_size)
    assert done.returncode == 2, done.stderr
    figure(f"{name} with files limited to 4 kB: status {done.returncode}, one message: 0 lost, 0 left")
    assert "File too large" in done.stderr
    assert "fault of ours" not in done.stderr
    assert len([line for line in done.stderr.splitlines() if not line.startswith("nrr-xl: warning:")]) == 1


@posix
def test_a_full_terminal_is_told(files, tmp_path):
    with open("/dev/full", "w") as full:
        done = subprocess.run([*RUN, "analyse", files["rows"]], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert "No space left on device" in done.stderr


@posix
@pytest.mark.parametrize("closed", [0, 2])
def test_a_closed_stream_harms_nothing(files, tmp_path, closed):
    done = run(files, tmp_path / "shop", "report", preexec_fn=lambda: os.close(closed))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp437"])
def test_a_narrow_terminal_gets_what_it_can_show(tmp_path, encoding):
    rows = tmp_path / "zürich.csv"
    rows.write_text("Customer,Month,MRR\n株式会社,2024-01-01,oops\n株式会社,2024-02-01,7\n", "utf-8")
    for words in (["check", str(rows)], ["check", str(rows), "--json"]):
        done = subprocess.run([*RUN, *words], env=os.environ | {"PYTHONIOENCODING": encoding}, capture_output=True)
        assert done.returncode == 2, done.stderr
        assert b"fault of ours" not in done.stderr
        if "--json" in words:
            assert json.loads(done.stdout)
