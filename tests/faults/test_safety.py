"""Nothing lost, nothing left behind: what is refused, races, kills, full disks, and each told in one plain message."""

from __future__ import annotations

import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from nrr_xl.cli import main
from nrr_xl.errors import OutputError
from nrr_xl.files import UNFINISHED, written_whole
from tests.faults.commands import COMMANDS, RUN, Workshop

# How many moments each command is ended at; the full proof is docs/security.md's command.
TIMES = int(os.environ.get("NRR_XL_FAULTS", "1"))
ENDS = [getattr(signal, name) for name in ("SIGKILL", "SIGTERM", "SIGINT") if hasattr(signal, name)]
posix = pytest.mark.skipif(os.name != "posix", reason="signals and limits are POSIX's")


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


@posix
@pytest.mark.parametrize("name", [name for name in COMMANDS if "--pdf" not in name])  # tests/apps/test_killed.py
def test_a_command_ended_at_any_moment(files, tmp_path, figure, name):
    """By each signal in turn, at moments of the whole run and of its writing: nothing half written, nothing left."""
    if TIMES == 1 and name != "report":
        pytest.skip("the full proof ends every command")
    moments = random.Random(name)
    lengths = []
    for warm in (False, True, True):
        shop = Workshop(tmp_path / f"whole {len(lengths)}", files)
        began = time.monotonic()
        process = shop.start_loaded(name) if warm else shop.start(name)
        told = process.communicate()[1]
        lengths.append(time.monotonic() - began)
        assert process.returncode == 0, told
    left = lost = ended = writing = 0
    times = max(TIMES, len(ENDS))
    for time_ in range(times):
        number = ENDS[time_ % len(ENDS)]
        shop = Workshop(tmp_path / str(time_), files)
        # One of ten from its very start; the others with their libraries loaded, which is when files are written.
        process = shop.start_loaded(name) if time_ % 10 else shop.start(name)
        if time_ % 2 and shop.wait_for_writing(process):
            time.sleep(moments.uniform(0, lengths[-1] / 10))
        else:
            time.sleep(moments.uniform(0.02, lengths[-1] if time_ % 10 else lengths[0]))
        writing += shop.is_writing()
        process.send_signal(number)
        process.communicate()
        ended += process.returncode != 0
        lost += bool(shop.lost())
        if number == signal.SIGKILL:
            shop.sweep()
        left += bool(shop.left())
        shop.remove()
    figure(
        f"{name}: {times} moments of {lengths[-1]:.1f} s, {ended} ended early, {writing} while a file was written:"
        f" {lost} lost, {left} left"
    )
    assert (lost, left) == (0, 0)
    assert ended >= times / 4, "most moments came after the end"


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_comes_as_cleaning_begins_leaves_nothing(tmp_path, number):
    """The moment that chance seldom meets: the file is written, and its maker is about to remove what is beside it."""
    code = (
        "import os, nrr_xl.files as files\n"
        "from nrr_xl.workplace import workplace\n"
        "undisturbed, count = files.undisturbed, 0\n"
        "def at_last():\n"
        "    global count\n"
        "    count += 1\n"
        f"    if count == 2: os.kill(os.getpid(), {int(number)})\n"
        "    return undisturbed()\n"
        "files.undisturbed = at_last\n"
        "with workplace(), files.written_whole('one.txt') as beside:\n"
        "    beside.write_text('1')\n"
        "    raise ValueError\n"
    )
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL)
    assert done.returncode != 0
    assert list(tmp_path.iterdir()) == []


@posix
def test_libreoffice_ends_with_us(tmp_path):
    """Whoever kills us, what we started ends: here a stand-in that would run for a minute."""
    code = (
        "import sys; from nrr_xl.workplace import run_to_the_end\n"
        f"run_to_the_end(['/bin/sh', '-c', 'sleep 61.{os.getpid()} & sleep 61.{os.getpid()}'], 60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code])
    wanted = f"sleep 61.{os.getpid()}"

    def running() -> int:
        lines = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout.splitlines()
        return sum(line.strip() == wanted for line in lines)

    deadline = time.monotonic() + 20
    while running() < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert running() == 2
    process.kill()
    process.wait()
    while running() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert running() == 0


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
