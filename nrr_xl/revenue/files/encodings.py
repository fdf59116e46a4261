"""Bytes to text: what a mark or UTF-8's own rules prove, else the likeliest code page by the letters it gives."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from itertools import pairwise

from nrr_xl.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The letters beyond a to z of languages that are written in each code page; the first of equals is taken.
_LETTERS = {
    "cp1252": (
        "àâæçéèêëîïôœùûüÿ",  # French
        "äöüß",  # German
        "áéíñóúüªº¿¡",  # Spanish
        "ãáàâçéêíóôõúü",  # Portuguese
        "àèéìíîòóùú",  # Italian
        "åäöéü",  # Swedish, Finnish
        "æøåéäöü",  # Danish, Norwegian
        "ëéïóèüöáç",  # Dutch
        "áðéíóúýþæö",  # Icelandic
    ),
    "cp1250": (
        "ąćęłńóśźż",  # Polish
        "áčďéěíňóřšťúůýž",  # Czech
        "áäčďéíĺľňóôŕšťúýž",  # Slovak
        "áéíóöőúüű",  # Hungarian
        "čćđšž",  # Croatian, Slovene
        "ăâîşţșț",  # Romanian
    ),
    "cp1251": (
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя№",  # Russian, Bulgarian
        "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя№",  # Ukrainian
        "абвгдђежзијклљмнњопрстћуфхцчџш№",  # Serbian
    ),
    "cp1254": ("çğıöşüâîû",),  # Turkish
    "cp1253": ("αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ",),  # Greek
}
# Signs that any of these languages may use, which speak for none.
_SIGNS = frozenset("€£¥§©®°·«»„“”‚‘’–—…•´\u00a0\u0307")
# First and last letters; no pattern, since one of so many letters is slow to make.
_JAPANESE = (("\u3000", "\u30ff"), ("\u4e00", "\u9fff"), ("\uff01", "\uff5e"))
_OTHER_SCRIPTS = frozenset(("cp1251", "cp1253"))
_WORD, _LATIN = re.compile(r"[^\W\d_]+"), re.compile("[A-Za-z]")
_SAMPLE = 1 << 18


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """The text of a file, and the encoding that was guessed ("" where it is certain or was asked for).

    >>> decode("Łódź".encode("cp1250")), decode("Łódź".encode())
    (('Łódź', 'cp1250'), ('Łódź', ''))

    Raises
    ------
    InputError
        If the bytes are no text in the encoding asked for, or there is no such encoding.
    """
    if encoding is not None:
        return _asked(data, encoding), ""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, errors="replace"), ""
    if name := _wide(data[:4096]):
        return data.decode(name, errors="replace"), ""
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        name = guess(data)
        return data.decode(name, errors="replace"), name


def _asked(data: bytes, encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
        text = data.decode("utf-8-sig" if name == "utf-8" else name)
    except UnicodeError as error:
        raise InputError(
            f"The text is not in the encoding {encoding!r} ({error}). Name another with --encoding, or leave it out."
        ) from None
    except (LookupError, ValueError):
        raise InputError(f"There is no encoding {encoding!r}. Name one such as utf-8, cp1250 or shift_jis.") from None
    if not isinstance(text, str):
        raise InputError(f"{encoding!r} is no encoding of text. Name one such as utf-8, cp1250 or shift_jis.")
    return text


def _wide(head: bytes) -> str:
    """UTF-16 without a mark, told by the zeros beside its plain letters; "" for anything else."""
    pairs = len(head) // 2
    if pairs < 2 or b"\0" not in head:
        return ""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > 0.6 * pairs and even < 0.05 * pairs:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 * pairs and odd < 0.05 * pairs else ""


def guess(data: bytes) -> str:
    """The likeliest code page of text that is not UTF-8: the one whose letters one language has.

    >>> guess("Société Générale, Müller".encode("cp1252")), guess("Газпром".encode("cp1251"))
    ('cp1252', 'cp1251')
    >>> guess("株式会社サンプル".encode("shift_jis"))
    'cp932'
    """
    sample = b"\n".join(line for line in data[:_SAMPLE].splitlines() if not line.isascii()) or data[-_SAMPLE:]
    shares = {name: _fit(sample.decode(name, errors="replace"), name) for name in _LETTERS}
    best = max(shares, key=lambda name: shares[name])
    try:
        foreign = [letter for letter in sample.decode("cp932") if not letter.isascii()]
    except UnicodeDecodeError:
        # A sample may end in the middle of a letter.
        foreign = [letter for letter in sample.decode("cp932", errors="ignore") if not letter.isascii()]
        if sample.decode("cp932", errors="replace").count("\ufffd") > 0.01 * len(foreign):
            return best
    japanese = sum(any(first <= letter <= last for first, last in _JAPANESE) for letter in foreign) / max(
        len(foreign), 1
    )
    return "cp932" if japanese > 0.9 and shares[best] < 0.95 else best


def _fit(text: str, name: str) -> float:
    """The share of the letters beyond a to z that one language of a code page has, in words as people write them."""
    found = Counter(letter for letter in text.lower() if not letter.isascii() and letter not in _SIGNS)
    total = found.total()
    if not total:
        return 1.0
    share = max(sum(found[letter] for letter in letters) for letters in _LETTERS[name])
    odd = 0
    for word in _WORD.findall(text):
        if not word.isascii():
            odd += sum(one.islower() and other.isupper() for one, other in pairwise(word) if not other.isascii())
            # No word is half Latin and half Cyrillic or Greek.
            odd += sum(not letter.isascii() for letter in word) if name in _OTHER_SCRIPTS and _LATIN.search(word) else 0
    return (share - odd) / total
