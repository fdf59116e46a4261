"""Build every file that is built and committed: templates, sample report, add-ins, extension, function reference.

`python scripts/build_files.py` before a release, or after a change that shows in one of them; tests compare them with
what would be built.
"""

from __future__ import annotations

from pathlib import Path

import nrr_xl
from nrr_xl.calc import build as extension
from nrr_xl.excel import addin, reference
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


def main() -> None:
    """Write all of them over what is there."""
    for name, example in FORMS.items():
        write_template(TEMPLATES / name, example=example, overwrite=True)
    analysis = nrr_xl.analyse(nrr_xl.read(TEMPLATES / SAMPLE))
    nrr_xl.write_report(analysis, TEMPLATES / REPORT, overwrite=True)
    addin.main([])
    extension.main([])
    reference.main([])


if __name__ == "__main__":
    main()
