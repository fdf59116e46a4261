"""Tables that stand side by side with a blank column between them: which one is meant is asked."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.revenue.findings import problem
from nrr_xl.revenue.table.layout import find_table
from nrr_xl.revenue.table.table import Table


def refuse_beside(table: Table, where: str, hints: Mapping[str, Any]) -> None:
    """Refuse a table that is two or more, each with customers of its own, naming the range of each."""
    grid, top = table.grid, max(table.header[0], 0)
    filled = grid.kinds[:, top : table.last + 1].any(axis=1)
    used = np.flatnonzero(filled)
    gaps = np.flatnonzero(np.diff(used) > 1)
    if not gaps.size or hints.get("columns"):
        return
    edges = [0, *(gaps + 1).tolist(), used.size]
    found = []
    for start, stop in itertools.pairwise(edges):
        part = grid.part(top, int(used[start]), table.last, int(used[stop - 1]))
        own = find_table(part, **{**hints, "header": (0, table.header[1] - top), "header_row": None})
        if own and not own.guessed and (own.layout != "wide" or len(own.periods) > 1):
            rows = np.flatnonzero(part.kinds.any(axis=0))
            found.append(f"{part.address(0, 0)}:{part.address(int(rows[-1]), part.columns - 1)}")
    if len(found) > 1:
        ways = ", or ".join(f"--range {text}" for text in found)
        action = f"Read one with {ways}, or stack them with --range {','.join(found)}."
        asked = problem("tables-beside", sheet=grid.sheet, cell=found[1], action=action)
        raise InputError(f"{where} holds {len(found)} tables side by side.", [asked])
