"""The package keeps its shape: imports run one way, heavy ones come late, modules are small and documented."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import nrr_xl
from nrr_xl.workbook.pack.sheets import BOARD, DILIGENCE, Pack
from nrr_xl.workbook.template.build import OWN
from nrr_xl.workbook.texts import texts

ROOT = Path(nrr_xl.__file__).resolve().parent
# Each layer may import from itself and from those in earlier lines.
LAYERS = (
    ("_version",),
    ("records",),
    ("errors", "packaged", "shown"),
    ("metrics", "periods", "bands", "files", "options", "streams", "workplace"),
    ("keywords",),
    ("revenue",),
    ("retention",),
    ("scale",),
    ("workbook",),
    ("functions",),
    ("excel", "calc", "lite", "cli", "commands", "comparing", "config", "console", "idle", "targets"),
    ("process",),
    ("__main__",),
)
LEVEL = {name: level for level, layer in enumerate(LAYERS) for name in layer}
LIBRARY_HOMES = {
    "xlsxwriter": {"workbook"},
    "pptx": {"workbook"},
    "openpyxl": {"workbook", "revenue"},  # revenue reads a sheet's structure with it
    "python_calamine": {"revenue"},
    "xlwings": {"excel", "lite"},
    "uno": {"calc"},
    "unohelper": {"calc"},
}
HEAVY = ("numpy", "pandas", "openpyxl", "xlsxwriter", "python_calamine", "xlwings", "matplotlib", "pyarrow")
LONGEST = 350  # lines, docstrings not counted
# The calculation modules that read a file: the user's own benchmark figures and definition, which are no revenue.
READS_A_TABLE = {"retention/benchmarks.py", "retention/definitions.py"}
MODULES = sorted(ROOT.rglob("*.py"))


def relative(module: Path) -> str:
    return module.relative_to(ROOT).as_posix()


def home(module: Path) -> str:
    """The layer's name that a module belongs to: its package, or itself at the top."""
    return module.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(module: Path) -> Iterator[tuple[str, int]]:
    """Every module that the source imports, at the top or inside functions, and the line where it does."""
    own = ["nrr_xl", *module.relative_to(ROOT).with_suffix("").parts]
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join([*own[: len(own) - node.level], node.module or ""]) if node.level else node.module
            yield base, node.lineno
            yield from ((f"{base}.{alias.name}", node.lineno) for alias in node.names)


def loaded_by(code: str, names: tuple[str, ...]) -> list[str]:
    """Which of the modules `names` a fresh Python has loaded after running `code`."""
    check = f"{code}\nimport sys\nprint('loaded:', *[name for name in {names!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.rsplit("loaded:", 1)[1].split()


@pytest.mark.parametrize("module", MODULES, ids=relative)
def test_imports_run_one_way(module):
    if module == ROOT / "__init__.py":
        return  # the surface names every layer
    assert home(module) in LEVEL, f"{home(module)} has no place in LAYERS"
    layer = LEVEL[home(module)]
    wrong = [
        f"{relative(module)}:{line} imports {name}"
        for name, line in imports(module)
        if name.startswith("nrr_xl.") and LEVEL.get(name.split(".")[1], -1) > layer
    ]
    assert wrong == []


@pytest.mark.parametrize("module", MODULES, ids=relative)
def test_each_library_stays_in_its_place(module):
    wrong = [
        f"{relative(module)}:{line} imports {name}"
        for name, line in imports(module)
        if home(module) not in LIBRARY_HOMES.get(name.split(".")[0], {home(module)})
    ]
    assert wrong == []


@pytest.mark.parametrize("place", ["metrics", "periods.py", "retention", "errors.py"])
def test_calculation_touches_no_files(place):
    """What computes neither opens files nor knows where they are."""
    modules = [ROOT / place] if place.endswith(".py") else sorted((ROOT / place).rglob("*.py"))
    for module in modules:
        if relative(module) in READS_A_TABLE:
            continue
        names = {name.split(".")[0] for name, _ in imports(module)}
        assert not names & {"os", "io", "pathlib", "shutil", "tempfile", "zipfile", "sys", "subprocess"}, module
        calls = {
            node.func.id
            for node in ast.walk(ast.parse(module.read_text("utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not calls & {"open", "print", "input"}, module


@pytest.mark.parametrize("module", MODULES, ids=relative)
def test_modules_are_documented_and_small(module):
    source = module.read_text("utf-8")
    tree = ast.parse(source)
    assert ast.get_docstring(tree), f"{relative(module)} does not say what it is for"
    documented = (node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef))
    docstrings = [node.body[0] for node in documented if ast.get_docstring(node)]
    assert len(source.splitlines()) - sum(d.end_lineno - d.lineno + 1 for d in docstrings) <= LONGEST


def test_every_sheet_is_written():
    """A module of a sheet that nothing of the workbook imports would be a sheet that nobody sees."""
    written = {name for module in (ROOT / "workbook").rglob("*.py") for name, _ in imports(module)}
    for place in ("sheets", "pack"):
        for module in (ROOT / "workbook" / place).glob("*.py"):
            if module.stem != "__init__":
                assert f"nrr_xl.workbook.{place}.{module.stem}" in written, f"no step writes {relative(module)}"


def test_every_sheet_has_a_name_a_place_and_a_step():
    source = ast.parse((ROOT / "workbook" / "report.py").read_text("utf-8"))
    made = {
        target.id: node.value
        for node in ast.walk(source)
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    packed = Pack().steps(None, None, None).keys()
    steps = {key.value for key in made["steps"].keys if key is not None} | packed
    placed = {each.value for each in made["order"].elts if isinstance(each, ast.Constant)} | packed
    assert packed == {*BOARD, *DILIGENCE, "ledger"}, "pack/sheets.py: BOARD and DILIGENCE against Pack.steps"
    assert steps == placed, f"report.py: {sorted(steps ^ placed)} stands in only one of `steps` and `order`"
    words = texts()
    for section in ("sheets", "titles", "subtitles"):
        assert not steps - words[section].keys(), f"[{section}] of texts.toml lacks {steps - words[section].keys()}"
    unwritten = words["sheets"].keys() - steps - {*OWN}
    assert not unwritten, f"[sheets] of texts.toml names {unwritten}, which no step writes"


def test_the_package_loads_nothing_heavy():
    assert loaded_by("import nrr_xl", HEAVY) == []


def test_help_loads_neither_numpy_nor_pandas():
    code = "import nrr_xl.cli\ntry:\n    nrr_xl.cli.main(['--help'])\nexcept SystemExit:\n    pass"
    assert loaded_by(code, HEAVY) == []


def test_the_commands_and_the_installer_load_neither():
    """The installer runs before anything heavy is known to load on its machine."""
    assert loaded_by("import nrr_xl.commands, nrr_xl.excel.install", HEAVY) == []


def test_a_report_does_without_pandas(tmp_path):
    sheet = str(ROOT.parent / "templates" / "sample_revenue.xlsx")
    code = (
        "import nrr_xl\n"
        f"analysis = nrr_xl.analyse(nrr_xl.read({sheet!r}))\n"
        "analysis.to_dict()\n"
        f"nrr_xl.write_report(analysis, {str(tmp_path / 'out.xlsx')!r}, overwrite=True)"
    )
    assert loaded_by(code, ("pandas", "openpyxl", "pyarrow", "matplotlib")) == []
    assert loaded_by(f"{code}\nassert len(analysis.trend) and analysis.trend is analysis.trend", ("pandas",)) == [
        "pandas"
    ]


def test_an_analysis_loads_no_masked_arrays():
    """They take half as long to load as numpy, and numpy loads them for a plain `unique`, `isin` or `median`."""
    sheet = str(ROOT.parent / "templates" / "sample_revenue.xlsx")
    assert loaded_by(f"from nrr_xl.cli import main\nmain(['analyse', {sheet!r}])", ("numpy.ma",)) == []


@pytest.mark.parametrize("name", nrr_xl.__all__)
def test_every_public_name_is_there_and_documented(name):
    value = getattr(nrr_xl, name)
    if name not in ("__version__", "METRICS"):  # plain values
        assert (value.__doc__ or "").strip()
        assert name in dir(nrr_xl)
