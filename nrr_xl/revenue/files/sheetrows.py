"""A worksheet's XML in chunks of whole rows, collected by the quickest way that knows their form, and counted twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from nrr_xl.revenue.files.alike import Alike
from nrr_xl.revenue.files.collected import Cells
from nrr_xl.revenue.files.counted import NotPlain, prove_counts, prove_money, prove_same
from nrr_xl.revenue.files.package import Package
from nrr_xl.revenue.files.sharedtexts import is_utf8
from nrr_xl.revenue.files.tokens import parse_rows

# What stays in a processor's cache while it is worked on, and what the first rows of a sheet fit into.
CHUNK, HEAD_CHUNK = 1 << 18, 1 << 17
LARGEST_HEAD, LARGEST_TAIL = 1 << 20, 256 << 20
# Of the first chunk and every so-manieth after it the money is added up twice, of all of them the cells are counted; of
# chunks that a pattern takes, which leaves no byte unread, so many are read in the other way too.
CHECKED, CHECKED_ALIKE = 8, 32
_SHEET_DATA = re.compile(rb"<(\w+:)?sheetData[ />]")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)


def _row_chunks(package: Package, part: str, size: int) -> Iterator[tuple[str, bytes]]:
    """A sheet's XML as ("before", ...), then ("rows", whole rows) again and again, then ("after", ...).

    Rows come without the prefix that a program may put before every name, and without comments.
    """
    rest, state, prefix = b"", "before", b""
    for piece in package.stream(part, size):
        rest += piece
        if state == "before":
            if rest[:2] in (b"\xff\xfe", b"\xfe\xff") or b"<!DOCTYPE" in rest[:4096] or not is_utf8(rest):
                raise NotPlain
            found = _SHEET_DATA.search(rest)
            if not found:
                if len(rest) > LARGEST_HEAD:
                    raise NotPlain
                continue
            start = rest.find(b">", found.start())
            if start < 0:
                continue
            prefix = found[1] or b""
            yield "before", rest[: found.start()]
            state = "after" if rest[start - 1 : start] == b"/" else "rows"
            rest = rest[start + 1 :]
        if state == "rows":
            at = rest.rfind(b"</" + prefix + b"sheetData>")
            if at >= 0:
                yield "rows", _bare(rest[:at], prefix)
                rest, state = rest[at:], "after"
            elif len(rest) >= size:
                end = b"</" + prefix + b"row>"
                cut = rest.rfind(end) + len(end)
                if cut >= len(end):
                    yield "rows", _bare(rest[:cut], prefix)
                    rest = rest[cut:]
        if state == "after" and len(rest) > LARGEST_TAIL:
            raise NotPlain
    if state != "after":
        raise NotPlain
    yield "after", rest


def _bare(rows: bytes, prefix: bytes) -> bytes:
    """Rows without a prefix before their names and without comments."""
    if b"!" in rows and b"<!" in rows:
        rows = _COMMENT.sub(b"", rows)
    return rows.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</") if prefix else rows


def tokenise(
    package: Package, part: str, cells: Cells, head: int | None, progress: Callable[[float], None] | None
) -> tuple[bytes, bytes]:
    """Collect cells chunk by chunk; what stands before and after them is returned."""
    before, after, done, last, count, alike = b"", b"", 0, 0, 0, Alike()
    for state, chunk in _row_chunks(package, part, CHUNK if head is None else HEAD_CHUNK):
        if state == "before":
            before = chunk
        elif state == "after":
            after = chunk
        else:
            last = _collect(chunk, cells, last, alike, count) if head is None else parse_rows(chunk, cells, last)
            count += 1
            done += len(chunk)
            if progress:
                progress(done / package.size(part))
            if head is not None and last >= head:
                break
    return before, after


def _collect(chunk: bytes, cells: Cells, last: int, alike: Alike, count: int) -> int:
    """Collect the cells of a chunk, before which stand so many others, and count them twice."""
    first, before = len(cells.pieces), last
    taken = alike.take(chunk, cells, last)
    if taken is None:
        last = parse_rows(chunk, cells, last)
        prove_counts(chunk, cells)
        if not count % CHECKED:
            prove_money(chunk, cells)
        return last
    if not count % CHECKED_ALIKE:
        other = Cells(cells.shared, cells.path)
        parse_rows(chunk, other, before)
        prove_same(cells, first, other)
    return taken
