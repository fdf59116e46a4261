"""The LibreOffice extension as a package: its type information, what it says of every function, and its bytes."""

import io
import struct
import xml.etree.ElementTree as ElementTree
import zipfile

import pytest

from nrr_xl.calc import build, names
from nrr_xl.calc.typelib import Method, type_library
from nrr_xl.functions.worksheet import FUNCTIONS

OOR = "{http://openoffice.org/2001/registry}"


class Reader:
    """An independent reader of the UNOIDL format, after LibreOffice's description of it."""

    def __init__(self, content: bytes):
        self.content = content

    def number(self, place: int) -> int:
        return struct.unpack_from("<I", self.content, place)[0]

    def name(self, place: int) -> str:
        return self.content[place : self.content.index(b"\0", place)].decode()

    def text(self, place: int) -> tuple[str, int]:
        """A text and the place behind it; a length with its highest bit set points at an earlier one."""
        length = self.number(place)
        if length & 0x80000000:
            return self.text(length & 0x7FFFFFFF)[0], place + 4
        return self.content[place + 4 : place + 4 + length].decode(), place + 4 + length

    def interface(self) -> tuple[str, str, list[Method]]:
        """The only interface: its name, its base and its methods."""
        assert self.content.startswith(b"UNOIDL\xff\0")
        place, count = self.number(8), self.number(12)
        path = []
        while True:
            assert count == 1
            path.append(self.name(self.number(place)))
            place = self.number(place + 4)
            if self.content[place] == 5:
                break
            assert self.content[place] == 0
            count, place = self.number(place + 1), place + 5
        assert self.number(place + 1) == 1
        base, place = self.text(place + 5)
        assert (self.number(place), self.number(place + 4)) == (0, 0)
        count, place = self.number(place + 8), place + 12
        methods = []
        for _ in range(count):
            method, place = self.text(place)
            returns, place = self.text(place)
            arguments = []
            given, place = self.number(place), place + 4
            for _ in range(given):
                assert self.content[place] == 0
                argument, place = self.text(place + 1)
                kind, place = self.text(place)
                arguments.append((argument, kind))
            assert self.number(place) == 0
            place += 4
            methods.append(Method(method, returns, tuple(arguments)))
        return ".".join(path), base, methods


@pytest.fixture(scope="module")
def parts():
    with zipfile.ZipFile(io.BytesIO(build.build_extension())) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def test_the_type_information_reads_back():
    methods = names.methods()
    assert Reader(type_library("a.b.XThing", methods)).interface() == (
        "a.b.XThing",
        "com.sun.star.uno.XInterface",
        methods,
    )


def test_every_function_is_a_method_of_its_arguments():
    by_name = {method.name: method for method in names.methods()}
    assert set(by_name) == set(FUNCTIONS)
    for name, declared in FUNCTIONS.items():
        shown = [argument for argument, kind in by_name[name].arguments if kind == "any"]
        assert shown == list(declared.arguments)
    assert by_name["NRR_ASOF"].arguments[-1] == names.DOCUMENT
    assert names.DOCUMENT not in by_name["NRR"].arguments


def test_the_same_code_gives_the_same_bytes():
    assert build.build_extension() == build.build_extension()


def test_the_manifest_names_what_is_there(parts):
    manifest = ElementTree.fromstring(parts["META-INF/manifest.xml"])
    space = "{http://openoffice.org/2001/manifest}"
    named = {entry.get(f"{space}full-path") for entry in manifest.iter(f"{space}file-entry")}
    assert named <= set(parts)
    assert named == {"types.rdb", "nrrxl_calc.py", "CalcAddIns.xcu", "Addons.xcu"}


def test_the_wizard_gets_every_text(parts):
    tree = ElementTree.fromstring(parts["CalcAddIns.xcu"])
    nodes = {node.get(f"{OOR}name"): node for node in tree.iter("node")}
    for name, declared in FUNCTIONS.items():
        texts = [value.text for value in nodes[name].iter("value")]
        assert declared.description in texts
        assert texts.count(name) == 2  # its own name, and that of .xlsx files
        for argument, help_text in declared.arguments.items():
            assert {argument, help_text} <= set(texts)


def test_the_menu_leads_to_the_actions(parts):
    tree = ElementTree.fromstring(parts["Addons.xcu"])
    texts = [value.text for value in tree.iter("value")]
    for action, title in build.MENU:
        assert {f"service:{names.ACTIONS}?{action}", title} <= set(texts)


def test_the_code_in_it_is_complete_and_nothing_else_is(parts):
    code = {name for name in parts if name.startswith("pythonpath/")}
    assert {"pythonpath/nrr_xl/calc/component.py", "pythonpath/nrr_xl/retention/data/bands.csv"} <= code
    assert not [name for name in code if "__pycache__" in name or "/templates/" in name]


def test_the_build_command_writes_it(tmp_path, capsys):
    path = tmp_path / "own.oxt"
    assert build.main([str(path)]) == 0
    assert path.read_bytes() == build.build_extension()
    assert f"{len(FUNCTIONS)} functions" in capsys.readouterr().out
