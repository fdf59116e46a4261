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
    """The modules of both add-ins by name."""
    return addin.PURE.modules() | addin.HOST.modules()


@pytest.mark.parametrize("built", addin.ADDINS, ids=lambda built: built.file)
def test_the_committed_add_ins_are_what_the_sources_build(templates, built):
    committed = templates / built.file
    assert committed.exists() and committed.read_bytes() == addin.build_addin(built), (
        f"Run scripts/build_files.py: it builds templates/{built.file}"
    )


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("kind", [".xlam", ".xlsm"])
@pytest.mark.parametrize("built", addin.ADDINS, ids=lambda built: built.file)
def test_olevba_reads_exactly_the_sources_back(kind, built):
    from oletools.olevba import VBA_Parser

    found = VBA_Parser(f"nrr_xl{kind}", data=addin.build_addin(built, kind))
    modules = {
        name.removesuffix(".bas"): re.sub(r'\AAttribute VB_Name = "\w+"\r\n', "", code)
        for _, _, name, code in found.extract_macros()
    }
    found.close()
    documents = {name: modules.pop(name) for name in ("ThisWorkbook.cls", "Sheet1.cls")}
    assert modules == built.modules()
    assert "Sub" not in documents["Sheet1.cls"]
    assert ("Workbook_Open" in documents["ThisWorkbook.cls"]) == (kind == ".xlam")


def test_no_office_trusts_what_another_compiled(package):
    """[MS-OVBA] 2.3.4.1: on write the version is 0xFFFF, and there is no performance cache."""
    from pyopenvba.cfb import CFB

    project = CFB.from_bytes(package["xl/vbaProject.bin"])
    assert project.get_stream_in_storage("VBA", "_VBA_PROJECT") == bytes.fromhex("cc61ffff000000")
    assert not [name for name in project.list_streams_in_storage("VBA") if name.startswith("__SRP_")]


def test_the_functions_of_amounts_need_no_other_program():
    """No library, no process, no object of another program: only Excel's own."""
    forbidden = re.compile(r"\b(Declare|CreateObject|GetObject|Shell|Environ|Lib|Run)\b")
    modules = addin.PURE.modules()
    found = {name: forbidden.findall(re.sub(r"(?m)'.*$", "", code)) for name, code in modules.items()}
    assert {name: words for name, words in found.items() if words} == {"NrrRibbon": ["Run"]}
    own = {function.name for function in FUNCTIONS.values() if function.source}
    found = {name for name in FUNCTIONS if f"Public Function {name}(" in modules[wrappers.PURE_MODULE]}
    assert found == own and "NRR" in own and "NRR_ASOF" not in own


def test_what_reveals_paths_or_computes_a_part_is_private(sources):
    public = set(re.findall(r"(?m)^Public Function (\w+)", "\n".join(sources.values()))) - set(FUNCTIONS)
    assert not {name for name in public if re.search("(?i)venv|path|home|ansi", name)}
    assert "Private Function NrrVenv" in sources["NrrLibrary"]


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
    labels = ["Build report", "Check data", "Settings", "New from template", "Make portable", "Help", "About / doctor"]
    assert [button.get("label") for button in buttons] == labels
    for button in buttons:
        assert f"Public Sub {button.get('onAction')}(Optional control As Object)" in sources["NrrRibbon"]
        assert button.get("imageMso") and button.get("screentip") and button.get("supertip")


def test_the_host_loads_the_dll_of_the_pinned_xlwings(sources, root):
    pinned = re.search(r'"xlwings==([\d.]+); sys_platform', (root / "pyproject.toml").read_text())[1]
    assert set(re.findall(r"xlwings(?:32|64)-([\d.]+)\.dll", sources["NrrLibrary"])) == {pinned}


def test_only_the_library_declares_anything_outside_vba(sources):
    for name in set(sources) - {"NrrLibrary"}:
        assert not re.search(r"(?m)^\s*(#If|(Private |Public )?Declare)", sources[name]), name


def test_the_generated_modules_know_every_function_and_every_error(sources):
    generated = sources[wrappers.PURE_MODULE] + sources[wrappers.ROW_MODULE]
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
        wrappers.row_module()


def test_no_line_is_too_long_for_vba(sources):
    assert max(len(line) for source in sources.values() for line in source.splitlines()) <= wrappers.LONGEST_LINE


def test_the_add_ins_are_written_where_they_are_asked_for(tmp_path: Path, capsys):
    assert addin.main([str(tmp_path)]) == 0
    for built in addin.ADDINS:
        assert (tmp_path / built.file).read_bytes() == addin.build_addin(built)
    assert "nrr_xl_host.xlam: 5 modules" in capsys.readouterr().out


@pytest.mark.parametrize("expression", ["SUM({a})", "-{a}", "{a}&{b}"])
def test_an_expression_without_vba_is_an_error_of_the_build(expression):
    with pytest.raises(wrappers.BuildError, match="no VBA yet"):
        wrappers._vba(expression, {"a": "x(0)"})
