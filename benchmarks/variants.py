"""A workbook as other programs write it: without addresses, with a comment, under a prefix; same cells, same sheet."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import data

SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def _without_addresses(xml: bytes) -> bytes:
    return re.sub(rb'(<(?:c|row)) r="[A-Z]*[0-9]+"', rb"\1", xml)


def _with_a_comment(xml: bytes) -> bytes:
    return xml.replace(b"<sheetData>", b"<sheetData><!-- made by another program -->", 1)


def _under_a_prefix(xml: bytes) -> bytes:
    named = xml.replace(NAMESPACE, NAMESPACE.replace(b"xmlns=", b"xmlns:x="), 1)
    return re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", named)


VARIANTS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda xml: xml,
    "without addresses": _without_addresses,
    "with a comment": _with_a_comment,
    "under x:": _under_a_prefix,
}


def variant(size: str, name: str) -> Path:
    """A long workbook of a size in one of the variants, made on first use."""
    path = data.CACHE / f"long_{size}_{name.replace(' ', '_').replace(':', '')}.xlsx"
    if path.exists():
        return path
    source = data.long_workbook(size)
    beside = path.with_suffix(".part")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            held = old.read(part)
            new.writestr(part, VARIANTS[name](held) if part == SHEET else held)
    beside.replace(path)
    return path
