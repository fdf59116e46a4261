"""Exports of billing systems, known by their headers; the data file exports.toml says how each is read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from nrr_xl.packaged import packaged_table
from nrr_xl.records import struct


@struct()
class Export:
    """A known export: the layout it is read in, each part's column, and what is special about its rows.

    Rows whose status is one of `not_paying` carry no revenue; with `times_quantity` an amount is per unit. The layout
    "movements" is that of subscriptions whose amount holds until the customer's next row.
    """

    name: str
    layout: str
    roles: Mapping[str, int]
    times_quantity: bool = False
    not_paying: tuple[str, ...] = ()
    caution: str = ""


def known_export(headers: Mapping[int, str]) -> Export | None:
    """The export that a header row belongs to, if it is a known one.

    >>> headers = ["Customer ID", "Interval", "Amount", "Status", "Current Period Start (UTC)", "Start (UTC)"]
    >>> known_export(dict(enumerate(headers))).roles
    {'customer': 0, 'start': 5, 'amount': 2, 'interval': 1, 'status': 3}
    """
    there = {_plain(name): column for column, name in reversed(list(headers.items())) if name}
    for export in _exports():
        if all(_plain(name) in there for name in export["known_by"]):
            roles = {}
            for role, names in export["columns"].items():
                column = next((there[_plain(name)] for name in names if _plain(name) in there), None)
                if column is not None:
                    roles[role] = column
            if {"customer", "start", "amount"} <= roles.keys():
                return Export(
                    export["name"],
                    export["layout"],
                    roles,
                    export.get("times_quantity", False),
                    tuple(export.get("not_paying", ())),
                    export.get("caution", ""),
                )
    return None


@cache
def _exports() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = packaged_table("revenue/table/exports.toml")["export"]
    return found


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").casefold().split())
