"""Build the add-ins: ``python -m nrr_xl.excel.addin [FOLDER]`` writes their VBA modules and the ribbon into workbooks.

`nrr_xl.xlam` has the ribbon and the functions of amounts, and needs nothing but Excel; `nrr_xl_host.xlam` has the
functions of rows and asks Python. The same input gives the same bytes.
"""

from __future__ import annotations

import io
import sys
import zipfile
from importlib import resources
from pathlib import Path
from xml.sax.saxutils import escape

from nrr_xl._version import __version__
from nrr_xl.excel.wrappers import PURE_MODULE, ROW_MODULE, pure_module, row_module
from nrr_xl.files import written_whole
from nrr_xl.records import struct
from nrr_xl.workbook.project import macro_workbook, windows_lines

DEFAULT = Path(__file__).parents[2] / "templates"
RIBBON_PART = "customUI/customUI14.xml"
_RIBBON_ENTRIES = (
    ("[Content_Types].xml", b"</Types>", f'<Override PartName="/{RIBBON_PART}" ContentType="application/xml"/>'),
    (
        "_rels/.rels",
        b"</Relationships>",
        '<Relationship Id="nrrRibbon" Type="http://schemas.microsoft.com/office/2007/relationships/ui/extensibility" '
        f'Target="{RIBBON_PART}"/>',
    ),
)
# A ZIP file's earliest date, so that no build differs from another.
_DATE = (1980, 1, 1, 0, 0, 0)


@struct()
class AddIn:
    """One add-in: its file, the words of Excel's dialog of add-ins, and where its modules come from."""

    file: str
    title: str
    description: str
    written: tuple[str, ...]
    generated: str
    ribbon: bool = False

    def modules(self) -> dict[str, str]:
        """The VBA modules by name, the hand-written ones and the generated one."""
        sources = {name: _text(f"{name}.bas") for name in self.written}
        generated = pure_module() if self.generated == PURE_MODULE else row_module()
        return {name: windows_lines(source) for name, source in (sources | {self.generated: generated}).items()}


PURE = AddIn(
    "nrr_xl.xlam",
    "nrr_xl: net revenue retention",
    "Worksheet functions of net revenue retention and the ribbon tab; no other program is needed.",
    ("NrrArguments", "NrrCells", "NrrRibbon"),
    PURE_MODULE,
    ribbon=True,
)
HOST = AddIn(
    "nrr_xl_host.xlam",
    "nrr_xl: reports and functions of rows",
    "Reports and worksheet functions over revenue rows, computed by nrr_xl's own Python.",
    ("NrrArguments", "NrrResults", "NrrHost", "NrrLibrary"),
    ROW_MODULE,
)
ADDINS = (PURE, HOST)


def build_addin(addin: AddIn = PURE, kind: str = ".xlam", replaced: dict[str, str] | None = None) -> bytes:
    """An add-in's bytes.

    Parameters
    ----------
    addin : AddIn
    kind : str
        ".xlam", or ".xlsm" for its twin that a test can open as a workbook.
    replaced : dict, optional
        Sources of modules to put in the place of the shipped ones, or beside them.
    """
    # LibreOffice, in which the twin is tried, has no events of the application.
    events = _text("ThisWorkbook.bas") if kind == ".xlam" else ""
    parts = macro_workbook(kind, addin.modules() | (replaced or {}), events)
    if addin.ribbon:
        for name, closing, added in _RIBBON_ENTRIES:
            parts[name] = parts[name].replace(closing, added.encode() + closing)
        parts[RIBBON_PART] = _text("ribbon.xml").encode()
    parts["docProps/core.xml"] = _properties(addin)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name, _DATE), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _text(name: str) -> str:
    return (resources.files("nrr_xl.excel") / "vba" / name).read_text(encoding="ascii")


def _properties(addin: AddIn) -> bytes:
    """The document properties; Excel's dialog of add-ins shows the title and the description."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(addin.title)}</dc:title><dc:creator>nrr_xl</dc:creator>"
        f"<dc:description>{escape(addin.description)}</dc:description><cp:version>{__version__}</cp:version>"
        '<dcterms:created xsi:type="dcterms:W3CDTF">1980-01-01T00:00:00Z</dcterms:created>'
        "</cp:coreProperties>"
    ).encode()


def main(arguments: list[str]) -> int:
    """Write the add-ins into the given folder, by default to their place among the templates."""
    folder = Path(arguments[0]) if arguments else DEFAULT
    for addin in ADDINS:
        path = folder / addin.file
        with written_whole(path, overwrite=True) as beside:
            beside.write_bytes(build_addin(addin))
        print(f"{path}: {len(addin.modules())} modules, {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
