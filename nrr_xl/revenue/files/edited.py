"""The budget for a workbook that is edited in place, where every cell, text and style becomes an object."""

from __future__ import annotations

import re
from pathlib import Path

from nrr_xl.errors import InputError
from nrr_xl.revenue.files.archive import check_archive
from nrr_xl.revenue.files.budget import EDITED_BYTES, EDITED_CELLS, EDITED_MERGES, TREE_BYTES, refuse_over
from nrr_xl.revenue.files.grid import parse_range
from nrr_xl.revenue.files.opening import file_bytes
from nrr_xl.revenue.files.package import NotAnXlsx, Package

_ADVICE = "Write the result into a smaller workbook, or into one of its own."

_MERGE = re.compile(rb"mergeCell\b[^>]*?\bref\s*=\s*[\"']([A-Z0-9:$]{1,40})[\"']")


def check_edited(path: Path) -> None:
    """Refuse a workbook that another library could not open within the budget.

    What is no workbook passes: whoever opens it says so.

    Raises
    ------
    InputError
        If it is no ordinary file, an archive made to hurt, or holds too many cells, texts, styles or bytes of XML.
    """
    data = file_bytes(path)
    check_archive(data, str(path))
    try:
        package = Package(data, str(path))
    except NotAnXlsx:
        return
    cells = texts = total = 0
    for name in package.parts:
        if not name.endswith((".xml", ".rels", ".vml")):
            continue
        size = package.size(name)
        total += size
        refuse_over(str(path), "bytes of XML", total, EDITED_BYTES, _ADVICE)
        if name.startswith("xl/worksheets/"):
            found, merges, merged = _tally(package, name)
            cells += found + merged
            refuse_over(str(path), "merged areas", merges, EDITED_MERGES, _ADVICE)
            refuse_over(str(path), "cells", cells, EDITED_CELLS, _ADVICE)
        elif "sharedStrings" in name:
            texts += sum(piece.count(b"<si") + piece.count(b":si") for piece in package.stream(name))
            refuse_over(str(path), "texts", texts, EDITED_CELLS, _ADVICE)
        elif size > TREE_BYTES:
            raise InputError(f"{path}: {name} unpacks to {size:,} bytes, too many to be edited. {_ADVICE}")
    # Looking at the styles refuses those that are too many or too long.
    _ = package.style_kinds


def _tally(package: Package, part: str) -> tuple[int, int, int]:
    """The cells of a sheet's part, its merged areas, and the cells below these, each of which becomes an object too."""
    cells = merges = merged = 0
    rest = b""
    for piece in package.stream(part):
        # A tag that the next piece ends is looked at with it.
        whole, begun, rest = (rest + piece).rpartition(b"<")
        rest = begun + rest
        cells += whole.count(b"<c ") + whole.count(b":c ")
        for reference in _MERGE.findall(whole):
            merges += 1
            if corners := parse_range(reference.decode()):
                top, left, bottom, right = corners
                merged += (bottom - top + 1) * (right - left + 1)
    return cells, merges, merged
