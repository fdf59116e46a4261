"""A second count of the cells of an .ods, by a parser over its XML and with nothing of the reader's library."""

from __future__ import annotations

import io
import zipfile
from xml.parsers import expat

from nrr_xl.revenue.files.tally import Tally

_NUMBERS = frozenset(("float", "percentage", "currency"))


def ods_tallies(data: bytes) -> list[Tally]:
    """The tally of each sheet in their order; repeated cells and rows count as often as they are repeated.

    Raises
    ------
    zipfile.BadZipFile, KeyError, ExpatError, ...
        If the bytes are no such file; the reader proper will say so.
    """
    counter = _Counter()
    parser = expat.ParserCreate()
    parser.StartElementHandler = counter.start
    parser.EndElementHandler = counter.end
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("content.xml") as part:
        while piece := part.read(1 << 20):
            parser.Parse(piece, False)
    return counter.tallies


class _Counter:
    """Handlers of an XML parser that count the cells of every sheet."""

    def __init__(self) -> None:
        self.tallies: list[Tally] = []
        self.row = self.column = 0
        self.times = 1

    def start(self, name: str, facts: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "table" and name != "office:table":
            self.tallies.append(Tally(with_dates=False))
            self.row = 0
        elif tag == "table-row":
            self.column, self.times = 0, _count(facts, "table:number-rows-repeated")
        elif tag in ("table-cell", "covered-table-cell") and self.tallies:
            across, kind = _count(facts, "table:number-columns-repeated"), facts.get("office:value-type", "")
            last = self.column + across - 1
            if kind in _NUMBERS:
                value = _number(facts.get("office:value", ""))
                self.tallies[-1].number(self.row + self.times - 1, last, value, across * self.times)
            elif kind:
                self.tallies[-1].other(self.row + self.times - 1, last, across * self.times)
            self.column = last + 1

    def end(self, name: str) -> None:
        if name.rpartition(":")[2] == "table-row":
            self.row += self.times


def _count(facts: dict[str, str], name: str) -> int:
    text = facts.get(name, "1")
    return max(int(text), 1) if text.isdigit() and len(text) < 10 else 1


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
