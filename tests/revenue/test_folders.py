"""A folder or glob of delimited files is one table, each amount with its file and cell; other files are refused."""

from __future__ import annotations

import gzip

import pytest

import nrr_xl
from nrr_xl.errors import InputError
from nrr_xl.revenue.read import understand

HEADER = "Customer,Month,MRR,Region"
ROWS = [
    f"{who},2024-{at:02d}-01,{amount + at},EMEA" for at in range(1, 7) for who, amount in (("Ada", 10), ("Ben", 90))
]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "late").mkdir()
    (tmp_path / "a.csv").write_text("\n".join([HEADER, *ROWS[:4], ""]))
    # Another order of columns, another delimiter, packed.
    turned = [";".join(reversed(line.split(","))) for line in (HEADER, *ROWS[4:8])]
    (tmp_path / "late" / "b.csv.gz").write_bytes(gzip.compress("\n".join(turned).encode()))
    (tmp_path / "late" / "c.tsv").write_text("\n".join([HEADER, *ROWS[8:]]).replace(",", "\t"))
    return tmp_path


def test_files_are_one_table(folder, tmp_path_factory):
    whole = tmp_path_factory.mktemp("whole") / "rows.csv"
    whole.write_text("\n".join([HEADER, *ROWS]))
    one, many = nrr_xl.read(whole), nrr_xl.read(folder)
    assert many.amounts.tolist() == one.amounts.tolist() and many.customers == one.customers
    assert many.account.cells == one.account.cells == 12 and many.account.used_total == one.account.used_total
    assert nrr_xl.read(f"{folder}/**/*.tsv").amounts.sum() == sum(float(row.split(",")[2]) for row in ROWS[8:])


def test_a_fault_is_told_with_its_file_and_cell(folder):
    path = folder / "late" / "c.tsv"
    path.write_text(path.read_text().replace("\t96\t", "\tlots\t"))
    (problem,) = understand(folder).errors
    assert (problem.code, problem.sheet, problem.cell) == ("amount-unreadable", "late/c", "C5")


def test_a_row_in_two_files_is_told(folder):
    (folder / "d.csv").write_text("\n".join([HEADER, ROWS[0]]))
    assert "duplicate-row" in {problem.code for problem in understand(folder).account.problems}


@pytest.mark.parametrize(
    "name, content, told",
    [
        ("notes.csv", b"Region,Manager\nEMEA,Eve\n", "no revenue rows are found in 'notes'"),
        ("x.csv.gz", gzip.compress(b"Customer,Month,MRR")[:-9], "no .gz that can be unpacked"),
        ("empty.csv", b"", "the file is empty"),
        ("rows.parquet", b"PAR1", "beside a.csv"),
        ("a.csv.gz", gzip.compress(b"Customer,Month,MRR\nAda,2024-01,5\n"), "holds a.csv twice"),
    ],
    ids=["no rows", "cut off", "empty", "parquet beside", "packed beside"],  # packed bytes hold the time of packing
)
def test_what_does_not_fit_is_refused(folder, name, content, told):
    (folder / name).write_bytes(content)
    with pytest.raises(InputError, match=told) as caught:
        nrr_xl.read(folder)
    assert "\n" not in str(caught.value)
