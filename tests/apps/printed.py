"""What a printed page holds: how small its smallest letters are, and how much of its height is filled."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

XHTML = "{http://www.w3.org/1999/xhtml}"
# The footer's letters, in points; they are not scaled with the sheet.
FOOTER = 8.0


@dataclass(frozen=True)
class Printed:
    """A page: its words with their heights in points, and the share of the height that they fill."""

    words: tuple[tuple[str, float], ...]
    smallest: float
    filled: float

    @property
    def text(self) -> str:
        return " ".join(word for word, _ in self.words)


def pages(pdf: str | Path) -> list[Printed]:
    """Every page of a printed workbook."""
    found = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True).stdout
    return [_page(page) for page in ElementTree.fromstring(_clean(found)).iter(f"{XHTML}page")]


def _clean(text: bytes) -> str:
    """The page's XML without signs that XML cannot hold."""
    return "".join(sign for sign in text.decode("utf-8", "replace") if sign >= " " or sign in "\n\t")


def _page(page: ElementTree.Element) -> Printed:
    whole = float(page.get("height", "0"))
    boxes = [
        (word.text or "", *(float(word.get(side, "0")) for side in ("yMin", "yMax", "xMin", "xMax")))
        for word in page.iter(f"{XHTML}word")
    ]
    bottom = max(top for text, top, *_ in boxes)
    footer = [box for box in boxes if box[1] > bottom - 3]
    unit = (footer[0][2] - footer[0][1]) / FOOTER
    body = [box for box in boxes if box[1] <= bottom - 3]
    # A word on its side is higher than it is wide.
    upright = [
        (text, (low - top) / unit) for text, top, low, left, right in body if len(text) < 2 or low - top < right - left
    ]
    filled = (max(box[2] for box in body) - min(box[1] for box in body)) / (whole - (0.6 + 0.7) * 72) if body else 0.0
    return Printed(tuple(upright), min((size for _, size in upright), default=FOOTER), filled)
