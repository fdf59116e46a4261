"""The shared texts of an .xlsx, by one pattern where their table is plain and by a parser that keeps no tree if not."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

from nrr_xl.revenue.files.budget import TEXTS, refuse_over

if TYPE_CHECKING:
    from nrr_xl.revenue.files.package import Package

_PLAIN_TEXT = re.compile(rb"<si>\s*<t(?: xml:space=\"preserve\")?>([^<\0]*)</t>\s*</si>")
_CONTROL = re.compile(r"_x([0-9A-Fa-f]{4})_")


def shared_texts(package: Package, part: str) -> tuple[str, ...]:
    """The texts of a package's table in their order; those of no table are none."""
    data = package.bytes_of(part)
    # "<si" begins no other tag, whatever stands behind it.
    count = data.count(b"<si") + data.count(b":si>") + data.count(b":si ")
    refuse_over(package.path, "texts", count, TEXTS)
    if b"<!" not in data[:4096] and is_utf8(data):
        plain = _PLAIN_TEXT.findall(data)
        if plain and len(plain) == count:
            with contextlib.suppress(UnicodeDecodeError):  # the parser says where
                return tuple(unescape(text) for text in b"\0".join(plain).decode("utf-8").split("\0"))
        del plain
    collector = _Collector(package, part)
    package.feed(collector.parser, [data], part)
    return tuple(collector.texts)


class _Collector:
    """Handlers of an XML parser that join the runs of each string and leave out phonetic hints."""

    def __init__(self, package: Package, part: str):
        self.path = package.path
        self.texts: list[str] = []
        self.said: list[str] = []
        self.listening = self.phonetic = False
        self.parser = package.parser(part)
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.data

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition("}")[2]
        if tag == "si":
            self.said = []
        elif tag == "rPh":
            self.phonetic = True
        elif tag == "t":
            self.listening = not self.phonetic

    def end(self, name: str) -> None:
        tag = name.rpartition("}")[2]
        if tag == "si":
            self.texts.append(unescape_controls("".join(self.said)))
            refuse_over(self.path, "texts", len(self.texts), TEXTS)
        elif tag == "rPh":
            self.phonetic = False
        elif tag == "t":
            self.listening = False

    def data(self, text: str) -> None:
        if self.listening:
            self.said.append(text)


def is_utf8(data: bytes) -> bool:
    """Whether an XML part says no other encoding than UTF-8."""
    head = data[:200].lower()
    return b"encoding=" not in head or b"utf-8" in head


def unescape(text: str) -> str:
    """A text of XML as it is meant."""
    if "&" in text:
        from html import unescape as entities

        text = entities(text)
    return unescape_controls(text)


def unescape_controls(text: str) -> str:
    """Excel's _x000D_ and its like as the characters they stand for; half of a pair, which is none, as the mark of one.

    >>> unescape_controls("a_x0041_b_xD800_")
    'aAb\ufffd'
    """
    return _CONTROL.sub(lambda match: _character(int(match[1], 16)), text) if "_x" in text else text


def _character(number: int) -> str:
    return "\ufffd" if 0xD800 <= number <= 0xDFFF else chr(number)
