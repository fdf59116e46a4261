"""The command `nrr-xl compare`: two sheets or two reports in, every change of NRR by cause out."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nrr_xl.commands import reading_options, tell, window_options
from nrr_xl.config import config_options
from nrr_xl.console import Progress, comparison_summary, json_text, warnings_of

if TYPE_CHECKING:
    from nrr_xl.retention.analysis import Analysis
    from nrr_xl.retention.compare import Side
    from nrr_xl.revenue.cube.build import RevenueCube


def compare(arguments: Namespace) -> None:
    """Compare, print the causes, and write the workbook."""
    from nrr_xl.retention.compare import compare as find
    from nrr_xl.retention.plain import comparison_to_dict

    given, window = reading_options(arguments), window_options(arguments)
    earlier, earlier_window = given, window
    if arguments.old_config:
        held = Namespace(**dict.fromkeys(vars(arguments)) | config_options(arguments.old_config))
        earlier, earlier_window = reading_options(held), window | window_options(held)
    with Progress() as progress:
        old = _side(arguments.old, earlier, earlier_window)
        progress("Reading", 0.4)
        new = _side(arguments.input, given, window)
        progress("Comparing", 0.8)
        again = _read_again(arguments.old, given, window) if earlier != given else None
        found = find(old, new, again)
    for side in (old, new):
        tell([f"{side.name}: {line}" for line in warnings_of(side.cube.problems)])
    if arguments.json:
        print(json_text(comparison_to_dict(found)))
    else:
        print(comparison_summary(found))
    if arguments.output or not arguments.json:
        from nrr_xl.workbook.comparison import write_comparison
        from nrr_xl.workbook.theme import load_theme

        target = arguments.output or f"{Path(arguments.input).stem}_compared.xlsx"
        written = write_comparison(
            found, target, overwrite=bool(arguments.overwrite), theme=load_theme(arguments.theme)
        )
        if not arguments.json:
            print(f"\nWrote {written}")


def _side(path: str, reading: dict[str, Any], window: dict[str, Any]) -> Side:
    """A reading: of a report as it stands, or of a source under the options."""
    from nrr_xl.retention.analysis import analyse
    from nrr_xl.retention.compare import Side
    from nrr_xl.retention.windows import Window
    from nrr_xl.retention.windows import window as window_of
    from nrr_xl.revenue.read import read
    from nrr_xl.workbook.reopen import is_report, reopen

    name = Path(path).name
    if path != "-" and is_report(path):
        held = reopen(path, reading.get("fiscal_year_end", 12))
        span = window_of(held.cube, window.get("months", held.months), window.get("as_of", held.as_of))
        return Side(name, held.cube, span, {key: _told(text) for key, text in held.choices.items()})
    analysis = analyse(read(path, **reading), **window)
    span = Window(analysis.opening, analysis.closing, analysis.months)
    return Side(name, analysis.cube, span, _choices(analysis))


def _read_again(path: str, reading: dict[str, Any], window: dict[str, Any]) -> RevenueCube | None:
    """The old source under the new options; None where it is a report, whose rows are gone."""
    from nrr_xl.workbook.reopen import is_report

    return None if is_report(path) else _side(path, reading, window).cube


def _choices(analysis: Analysis) -> dict[str, str]:
    """The options behind a reading, in the words in which a report says them."""
    from nrr_xl.workbook.sheets.definitions import options_in_words
    from nrr_xl.workbook.texts import texts

    words = texts()["definition_lines"]
    return {
        words["options"]: _told(options_in_words(analysis.settings)),
        words["policy"]: options_in_words(analysis.cube.policy),
    }


def _told(options: str) -> str:
    """Options in words without the window's, which is a cause of its own."""
    return ", ".join(part for part in options.split(", ") if not part.startswith(("months ", "as of ")))
