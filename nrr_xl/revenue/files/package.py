"""The parts of an .xlsx package other than its cells: sheets, tables, names, date formats, shared texts.

An .xlsx is a zip of XML from who knows where, so sizes are checked before anything is inflated and a document type
(the door to entity attacks) is refused.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.records import struct
from nrr_xl.revenue.cells.amounts import SIGNS
from nrr_xl.revenue.files.archive import check_directory, check_names, check_size, reason
from nrr_xl.revenue.files.budget import (
    ELEMENTS,
    FORMAT_LENGTH,
    MEGABYTE,
    NAMED_RANGES,
    SHEETS,
    STYLES,
    TEXT_BYTES,
    TREE_BYTES,
    refuse_over,
)
from nrr_xl.revenue.files.grid import parse_range
from nrr_xl.revenue.files.sharedtexts import shared_texts
from nrr_xl.revenue.vocabulary import currency_codes

PLAIN, DATED, PERCENT = range(3)
_DATE_FORMATS = frozenset((*range(14, 18), 22, *range(27, 37), *range(50, 59)))
_PERCENT_FORMATS = frozenset((9, 10))


class NotAnXlsx(Exception):
    """The bytes are no .xlsx package; some other reader may know them."""


@struct()
class SheetPart:
    """A worksheet: its name, the path of its part, and whether the workbook shows it."""

    name: str
    part: str
    visible: bool = True


@struct()
class Region:
    """An Excel Table or a named range: its name, sheet and (top, left, bottom, right) counted from 0."""

    name: str
    sheet: str
    corners: tuple[int, int, int, int]
    is_table: bool


class Package:
    """An .xlsx or .xlsm opened for reading; parts are parsed when they are asked for."""

    def __init__(self, data: bytes, path: str):
        self.path = path
        check_directory(data, path)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._infos = {info.filename: info for info in self._zip.infolist()}
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
            raise NotAnXlsx(str(error)) from None
        check_names(self._zip, path)
        self._book_part = self._main_part()

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of all parts."""
        return tuple(self._infos)

    def size(self, part: str) -> int:
        """How many bytes a part unpacks to, at least 1."""
        return max(self._infos[part].file_size, 1)

    def stream(self, part: str, piece_size: int = 1 << 20) -> Iterator[bytes]:
        """A part's bytes in pieces, after a look at its size."""
        info = self._infos.get(part)
        if info is None:
            raise self._broken(f"the part {part} is missing")
        check_size(self.path, part, info.file_size, info.compress_size)
        if info.flag_bits & 1:
            raise InputError(f"{self.path}: the file is encrypted. Save it without a password and retry.")
        try:
            with self._zip.open(info) as file:
                while piece := file.read(piece_size):
                    yield piece
        except MemoryError:
            raise
        except Exception as error:
            # zlib, lzma and bz2 each have an error class of their own for damaged bytes.
            raise self._broken(f"{part} is damaged{reason(error)}") from None

    def tree(self, part: str) -> Element | None:
        """A small XML part as elements without namespaces; None where the package has no such part."""
        if part not in self._infos:
            return None
        return self.parse(self.bytes_of(part, TREE_BYTES), part)

    def bytes_of(self, part: str, limit: int = TEXT_BYTES) -> bytes:
        """A part as a whole, where that is within a limit."""
        size = self._infos[part].file_size if part in self._infos else 0
        if size > limit:
            large, most = size // MEGABYTE, limit // MEGABYTE
            raise InputError(
                f"{self.path}: {part} unpacks to {large:,} MB, over the {most} MB that are read of such a part. Save"
                " the revenue table alone in a new workbook, and retry."
            )
        return b"".join(self.stream(part))

    def parse(self, data: bytes, part: str) -> Element:
        """XML as elements without namespaces."""
        builder, count = TreeBuilder(), 0
        parser = self.parser(part)

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal count
            count += 1
            refuse_over(f"{self.path}: {part}", "elements", count, ELEMENTS)
            builder.start(
                tag.rpartition("}")[2], {name.rpartition("}")[2]: value for name, value in attributes.items()}
            )

        parser.StartElementHandler = start
        parser.EndElementHandler = lambda tag: builder.end(tag.rpartition("}")[2])
        parser.CharacterDataHandler = builder.data
        self.feed(parser, [data], part)
        return builder.close()

    def parser(self, part: str) -> Any:
        """An XML parser that refuses document types."""
        parser = expat.ParserCreate(namespace_separator="}")

        def refuse(*_: Any) -> None:
            raise self._broken(f"{part} declares a document type, which no workbook needs")

        parser.StartDoctypeDeclHandler = refuse
        parser.buffer_text = True
        return parser

    def feed(self, parser: Any, pieces: Iterable[bytes], part: str) -> None:
        """Run a parser over the pieces of a part."""
        try:
            for piece in pieces:
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, UnicodeError, LookupError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise self._broken(f"{part} is no XML ({error})") from None

    def _broken(self, why: str) -> InputError:
        return InputError(f"{self.path} is damaged: {why}. Open it in Excel, save it again and retry.")

    def _main_part(self) -> str:
        relations = self._relations("")
        for kind, target in relations.values():
            if kind.endswith("/officeDocument") and target in self._infos and target.endswith(".xml"):
                return target
        raise NotAnXlsx("it holds no workbook")

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """A part's relations, id -> (type, path of the target); targets outside the package are never followed."""
        folder, name = posixpath.split(part)
        root = self.tree(posixpath.join(folder, "_rels", f"{name}.rels"))
        found = {}
        for relation in root if root is not None else ():
            if relation.get("TargetMode") != "External" and relation.get("Target"):
                target = relation.get("Target", "")
                path = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
                found[relation.get("Id", "")] = (relation.get("Type", ""), path)
        return found

    @cached_property
    def _book(self) -> Element:
        root = self.tree(self._book_part)
        if root is None:
            raise self._broken("its workbook part is missing")
        return root

    @cached_property
    def sheets(self) -> tuple[SheetPart, ...]:
        """The worksheets in their order; chart and macro sheets are no worksheets."""
        relations = self._relations(self._book_part)
        found = []
        listed = self._book.findall("sheets/sheet")
        refuse_over(self.path, "sheets", len(listed), SHEETS)
        for sheet in listed:
            kind, part = relations.get(sheet.get("id", ""), ("", ""))
            if kind.endswith("/worksheet") and part in self._infos:
                found.append(SheetPart(sheet.get("name", ""), part, sheet.get("state", "visible") == "visible"))
        return tuple(found)

    @cached_property
    def epoch_shift(self) -> float:
        """Days between the workbook's day 0 and 1899-12-30: 1462 in the 1904 system."""
        properties = self._book.find("workbookPr")
        old_mac = properties is not None and properties.get("date1904", "0") in ("1", "true")
        return 1462.0 if old_mac else 0.0

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        """The workbook's Tables and its visible named ranges of more than one row and column."""
        found = []
        for sheet in self.sheets:
            for kind, part in self._relations(sheet.part).values():
                table = self.tree(part) if kind.endswith("/table") else None
                if table is not None and (corners := parse_range(table.get("ref", ""))):
                    found.append(Region(table.get("displayName") or table.get("name") or "", sheet.name, corners, True))
        # Among thousands of names none says which rows are meant, and each would be looked at.
        names = self._book.findall("definedNames/definedName")
        for name in names if len(names) <= NAMED_RANGES else ():
            label, _, reference = (name.text or "").rpartition("!")
            corners = parse_range(reference)
            builtin = name.get("name", "").startswith("_xlnm.") or name.get("hidden") in ("1", "true")
            if corners and not builtin and corners[2] > corners[0] and corners[3] > corners[1]:
                title = label[1:-1].replace("''", "'") if label.startswith("'") else label
                found.append(Region(name.get("name", ""), title, corners, False))
        return tuple(found)

    @cached_property
    def _formats(self) -> tuple[np.ndarray, tuple[str, ...]]:
        """For each cell style: plain, dated or percent; and the currency that its number format shows."""
        part = next((p for kind, p in self._relations(self._book_part).values() if kind.endswith("/styles")), "")
        root = self.tree(part)
        if root is None:
            return np.zeros(1, np.uint8), ("",)
        codes = {item.get("numFmtId"): item.get("formatCode", "") for item in root.iterfind("numFmts/numFmt")}
        kinds, currencies = [], []
        styles = root.findall("cellXfs/xf")
        refuse_over(self.path, "cell styles", len(styles), STYLES)
        for style in styles:
            number = style.get("numFmtId", "0")
            code = codes.get(number, "")
            if len(code) > FORMAT_LENGTH:
                raise self._broken(f"a number format has {len(code):,} characters")
            kinds.append(format_kind(int(number) if number.isdigit() and not code else -1, code))
            currencies.append(format_currency(code))
        return np.array(kinds or [PLAIN], np.uint8), tuple(currencies or [""])

    @property
    def style_kinds(self) -> np.ndarray:
        """What each cell style makes of a number: plain, dated or percent."""
        return self._formats[0]

    @property
    def style_currencies(self) -> tuple[str, ...]:
        """The currency each cell style shows, "" for none."""
        return self._formats[1]

    @cached_property
    def shared_texts(self) -> tuple[str, ...]:
        """The shared string table."""
        relations = self._relations(self._book_part).values()
        part = next((path for kind, path in relations if kind.endswith("/sharedStrings")), "")
        if part not in self._infos:
            return ()
        return shared_texts(self, part)


def format_kind(number: int, code: str) -> int:
    """Whether a number format shows dates, percentages or plain numbers.

    >>> [format_kind(-1, code) == DATED for code in ("mmm-yy", "[h]:mm", "#,##0.00 [$EUR]", "dd/mm/yyyy")]
    [True, False, False, True]
    """
    if not code:
        return DATED if number in _DATE_FORMATS else PERCENT if number in _PERCENT_FORMATS else PLAIN
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', "", code.split(";", maxsplit=1)[0]).lower()
    if "general" in bare:
        return PLAIN
    if re.search(r"[yd]|mmm", bare):
        return DATED
    return PERCENT if "%" in bare else PLAIN


def format_currency(code: str) -> str:
    """The currency that a number format shows, as its ISO code where it is known.

    >>> format_currency("#,##0.00 [$€-407]"), format_currency('"$"#,##0'), format_currency("0.0")
    ('EUR', 'USD', '')
    """
    for mark in re.findall(r"\[\$([^\]-]+)", code) + re.findall(r'"([^"]+)"', code) + re.findall(r"[$€£¥]", code):
        plain = mark.strip().upper()
        if plain in currency_codes():
            found: str = plain
            return found
        if plain in SIGNS:
            return SIGNS[plain]
    return ""
