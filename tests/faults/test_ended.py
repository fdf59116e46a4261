"""Ended by a signal at any moment: nothing half written, nothing left, and what was started ends with us."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.faults.commands import COMMANDS, Workshop, posix

# How many moments each command is ended at; the full proof is docs/security.md's command.
TIMES = int(os.environ.get("NRR_XL_FAULTS", "1"))

ENDS = [getattr(signal, name) for name in ("SIGKILL", "SIGTERM", "SIGINT") if hasattr(signal, name)]


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
