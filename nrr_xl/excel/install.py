"""Install or remove the add-in and the templates: ``python -m nrr_xl.excel.install [--pre-start] [--what-if]``.

install.ps1 makes the environment and hands over to this. Nothing is changed while Excel runs; every step is undone if
a later one fails; the install record lists what was written, and removal takes that and nothing else.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from nrr_xl._version import __version__
from nrr_xl.errors import InputError, NrrError
from nrr_xl.excel.setup import places
from nrr_xl.excel.setup.bundle import clear, is_bundle, lay_down
from nrr_xl.excel.setup.record import ANY, Record, digest, read_record, write_record
from nrr_xl.excel.setup.steps import Steps

if TYPE_CHECKING:
    from nrr_xl.excel.setup.windows import Windows

SERVER_ARGUMENTS = "-I -B -m nrr_xl.excel.server"
RUNS = "Excel is running. Save your work, close every Excel window and run this again."


def install(machine: Windows, *, pre_start: bool = False, what_if: bool = False) -> list[str]:
    """Install, repeat or upgrade; return what was done, line by line.

    Raises
    ------
    InputError
        If Excel runs, a part of the environment is missing, or a file of another owner is in the way.
    """
    _require_ready(machine, what_if)
    bundled = not same(machine.python, places.venv(machine))
    old = read_record(places.record(machine)) or Record(__version__)
    plan, kept = _plan(machine, old)
    lines = [f"put the environment into {places.venv(machine)}"] * bundled
    lines += [f"keep {path}: it was changed since nrr_xl wrote it" for path in kept]
    lines += [f"write {path}" for path in plan]
    if pre_start:
        lines.append(f"write {places.startup(machine)}: the function server starts at log-on")
    lines.append(f"write {places.record(machine)}")
    if what_if:
        return lines
    if bundled:
        prepare(machine)
        lay_down(machine.python, places.venv(machine))
    steps = Steps(machine)
    try:
        _note(machine, steps, old, plan, pre_start)
        for path, source in plan.items():
            steps.write(path, partial(_put_copy, source))
        if pre_start:
            server = places.venv(machine) / "Scripts" / "pythonw.exe"
            steps.write(
                places.startup(machine),
                lambda beside: machine.shortcut(beside, server, SERVER_ARGUMENTS, "nrr_xl function server"),
            )
            # Windows rewrites shortcuts as it follows them: whatever it holds, this one is ours.
            steps.files[str(places.startup(machine))] = ANY
        steps.files.pop(str(places.record(machine)))
        files = {path: old_digest for path, old_digest in old.files.items() if Path(path).exists()} | steps.files
        folders = list(dict.fromkeys([*old.folders, *steps.folders]))
        write_record(places.record(machine), Record(__version__, files, folders))
    except BaseException:
        steps.undo()
        raise
    return lines


def _note(machine: Windows, steps: Steps, old: Record, plan: dict[Path, Path], pre_start: bool) -> None:
    """Write down what will be written, so that a run that is cut off can be repeated or removed."""
    pending = old.pending | {str(path): digest(source) for path, source in plan.items()}
    targets = list(plan)
    if pre_start:
        pending[str(places.startup(machine))] = ANY
        targets.append(places.startup(machine))
    missing = {str(each) for path in targets for each in path.parents if not each.exists()}
    folders = list(dict.fromkeys([*old.folders, *sorted(missing)]))
    noted = Record(old.version, old.files, folders, pending)
    steps.write(places.record(machine), lambda beside: write_record(beside, noted))


def _put(path: Path, content: bytes) -> None:
    # Written and not copied: a copy would carry the mark of the web along.
    path.write_bytes(content)


def _put_copy(source: Path, path: Path) -> None:
    _put(path, source.read_bytes())


def _require_ready(machine: Windows, what_if: bool) -> None:
    if machine.excel_runs() and not what_if:
        raise InputError(RUNS)
    if reason := refusal(machine):
        raise InputError(f"This Python is {reason}. Run install.ps1 of nrr_xl-setup.zip, which brings one of its own.")
    if not (same(machine.python, places.venv(machine)) or is_bundle(machine.python)):
        raise InputError(
            f"This Python lies in {machine.python}, but the add-in looks for it in {places.venv(machine)}."
            " Run install.ps1, which makes it there."
        )
    missing = [name for name in places.DLLS if not (machine.python / name).exists()]
    if missing:
        raise InputError(
            f"{machine.python} lacks {', '.join(missing)}: xlwings is not {places.XLWINGS}, or an antivirus program"
            " removed it. Run install.ps1 again."
        )
    absent = [name for name in (*places.ADDINS, *places.TEMPLATES) if not (places.sources() / name).exists()]
    if absent:
        raise InputError(f"The package lacks {', '.join(absent)}. Download it again.")


def refusal(machine: Windows) -> str:
    """What a Python is that cannot serve Excel; "" for one that can."""
    if machine.bits != 64:
        return "a 32-bit one, which has no xlwings DLL"
    if machine.processor.upper() == "ARM64":
        return "one for ARM64, which has no xlwings DLL"
    if machine.conda:
        return "conda's, which finds its libraries only in an activated shell"
    return ""


def same(one: Path, other: Path) -> bool:
    """Whether two paths are the same place."""
    return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))


def _plan(machine: Windows, old: Record) -> tuple[dict[Path, Path], list[Path]]:
    """What goes where, and the templates that stay because their owner changed them."""
    plan: dict[Path, Path] = {}
    kept: list[Path] = []
    for addin in places.addins(machine):
        source = places.sources() / addin.name
        if addin.exists() and not old.lists(addin) and digest(addin) != digest(source):
            raise InputError(
                f"{addin} is there already and was not put there by this installer. Move it away and run again."
            )
        plan[addin] = source
    for folder in places.template_folders(machine):
        for name in places.TEMPLATES:
            target = folder / name
            source = places.sources() / name
            if target.exists() and not old.ours(target) and digest(target) != digest(source):
                kept.append(target)
            else:
                plan[target] = source
    return plan, kept


def uninstall(machine: Windows, *, what_if: bool = False) -> list[str]:
    """Remove what the record lists: files as we wrote them, then folders that we made and that are empty.

    Raises
    ------
    InputError
        If Excel runs, or the record is damaged.
    """
    if machine.excel_runs() and not what_if:
        raise InputError(RUNS)
    path, venv = places.record(machine), places.venv(machine)
    record = read_record(path)
    if not what_if:
        clear(venv)
    lines: list[str] = []
    for name in sorted({**record.files, **record.pending}) if record else ():
        file = Path(name)
        if not file.exists():
            lines.append(f"gone already {file}")
        elif not (record and record.ours(file)):
            lines.append(f"keep {file}: it was changed since nrr_xl wrote it")
        else:
            lines.append(f"remove {file}")
            if not what_if:
                file.unlink()
    if record:
        lines.append(f"remove {path}")
    # An environment cannot take itself away: install.ps1 does so.
    bundled = not same(machine.python, venv) and venv.exists()
    lines += [f"remove {venv}"] * bundled
    if what_if:
        return lines or ["nothing to remove: there is no install record"]
    for pid in machine.servers(venv):
        machine.end(pid)
    path.unlink(missing_ok=True)
    if bundled:
        shutil.rmtree(venv)
    for left in places.home(machine).glob("new-*"):
        left.unlink()
    folders = [*map(Path, record.folders if record else ()), *([places.home(machine)] * bundled)]
    for folder in sorted(folders, key=lambda each: -len(each.parts)):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    return lines or ["nothing to remove: there is no install record"]


def prepare(machine: Windows) -> list[str]:
    """Make way for an upgrade of the environment: end the function servers that run from it.

    Raises
    ------
    InputError
        If Excel runs.
    """
    if machine.excel_runs():
        raise InputError(RUNS)
    ended = machine.servers(places.venv(machine))
    for pid in ended:
        machine.end(pid)
    return [f"ended the function server {pid}" for pid in ended]


def main(argv: Sequence[str] | None = None, machine: Windows | None = None) -> int:
    """What install.ps1 calls; 0 done, 2 refused with one message."""
    parser = argparse.ArgumentParser(
        prog="python -m nrr_xl.excel.install", description=(__doc__ or "").partition("\n")[0]
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--uninstall", action="store_true", help="remove what the install record lists")
    what.add_argument("--prepare", action="store_true", help="end the function servers before an upgrade")
    parser.add_argument("--pre-start", action="store_true", help="start the function server at log-on")
    parser.add_argument("--what-if", action="store_true", help="print what would be done")
    return _run(parser.parse_args(argv), machine)


def command(arguments: argparse.Namespace) -> int:
    """`nrr-xl install` and `nrr-xl uninstall`."""
    if arguments.libreoffice:
        from nrr_xl.calc.install import command as libreoffice

        return libreoffice(arguments)
    return _run(arguments, None)


def _run(arguments: argparse.Namespace, machine: Windows | None) -> int:
    try:
        machine = machine or this_machine()
        if arguments.uninstall:
            lines = uninstall(machine, what_if=arguments.what_if)
        elif arguments.prepare:
            lines = prepare(machine)
        else:
            lines = install(machine, pre_start=arguments.pre_start, what_if=arguments.what_if)
            lines.append("Nothing was done." if arguments.what_if else "Start Excel: its ribbon has the tab Retention.")
    except (NrrError, OSError) as refused:
        print(f"nrr_xl: {refused}", file=sys.stderr)
        return 2
    print("\n".join(lines))
    return 0


def this_machine() -> Windows:
    """Windows; anything else has no Excel to install into.

    Raises
    ------
    InputError
        On another system.
    """
    if sys.platform != "win32":
        raise InputError("The add-in is for Excel on Windows. The template workbooks and nrr-xl itself work here.")
    from nrr_xl.excel.setup.windows import Windows

    return Windows()


if __name__ == "__main__":
    raise SystemExit(main())
