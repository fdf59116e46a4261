"""Archives made to harm whoever opens them: each a small sound workbook with one thing changed."""

from __future__ import annotations

import gzip
import io
import random
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import xlsxwriter

from tests.faults.broken import (
    encrypted,
    entry,
    far_away,
    immense,
    looped,
    other_name,
    outside,
    overstated,
    put,
    understated,
    unknown_method,
    wrong_checksum,
)
from tests.revenue.xlsb import xlsb

FILES = Path(__file__).parents[1] / "revenue" / "files"
ROWS = [["Customer", "Month", "MRR"]]
ROWS += [
    [name, f"{year}-12", amount]
    for name, *amounts in (("a", 100.0, 130.0), ("b", 100.0, 50.0))
    for year, amount in zip((2023, 2024), amounts, strict=True)
]
CSV = "\n".join(",".join(map(str, row)) for row in ROWS).encode()
SECRET = "the canary sang"
BOOK, RELATIONS, SHEET = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"
STYLES, TEXTS, TYPES = "xl/styles.xml", "xl/sharedStrings.xml", "[Content_Types].xml"
XML = (BOOK, RELATIONS, SHEET, STYLES, TEXTS)
ATTRIBUTE, COLUMN = ' a@="1"', '<col min="@" max="16384" width="9"/>'
Edit = Callable[[str], str | bytes]


def sound() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        sheet = made.add_worksheet("Revenue")
        for number, row in enumerate(ROWS):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def edited(changes: dict[str, Edit], data: bytes = b"", extra: dict[str, bytes] | None = None) -> bytes:
    """A package with parts changed by functions of their text, and further parts behind them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data or sound())) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as to:
        for name in source.namelist():
            part = source.read(name)
            made = changes[name](part.decode()) if name in changes else part
            to.writestr(name, made)
        for name, part in (extra or {}).items():
            to.writestr(name, part)
    return out.getvalue()


def before(mark: str, text: str) -> Edit:
    return lambda xml: xml.replace(mark, text + mark, 1)


def after_head(text: str) -> Edit:
    return lambda xml: xml.replace("?>", "?>" + text, 1)


def swap(old: str, new: str) -> Edit:
    def change(xml: str) -> str:
        assert old in xml, (old, xml[:500])
        return xml.replace(old, new)

    return change


def duplicate(second: dict[str, Edit]) -> bytes:
    """Two parts of one name: which of them counts is each reader's guess."""
    out = io.BytesIO(sound())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as to, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, change in second.items():
            held = next(each for each in to.namelist() if each.lower() == name.lower())
            to.writestr(name, change(to.read(held).decode()))
    return out.getvalue()


def overlapping() -> bytes:
    """Entries that share one packed kernel, so that the archive is small and all of them together are not."""
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = kernel.compress(bytes(60 << 20)) + kernel.flush()
    checksum = zlib.crc32(bytes(60 << 20))
    body = bytearray(sound())
    at = bytes(body).rindex(b"PK\x05\x06")
    (directory,) = struct.unpack_from("<I", body, at + 16)
    lines, count = bytes(body[directory:at]), struct.unpack_from("<H", body, at + 10)[0]
    head = bytes(body[:directory])
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, checksum, len(packed), 60 << 20, 1, 0) + b"k"
    for number in range(200):
        name = f"xl/media/{number}.png".encode()
        lines += struct.pack(
            "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, checksum, len(packed), 60 << 20, len(name), 0, 0, 0, 0, 0,
            len(head),
        ) + name  # fmt: skip
    whole = head + local + packed
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count + 200, count + 200, len(lines), len(whole), 0)
    return whole + lines + tail


def traversal() -> bytes:
    names = [
        "../../../escaped.txt",
        "/tmp/escaped.txt",
        "..\\..\\escaped.txt",
        "C:\\escaped.txt",
        "xl/../../escaped.txt",
        "~/escaped",
    ]
    return edited({}, extra=dict.fromkeys(names, b"escaped"))


def pointed_at(target: str, mode: str = "") -> bytes:
    """The workbook's sheet lies where it should not."""
    told = f'Target="{target}"' + (f' TargetMode="{mode}"' if mode else "")
    return edited({RELATIONS: swap('Target="worksheets/sheet1.xml"', told)})


def doctype(part: str, inside: str, use: str = "") -> bytes:
    root = {BOOK: "workbook", SHEET: "worksheet"}.get(part, "x")
    change = after_head(f"<!DOCTYPE {root} [{inside}]>")
    return edited({part: lambda xml: change(xml).replace("</", f"{use}</", 1)})


def laughs() -> str:
    made = '<!ENTITY a0 "ha">'
    return made + "".join(f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 12))


def in_utf16(part: str, change: Edit) -> bytes:
    def encode(xml: str) -> bytes:
        made = change(xml)
        assert isinstance(made, str)
        return made.replace("UTF-8", "UTF-16").encode("utf-16")

    return edited({part: encode})


def latin(xml: str) -> bytes:
    """Two names that differ by a letter which UTF-8 does not write in one byte."""
    named = (
        xml.replace("UTF-8", "iso-8859-1")
        .replace("<t>a</t>", "<t>M\xfcller</t>")
        .replace("<t>b</t>", "<t>M\xf6ller</t>")
    )
    return named.encode("latin-1")


def latin_inline(xml: str) -> bytes:
    for index, name in ((3, "M\xfcller"), (6, "M\xf6ller")):
        assert f't="s"><v>{index}</v>' in xml
        xml = xml.replace(f't="s"><v>{index}</v>', f't="inlineStr"><is><t>{name}</t></is>')
    return xml.replace("UTF-8", "iso-8859-1").encode("latin-1")


def compound(change: Callable[[bytearray], None]) -> bytes:
    held = bytearray((FILES / "revenue.xls").read_bytes())
    change(held)
    return bytes(held)


def open_document(change: Edit, part: str = "content.xml") -> bytes:
    return edited({part: change}, (FILES / "revenue.ods").read_bytes())


def binary(change: Callable[[bytearray], bytes]) -> bytes:
    data = xlsb(ROWS)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as to:
        for name in source.namelist():
            part = source.read(name)
            to.writestr(name, change(bytearray(part)) if name.endswith("sheet1.bin") else part)
    return out.getvalue()


def secret(folder: str) -> str:
    return f'<!ENTITY e SYSTEM "file://{folder}/secret.txt">'


def the_set(folder: str) -> dict[str, Callable[[], bytes]]:
    """Each archive by its name; `folder` is where a secret lies that none of them may bring to light."""
    made: dict[str, Callable[[], bytes]] = {
        "bomb-sheet.xlsx": lambda: edited({SHEET: before("</sheetData>", " " * (80 << 20))}),
        "bomb-texts.xlsx": lambda: edited({TEXTS: before("</sst>", " " * (80 << 20))}),
        "bomb-types.xlsx": lambda: edited({TYPES: before("</Types>", " " * (80 << 20))}),
        "bomb-relations.xlsx": lambda: edited({RELATIONS: before("</Relationships>", " " * (80 << 20))}),
        "bomb-picture.xlsx": lambda: edited({}, extra={"xl/media/image1.png": bytes(100 << 20)}),
        "bomb-nested.xlsx": lambda: edited({}, extra={f"xl/embeddings/{n}.zip": nest(6) for n in range(4)}),
        "overlapping.xlsx": overlapping,
        "traversal.xlsx": traversal,
        "points-outside.xlsx": lambda: pointed_at("../../../../../../../etc/passwd"),
        "points-at-file.xlsx": lambda: pointed_at(f"file://{folder}/secret.txt"),
        "points-at-web.xlsx": lambda: pointed_at("http://127.0.0.1:9/sheet1.xml", "External"),
        "points-at-itself.xlsx": lambda: pointed_at("workbook.xml"),
        "deep-sheet.xlsx": lambda: edited({SHEET: before("</sheetData>", "<a>" * 100_000 + "</a>" * 100_000)}),
        "deep-book.xlsx": lambda: edited({BOOK: before("</workbook>", "<a>" * 100_000 + "</a>" * 100_000)}),
        "deep-unclosed.xlsx": lambda: edited({STYLES: before("</styleSheet>", "<a>" * 200_000)}),
        "twice.xlsx": lambda: duplicate({SHEET: swap("<v>50</v>", "<v>9999</v>")}),
        "twice-by-case.xlsx": lambda: duplicate({"xl/worksheets/Sheet1.xml": swap("<v>50</v>", "<v>9999</v>")}),
        "twice-texts.xlsx": lambda: duplicate({TEXTS: swap("<t>b</t>", "<t>a</t>")}),
        "attributes.xlsx": lambda: edited({SHEET: swap("<sheetData>", f"<sheetData {many(300_000, ATTRIBUTE)}>")}),
        "dimension.xlsx": lambda: edited({SHEET: swap('ref="A1:C5"', 'ref="A1:XFD1048576"')}),
        "dimension-wrong.xlsx": lambda: edited({SHEET: swap('ref="A1:C5"', 'ref="A1:ZZZZZZZ99999999999999"')}),
        "cell-far.xlsx": lambda: edited({SHEET: swap('r="C5"', 'r="ZZZZZZZZ5"')}),
        "cell-without-end.xlsx": lambda: edited({SHEET: swap('r="C5"', f'r="C{"9" * 5000}"')}),
        "row-negative.xlsx": lambda: edited({SHEET: swap('<row r="5"', '<row r="-5"')}),
        "row-huge.xlsx": lambda: edited({SHEET: swap('<row r="5"', f'<row r="{2**63}"')}),
        "row-back.xlsx": lambda: edited({SHEET: swap('<row r="5"', '<row r="2"')}),
        "text-outside.xlsx": lambda: edited({SHEET: swap('t="s"><v>3</v>', 't="s"><v>99999999999</v>')}),
        "text-negative.xlsx": lambda: edited({SHEET: swap('t="s"><v>3</v>', 't="s"><v>-1</v>')}),
        "style-outside.xlsx": lambda: edited({SHEET: swap('r="C5"', 'r="C5" s="4000000000"')}),
        "merges.xlsx": lambda: edited({SHEET: before("<pageMargins", f"<mergeCells>{merges(300_000)}</mergeCells>")}),
        "merge-all.xlsx": lambda: edited(
            {SHEET: before("<pageMargins", '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')}
        ),
        "columns.xlsx": lambda: edited({SHEET: before("<sheetData>", f"<cols>{many(100_000, COLUMN)}</cols>")}),
        "value-infinite.xlsx": lambda: edited({SHEET: swap("<v>50</v>", "<v>1e999</v>")}),
        "value-long.xlsx": lambda: edited({SHEET: swap("<v>50</v>", f"<v>{'9' * 400_000}</v>")}),
        "cell-twice.xlsx": lambda: edited({SHEET: swap('r="B5"', 'r="C5"')}),
        "latin-1.xlsx": lambda: edited({TEXTS: latin}),
        "latin-1-inline.xlsx": lambda: edited({SHEET: latin_inline}),
        "not-utf-8.xlsx": lambda: edited({TEXTS: lambda xml: latin(xml).replace(b"iso-8859-1", b"utf-8")}),
        "encoding-unknown.xlsx": lambda: edited({SHEET: swap("UTF-8", "UTF-99")}),
        "nul.xlsx": lambda: edited({SHEET: swap("<v>50</v>", "<v>5\0</v>")}),
        "checksum.xlsx": lambda: entry(sound(), SHEET, wrong_checksum),
        "checksum-texts.xlsx": lambda: entry(sound(), TEXTS, wrong_checksum),
        "encrypted.xlsx": lambda: entry(sound(), SHEET, encrypted),
        "encrypted-all.xlsx": lambda: entry(entry(sound(), BOOK, encrypted), RELATIONS, encrypted),
        "method.xlsx": lambda: entry(sound(), SHEET, unknown_method),
        "understated.xlsx": lambda: entry(sound(), SHEET, understated),
        "overstated.xlsx": lambda: entry(sound(), SHEET, overstated),
        "offset.xlsx": lambda: entry(sound(), SHEET, far_away),
        "other-name.xlsx": lambda: entry(sound(), SHEET, other_name),
        "two-directories.xlsx": lambda: sound() + edited({SHEET: swap("<v>50</v>", "<v>9999</v>")}),
        "comment.xlsx": lambda: sound()[:-2] + b"\xff\xff" + b"PK\x05\x06" * 16_000,
        "xls-loop.xls": lambda: compound(looped),
        "xls-immense.xls": lambda: compound(immense),
        "xls-outside.xls": lambda: compound(outside),
        "xls-sectors.xls": lambda: compound(put(44, 0xFFFF_FFF0)),
        "xls-directory.xls": lambda: compound(put(48, 0x7FFF_FFFF)),
        "xls-shift.xls": lambda: compound(put(30, 0xFFFF)),
        "xls-more.xls": lambda: compound(put(68, 0)),
        "xlsb-bomb.xlsb": lambda: binary(lambda part: bytes(part) + bytes(80 << 20)),
        "xlsb-length.xlsb": lambda: binary(lambda part: bytes(part[:40]) + b"\x01\xff\xff\xff\x7f" + bytes(part[40:])),
        "xlsb-checksum.xlsb": lambda: entry(xlsb(ROWS), "xl/worksheets/sheet1.bin", wrong_checksum),
        "ods-rows.ods": lambda: open_document(repeated("rows", "row")),
        "ods-columns.ods": lambda: open_document(repeated("columns", "cell")),
        "ods-negative.ods": lambda: open_document(before("</table:table>", row('table:number-rows-repeated="-7"'))),
        "ods-huge.ods": lambda: open_document(before("</table:table>", row(f'table:number-rows-repeated="{2**70}"'))),
        "ods-deep.ods": lambda: open_document(before("</table:table>", "<a>" * 100_000 + "</a>" * 100_000)),
        "ods-bomb.ods": lambda: open_document(before("</table:table>", " " * (80 << 20))),
        "ods-entity.ods": lambda: open_document(after_head(f"<!DOCTYPE x [{secret(folder)}]>")),
        "ods-checksum.ods": lambda: entry((FILES / "revenue.ods").read_bytes(), "content.xml", wrong_checksum),
        "bomb.csv.gz": lambda: gzip.compress(CSV + b"\n" * (300 << 20), 9),
        "members.csv.gz": lambda: gzip.compress(CSV) + gzip.compress(b"\n" * (300 << 20), 9),
        "torn.csv.gz": lambda: gzip.compress(CSV)[:-9],
        "checksum.csv.gz": lambda: gzip.compress(CSV)[:-8] + bytes(8),
    }  # fmt: skip
    for part in XML:
        name = part.rpartition("/")[2].removesuffix(".xml")
        made[f"entity-{name}.xlsx"] = lambda part=part: doctype(part, secret(folder), "&e;")  # type: ignore[misc]
        made[f"laughs-{name}.xlsx"] = lambda part=part: doctype(part, laughs(), "&a11;")  # type: ignore[misc]
        made[f"parameter-{name}.xlsx"] = lambda part=part: doctype(  # type: ignore[misc]
            part, f'<!ENTITY % p SYSTEM "file://{folder}/secret.txt"> %p;'
        )
        made[f"utf16-{name}.xlsx"] = lambda part=part: in_utf16(  # type: ignore[misc]
            part, after_head(f"<!DOCTYPE x [{secret(folder)}]>")
        )
    return made


def nest(levels: int) -> bytes:
    data = bytes(10 << 20)
    for _ in range(levels):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as to:
            for number in range(10):
                to.writestr(f"{number}.zip", data)
        data = out.getvalue()
    return data


def many(count: int, text: str) -> str:
    return "".join(text.replace("@", str(number)) for number in range(count))


def merges(count: int) -> str:
    return "".join(f'<mergeCell ref="E{number}:F{number}"/>' for number in range(1, count + 1))


def row(repeat: str) -> str:
    cell = '<table:table-cell office:value-type="float" office:value="1"/>'
    return f"<table:table-row {repeat}>{cell}</table:table-row>"


def repeated(what: str, where: str) -> Edit:
    repeat = f'table:number-{what}-repeated="1000000000"'
    made = row(repeat) if where == "row" else row("").replace("<table:table-cell ", f"<table:table-cell {repeat} ")
    return before("</table:table>", made)


def sound_of(name: str) -> bytes:
    """The sound file that an archive of the set was made from."""
    ending = name.partition(".")[2]
    held = {"xlsx": sound, "xlsb": lambda: xlsb(ROWS), "csv.gz": lambda: gzip.compress(CSV, mtime=0)}
    return held[ending]() if ending in held else (FILES / f"revenue.{ending}").read_bytes()


def damaged(seed: int, count: int) -> dict[str, Callable[[], bytes]]:
    """Sound files of each kind, torn at a random place or with random bytes changed."""
    numbers = random.Random(seed)
    kinds = {kind: sound_of(f"x.{kind}") for kind in ("xlsx", "xlsb", "xls", "ods", "csv.gz")}
    made: dict[str, Callable[[], bytes]] = {}
    for number in range(count):
        kind = list(kinds)[number % len(kinds)]
        held = bytearray(kinds[kind])
        if numbers.random() < 0.5:
            del held[numbers.randrange(1, len(held)) :]
        else:
            for _ in range(numbers.choice([1, 3, 30])):
                held[numbers.randrange(len(held))] = numbers.randrange(256)
        made[f"damaged-{number}.{kind}"] = lambda held=bytes(held): held  # type: ignore[misc]
    return made
