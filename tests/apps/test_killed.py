"""A command that is ended while LibreOffice prints for it: no soffice goes on, nothing half written, nothing left."""

from __future__ import annotations

import signal
import subprocess
import time

import pytest

from tests.apps import office as libreoffice
from tests.apps.conftest import require
from tests.faults.commands import Workshop, prepare

PATIENCE = 60


def printing(shop: Workshop) -> list[str]:
    """The running programs of LibreOffice that were started with a profile in the command's own folder."""
    listed = subprocess.run(["ps", "-ww", "-eo", "args"], capture_output=True, text=True).stdout.splitlines()
    return [line for line in listed if str(shop.temporary) in line and "soffice" in line]


def wait(until, seconds: float = PATIENCE) -> bool:
    deadline = time.monotonic() + seconds
    while not until() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(until())


@pytest.mark.parametrize(
    "number",
    [signal.SIGKILL, *(pytest.param(each, marks=pytest.mark.slow) for each in (signal.SIGTERM, signal.SIGINT))],
    ids=lambda each: each.name,
)
def test_no_soffice_outlives_the_command(tmp_path, number):
    require(libreoffice.missing())
    shop = Workshop(tmp_path / "shop", prepare(tmp_path / "inputs"))
    process = shop.start("report --pdf")
    assert wait(lambda: any("soffice.bin" in line for line in printing(shop)) or process.poll() is not None)
    assert process.poll() is None, process.communicate()
    process.send_signal(number)
    process.communicate(timeout=PATIENCE)
    assert wait(lambda: not printing(shop)), printing(shop)
    if number == signal.SIGKILL:
        shop.sweep()
    assert (shop.left(), shop.lost()) == ([], [])
    assert not (shop.out / "out.pdf").exists()
