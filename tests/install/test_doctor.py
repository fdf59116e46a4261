"""The doctor: every single thing that can be wrong is said, with its mend, and mended where that is possible."""

from __future__ import annotations

import json
from argparse import Namespace
from importlib import metadata

import pytest

from nrr_xl.excel import doctor, install
from nrr_xl.excel.setup import places, policies
from nrr_xl.excel.setup.windows import MACHINE, USER

OFFICE = r"Software\Microsoft\Office\16.0"
POLICY = r"Software\Policies\Microsoft\Office\16.0"


@pytest.fixture(autouse=True)
def packages(monkeypatch):
    """Every package is there, whatever this system has."""
    monkeypatch.setattr(metadata, "version", lambda name: places.XLWINGS if name == "xlwings" else "1.0")


@pytest.fixture
def well(machine):
    install.install(machine)
    return machine


def wrong(machine) -> list[str]:
    return [finding.name for finding in doctor.examine(machine) if not finding.well]


def test_a_fresh_installation_is_well(well):
    assert wrong(well) == []


def no_python(machine, _):
    machine.bits = 32


def arm(machine, _):
    machine.processor = "ARM64"


def conda(machine, _):
    machine.conda = True


def store_python(machine, _):
    machine.executable = machine.local / "Microsoft" / "WindowsApps" / "python.exe"


def other_place(machine, _):
    moved = machine.local / "elsewhere"
    machine.python.rename(moved)
    machine.python = moved


def old_xlwings(_, monkeypatch):
    monkeypatch.setattr(metadata, "version", lambda name: "0.30.0")


def no_dll(machine, _):
    (machine.python / places.DLLS[0]).unlink()


def no_record(machine, _):
    places.record(machine).unlink()


def damaged_record(machine, _):
    places.record(machine).write_text("[]")


def no_addin(machine, _):
    places.addins(machine)[0].unlink()


def other_addin(machine, _):
    places.addins(machine)[0].write_bytes(b"old")


def blocked(machine, _):
    machine.marked.add(places.addins(machine)[0])


def disabled(machine, _):
    path = str(places.addins(machine)[0]).encode("utf-16-le")
    machine.registry[USER, rf"{OFFICE}\Excel\Resiliency\DisabledItems"] = {"1A2B": b"\x01\0\0\0" + path, "own": b"x"}


def no_template(machine, _):
    (machine.documents / "Custom Office Templates" / "nrr_template.xltx").unlink()


def untrusted(machine, _):
    machine.registry[USER, rf"{POLICY}\Excel\Security\Trusted Locations"] = {"AllLocationsDisabled": 1}


def no_vba(machine, _):
    machine.registry[MACHINE, rf"{POLICY}\Common"] = {"VBAOff": 1}


def no_children(machine, _):
    machine.registry[MACHINE, policies.RULES] = {policies.CHILD_PROCESSES: "1"}


def no_children_in_upper_case(machine, _):
    machine.registry[MACHINE, policies.RULES] = {policies.CHILD_PROCESSES.upper(): 1}


def no_children_by_intune(machine, _):
    rules = f"{policies.WIN32_CALLS}=2|{policies.CHILD_PROCESSES.upper()}=1"
    machine.registry[MACHINE, policies.INTUNE] = {"ASRRules": rules}


def children_after_a_warning(machine, _):
    machine.registry[MACHINE, policies.RULES] = {policies.CHILD_PROCESSES: "6"}


def no_win32_calls(machine, _):
    machine.registry[MACHINE, policies.RULES] = {policies.WIN32_CALLS.upper(): "0x1"}


def no_user_locations(machine, _):
    machine.registry[USER, rf"{POLICY}\Common\Security\Trusted Locations"] = {"AllowUserLocations": 0}


def signed_addins_only(machine, _):
    machine.registry[USER, rf"{POLICY}\Excel\Security"] = {"RequireAddinSig": 1}


def no_addins(machine, _):
    cloud = r"Software\Policies\Microsoft\Cloud\Office\16.0"
    machine.registry[USER, rf"{cloud}\Excel\Security"] = {"disablealladdins": "1"}


def no_server(machine, _):
    machine.answer = OSError("Could not create Python process")


def wrong_answer(machine, _):
    machine.answer = 1.2


@pytest.mark.parametrize(
    ("breaking", "named", "mended"),
    [
        (no_python, "Python", False),
        (store_python, "Python", False),
        (other_place, "environment", False),
        (old_xlwings, "packages", False),
        (no_dll, "DLLs", False),
        (no_record, "install record", True),
        (damaged_record, "install record", False),
        (no_addin, "add-in", True),
        (other_addin, "add-in", True),
        (blocked, "add-in unblocked", True),
        (disabled, "disabled items", True),
        (no_template, "templates", True),
        (untrusted, "policies", False),
        (no_vba, "policies", False),
        (no_children, "child processes", False),
        (no_children_in_upper_case, "child processes", False),
        (no_children_by_intune, "child processes", False),
        (children_after_a_warning, "child processes", False),
        (no_win32_calls, "calls of Windows", False),
        (no_user_locations, "policies", False),
        (signed_addins_only, "policies", False),
        (no_addins, "policies", False),
        (arm, "Python", False),
        (conda, "Python", False),
        (no_server, "function server", False),
        (wrong_answer, "function server", False),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_what_is_broken_is_named_and_mended(well, monkeypatch, capsys, breaking, named, mended):
    breaking(well, monkeypatch)
    assert wrong(well) == [named]
    assert doctor.command(Namespace(repair=False, json=False), well) == 2
    shown = capsys.readouterr().out
    assert f"BAD  {named}" in shown and "->" in shown
    status = doctor.command(Namespace(repair=True, json=False), well)
    assert (status == 0) == mended
    assert wrong(well) == ([] if mended else [named])


def test_repair_deletes_only_our_disabled_item(well):
    disabled(well, None)
    doctor.command(Namespace(repair=True, json=False), well)
    assert well.registry[USER, rf"{OFFICE}\Excel\Resiliency\DisabledItems"] == {"own": b"x"}


def test_a_pre_started_server_answers_a_rule_against_child_processes(machine):
    install.install(machine, pre_start=True)
    no_children(machine, None)
    assert wrong(machine) == []


def test_repair_waits_for_excel_to_close(well, capsys):
    no_addin(well, None)
    well.excel = True
    assert doctor.command(Namespace(repair=True, json=False), well) == 2
    assert "could not mend add-in: Excel is running" in capsys.readouterr().out


def test_json_holds_every_line(well, capsys):
    assert doctor.command(Namespace(repair=False, json=True), well) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["well"] is True
    assert [each["name"] for each in told["findings"]] == [finding.name for finding in doctor.examine(well)]


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        (rf"{POLICY}\Excel\Security", {"VBAWarnings": 4}, "harmless here, since XLSTART is trusted"),
        (rf"{POLICY}\Excel\Security", {"VBAWarnings": 3}, "unsigned macros are switched off outside trusted locations"),
    ],
)
def test_what_is_set_and_harmless_is_told_so(well, key, value, told):
    well.registry[USER, key] = value
    assert wrong(well) == []
    assert told in next(each.detail for each in doctor.examine(well) if each.name == "policies")


@pytest.mark.parametrize("state", ["0", "2"])
def test_a_rule_that_is_off_or_only_notes_blocks_nothing(well, state):
    well.registry[MACHINE, policies.RULES] = {policies.CHILD_PROCESSES: state, policies.WIN32_CALLS: state}
    assert wrong(well) == []


def test_rules_that_are_switched_off_as_a_whole_block_nothing(well):
    no_children(well, None)
    well.registry[MACHINE, policies.SWITCH] = {"ExploitGuard_ASR_Rules": 0}
    assert wrong(well) == []


def test_what_cannot_be_known_from_outside_excel_is_said(well):
    line = next(each for each in doctor.examine(well) if each.name == "not known")
    assert line.well and "AppLocker" in line.detail and "cannot be seen from here" in line.detail
