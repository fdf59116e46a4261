"""A second count of the cells of an .xlsx, by cutting its XML apart and with nothing of the fast tokeniser."""

from __future__ import annotations

import math
import re

import numpy as np

from nrr_xl.revenue.files.collected import Cells
from nrr_xl.revenue.files.grid import ERROR, NUMBER, TEXT
from nrr_xl.revenue.files.proven import same_sum

# A cell as a whole: what stands in its tag, its formula, its value, its text in place.
_CELL = re.compile(
    rb"<c(?=[ >])([^>]*)(?<!/)>\s*"
    rb"(?:(<f)(?:[^>]*/>|[^>]*>[^<]*</f>))?\s*(?:<v>([^<]*)</v>|<v/>)?\s*(<is>.*?</is>)?[^<]*</c>",
    re.DOTALL,
)


class NotPlain(Exception):
    """The XML is not of the kind that the fast tokeniser knows."""


def prove_counts(chunk: bytes, cells: Cells) -> None:
    """Count the tags of values and of types in a chunk, and compare with the cells that were read of it."""
    _, _, kinds, _, _ = cells.pieces[-1] if cells.pieces else cells.arrays()
    valued = chunk.count(b"<v>") - chunk.count(b"<v></v>")
    others = chunk.count(b"<is") + chunk.count(b"<f")
    numbers, texts = int(np.count_nonzero(kinds == NUMBER)), int(np.count_nonzero(kinds == TEXT))
    typed = chunk.count(b' t="')
    if not valued <= kinds.size <= valued + others or numbers < valued - typed or texts > typed:
        raise NotPlain


def prove_money(chunk: bytes, cells: Cells) -> None:
    """Count the cells and the money of a chunk a second time, by cutting its text apart, and compare."""
    _, _, kinds, values, _ = cells.pieces[-1] if cells.pieces else cells.arrays()
    filled, said = 0, []
    for tag, formula, value, inline in _CELL.findall(chunk):
        if value:
            filled += 1
            if b' t="' not in tag or b' t="n"' in tag:
                said.append(value)
        elif inline:
            filled += not inline.endswith((b"<t/></is>", b"></t></is>"))
        elif formula and b' t="str"' not in tag and b' t="inlineStr"' not in tag:
            filled += 1
    try:
        numbers = [float(each) for each in said]
    except ValueError:
        raise NotPlain from None
    total, size = math.fsum(numbers), math.fsum(map(abs, numbers))
    money = float(values[kinds == NUMBER].sum())
    if filled != kinds.size or not same_sum(money, total, size):
        raise NotPlain


def prove_same(cells: Cells, first: int, other: Cells) -> None:
    """Compare the cells of the pieces from one on with those that another way found in the same rows."""
    ours, theirs = cells.arrays(first), other.arrays()
    shared = len(cells.shared)
    place = np.array([*range(shared), *(cells.texts.get(text, -1) for text in other.texts)], float)
    spoken = np.isin(theirs[2], (TEXT, ERROR))
    theirs[3][spoken] = place[theirs[3][spoken].astype(np.int64)]
    if not all(map(np.array_equal, ours, theirs)):
        raise NotPlain
