"""What Python is told, and what its objects keep, speaks of keyword arguments; the command line of options."""

from __future__ import annotations

import ast
import io
import re
from pathlib import Path

import pandas as pd
import pytest

import nrr_xl
from nrr_xl.cli import main
from nrr_xl.errors import InputError
from nrr_xl.keywords import python_words
from nrr_xl.options import option, options
from nrr_xl.retention.analysis import analyse as core_analyse
from nrr_xl.revenue.codes import CODES
from nrr_xl.revenue.read import read as core_read

OPTION = re.compile(r"(?<![\w-])--[a-z]")
MONTHS = ["2024-01", "2024-02", "2024-03"]


def frames() -> dict[str, tuple[pd.DataFrame, dict[str, object]]]:
    def long(rows, *columns):
        return pd.DataFrame(rows, columns=list(columns))

    plain = long([(c, m, 10.0) for c in "abcdef" for m in MONTHS], "Customer", "Month", "MRR")
    return {
        "order of headers": (
            long([("a", 1, 2, 3), ("b", 2, 3, 3)], "Customer", "01/02/2024", "02/03/2024", "03/04/2024"),
            {},
        ),
        "nothing": (long([(1, 2)], "x", "y"), {}),
        "customer alone": (long([("a", 2)], "Customer", "Notes"), {}),
        "columns": (plain, {"columns": {"customer": "Customr"}}),
        "value": (plain, {"only": ["Customer=zz"]}),
        "no equals": (plain, {"only": ["Customer"]}),
        "level": (plain, {"level": "product"}),
        "range": (plain, {"range": "nowhere"}),
        "far range": (plain, {"range": "X90:Z99"}),
        "dates": (plain.assign(Month="soon"), {}),
        "amounts": (plain.assign(MRR="many"), {}),
        "order of days": (plain.assign(Month=["01/02/2024", "02/01/2024", "03/04/2024"] * 6), {}),
        "decimals": (plain.assign(MRR="1,234"), {}),
        "no customer": (plain.assign(Customer=[None] * 3 + ["b"] * 15), {}),
        "currencies": (plain.assign(Currency=["USD", "EUR", "GBP"] * 6), {}),
        "twice": (pd.concat([plain, plain]), {}),
        "status": (plain.assign(Status=["active", "cancelled", "active"] * 6), {}),
        "total": (pd.concat([plain, long([("Total", m, 55.0) for m in MONTHS], "Customer", "Month", "MRR")]), {}),
        "scenario": (plain.assign(Scenario=["Base", "High", "Low"] * 6), {}),
        "bare amount": (
            long([("a", "2024-01-01", "2024-12-31", 1200.0)] * 3, "Customer", "Start", "End", "Amount"),
            {},
        ),
        "invoices": (
            long(
                [(c, m, 1200.0) for c in "abcde" for m in ("2022-03-05", "2023-03-05", "2024-03-05")],
                "Customer",
                "Invoice date",
                "Amount",
            ),
            {},
        ),
        "sheet": (plain, {"spread": "cadence", "rows_are": "levels"}),
        "wrong choice": (plain, {"layout": "broad"}),
        "negatives": (plain.assign(MRR=[-5.0, 10.0, 10.0] * 6), {"negatives": "error"}),
    }


@pytest.mark.parametrize("case", frames())
def test_no_refusal_of_a_frame_names_an_option_of_the_command_line(case):
    frame, given = frames()[case]
    try:
        nrr_xl.read(frame, **given)
    except InputError as error:
        told = str(error)
        assert not OPTION.search(told) and "command line" not in told and "nrr-xl " not in told, told


def test_most_of_these_frames_are_refused():
    refused = 0
    for frame, given in frames().values():
        try:
            nrr_xl.read(frame, **given)
        except InputError:
            refused += 1
    assert refused >= 15


def test_bytes_open_files_and_paths_are_told_in_python_too_but_not_to_the_command_line(tmp_path, capsys):
    data = b"Customer,Month,MRR\na,soon,1\nb,later,2\n"
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    for source in (data, io.BytesIO(data), path, str(path)):
        with pytest.raises(InputError, match=r"only=\[|only is ") as told:
            nrr_xl.read(source, only=["Nothing"])
        assert not OPTION.search(str(told.value))
    assert main(["check", str(path), "--only", "Nothing"]) == 2
    assert "--only is 'Nothing'" in capsys.readouterr().err


def test_the_way_on_after_a_refusal_is_a_call_in_python_and_a_command_elsewhere(tmp_path, capsys):
    path = tmp_path / "dates.csv"
    path.write_text("Customer,Date,MRR\n" + "".join(f"c{n},0{n}/02/2024,5\n" for n in range(1, 7)), "utf-8")
    with pytest.raises(InputError, match=r"Try: nrr_xl\.read\(source, day_first=True\)") as told:
        nrr_xl.read(path)
    assert "nrr-xl " not in str(told.value) and not OPTION.search(str(told.value))
    assert main(["check", str(path)]) == 2
    assert "nrr-xl check" in capsys.readouterr().out


def test_what_a_cube_and_an_analysis_keep_is_told_in_python_and_on_the_command_line_in_options(tmp_path):
    months = pd.period_range("2023-01", periods=14, freq="M").astype(str)
    lines = [f"Customer {n},{month},{100 + n}" for month in months[:-1] for n in range(20)]
    lines += [f"Customer 0,{months[-1]},100", "Credits Ltd,2023-03,-5", "Customer 1,2023-01,101"]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["Customer,Month,MRR", *lines]), "utf-8")
    kept, core = nrr_xl.read(path), core_read(path)
    spoken = [problem for problem in core.problems if OPTION.search(f"{problem.message} {problem.action}")]
    assert spoken and [each.code for each in kept.problems] == [each.code for each in core.problems]
    flags = nrr_xl.analyse(kept).flags
    assert any("as_of" in flag.message for flag in flags)
    assert any("--as-of" in flag.message for flag in core_analyse(core).flags)
    told = [part for each in kept.problems for part in (each.message, each.action)] + [flag.message for flag in flags]
    assert not [text for text in told if OPTION.search(text)]


def test_a_report_that_exists_is_replaced_by_a_keyword_in_python(tmp_path):
    analysis = nrr_xl.analyse(nrr_xl.read(frames()["columns"][0]), months=2)
    (tmp_path / "there.xlsx").write_bytes(b"")
    with pytest.raises(nrr_xl.OutputError, match=r"overwrite=True replaces it\.$"):
        nrr_xl.write_report(analysis, tmp_path / "there.xlsx")


def texts_of_the_reader(root: Path) -> list[str]:
    found = [part for code in CODES.values() for part in (code.message, code.action)]
    folders = [root / "nrr_xl" / name for name in ("revenue", "retention", "scale", "metrics")]
    for path in sorted(path for folder in folders for path in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value:
                found.append(node.value)
    return [text for text in found if OPTION.search(text)]


def test_every_option_that_the_reader_names_has_its_keyword(root):
    texts = texts_of_the_reader(root)
    assert len(texts) > 100
    for text in texts:
        told = python_words(text)
        assert not OPTION.search(told), told
        named = {name for name in re.findall(r"(\w+) of the command line", told)}
        assert not named, told


def test_every_option_of_reading_has_its_words():
    for each in options():
        if each.stage == "read":
            told = python_words(f"Name it with {each.long}.")
            assert (f'columns={{"{each.name}": ...}}' if each.type == "column" else each.name) in told
    assert python_words("--fiscal-year-end 3") == "fiscal_year_end=3" and option("today").name in python_words(
        "--today"
    )
