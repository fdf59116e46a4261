"""Nothing lost, nothing left behind: what is refused and what is written, races, and strange texts and files told."""

from __future__ import annotations

import json
import os
import re
import threading
from pathlib import Path

import pytest

from nrr_xl.cli import main
from nrr_xl.errors import OutputError
from nrr_xl.files import UNFINISHED, written_whole
from tests.faults.commands import posix


@pytest.fixture
def rows(files):
    return files["rows"]


def refused(capsys, *words: str) -> str:
    """What a command that must be refused says: one message, status 2."""
    assert main(list(words)) == 2
    said = capsys.readouterr().err
    assert said.startswith("nrr-xl: ")
    assert "fault of ours" not in said
    assert "Traceback" not in said
    return said


@pytest.mark.parametrize("link", ["itself", "symlink", "hard link"])
def test_the_input_is_never_written_over(capsys, rows, tmp_path, link):
    source = tmp_path / "rows.xlsx"
    source.write_bytes(Path(rows).read_bytes())
    before = source.read_bytes()
    name = {"itself": source, "symlink": tmp_path / "s.xlsx", "hard link": tmp_path / "h.xlsx"}[link]
    if link == "symlink":
        name.symlink_to(source)
    elif link == "hard link":
        os.link(source, name)
    assert "is read" in refused(capsys, "report", str(source), "-o", str(name), "--overwrite")
    assert source.read_bytes() == before


def test_no_other_file_that_is_read_is_written_over(capsys, rows, tmp_path):
    other = tmp_path / "map.xlsx"
    other.write_text("from,to\n")
    said = refused(capsys, "report", rows, "--customer-map", str(other), "-o", str(other), "--overwrite")
    assert "as customer_map" in said
    assert other.read_text() == "from,to\n"


@pytest.mark.parametrize(
    "name, option, words",
    [
        ("rows_retention.xlsx", "--customer-map", []),
        ("rows_retention.xlsx", "--ledger", []),
        ("mine.toml", "--config", ["-o", "mine.xlsx", "--save-config"]),
        ("mine.toml", "--theme", ["-o", "mine.xlsx", "--save-config"]),
    ],
)
def test_nor_is_one_under_a_name_that_nobody_typed(capsys, rows, tmp_path, monkeypatch, name, option, words):
    monkeypatch.chdir(tmp_path)
    Path(name).write_text("mine")
    if option == "--config":
        Path(name).write_text("months = 12")
    before = Path(name).read_text()
    assert "is read, as" in refused(capsys, "report", rows, option, name, *words, "--overwrite")
    assert Path(name).read_text() == before


@posix
@pytest.mark.parametrize("kind", ["device", "fifo", "folder"])
def test_only_files_are_written(capsys, rows, tmp_path, kind):
    place = tmp_path / "out.xlsx"
    if kind == "fifo":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    else:
        place.symlink_to("/dev/null")
    said = refused(capsys, "report", rows, "-o", str(place), "--overwrite")
    assert ("is a folder" if kind == "folder" else "is a device or a pipe") in said


def test_a_link_stays_and_its_target_is_written(rows, tmp_path):
    target, link = tmp_path / "real.xlsx", tmp_path / "link.xlsx"
    target.write_bytes(b"old")
    link.symlink_to(target)
    assert main(["report", rows, "-o", str(link), "--overwrite", "--quiet"]) == 0
    assert link.is_symlink()
    assert target.read_bytes()[:2] == b"PK"


@pytest.mark.parametrize("line", ['output = "x.xlsx"', "overwrite = true", 'into = "x.xlsx"', "open = true"])
def test_a_config_file_does_not_decide_what_is_written(capsys, rows, tmp_path, line):
    config = tmp_path / "c.toml"
    config.write_text(line)
    assert "for the command line alone" in refused(capsys, "report", rows, "--config", str(config))


def test_of_ten_racers_exactly_one_gets_the_name(tmp_path, figure):
    start, results = threading.Barrier(10), []

    def race(number: int) -> None:
        start.wait()
        try:
            with written_whole(tmp_path / "out.txt") as beside:
                beside.write_text(str(number))
                start.wait()
            results.append(number)
        except OutputError as told:
            assert "by somebody meanwhile" in str(told)

    racers = [threading.Thread(target=race, args=(number,)) for number in range(10)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    figure(f"ten racers to one name: {len(results)} got it")
    assert len(results) == 1
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("out.txt", str(results[0]))]


def test_without_hard_links_one_racer_still_gets_the_name(tmp_path, figure, monkeypatch):
    def refuse(*_args, **_options):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", refuse)
    test_of_ten_racers_exactly_one_gets_the_name(tmp_path, lambda told: figure(f"without hard links, {told}"))


def test_a_file_saved_by_somebody_meanwhile_is_not_replaced(tmp_path):
    target = tmp_path / "out.txt"
    target.write_text("old")
    with pytest.raises(OutputError, match="changed by somebody meanwhile"), written_whole(target, overwrite=True) as to:
        to.write_text("ours")
        target.write_text("theirs")
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("out.txt", "theirs")]


def test_unfinished_files_of_runs_that_are_gone_are_swept_and_no_others(tmp_path):
    (tmp_path / f"{UNFINISHED}gone.xlsx").write_text("half")
    (tmp_path / "mine.xlsx").write_text("whole")
    with written_whole(tmp_path / "one.txt") as first, written_whole(tmp_path / "two.txt") as second:
        first.write_text("1")
        second.write_text("2")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["mine.xlsx", "one.txt", "two.txt"]


@pytest.mark.parametrize("length", [250, 255, 300])
def test_a_name_that_is_too_long_is_told(capsys, rows, tmp_path, length):
    place = tmp_path / ("x" * (length - 5) + ".xlsx")
    if length <= 255:
        assert main(["report", rows, "-o", str(place), "--quiet"]) == 0
        assert place.exists()
    else:
        assert "File name too long" in refused(capsys, "report", rows, "-o", str(place))


def test_deep_toml_is_told(capsys, rows, tmp_path):
    config = tmp_path / "deep.toml"
    config.write_text("months = " + "[" * 100_000)
    assert "is not a TOML file" in refused(
        capsys, "report", rows, "--config", str(config), "-o", str(tmp_path / "o.xlsx")
    )
    assert "is not a TOML file" in refused(
        capsys, "report", rows, "--theme", str(config), "-o", str(tmp_path / "o.xlsx")
    )


def test_a_text_file_as_logo_is_told(capsys, rows, tmp_path):
    (tmp_path / "logo.png").write_text("not a picture")
    theme = tmp_path / "theme.toml"
    theme.write_text('[company]\nlogo = "logo.png"\n')
    out = str(tmp_path / "o.xlsx")
    assert "is no PNG, JPEG, GIF or BMP" in refused(capsys, "report", rows, "--theme", str(theme), "-o", out)


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04broken"])
def test_a_broken_template_is_told(capsys, rows, tmp_path, content):
    template = tmp_path / "t.xlsx"
    template.write_bytes(content)
    refused(capsys, "fill", str(template), rows, "-o", str(tmp_path / "o.xlsx"))
    assert [each.name for each in tmp_path.iterdir()] == ["t.xlsx"]


def test_no_text_of_a_sheet_gives_a_terminal_orders(capsys, tmp_path):
    """Escape sequences, a return that would write over our own words, and marks that turn the direction of writing."""
    rows = tmp_path / "rows.csv"
    rows.write_text(
        "Customer,Month,MRR\nA\x1b[31mcme\x9b2J,2024-01-01,\x1b]0;x\x07oops\n\u202eB\rx,2024-02-01,7\n", "utf-8"
    )
    for words in (["check", str(rows)], ["check", str(rows), "--json"], ["analyse", str(rows)]):
        main(words)
        said = "".join(capsys.readouterr())
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", said), said
        if "--json" in words:
            assert json.loads(said) and "\\u001b[31m" in said and "\\u009b2J" in said


@pytest.mark.parametrize("there", ["another encoding", "pipe"])
def test_a_customer_map_that_is_there_is_kept_whatever_it_is(capsys, tmp_path, there):
    rows, edited = tmp_path / "rows.csv", tmp_path / "out_customer_map.csv"
    lines = ["Customer,Month,MRR", "Acmé Inc,2024-01-01,10", "Acmé Inc.,2025-01-01,12", "Beta,2024-01-01,1"]
    rows.write_text("\n".join([*lines, "Beta,2025-01-01,1"]), "utf-8")
    if there == "pipe" and os.name == "posix":
        os.mkfifo(edited)
    else:
        edited.write_bytes("from,to\nAcmé Inc.,Acmé Inc\n".encode("cp1252"))
    assert main(["report", str(rows), "-o", str(tmp_path / "out.xlsx")]) == 0
    assert "Kept your" in capsys.readouterr().out
