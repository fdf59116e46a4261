"""Build the add-in: ``python -m nrr_xl.excel.addin [FILE.xlam]`` writes the VBA modules and the ribbon into a workbook.

The same input gives the same bytes. pyOpenVBA writes the VBA project, and its own empty workbook, saved by Excel, is
what the add-in is made from.
"""

from __future__ import annotations

import io
import sys
import tempfile
import zipfile
from importlib import resources
from pathlib import Path
from xml.sax.saxutils import escape

from nrr_xl._version import __version__
from nrr_xl.excel.wrappers import MODULE, wrapper_module
from nrr_xl.files import written_whole

DEFAULT = Path(__file__).parents[2] / "templates" / "nrr_xl.xlam"
HAND_WRITTEN = ("NrrConvert", "NrrHost", "NrrRibbon")
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
_TITLE = "nrr_xl: net revenue retention"
_DESCRIPTION = "Worksheet functions and reports of net revenue retention."


def vba_sources() -> dict[str, str]:
    """The VBA modules by name, the hand-written ones and the generated one."""
    folder = resources.files("nrr_xl.excel") / "vba"
    sources = {name: (folder / f"{name}.bas").read_text(encoding="ascii") for name in HAND_WRITTEN}
    sources[MODULE] = wrapper_module()
    return {name: "\r\n".join(source.splitlines()) + "\r\n" for name, source in sources.items()}


def build_addin(kind: str = ".xlam", replaced: dict[str, str] | None = None) -> bytes:
    """The add-in's bytes.

    Parameters
    ----------
    kind : str
        ".xlam", or ".xlsm" for its twin that a test can open as a workbook.
    replaced : dict, optional
        Sources of modules to put in the place of the shipped ones.
    """
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / f"nrr_xl{kind}"
        _write_project(made, vba_sources() | (replaced or {}))
        with zipfile.ZipFile(made) as package:
            parts = {name: package.read(name) for name in package.namelist()}
    for name, closing, added in _RIBBON_ENTRIES:
        parts[name] = parts[name].replace(closing, added.encode() + closing)
    parts[RIBBON_PART] = (resources.files("nrr_xl.excel") / "vba" / "ribbon.xml").read_bytes()
    parts["docProps/core.xml"] = _properties()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name, _DATE), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _write_project(path: Path, sources: dict[str, str]) -> None:
    """A new macro workbook with these modules and no other standard module."""
    from pyopenvba import ExcelFile, VBAModuleKind

    with ExcelFile.create_new(path) as workbook:
        project = workbook.vba_project()
        project.delete_module("Module1")
        for name in sorted(sources):
            project.add_module(name, sources[name], kind=VBAModuleKind.standard)
        workbook.save()


def _properties() -> bytes:
    """The document properties; Excel's dialog of add-ins shows the title and the description."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(_TITLE)}</dc:title><dc:creator>nrr_xl</dc:creator>"
        f"<dc:description>{escape(_DESCRIPTION)}</dc:description><cp:version>{__version__}</cp:version>"
        '<dcterms:created xsi:type="dcterms:W3CDTF">1980-01-01T00:00:00Z</dcterms:created>'
        "</cp:coreProperties>"
    ).encode()


def main(arguments: list[str]) -> int:
    """Write the add-in to the given file, by default to its place among the templates."""
    path = Path(arguments[0]) if arguments else DEFAULT
    with written_whole(path, overwrite=True) as beside:
        beside.write_bytes(build_addin())
    print(f"{path}: {len(vba_sources())} modules, {len(path.read_bytes()):,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
