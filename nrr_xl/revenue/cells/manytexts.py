"""What is asked of each of a million texts, asked of all of them at once, joined by line ends, as C code reads them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from nrr_xl.revenue.cells.arrays import among, distinct

Array = np.ndarray[Any, Any]

# So many texts are joined at a time, which bounds what is held beside them.
_PIECE = 100_000
# So many keys are looked for one by one before the keys of all names are made.
_LOOKED_FOR = 100
_LINE_END, _STEP = 10, np.uint64(0x9E3779B97F4A7C15)


def spelling_key(name: str) -> str:
    """What two spellings of one name share.

    >>> spelling_key("  ACME  Inc") == spelling_key("Acme Inc")
    True
    """
    if name.isascii():
        return " ".join(name.lower().split())
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def spelling_keys(names: Sequence[str]) -> list[str]:
    """The spelling key of each name.

    >>> spelling_keys([" ACME  Inc", "Beta"])
    ['acme inc', 'beta']
    """
    keys: list[str] = []
    for piece in _pieces(names):
        joined = "\n".join(piece)
        if joined.isascii() and all_tidy(piece, joined):
            keys += joined.lower().split("\n") if piece else []
        else:
            keys += map(spelling_key, piece)
    return keys


def spelt_so(names: Sequence[str], wanted: Iterable[str]) -> dict[str, list[int]]:
    """The positions of the names with some spelling keys, by the key; keys that no name has are left out.

    A key is looked for among all names at once, by its words; only where all of them occur are the names' keys made.

    >>> spelt_so(["Acme  Inc", "Beta", "ACME inc"], ["acme inc", "gamma"])
    {'acme inc': [0, 2]}
    """
    wanted, found, start = set(wanted) - {""}, dict[str, list[int]](), 0
    for piece in _pieces(names):
        joined = "\n".join(piece)
        text = joined.lower() if joined.isascii() and len(wanted) <= _LOOKED_FOR else None
        if text is None or any(all(word in text for word in key.split()) for key in wanted):
            for at, key in enumerate(spelling_keys(piece), start):
                if key in wanted:
                    found.setdefault(key, []).append(at)
        start += len(piece)
    return found


def lowered(texts: Sequence[str], otherwise: Callable[[str], str]) -> list[str]:
    """Each text in lower case; where one is no ASCII, all are made so by `otherwise`."""
    joined = "\n".join(texts)
    plain = joined.lower().split("\n") if joined.isascii() else []
    return plain if len(plain) == len(texts) else list(map(otherwise, texts))


def casefolded(texts: Sequence[str]) -> list[str]:
    """The casefold of each text."""
    joined = "\n".join(texts).casefold().split("\n")
    return joined if len(joined) == len(texts) else [text.casefold() for text in texts]


def all_tidy(texts: Sequence[str], joined: str = "") -> bool:
    """Whether no text has white space around it, doubled, or other than plain spaces.

    >>> all_tidy(["Acme Inc", "b"]), all_tidy(["Acme ", "b"]), all_tidy(["a\\tb"])
    (True, False, False)
    """
    joined = joined or "\n".join(texts)
    if joined[:1] == " " or joined[-1:] == " " or "  " in joined or " \n" in joined or "\n " in joined:
        return False
    return "".join(texts).isprintable()


def lines_with(pattern: re.Pattern[str], texts: Sequence[str]) -> list[int]:
    """The positions of the texts in which a pattern may be found; `pattern` reads ^ and $ as the ends of a line.

    >>> lines_with(re.compile("^b|c", re.MULTILINE), ["a", "b", "xc", "ab"])
    [1, 2]
    """
    found: list[Array] = []
    for start in range(0, len(texts), _PIECE):
        piece = texts[start : start + _PIECE]
        spans = np.array([match.span() for match in pattern.finditer("\n".join(piece))], np.int64).reshape(-1, 2)
        ends = np.cumsum(np.fromiter(map(len, piece), np.int64, len(piece)) + 1)
        first = np.searchsorted(ends, spans[:, 0], "right")
        last = np.minimum(np.searchsorted(ends, np.maximum(spans[:, 1] - 1, spans[:, 0]), "right"), len(piece) - 1)
        # A match may go over a line's end: every line that it touches is one to be looked at again.
        more = [np.arange(one, two + 1) for one, two in zip(first[last > first], last[last > first], strict=True)]
        found.append(start + distinct(np.concatenate([first, *more])))
    return [int(at) for piece in found for at in piece]


# Signs that stand inside a word: S.A., O'Brien.
_INSIDE = str.maketrans("", "", ".'’")
_WORDS = re.compile(r"\w+")
_BETWEEN = re.compile(r"(?:[^\w\n]|_)+")
_WORD_LETTERS = np.array([chr(code).isalnum() or code == ord("_") for code in range(256)])


def likeness(name: str, forms: frozenset[str]) -> str:
    """What names share that differ only in punctuation, accents, spaces, the order of words or legal forms."""
    plain = name.casefold()
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    said = _WORDS.findall(plain.translate(_INSIDE))
    bare = [word for word in said if word not in forms] or said
    return "".join(sorted(bare)) or name


def closed_up(names: Sequence[str]) -> list[str]:
    """Each name in lower case without what stands between its letters and digits, in the order in which they stand.

    >>> closed_up(["Zeta Holding", "Theta|Tau", "--"])
    ['zetaholding', 'thetatau', '']
    """
    closed = _BETWEEN.sub("", "\n".join(names).casefold()).split("\n")
    return (
        closed if len(closed) == len(names) else [_BETWEEN.sub("", name.casefold()).replace("\n", "") for name in names]
    )


def perhaps_alike(names: Sequence[str], forms: frozenset[str]) -> list[int]:
    """The positions of all names whose likeness another one may share, and hardly any others.

    >>> perhaps_alike(["Acme Inc", "Beta", "Acme, Inc.", "Gamma"], frozenset({"inc"}))
    [0, 2]
    """
    marks = np.concatenate([_fingerprints(piece, forms) for piece in _pieces(names)] or [np.zeros(0, np.uint64)])
    order = np.argsort(marks, kind="stable")
    same = marks[order][1:] == marks[order][:-1]
    alike = np.zeros(marks.size, bool)
    alike[order[1:][same]] = alike[order[:-1][same]] = True
    return [int(at) for at in np.flatnonzero(alike)]


def _fingerprints(names: Sequence[str], forms: frozenset[str]) -> Array:
    """A number for the likeness of each name, 0 for one without words: its bare words side by side, in order."""
    joined = "\n".join(names).casefold()
    if not joined.isascii():
        joined = unicodedata.normalize("NFKD", joined)
        accents = "".join(c for c in set(joined) if unicodedata.combining(c))
        joined = joined.translate(str.maketrans("", "", accents))
    letters = _letters(joined.translate(_INSIDE))
    if np.count_nonzero(letters == _LINE_END) != len(names) - 1:
        return _spelt_out(names, range(len(names)), forms)  # a name holds a line end of its own
    in_word = _in_words(letters)
    starts = np.flatnonzero(in_word[1:] & ~in_word[:-1]) + 1 if letters.size else np.zeros(0, np.int64)
    starts = np.append(np.flatnonzero(in_word[:1]), starts)
    ends = np.append(np.flatnonzero(in_word[:-1] & ~in_word[1:]) + 1, np.flatnonzero(in_word[-1:]) + in_word.size)
    line_of = np.searchsorted(np.flatnonzero(letters == _LINE_END), starts)
    is_form = _are_forms(letters, starts, ends, forms)
    bare = np.bincount(line_of[~is_form], minlength=len(names))
    used = ~is_form | (bare[line_of] == 0)
    starts, ends, line_of = starts[used], ends[used], line_of[used]
    # The order of a name's words by their first letters; where these are the same, the name is spelt out.
    bits = 8 if joined.isascii() else 21
    first = np.zeros(starts.size, np.uint64)
    for at in range(64 // bits):
        letter = np.where(starts + at < ends, letters[np.minimum(starts + at, letters.size - 1)], 0)
        first = (first << np.uint64(bits)) | letter.astype(np.uint64)
    order = np.lexsort((first, line_of))
    first, line_of, lengths = first[order], line_of[order], (ends - starts)[order]
    tied = line_of[1:][(first[1:] == first[:-1]) & (line_of[1:] == line_of[:-1])]
    # Each letter counts by its place in the words side by side.
    begins = np.cumsum(lengths) - lengths
    opens = np.flatnonzero(np.append(True, line_of[1:] != line_of[:-1])[: line_of.size])
    where = np.repeat(starts[order] - begins, lengths) + np.arange(int(lengths.sum()))
    marks = np.zeros(len(names), np.uint64)
    marks[line_of[opens]] = _marks(letters[where], begins[opens])
    odd = distinct(tied)
    marks[odd] = _spelt_out(names, odd.tolist(), forms)
    return marks


def _in_words(letters: Array) -> Array:
    """Which letters are part of a word."""
    if letters.dtype == np.uint8:
        return _WORD_LETTERS[letters]
    known, place = np.unique(letters, return_inverse=True)
    return np.array([bool(_WORDS.match(chr(code))) for code in known.tolist()], bool)[place]


def _are_forms(letters: Array, starts: Array, ends: Array, forms: frozenset[str]) -> Array:
    """Which words are legal forms: those that may be by their number are spelt out."""
    is_form = np.zeros(starts.size, bool)
    lengths = ends - starts
    begins = np.cumsum(lengths) - lengths
    where = np.repeat(starts - begins, lengths) + np.arange(int(lengths.sum()))
    marks = _marks(letters[where], begins)
    wanted = np.array([_marks(_letters(form), np.zeros(1, np.int64))[0] for form in sorted(forms) if form], np.uint64)
    spelt = letters.astype(np.uint32)
    for word in np.flatnonzero(among(marks, wanted)).tolist():
        is_form[word] = spelt[starts[word] : ends[word]].tobytes().decode("utf-32-le", "surrogatepass") in forms
    return is_form


def _spelt_out(names: Sequence[str], places: Iterable[int], forms: frozenset[str]) -> Array:
    """The same number for some names, their likeness made letter by letter."""
    plain = [likeness(names[at], forms) for at in places]
    return np.array([_marks(_letters(text), np.zeros(1, np.int64))[0] if text else 0 for text in plain], np.uint64)


def _marks(letters: Array, begins: Array) -> Array:
    """The number of each text by its letters and their places; each begins where the one before it ends."""
    if not begins.size:
        return np.zeros(0, np.uint64)
    place = np.arange(letters.size) - np.repeat(begins, np.diff(np.append(begins, letters.size)))
    powers = np.cumprod(np.full(int(place.max()) + 1, _STEP), dtype=np.uint64)
    return np.add.reduceat((letters.astype(np.uint64) + np.uint64(1)) * powers[place], begins)


def _letters(text: str) -> Array:
    if text.isascii():
        return np.frombuffer(text.encode(), np.uint8)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _pieces(texts: Sequence[str]) -> Iterable[Sequence[str]]:
    return (texts[at : at + _PIECE] for at in range(0, len(texts), _PIECE))
