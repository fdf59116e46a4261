"""Cells of a worksheet as they are collected, before they stand in a grid."""

from __future__ import annotations

from typing import Any

import numpy as np

from nrr_xl.revenue.files.budget import CELLS, TEXTS, refuse_over
from nrr_xl.revenue.files.grid import BLANK
from nrr_xl.revenue.files.sharedtexts import unescape


class Cells:
    """Cells collected so far, as parallel arrays, and the texts that are not in the shared table.

    A value is the number, or for a text and an error its position in the shared table followed by `texts`. `pieces` are
    rows, columns, kinds, values and styles of some cells; columns, kinds and styles may be one for all of them.
    """

    def __init__(self, shared: tuple[str, ...], path: str = ""):
        self.shared, self.path = shared, path
        self.count = 0
        self.texts: dict[str, int] = {}
        self._raw: dict[bytes, int] = {}
        self.pieces: list[tuple[Any, ...]] = []
        self.hidden_rows: list[int] = []

    def text(self, text: str) -> int:
        """The position of a text that is not in the shared table."""
        return self.texts.setdefault(text, len(self.texts) + len(self.shared))

    def raw(self, chunk: bytes, begins: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """The same for texts as they stand in the XML, between pairs of places; each distinct one is decoded once.

        Raises UnicodeDecodeError where they are not in UTF-8, which would make different names alike.
        """
        return self.coded([chunk[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)])

    def coded(self, texts: list[bytes]) -> np.ndarray:
        """The same for texts that are cut out already."""
        for data in dict.fromkeys(texts):
            if data not in self._raw:
                self._raw[data] = self.text(unescape(data.decode("utf-8")))
        return np.fromiter(map(self._raw.__getitem__, texts), float, len(texts))

    def add(self, rows: np.ndarray, columns: np.ndarray, kinds: Any, values: Any, styles: Any) -> None:
        """Keep cells; blank ones, of which a sheet may declare millions, are left out."""
        filled = kinds != BLANK
        piece = (rows, columns, kinds, values, styles)
        self._keep(piece if filled.all() else tuple(part[filled] for part in piece))

    def add_column(self, rows: np.ndarray, column: int, kind: int, values: np.ndarray, style: Any) -> None:
        """Keep filled cells of one column that are all of a kind."""
        self._keep((rows, column, kind, values, style))

    def _keep(self, piece: tuple[Any, ...]) -> None:
        self.pieces.append(piece)
        self.count += piece[0].size
        refuse_over(self.path, "cells", self.count, CELLS)
        refuse_over(self.path, "different texts", len(self.texts) + len(self.shared), TEXTS)

    def extent(self) -> tuple[int, int]:
        """How many rows and columns the cells reach over."""
        rows = max((int(piece[0].max()) for piece in self.pieces if piece[0].size), default=-1)
        columns = max((int(np.max(piece[1])) for piece in self.pieces if piece[0].size), default=-1)
        return rows + 1, columns + 1

    def farthest(self, part: int) -> tuple[int, int]:
        """The row and the column of the first cell of the last row (part 0) or of the last column (1)."""
        last = self.extent()[part] - 1
        piece = next(it for it in self.pieces if it[0].size and np.max(it[part]) == last)
        rows, columns = np.broadcast_arrays(piece[0], piece[1])
        at = int(np.argmax((rows, columns)[part]))
        return int(rows[at]), int(columns[at])

    def arrays(self, first: int = 0) -> tuple[np.ndarray, ...]:
        """The cells of the pieces from one on, row by row: rows, columns, kinds, values and styles."""
        pieces = [[np.broadcast_to(part, piece[0].shape) for part in piece] for piece in self.pieces[first:]]
        if not pieces:
            empty = np.zeros(0, np.int32)
            return empty, empty, empty.astype(np.uint8), empty.astype(float), empty
        arrays = [np.concatenate(part) for part in zip(*pieces, strict=True)]
        order = np.lexsort((arrays[1], arrays[0]))
        return tuple(part[order] for part in arrays)
