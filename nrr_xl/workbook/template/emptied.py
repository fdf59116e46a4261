"""A template without the values of its formulas: before anything calculates it shows no one's figures."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from nrr_xl.workbook.onecell import escape
from nrr_xl.workbook.recached import sheet_parts
from nrr_xl.workbook.texts import texts

_FORMULA = re.compile(rb'<c r="([A-Z]+\d+)"([^>]*)>(<f>[^<]*</f>)<v>([^<]*)</v></c>')
_TYPE = re.compile(rb'\st="\w+"')
_CACHE = re.compile(rb"<c:(num|str)Cache>.*?</c:\1Cache>", re.DOTALL)
_TITLE = re.compile(
    rb"(<c:title>\s*<c:tx>\s*<c:strRef>\s*<c:f>([^<]*)</c:f>)(?:\s*<c:strCache>.*?</c:strCache>)?", re.DOTALL
)
# What a chart's title says while its cell says nothing: where it is not told, LibreOffice shows "Chart Title".
NO_TITLE = "\u00a0".encode()


def rewrite(path: Path, parts: Mapping[str, Callable[[bytes], bytes]]) -> None:
    """Change parts of a package and leave all others as they are."""
    with zipfile.ZipFile(path) as package:
        items = [(item, package.read(item)) for item in package.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for item, data in items:
            package.writestr(item, parts.get(item.filename, bytes)(data), zipfile.ZIP_DEFLATED)


def without_values(path: Path) -> None:
    """Take every formula's value out but the Calculator's, which stand on no row; the status line asks for rows."""
    with zipfile.ZipFile(path) as package:
        sheets = {part: name for name, part in sheet_parts(package).items()}
        charts = [name for name in package.namelist() if name.startswith("xl/charts/chart")]
    calculator = texts()["sheets"]["calculator"]
    changes = {part: _asking if name == calculator else _blank for part, name in sheets.items()}
    rewrite(path, changes | dict.fromkeys(charts, lambda chart: titled(_CACHE.sub(b"", chart), lambda cell: NO_TITLE)))


def titled(chart: bytes, said: Callable[[bytes], bytes]) -> bytes:
    """A chart whose title, if it is the text of a cell, is what is `said` for the cell's reference."""

    def told(match: re.Match[bytes]) -> bytes:
        point = b'<c:ptCount val="1"/><c:pt idx="0"><c:v>' + said(match[2]) + b"</c:v></c:pt>"
        return match[1] + b"<c:strCache>" + point + b"</c:strCache>"

    return _TITLE.sub(told, chart)


def _status(value: bytes) -> bytes:
    """The status line of a template without rows, in place of that of the example; b"" of any other value."""
    words = texts()["checks"]
    if value.decode() != escape(words["passed"]):
        return b""
    return escape(words["broken"].format(what=texts()["template_check_messages"]["rows"])).encode()


def _blank(sheet: bytes) -> bytes:
    def emptied(match: re.Match[bytes]) -> bytes:
        address, attributes, formula, value = match.groups()
        status = _status(value)
        kept = _TYPE.sub(b"", attributes) + (b' t="str"' if status else b"")
        shown = b"<v>" + status + b"</v>" if status else b""
        return b'<c r="' + address + b'"' + kept + b">" + formula + shown + b"</c>"

    return _FORMULA.sub(emptied, sheet)


def _asking(sheet: bytes) -> bytes:
    """The Calculator with the status line of an empty template."""
    return _FORMULA.sub(lambda match: match[0].replace(match[4], _status(match[4]) or match[4]), sheet)
