"""Every code block of README and docs does what it says: commands are run, Python too, PowerShell is parsed."""

import doctest
import re
import shlex
import shutil
import tomllib
from typing import NamedTuple

import openpyxl
import pyarrow
import pytest
from pyarrow import parquet

from nrr_xl.cli import main
from nrr_xl.config import config_options
from nrr_xl.workbook.template.build import write_template
from nrr_xl.workbook.theme import load_theme
from tests.conftest import ROOT

OURS = (".ci", "benchmarks", "docs", "nrr_xl", "scripts", "templates", "tests")
TOP = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "benchmarks/README.md")]
PAGES = [*TOP, *sorted((ROOT / "docs").rglob("*.md"))]
# Blocks that their own test runs (docs/problems.md), and blocks that are no code: diagrams, output, formulas.
ELSEWHERE, NO_CODE = {"grid", "csv"}, {"text", "sql"}
# What .ci/run does with these words itself, what only makes sense with the whole suite around it, or takes minutes.
BY_CI = (
    'python -m pip install -q -e ".[bench]"',
    "python benchmarks/",
    "python3 -m venv",
    ".venv-test/bin/",
    "python3 scripts/release.py",
    "python scripts/build_setup.py",
)


class Block(NamedTuple):
    page: str
    line: int
    language: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.page}:{self.line}"


def blocks() -> list[Block]:
    found = []
    for page in PAGES:
        text = page.read_text("utf-8")
        for match in re.finditer(r"^([ ]*)```(\w*)\n(.*?)^\1```$", text, re.MULTILINE | re.DOTALL):
            body = re.sub(rf"^{match[1]}", "", match[3], flags=re.MULTILINE)
            line = text[: match.start()].count("\n") + 1
            found.append(Block(page.relative_to(ROOT).as_posix(), line, match[2], body))
    return found


BLOCKS = blocks()


def of(*languages: str):
    return pytest.mark.parametrize("block", [b for b in BLOCKS if b.language in languages], ids=lambda b: b.name)


@pytest.fixture(scope="module")
def example(tmp_path_factory, templates):
    """A folder with the files that the pages speak of, made once."""
    folder = tmp_path_factory.mktemp("docs")
    book = openpyxl.load_workbook(templates / "sample_revenue.xlsx", read_only=True)
    rows = [row[:5] for row in book.active.iter_rows(values_only=True)]
    text = "\n".join(f"{','.join(map(str, row[:3]))},{str(row[3])[:10]},{row[4]}" for row in rows)
    (folder / "customers.csv").write_text(text, "utf-8")
    (folder / "customers_new.csv").write_text(text.replace("2024-11-01,", "2024-11-01,1"), "utf-8")
    columns = {rows[0][place]: [row[place] for row in rows[1:]] for place in (0, 3, 4)}
    parquet.write_table(pyarrow.table(columns), folder / "rows_2024.parquet")
    for name in ("sample_revenue.xlsx", "customers.xlsx"):
        shutil.copy(templates / "sample_revenue.xlsx", folder / name)
    # For as many customers as there are: with room for more, filling it takes longer and shows nothing else.
    write_template(folder / "board_pack.xlsx", customers=160)
    return folder


@pytest.fixture
def here(example, monkeypatch):
    monkeypatch.chdir(example)
    return example


def test_every_block_says_what_it_is():
    known = {"sh", "console", "powershell", "python", "toml"} | ELSEWHERE | NO_CODE
    assert [block.name for block in BLOCKS if block.language not in known] == []
    assert len({block.page for block in BLOCKS}) >= 10


def run(line: str, capsys) -> str:
    """What one `nrr-xl` line prints; it must end well. A file of an earlier run may be in its way."""
    words = shlex.split(line, comments=True)
    assert words[0] == "nrr-xl", f"nobody runs {line!r}"
    capsys.readouterr()
    overwrite = ["--overwrite"] if words[1] in ("report", "compare", "fill", "template") else []
    assert main([*words[1:], *(word for word in overwrite if word not in words)]) == 0, capsys.readouterr().err
    return capsys.readouterr().out


@of("sh")
def test_commands_work(block, here, capsys):
    for line in block.text.splitlines():
        if not line.strip().startswith((*BY_CI, "#")) and line.strip() not in WINDOWS_ONLY:
            run(line, capsys)


# Commands that change the machine's own applications: they have tests of their own.
WINDOWS_ONLY = {"nrr-xl install --libreoffice"}


@of("console")
def test_commands_print_what_is_shown(block, here, capsys):
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        pattern = ".*".join(re.escape(piece) for piece in shown.strip("\n").split("..."))
        assert re.fullmatch(rf"\s*{pattern}\s*", run(command, capsys), re.DOTALL)


@of("powershell")
def test_powershell_is_powershell_5(block):
    from tree_sitter import Language, Parser
    from tree_sitter_powershell import language

    assert "&&" not in block.text and "||" not in block.text and "venv/bin" not in block.text
    assert not Parser(Language(language())).parse(block.text.encode()).root_node.has_error


def test_a_windows_line_stands_beside_each_line_for_a_unix_shell():
    """Plain `nrr-xl` lines are the same in both."""
    for block, following in zip(BLOCKS, [*BLOCKS[1:], BLOCKS[0]], strict=True):
        if block.language == "sh" and re.search(r"&&|/bin/|python3 |\\$|\$\(", block.text):
            assert (following.page, following.language) == (block.page, "powershell"), block.name


PYTHON_PAGES = sorted({block.page for block in BLOCKS if block.language == "python"})


@pytest.mark.parametrize("page", PYTHON_PAGES)
def test_python_works(page, here):
    """A page's blocks in one go: those with prompts print what they show, the others run."""
    names = {}
    for block in BLOCKS:
        if block.page != page or block.language != "python":
            continue
        if block.text.startswith(">>>"):
            parsed = doctest.DocTestParser().get_doctest(block.text, names, block.name, block.page, block.line)
            runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
            runner.run(parsed, clear_globs=False)
            assert runner.summarize(verbose=False).failed == 0, block.name
            names.update(parsed.globs)
        else:
            for written in re.findall(r'write_report\(.*?"(.*?)"\)', block.text):
                (here / written).unlink(missing_ok=True)
            exec(compile(block.text, block.name, "exec"), names)


@of("toml")
def test_toml_is_a_theme_or_a_config(block, here):
    if block.text.startswith("[tool."):
        return  # a part of pyproject.toml
    shutil.copy(ROOT / "docs" / "images" / "summary.png", here / "logo.png")
    (here / "block.toml").write_text(block.text, "utf-8")
    themed = any(isinstance(value, dict) for value in tomllib.loads(block.text).values())
    load_theme(here / "block.toml") if themed else config_options("block.toml")


def test_links_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def test_the_developers_page_names_what_is_there():
    """Every path in ticks exists, every name stands somewhere, and one beside a file stands in that file."""
    text = re.sub(r"```.*?```", "", (ROOT / "docs" / "development.md").read_text("utf-8"), flags=re.DOTALL)
    places = [ROOT.glob("*"), *((ROOT / folder).rglob("*") for folder in OURS)]
    files = {path.relative_to(ROOT).as_posix(): path for place in places for path in place if path.is_file()}
    sources = {name: path.read_text("utf-8") for name, path in files.items() if path.suffix in (".py", ".toml")}
    parts = re.findall(r"`([^`]+)`", text)

    def held(path: str) -> list[str]:
        return [name for name in files if f"/{name}".endswith(f"/{path}") or f"/{path.rstrip('/')}/" in f"/{name}"]

    paths = [part for part in parts if re.fullmatch(r"[\w./]+/|[\w./]+\.(py|toml|csv|md|json)", part)]
    assert len(paths) > 40 and [path for path in paths if not held(path)] == []
    names = {part for part in parts if re.fullmatch(r"\w+", part)}
    assert len(names) > 20
    assert {
        name for name in names if not any(re.search(rf"\b{name}\b", source) for source in sources.values())
    } == set()
    for path, name in re.findall(r"`([\w./]+\.py)`, `(\w+)`", text):
        assert any(re.search(rf"\b(def|class) {name}\b", sources[each]) for each in held(path)), f"{path} has no {name}"


def test_no_page_installs_by_a_name_that_no_registry_has():
    for page in PAGES:
        assert not re.search(r"install\s+(-\S+\s+)*[\"']?nrr[-_]xl", page.read_text("utf-8")), page


@pytest.mark.parametrize("journey", sorted((ROOT / "docs" / "journeys").glob("*.md")), ids=lambda page: page.stem)
def test_journeys_are_short_and_linked_from_the_readme(journey):
    assert len(journey.read_text("utf-8").splitlines()) <= 70
    assert f"docs/journeys/{journey.name}" in (ROOT / "README.md").read_text("utf-8")


def test_readmes_commands_are_on_its_list():
    listed = (ROOT / "README.md").read_text("utf-8")
    from nrr_xl.cli import build_parser

    assert [name for name in build_parser()[1] if f"`nrr-xl {name}" not in listed and f"`{name}`" not in listed] == []
