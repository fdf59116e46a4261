"""Say what is wrong with the installation, and mend it: ``nrr-xl doctor [--repair] [--json]``.

One line for each thing that can be wrong, with its mend; the exit status says whether all is well.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from nrr_xl._version import __version__
from nrr_xl.errors import NrrError
from nrr_xl.excel import install
from nrr_xl.excel.setup import places, policies
from nrr_xl.excel.setup.record import digest, read_record
from nrr_xl.excel.setup.windows import USER
from nrr_xl.records import struct

if TYPE_CHECKING:
    from nrr_xl.excel.setup.windows import Windows

AGAIN = "run install.ps1 again"
ADMINISTRATOR = "ask your administrator"
OLDEST = (3, 11)
PACKAGES = ("xlwings", "pywin32", "numpy", "pandas", "openpyxl", "XlsxWriter")
STATES = {
    policies.BLOCK: "blocks",
    policies.WARN: "warns about, and stops until its user allows it,",
    policies.AUDIT: "only notes",
}


@struct()
class Finding:
    """One thing looked at; `mend` says what to do where it is not well, `repair` does it where that is possible."""

    name: str
    well: bool
    detail: str
    mend: str = ""
    repair: Callable[[], object] | None = None

    def __str__(self) -> str:
        line = f"{'ok  ' if self.well else 'BAD '} {self.name:<18} {self.detail}"
        return line if self.well else f"{line}\n     -> {self.mend}"


def examine(machine: Windows) -> list[Finding]:
    """Everything that can be wrong, in the order in which things depend on each other."""
    checks = (_python, _venv, _packages, _dlls, _record, _addin, _unblocked, _disabled, _templates, _policies, _answers)
    return [finding for check in checks for finding in check(machine)]


def _python(machine: Windows) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    store = "windowsapps" in str(machine.executable).lower()
    refused = "from the Microsoft Store" if store else install.refusal(machine)
    well = sys.version_info[:2] >= OLDEST and not refused
    kind = refused or f"{machine.bits}-bit"
    mend = f"{AGAIN} from nrr_xl-setup.zip, which brings a Python of its own"
    yield Finding("Python", well, f"{version}, {kind}", mend)


def _venv(machine: Windows) -> Iterator[Finding]:
    expected = places.venv(machine)
    well = install.same(machine.python, expected)
    yield Finding("environment", well, str(machine.python), f"it must lie in {expected}: {AGAIN}")


def _packages(machine: Windows) -> Iterator[Finding]:
    found: dict[str, str] = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "missing"
    well = "missing" not in found.values() and found["xlwings"] == places.XLWINGS
    detail = ", ".join(f"{name} {version}" for name, version in found.items())
    yield Finding("packages", well, f"nrr_xl {__version__}, {detail}", f"xlwings must be {places.XLWINGS}: {AGAIN}")


def _dlls(machine: Windows) -> Iterator[Finding]:
    missing = [name for name in places.DLLS if not (machine.python / name).exists()]
    detail = f"{', '.join(missing)} missing" if missing else f"both of xlwings {places.XLWINGS}"
    yield Finding("DLLs", not missing, detail, f"an antivirus program may have removed them: allow them and {AGAIN}")


def _record(machine: Windows) -> Iterator[Finding]:
    path = places.record(machine)
    try:
        record = read_record(path)
    except NrrError as damaged:
        yield Finding("install record", False, str(damaged), f"delete {path}, then {AGAIN}")
        return
    well = record is not None and record.version == __version__
    detail = f"version {record.version}" if record else "missing"
    yield Finding("install record", well, detail, AGAIN, lambda: install.install(machine))


def _addin(machine: Windows) -> Iterator[Finding]:
    wrong = []
    for path in places.addins(machine):
        if not path.exists():
            wrong.append(f"{path} is missing")
        elif digest(path) != digest(places.sources() / path.name):
            wrong.append(f"{path} is not that of nrr_xl {__version__}")
    detail = "; ".join(wrong) or ", ".join(map(str, places.addins(machine)))
    yield Finding("add-in", not wrong, detail, f"close Excel and {AGAIN}", lambda: install.install(machine))


def _unblocked(machine: Windows) -> Iterator[Finding]:
    blocked = [path for path in places.addins(machine) if path.exists() and machine.blocked(path)]

    def unblock() -> None:
        for path in blocked:
            machine.unblock(path)

    names = ", ".join(path.name for path in blocked)
    detail = f"{names}: with the mark of the web, so Excel refuses its macros" if blocked else "no mark of the web"
    yield Finding("add-in unblocked", not blocked, detail, f"in its Properties choose Unblock, or {AGAIN}", unblock)


def _disabled(machine: Windows) -> Iterator[Finding]:
    """Excel's list of files that it will not open after a crash."""
    found = []
    for version in places.VERSIONS:
        key = rf"{places.OFFICE}\{version}\Excel\Resiliency\DisabledItems"
        for name, value in machine.values(USER, key).items():
            text = value.decode("utf-16-le", "ignore") if isinstance(value, bytes) else str(value)
            if any(name in text.lower() for name in places.ADDINS):
                found.append((key, name))

    def enable() -> None:
        for key, name in found:
            machine.delete_value(USER, key, name)

    detail = "Excel has disabled the add-in" if found else "none of ours"
    mend = "in Excel: File, Options, Add-ins, Manage: Disabled Items, Go, enable nrr_xl.xlam"
    yield Finding("disabled items", not found, detail, mend, enable)


def _templates(machine: Windows) -> Iterator[Finding]:
    for folder in places.template_folders(machine):
        missing = [name for name in places.TEMPLATES if not (folder / name).exists()]
        detail = f"{', '.join(missing)} missing in {folder}" if missing else str(folder)
        yield Finding("templates", not missing, detail, AGAIN, lambda: install.install(machine))


def _policies(machine: Windows) -> Iterator[Finding]:
    """Settings of an administrator, or of the user, under which the add-ins cannot run."""
    blocking, harmless = policies.office(machine)
    told = [f"harmless here, since XLSTART is trusted: {each}" for each in harmless]
    yield Finding("policies", not blocking, "; ".join([*blocking, *told]) or "none that blocks macros", ADMINISTRATOR)
    state = policies.rule(machine, policies.CHILD_PROCESSES)
    started = places.startup(machine).exists()
    detail = f"Defender {STATES[state]} programs that Office starts" if state in STATES else "Office may start programs"
    detail += ", the server is pre-started" if started else ""
    mend = f"{AGAIN} with -PreStart, which starts the function server at log-on"
    yield Finding("child processes", state not in (policies.BLOCK, policies.WARN) or started, detail, mend)
    state = policies.rule(machine, policies.WIN32_CALLS)
    detail = f"Defender {STATES[state]} macros that call Windows" if state in STATES else "macros may call Windows"
    mend = f"{ADMINISTRATOR} to leave {places.HOST} out of the rule; {places.ADDIN} calls nothing and works without it"
    yield Finding("calls of Windows", state not in (policies.BLOCK, policies.WARN), detail, mend)
    yield Finding("not known", True, policies.UNKNOWN)


def _answers(machine: Windows) -> Iterator[Finding]:
    """The server, reached as the add-in reaches it, must answer NRR(500000, 100000, 20000, 30000) with 1.1."""
    try:
        answer = machine.ask_server(places.DLLS[0], (500_000.0, 100_000.0, 20_000.0, 30_000.0))
    except Exception as failed:  # whatever stands between Excel and the server is this line's finding
        yield Finding("function server", False, f"cannot be reached: {failed}", f"see the lines above, or {AGAIN}")
        return
    yield Finding("function server", answer == 1.1, f"NRR(500000, 100000, 20000, 30000) = {answer}", AGAIN)


def repair(findings: list[Finding]) -> list[str]:
    """Mend what can be mended; return what was tried, and what stood in the way."""
    lines: list[str] = []
    for finding in findings:
        if not finding.well and finding.repair:
            try:
                finding.repair()
                lines.append(f"mended {finding.name}")
            except (NrrError, OSError) as refused:
                lines.append(f"could not mend {finding.name}: {refused}")
    return lines


def command(arguments: argparse.Namespace, machine: Windows | None = None) -> int:
    """`nrr-xl doctor`; 0 all well, 2 something is not."""
    machine = machine or install.this_machine()
    findings = examine(machine)
    tried = repair(findings) if arguments.repair else []
    if tried:
        findings = examine(machine)
    well = all(finding.well for finding in findings)
    if arguments.json:
        plain = [{name: getattr(each, name) for name in ("name", "well", "detail", "mend")} for each in findings]
        print(json.dumps({"well": well, "log": str(_log()), "repairs": tried, "findings": plain}, indent=2))
    else:
        print("\n".join([*map(str, findings), *tried]))
        print("All is well." if well else f"Something is wrong. Details of faults are in {_log()}")
    return 0 if well else 2


def _log() -> Path:
    from nrr_xl.functions.log import log_path

    return log_path()
