"""The syntax of every VBA module, by tree-sitter's grammar of VBA and by the balance of its blocks."""

import ctypes
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from nrr_xl.excel.addin import ADDINS, build_addin
from tests.apps.conftest import require

GRAMMAR = (
    Path(os.environ.get("OOXML_VALIDATOR", Path.home() / ".cache" / "nrr_xl_tools"))
    / "node_modules"
    / "tree-sitter-vba"
    / "vba"
    / "src"
)
SOURCES = {f"{addin.file} {name}": source for addin in ADDINS for name, source in addin.modules().items()}
BLOCKS = ("If", "Sub", "Function", "With", "Select", "For", "Do", "While")
CLOSERS = {"Next": "For", "Loop": "Do", "Wend": "While"}


@pytest.fixture(scope="module")
def parser(tmp_path_factory):
    """A tree-sitter parser of VBA, its grammar compiled once."""
    require("" if GRAMMAR.exists() else f"tree-sitter-vba is not in {GRAMMAR}")
    require("" if shutil.which("gcc") else "gcc is not installed")
    import tree_sitter

    library = tmp_path_factory.mktemp("grammar") / "vba.so"
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-O0", f"-I{GRAMMAR}", *map(str, GRAMMAR.glob("*.c")), "-o", str(library)],
        check=True,
    )
    language = ctypes.CDLL(str(library)).tree_sitter_vba
    language.restype = ctypes.c_void_p
    new_capsule = ctypes.pythonapi.PyCapsule_New
    new_capsule.restype, new_capsule.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    return tree_sitter.Parser(tree_sitter.Language(new_capsule(language(), b"tree_sitter.Language", None)))


def faults(node):
    """The places of a syntax tree that the grammar could not read."""
    if node.is_error or node.is_missing:
        yield f"line {node.start_point[0] + 1}: {node.text[:60]!r}"
    elif node.has_error:
        for child in node.children:
            yield from faults(child)


def unbalanced(source: str) -> list[str]:
    """Blocks that are opened and not closed, or closed and not opened."""
    found, still_open = [], []
    source = re.sub(r"[ \t]_\r?\n", " ", source)
    for number, line in enumerate(source.splitlines(), 1):
        code = re.sub(r"'.*", "", re.sub(r'"(?:[^"]|"")*"', '""', line)).strip()
        code = re.sub(r"^(?:(?:Public|Private) )+", "", code)
        words = code.split()
        if not words:
            continue
        ended = words[1] if words[0] == "End" and words[1:] else ""
        closes = ended if ended in BLOCKS else CLOSERS.get(words[0])
        if closes:
            if still_open and still_open[-1] == closes:
                still_open.pop()
            else:
                found.append(f"line {number}: {code}")
        elif words[0] in BLOCKS and (words[0] != "If" or words[-1] == "Then"):
            still_open.append(words[0])
    return found + still_open


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_module_parses(parser, name):
    source = SOURCES[name]
    assert list(faults(parser.parse(source.replace("\r\n", "\n").encode()).root_node)) == []
    assert unbalanced(source) == []


def test_the_check_sees_broken_syntax(parser):
    broken = 'Sub A()\n    If True Then\n    MsgBox "x\nEnd Sub\n'
    assert list(faults(parser.parse(broken.encode()).root_node))
    assert unbalanced(broken)


@pytest.mark.parametrize("addin", ADDINS, ids=lambda addin: addin.file)
def test_an_add_in_is_a_valid_package(validate, tmp_path, addin):
    from tests.apps import lint

    for kind in (".xlam", ".xlsm"):
        path = tmp_path / f"nrr_xl{kind}"
        path.write_bytes(build_addin(addin, kind))
        assert validate(path) == []
        assert lint.findings(path) == []
