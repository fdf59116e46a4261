"""The buttons of the ribbon: each macro works on a workbook in Excel and answers with what to tell its user.

An answer is what the host module shows: the text of a message box ("" for none), the box's style, and for a question
the macro that "Yes" runs.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from nrr_xl._version import __version__
from nrr_xl.errors import InputError, NrrError, OutputError
from nrr_xl.excel.desk import Desk
from nrr_xl.excel.settings import settings_of, settings_rows
from nrr_xl.functions.log import log_path, record
from nrr_xl.functions.words import SHEET, excel_words, names_a_setting

if TYPE_CHECKING:
    from nrr_xl.retention.analysis import Analysis
    from nrr_xl.revenue.cube.rows import Account, Source
    from nrr_xl.revenue.understood import Understood

# VBA's vbInformation, vbExclamation, and vbExclamation with Yes and No.
INFORMATION, WARNING, QUESTION = 64, 48, 52
# A message box shows about a thousand characters.
LONGEST_MESSAGE, PROBLEMS_SHOWN = 900, 8
# What the reader says of a sheet with several tables: the cursor then tells which one is meant.
SEVERAL = frozenset({"tables-beside", "second-table"})
LIST_OFFER = "\n\nOpen the list of all findings?"
MACROS: dict[str, Callable[[Any], Answer]] = {}


class Answer(NamedTuple):
    """What the host module shows and does next."""

    text: str = ""
    style: int = INFORMATION
    macro: str = ""


def macro(body: Callable[[Desk], Answer]) -> Callable[[Any], Answer]:
    """Declare a macro: it gets a desk, and whatever goes wrong in it becomes a message."""

    @functools.wraps(body)
    def run(excel: Any) -> Answer:
        desk = Desk(excel)
        answer = guarded(body.__name__, lambda: body(desk))
        return guarded(body.__name__, lambda: _with_offer(answer, desk))

    MACROS[body.__name__] = run
    return run


def guarded(name: str, work: Callable[[], Answer]) -> Answer:
    """What the work of a button answers, whatever goes wrong in it as a message."""
    try:
        return work()
    except InputError as error:
        if error.problems:
            return Answer(_problem_text(error), QUESTION, "check_data")
        return Answer(_shortened(excel_words(str(error))), WARNING)
    except NrrError as error:
        return Answer(_shortened(excel_words(str(error))), WARNING)
    except Exception as exception:
        record(name, exception)
        return Answer(f"Something went wrong that should not have. The log says more: {log_path()}", WARNING)


def _with_offer(answer: Answer, desk: Desk) -> Answer:
    """An answer that is mended by a setting, with the offer of a sheet for it where the workbook has none."""
    if not names_a_setting(answer.text) or desk.has_settings():
        return answer
    text = answer.text.removesuffix(LIST_OFFER)
    return Answer(f"{text}\n\nAdd the sheet {SHEET} to this workbook, to say so there?", QUESTION, "add_settings")


@macro
def add_settings(desk: Desk) -> Answer:
    """Add a Settings sheet with every setting, what it decides and a list of what it may be."""
    if desk.has_settings():
        return Answer(f"This workbook has a sheet {SHEET} already: write into its column Value.")
    desk.add_settings(settings_rows())
    return Answer(
        f"The sheet {SHEET} is there. Write into its column Value (a blank leaves it to nrr_xl), go back to the sheet"
        " with the revenue rows and click again."
    )


@macro
def build_report(desk: Desk) -> Answer:
    """Build the report from the cells in front of the user and open it; the source stays as it is."""
    with desk.at_work("Reading") as tell:
        found, settings = _understood(desk, tell)
        tell("Analysing", 0.4)
        analysis = analysed(found, settings, replace(found.source, path=desk.path))
        report, where = desk.make(
            "retention.xlsx", lambda path: write_analysis(analysis, path, tell, **settings["write"])
        )
        tell("Opening the report", 0.95)
    return Answer() if report.path else Answer(f"The report is ready. {where}")


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

    with desk.at_work("Copying the workbook") as tell:
        suffix = Path(desk.workbook.Name).suffix or ".xlsx"
        copy, where = desk.make(f"portable{suffix}", desk.save_copy)
        tell("Replacing the add-in's functions", 0.5)
        done = convert(copy)
    if done.left:
        cells = ", ".join(done.left[:PROBLEMS_SHOWN]) + (", ..." if len(done.left) > PROBLEMS_SHOWN else "")
        return Answer(f"The copy is not portable yet: these still call the add-in: {cells}. {where}", WARNING)
    return Answer(
        f"The copy needs no add-in: {done.entered} formulas use named formulas of the workbook, {done.values} are"
        f" values now. {where}"
    )


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


def analysed(found: Understood, settings: Mapping[str, Any], source: Source) -> Analysis:
    """The analysis of the cells as the settings sheet has it; findings and flags name its rows, as a report shows them.

    Raises
    ------
    InputError
        Where cells have errors that the settings sheet does not accept.
    """
    from nrr_xl.retention.analysis import analyse

    if found.cube is None or found.stopped:
        raise InputError(f"The cells have {len(found.errors):,} error(s), so nothing was computed.", found.errors)
    cube = replace(found.cube.worded(excel_words), source=source)
    return analyse(cube, **settings["analyse"]).worded(excel_words)


def problem_rows(account: Account) -> list[list[Any]]:
    """Everything found in the cells, headings first."""
    head = ["Severity", "Sheet", "Cell", "Value", "Problem", "Action", "Amount"]
    keys = ("severity", "sheet", "cell", "value", "message", "action", "amount")
    found = [problem.to_dict() for problem in account.problems]
    texts = [["" if line[key] is None else line[key] for key in keys] for line in found]
    return [head, *([excel_words(cell) if isinstance(cell, str) else cell for cell in line] for line in texts)]


def write_analysis(analysis: Analysis, path: Path, tell: Callable[[str, float], None], **look: Any) -> None:
    """Write the report, its progress shown as the second half of the work."""
    from nrr_xl.workbook.report import write_report

    write_report(analysis, path, progress=lambda step, share: tell(step, 0.4 + 0.5 * share), **look)


def _understood(desk: Desk, tell: Callable[[str, float], None]) -> tuple[Understood, dict[str, Any]]:
    """What is in the sheet in front; of several tables in it the one with the cursor."""
    cells, rows = desk.selected_cells(tell), desk.settings()
    try:
        found, settings = understood(cells, rows)
        told, table = found.errors, found.table
    except InputError as error:
        found, told, table = None, error.problems, None
        if "range" in settings_of(rows)["read"] or not desk.cursor_elsewhere(None):
            raise
        if told and SEVERAL.isdisjoint(each.code for each in told):
            raise
    several = not SEVERAL.isdisjoint(each.code for each in told)
    if found and ("range" in settings["read"] or not desk.cursor_elsewhere(None if several else table)):
        return found, settings
    return understood(desk.selected_cells(tell, around_cursor=True), rows)


def understood(source: Any, rows: list[list[Any]], **place: Any) -> tuple[Understood, dict[str, Any]]:
    """What was read from a source, and the options of the settings sheet with these rows by their stage."""
    from nrr_xl.revenue.read import understand

    settings = settings_of(rows)
    return understand(source, **(settings["read"] | place)), settings


def _problem_text(error: InputError) -> str:
    """The first problems, each with its cell, and the offer to see them all."""
    lines = [str(problem) for problem in error.problems[:PROBLEMS_SHOWN]]
    hidden = len(error.problems) - len(lines)
    more = [f"... and {hidden} more"] if hidden else []
    head = str(error).splitlines()[0]
    return _shortened(excel_words("\n".join([head, "", *lines, *more]))) + LIST_OFFER


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_MESSAGE else text[:LONGEST_MESSAGE] + "..."
