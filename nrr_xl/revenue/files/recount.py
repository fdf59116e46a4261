"""A second count of lines, cells and digits, made from the bytes alone and with none of the reader's own code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

_PIECE = 1 << 22
_NEW_LINE, _RETURN, _QUOTE = 10, 13, 34


class Counts(NamedTuple):
    """Line breaks, delimiters, and how often each of the ten digits stands in a text."""

    breaks: int
    marks: int
    digits: tuple[int, ...]

    def plus(self, other: Counts) -> Counts:
        """What two texts hold together."""
        digits = tuple(one + two for one, two in zip(self.digits, other.digits, strict=True))
        return Counts(self.breaks + other.breaks, self.marks + other.marks, digits)

    def __str__(self) -> str:
        return f"{self.breaks:,} line breaks, {self.marks:,} delimiters, {sum(self.digits):,} digits"


def recount(texts: str | bytes | Iterable[str], mark: str, times: np.ndarray | None = None) -> Counts:
    """What a text holds, or many texts that each occur so many times.

    >>> recount("a,10\\r\\nb,2\\n", ",")
    Counts(breaks=2, marks=2, digits=(1, 1, 1, 0, 0, 0, 0, 0, 0, 0))
    >>> recount(["a", "1,0"], ",", np.array([5, 2])).marks
    2
    """
    digits, marks, breaks = np.zeros(10), 0.0, 0.0
    delimiter = mark.encode()
    for data, weights in _pieces(texts, times):
        plain = np.frombuffer(data, np.uint8)
        if weights is None:
            held = _times(plain)
            digits += held[48:58]
            marks += held[delimiter[0]] if len(delimiter) == 1 else data.count(delimiter)
            breaks += held[_NEW_LINE] + held[_RETURN] - (data.count(b"\r\n") if held[_RETURN] else 0)
            continue
        is_digit = (plain >= 48) & (plain <= 57)
        digits += np.bincount(plain[is_digit] - 48, weights[is_digit], 10)
        if len(delimiter) == 1:
            marks += weights[plain == delimiter[0]].sum()
        else:
            marks += weights[_starts(data, delimiter)].sum()
        second = np.zeros(plain.size, bool)
        second[1:] = (plain[1:] == _NEW_LINE) & (plain[:-1] == _RETURN)
        breaks += weights[((plain == _NEW_LINE) | (plain == _RETURN)) & ~second].sum()
    return Counts(int(breaks), int(marks), tuple(digits.astype(np.int64).tolist()))


def _times(plain: np.ndarray) -> np.ndarray:
    """How often each byte stands among some, (256,): two at a time, which takes half as long."""
    pairs = np.bincount(plain[: plain.size // 2 * 2].view(np.uint16), minlength=1 << 16).reshape(256, 256)
    held: np.ndarray = pairs.sum(axis=0) + pairs.sum(axis=1)
    if plain.size % 2:
        held[plain[-1]] += 1
    return held


def recount_coded(content: np.ndarray, ends: np.ndarray, mark: str, times: np.ndarray) -> Counts:
    """The same for texts that lie side by side as bytes, each from one end to the next, with a mark of one byte.

    >>> recount_coded(np.frombuffer(b"a1,0", np.uint8), np.array([0, 1, 4]), ",", np.array([5, 2])).marks
    2
    """
    weights = np.repeat(times.astype(float), np.diff(ends))
    held = np.bincount(content, weights, 256)
    breaks = held[_NEW_LINE] + held[_RETURN]
    if breaks:
        pairs = np.flatnonzero((content[:-1] == _RETURN) & (content[1:] == _NEW_LINE))
        inside = np.searchsorted(ends, pairs, "right") == np.searchsorted(ends, pairs + 1, "right")
        breaks -= weights[pairs[inside]].sum()
    digits = tuple(held[48:58].astype(np.int64).tolist())
    return Counts(int(breaks), int(held[ord(mark)]), digits)


def _pieces(texts: str | bytes | Iterable[str], times: np.ndarray | None) -> Iterator[tuple[bytes, np.ndarray | None]]:
    """The texts as bytes, piece by piece, with how often each byte counts."""
    if isinstance(texts, bytes):
        at = 0
        while at < len(texts):
            end = min(at + _PIECE, len(texts))
            end += texts[end - 1 : end + 1] == b"\r\n"
            yield texts[at:end], None
            at = end
        return
    if isinstance(texts, str):
        at = 0
        while at < len(texts):
            end = min(at + _PIECE, len(texts))
            # A line end of two characters is never cut in two.
            end += texts[end - 1] == "\r" and texts[end : end + 1] == "\n"
            yield texts[at:end].encode("utf-8", "surrogatepass"), None
            at = end
        return
    texts = list(texts)
    times = np.ones(len(texts)) if times is None else times
    for at in range(0, len(texts), 100_000):
        # Between two texts stands a byte that counts for nothing.
        coded = [text.encode("utf-8", "surrogatepass") for text in texts[at : at + 100_000]]
        lengths = np.fromiter(map(len, coded), np.int64, len(coded)) + 1
        yield b"\0".join(coded) + b"\0", np.repeat(times[at : at + len(coded)].astype(float), lengths)


def _starts(data: bytes, mark: bytes) -> list[int]:
    found, at = [], data.find(mark)
    while at >= 0:
        found.append(at)
        at = data.find(mark, at + len(mark))
    return found


def odd_quotes(text: str | bytes, mark: str) -> int:
    """The line, from 1, of the first quotation mark that neither opens nor closes a cell; 0 where there is none.

    >>> odd_quotes('a,"b, c",1', ","), odd_quotes('a,b",2', ",")
    (0, 1)
    """
    data = np.frombuffer(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"), np.uint8)
    quotes = np.flatnonzero(data == _QUOTE)
    edge = np.zeros(256, bool)
    edge[np.frombuffer(mark.encode()[-1:] + mark.encode()[:1] + b'\r\n"', np.uint8)] = True
    opening, closing = quotes[::2], quotes[1::2]
    # What stands before the first and after the last byte is a line end.
    bad_opening = opening[~(edge[data[np.maximum(opening - 1, 0)]] | (opening == 0))]
    bad_closing = closing[~(edge[data[np.minimum(closing + 1, data.size - 1)]] | (closing == data.size - 1))]
    bad = [int(found[0]) for found in (bad_opening, bad_closing) if found.size]
    if quotes.size % 2 and not bad:
        bad = [int(quotes[-1])]
    return int(np.count_nonzero(data[: min(bad)] == _NEW_LINE)) + 1 if bad else 0
