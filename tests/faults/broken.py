"""Bytes of an archive's directory, or of a compound file, changed where they stand."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable


def entry(data: bytes, name: str, change: Callable[[bytearray, int, int], None]) -> bytes:
    """The archive with an entry's local header and directory line changed where they stand."""
    held = bytearray(data)
    change(held, _local(data, name), _line(data, name))
    return bytes(held)


def _local(data: bytes, name: str) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.getinfo(name).header_offset


def _line(data: bytes, name: str) -> int:
    at = data.index(b"PK\x01\x02")
    while data[at + 46 : at + 46 + struct.unpack_from("<H", data, at + 28)[0]] != name.encode():
        at = data.index(b"PK\x01\x02", at + 4)
    return at


def wrong_checksum(data: bytearray, local: int, line: int) -> None:
    for at in (local + 14, line + 16):
        data[at] ^= 0xFF


def encrypted(data: bytearray, local: int, line: int) -> None:
    data[local + 6] |= 1
    data[line + 8] |= 1


def unknown_method(data: bytearray, local: int, line: int) -> None:
    for at in (local + 8, line + 10):
        struct.pack_into("<H", data, at, 99)


def understated(data: bytearray, local: int, line: int) -> None:
    for at in (local + 22, line + 24):
        struct.pack_into("<I", data, at, 100)


def overstated(data: bytearray, local: int, line: int) -> None:
    for at in (local + 22, line + 24):
        struct.pack_into("<I", data, at, 0x7FFF_FFFF)


def far_away(data: bytearray, local: int, line: int) -> None:
    struct.pack_into("<I", data, line + 42, 0x7FFF_FFFF)


def other_name(data: bytearray, local: int, line: int) -> None:
    data[local + 30 : local + 34] = b"evil"


def looped(data: bytearray) -> None:
    """The chain of sectors leads back to itself."""
    (first,) = struct.unpack_from("<I", data, 76)
    table = 512 * (first + 1)
    for number in range(40):
        struct.pack_into("<I", data, table + 4 * number, number)


def outside(data: bytearray) -> None:
    """A sector that nothing reads is said to lie four billion sectors away."""
    (first,) = struct.unpack_from("<I", data, 76)
    struct.pack_into("<I", data, 512 * (first + 1) + 4 * 82, 0xFFFF_FFF9)


def immense(data: bytearray) -> None:
    """A sheet that is said to have three billion rows."""
    at = data.index(struct.pack("<HHI", 0x0200, 14, 0))
    struct.pack_into("<I", data, at + 8, 0xAD00_0003)


def put(at: int, value: int) -> Callable[[bytearray], None]:
    return lambda data: struct.pack_into("<I", data, at, value)
