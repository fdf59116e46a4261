"""What openpyxl leaves undone when it saves: the values of formulas, and the order of a font's parts."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# A formula cell as XlsxWriter and Excel write it, and as openpyxl does, whose value is always empty.
_HELD = re.compile(rb'<c r="([A-Z]+\d+)"([^>]*)>\s*<f[^>]*?(?:/>|>[^<]*</f>)\s*<v>([^<]*)</v>\s*</c>')
_EMPTY = re.compile(rb'<c r="([A-Z]+\d+)"([^>]*)>(<f[^>]*?(?:/>|>[^<]*</f>))(?:<v\s*/>|<v></v>)?</c>')
_TYPE = re.compile(rb'\st="(\w+)"')
_FONT = re.compile(rb"<font>(.*?)</font>", re.DOTALL)
_PART = re.compile(rb"<(\w+)[^>]*/>")
FONT_ORDER = b"b i strike condense extend outline shadow u vertAlign sz color name family charset scheme".split()

Values = Mapping[bytes, tuple[bytes, bytes]]


def sheet_parts(package: zipfile.ZipFile) -> dict[str, str]:
    """Each worksheet's part by its name."""
    relations = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - expat fetches nothing and bounds entities
    targets = {relation.get("Id"): relation.get("Target") or "" for relation in relations}
    found = {}
    for sheet in ElementTree.fromstring(package.read("xl/workbook.xml")).iter(f"{MAIN}sheet"):  # noqa: S314 - expat fetches nothing and bounds entities
        part = targets[sheet.get(RELATION)]
        part = part.lstrip("/") if part.startswith("/") else posixpath.normpath(posixpath.join("xl", part))
        if "/worksheets/" in part:
            found[sheet.get("name") or ""] = part
    return found


def formula_values(path: Path) -> dict[str, Values]:
    """By sheet and address, the type and value that a file holds for each formula."""
    found: dict[str, Values] = {}
    with zipfile.ZipFile(path) as package:
        for name, part in sheet_parts(package).items():
            cells = {}
            for address, attributes, value in _HELD.findall(package.read(part)):
                kind = _TYPE.search(attributes)
                # A number without a digit is what openpyxl writes of a formula whose value it does not know.
                if value or kind:
                    cells[address] = (kind[1] if kind else b"n", value)
            found[name] = cells
    return found


def put_back(path: Path, sources: Iterable[Mapping[str, Values]]) -> None:
    """Rewrite a package that openpyxl saved, with the values that the sources hold for the formulas of its sheets."""
    values: dict[str, Values] = {}
    for source in sources:
        values |= source
    with zipfile.ZipFile(path) as package:
        items = [(item, package.read(item)) for item in package.infolist()]
        parts = {part: name for name, part in sheet_parts(package).items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for item, data in items:
            if item.filename in parts:
                data = _with_values(data, values.get(parts[item.filename], {}))
            elif item.filename == "xl/styles.xml":
                data = _FONT.sub(_ordered, data)
            package.writestr(item, data, zipfile.ZIP_DEFLATED)


def _with_values(sheet: bytes, values: Values) -> bytes:
    def filled(match: re.Match[bytes]) -> bytes:
        address, attributes, formula = match.groups()
        if address not in values:
            return match[0]
        kind, value = values[address]
        kept = _TYPE.sub(b"", attributes)
        typed = b"" if kind == b"n" else b' t="' + kind + b'"'
        return b'<c r="' + address + b'"' + kept + typed + b">" + formula + b"<v>" + value + b"</v></c>"

    return _EMPTY.sub(filled, sheet)


def _ordered(match: re.Match[bytes]) -> bytes:
    """A font's parts in the order of the schema, which Excel does not mind but validators do."""
    parts = [(part[1], part[0]) for part in _PART.finditer(match[1])]
    if any(name not in FONT_ORDER for name, _ in parts):
        return match[0]
    return b"<font>" + b"".join(text for _, text in sorted(parts, key=lambda p: FONT_ORDER.index(p[0]))) + b"</font>"
