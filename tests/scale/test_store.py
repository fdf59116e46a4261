"""Parquet by blocks of customers gives the figures of the whole, to the bit; anything but plain rows is refused."""

from __future__ import annotations

import datetime as dt
import signal
import subprocess
import sys

import pytest

import nrr_xl
from nrr_xl.errors import InputError, OutputError
from nrr_xl.scale import analyse_parquet, part, store
from tests.scale.rows import rows, same

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("duckdb")


@pytest.fixture
def saved(tmp_path):
    def save(table):
        path = tmp_path / "rows.parquet"
        pq.write_table(table, path, row_group_size=1_000)
        return str(path)

    return save


@pytest.mark.parametrize("block, at_once", [(7, 10_000_000), (100_000, 2_000)])
@pytest.mark.parametrize("options", [{}, {"months": 3, "as_of": "2024-11"}])
def test_parts_add_up_to_the_whole(saved, monkeypatch, block, at_once, options):
    monkeypatch.setattr(part, "BLOCK", block)
    monkeypatch.setattr(store, "ROWS_AT_ONCE", at_once)
    monkeypatch.setattr(store, "_BATCH", 500)
    path = saved(rows())
    scaled = analyse_parquet(path, memory_mb=200, **options)
    same(scaled, nrr_xl.analyse(nrr_xl.read(path, today=dt.date(2025, 6, 1)), **options))
    assert scaled.to_dict()["rates"]["nrr"] == scaled.rates["nrr"]
    assert any("nobody looked" in note for note in scaled.notes)


def changed(column, values):
    table = rows()
    at = table.column_names.index(column)
    old = table.column(column).to_pylist()
    return table.set_column(at, column, pa.array([*values, *old[len(values) :]], table.column(column).type))


@pytest.mark.parametrize(
    "table, told",
    [
        (lambda: changed("Customer", [None]), "1 amounts without a customer"),
        (lambda: changed("Month", [None]), "1 amounts without a date"),
        (lambda: changed("Month", [dt.date(2023, 3, 9)]), "several|27 days in 26 months"),
        (lambda: changed("MRR", [1.005]), "more than two decimals"),
        (lambda: changed("MRR", [float("inf")]), "no number"),
        (lambda: changed("MRR", [-5.0] * 5_000), "below 0, as changes are"),
        (lambda: changed("Customer", ["Grand Total"]), "'Grand Total'"),
        (lambda: changed("Customer", ["CLIENT  0001"]), "spells 1 customers in several ways"),
        (lambda: rows().rename_columns(["Customer", "Month", "Amount", "Region"]), "does not say that amounts recur"),
        (lambda: rows().rename_columns(["Customer", "Month", "MRR", "Currency"]), "'Currency' \\(currency\\)"),
        (lambda: rows().rename_columns(["a", "b", "c", "d"]), "Name them with columns"),
        (lambda: rows(months=8), "does not fit"),
    ],
)
def test_what_is_not_plain_is_refused(saved, table, told):
    with pytest.raises(InputError, match=told):
        analyse_parquet(saved(table()))


def test_a_truncated_file_is_one_line(saved, tmp_path):
    path = tmp_path / "cut.parquet"
    path.write_bytes((tmp_path / saved(rows())).read_bytes()[:9_000])
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        analyse_parquet(str(path))
    with pytest.raises(InputError, match="no Parquet that can be read"):
        nrr_xl.read(str(path))


def test_a_full_disk_is_one_line_and_leaves_nothing(saved, tmp_path, monkeypatch):
    """A limit of a file's size stands for the disk's: the system's own refusal to write comes through DuckDB."""
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(store, "ROWS_AT_ONCE", 2_000)
    path, aside = saved(rows()), tmp_path / "aside"
    aside.mkdir()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
    try:
        with pytest.raises(OutputError, match=r"put aside in .*: File too large\. Make room") as caught:
            analyse_parquet(path, folder=str(aside))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "\n" not in str(caught.value) and not list(aside.iterdir())


def test_a_killed_run_leaves_its_folder_to_the_next_one(saved, tmp_path):
    """`kill -9` amid the rows put aside: the folder stays until the next run, which removes it."""
    path, aside = saved(rows()), tmp_path / "aside"
    aside.mkdir()
    script = (
        "import os, signal, sys; from nrr_xl.scale import store, analyse_parquet;"
        " store.ROWS_AT_ONCE = 2_000; store.parts_of = lambda *_: os.kill(os.getpid(), signal.SIGKILL);"
        " analyse_parquet(sys.argv[1], folder=sys.argv[2])"
    )
    done = subprocess.run([sys.executable, "-c", script, path, str(aside)], capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    (left,) = aside.iterdir()
    assert list(left.rglob("*.parquet"))
    assert analyse_parquet(path, folder=str(aside)).rows and not list(aside.iterdir())


def test_too_little_memory_and_no_folder_are_told(saved, tmp_path):
    path = saved(rows())
    with pytest.raises(InputError, match="needs more than the 1 MB of memory_mb"):
        analyse_parquet(path, memory_mb=1)
    with pytest.raises(InputError, match="no such folder"):
        analyse_parquet(path, folder=str(tmp_path / "none"))
