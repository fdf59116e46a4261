"""What openpyxl would drop from a workbook that it loads and saves, found in the package before anything is written."""

from __future__ import annotations

import re
import zipfile
from importlib.util import find_spec
from pathlib import Path

# Parts by the beginning of their names, and what a reader calls them.
PARTS = {
    "xl/slicer": "slicers",
    "xl/timeline": "timelines",
    "xl/threadedComments/": "threaded comments",
    "xl/queryTables/": "query tables",
    "xl/connections.xml": "data connections",
    "xl/model/": "a data model",
    "xl/richData/": "linked data types or pictures in cells",
    "xl/metadata.xml": "spilling formulas",
    "xl/webextensions/": "web add-ins",
    "xl/externalLinks/": "",  # openpyxl keeps them
}
# Content by a pattern in the parts of a kind.
_SHAPES = re.compile(rb"<(?:xdr:)?(?:sp|grpSp|cxnSp)[ >]|AlternateContent")
_SPARKLINES = re.compile(rb"<x14:sparklineGroup[ >]")
_NEW_RULES = re.compile(rb"<x14:(?:conditionalFormatting|dataValidation)[ >]")
_HEADER_PICTURE = re.compile(rb"<legacyDrawingHF[ >]")
_CONTROLS = re.compile(rb"<(?:controls|oleObjects)[ >]")


def losses(path: str | Path) -> list[str]:
    """What would be lost, as a reader names it, each with its part; [] if nothing would.

    Raises
    ------
    zipfile.BadZipFile
        If the file is no package.
    """
    found: list[str] = []
    with zipfile.ZipFile(path) as package:
        names = package.namelist()
        for beginning, what in PARTS.items():
            if what and any(name.startswith(beginning) for name in names):
                found.append(what)
        for name in names:
            if re.fullmatch(r"xl/drawings/drawing\d+\.xml", name):
                content = package.read(name)
                if _SHAPES.search(content):
                    found.append(f"shapes, text boxes or newer charts ({name})")
            elif re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name):
                content = package.read(name)
                for pattern, what in (
                    (_SPARKLINES, "sparklines"),
                    (_NEW_RULES, "conditional formats or validations of the newer kind"),
                    (_HEADER_PICTURE, "a picture in the page header or footer"),
                    (_CONTROLS, "form controls or embedded objects"),
                ):
                    if pattern.search(content):
                        found.append(f"{what} ({name})")
        pictures = any(re.fullmatch(r"xl/media/.+\.(?:png|jpe?g|gif|bmp)", name, re.IGNORECASE) for name in names)
        if pictures and find_spec("PIL") is None:
            found.append("pictures, unless the package Pillow is installed")
    return found
