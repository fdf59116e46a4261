"""Cells of a worksheet as they are collected, before they stand in a grid."""

from __future__ import annotations

from typing import Any

import numpy as np

from nrr_xl.revenue.files.budget import CELLS, TEXTS, refuse_over
from nrr_xl.revenue.files.grid import BLANK
from nrr_xl.revenue.files.sharedtexts import unescape


class Cells:
    """Cells collected so far, as parallel arrays, and the texts that are not in the shared table.

    A value is the number, or for a text and an error its position in the shared table followed by `texts`.
    """

    def __init__(self, shared: tuple[str, ...], path: str = ""):
        self.shared, self.path = shared, path
        self.count = 0
        self.texts: dict[str, int] = {}
        self._raw: dict[bytes, int] = {}
        self.pieces: list[tuple[np.ndarray, ...]] = []
        self.hidden_rows: list[int] = []

    def text(self, text: str) -> int:
        """The position of a text that is not in the shared table."""
        return self.texts.setdefault(text, len(self.texts) + len(self.shared))

    def raw(self, chunk: bytes, begins: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """The same for texts as they stand in the XML, between pairs of places; each distinct one is decoded once.

        Raises UnicodeDecodeError where they are not in UTF-8, which would make different names alike.
        """
        slices = [chunk[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
        for data in dict.fromkeys(slices):
            if data not in self._raw:
                self._raw[data] = self.text(unescape(data.decode("utf-8")))
        return np.fromiter(map(self._raw.__getitem__, slices), float, len(slices))

    def add(self, rows: np.ndarray, columns: np.ndarray, kinds: Any, values: Any, styles: Any) -> None:
        """Keep cells; blank ones, of which a sheet may declare millions, are left out."""
        filled = kinds != BLANK
        piece = (rows, columns, kinds, values, styles)
        self.pieces.append(piece if filled.all() else tuple(part[filled] for part in piece))
        self.count += int(np.count_nonzero(filled))
        refuse_over(self.path, "cells", self.count, CELLS)
        refuse_over(self.path, "different texts", len(self.texts) + len(self.shared), TEXTS)

    def arrays(self) -> tuple[np.ndarray, ...]:
        if not self.pieces:
            empty = np.zeros(0, np.int32)
            return empty, empty, empty.astype(np.uint8), empty.astype(float), empty
        return tuple(np.concatenate(piece) for piece in zip(*self.pieces, strict=True))
