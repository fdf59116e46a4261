"""What each command does: read, analyse, write; every step is one call into the package."""

from __future__ import annotations

import json
import shutil
from argparse import Namespace
from pathlib import Path

from nrr_xl.cli import BAD_INPUT, COLUMNS, DONE
from nrr_xl.console import Progress, summary
from nrr_xl.errors import InputError, OutputError
from nrr_xl.files import written_whole

DEMO_INPUT, DEMO_REPORT = "sample_revenue.xlsx", "sample_revenue_retention.xlsx"

READING = (
    "sheet",
    "layout",
    "decimal",
    "day_first",
    "fiscal_year_end",
    "rates",
    "customer_map",
    "one_time",
    "level",
    "negatives",
    "inclusive_end",
    "mid_month",
    "amount_per",
    "accept_errors",
)
ANALYSIS = ("as_of", "months", "freq", "method", "segments", "grace", "scheme", "benchmarks")


def templates_folder() -> Path:
    """Where the distributed files lie: inside an installed package, at the top of a checkout."""
    inside = Path(__file__).with_name("templates")
    return inside if inside.is_dir() else Path(__file__).parents[1] / "templates"


def demo(arguments: Namespace) -> None:
    """Write the sample and its report, then say what to open."""
    source, target = Path(DEMO_INPUT), Path(DEMO_REPORT)
    original = templates_folder() / DEMO_INPUT
    if source.exists() and source.read_bytes() != original.read_bytes():
        raise OutputError(f"{source} exists and is not the sample. Run the demo in another folder.")
    with written_whole(source, overwrite=True) as beside:
        shutil.copyfile(original, beside)
    _write(_analysis(source, {}, {}), target, overwrite=True)
    print(f"Wrote {source}, customer revenue rows as an analyst has them,")
    print(f"and {target}, the retention workbook made from them. Open the second one.")


def report(arguments: Namespace) -> None:
    """Build the workbook and say where it is."""
    source = Path(arguments.input)
    target = Path(arguments.output or f"{source.stem}_retention.xlsx")
    analysis = _analysis(source, _reading(arguments), _window(arguments))
    _write(analysis, target, overwrite=arguments.overwrite)
    print(summary(analysis))
    print(f"\nWrote {target}")
    _suggest_map(analysis.cube.suggested_map, target)


def _suggest_map(pairs, report: Path) -> None:
    """Write the customers that may be one beside the report, unless a map of that name is there already."""
    from nrr_xl.revenue.lookups import map_as_csv

    target = report.with_name(f"{report.stem}_customer_map.csv")
    if pairs and not target.exists():
        with written_whole(target) as beside:
            beside.write_text(map_as_csv(pairs), "utf-8-sig")
        print(f"Wrote {target}: {len(pairs)} pair(s) of customers that may be one. Delete those that are not, and give")
        print(f"the rest back with --customer-map {target}")


def analyse(arguments: Namespace) -> None:
    """Print the numbers."""
    analysis = _analysis(Path(arguments.input), _reading(arguments), _window(arguments))
    print(json.dumps(analysis.to_dict(), ensure_ascii=False, indent=2) if arguments.json else summary(analysis))


def check(arguments: Namespace) -> int:
    """Print what was understood and every problem; errors that are not accepted make the status 2."""
    from nrr_xl.revenue.read import understand
    from nrr_xl.revenue.understanding import as_data, as_text

    options = _reading(arguments)
    accepted = options.pop("accept_errors", False)
    with Progress() as progress:
        found = understand(arguments.input, progress=progress, **options)
    print(json.dumps(as_data(found), ensure_ascii=False, indent=2) if arguments.json else as_text(found))
    return BAD_INPUT if found.errors and not accepted else DONE


def template(arguments: Namespace) -> None:
    """Write a template workbook."""
    from nrr_xl.workbook.template import write_template

    write_template(arguments.output, overwrite=arguments.overwrite, **_given(arguments, "customers", "theme"))
    print(f"Wrote {arguments.output}. Open it and follow its first sheet.")


def fill(arguments: Namespace) -> None:
    """Put the rows of a sheet into a template."""
    from nrr_xl.revenue.read import read
    from nrr_xl.workbook.fill import fill

    with Progress() as progress:
        cube = read(Path(arguments.input), progress=progress, **_reading(arguments))
        progress("Filling the template", 0.5)
        rows = fill(
            arguments.template, cube, arguments.output, segment=arguments.segment, overwrite=arguments.overwrite
        )
    print(f"Wrote {arguments.output} with {rows:,} rows of {len(cube.customers):,} customers.")


def _analysis(source: Path, reading: dict, window: dict):
    from nrr_xl.retention.analysis import analyse
    from nrr_xl.revenue.read import read

    with Progress() as progress:
        cube = read(source, progress=progress, **reading)
        progress("Analysing", 0.5)
        return analyse(cube, **window)


def _write(analysis, target: Path, overwrite: bool) -> None:
    from nrr_xl.workbook.report import write_report

    with Progress() as progress:
        write_report(analysis, target, overwrite=overwrite, progress=progress)


def _reading(arguments: Namespace) -> dict:
    """The options that `read` takes, by its names, where they were given."""
    columns = {name: getattr(arguments, name) for name in COLUMNS if getattr(arguments, name)}
    given = _given(arguments, *READING)
    return given | ({"columns": columns} if columns else {})


def _window(arguments: Namespace) -> dict:
    """The options that `analyse` takes, by its names, where they were given."""
    given = _given(arguments, *ANALYSIS)
    if "benchmarks" in given:
        given["benchmarks"] = _benchmarks(Path(given["benchmarks"]))
    return given | ({"segments": tuple(given["segments"])} if "segments" in given else {})


def _benchmarks(path: Path) -> list[dict]:
    """An own table of benchmarks."""
    from nrr_xl.retention.benchmarks import parse

    try:
        return parse(path.read_text("utf-8-sig"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The benchmarks file {path} cannot be read as UTF-8 text: {error}.") from None


def _given(arguments: Namespace, *names: str) -> dict:
    return {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}
