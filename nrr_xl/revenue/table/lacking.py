"""What the likeliest header row has and lacks, for a refusal of a sheet of which no table could be made."""

from __future__ import annotations

from nrr_xl.revenue.cells.amounts import parse_amount
from nrr_xl.revenue.cells.dates import parse_date
from nrr_xl.revenue.files.grid import TEXT, Grid
from nrr_xl.revenue.table.contents import SAMPLE, Contents
from nrr_xl.revenue.table.headers import assign_roles, role_ranks
from nrr_xl.revenue.table.layout import HEADER_DEPTH


def lacking_parts(heads: list[Grid]) -> str:
    """What the likeliest header row has and lacks, and the options that name the lacking parts."""
    best: tuple[int, int, Grid] | None = None
    for head in heads:
        for row in range(min(head.rows - 1, HEADER_DEPTH)):
            texts = [head.text(row, c) for c in range(head.columns) if head.kinds[c, row] == TEXT]
            known = sum(bool(role_ranks(text)) for text in texts if not _is_value(text))
            if known >= 1 and (best is None or known > best[0]):
                best = known, row, head
    if best is None:
        return ""
    _, row, head = best
    contents = Contents(head, slice(row + 1, row + 1 + SAMPLE))
    headers = {c: head.text(row, c) for c in range(head.columns) if head.kinds[c, row] == TEXT}
    roles = assign_roles(headers, contents.fits)
    kinds = {"customer": "text", "date": "date", "amount": "amount"}
    lacking = [role for role in kinds if role not in roles]
    # A value is no header, and one that stands there twice names no column.
    once = {c: text for c, text in headers.items() if list(headers.values()).count(text) == 1 and not _is_value(text)}
    tries = {
        role: [title for c, title in once.items() if c not in roles.values() and contents.kind(c) == kinds[role]]
        for role in lacking
    }
    has = ", ".join(f"{role} {headers[column]!r}" for role, column in roles.items() if column in headers)
    told = f" Row {row + head.origin[0] + 1} names {has or 'none of them'}; not found: {', '.join(lacking) or 'rows'}."
    for role, titles in tries.items():
        if titles:
            told += " Try " + ", or ".join(f'--{role} "{title}"' for title in titles[:4]) + "."
    if "amount" in lacking and not tries["amount"] and "quantity" in roles:
        title = headers[roles["quantity"]]
        return f'{told} {title!r} counts units: if it holds the amounts all the same, say --amount "{title}".'
    if lacking and not any(tries.values()):
        titles = [repr(title) for c, title in once.items() if c not in roles.values()]
        told += f" Its other headers: {', '.join(titles[:12])}." if titles else ""
        told += " Say where the headers stand with --header-row, or name columns by their letters: --amount D."
    return told if lacking else ""


def _is_value(text: str) -> bool:
    """Whether a text is an amount or a date, and so no header."""
    return any(c.isdigit() for c in text) and (parse_amount(text) is not None or parse_date(text) is not None)
