"""The command line: its words, its exit statuses, and nothing heavier than argparse until a command runs."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

from nrr_xl._version import __version__
from nrr_xl.errors import InputError, NrrError

DONE, FAULT, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130

COLUMNS = ("customer", "date", "amount", "start", "end", "term", "interval", "product", "currency", "type")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 2 bad input or options, 1 a fault of ours."""
    parser = _parser()
    try:
        arguments = _with_config(parser, list(sys.argv[1:] if argv is None else argv))
        if arguments.command is None:
            parser.print_help()
            return DONE
        module, function = arguments.run
        return getattr(import_module(module), function)(arguments) or DONE
    except NrrError as refused:
        print(f"nrr-xl: {refused}", file=sys.stderr)
        return BAD_INPUT
    except MemoryError:
        print(
            "nrr-xl: there is not enough memory for it. Close other programs, or read a part of the rows.",
            file=sys.stderr,
        )
        return BAD_INPUT
    except KeyboardInterrupt:
        print("nrr-xl: stopped; nothing was left half written", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone (as `head` does); closing it once more must not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as fault:
        place = traceback.extract_tb(fault.__traceback__)[-1]
        where = f"{os.path.basename(place.filename)}:{place.lineno}"
        print(
            f"nrr-xl: a fault of ours, not of your file: {type(fault).__name__}: {fault} ({where}, version"
            f" {__version__}). Please report this line.",
            file=sys.stderr,
        )
        return FAULT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nrr-xl",
        description="Net revenue retention from a sheet of customer revenue rows.",
        epilog="Exit status: 0 done; 2 bad input or options; 1 a fault of ours.",
    )
    parser.add_argument("--version", action="version", version=f"nrr-xl {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")

    def command(name: str, text: str, run: str, module: str = "nrr_xl.commands") -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".", allow_abbrev=False)
        added.set_defaults(run=(module, run))
        return added

    command("demo", "write the sample sheet and its report into the current folder", "demo")
    report = command("report", "build the retention workbook from a revenue sheet", "report")
    _reading_options(report)
    _analysis_options(report)
    _report_options(report)
    analyse = command("analyse", "print the retention numbers of a revenue sheet", "analyse")
    _reading_options(analyse)
    _analysis_options(analyse)
    analyse.add_argument("--json", action="store_true", help="print one JSON object")
    check = command("check", "say what was understood of a sheet, and every problem in it", "check")
    _reading_options(check)
    check.add_argument("--json", action="store_true", help="print one JSON object")
    _template_commands(command)
    _setup_commands(command)
    return parser


def _template_commands(command) -> None:
    template = command("template", "write a template workbook to paste rows into", "template")
    template.add_argument("output", metavar="OUT.xlsx", help="where to write; .xltx or .xlsm as well")
    template.add_argument("--customers", type=int, metavar="N", help="how many customers it holds (default: 300)")
    template.add_argument("--theme", metavar="FILE", help="a TOML file with the look: fonts, colours, company name")
    template.add_argument("--overwrite", action="store_true", help="replace the output file if it exists")
    fill = command("fill", "put revenue rows into a template that was restyled", "fill")
    fill.add_argument("template", metavar="TEMPLATE", help="a workbook made from the template")
    _reading_options(fill)
    fill.add_argument("--segment", metavar="NAME", help="the column for the template's Segment (default: the first)")
    fill.add_argument("-o", "--output", metavar="OUT.xlsx", required=True, help="where to write")
    fill.add_argument("--overwrite", action="store_true", help="replace the output file if it exists")


def _setup_commands(command) -> None:
    for name, text in (
        ("install", "put the Excel add-in and the templates into their places (Windows)"),
        ("uninstall", "remove the Excel add-in and the templates (Windows)"),
    ):
        added = command(name, text, "command", "nrr_xl.excel.install")
        added.set_defaults(uninstall=name == "uninstall", prepare=False, pre_start=False)
        added.add_argument("--what-if", action="store_true", help="print what would be done")
        if name == "install":
            added.add_argument("--pre-start", action="store_true", help="start the function server at log-on")
    doctor = command("doctor", "say what is wrong with the installation (Windows)", "command", "nrr_xl.excel.doctor")
    doctor.add_argument("--repair", action="store_true", help="mend what can be mended")
    doctor.add_argument("--json", action="store_true", help="print one JSON object")


def _reading_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", metavar="INPUT", help="a workbook or text file of revenue rows; - for pasted text")
    reading = parser.add_argument_group("reading the rows")
    reading.add_argument("--config", metavar="FILE", help="a TOML file with these options by their long names")
    reading.add_argument("--sheet", metavar="NAME", help="the sheet to read (default: the one that looks like rows)")
    reading.add_argument("--layout", choices=("long", "wide", "subscriptions"), help="how the rows are laid out")
    for name in COLUMNS:
        reading.add_argument(f"--{name}", metavar="COLUMN", help=f"the {name} column, by its header")
    reading.add_argument("--encoding", metavar="NAME", help="of delimited text, such as cp1250 (default: found)")
    reading.add_argument("--delimiter", metavar="CHARACTER", help="of delimited text (default: found)")
    reading.add_argument(
        "--no-quotes",
        dest="quotes",
        action="store_false",
        default=None,
        help='" in delimited text is a plain character',
    )
    reading.add_argument("--decimal", choices=(".", ","), help="the decimal mark of amounts written as text")
    order = reading.add_mutually_exclusive_group()
    order.add_argument("--day-first", dest="day_first", action="store_true", default=None, help="01/02 is 1 February")
    order.add_argument("--month-first", dest="day_first", action="store_false", default=None, help="01/02 is 2 January")
    reading.add_argument(
        "--fiscal-year-end",
        type=int,
        choices=range(1, 13),
        metavar="MONTH",
        help="last month of the year (default: 12)",
    )
    reading.add_argument("--rates", metavar="FILE", help="exchange rates: currency, rate or currency, period, rate")
    reading.add_argument("--customer-map", metavar="FILE", help="names that are another customer: from, to")
    reading.add_argument(
        "--one-time", action="append", metavar="TYPE", help="a type of revenue to leave out; may be repeated"
    )
    reading.add_argument("--level", choices=("customer", "product"), help="what counts as one customer")
    reading.add_argument("--negatives", choices=("floor", "error"), help="a net amount below 0 counts as 0, or stops")
    reading.add_argument(
        "--inclusive-end", action="store_true", default=None, help="a subscription is active on its end date"
    )
    reading.add_argument(
        "--mid-month", choices=("next", "same"), help="the month from which a start in mid-month counts"
    )
    reading.add_argument(
        "--amount-per", choices=("month", "quarter", "year", "term"), help="what a subscription's amount covers"
    )
    reading.add_argument("--accept-errors", action="store_true", default=None, help="leave out what cannot be read")


def _analysis_options(parser: argparse.ArgumentParser) -> None:
    analysis = parser.add_argument_group("analysis")
    analysis.add_argument("--as-of", metavar="YYYY-MM", help="the closing month (default: the last one)")
    analysis.add_argument("--months", type=int, metavar="N", help="length of the window (default: 12)")
    analysis.add_argument("--freq", choices=("month", "quarter", "year"), help="of the bridges (default: the rows')")
    analysis.add_argument("--method", metavar="NAME", help="the headline's method or preset (default: point_to_point)")
    analysis.add_argument(
        "--segment", dest="segments", action="append", metavar="COLUMN", help="a segment to show; may be repeated"
    )
    analysis.add_argument("--grace", type=int, metavar="N", help="fill gaps of at most N months (default: 0)")
    analysis.add_argument("--scheme", metavar="NAME", help="the bands that rates are read by (default: general)")
    analysis.add_argument("--benchmarks", metavar="FILE", help="your own benchmark table (CSV)")


def _report_options(parser: argparse.ArgumentParser) -> None:
    output = parser.add_argument_group("the workbook")
    output.add_argument(
        "-o", "--output", metavar="OUT.xlsx", help="where to write (default: INPUT_retention.xlsx in this folder)"
    )
    output.add_argument("--overwrite", action="store_true", help="replace the output files if they exist")
    output.add_argument("--into", metavar="BOOK.xlsx", help="add or refresh the report's sheets in a workbook of yours")
    output.add_argument("--values", action="store_true", help="write values only, no formulas")
    output.add_argument("--theme", metavar="FILE", help="a TOML file with the look: fonts, colours, company name")
    output.add_argument("--magnitude", choices=("k", "m"), help="show amounts in thousands or millions")
    output.add_argument("--pdf", action="store_true", help="print the workbook to a PDF as well (needs LibreOffice)")
    output.add_argument("--open", action="store_true", help="open the workbook when it is written")


def _with_config(parser: argparse.ArgumentParser, argv: list[str]) -> argparse.Namespace:
    """The options, those of a --config file standing behind those of the command line."""
    arguments = parser.parse_args(argv)
    path = getattr(arguments, "config", None)
    if not path:
        return arguments
    words: list[str] = []
    for name, value in _config(path).items():
        option = "--" + name.replace("_", "-")
        if value is True:
            words.append(option)
        elif value is not False:
            words += [f"{option}={item}" for item in (value if isinstance(value, list) else [value])]
    arguments, unknown = parser.parse_known_args([argv[0], *words, *argv[1:]])
    if unknown:
        raise InputError(f"{path}: there is no option {unknown[0].split('=')[0]} for nrr-xl {arguments.command}.")
    return arguments


def _config(path: str) -> dict:
    import tomllib

    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except OSError as missing:
        raise InputError(f"{path}: the config file cannot be read ({missing.strerror}).") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise InputError(f"{path}: the config file is not TOML ({broken}).") from None
