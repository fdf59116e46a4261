"""Type information for LibreOffice: an interface in the binary UNOIDL format, written without the SDK's tools.

LibreOffice calls an add-in's functions through an interface that it must know. Its SDK compiles one from a source text;
the format is small, so it is written here: a header, then records that point back at what stands before them.
Source of the format: the comment on UNOIDL in LibreOffice's include/unoidl/unoidl.hxx.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import NamedTuple

_MAGIC = b"UNOIDL\xff\0"
_MODULE, _INTERFACE = 0, 5
_IN = 0
_BASE = "com.sun.star.uno.XInterface"
_SEEN_BEFORE = 0x80000000


class Method(NamedTuple):
    """A method of an interface: its name, what it returns, and (name, type) of each argument."""

    name: str
    returns: str
    arguments: tuple[tuple[str, str], ...]


class _Writer:
    """Bytes that grow, with every text written once and pointed at afterwards."""

    def __init__(self) -> None:
        self.content = bytearray(_MAGIC + bytes(8))
        self._texts: dict[str, int] = {}

    def number(self, value: int) -> None:
        self.content += struct.pack("<I", value)

    def text(self, text: str) -> None:
        if text in self._texts:
            self.number(self._texts[text] | _SEEN_BEFORE)
            return
        self._texts[text] = len(self.content)
        self.number(len(text))
        self.content += text.encode("ascii")

    def name(self, name: str) -> int:
        """A name that ends with a zero, and where it stands."""
        place = len(self.content)
        self.content += name.encode("ascii") + b"\0"
        return place

    def interface(self, methods: Iterable[Method]) -> int:
        """An interface with one base and no attributes, and where it stands."""
        methods, place = list(methods), len(self.content)
        self.content.append(_INTERFACE)
        self.number(1)
        self.text(_BASE)
        for count in (0, 0, len(methods)):  # optional bases, attributes, methods
            self.number(count)
        for method in methods:
            self.text(method.name)
            self.text(method.returns)
            self.number(len(method.arguments))
            for name, kind in method.arguments:
                self.content.append(_IN)
                self.text(name)
                self.text(kind)
            self.number(0)  # exceptions
        return place


def type_library(name: str, methods: Iterable[Method]) -> bytes:
    """The file that declares the interface `name`, such as "nrrxl.XFunctions", with its methods."""
    *modules, last = name.split(".")
    writer = _Writer()
    place = writer.interface(methods)
    for inner, module in zip((last, *reversed(modules)), reversed(modules), strict=False):
        start = writer.name(inner)
        here = len(writer.content)
        writer.content.append(_MODULE)
        writer.number(1)
        writer.number(start)
        writer.number(place)
        place, last = here, module
    start = writer.name(last)
    root = len(writer.content)
    writer.number(start)
    writer.number(place)
    struct.pack_into("<II", writer.content, len(_MAGIC), root, 1)
    return bytes(writer.content)
