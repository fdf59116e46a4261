"""Build the LibreOffice extension: ``python -m nrr_xl.calc.build [FILE.oxt]``; the same input gives the same bytes.

The extension carries this package's own code, so that the functions of single cells need nothing else.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import nrr_xl
from nrr_xl._version import __version__
from nrr_xl.calc import names
from nrr_xl.calc.typelib import type_library
from nrr_xl.files import written_whole
from nrr_xl.functions.worksheet import CATEGORY, FUNCTIONS

DEFAULT = Path(__file__).parents[2] / "templates" / "nrr_xl.oxt"
PACKAGE = Path(nrr_xl.__file__).parent
# The code and the tables that it reads.
CODE = (".py", ".toml", ".csv")
LOADER = "nrrxl_calc.py"
_DATE = (1980, 1, 1, 0, 0, 0)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_CONFIGURATION = (
    f"{_HEAD}"
    '<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    ' oor:name="{name}" oor:package="org.openoffice.Office">{content}</oor:component-data>\n'
)
MENU = (
    ("build_report", "Build report"),
    ("check_data", "Check data"),
    ("new_from_template", "New from template"),
    ("link_formulas", "Use formulas from Excel here"),
)
_PARTS = {
    "types.rdb": "application/vnd.sun.star.uno-typelibrary;type=RDB",
    LOADER: "application/vnd.sun.star.uno-component;type=Python",
    "CalcAddIns.xcu": "application/vnd.sun.star.configuration-data",
    "Addons.xcu": "application/vnd.sun.star.configuration-data",
}


def build_extension(more: dict[str, bytes] | None = None) -> bytes:
    """The extension's bytes, with `more` files in it."""
    parts = {
        "META-INF/manifest.xml": _manifest().encode(),
        "description.xml": _description().encode(),
        "types.rdb": type_library(names.INTERFACE, names.methods()),
        LOADER: b'"""Found by LibreOffice; the code is below."""\n'
        b"from nrr_xl.calc.component import g_ImplementationHelper  # noqa: F401\n",
        "CalcAddIns.xcu": _functions().encode(),
        "Addons.xcu": _menu().encode(),
        **_code(),
        **(more or {}),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name, _DATE), content, zipfile.ZIP_DEFLATED, 9)
    return packed.getvalue()


def _code() -> dict[str, bytes]:
    """This package's own files, where LibreOffice's Python looks for them."""
    files = sorted(path for path in PACKAGE.rglob("*") if path.suffix in CODE)
    return {f"pythonpath/{path.relative_to(PACKAGE.parent).as_posix()}": path.read_bytes() for path in files}


def _manifest() -> str:
    entries = "".join(
        f" <manifest:file-entry manifest:media-type={quoteattr(kind)} manifest:full-path={quoteattr(name)}/>\n"
        for name, kind in _PARTS.items()
    )
    space = "http://openoffice.org/2001/manifest"
    return f'{_HEAD}<manifest:manifest xmlns:manifest="{space}">\n{entries}</manifest:manifest>\n'


def _description() -> str:
    return (
        f'{_HEAD}<description xmlns="http://openoffice.org/extensions/description/2006">\n'
        f' <identifier value="{names.EXTENSION}"/>\n <version value="{__version__}"/>\n'
        ' <display-name><name lang="en">nrr_xl: net revenue retention</name></display-name>\n'
        ' <publisher><name lang="en">nrr_xl</name></publisher>\n</description>\n'
    )


def _node(name: str, *content: str) -> str:
    return f'<node oor:name={quoteattr(name)} oor:op="replace">{"".join(content)}</node>'


def _text(name: str, text: str) -> str:
    return f'<prop oor:name="{name}"><value xml:lang="en-US">{escape(text)}</value></prop>'


def _value(name: str, text: str) -> str:
    return f'<prop oor:name="{name}"><value>{escape(text)}</value></prop>'


def _functions() -> str:
    """What the function wizard shows, and the names by which .xlsx files call the functions."""
    each = [
        _node(
            name,
            _text("DisplayName", name),
            _text("Description", declared.description),
            _value("Category", "Add-In"),
            _text("CompatibilityName", name),
            '<node oor:name="Parameters">',
            *(
                _node(argument, _text("DisplayName", argument), _text("Description", help_text))
                for argument, help_text in declared.arguments.items()
            ),
            "</node>",
        )
        for name, declared in sorted(FUNCTIONS.items())
    ]
    content = _node(names.FUNCTIONS, '<node oor:name="AddInFunctions">', *each, "</node>")
    return _CONFIGURATION.format(name="CalcAddIns", content=f'<node oor:name="AddInInfo">{content}</node>')


def _menu() -> str:
    entries = (
        _node(
            f"m{place}",
            _value("URL", f"service:{names.ACTIONS}?{action}"),
            _text("Title", title),
            _value("Target", "_self"),
        )
        for place, (action, title) in enumerate(MENU, 1)
    )
    menu = _node(
        "nrrxl.menu",
        _value("Context", "com.sun.star.sheet.SpreadsheetDocument"),
        _text("Title", CATEGORY),
        '<node oor:name="Submenu">',
        *entries,
        "</node>",
    )
    content = f'<node oor:name="AddonUI"><node oor:name="OfficeMenuBar">{menu}</node></node>'
    return _CONFIGURATION.format(name="Addons", content=content)


def main(arguments: list[str]) -> int:
    """Write the extension to the given file, by default to its place among the templates."""
    path = Path(arguments[0]) if arguments else DEFAULT
    with written_whole(path, overwrite=True) as beside:
        beside.write_bytes(build_extension())
    print(f"{path}: {len(FUNCTIONS)} functions, {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
