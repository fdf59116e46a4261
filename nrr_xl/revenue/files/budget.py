"""How much of an input is read before it is refused: one budget for every door, so that no file exhausts a computer.

A limit here is far above what a finance team's sheet holds and far below what a computer bears: an input over one is
refused in a line before it takes a gigabyte.
"""

from __future__ import annotations

from nrr_xl.errors import InputError

MEGABYTE = 1 << 20
# Of a file as it lies on disk, and of one part of a package unpacked.
FILE_BYTES, PART_BYTES = 2048 * MEGABYTE, 2048 * MEGABYTE
# Parts of a package that are held as a whole: styles, relations, tables (a tree takes ten times their size); texts.
TREE_BYTES, TEXT_BYTES = 16 * MEGABYTE, 128 * MEGABYTE
# Elements of such a tree, sheets of a workbook, named ranges that may mark a table, merged areas, parts of a package.
ELEMENTS, SHEETS, NAMED_RANGES, MERGES, PARTS = 1_000_000, 2_000, 500, 500_000, 20_000
# Cells that hold something, and the area from the first to the last of them (nine bytes each).
CELLS, AREA = 40_000_000, 100_000_000
# Cells that another library makes Python objects of.
OBJECT_CELLS = 10_000_000
# A sheet may be sparse; one whose area is so many times its cells has a stray cell far outside.
SPARSE_AREA, SPARSE_RATIO = 20_000_000, 20
# Columns of a sheet: eleven years of days. Each header is looked at with care, which takes its time.
COLUMNS = 4_096
# Distinct texts, Excel's own limits of one text, of one number format and of cell styles.
TEXTS, TEXT_LENGTH, FORMAT_LENGTH, STYLES = 2_000_000, 32_767, 1_000, 65_536
# Customers, periods and the two together.
CUSTOMERS, PERIODS, CUBE = 2_000_000, 2_400, 60_000_000
# Cells and bytes of a workbook that sheets are added to or rows filled into, where every cell becomes an object.
EDITED_BYTES, EDITED_CELLS, EDITED_MERGES = 96 * MEGABYTE, 1_000_000, 20_000

_ADVICE = "Save the revenue table alone in a new workbook or a .csv, and retry."


def refuse_over(path: str, what: str, count: int, limit: int, advice: str = _ADVICE) -> None:
    """Refuse an input that holds more of something than the budget allows.

    Raises
    ------
    InputError
        Naming the input, what it holds too much of, and what to do.

    >>> refuse_over("a.csv", "cells", 5, 10)
    >>> refuse_over("a.csv", "cells", 50, 10)
    Traceback (most recent call last):
    ...
    nrr_xl.errors.InputError: a.csv holds 50 cells, more than the 10 that are read. Save the revenue table alone in a \
new workbook or a .csv, and retry.
    """
    if count > limit:
        raise InputError(f"{path} holds {count:,} {what}, more than the {limit:,} that are read. {advice}")


def refuse_sparse(path: str, where: str, area: int, cells: int, columns: int = 0) -> None:
    """Refuse cells that lie so far apart that the area between them would fill the memory, or take too many columns."""
    if columns > COLUMNS or area > AREA or (area > SPARSE_AREA and area > SPARSE_RATIO * cells):
        raise InputError(
            f"{path}: {where} stands far outside the table. Delete what lies beyond the table, or save the table alone,"
            " and retry."
        )


def refuse_cube(path: str, customers: int, periods: int) -> None:
    """Refuse more customers or periods than one cube holds."""
    what = path or "The input"
    refuse_over(what, "customers", customers, CUSTOMERS, "Sum small customers up into one row each period, and retry.")
    refuse_over(what, "periods", periods, PERIODS, "Correct the dates that lie far apart, and retry.")
    advice = "Read fewer periods, or sum small customers up, and retry."
    refuse_over(what, "customers times periods", customers * periods, CUBE, advice)


def out_of_memory(path: str) -> InputError:
    """The error to raise where an input did not fit into memory."""
    what = path or "The input"
    return InputError(f"{what} does not fit into this computer's memory. Close other programs and retry. {_ADVICE}")
