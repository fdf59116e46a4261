"""A worksheet that takes a whole block of numbers at once, many times faster than cell by cell.

It leans on private methods of XlsxWriter's Worksheet (`_write_cell`, `_check_dimensions`, `_prepare_formula`) and on
its `table` of cells; a test holds the result against the cell-by-cell one.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

# Texts that XlsxWriter takes for the errors of that name; #N/A is meant as one.
ERROR_NAMES = frozenset(("#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "TRUE", "FALSE"))


class _Run:
    """A row's part of a block, as XML that is ready to write."""

    __slots__ = ("xml",)

    def __init__(self, xml: str):
        self.xml = xml


class BlockSheet(Worksheet):
    """An XlsxWriter worksheet with `write_numbers` and `write_result`, whose formulas are written as they are."""

    def write_numbers(self, row: int, col: int, numbers, cell_format) -> None:
        """Write a finite float array (rows, columns) with its top left corner at a cell, in one format.

        The cells must be free; nothing else may be written to them.
        """
        height, width = numbers.shape
        if not height or not width:
            return
        self._check_dimensions(row, col)
        self._check_dimensions(row + height - 1, col + width - 1)
        style = cell_format._get_xf_index()
        letters = [xl_col_to_name(column) for column in range(col, col + width)]
        end = _Run("")
        for offset, values in enumerate(numbers.tolist()):
            tail = f'{row + offset + 1}" s="{style}"><v>'
            cells = self.table[row + offset]
            cells[col] = _Run(
                "".join([f'<c r="{letter}{tail}{_plain(v)}</v></c>' for letter, v in zip(letters, values, strict=True)])
            )
            if width > 1:
                # An empty run at the far end tells XlsxWriter how wide the row is.
                cells[col + width - 1] = end

    def write_result(self, row: int, col: int, formula: str, cell_format, value) -> None:
        """Write a formula and its value; a text stays a text, even if it reads like an error."""
        if value not in ERROR_NAMES:
            self.write_formula(row, col, formula, cell_format, value)
            return
        self._check_dimensions(row, col)
        place = f'r="{xl_col_to_name(col)}{row + 1}" s="{cell_format._get_xf_index()}"'
        inside = f"<f>{escape(formula.removeprefix('='))}</f><v>{escape(value)}</v>"
        self.table[row][col] = _Run(f'<c {place} t="str">{inside}</c>')

    def _prepare_formula(self, formula, expand_future_functions=False):
        """Take a formula as it is: ours carry their prefixes already, and looking for others takes most of the time."""
        return formula.removeprefix("=")

    def _write_cell(self, row, col, cell):
        if cell.__class__ is _Run:
            self.fh.write(cell.xml)
        else:
            super()._write_cell(row, col, cell)


def _plain(value: float) -> str:
    """The shortest text that reads back as the same number, without a trailing ".0"."""
    text = repr(value)
    return text[:-2] if text.endswith(".0") else text
