"""What a workbook would lose if openpyxl read and saved it: found by trying, on a copy in memory."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

# Parts that a program makes anew when it saves, or that hold nothing a reader sees.
REMADE = re.compile(
    r"Content_Types|\.rels$|calcChain|sharedStrings|printerSettings|vmlDrawing|docProps/(app|core|thumb)"
    r"|xl/(theme|styles|workbook)|xl/charts/(style|colors)\d*\.xml|/$"
)
PARTS = {
    "xl/media/image": "pictures (they are kept where the package pillow is installed)",
    "xl/charts/chartEx": "charts of the newer kinds, such as Excel's own waterfall",
    "xl/comments/comment": "comments",
    "xl/threadedComments/threadedComment": "threaded comments",
    "xl/drawings/drawing": "drawings",
    "xl/slicers/slicer": "slicers",
    "xl/ctrlProps/ctrlProp": "form controls",
    "xl/metadata": "spilling formulas",
    "xl/timelines/timeline": "timelines",
    "xl/queryTables/queryTable": "query tables",
    "xl/connections": "data connections",
    "xl/model/item": "a data model",
    "xl/webextensions/webextension": "web add-ins",
}
# What is counted within sheets, drawings and charts: one less afterwards is one lost.
LOOKED_INTO = re.compile(r"xl/(worksheets/sheet|drawings/drawing|charts/chart)\d+\.xml$")
FEATURES = {
    "cfRule": "conditional formats",
    "dataValidation": "data validations",
    "sparkline": "sparklines",
    "control": "form controls",
    "legacyDrawingHF": "a picture in the page header or footer",
    "oleObject": "embedded objects",
    "scenario": "scenarios",
    "customSheetView": "custom views",
    "sp": "shapes or text boxes",
    "cxnSp": "connector lines",
    "grpSp": "grouped shapes",
    "pic": "pictures",
    "ser": "chart series",
    "dLbl": "chart labels",
    "trendline": "trend lines",
    "errBars": "error bars",
    "datalabelsRange": "chart labels taken from cells",
}


def losses(path: Path) -> list[str]:
    """What would be missing after openpyxl has saved the workbook, as readable lines; [] where nothing is lost."""
    import openpyxl

    saved = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        openpyxl.load_workbook(path, keep_vba=path.suffix.lower() == ".xlsm", rich_text=True).save(saved)
    return lost_between(path, saved)


def lost_between(before: Path, after: Path | io.BytesIO) -> list[str]:
    """What one package holds and another, made from it, does not."""
    lost = _census(before) - _census(after)
    return sorted({PARTS.get(name) or FEATURES.get(name) or name for name in lost})


def _census(path: Path | io.BytesIO) -> Counter[Any]:
    """How many parts of each kind a package has, and how often each feature occurs in its sheets and drawings."""
    census: Counter[Any] = Counter()
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if REMADE.search(name):
                continue
            census[_kind(name)] += 1
            if LOOKED_INTO.search(name):
                with package.open(name) as stream:
                    tags = (element.tag.rpartition("}")[2] for _, element in ElementTree.iterparse(stream))  # noqa: S314 - expat fetches nothing and bounds entities
                    census.update(tag for tag in tags if tag in FEATURES)
    return census


def _kind(name: str) -> str:
    """A part's path without its number; programs differ in where they keep comments."""
    stem = re.sub(r"\d+(\.\w+)?$|\.\w+$", "", name)
    return "xl/comments/comment" if stem == "xl/comments" else stem
