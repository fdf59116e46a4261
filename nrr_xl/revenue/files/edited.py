"""The budget for a workbook that is edited in place, where every cell, text and style becomes an object."""

from __future__ import annotations

from pathlib import Path

from nrr_xl.errors import InputError
from nrr_xl.revenue.files.archive import check_archive
from nrr_xl.revenue.files.budget import EDITED_BYTES, EDITED_CELLS, TREE_BYTES, refuse_over
from nrr_xl.revenue.files.opening import file_bytes
from nrr_xl.revenue.files.package import NotAnXlsx, Package

_ADVICE = "Write the result into a smaller workbook, or into one of its own."


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
            cells += sum(piece.count(b"<c ") + piece.count(b":c ") for piece in package.stream(name))
            refuse_over(str(path), "cells", cells, EDITED_CELLS, _ADVICE)
        elif "sharedStrings" in name:
            texts += sum(piece.count(b"<si") + piece.count(b":si") for piece in package.stream(name))
            refuse_over(str(path), "texts", texts, EDITED_CELLS, _ADVICE)
        elif size > TREE_BYTES:
            raise InputError(f"{path}: {name} unpacks to {size:,} bytes, too many to be edited. {_ADVICE}")
    # Looking at the styles refuses those that are too many or too long.
    _ = package.style_kinds
