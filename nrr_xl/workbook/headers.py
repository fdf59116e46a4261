"""The headers of an Excel Table: texts that differ from each other even in lower case."""

from __future__ import annotations

from collections.abc import Sequence

from nrr_xl.workbook.cells import safe_text
from nrr_xl.workbook.texts import texts


def unique_headers(names: Sequence[str]) -> list[str]:
    """Table headers from any texts: one line, at most 255 characters, each different from the others.

    >>> unique_headers(["Customer", "customer", "a\\nb"])
    ['Customer', 'customer (2)', 'a b']
    """
    taken: set[str] = set()
    result = []
    for name in names:
        shown = "".join(c if c.isprintable() else " " for c in name)
        base = " ".join(safe_text(shown).split())[:240] or texts()["customers"]["unnamed"]
        candidate, number = base, 1
        while candidate.casefold() in taken:
            number += 1
            candidate = f"{base} ({number})"
        taken.add(candidate.casefold())
        result.append(candidate)
    return result
