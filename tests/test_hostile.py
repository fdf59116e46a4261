"""Inputs made to exhaust a computer: one clear line, status 2, under a gigabyte and ten seconds, by every door."""

from __future__ import annotations

import io
import os
import re
import resource
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from .revenue.xlsb import xlsb

GIGABYTE, SECONDS = 1 << 30, 10
HEAD = "Customer,Month,MRR\n"
SHEET, STYLES, TEXTS = "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml"


def book(*changes) -> bytes:
    """A small sound workbook with parts changed by functions of their text."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = made.add_worksheet("Revenue")
    for row, cells in enumerate((("Customer", "Month", "MRR"), ("a", "2024-01", 1.0), ("b", "2024-01", 2.0))):
        sheet.write_row(row, 0, cells)
    made.close()
    parts = dict(changes)
    packed = io.BytesIO()
    with zipfile.ZipFile(out) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            target.writestr(name, parts[name](part.decode()).encode() if name in parts else part)
    return packed.getvalue()


def in_front_of(mark: str, text: str):
    return lambda xml: xml.replace(mark, text + mark, 1)


def many(count: int, text: str) -> str:
    """A text repeated with a number in it, so that it does not shrink as bombs do."""
    return "".join(text.replace("@", f"{number * 7919 % 1_000_003:x}{number}") for number in range(count))


def styles() -> bytes:
    return book((STYLES, in_front_of("</cellXfs>", many(200_000, '<xf numFmtId="0" fontId="@"/>'))))


def long_format() -> bytes:
    code = f'<numFmts count="1"><numFmt numFmtId="200" formatCode="{"[" * 100_000}"/></numFmts>'
    used = '<xf numFmtId="200" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    return book(
        (STYLES, lambda xml: xml.replace("<fonts", code + "<fonts", 1).replace("</cellXfs>", used + "</cellXfs>"))
    )


def texts() -> bytes:
    return book((TEXTS, in_front_of("</sst>", many(2_200_000, "<si><t>@</t></si>"))))


def elements() -> bytes:
    return book(("xl/workbook.xml", in_front_of("</workbook>", many(600_000, "<x@/>"))))


def names() -> bytes:
    defined = many(150_000, '<definedName name="n@">Revenue!$A$1:$C$3</definedName>')
    return book(("xl/workbook.xml", in_front_of("<calcPr", f"<definedNames>{defined}</definedNames>")))


def corner() -> bytes:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return book((SHEET, in_front_of("</sheetData>", far)))


def binary_corner() -> bytes:
    """An .xlsb whose only amount stands in the last cell of a sheet."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsb([["Customer", "Month", "MRR"], ["a", "2024-01", 5.0]]))) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet1.bin":
                near, far = struct.pack("<IId", 2, 0, 5.0), struct.pack("<IId", 16_383, 0, 5.0)
                first, last = struct.pack("<II", 1, 0) + bytes(9), struct.pack("<II", 1_048_575, 0) + bytes(9)
                assert part.count(near) == part.count(first) == 1
                part = part.replace(near, far).replace(first, last)
            target.writestr(name, part)
    return packed.getvalue()


def repeated_cells() -> bytes:
    source = Path(__file__).parent / "revenue" / "files" / "revenue.ods"
    packed = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in old.namelist():
            part = old.read(name)
            if name == "content.xml":
                part = re.sub(
                    rb"</table:table>",
                    b'<table:table-row table:number-rows-repeated="900000"><table:table-cell'
                    b' table:number-columns-repeated="1000" office:value-type="float" office:value="1"/>'
                    b"</table:table-row></table:table>",
                    part,
                    count=1,
                )
            target.writestr(name, part)
    return packed.getvalue()


def many_parts() -> bytes:
    packed = io.BytesIO(book())
    with zipfile.ZipFile(packed, "a") as target:
        for number in range(90_000):
            target.writestr(f"xl/extra/part-with-a-long-name-{number:060}.xml", b"")
    return packed.getvalue()


HOSTILE = {
    "ragged.csv": lambda: (HEAD + "a," * 12_000 + "\n" + "b\n" * 6_000).encode(),
    "wide.csv": lambda: (HEAD + "a,2024-01,1" + "," * 20_000 + "\n").encode(),
    "field.csv": lambda: (HEAD + 'a,2024-01,"' + "x" * 200_000 + '"\n').encode(),
    "open.csv": lambda: (HEAD + 'a,"2024-01,1\n' + "b,2024-01,2\n" * 300_000).encode(),
    "zeros.csv": lambda: bytes(50_000_000),
    "names.csv": lambda: (HEAD + many(1_300_000, "n@,2024-01,1\n")).encode(),
    "texts.csv": lambda: (HEAD + many(2_100_000, "@\n")).encode(),
    "dates.csv": lambda: (HEAD + "a,0024-01-01,1\nb,9999-01-01,1\n").encode(),
    "styles.xlsx": styles,
    "format.xlsx": long_format,
    "texts.xlsx": texts,
    "elements.xlsx": elements,
    "corner.xlsx": corner,
    "parts.xlsx": many_parts,
    "corner.xlsb": binary_corner,
    "repeated.ods": repeated_cells,
}
QUICK = (
    "ragged.csv",
    "wide.csv",
    "field.csv",
    "dates.csv",
    "format.xlsx",
    "corner.xlsx",
    "corner.xlsb",
    "repeated.ods",
)


def limited() -> None:
    # Room for the libraries' own address space beside the gigabyte that is measured.
    resource.setrlimit(resource.RLIMIT_AS, (6 * GIGABYTE, 6 * GIGABYTE))


def run(*arguments: str, cwd: Path) -> tuple[int, str, float, int]:
    """Run nrr-xl: its status, what it says on standard error, its CPU seconds and its peak of memory in bytes."""
    code = (
        "import resource, sys\nfrom nrr_xl.cli import main\nstatus = main(sys.argv[1:])\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print('used', used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)\nsys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        preexec_fn=limited,
        stdin=subprocess.DEVNULL,
    )
    seconds, peak = done.stdout.rsplit("used", 1)[1].split()
    return done.returncode, done.stderr, float(seconds), int(peak)


def refused_cheaply(found: tuple[int, str, float, int]) -> None:
    status, says, seconds, peak = found
    assert status == 2, says
    assert says.startswith("nrr-xl: ") and "Traceback" not in says and "panicked" not in says
    assert len(says.splitlines()) <= 25 and all(len(line) < 500 for line in says.splitlines())
    assert peak < GIGABYTE and seconds < SECONDS, (says, seconds, peak)


@pytest.mark.parametrize("name", QUICK)
def test_a_hostile_input_is_refused_cheaply(name, tmp_path):
    (tmp_path / name).write_bytes(HOSTILE[name]())
    refused_cheaply(run("report", name, "-o", "out.xlsx", cwd=tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in HOSTILE if name not in QUICK])
def test_a_large_hostile_input_is_refused_cheaply(name, tmp_path):
    test_a_hostile_input_is_refused_cheaply(name, tmp_path)


@pytest.mark.slow
def test_thousands_of_names_cost_nothing(tmp_path):
    (tmp_path / "names.xlsx").write_bytes(names())
    status, says, seconds, peak = run("analyse", "names.xlsx", cwd=tmp_path)
    assert (status, says) == (0, "") or status == 2
    assert peak < GIGABYTE and seconds < SECONDS


@pytest.mark.parametrize("path", ["/dev/zero", "pipe.csv", "/dev/stdin"])
def test_what_never_ends_is_not_opened(path, tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    status, says, _, _ = run("check", path, cwd=tmp_path)  # which ends what does not end by itself
    assert status == 2 and "no ordinary file" in says


@pytest.mark.parametrize("make", [styles, long_format], ids=["styles", "format"])
def test_a_workbook_to_be_edited_has_the_same_budget(make, tmp_path):
    (tmp_path / "rows.csv").write_text(HEAD + "a,2024-01,1\na,2024-02,1\n")
    (tmp_path / "mine.xlsx").write_bytes(make())
    refused_cheaply(run("report", "rows.csv", "--into", "mine.xlsx", cwd=tmp_path))
    refused_cheaply(run("fill", "mine.xlsx", "rows.csv", "-o", "out.xlsx", cwd=tmp_path))
    assert not (tmp_path / "out.xlsx").exists()


def test_too_little_memory_is_said_in_a_line(tmp_path, monkeypatch, capsys):
    from nrr_xl import cli
    from nrr_xl.revenue.files import sources

    def full(*_):
        raise MemoryError

    (tmp_path / "rows.csv").write_text(HEAD + "a,2024-01,1\n")
    monkeypatch.setattr(sources, "open_file", full)
    assert cli.main(["analyse", str(tmp_path / "rows.csv")]) == 2
    assert "does not fit into this computer's memory" in capsys.readouterr().err
