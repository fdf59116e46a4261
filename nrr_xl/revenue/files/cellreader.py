"""The patient way through a worksheet's XML: cell by cell with a parser, whatever way it is written."""

from __future__ import annotations

import re

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.revenue.files.budget import MERGES, refuse_over
from nrr_xl.revenue.files.collected import Cells
from nrr_xl.revenue.files.grid import BOOLEAN, ERROR, NUMBER, TEXT, UNCALCULATED, column_letter, parse_range
from nrr_xl.revenue.files.package import Package
from nrr_xl.revenue.files.sharedtexts import unescape_controls

# So many cells are Python objects at a time.
FLUSH = 100_000


def read_cells(package: Package, part: str, cells: Cells, head: int | None) -> tuple[bytes, bytes]:
    """Collect cells by an XML parser, whatever way they are written."""
    reader = _CellReader(package, part, cells, head)
    package.feed(reader.parser, package.stream(part), part)
    reader.close()
    merges = "".join(f'<mergeCell ref="{reference}"/>' for reference in reader.merges)
    columns = "".join(reader.column_tags)
    return columns.encode(), merges.encode()


class _CellReader:
    """Handlers of an XML parser that collect one cell after the other."""

    def __init__(self, package: Package, part: str, cells: Cells, head: int | None):
        self.cells, self.head = cells, head
        self.merges: list[str] = []
        self.column_tags: list[str] = []
        self.found: list[tuple[int, int, int, float, int]] = []
        self.row, self.column = -1, -1
        self.facts: dict[str, str] = {}
        self.said: list[str] = []
        self.listening = self.phonetic = self.formula = False
        self.parser = package.parser(part)
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.data

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition("}")[2]
        if tag == "row":
            number = attributes.get("r", "")
            self.row, self.column = (int(number) - 1 if number.isdigit() and len(number) < 8 else self.row + 1), -1
            if attributes.get("hidden") in ("1", "true"):
                self.cells.hidden_rows.append(self.row)
        elif tag == "c":
            self.facts, self.said, self.formula = attributes, [], False
            corners = parse_range(attributes.get("r", ""))
            self.column = corners[1] if corners else self.column + 1
        elif tag == "f":
            self.formula = True
        elif tag == "rPh":
            self.phonetic = True
        elif tag in ("v", "t"):
            self.listening = not self.phonetic
        elif tag == "mergeCell":
            refuse_over(self.cells.path, "merged areas", len(self.merges), MERGES)
            self.merges.append(attributes.get("ref", ""))
        elif tag == "col":
            facts = " ".join(f'{key}="{value}"' for key, value in attributes.items())
            self.column_tags.append(f"<col {facts}>")

    def end(self, name: str) -> None:
        tag = name.rpartition("}")[2]
        if tag in ("v", "t"):
            self.listening = False
        elif tag == "rPh":
            self.phonetic = False
        elif tag == "c" and 0 <= self.row < 1_048_576 and self.column < 16_384:
            self._take("".join(self.said))

    def data(self, text: str) -> None:
        if self.listening:
            self.said.append(text)

    def _take(self, said: str) -> None:
        """Note the cell that has just ended."""
        kind, value = TEXT, 0.0
        sort = self.facts.get("t", "n")
        if not said and sort not in ("s", "str", "inlineStr") and self.formula:
            kind, value = ERROR, self.cells.text(UNCALCULATED)
        elif not said:
            return
        elif sort == "s":
            value = self._shared(said.strip())
        elif sort in ("n", "b") and (number := _number(said)) is not None:
            kind, value = (NUMBER if sort == "n" else BOOLEAN), number
        else:
            kind = ERROR if sort == "e" else TEXT
            value = self.cells.text(unescape_controls(said))
        said_style = self.facts.get("s", "")
        style = int(said_style) if said_style.isdigit() and len(said_style) < 7 else 0
        self.found.append((self.row, self.column, kind, value, style))
        if len(self.found) >= FLUSH:
            self.close()

    def _shared(self, said: str) -> int:
        """The position of a shared text; one that the table does not have is no other text."""
        if re.fullmatch(r"[0-9]{1,9}", said) and int(said) < len(self.cells.shared):
            return int(said)
        address = f"{column_letter(self.column)}{self.row + 1}"
        raise InputError(
            f"{self.cells.path} is damaged: cell {address} names a text that the file does not have. Open it in Excel,"
            " save it again and retry."
        )

    def close(self) -> None:
        """Hand over what was found since the last time."""
        if self.found:
            rows, columns, kinds, values, styles = zip(*self.found, strict=True)
            self.cells.add(
                np.array(rows, np.int32),
                np.array(columns, np.int32),
                np.array(kinds, np.uint8),
                np.array(values, float),
                np.array(styles, np.int32),
            )
            self.found.clear()


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) != float("inf") and number == number else None
