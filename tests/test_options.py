"""The catalogue of options against everything that is made from it or repeats it: keywords, commands, config, Excel."""

import datetime as dt
import inspect
import runpy

import openpyxl
import pytest

import nrr_xl
from nrr_xl.cli import main
from nrr_xl.errors import InputError
from nrr_xl.excel.settings import settings_of
from nrr_xl.options import of_stage, option, options, settled_by
from nrr_xl.retention.bands import schemes
from nrr_xl.retention.definitions import definitions
from nrr_xl.retention.methods import METHODS
from nrr_xl.retention.presets import presets
from nrr_xl.retention.settings import Settings
from nrr_xl.revenue.read import understand
from tests.kept import REFUSALS, assert_kept

# Keyword arguments that are no options: where the rows come from, where a workbook goes, who is told how far it is.
NO_OPTIONS = {"source", "columns", "cube", "analysis", "path", "progress"}


def keywords(function) -> dict:
    found = inspect.signature(function).parameters.values()
    assert not [each for each in found if each.kind in (each.VAR_KEYWORD, each.VAR_POSITIONAL)]
    return {each.name: each.default for each in found if each.name not in NO_OPTIONS}


def catalogue(stage: str) -> dict:
    return {each.name: each.default for each in of_stage(stage) if each.type != "column"}


def test_the_keywords_are_the_catalogues():
    settings = {name: getattr(Settings(), name) for name in Settings.__dataclass_fields__}
    for where, found, stage in (
        ("understand", keywords(understand), "read"),
        ("read", keywords(nrr_xl.read), "read"),
        ("Settings", settings, "analyse"),
        ("analyse", keywords(nrr_xl.analyse), "analyse"),
        ("write_report", keywords(nrr_xl.write_report), "write"),
    ):
        told = catalogue(stage)
        assert not told.keys() - found.keys(), f"{where} lacks the options {sorted(told.keys() - found.keys())}"
        assert not found.keys() - told.keys(), f"options.toml lacks {sorted(found.keys() - told.keys())} of {where}"
        assert found == told, where


def test_read_passes_every_option_on(monkeypatch):
    import nrr_xl.revenue.read as module

    class Seen(Exception):
        pass

    def seen(source, **options):
        raise Seen(options)

    monkeypatch.setattr(module, "understand", seen)
    marks = {name: object() for name in catalogue("read")}
    with pytest.raises(Seen) as caught:
        nrr_xl.read("x", **marks)
    assert caught.value.args[0] == marks


def test_the_analysis_takes_every_option():
    def held(cube, settings):
        return settings

    given = {
        each.name: {"whole": 1, "number": 0.5, "texts": ("a",), "numbers": (1.0,), "month": "2024-01", "rate": 0.5}.get(
            each.type
        )
        or ((each.values() or ("x",))[-1])
        for each in of_stage("analyse")
    }
    assert settled_by("analyse", Settings)(held)(None, **given) == Settings(**given)


def test_the_choices_are_those_that_the_code_knows():
    assert option("method").values() == (*METHODS, *presets(), *(f"like:{name}" for name in definitions()))
    assert option("scheme").values() == schemes()


def test_the_page_is_made_from_the_catalogue(root):
    made = runpy.run_path(str(root / "scripts" / "build_files.py"))["options_page"]()
    assert (root / "docs" / "options.md").read_text("utf-8") == made, "run scripts/build_files.py"


def test_names_are_said_once():
    labels = [label for each in options() if each.stage != "command" for label in each.labels]
    assert len(labels) == len(set(labels))
    assert len({each.name for each in options()}) == len(options())


@pytest.mark.parametrize(
    "name, given, value",
    [
        ("months", 12.0, 12),
        ("method", "Point-to-Point", "point_to_point"),
        ("layout", "WIDE", "wide"),
        ("inclusive_end", "Yes", True),
        ("segments", "Region, West", ("Region, West",)),
        ("theirs", "121 %", 1.21),
        ("theirs", 1.21, 1.21),
        ("size_edges", [10, "20"], (10.0, 20.0)),
        ("as_of", dt.date(2024, 2, 29), "2024-02"),
        ("today", "2024-02-29", dt.date(2024, 2, 29)),
        ("grace", None, 0),
        ("theirs", "10", 10.0),
        ("fiscal_year_end", 1, 1),
        ("fiscal_year_end", "12", 12),
        ("top", 1, 1),
        ("as_of", "2024-1", "2024-01"),
        ("as_of", " 2024-12-31 ", "2024-12"),
        ("today", dt.datetime(2024, 2, 29, 5), dt.date(2024, 2, 29)),
        ("inclusive_end", 0, False),
        ("sheet", " Data ", "Data"),
        ("as_of", "Dec 2024", "2024-12"),
        ("as_of", "3/2024", "2024-03"),
        ("drop_rows", [3, 5], "3,5"),
        ("drop_rows", "3,5", "3,5"),
    ],
)
def test_values_are_read_as_people_write_them(name, given, value):
    assert option(name).read(given) == value


@pytest.mark.parametrize(
    "name, given, told",
    [
        ("months", "many", "months is 'many'. Give a number."),
        ("months", 1.5, "whole number"),
        ("months", True, "Give a number"),
        ("fiscal_year_end", 13, "from 1 to 12"),
        ("top", 0, "of at least 1"),
        ("layout", "wid", "Did you mean 'wide'?"),
        ("method", "point to pont", "Did you mean 'point_to_point'?"),
        ("inclusive_end", "perhaps", "true or false"),
        ("today", "tomorrow", "YYYY-MM-DD"),
        ("as_of", "2024-13", "not a month"),
        ("sheet", " ", "Give a name"),
        ("theirs", "121", "Write 121 % as 1.21 or 121%"),
        ("theirs", "-11", "Write -11 %"),
        ("fiscal_year_end", 0, "from 1 to 12"),
        ("fiscal_year_end", "inf", "Give a number"),
        ("size_edges", [1, "x"], "Give a number"),
        ("as_of", "2024-00", "not a month"),
        ("as_of", "soon", "not a month"),
        ("as_of", "24 Dec", "not a month"),
        ("as_of", "Q4 2024", "not a month"),
        ("theirs", "x", "theirs is 'x'. Give a rate, such as 1.21 or 121%."),
        ("scale", 0, "scale is 0. Give a number other than 0."),
        ("sheet", ["Data"], "Give a name"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_what_can(name, given, told):
    with pytest.raises(InputError, match="^.*" + told.replace(".", r"\.").replace("?", r"\?")) as caught:
        option(name).read(given)
    assert_kept(REFUSALS, f"option {name} {given!r}", str(caught.value))
    with pytest.raises(InputError, match=r"^--it is "):
        option(name).read(given, "--it") if name != "theirs" or given != "121" else option(name).read("x", "--it")


def test_the_last_month_is_the_one_before_today():
    month = dt.date.today().replace(day=1) - dt.timedelta(days=1)
    for written in ("Last month", "LAST_MONTH ", "last-month"):
        assert option("as_of").read(written) == f"{month:%Y-%m}"


@pytest.mark.parametrize(
    "words, told",
    [
        (["report", "rows.csv", "--monts", "3"], "no option --monts for nrr-xl report. Did you mean '--months'?"),
        (["anlyse", "rows.csv"], "no command anlyse. Did you mean 'analyse'?"),
        (["analyse", "rows.csv", "--layout", "wid"], "--layout is 'wid'"),
        (["analyse", "rows.csv", "more.csv"], "'more.csv' is one word too many"),
        (["report"], "required: INPUT"),
    ],
)
def test_a_misspelt_command_line_is_told_in_one_line(words, told, capsys):
    assert main(words) == 2
    streams = capsys.readouterr()
    assert told in streams.err and streams.err.count("\n") == 1 and streams.out == ""


def test_a_config_file_may_say_every_option_by_either_name(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv").write_text("Customer,Plan,Month,MRR\nAcme,a,2023-12,1\nAcme,a,2024-12,2\n")
    (tmp_path / "nrr.toml").write_text('segment = ["Plan"]\nfiscal-year-end = 3\ntop = 1\ncustomer = "Customer"\n')
    assert main(["analyse", "rows.csv", "--config", "nrr.toml"]) == 0
    assert main(["check", "rows.csv", "--config", "nrr.toml"]) == 0  # an option of another command is no mistake
    capsys.readouterr()
    (tmp_path / "nrr.toml").write_text("fiscal-year-ends = 3\n")
    assert main(["analyse", "rows.csv", "--config", "nrr.toml"]) == 2
    assert "Did you mean 'fiscal-year-end'?" in capsys.readouterr().err


def test_excels_settings_know_every_option():
    rows = [[label.capitalize() + ":", None, "x"] for each in of_stage("read") for label in each.labels[:1]]
    with pytest.raises(InputError) as refused:
        settings_of(rows)
    # Texts and columns take any text; every other one has been recognised and says what it takes.
    told = {problem.message for problem in refused.value.problems}
    assert told == {
        f"The setting {each.labels[0].capitalize() + ':'!r} cannot be this"
        for each in of_stage("read")
        if each.type not in ("text", "column", "texts", "file")
    }


def test_a_misspelt_setting_in_excel_is_told():
    with pytest.raises(InputError, match="Did you mean 'months'"):
        settings_of([["Monts", 12]])


@pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
def test_of_the_template_only_the_inputs_are_settings(templates):
    sheet = openpyxl.load_workbook(templates / "nrr_template.xlsx")["Settings"]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    found = settings_of(rows)
    # The company's name there is the report's too.
    found["write"].pop("company", None)
    assert found == {"read": {}, "analyse": {"months": 12}, "write": {}}
