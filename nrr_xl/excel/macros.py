"""The buttons of the ribbon: each macro works on a workbook in Excel and answers with what to tell its user.

An answer is what the host module shows: the text of a message box ("" for none), the box's style, and for a question
the macro that "Yes" runs.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from nrr_xl._version import __version__
from nrr_xl.errors import InputError, NrrError, OutputError
from nrr_xl.excel.desk import Desk
from nrr_xl.excel.settings import settings_of
from nrr_xl.functions.log import log_path, record

# VBA's vbInformation, vbExclamation, and vbExclamation with Yes and No.
INFORMATION, WARNING, QUESTION = 64, 48, 52
# A message box shows about a thousand characters.
LONGEST_MESSAGE, PROBLEMS_SHOWN = 900, 8
MACROS = {}


class Answer(NamedTuple):
    """What the host module shows and does next."""

    text: str = ""
    style: int = INFORMATION
    macro: str = ""


def macro(body):
    """Declare a macro: it gets a desk, and whatever goes wrong in it becomes a message."""

    @functools.wraps(body)
    def run(excel) -> Answer:
        return guarded(body.__name__, lambda: body(Desk(excel)))

    MACROS[body.__name__] = run
    return run


def guarded(name: str, work: Callable[[], Answer]) -> Answer:
    """What the work of a button answers, whatever goes wrong in it as a message."""
    try:
        return work()
    except InputError as error:
        if error.problems:
            return Answer(_problem_text(error), QUESTION, "check_data")
        return Answer(_shortened(str(error)), WARNING)
    except NrrError as error:
        return Answer(_shortened(str(error)), WARNING)
    except Exception as exception:
        record(name, exception)
        return Answer(f"Something went wrong that should not have. The log says more: {log_path()}", WARNING)


@macro
def build_report(desk: Desk) -> Answer:
    """Build the report from the cells in front of the user and open it; the source stays as it is."""
    from nrr_xl.retention.analysis import analyse

    with desk.at_work("Reading") as tell:
        found, settings = _understood(desk, tell)
        refuse_problems(found, settings)
        tell("Analysing", 0.4)
        cube = replace(found.cube, source=replace(found.source, path=desk.path))
        analysis = analyse(cube, **settings["analyse"])
        path = desk.free_path("retention.xlsx")
        write_analysis(analysis, path, tell, **settings["write"])
        tell("Opening the report", 0.95)
        desk.open(path)
    return Answer()


@macro
def check_data(desk: Desk) -> Answer:
    """List what is wrong with the cells in front of the user in a new workbook."""
    with desk.at_work("Checking") as tell:
        account = _understood(desk, tell)[0].account
        if account.problems:
            desk.new().write_texts(problem_rows(account))
    used = f"{account.used_cells:,} of {account.cells:,} amounts can be used."
    if not account.problems:
        return Answer(f"Nothing to report. {used}")
    return Answer(f"{len(account.problems):,} findings are listed in a new workbook. {used}")


@macro
def new_from_template(desk: Desk) -> Answer:
    """Open a new workbook from the template."""
    from nrr_xl.commands import templates_folder

    template = templates_folder() / "nrr_template.xltx"
    if not template.exists():
        raise OutputError(f"The template {template} is missing. Run nrr-xl doctor.")
    desk.new(template)
    return Answer()


@macro
def make_portable(desk: Desk) -> Answer:
    """Save a copy that shows its numbers without the add-in, and open it."""
    from nrr_xl.excel.portable import make_portable as convert

    if not desk.path:
        raise InputError("Save the workbook first: the portable copy goes beside it.")
    with desk.at_work("Copying the workbook") as tell:
        path = desk.copy("portable")
        tell("Replacing the add-in's functions", 0.5)
        count = convert(desk.open(path))
    return Answer(f"{path.name}: {count.names} rates are named formulas now, {count.values} formulas are values.")


@macro
def show_help(desk: Desk) -> Answer:
    """List every worksheet function in a new workbook."""
    import nrr_xl.functions.catalogue  # noqa: F401 - declares them
    from nrr_xl.functions.worksheet import FUNCTIONS

    rows = [
        [function.usage, function.description, "\n".join(f"{n}: {text}" for n, text in function.arguments.items())]
        for _, function in sorted(FUNCTIONS.items())
    ]
    desk.new().write_texts([["Function", "Result", "Arguments"], *rows])
    return Answer()


@macro
def about(desk: Desk) -> Answer:
    """Say which version runs where."""
    return Answer(
        f"nrr_xl {__version__}\nPython {sys.version.split()[0]}: {sys.executable}\nLog: {log_path()}\n\n"
        "To check the installation, run: nrr-xl doctor"
    )


def refuse_problems(found, settings) -> None:
    """Stop where cells have errors that the settings sheet does not accept."""
    if found.cube is None or (found.errors and not settings["read"].get("accept_errors")):
        raise InputError(f"The cells have {len(found.errors):,} error(s), so nothing was computed.", found.errors)


def problem_rows(account) -> list[list]:
    """Everything found in the cells, headings first."""
    head = ["Severity", "Sheet", "Cell", "Value", "Problem", "Action", "Amount"]
    keys = ("severity", "sheet", "cell", "value", "message", "action", "amount")
    found = [problem.to_dict() for problem in account.problems]
    return [head, *(["" if line[key] is None else line[key] for key in keys] for line in found)]


def write_analysis(analysis, path, tell, **look) -> None:
    """Write the report, its progress shown as the second half of the work."""
    from nrr_xl.workbook.report import write_report

    write_report(analysis, path, progress=lambda step, share: tell(step, 0.4 + 0.5 * share), **look)


def _understood(desk: Desk, tell):
    return understood(desk.selected_cells(tell), desk.settings())


def understood(source, rows: list[list], **place):
    """What was read from a source, and the options of the settings sheet with these rows by their stage."""
    from nrr_xl.revenue.read import understand

    settings = settings_of(rows)
    reading = {name: value for name, value in settings["read"].items() if name != "accept_errors"}
    return understand(source, **(reading | place)), settings


def _problem_text(error: InputError) -> str:
    """The first problems, each with its cell, and the offer to see them all."""
    lines = [str(problem) for problem in error.problems[:PROBLEMS_SHOWN]]
    hidden = len(error.problems) - len(lines)
    more = [f"... and {hidden} more"] if hidden else []
    head = str(error).splitlines()[0]
    return _shortened("\n".join([head, "", *lines, *more])) + "\n\nOpen the list of all findings?"


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_MESSAGE else text[:LONGEST_MESSAGE] + "..."
