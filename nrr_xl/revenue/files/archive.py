"""Zip archives from who knows where: how large their parts are, looked at before anything else opens them."""

from __future__ import annotations

import copy
import io
import zipfile
from typing import Any
from xml.parsers import expat

from nrr_xl.errors import InputError
from nrr_xl.revenue.files.budget import PART_BYTES, PARTS

# Real sheets shrink ten- to fortyfold; what shrinks far more while being large was made to hurt.
_BOMB_RATIO, _BOMB_SIZE = 250, 64 << 20
# Of a part's name, as long as paths of Windows; of a reason, what a line of a message holds.
_LONGEST_NAME, _LONGEST_REASON = 260, 100


def reason(error: Exception) -> str:
    """Why bytes cannot be unpacked, in parentheses; nothing where zipfile quotes thousands of bytes."""
    return f" ({error})" if 0 < len(str(error)) <= _LONGEST_REASON else ""


def check_size(path: str, part: str, size: int, packed: int) -> None:
    """Refuse a part by the sizes it says it has, unpacked and packed."""
    if size > PART_BYTES or (size > _BOMB_SIZE and size > _BOMB_RATIO * max(packed, 1)):
        raise InputError(
            f"{path}: {part} would unpack to {size / 2**20:,.0f} MB. It was not read, since files made to exhaust a"
            " computer look like that. Save the sheet as .csv if it is what it should be."
        )


def check_directory(data: bytes, path: str) -> None:
    """Refuse an archive that lists more parts than a workbook has, before the list is read."""
    at = data.rfind(b"PK\x05\x06", max(len(data) - 70_000, 0))
    size = int.from_bytes(data[at + 12 : at + 16], "little") if at >= 0 else 0
    # Each entry of the directory takes 46 bytes and its name; 0xFFFFFFFF stands for a size that is told elsewhere.
    if size > 200 * PARTS:
        raise InputError(f"{path} is an archive of too many parts to be a workbook. Save it again and retry.")


def check_names(archive: zipfile.ZipFile, path: str) -> None:
    """Refuse an archive that holds two parts of one name, or something before itself: which counts would be a guess."""
    parts = archive.infolist()
    seen: set[str] = set()
    for info in parts:
        if len(info.filename) > _LONGEST_NAME or not info.filename.isprintable():
            raise InputError(f"{path} is damaged: the name of a part in it cannot be. Save the file again and retry.")
        # Names of parts differ by more than their case.
        name = info.filename.lower()
        if name in seen:
            raise InputError(f"{path} is damaged: it holds {info.filename} twice. Save the file again and retry.")
        seen.add(name)
    if parts and min(info.header_offset for info in parts) > 0:
        raise InputError(f"{path} is damaged: it holds something else before its parts. Save the file again and retry.")


def check_archive(data: bytes, path: str) -> None:
    """Refuse an archive whose parts are absurdly large, larger than they say, or XML with a document type.

    It is for readers that unpack whatever they find. Bytes that are no archive pass.

    Raises
    ------
    InputError
        Naming the part.
    """
    check_directory(data, path)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        return
    check_names(archive, path)
    parts = archive.infolist()
    for info in parts:
        check_size(path, info.filename, info.file_size, info.compress_size)
    # Parts may share their packed bytes, so that each looks sound and all of them together do not.
    check_size(path, "all parts together", sum(info.file_size for info in parts), len(data))
    for info in parts:
        try:
            _check_part(archive, info, path)
        except InputError:
            raise
        except Exception as error:
            # zlib, lzma and bz2 each have an error class of their own for damaged bytes; zipfile's may quote thousands.
            raise InputError(
                f"{path} is damaged: {info.filename} cannot be unpacked{reason(error)}. Save the file again and retry."
            ) from None


def _check_part(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str) -> None:
    """Unpack a part piece by piece, to see that it is no larger than it says and where its XML starts."""
    # zipfile stops at the size it is told; one byte more shows whether there is more.
    further = copy.copy(info)
    further.file_size += 1
    # Other XML of a spreadsheet, such as that of its macros, may well have a document type; nothing reads it.
    prolog = _Prolog(path, info.filename) if info.filename == "content.xml" or info.filename.endswith(".rels") else None
    size = 0
    with archive.open(further) as file:
        while piece := file.read(1 << 20):
            size += len(piece)
            if prolog:
                prolog.feed(piece)
    if size > info.file_size:
        raise InputError(
            f"{path}: {info.filename} unpacks to more than it says. It was not read. Save the file again and retry."
        )


class _Prolog:
    """What stands before the first element of an XML part, where alone a document type may be declared."""

    def __init__(self, path: str, part: str):
        self._what = f"{path} is damaged: {part} declares a document type, which no workbook needs"
        self._over = False
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._start

    def feed(self, piece: bytes) -> None:
        if not self._over:
            self._parser.Parse(piece, False)

    def _start(self, *_: Any) -> None:
        self._over = True

    def _refuse(self, *_: Any) -> None:
        raise InputError(f"{self._what}. Open it in the program that wrote it, save it again and retry.")
