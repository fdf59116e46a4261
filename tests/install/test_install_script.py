"""install.ps1, read with PowerShell's grammar: it parses, it is 5.1's, and it calls what the installer answers to.

No PowerShell runs on the development machines; what only it can show is on the Windows checklist.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import sysconfig
from argparse import Namespace

import pytest

from nrr_xl.excel import install

tree_sitter = pytest.importorskip("tree_sitter")
grammar = pytest.importorskip("tree_sitter_powershell")

# Every program the script runs, with its arguments as written.
CALLS = [
    ("$Candidate", "-I -c 'import nrr_xl.excel.install' 2>&1"),
    ("$Candidate", "-I -c $question"),
    ("py", "'-0p'"),
    ("uv", "python find '>=3.11'"),
    ("$venvPython", "-I -c $question"),
    ("$bundledPython", "-I -B -m nrr_xl.excel.install --uninstall @options"),
    ("$venvPython", "-I -m nrr_xl.excel.install --uninstall @options"),
    ("$bundledPython", "-I -B -m nrr_xl.excel.install @options"),
    ("$venvPython", "-I -m nrr_xl.excel.install @options"),
    ("$venvPython", "-I -m nrr_xl.excel.install --prepare"),
    ("$base", "-I -m venv $venv"),
    ("$venvPython", "-I -m pip install --disable-pip-version-check --no-input --upgrade @source @package"),
    ("$venvPython", "-I -m nrr_xl.excel.install @options"),
]
OPTIONS = {"--what-if", "--pre-start"}
NEWER = ("ternary", "null_coalesc", "null_conditional")


@pytest.fixture(scope="module")
def script(root) -> bytes:
    return (root / "install.ps1").read_bytes()


def nodes(script: bytes):
    tree = tree_sitter.Parser(tree_sitter.Language(grammar.language())).parse(script)
    waiting = [tree.root_node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.children


def test_it_parses(script):
    bad = [(node.start_point[0] + 1, node.text[:40]) for node in nodes(script) if node.is_error or node.is_missing]
    assert bad == []


def test_windows_powershell_reads_it_without_a_byte_order_mark(script):
    assert script.decode("ascii")


def test_nothing_of_powershell_7_is_used(script):
    kinds = {node.type for node in nodes(script)}
    assert not [kind for kind in kinds if any(newer in kind for newer in NEWER)]
    code = re.sub(r"<#.*?#>|#[^\n]*|'[^']*'|\"[^\"]*\"", "", script.decode(), flags=re.DOTALL)
    assert not re.search(r"\?\?|\?\.|&&|\|\||\$IsWindows|-Parallel|ConvertFrom-Json -AsHashtable", code)


def test_the_calls_are_these(script):
    found = []
    for node in nodes(script):
        if node.type == "command" and node.text.startswith(b"&"):
            program, _, arguments = re.sub(r"^&\s*", "", node.text.decode()).partition(" ")
            found.append((node.start_byte, program, arguments.strip()))
    assert [(program, arguments) for _, program, arguments in sorted(found)] == CALLS


def test_the_installer_answers_to_each_call(script, monkeypatch):
    asked: list[Namespace] = []
    monkeypatch.setattr(install, "_run", lambda arguments, machine: asked.append(arguments) or 0)
    named = set(re.findall(r"\$options \+= '(--[a-z-]+)'", script.decode()))
    assert named == OPTIONS
    for _, arguments in CALLS:
        words = shlex.split(arguments)
        if "nrr_xl.excel.install" in words:
            plain = [word for word in words[words.index("nrr_xl.excel.install") + 1 :] if word != "@options"]
            for option in ("", *OPTIONS):
                assert install.main([*plain, *filter(None, [option])]) == 0
    assert {(each.uninstall, each.prepare) for each in asked} == {(True, False), (False, True), (False, False)}


def test_nothing_is_removed_but_what_is_recorded_and_the_environment(script):
    removed = {node.text.decode().strip() for node in nodes(script) if node.type == "command"}
    assert {line for line in removed if line.startswith("Remove-Item")} == {
        "Remove-Item -LiteralPath $nrrHome",
        "Remove-Item -LiteralPath $venv -Recurse -Force",
        "Remove-Item -LiteralPath $folder -Recurse -Force",
        "Remove-Item -LiteralPath $entry.Name",
        "Remove-Item -LiteralPath $path",
    }


def test_paths_with_brackets_are_taken_as_they_are(script):
    """Without -LiteralPath a folder "[new]" would be a pattern."""
    commands = [node.text.decode() for node in nodes(script) if node.type == "command"]
    taking = ("Test-Path", "Get-ChildItem", "Remove-Item", "Get-Content", "Get-FileHash")
    found = [line for line in commands if line.startswith(taking)]
    assert len(found) > 10 and not [line for line in found if "-LiteralPath" not in line]


def test_no_package_is_installed_by_its_name(script):
    text = script.decode()
    assert "return 'nrr-xl'" not in text and not re.search(r"pip install[^\n]*\bnrr[-_]xl\b", text)
    package = text.split("function Get-Package")[1].split("\n}\n")[0]
    assert (
        "return @('--require-hashes', '--only-binary', ':all:', '--find-links', $PSScriptRoot, '--requirement'"
        in package
    )


@pytest.mark.parametrize("reason", ["Microsoft Store", "32-bit", "older than", "ARM64", "conda"])
def test_a_python_that_will_not_do_is_refused_with_its_reason(script, reason):
    refusal = script.decode().split("function Get-Refusal")[1].split("\n}\n")[0]
    assert reason in refusal


def test_the_environment_is_where_the_installer_expects_it(script):
    text = script.decode()
    assert "$nrrHome = Join-Path $env:LOCALAPPDATA 'nrr_xl'" in text
    assert "$venv = Join-Path $nrrHome 'venv'" in text


def test_a_python_answers_the_question_of_the_script_in_its_order(script, tmp_path, monkeypatch, capsys):
    """As PowerShell passes it on: one line without a double quote, which its version 5.1 would lose."""
    text = script.decode()
    question = re.search(r"^\$question = '(.*)'$", text, re.MULTILINE)[1].replace("''", "'")
    assert '"' not in question
    done = subprocess.run([sys.executable, "-I", "-c", question], capture_output=True, text=True, check=True)
    version = sys.version_info[0] * 100 + sys.version_info[1]
    assert done.stdout.split() == ["64", str(version), sysconfig.get_platform(), done.stdout.split()[-1]]
    assert "$bits, $version, $platform, $conda = " in text
    (tmp_path / "conda-meta").mkdir()
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path))
    monkeypatch.setattr(sysconfig, "get_platform", lambda: "win-arm64")
    exec(question, {})
    assert capsys.readouterr().out.split()[2:] == ["win-arm64", "1"]
