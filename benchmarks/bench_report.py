"""Writing the report, beside the same cells by other means, and what LibreOffice needs to recalculate it.

openpyxl and plain XlsxWriter write the report's values and formulas alone: no formats, charts, names or cached values.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from harness import main

sys.path.insert(0, str(Path(__file__).parents[1]))

CASES = ("150 x 36", "2,000 x 36", "20,000 x 48")


def analysis(case: str):
    """The analysis of an ordinary cube of the case's size."""
    import nrr_xl
    from tests.workbook.cubes import ordinary

    customers, periods = (int(part.replace(",", "")) for part in case.split(" x "))
    return nrr_xl.analyse(ordinary(customers, periods))


def target() -> Path:
    return Path(tempfile.mkdtemp()) / "report.xlsx"


def size(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.1f} MB"


def report(case: str, **options) -> Callable[[], str]:
    from nrr_xl.workbook.report import write_report

    found, path = analysis(case), target()
    return lambda: size(write_report(found, path, **options))


def values(case: str) -> Callable[[], str]:
    return report(case, values=True)


def contents(case: str) -> dict[str, list[list]]:
    """Every sheet's rows, formulas as text."""
    import warnings

    import openpyxl

    from nrr_xl.workbook.report import write_report

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(write_report(analysis(case), target()), read_only=True)
        return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def openpyxl_cells(case: str) -> Callable[[], str]:
    import openpyxl

    sheets, path = contents(case), target()

    def work() -> str:
        book = openpyxl.Workbook(write_only=True)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        book.save(path)
        return size(path)

    return work


def xlsxwriter_cells(case: str) -> Callable[[], str]:
    import xlsxwriter

    sheets, path = contents(case), target()

    def work() -> str:
        with xlsxwriter.Workbook(path) as book:
            for name, rows in sheets.items():
                sheet = book.add_worksheet(name)
                for number, row in enumerate(rows):
                    sheet.write_row(number, 0, row)
        return size(path)

    return work


def recalculation(case: str) -> Callable[[], str]:
    """Load and recalculate in LibreOffice; what is returned is the recalculation alone."""
    from nrr_xl.workbook.report import write_report
    from tests.apps.office import Office

    path, office = write_report(analysis(case), target()), Office()

    def work() -> str:
        seconds = office.recalculate(path, formulas_only=True).seconds
        office.close()
        return f"recalculated in {seconds:.1f} s"

    return work


if __name__ == "__main__":
    main(
        {
            "nrr_xl report": report,
            "nrr_xl values only": values,
            "openpyxl, cells only": openpyxl_cells,
            "XlsxWriter, cells only": xlsxwriter_cells,
            "LibreOffice load + recalculate": recalculation,
        },
        cases=CASES,
        base="nrr_xl report",
    )
