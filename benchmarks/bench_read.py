"""Reading a sheet of revenue rows, cleaning included, beside the bare reading by the usual libraries.

nrr_xl's figure ends with the cube: layout found, amounts and dates parsed, totals looked for, every cell accounted for.
The others only hand over the cells.
"""

from __future__ import annotations

import data
from harness import main


def ours(size):
    path = data.long_workbook(size)

    def work():
        import nrr_xl

        cube = nrr_xl.read(path)
        return f"{cube.account.used_cells:,} amounts"

    return work


def openpyxl_read_only(size):
    path = data.long_workbook(size)

    def work():
        import openpyxl

        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        return f"{sum(1 for _ in book.worksheets[0].iter_rows(values_only=True)) - 1:,} rows"

    return work


def pandas_calamine(size):
    path = data.long_workbook(size)

    def work():
        import pandas as pd

        return f"{len(pd.read_excel(path, engine='calamine')):,} rows"

    return work


def bare_calamine(size):
    path = data.long_workbook(size)

    def work():
        from python_calamine import CalamineWorkbook

        return f"{len(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()) - 1:,} rows"

    return work


def fastexcel_arrow(size):
    path = data.long_workbook(size)

    def work():
        import fastexcel

        return f"{fastexcel.read_excel(str(path)).load_sheet(0).to_arrow().num_rows:,} rows"

    return work


if __name__ == "__main__":
    main(
        {
            "nrr_xl.read": ours,
            "openpyxl read-only": openpyxl_read_only,
            "pandas calamine": pandas_calamine,
            "python-calamine": bare_calamine,
            "fastexcel to Arrow": fastexcel_arrow,
        },
        cases=["10k", "100k", "1M"],
        base="nrr_xl.read",
    )
