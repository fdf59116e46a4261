"""An installation, an upgrade or a download that was cut off at any step: repeated or removed, nothing is left."""

from __future__ import annotations

import pytest

from nrr_xl.errors import InputError
from nrr_xl.excel import install
from nrr_xl.excel.setup import bundle, places


class Cut(BaseException):
    """The process was ended: nothing is undone."""


def cut_off_at(monkeypatch, step: int) -> None:
    """End the next installation at a step of its writing, as a killed process ends: without undoing anything."""
    import os

    from nrr_xl.excel.setup import steps

    calls = iter(range(1000))
    originals = {name: getattr(os, name) for name in ("replace", "rename")}

    def counted(name):
        def call(*paths, **options):
            if next(calls) == step:
                raise Cut
            return originals[name](*paths, **options)

        return call

    for name in originals:
        monkeypatch.setattr(os, name, counted(name))
    monkeypatch.setattr(steps.Steps, "undo", lambda self: None)


STEPS = 8  # the note, two add-ins, three templates, the shortcut, the record


@pytest.mark.parametrize("after", ["install", "uninstall"])
@pytest.mark.parametrize("step", range(STEPS))
def test_an_installation_cut_off_anywhere_can_be_repeated_and_removed(machine, monkeypatch, step, after):
    before = machine.tree()
    with monkeypatch.context() as cut:
        cut_off_at(cut, step)
        with pytest.raises(Cut):
            install.install(machine, pre_start=True)
    assert not [path for path in places.addins(machine)[0].parent.glob("*") if path.name not in places.ADDINS]
    if after == "install":
        install.install(machine, pre_start=True)
        assert all(path.exists() for path in places.addins(machine)) and places.startup(machine).exists()
    install.uninstall(machine)
    assert machine.tree() == before
    assert not places.addins(machine)[0].parent.exists()


def test_an_upgrade_that_was_cut_off_can_be_upgraded_again(machine, monkeypatch, templates):
    install.install(machine)
    path = places.addins(machine)[0]
    with monkeypatch.context() as cut:
        cut.setattr(places, "sources", lambda: newer(templates, "2"))
        cut_off_at(cut, 3)
        with pytest.raises(Cut):
            install.install(machine)
    assert path.read_bytes().endswith(b"2"), "half of the upgrade is there"
    monkeypatch.setattr(places, "sources", lambda: newer(templates, "3"))
    install.install(machine)
    assert path.read_bytes().endswith(b"3")
    install.uninstall(machine)
    assert not path.exists()


def newer(templates, version: str):
    """The distributed files of another version."""
    folder = templates.with_name(f"version {version}")
    folder.mkdir(exist_ok=True)
    for path in templates.iterdir():
        (folder / path.name).write_bytes(path.read_bytes() + version.encode())
    return folder


@pytest.fixture
def bundled(machine, tmp_path):
    """The machine run from a download's environment, with nothing installed yet."""
    import shutil

    venv = places.venv(machine)
    machine.python = tmp_path / "Downloads" / "nrr_xl [1]" / "environment"
    shutil.copytree(venv, machine.python)
    shutil.rmtree(venv.parent)
    bundle.write_list(machine.python)
    return machine


def test_a_download_is_put_in_place_and_taken_away(bundled):
    before = bundled.tree()
    install.install(bundled)
    venv = places.venv(bundled)
    assert {path.name for path in venv.iterdir()} == {"Scripts", *places.DLLS, bundle.LIST}
    assert places.addins(bundled)[1].exists()
    lines = install.uninstall(bundled)
    assert f"remove {venv}" in lines
    assert bundled.tree() == before and not places.home(bundled).exists()


@pytest.mark.parametrize("after", ["install", "uninstall"])
@pytest.mark.parametrize("step", range(3))
def test_a_download_put_in_place_by_half(bundled, monkeypatch, step, after):
    install.install(bundled)
    (places.venv(bundled) / "Scripts" / "old.txt").write_text("of the version before")
    with monkeypatch.context() as cut:
        cut_off_at(cut, step)
        with pytest.raises(Cut):
            install.install(bundled)
    assert places.venv(bundled).exists() or places.venv(bundled).with_name("venv.old").exists()
    if after == "install":
        install.install(bundled)
        assert not (places.venv(bundled) / "Scripts" / "old.txt").exists()
        assert [path.name for path in places.home(bundled).iterdir() if path.name.startswith("venv")] == ["venv"]
    install.uninstall(bundled)
    assert not places.home(bundled).exists()


@pytest.mark.parametrize("harm", [lambda file: file.write_bytes(b"virus"), lambda file: file.unlink()])
def test_a_damaged_download_is_refused_and_the_old_environment_stays(bundled, harm):
    install.install(bundled)
    harm(bundled.python / places.DLLS[1])
    with pytest.raises(InputError, match=r"xlwings32.*Extract the whole"):
        bundled_again = bundled
        install.lay_down(bundled_again.python, places.venv(bundled_again))
    assert (places.venv(bundled) / places.DLLS[1]).read_bytes() == b"dll"
