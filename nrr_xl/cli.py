"""The command line: its words, its exit statuses, and nothing heavier than argparse until a command runs."""

from __future__ import annotations

import argparse
import os
import sys

from nrr_xl._version import __version__
from nrr_xl.streams import Plain, steady_streams

TYPE_CHECKING = False  # as typing's, which need not be loaded for `--help`
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import NoReturn

    from nrr_xl.options import Option

SHELLS = ("bash", "zsh", "fish", "powershell")
DONE, FAULT, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130

# Which stages' options a command takes, and under which heading they are listed.
STAGES = {
    "report": ("read", "analyse", "write", "command"),
    "analyse": ("read", "analyse", "command"),
    "check": ("read", "command"),
    "compare": ("read", "analyse", "command"),
    "fill": ("read", "command"),
}
# The input, where it is not called INPUT, and what stands before it.
INPUTS = {"fill": ("TEMPLATE INPUT", "INPUT"), "compare": ("OLD NEW", "NEW")}
HEADINGS = {"read": "reading the rows", "analyse": "analysis", "write": "the workbook", "command": "this command"}


class Help(argparse.HelpFormatter):
    """Help as wide as the terminal, without the module of files that Python's own loads to ask for that."""

    def __init__(self, prog: str) -> None:
        columns = os.environ.get("COLUMNS", "")
        try:
            width = int(columns) if columns.isdigit() and int(columns) else os.get_terminal_size(1).columns
        except OSError:
            width = 80
        super().__init__(prog, width=(width or 80) - 2)


class Parser(argparse.ArgumentParser):
    """A parser that refuses in one line, and names the option that was probably meant."""

    def error(self, message: str) -> NoReturn:
        from nrr_xl.errors import InputError

        told = message[0].upper() + message[1:].removesuffix(".") + ("" if message.endswith("?") else ".")
        raise InputError(f"{told} `{self.prog} --help` lists what there is.")

    def unknown(self, word: str) -> NoReturn:
        from nrr_xl.errors import InputError, did_you_mean

        name = word.split("=", maxsplit=1)[0]
        hint = did_you_mean(name, self._option_string_actions)
        raise InputError(f"There is no option {name} for {self.prog}.{hint} `{self.prog} --help` lists them.")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 2 bad input or options, 1 a fault of ours."""
    steady_streams()
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = map(Plain, streams)
    try:
        return _main(argv)
    finally:
        sys.stdout, sys.stderr = streams


def _main(argv: Sequence[str] | None) -> int:
    if argv is None:
        # What Python cannot raise, as it clears up after a failed write, would be a second message on the terminal.
        sys.unraisablehook = lambda _: None
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        parser, commands = build_parser(words)
        arguments = _arguments(parser, commands, words)
        if arguments.command is None:
            parser.print_help()
            return DONE
        status = _run(arguments)
        sys.stdout.flush()
        return status
    except MemoryError:
        print("nrr-xl: there is not enough memory. Close other programs, or read a part of the rows.", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("nrr-xl: stopped; nothing was left half written", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        from nrr_xl.console import silence_stdout

        # The reader of our output has gone (as `head` does); closing it once more must not complain.
        silence_stdout()
        return DONE
    except Exception as fault:
        return _told(fault)


def _told(fault: Exception) -> int:
    """Say in one line what stopped a command; its exit status."""
    from nrr_xl.console import plain_words, silence_stdout
    from nrr_xl.errors import NrrError

    if isinstance(fault, NrrError):
        print(f"nrr-xl: {fault}", file=sys.stderr)
        return BAD_INPUT
    if refusal := plain_words(fault):
        silence_stdout()
        print(f"nrr-xl: {refusal}", file=sys.stderr)
        return BAD_INPUT
    import traceback

    place = traceback.extract_tb(fault.__traceback__)[-1]
    where = f"{os.path.basename(place.filename)}:{place.lineno}"
    print(
        f"nrr-xl: a fault of ours, not of your file: {type(fault).__name__}: {fault} ({where}, version"
        f" {__version__}). Please report this line.",
        file=sys.stderr,
    )
    return FAULT


def _run(arguments: argparse.Namespace) -> int:
    """Run the command in a place of its own, of which nothing is left."""
    from importlib import import_module

    from nrr_xl.errors import OutputError
    from nrr_xl.targets import refuse_outputs, way_out
    from nrr_xl.workplace import Ended, workplace

    module, function = arguments.run
    try:
        with workplace():
            refuse_outputs(arguments)
            status: int = getattr(import_module(module), function)(arguments) or DONE
            return status
    except OutputError as refused:
        raise OutputError(f"{refused}{way_out(arguments, refused)}") from None
    except Ended as ended:
        print("nrr-xl: stopped; nothing was left half written", file=sys.stderr)
        return int(str(ended.code))


def build_parser(words: Sequence[str] | None = None) -> tuple[Parser, dict[str, Parser]]:
    """The parser and those of the commands; given the words to parse, only a command among them gets its options."""
    parser = Parser(
        formatter_class=Help,
        prog="nrr-xl",
        description="Net revenue retention from a sheet of customer revenue rows.",
        epilog="Exit status: 0 done; 2 bad input or options; 1 a fault of ours.",
    )
    parser.add_argument("--version", action="version", version=f"nrr-xl {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    commands: dict[str, Parser] = {}

    def command(name: str, text: str, run: str, module: str = "nrr_xl.commands") -> Parser:
        told = f"{text[0].upper()}{text[1:]}."
        added = subparsers.add_parser(name, help=text, description=told, allow_abbrev=False, formatter_class=Help)
        added.set_defaults(run=(module, run))
        commands[name] = added
        return added

    command("demo", "write the sample sheet and its report into the current folder", "demo")
    command("report", "build the retention workbook from a revenue sheet", "report")
    command("analyse", "print the retention numbers of a revenue sheet", "analyse")
    command("check", "say what was understood of a sheet, and every problem in it", "check")
    command("compare", "say why NRR differs between two readings, by cause", "compare", "nrr_xl.comparing")
    command("template", "write a template workbook to paste rows into", "template")
    command("fill", "put revenue rows into a template that was restyled", "fill")
    _setup_commands(command)
    completion = command("completion", "print what makes a shell complete these words by the Tab key", "completion")
    completion.add_argument("shell", choices=SHELLS, metavar="SHELL", help=f"one of {', '.join(SHELLS)}")
    for name in commands if words is None else dict.fromkeys(words):
        if name in _OPTIONS and name in commands:
            _OPTIONS[name](commands[name])
    return parser, commands


def _compare_options(compare: Parser) -> None:
    from nrr_xl.options import option

    compare.add_argument("old", metavar="OLD", help="the earlier revenue sheet, or a report written from it")
    _add_options(compare, "compare")
    for name in ("theme", "overwrite"):
        _add(compare, option(name))


def _template_options(template: Parser) -> None:
    from nrr_xl.options import option

    template.add_argument("output", metavar="OUT.xlsx", help="where to write; .xltx or .xlsm as well")
    template.add_argument("--customers", type=int, metavar="N", help="how many customers it holds (default: 300)")
    template.add_argument("--example", action="store_true", help="with an example's rows in its table")
    for name in ("theme", "overwrite"):
        _add(template, option(name))


def _fill_options(fill: Parser) -> None:
    from nrr_xl.options import option

    fill.add_argument("template", metavar="TEMPLATE", help="a workbook made from the template")
    _add_options(fill, "fill")
    fill.add_argument("--segment", metavar="NAME", help="the column for the template's Segment (default: the first)")
    fill.add_argument("--company", metavar="NAME", help="the company's name, in place of the template's")
    fill.add_argument("-o", "--output", metavar="OUT.xlsx", required=True, help="where to write")
    _add(fill, option("overwrite"))


def _setup_commands(command: Callable[..., Parser]) -> None:
    for name, text in (
        ("install", "put the add-in into Excel, with the templates (Windows), or into LibreOffice"),
        ("uninstall", "remove the add-in and the templates from Excel (Windows), or from LibreOffice"),
    ):
        added = command(name, text, "command", "nrr_xl.excel.install")
        added.set_defaults(uninstall=name == "uninstall", prepare=False, pre_start=False)
        added.add_argument("--what-if", action="store_true", help="print what would be done")
        added.add_argument("--libreoffice", action="store_true", help="LibreOffice Calc instead of Excel (any system)")
        if name == "install":
            added.add_argument("--pre-start", action="store_true", help="start the function server at log-on")
    doctor = command("doctor", "say what is wrong with the installation (Windows)", "command", "nrr_xl.excel.doctor")
    doctor.add_argument("--repair", action="store_true", help="mend what can be mended")
    doctor.add_argument("--json", action="store_true", help="print one JSON object")


def _add_options(parser: Parser, command: str) -> None:
    """The input and the options of the catalogue that a command takes, under the headings of their stages."""
    from nrr_xl.options import of_stage

    inputs, metavar = INPUTS.get(command, ("INPUT", "INPUT"))
    parser.usage = f"{parser.prog} {inputs} [options]"
    parser.add_argument("input", metavar=metavar, help="a workbook or text file of revenue rows; - for pasted text")
    for stage in STAGES[command]:
        group = parser.add_argument_group(HEADINGS[stage])
        for each in of_stage(stage):
            if stage != "command" or command in each.commands:
                _add(group, each)
    for each in of_stage("write"):
        if command in each.commands:
            _add(group, each)


_OPTIONS: dict[str, Callable[[Parser], None]] = {
    "report": lambda parser: _add_options(parser, "report"),
    "analyse": lambda parser: _add_options(parser, "analyse"),
    "check": lambda parser: _add_options(parser, "check"),
    "compare": _compare_options,
    "template": _template_options,
    "fill": _fill_options,
}


def _add(parser: argparse._ActionsContainer, each: Option) -> None:
    """One option of the catalogue; what is not given stays None, so that a config file may say it."""
    names = [f"-{each.short}"] * bool(each.short) + [each.long]
    text = _help(each)
    if each.type == "flag":
        parser.add_argument(*names, dest=each.name, action="store_true", default=None, help=text)
        if each.off:
            off = "--" + each.off.replace("_", "-")
            parser.add_argument(off, dest=each.name, action="store_false", default=None, help=each.help_off)
        return
    metavar = each.metavar or {"column": "COLUMN", "file": "FILE", "number": "N", "whole": "N"}.get(each.type)
    if each.type == "choice" and not metavar:
        metavar = "{" + ",".join(each.choices) + "}"
    parser.add_argument(
        *names, dest=each.name, action="append" if each.many else "store", default=None, metavar=metavar, help=text
    )


def _help(each: Option) -> str:
    """The help of an option: what it is, where its values are many their names, and what holds without it."""
    listed = f": {', '.join(each.values())}" if each.more_choices or (each.choices and each.metavar) else ""
    default = "" if each.default is None or each.type == "flag" else str(each.default)
    without = f" (default: {default or each.otherwise})" if default or each.otherwise else ""
    return f"{each.help}{listed}{without}".replace("%", "%%")


def _arguments(parser: Parser, commands: dict[str, Parser], argv: list[str]) -> argparse.Namespace:
    """The options, those of a --config file standing behind those of the command line, every value read."""
    wanted = next((word for word in argv if not word.startswith("-")), "")
    if wanted and wanted not in commands:
        from nrr_xl.errors import did_you_mean

        parser.error(f"there is no command {wanted}.{did_you_mean(wanted, commands, 0.6)}")
    dashed = [word for word in argv if word[:1] == "-" and "." in word and os.path.isfile(word)]
    if dashed and "--" not in argv:
        parser.error(f"{dashed[0]} begins with a dash, as options do. Write ./{dashed[0]}")
    arguments, unknown = parser.parse_known_args(argv)
    if unknown:
        used = commands.get(arguments.command, parser)
        if unknown[0].startswith("-"):
            used.unknown(unknown[0])
        used.error(f"{unknown[0]!r} is one word too many")
    if arguments.command not in STAGES:
        return arguments
    from nrr_xl.options import options

    taken = [each for each in options() if each.stage in STAGES[arguments.command] and hasattr(arguments, each.name)]
    for each in taken:
        if getattr(arguments, each.name) is not None:
            setattr(arguments, each.name, each.read(getattr(arguments, each.name), each.long))
    given = {}
    if arguments.config:
        from nrr_xl.config import config_options

        given = config_options(arguments.config)
        if getattr(arguments, "as_of", None) is not None:
            given.pop("today", None)  # The day of the config's own month: by it, a later month is yet to come.
    for each in taken:
        if getattr(arguments, each.name) is None and each.name in given:
            setattr(arguments, each.name, given[each.name])
    return arguments
