"""Install or remove the add-in and the templates: ``python -m nrr_xl.excel.install [--pre-start] [--what-if]``.

install.ps1 makes the environment and hands over to this. Nothing is changed while Excel runs; every step is undone if
a later one fails; the install record lists what was written, and removal takes that and nothing else.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nrr_xl._version import __version__
from nrr_xl.errors import InputError, NrrError
from nrr_xl.excel.setup import places
from nrr_xl.excel.setup.record import Record, digest, read_record, write_record

SERVER_ARGUMENTS = "-I -B -m nrr_xl.excel.server"
ANY = ""  # in place of a digest


@dataclass
class Steps:
    """Files written one by one, each with what undoes it."""

    machine: object
    files: dict[str, str] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    _undo: list[Callable[[], None]] = field(default_factory=list)

    def folder(self, path: Path) -> None:
        """Make a folder and those above it, noting the ones that are new."""
        missing = [each for each in (path, *path.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir()
            self.folders.append(str(each))
            self._undo.append(each.rmdir)

    def write(self, path: Path, put: Callable[[Path], None]) -> None:
        """Write a file by `put`, beside its place first, and take the mark of the web off it."""
        self.folder(path.parent)
        before = path.read_bytes() if path.exists() else None
        beside = path.with_name(f".{path.stem}.new{path.suffix}")
        try:
            put(beside)
            self.machine.unblock(beside)
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)
        self._undo.append(path.unlink if before is None else lambda: path.write_bytes(before))
        self.files[str(path)] = digest(path)

    def undo(self) -> None:
        """Back to how it was, the last step first; a step that cannot be undone stops none of the others."""
        for step in reversed(self._undo):
            try:
                step()
            except OSError as stuck:
                print(f"nrr_xl: could not be undone: {stuck}", file=sys.stderr)


def install(machine, *, pre_start: bool = False, what_if: bool = False) -> list[str]:
    """Install, repeat or upgrade; return what was done, line by line.

    Raises
    ------
    InputError
        If Excel runs, a part of the environment is missing, or a file of another owner is in the way.
    """
    _require_ready(machine, what_if)
    old = read_record(places.record(machine)) or Record(__version__)
    plan, kept = _plan(machine, old)
    lines = [f"keep {path}: it was changed since nrr_xl wrote it" for path in kept]
    lines += [f"write {path}" for path in plan]
    if pre_start:
        lines.append(f"write {places.startup(machine)}: the function server starts at log-on")
    lines.append(f"write {places.record(machine)}")
    if what_if:
        return lines
    steps = Steps(machine)
    try:
        for path, source in plan.items():
            steps.write(path, lambda beside, source=source: _put(beside, source.read_bytes()))
        if pre_start:
            server = places.venv(machine) / "Scripts" / "pythonw.exe"
            steps.write(
                places.startup(machine),
                lambda beside: machine.shortcut(beside, server, SERVER_ARGUMENTS, "nrr_xl function server"),
            )
            # Windows rewrites shortcuts as it follows them: whatever it holds, this one is ours.
            steps.files[str(places.startup(machine))] = ANY
        files = {path: old_digest for path, old_digest in old.files.items() if Path(path).exists()} | steps.files
        folders = list(dict.fromkeys([*old.folders, *steps.folders]))
        write_record(places.record(machine), Record(__version__, files, folders))
    except BaseException:
        steps.undo()
        raise
    return lines


def _put(path: Path, content: bytes) -> None:
    # Written and not copied: a copy would carry the mark of the web along.
    path.write_bytes(content)


def _require_ready(machine, what_if: bool) -> None:
    if machine.excel_runs() and not what_if:
        raise InputError("Excel is running. Save your work, close every Excel window and run this again.")
    if machine.bits != 64:
        raise InputError("This Python is a 32-bit one, which has no xlwings DLL. Install a 64-bit one and run again.")
    if not same(machine.python, places.venv(machine)):
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
    absent = [name for name in (places.ADDIN, *places.TEMPLATES) if not (places.sources() / name).exists()]
    if absent:
        raise InputError(f"The package lacks {', '.join(absent)}. Download it again.")


def same(one: Path, other: Path) -> bool:
    """Whether two paths are the same place."""
    return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))


def _plan(machine, old: Record) -> tuple[dict[Path, Path], list[Path]]:
    """What goes where, and the templates that stay because their owner changed them."""
    plan: dict[Path, Path] = {}
    kept: list[Path] = []
    addin = places.addin(machine)
    source = places.sources() / places.ADDIN
    if addin.exists() and str(addin) not in old.files and digest(addin) != digest(source):
        raise InputError(
            f"{addin} is there already and was not put there by this installer. Move it away and run again."
        )
    plan[addin] = source
    for folder in places.template_folders(machine):
        for name in places.TEMPLATES:
            target = folder / name
            source = places.sources() / name
            ours = {old.files.get(str(target)), digest(source)}
            if target.exists() and digest(target) not in ours:
                kept.append(target)
            else:
                plan[target] = source
    return plan, kept


def uninstall(machine, *, what_if: bool = False) -> list[str]:
    """Remove what the record lists: files as we wrote them, then folders that we made and that are empty.

    Raises
    ------
    InputError
        If Excel runs, or the record is damaged.
    """
    if machine.excel_runs() and not what_if:
        raise InputError("Excel is running. Save your work, close every Excel window and run this again.")
    path = places.record(machine)
    record = read_record(path)
    if record is None:
        return ["nothing to remove: there is no install record"]
    lines: list[str] = []
    for name, written in record.files.items():
        file = Path(name)
        if not file.exists():
            lines.append(f"gone already {file}")
        elif written not in (ANY, digest(file)):
            lines.append(f"keep {file}: it was changed since nrr_xl wrote it")
        else:
            lines.append(f"remove {file}")
            if not what_if:
                file.unlink()
    lines.append(f"remove {path}")
    if not what_if:
        for pid in machine.servers():
            machine.end(pid)
        path.unlink()
        for folder in sorted(map(Path, record.folders), key=lambda each: -len(each.parts)):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
    return lines


def prepare(machine) -> list[str]:
    """Make way for an upgrade of the environment: end the function servers that run from it.

    Raises
    ------
    InputError
        If Excel runs.
    """
    if machine.excel_runs():
        raise InputError("Excel is running. Save your work, close every Excel window and run this again.")
    ended = machine.servers()
    for pid in ended:
        machine.end(pid)
    return [f"ended the function server {pid}" for pid in ended]


def main(argv: Sequence[str] | None = None, machine=None) -> int:
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


def _run(arguments: argparse.Namespace, machine) -> int:
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


def this_machine():
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
