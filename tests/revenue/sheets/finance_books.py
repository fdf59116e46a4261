"""Random books of companies in many countries, and what finance teams' sheets have in common."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .book import Book, Month, Rows, book, mon

WORLD = (
    "Brückner Stahl GmbH",
    "Ateliers Moreau SA",
    "Łódzkie Zakłady Sp. z o.o.",
    "Acme Corporation",
    "Fjord Teknik AB",
    "日本サンプル株式会社",
    "Gruppo Rinaldi S.p.A.",
    "Van Dijk Logistics B.V.",
    "Hernández e Hijos",
    "Northwind Traders",
    "Companhia Lisboa Lda",
    "Zenith Labs Inc.",
    "Okafor & Partners",
    "Blue Harbor LLC",
    "Kowalska Design",
    "Summit Health",
)

SEEDS = itertools.count(9000)

DE = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()

FR = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()

ES = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()

IT = "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split()

PT = "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split()

NL = "januari februari maart april mei juni juli augustus september oktober november december".split()

PL = "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień".split()

SV = "januari februari mars april maj juni juli augusti september oktober november december".split()


def made(**facts: Any) -> Book:
    """A random book under names of many countries."""
    found = book(next(SEEDS), **facts)
    return replace(found, names=WORLD[: len(found.names)])


def european(x: float) -> str:
    return f"{x:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")


def day(b: Book) -> dict[str, Any]:
    return {"today": dt.date(*b.months[-1], 25)}


def wide(
    b: Book, lead: list[Any], head: Callable[[Month], Any] = mon, cell: Callable[[float], Any] | None = None
) -> Rows:
    cell = cell or (lambda x: x or None)
    return [
        [*lead, *(head(m) for m in b.months)],
        *([b.names[w], *([None] * (len(lead) - 1)), *(cell(x) for x in row)] for w, row in enumerate(b.mrr)),
    ]


def totals(b: Book) -> list[float]:
    return [b.total(a) for a in range(len(b.months))]


def with_each(b: Book, what: Callable[[int, int, float], list[Any]]) -> list[list[Any]]:
    return [what(w, a, x) for w, a, x in b.cells()]


def later(m: Month, by: int) -> Month:
    at = m[0] * 12 + m[1] - 1 + by
    return at // 12, at % 12 + 1
