"""Installing, repeating, upgrading and removing on a machine of folders."""

from __future__ import annotations

import json
import sys

import pytest

from nrr_xl import __version__
from nrr_xl.cli import main as cli
from nrr_xl.errors import InputError
from nrr_xl.excel import install
from nrr_xl.excel.setup import places
from nrr_xl.excel.setup.windows import USER

OPTIONS = r"Software\Microsoft\Office\{}\Excel\Options"


def test_everything_goes_to_its_place(machine, templates):
    install.install(machine)
    for path in places.addins(machine):
        assert path.read_bytes() == (templates / path.name).read_bytes()
    folder = machine.documents / "Custom Office Templates"
    assert {path.name for path in folder.iterdir()} == set(places.TEMPLATES)
    record = json.loads(places.record(machine).read_text("utf-8"))
    assert record["version"] == __version__
    assert set(record["files"]) == {
        *map(str, places.addins(machine)),
        *(str(folder / name) for name in places.TEMPLATES),
    }
    assert record["pending"] == {}
    assert not places.startup(machine).exists()


def test_repeating_changes_nothing(machine):
    install.install(machine)
    before = machine.tree()
    install.install(machine)
    assert machine.tree() == before


def test_removal_leaves_the_machine_as_it_was(machine):
    before = machine.tree()
    folders = {path for path in machine.local.parents[2].rglob("*") if path.is_dir()}
    install.install(machine, pre_start=True)
    machine.running = [42]
    places.startup(machine).write_text("as Windows rewrote it")
    install.uninstall(machine)
    assert machine.tree() == before
    assert {path for path in machine.local.parents[2].rglob("*") if path.is_dir()} == folders
    assert machine.running == [], "the server is ended"
    assert install.uninstall(machine) == ["nothing to remove: there is no install record"]


def test_removal_takes_nothing_of_the_users(machine):
    install.install(machine)
    folder = machine.documents / "Custom Office Templates"
    (folder / "own.xltx").write_bytes(b"own")
    (folder / "nrr_template.xlsx").write_bytes(b"restyled")
    lines = install.uninstall(machine)
    assert any(line.startswith("keep") and "nrr_template.xlsx" in line for line in lines)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "own.xltx": b"own",
        "nrr_template.xlsx": b"restyled",
    }


def test_an_upgrade_replaces_ours_and_keeps_what_the_user_changed(machine, templates):
    install.install(machine)
    record = json.loads(places.record(machine).read_text("utf-8"))
    addin, folder = places.addins(machine)[0], machine.documents / "Custom Office Templates"
    addin.write_bytes(b"old version")
    record["files"][str(addin)] = install.digest(addin)
    (folder / "nrr_template.xltx").write_bytes(b"restyled by finance")
    record["version"] = "0.0.1"
    places.record(machine).write_text(json.dumps(record), "utf-8")
    lines = install.install(machine)
    assert addin.read_bytes() == (templates / "nrr_xl.xlam").read_bytes()
    assert (folder / "nrr_template.xltx").read_bytes() == b"restyled by finance"
    assert any(line.startswith("keep") and "nrr_template.xltx" in line for line in lines)
    assert json.loads(places.record(machine).read_text("utf-8"))["version"] == __version__


@pytest.mark.parametrize("failing", range(6))
def test_a_failure_is_rolled_back(machine, monkeypatch, failing):
    before = machine.tree()
    folders = {path for path in machine.local.parents[2].rglob("*") if path.is_dir()}
    calls = iter(range(100))
    put = install._put

    def broken(path, content):
        if next(calls) == failing:
            path.write_bytes(b"half")
            raise OSError("the disk is full")
        put(path, content)

    monkeypatch.setattr(install, "_put", broken)
    if failing == 5:
        monkeypatch.setattr(install, "write_record", lambda *_: (_ for _ in ()).throw(OSError("the disk is full")))
    with pytest.raises(OSError, match="the disk is full"):
        install.install(machine)
    assert machine.tree() == before
    assert {path for path in machine.local.parents[2].rglob("*") if path.is_dir()} == folders


def test_a_failed_upgrade_leaves_the_old_version(machine, monkeypatch):
    install.install(machine)
    before = machine.tree()
    monkeypatch.setattr(install, "write_record", lambda *_: (_ for _ in ()).throw(OSError("no")))
    with pytest.raises(OSError):
        install.install(machine)
    assert machine.tree() == before


def test_pre_start_puts_a_shortcut_to_the_server(machine):
    install.install(machine, pre_start=True)
    text = places.startup(machine).read_text()
    assert "pythonw.exe" in text and "-m nrr_xl.excel.server" in text


def test_what_if_only_prints(machine):
    before = machine.tree()
    machine.excel = True
    lines = install.install(machine, what_if=True, pre_start=True)
    assert machine.tree() == before
    assert len([line for line in lines if line.startswith("write")]) == 7
    machine.excel = False
    install.install(machine)
    before = machine.tree()
    assert len(install.uninstall(machine, what_if=True)) == 6
    assert machine.tree() == before


@pytest.mark.parametrize(
    ("versions", "folders"),
    [
        ({}, ["OneDrive - Example/Documents/Custom Office Templates"]),
        ({"16.0": {"PersonalTemplates": r"%USERPROFILE%\Vorlagen"}}, ["Vorlagen"]),
        (
            {"16.0": {"PersonalTemplates": r"%USERPROFILE%\Vorlagen"}, "14.0": {"x": 1}},
            ["Vorlagen", "AppData/Roaming/Microsoft/Templates"],
        ),
        ({"16.0": {"x": 1}, "15.0": {"x": 1}}, ["OneDrive - Example/Documents/Custom Office Templates"]),
    ],
)
def test_templates_go_where_each_office_looks(machine, versions, folders):
    for version, values in versions.items():
        machine.registry[USER, OPTIONS.format(version)] = values
    user = machine.local.parents[1]
    assert [path.relative_to(user).as_posix() for path in places.template_folders(machine)] == folders
    install.install(machine)
    for folder in folders:
        assert (user / folder / "nrr_template.xltx").exists()


def test_it_refuses_what_would_not_work(machine, templates):
    def refuses(says):
        before = machine.tree()
        with pytest.raises(InputError, match=says):
            install.install(machine)
        assert machine.tree() == before

    machine.excel = True
    refuses("Excel is running")
    with pytest.raises(InputError, match="Excel is running"):
        install.uninstall(machine)
    with pytest.raises(InputError, match="Excel is running"):
        install.prepare(machine)
    machine.excel = False
    machine.bits = 32
    refuses("32-bit")
    machine.bits = 64
    dll = machine.python / places.DLLS[1]
    dll.rename(dll.with_suffix(".gone"))
    refuses("lacks xlwings32")
    dll.with_suffix(".gone").rename(dll)
    machine.python = machine.local / "elsewhere"
    refuses("but the add-in looks for it")
    machine.python = places.venv(machine)
    places.addins(machine)[0].parent.mkdir(parents=True)
    places.addins(machine)[0].write_bytes(b"another's")
    refuses("was not put there by this installer")
    places.addins(machine)[0].write_bytes((templates / "nrr_xl.xlam").read_bytes())
    install.install(machine)


def test_a_damaged_record_stops_everything(machine):
    install.install(machine)
    places.record(machine).write_text("{")
    for act in (install.install, install.uninstall):
        with pytest.raises(InputError, match="cannot be read"):
            act(machine)
    assert places.addins(machine)[0].exists()


def test_preparing_an_upgrade_ends_the_servers(machine):
    machine.running = [7, 8]
    assert len(install.prepare(machine)) == 2
    assert machine.running == []


def test_the_command_line_of_the_module(machine, capsys):
    assert install.main([], machine) == 0
    assert "its ribbon has the tab" in capsys.readouterr().out
    assert install.main(["--uninstall", "--what-if"], machine) == 0
    assert places.addins(machine)[0].exists()
    assert install.main(["--uninstall"], machine) == 0
    assert not places.addins(machine)[0].exists()
    machine.excel = True
    assert install.main([], machine) == 2
    assert capsys.readouterr().err.startswith("nrr_xl: Excel is running")


@pytest.mark.skipif(sys.platform == "win32", reason="there it would install")
@pytest.mark.parametrize("name", ["install", "uninstall", "doctor"])
def test_elsewhere_the_commands_say_that_they_are_for_windows(name, capsys):
    assert cli([name]) == 2
    assert "for Excel on Windows" in capsys.readouterr().err


@pytest.mark.parametrize(
    "harm, reason", [({"bits": 32}, "32-bit"), ({"processor": "ARM64"}, "ARM64"), ({"conda": True}, "conda's")]
)
def test_a_python_that_cannot_serve_excel_is_refused(machine, harm, reason):
    for name, value in harm.items():
        setattr(machine, name, value)
    with pytest.raises(InputError, match=reason):
        install.install(machine)
