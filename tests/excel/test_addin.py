"""The add-in file: built from its sources, the same bytes each time, and nothing in it that was not meant."""

import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from nrr_xl.excel import addin, server, wrappers
from nrr_xl.functions.values import ERROR_NUMBERS
from nrr_xl.functions.worksheet import FUNCTIONS, WorksheetFunction

RIBBON = "{http://schemas.microsoft.com/office/2009/07/customui}"


@pytest.fixture(scope="module")
def package():
    with zipfile.ZipFile(io.BytesIO(addin.build_addin())) as opened:
        yield {name: opened.read(name) for name in opened.namelist()}


@pytest.fixture(scope="module")
def sources():
    return addin.vba_sources()


def test_the_committed_add_in_is_what_the_sources_build(templates):
    assert (templates / "nrr_xl.xlam").read_bytes() == addin.build_addin(), (
        "Run python -m nrr_xl.excel.addin and commit templates/nrr_xl.xlam"
    )


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("kind", [".xlam", ".xlsm"])
def test_olevba_reads_exactly_the_sources_back(kind, sources):
    from oletools.olevba import VBA_Parser

    found = VBA_Parser(f"nrr_xl{kind}", data=addin.build_addin(kind))
    modules = {
        name.removesuffix(".bas"): re.sub(r'\AAttribute VB_Name = "\w+"\r\n', "", code)
        for _, _, name, code in found.extract_macros()
    }
    found.close()
    documents = {name: modules.pop(name) for name in ("ThisWorkbook.cls", "Sheet1.cls")}
    assert modules == sources
    assert not any("Sub" in code or "Function" in code for code in documents.values())


def test_the_package_is_an_add_in_with_a_ribbon_and_no_name_of_its_makers(package):
    assert b"application/vnd.ms-excel.addin.macroEnabled.main+xml" in package["[Content_Types].xml"]
    assert b'Target="customUI/customUI14.xml"' in package["_rels/.rels"]
    assert b"<dc:creator>nrr_xl</dc:creator>" in package["docProps/core.xml"]
    assert b'codeName="ThisWorkbook"' in package["xl/workbook.xml"]
    assert b'codeName="Sheet1"' in package["xl/worksheets/sheet1.xml"]


def test_every_button_has_its_macro_and_tells_what_it_does(package, sources):
    ribbon = ElementTree.fromstring(package[addin.RIBBON_PART])
    assert [tab.get("label") for tab in ribbon.iter(f"{RIBBON}tab")] == ["Retention"]
    buttons = list(ribbon.iter(f"{RIBBON}button"))
    labels = ["Build report", "Check data", "New from template", "Make portable", "Help", "About / doctor"]
    assert [button.get("label") for button in buttons] == labels
    for button in buttons:
        assert f"Public Sub {button.get('onAction')}(Optional control As Object)" in sources["NrrRibbon"]
        assert button.get("imageMso") and button.get("screentip") and button.get("supertip")


def test_the_host_loads_the_dll_of_the_pinned_xlwings(sources, root):
    pinned = re.search(r'"xlwings==([\d.]+); sys_platform', (root / "pyproject.toml").read_text())[1]
    assert set(re.findall(r"xlwings(?:32|64)-([\d.]+)\.dll", sources["NrrHost"])) == {pinned}


def test_only_the_host_declares_anything_outside_vba(sources):
    for name in set(sources) - {"NrrHost"}:
        assert not re.search(r"(?m)^\s*(#If|(Private |Public )?Declare)", sources[name]), name


def test_the_generated_module_knows_every_function_and_every_error(sources):
    generated = sources[wrappers.MODULE]
    for name, function in FUNCTIONS.items():
        assert generated.count(f"Public Function {name}(") == 1
        assert f"Attribute {name}.VB_Description = {wrappers.quoted(function.description)}" in generated
        assert f'MacroOptions Macro:="{name}"' in generated
    for shown, number in ERROR_NUMBERS.items():
        assert f'Case "{shown}": NrrErrorOf = CVErr({number})' in generated
    assert server.SHARED_CLSID in generated


def test_the_command_fits_into_the_dlls_buffer():
    longest = server.COMMAND.replace("{venv}", "x" * 1024).replace("{start}", "1000")
    assert len(longest) < 2048
    assert " -I " in server.COMMAND


def _declared(text="", **arguments):
    def body(next=None, was=None):
        pass

    def function(*cells):
        pass

    body.__name__ = "BODY"
    function.__wrapped__ = body
    function.__name__ = "BODY"
    function.__doc__ = text or "A text."
    return WorksheetFunction(function, arguments)


@pytest.mark.parametrize(
    "function, reason",
    [
        (_declared(next="x", was="x"), "VBA does not allow an argument named next"),
        (_declared(body="x", was="x"), "VBA does not allow an argument named body"),
        (_declared(was="x" * 256), "more than 255"),
        (_declared(was="x"), "not those of its arguments"),
        (_declared("x" * 256, **{"was": "x"}), "not those of its arguments"),
    ],
)
def test_what_vba_would_trip_over_is_an_error_of_the_build(function, reason, monkeypatch):
    monkeypatch.setitem(FUNCTIONS, "BODY", function)
    with pytest.raises(wrappers.BuildError, match=reason):
        wrappers.wrapper_module()


def test_no_line_is_too_long_for_vba(sources):
    assert max(len(line) for source in sources.values() for line in source.splitlines()) <= wrappers.LONGEST_LINE


def test_the_add_in_is_written_where_it_is_asked_for(tmp_path: Path, capsys):
    assert addin.main([str(tmp_path / "a.xlam")]) == 0
    assert (tmp_path / "a.xlam").read_bytes() == addin.build_addin()
    assert "a.xlam: 4 modules" in capsys.readouterr().out
