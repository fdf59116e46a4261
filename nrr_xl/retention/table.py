"""A table of plain arrays, which becomes a pandas frame when one is asked for and not before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


class Table:
    """Columns of one length by their names; importing pandas, which a report does without, waits for `frame`.

    >>> table = Table({"period": ["2024-01", "2024-02"], "nrr": np.array([1.0, 1.1])})
    >>> table.records()[1], len(table), table["nrr"].tolist()
    ({'period': '2024-02', 'nrr': 1.1}, 2, [1.0, 1.1])
    """

    __slots__ = ("_frame", "columns")

    def __init__(self, columns: Mapping[str, Sequence[Any] | np.ndarray]):
        self.columns = dict(columns)
        self._frame: pd.DataFrame | None = None

    @classmethod
    def of_rows(cls, rows: Sequence[Mapping[str, Any]], names: Sequence[str] = ()) -> Table:
        """The table of rows that have the same keys; `names` are its columns where there may be no row.

        >>> Table.of_rows([{"rate": None}, {"rate": 0.5}])["rate"].tolist()
        [nan, 0.5]
        """
        return cls({name: _column([row[name] for row in rows]) for name in (rows[0] if rows else names)})

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __getitem__(self, name: str) -> np.ndarray:
        """A column as an array (rows,)."""
        return np.asarray(self.columns[name])

    def records(self, names: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """The rows as dicts of plain values, all columns or some."""
        names = list(self.columns if names is None else names)
        lists = [_plain(self.columns[name]) for name in names]
        return [dict(zip(names, row, strict=True)) for row in zip(*lists, strict=True)]

    @property
    def frame(self) -> pd.DataFrame:
        """The table as a DataFrame indexed from 0; the same one every time."""
        if self._frame is None:
            import pandas as pd

            self._frame = pd.DataFrame(self.columns)
        return self._frame


def _column(values: list[Any]) -> Sequence[Any] | np.ndarray:
    """Values as floats where all of them are numbers or undefined and one is no whole number, else as they are."""
    kinds = {type(value) for value in values}
    numeric = all(issubclass(kind, int | float | np.number | type(None)) and kind is not bool for kind in kinds)
    if numeric and any(issubclass(kind, float | np.floating) for kind in kinds):
        return np.array([np.nan if value is None else value for value in values], float)
    return values


def _plain(column: Sequence[Any] | np.ndarray) -> list[Any]:
    if isinstance(column, np.ndarray):
        return list(column.tolist())
    return [value.item() if isinstance(value, np.generic) else value for value in column]
