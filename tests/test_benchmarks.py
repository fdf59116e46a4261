"""The benchmarks' own tools: rows are what they say, and the harness measures what it runs."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

BENCH = """
import sys, time
sys.path.insert(0, {folder!r})
from harness import main

def slow(case):
    return lambda: time.sleep(0.2) or case

def quick(case):
    return lambda: len(case)

def broken(case):
    raise ValueError("no such case")

if __name__ == "__main__":
    main({{"slow": slow, "quick": quick, "broken": broken}}, ["one", "other"], base="slow", rounds=2)
"""


@pytest.fixture
def data(root, monkeypatch):
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    import data

    return data


def test_the_harness_runs_every_alternative_and_shows_failures(root, tmp_path):
    script = tmp_path / "bench_small.py"
    script.write_text(BENCH.format(folder=str(root / "benchmarks")))
    done = subprocess.run([sys.executable, script, "--case", "one"], capture_output=True, text=True, check=True)
    header, slow, quick, broken = done.stdout.splitlines()
    assert header.split()[0] == "one"
    assert 0.2 <= float(slow.split()[1]) < 0.4
    assert slow.split()[2] == "1.0"
    assert slow.endswith("one")
    assert quick.endswith("3")
    assert float(quick.split()[3]) < 0.5
    assert broken.split(maxsplit=1)[1] == "failed: ValueError: no such case"


def test_rows_are_seeded_sparse_and_unique(data):
    rows = data.rows(5000, months=24)
    again = data.rows(5000, months=24)
    shuffled = data.rows(5000, months=24, shuffled=True)
    assert len(rows) == 5000
    assert np.array_equal(rows.amount, again.amount)
    assert len({*zip(rows.customer.tolist(), rows.month.tolist(), strict=True)}) == 5000
    assert (rows.amount > 0).all()
    assert set(rows.month.tolist()) == set(range(24))
    assert not np.array_equal(rows.customer, shuffled.customer)
    assert sorted(rows.amount.tolist()) == sorted(shuffled.amount.tolist())


def test_the_matrix_has_every_kind_of_movement(data):
    amounts = data.matrix(500, 36)
    was, now = amounts[:, :-1], amounts[:, 1:]
    seen = np.maximum.accumulate(was > 0, axis=1)
    assert ((was > 0) & (now == 0)).any()  # churn
    assert ((now > was) & (was > 0)).any()  # expansion
    assert ((now < was) & (now > 0)).any()  # contraction
    assert (~seen & (now > 0)).any()  # new
    assert (seen & (was == 0) & (now > 0)).any()  # reactivation


def test_workbooks_hold_the_rows(data, tmp_path, monkeypatch):
    import pandas as pd

    monkeypatch.setattr(data, "CACHE", tmp_path)
    monkeypatch.setitem(data.SIZES, "tiny", 200)
    written = pd.read_excel(data.long_workbook("tiny"), engine="calamine")
    expected = data.rows(200).frame()
    assert list(written.columns) == list(data.HEADER)
    assert written["MRR"].tolist() == expected["MRR"].tolist()
    assert written["Month"].tolist() == expected["Month"].tolist()
    wide = pd.read_excel(data.wide_workbook(40, 12), engine="calamine")
    assert wide.shape == (40, 14)
    assert wide.iloc[:, 2:].fillna(0).to_numpy().tolist() == data.matrix(40, 12).tolist()


def test_goals_are_told_of_what_was_measured(root, monkeypatch):
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    import run

    seen = {
        "report 1M": {"nrr_xl": (2.0, 301.0), "pandas": (10.0, 900.0)},
        "csv 1M": {"nrr_xl": (1.31, 250.0), "polars": (1.0, 400.0)},
        "xlsx 1M": {"nrr_xl": (1.0, 90.0)},  # the other failed
        "start": {"nrr_xl analyse sample": (0.4, 45.0)},
    }
    told = [[cell.strip() for cell in line.split("|")[1:-1]] for line in run.goals(seen)]
    assert [(work, now, verdict) for work, _, _, now, verdict in told] == [
        ("report 1M", "0.20", "met"),
        ("csv 1M", "1.31", "**not met**"),
        ("start", "0.40 s", "**not met**"),
        ("report 1M", "301 MB", "**not met**"),
        ("csv 1M", "250 MB", "met"),
    ]
