"""The report's sheets as plain cells, for a program that puts them into a workbook of its own kind."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple


class PlainCell(NamedTuple):
    """A cell as a reader sees it: a number, a text, a date or None; its number format; whether it is bold."""

    value: Any
    number_format: str
    bold: bool


def plain_sheets(analysis: Any, names: tuple[str, ...], **look: Any) -> Iterator[tuple[str, list[list[PlainCell]]]]:
    """The named sheets of the report without formulas, where it has them, each as rows of one length."""
    import openpyxl

    from nrr_xl.workbook.report import write_report

    with tempfile.TemporaryDirectory() as folder:
        path = write_report(analysis, Path(folder) / "report.xlsx", **{**look, "values": True})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # charts and sparklines are not among what is asked for
            report = openpyxl.load_workbook(path)
    for name in names:
        if name in report.sheetnames:
            rows = report[name].iter_rows()
            yield name, [[PlainCell(c.value, c.number_format, bool(c.font.bold)) for c in row] for row in rows]
