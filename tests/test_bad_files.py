"""A file that cannot be used gives one clear message and exit status 2, and leaves nothing behind."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from nrr_xl.cli import main


def absent(path: Path, _: Path) -> None:
    """Nothing is written."""


def folder(path: Path, _: Path) -> None:
    path.mkdir()


def no_workbook(path: Path, _: Path) -> None:
    path.write_text("Dear colleague, the figures follow tomorrow.")


def no_bytes(path: Path, _: Path) -> None:
    path.touch()


def another_archive(path: Path, _: Path) -> None:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/document.xml", "<document/>")


def torn(path: Path, templates: Path) -> None:
    path.write_bytes((templates / "sample_revenue.xlsx").read_bytes()[:50_000])


def password(path: Path, templates: Path) -> None:
    # Written by LibreOffice with a password: an encrypted package in an OLE compound file.
    shutil.copy(Path(__file__).parent / "data" / "password.xlsx", path)


def sheet_of(*rows):
    def write(path: Path, _: Path) -> None:
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("Revenue")
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)

    return write


FILES = {
    "absent": (absent, "file"),
    "a folder": (folder, "folder"),
    "no workbook": (no_workbook, "workbook"),
    "no bytes": (no_bytes, "empty"),
    "another archive": (another_archive, "workbook"),
    "torn": (torn, "workbook"),
    "password": (password, "password"),
    "an empty sheet": (sheet_of(), ""),
    "a header only": (sheet_of(("Customer", "Month", "MRR")), ""),
    "no amounts": (sheet_of(("Customer", "Note"), ("Acme", "called"), ("Globex", "wrote")), "amount"),
    "amounts that are texts": (sheet_of(("Customer", "Month", "MRR"), ("Acme", "2024-01", "tbd")), ""),
}


@pytest.fixture
def refused(tmp_path, monkeypatch, capsys):
    """A function that runs nrr-xl in `tmp_path`, asserts a refusal that changes nothing, and returns the message."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> str:
        before = contents(tmp_path)
        assert main(arguments) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("nrr-xl: ")
        assert "Traceback" not in err
        assert contents(tmp_path) == before
        return err

    return run


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_is_refused_in_a_line(name, tmp_path, templates, refused):
    make, word = FILES[name]
    make(tmp_path / "revenue.xlsx", templates)
    message = refused("report", "revenue.xlsx", "-o", "out.xlsx")
    first = message.splitlines()[0]
    assert "revenue.xlsx" in first or "'Revenue'" in first  # the file, or the sheet in it
    assert word in message


def test_an_existing_report_is_not_overwritten_unasked(tmp_path, templates, refused):
    (tmp_path / "out.xlsx").write_bytes(b"mine")
    message = refused("report", str(templates / "sample_revenue.xlsx"), "-o", "out.xlsx")
    assert len(message.splitlines()) == 1
    assert "out.xlsx" in message


def test_a_missing_output_folder_is_said(templates, refused):
    message = refused("report", str(templates / "sample_revenue.xlsx"), "-o", "no/such/out.xlsx")
    assert len(message.splitlines()) == 1
    assert "out.xlsx" in message


def test_the_process_itself_ends_with_status_2(tmp_path):
    command = [sys.executable, "-m", "nrr_xl", "report", "absent.xlsx"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
