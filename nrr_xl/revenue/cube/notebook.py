"""How cubes and analyses show themselves in a notebook: small HTML tables, every text escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from nrr_xl.revenue.cube.build import RevenueCube

SHOWN = 8


def table(head: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """An HTML table; numbers are texts already, and stand to the right but for the first column.

    >>> "&lt;b&gt;</td>" in table(["a"], [["<b>"]])
    True
    """

    def cells(tag: str, texts: Sequence[str]) -> str:
        sides = ["left", *["right"] * (len(texts) - 1)]
        return "".join(
            f'<{tag} style="text-align:{side}">{escape(text)}</{tag}>' for side, text in zip(sides, texts, strict=True)
        )

    above = f"<caption>{escape(caption)}</caption>" if caption else ""
    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table>{above}<thead><tr>{cells('th', head)}</tr></thead><tbody>{body}</tbody></table>"


def cube_html(cube: RevenueCube) -> str:
    """The totals of the last periods, the largest customers of the last one, and what was found on the way."""
    labels, first = cube.periods.labels, max(len(cube.periods) - SHOWN, 0)
    totals = cube.units.amounts(cube.whole.sum(axis=0))
    order = sorted(range(len(cube.customers)), key=lambda row: (-cube.amounts[row, -1], row))[:SHOWN]
    money = f"{cube.currency} {cube.unit}".strip()
    rows = [["Total", *(f"{total:,.0f}" for total in totals[first:])]]
    rows += [[cube.customers[row], *(f"{amount:,.0f}" for amount in cube.amounts[row, first:])] for row in order]
    counts = {severity: sum(found.severity == severity for found in cube.problems) for severity in ("error", "warning")}
    found = ", ".join(f"{count} {severity}(s)" for severity, count in counts.items() if count) or "no warnings"
    caption = f"{len(cube.customers):,} customers, {len(cube.periods)} periods, {money}; {found}"
    return table(["Customer", *labels[first:]], rows, caption)


def cube_frame(cube: RevenueCube) -> pd.DataFrame:
    """Amounts, one row for each customer and one column for each period ("YYYY-MM")."""
    import pandas as pd

    index = pd.Index(cube.customers, name="customer")
    return pd.DataFrame(cube.amounts, index=index, columns=pd.Index(cube.periods.keys, name="period"))
