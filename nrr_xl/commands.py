"""What each command does: read, analyse, write; every step is one call into the package."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nrr_xl.cli import BAD_INPUT, DONE, build_parser
from nrr_xl.config import config_text
from nrr_xl.console import Progress, json_text, nearest_summary, summary, warnings_of
from nrr_xl.errors import InputError, did_you_mean
from nrr_xl.files import AnyPath, refuse_name, written_whole
from nrr_xl.idle import idle, unchanged
from nrr_xl.options import of_stage, option, options
from nrr_xl.targets import report_target

if TYPE_CHECKING:
    from nrr_xl.retention.analysis import Analysis

DEMO_INPUT, DEMO_REPORT = "sample_revenue.xlsx", "sample_revenue_retention.xlsx"


def templates_folder() -> Path:
    """Where the distributed files lie: inside an installed package, at the top of a checkout."""
    inside = Path(__file__).with_name("templates")
    return inside if inside.is_dir() else Path(__file__).parents[1] / "templates"


def demo(arguments: Namespace) -> None:
    """Write the sample and its report, then say what to open."""
    from nrr_xl.workbook.report import write_report

    original = templates_folder() / DEMO_INPUT
    with tempfile.TemporaryDirectory() as folder:
        made = write_report(_analysis(original, {}, {}), Path(folder) / DEMO_REPORT)
        for source, name in ((original, DEMO_INPUT), (made, DEMO_REPORT)):
            _put(source, Path(name))
    print(f"Wrote {DEMO_INPUT}, customer revenue rows as an analyst has them,")
    print(f"and {DEMO_REPORT}, the retention workbook made from them. Open the second one.")


def _put(source: Path, target: Path) -> None:
    """Copy a file to where it is not yet; another one in its place is the user's."""
    if target.exists() and target.read_bytes() == source.read_bytes():
        return
    with written_whole(target) as beside:
        shutil.copyfile(source, beside)


def report(arguments: Namespace) -> None:
    """Build the workbook and say where it is."""
    from nrr_xl.workbook.sheets.rest import beside, is_summed_up

    if arguments.into and arguments.output:
        raise InputError("--into and --output name two places. Give one of them.")
    analysis = _analysis(arguments.input, reading_options(arguments), window_options(arguments))
    warn(arguments, analysis)
    pairs = () if arguments.quiet else analysis.cube.suggested_map  # a file that nobody is told of is none
    target = Path(report_target(arguments))
    map_path = target.with_name(f"{target.stem}_customer_map.csv")
    if pairs:
        refuse_name(map_path)
    target = _write(analysis, arguments)
    say = _voice(arguments)
    say(f"{summary(analysis)}\n\nWrote {target}")
    if not arguments.into and is_summed_up(analysis, arguments.most_customers):
        say(f"Wrote {beside(target)}, which has every customer")
    if pairs:
        say(_suggest_map(pairs, map_path))
    if arguments.save_config:
        say(f"Wrote {_save_config(arguments, analysis, target)}")
    if arguments.pdf:
        from nrr_xl.workbook.pdf import write_pdf

        say(f"Wrote {write_pdf(target, overwrite=bool(arguments.overwrite))}")
    if arguments.pptx:
        from nrr_xl.workbook.slides import write_slides

        slides = target.with_suffix(".pptx")
        look = _given(arguments, "theme", "magnitude", "company", "prepared")
        say(f"Wrote {write_slides(analysis, slides, overwrite=bool(arguments.overwrite), **look)}")
    if arguments.open:
        from nrr_xl.workbook.pdf import open_file

        open_file(target)


def _voice(arguments: Namespace) -> Callable[[str], None]:
    """What tells of things that went well: nothing when it should be quiet."""
    return (lambda text: None) if arguments.quiet else print


def warn(arguments: Namespace, analysis: Analysis) -> None:
    """Print what a reader should know before the numbers, quiet or not, or stop there when the command is strict."""
    failed = [f"The check {check.name!r} failed." for check in analysis.checks if not check.passed]
    told = [*failed, *_untied(arguments, analysis), *warnings_of(analysis.cube.problems), *idle(arguments, analysis)]
    tell(told, bool(arguments.strict))
    if not arguments.quiet and (same := unchanged(arguments, analysis, _again)):
        print(f"nrr-xl: note: here everything is the same without {', '.join(same)}.", file=sys.stderr)


def tell(warnings: list[str], strict: bool = False) -> None:
    """Print warnings, or stop at any of them."""
    if warnings and strict:
        raise InputError("\n  ".join([f"{len(warnings)} warning(s), so nothing was written.", *warnings]))
    for line in warnings:
        print(f"nrr-xl: warning: {line}", file=sys.stderr)


def _untied(arguments: Namespace, analysis: Analysis) -> list[str]:
    """Where the rows' totals are not the ledger's, in a line."""
    if getattr(arguments, "ledger", None) is None:
        return []
    from nrr_xl.revenue.cube.lookups import ledger, untied
    from nrr_xl.workbook.frame import MONEY

    periods = analysis.cube.periods
    totals = ledger(arguments.ledger, periods.fiscal_year_end)
    found = untied(totals, periods, analysis.cube.amounts.sum(axis=0).tolist(), MONEY)
    more = f" ({len(found) - 1:,} more like it, on the sheet Ledger)" if found[1:] else ""
    return [f"The rows do not tie out to {arguments.ledger}: {found[0]}.{more}"] if found else []


def _again(arguments: Namespace) -> Analysis:
    """The analysis under other options, for a comparison and without telling anything."""
    from nrr_xl.retention.analysis import analyse
    from nrr_xl.revenue.read import read

    return analyse(read(arguments.input, **reading_options(arguments)), **window_options(arguments))


def _save_config(arguments: Namespace, analysis: Analysis, target: Path) -> Path:
    """Write beside the report what makes it again."""
    path = target.with_suffix(".toml")
    text = config_text(arguments, analysis.closing_period, path.parent, target.name)
    with written_whole(path, overwrite=bool(arguments.overwrite)) as beside:
        beside.write_text(text, "utf-8", newline="\n")
    return path


def _suggest_map(pairs: tuple[tuple[str, str], ...], path: Path) -> str:
    """Write similar names as a customer map for the user to strike from and pass back; never over an edited one."""
    from nrr_xl.revenue.cube.lookups import map_as_csv

    text = map_as_csv(pairs)
    # An edited one may be in any encoding, as Excel saves it.
    if path.exists() and not (path.is_file() and path.read_bytes() == text.encode("utf-8-sig")):
        return f"Kept your {path}: similar customer names are in it already, or listed by `nrr-xl check`."
    with written_whole(path, overwrite=True) as beside:
        beside.write_text(text, "utf-8-sig", newline="")
    return f"Wrote {path}: names that look alike. Keep the true pairs and pass it back with --customer-map."


def analyse(arguments: Namespace) -> None:
    """Print the numbers, or the parts of them that were asked for."""
    analysis = _analysis(arguments.input, reading_options(arguments), window_options(arguments))
    warn(arguments, analysis)
    data = analysis_data(arguments, analysis) if arguments.json or arguments.fields else {}
    if arguments.fields:
        data = {name: field(data, name) for each in arguments.fields for name in each.split(",")}
    if arguments.json:
        print(json_text(data))
    elif arguments.fields:
        for name, value in data.items():
            print(f"{name}\t{value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")
    else:
        print(summary(analysis))
        if arguments.theirs is not None:
            from nrr_xl.retention.nearest import nearest

            print(nearest_summary(nearest(analysis, arguments.theirs), arguments.theirs))


def analysis_data(arguments: Namespace, analysis: Analysis) -> dict[str, Any]:
    """The JSON object of an analysis, with the options of the reading among its settings."""
    data = analysis.to_dict()
    read_as = {each.name: getattr(arguments, each.name) for each in of_stage("read")}
    told = {name: option(name).default if value is None else value for name, value in read_as.items()}
    data["settings"] = {name: str(value) if isinstance(value, date) else value for name, value in told.items()} | data[
        "settings"
    ]
    if arguments.ledger is not None:
        from nrr_xl.revenue.cube.lookups import beside_ledger, ledger

        cube = analysis.cube
        totals = ledger(arguments.ledger, cube.periods.fiscal_year_end)
        beside = beside_ledger(totals, cube.periods, cube.amounts.sum(axis=0).tolist())
        data["ledger"] = [each | {"unit": data["figures"][0]["unit"], "sheet": "Ledger"} for each in beside]
    if arguments.theirs is not None:
        from nrr_xl.retention.nearest import nearest

        data["theirs"] = {
            "rate": arguments.theirs,
            "nearest": [asdict(near) for near in nearest(analysis, arguments.theirs)],
        }
    return data


def field(data: dict[str, Any], name: str) -> Any:
    """One part of the JSON object, by its keys with points between them.

    >>> field({"rates": {"nrr": 1.1}}, "rates.nrr")
    1.1
    """
    held: Any = data
    for at, key in enumerate(keys := name.strip().split(".")):
        if not isinstance(held, dict) or key not in held:
            known = [".".join([*keys[:at], each]) for each in held] if isinstance(held, dict) else []
            inside = [f"{part}.{key}" for part in ("rates", *data) if key in _keys(data.get(part))]
            hint = f" Did you mean {inside[0]!r}?" if inside else did_you_mean(name, known)
            raise InputError(f"--fields is {name!r}, which the JSON object does not have.{hint}")
        held = held[key]
    return held


def _keys(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, dict) else ()


def check(arguments: Namespace) -> int:
    """Print what was understood and every problem; errors that are not accepted make the status 2."""
    from nrr_xl.revenue.read import understand
    from nrr_xl.revenue.understanding import as_data, as_text

    with Progress() as progress:
        found = understand(arguments.input, progress=progress, **reading_options(arguments))
    print(json_text(as_data(found)) if arguments.json else as_text(found))
    warned = arguments.strict and any(problem.severity == "warning" for problem in found.account.problems)
    return BAD_INPUT if warned or found.stopped else DONE


def completion(arguments: Namespace) -> None:
    """Print the completion script of a shell."""
    import shtab

    parser, commands = build_parser()
    known = {each.long: each for each in options()}
    for command in commands.values():
        for action in command._actions:
            # The values are the catalogue's to check, so the parser has none; the Tab key wants them.
            option = next((known[name] for name in action.option_strings if name in known), None)
            if option and option.values():
                action.choices = option.values()
            elif (option and option.type == "file") or not (action.option_strings or action.choices):
                action.complete = shtab.FILE  # type: ignore[attr-defined]
    print(shtab.complete(parser, arguments.shell))


def template(arguments: Namespace) -> None:
    """Write a template workbook."""
    from nrr_xl.workbook.template.build import write_template

    write_template(
        arguments.output, overwrite=bool(arguments.overwrite), **_given(arguments, "customers", "theme", "example")
    )
    print(f"Wrote {arguments.output}. Open it and follow its first sheet.")


def fill(arguments: Namespace) -> None:
    """Put the rows of a sheet into a template."""
    from nrr_xl.revenue.read import read
    from nrr_xl.workbook.fill import fill

    with Progress() as progress:
        cube = read(arguments.input, progress=progress, **reading_options(arguments))
        tell(warnings_of(cube.problems), bool(arguments.strict))
        progress("Filling the template", 0.5)
        rows = fill(
            arguments.template,
            cube,
            arguments.output,
            segment=arguments.segment,
            company=arguments.company,
            overwrite=bool(arguments.overwrite),
        )
    if not arguments.quiet:
        print(f"Wrote {arguments.output} with {rows:,} rows of {len(cube.customers):,} customers.")


def _analysis(source: AnyPath, reading: dict[str, Any], window: dict[str, Any]) -> Analysis:
    from nrr_xl.retention.analysis import analyse
    from nrr_xl.revenue.read import read

    with Progress() as progress:
        cube = read(source, progress=progress, **reading)
        progress("Analysing", 0.5)
        return analyse(cube, **window)


def _write(analysis: Analysis, arguments: Namespace) -> Path:
    """The workbook, of its own or as sheets in the user's; returns where it is."""
    from nrr_xl.workbook.into import write_into
    from nrr_xl.workbook.report import write_report

    look = _given(arguments, "values", "theme", "magnitude", "company", "prepared", "pack", "ledger", "most_customers")
    if arguments.into:
        if "most_customers" in look:
            raise InputError("--most-customers goes with a report of its own, not with --into. Leave out one of them.")
        return write_into(analysis, arguments.into, **look)
    target = Path(report_target(arguments))
    with Progress() as progress:
        return write_report(analysis, target, overwrite=bool(arguments.overwrite), progress=progress, **look)


def reading_options(arguments: Namespace) -> dict[str, Any]:
    """The options that `read` takes, by its names, where they were given."""
    kinds = {each.name: each.type for each in of_stage("read")}
    given = _given(arguments, *kinds)
    columns = {name: value for name, value in given.items() if kinds[name] == "column"}
    others = {name: value for name, value in given.items() if name not in columns}
    return others | ({"columns": columns} if columns else {})


def window_options(arguments: Namespace) -> dict[str, Any]:
    """The options that `analyse` takes, by its names, where they were given."""
    return _given(arguments, *(each.name for each in of_stage("analyse")))


def _given(arguments: Namespace, *names: str) -> dict[str, Any]:
    return {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}
