"""Build every file that is built and committed: templates, sample report, add-ins, extension, function reference.

`python scripts/build_files.py` before a release, or after a change that shows in one of them; tests compare them with
what would be built.
"""

from __future__ import annotations

from pathlib import Path

import nrr_xl
from nrr_xl.calc import build as extension
from nrr_xl.excel import addin, reference
from nrr_xl.options import of_stage
from nrr_xl.workbook.template.build import write_template

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
# Each template, and whether the example's rows stand in it.
FORMS = {
    "nrr_template.xlsx": False,
    "nrr_template.xltx": False,
    "nrr_template.xlsm": False,
    "nrr_template_example.xlsx": True,
}
SAMPLE, REPORT = "sample_revenue.xlsx", "sample_revenue_retention.xlsx"


STAGES = {
    "read": "Reading the rows: `read`",
    "analyse": "The analysis: `analyse`",
    "write": "The workbook: `write_report`",
    "command": "The command line alone",
}


def options_page() -> str:
    """The page of all options, from their catalogue."""
    lines = [
        "# Options",
        "",
        "Each is an option of the command line, a key of a `--config` file (without the dashes) and, but for the last",
        "table, a keyword argument and a line of a *Settings* sheet in Excel. Made from `nrr_xl/options.toml`.",
    ]
    for stage, title in STAGES.items():
        lines += ["", f"## {title}", "", "| option | keyword | what it does | without it |", "|---|---|---|---|"]
        for each in of_stage(stage):
            keyword = f'`columns={{"{each.name}": ...}}`' if each.type == "column" else f"`{each.name}`"
            values = f"; one of {', '.join(f'`{value}`' for value in each.values())}" if each.type == "choice" else ""
            default = each.otherwise if each.default in (None, False) else f"`{each.default}`"
            keyword = "" if stage == "command" else keyword
            lines.append(f"| `{each.long}` | {keyword} | {(each.help + values).replace('|', '/')} | {default} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write all of them over what is there."""
    for name, example in FORMS.items():
        write_template(TEMPLATES / name, example=example, overwrite=True)
    analysis = nrr_xl.analyse(nrr_xl.read(TEMPLATES / SAMPLE))
    nrr_xl.write_report(analysis, TEMPLATES / REPORT, overwrite=True)
    addin.main([])
    extension.main([])
    reference.main([])
    (TEMPLATES.parent / "docs" / "options.md").write_text(options_page(), "utf-8")


if __name__ == "__main__":
    main()
