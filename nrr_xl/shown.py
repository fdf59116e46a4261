"""How an object shows itself in a notebook: a line about it and a small table, in plain HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def shown(line: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A line and a table below it; the first column holds names, the others numbers.

    >>> shown("<Cube>", ("Period", "MRR"), [("2024-01", "10.00")])[:60]
    '<p>&lt;Cube&gt;</p><table><tr><th>Period</th><th>MRR</th></t'
    """
    from html import escape

    def cells(texts: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts) + "</tr>"

    body = "".join(cells(row, "td") for row in rows)
    return f"<p>{escape(line)}</p><table>{cells(heads, 'th')}{body}</table>"
