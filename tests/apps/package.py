"""An .xlsx, .xlsm or .xlam as its parts: parsed XML, relations, sheets and their cells. What `lint.py` looks at."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from xml.etree import ElementTree

from tests.apps.cell import position

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
XML = (".xml", ".rels", ".vml")
WORKBOOK = "xl/workbook.xml"


@dataclass(frozen=True)
class SheetCell:
    """A cell as the file has it."""

    sheet: str
    address: str
    kind: str  # the attribute t: n, s, str, inlineStr, b, e
    style: int
    raw: str | None  # the text of <v>
    text: str | None  # what a text cell says
    formula: str | None
    is_array: bool
    has_metadata: bool  # the attribute cm, which makes an array formula a spilling one

    @property
    def place(self) -> str:
        """Where it stands, for a message."""
        return f"{self.sheet}!{self.address}"


@dataclass
class Sheet:
    """A worksheet: its XML, and its cells in the file's order."""

    name: str
    part: str
    xml: ElementTree.Element
    cells: list[SheetCell] = field(default_factory=list)

    @cached_property
    def text_at(self) -> dict[tuple[int, int], str]:
        """The texts by (column, row)."""
        return {position(cell.address): cell.text for cell in self.cells if cell.text is not None}


class Package:
    """The parts of a workbook file; a part that is not well-formed is in `broken` and not in `xml`."""

    def __init__(self, path: str | Path):
        with zipfile.ZipFile(path) as archive:
            self.entries = archive.namelist()
            self.xml: dict[str, ElementTree.Element] = {}
            self.broken: dict[str, str] = {}
            for name in self.entries:
                if name.endswith(XML):
                    try:
                        self.xml[name] = ElementTree.fromstring(archive.read(name))
                    except ElementTree.ParseError as error:
                        self.broken[name] = str(error)
        self.names = set(self.entries)

    @cached_property
    def targets(self) -> dict[tuple[str, str], str]:
        """Where relations inside the package lead: (the relations part, relation id) -> part."""
        found = {}
        for name, tree in self.xml.items():
            if not name.endswith(".rels"):
                continue
            folder = posixpath.dirname(posixpath.dirname(name))
            for relation in tree:
                target = relation.get("Target")
                # A shape's link to a cell ("#Bridge!A1") leads to no part.
                if relation.get("TargetMode") != "External" and not target.startswith("#"):
                    whole = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                    found[name, relation.get("Id")] = posixpath.normpath(whole)
        return found

    def target(self, part: str, relation: str | None) -> str | None:
        """The part that a relation of `part` leads to."""
        folder, name = posixpath.split(part)
        return self.targets.get((f"{folder}/_rels/{name}.rels", relation))

    def leads_out(self, part: str, relation: str | None) -> bool:
        """Whether a relation of `part` leads to another file or address."""
        folder, name = posixpath.split(part)
        relations = self.xml.get(f"{folder}/_rels/{name}.rels", ())
        return any(each.get("Id") == relation and each.get("TargetMode") == "External" for each in relations)

    @cached_property
    def sheet_names(self) -> list[str]:
        """The names of all sheets, in order."""
        return [sheet.get("name") for sheet in self.xml[WORKBOOK].iter(f"{MAIN}sheet")]

    @cached_property
    def sheets(self) -> list[Sheet]:
        """The worksheets with their cells."""
        found = []
        for entry in self.xml[WORKBOOK].iter(f"{MAIN}sheet"):
            part = self.target(WORKBOOK, entry.get(RELATION_ID))
            if part in self.xml and self.xml[part].tag == f"{MAIN}worksheet":
                sheet = Sheet(entry.get("name"), part, self.xml[part])
                sheet.cells.extend(self._cells(sheet))
                found.append(sheet)
        return found

    @cached_property
    def shared_strings(self) -> list[str]:
        """The shared strings in order."""
        tree = self.xml.get("xl/sharedStrings.xml")
        return [] if tree is None else [_text(item) for item in tree.iter(f"{MAIN}si")]

    @cached_property
    def style_count(self) -> int:
        """How many cell formats the stylesheet has."""
        tree = self.xml.get("xl/styles.xml")
        return 1 if tree is None else len(tree.find(f"{MAIN}cellXfs"))

    @cached_property
    def defined_names(self) -> list[ElementTree.Element]:
        """The defined names, the built-in ones as well."""
        return list(self.xml[WORKBOOK].iter(f"{MAIN}definedName"))

    def tables(self, sheet: Sheet) -> Iterator[ElementTree.Element]:
        """The tables of a sheet, as far as their parts are there."""
        for part in sheet.xml.iter(f"{MAIN}tablePart"):
            name = self.target(sheet.part, part.get(RELATION_ID))
            if name in self.xml:
                yield self.xml[name]

    def _cells(self, sheet: Sheet) -> Iterator[SheetCell]:
        for element in sheet.xml.iter(f"{MAIN}c"):
            kind, raw, formula = element.get("t", "n"), element.findtext(f"{MAIN}v"), element.find(f"{MAIN}f")
            text = None
            if kind == "s" and raw is not None and raw.isdigit() and int(raw) < len(self.shared_strings):
                text = self.shared_strings[int(raw)]
            elif kind in ("str", "inlineStr"):
                text = raw or "" if kind == "str" else _text(element)
            yield SheetCell(
                sheet=sheet.name,
                address=element.get("r"),
                kind=kind,
                style=int(element.get("s", 0)),
                raw=raw,
                text=text,
                formula=None if formula is None else formula.text or "",
                is_array=formula is not None and formula.get("t") == "array",
                has_metadata=element.get("cm") is not None,
            )


def _text(element: ElementTree.Element) -> str:
    return "".join(part.text or "" for part in element.iter(f"{MAIN}t"))
