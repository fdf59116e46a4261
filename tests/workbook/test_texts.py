"""The report's words stand in one file: with every one of them changed, nothing of the old is left in a report."""

from __future__ import annotations

import ast
import copy
import html
import re
import zipfile
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import openpyxl
import pytest

import nrr_xl
from nrr_xl.retention.bands import bands
from nrr_xl.retention.methods import METHODS
from nrr_xl.retention.reading import guide
from nrr_xl.retention.table import Table
from nrr_xl.workbook import sheets
from nrr_xl.workbook.cells import NOT_APPLICABLE
from nrr_xl.workbook.report import write_report
from nrr_xl.workbook.sheets.customer_columns import texts_as_written
from nrr_xl.workbook.sheets.definitions import options_in_words
from nrr_xl.workbook.texts import texts
from tests.workbook import cubes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
MARK = "¤"
# Sections whose keys are shown, too.
SHOWN_KEYS = ("meanings", "reading")


@pytest.fixture
def translated():
    """Every word of the texts file marked, as a translation would change it."""
    original = copy.deepcopy(texts())
    for name, section in texts().items():
        marked = {MARK + key if name in SHOWN_KEYS else key: MARK + text for key, text in section.items()}
        section.clear()
        section.update(marked)
    yield
    for name, section in original.items():
        texts()[name].clear()
        texts()[name].update(section)


def written(path):
    """Every text of a workbook: what its cells show, its charts say, and its pictures and boxes are described by."""
    book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    found = {str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row if value}
    found = {text for text in found if not re.fullmatch(r"[-\d.e,]+|#\S+", text)} | set(book.sheetnames)
    book.close()
    with zipfile.ZipFile(path) as package:
        for code in re.findall(r'formatCode="([^"]+)"', package.read("xl/styles.xml").decode()):
            found |= set(re.findall(r'"([^"]*[a-z]{2}[^"]*)"', html.unescape(code)))
        for name in package.namelist():
            if name.startswith(("xl/charts/", "xl/drawings/drawing")):
                part = package.read(name).decode()
                found |= set(re.findall(r'descr="([^"]+)"', part)) | set(re.findall(r"<a:t>([^<]+)", part))
    return found


def texts_in(thing) -> set[str]:
    """Every text in an analysis: in its tables, tuples, dictionaries and parts."""
    if isinstance(thing, str):
        return {thing}
    if isinstance(thing, Table):
        return texts_in(thing.records())
    if isinstance(thing, dict):
        return set().union(*map(texts_in, (*thing.keys(), *thing.values())))
    if isinstance(thing, list | tuple | set | frozenset):
        return set().union(*map(texts_in, thing))
    if is_dataclass(thing):
        return set().union(*(texts_in(getattr(thing, field.name)) for field in fields(thing)))
    return set()


def of_the_data(text, analysis, known):
    """Whether a text comes from the data and its analysis rather than from the report's words."""
    return (
        text in known
        or text == NOT_APPLICABLE
        or re.fullmatch(r"\(?[\d,.]+\)?|(Q\d |FY)\d{4}", text) is not None  # amounts and periods
        or text
        in map(options_in_words, (replace(analysis.settings, as_of=analysis.closing_period), analysis.cube.policy))
    )


CUBES = {
    "ordinary": (cubes.ordinary(), 12),
    **{name: cubes.awkward()[name] for name in ("tiny", "zero opening", "all churned")},
}


@pytest.mark.parametrize("values", [False, True])
@pytest.mark.parametrize("name", CUBES)
def test_nothing_of_the_old_words_is_left_in_a_translated_report(name, values, translated, tmp_path):
    cube, months = CUBES[name]
    analysis = nrr_xl.analyse(cube, months=months)
    path = write_report(analysis, tmp_path / "report.xlsx", values=values)
    known = texts_in(analysis) | {*cube.periods.labels, *(band.label for band in bands()), "MRR, USD"}
    # What is data with a source, not the report's own words.
    known |= texts_in(guide()) | {text for band in bands() for text in (band.advice, band.source)}
    known |= {method.definition for method in METHODS.values()}
    known |= texts_in([[item.label, item.why] for item in analysis.adjusted.adjustments])
    known |= {str(band) for band in analysis.tenure_at_churn["band"]} | set(texts_as_written(cube, False))
    texts = written(path)
    assert sum(MARK in text for text in texts) > 100
    assert {text for text in texts if MARK not in text and not of_the_data(text, analysis, known)} == set()


# Where a call's texts for the reader stand among its arguments.
SHOWN = {"put": slice(2, 3), "row": slice(2, 3), "check": slice(0, 1), "place": slice(4, 6)}


@pytest.mark.parametrize("module", sorted(Path(sheets.__file__).parent.glob("*.py")), ids=lambda path: path.stem)
def test_no_sheet_writes_words_of_its_own(module):
    inline = [
        f"line {part.lineno}: {part.value!r}"
        for call in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        for argument in call.args[SHOWN.get(call.func.attr, slice(0))]
        for part in ast.walk(argument)
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and re.search(r"[A-Z]|\w \w", part.value)
    ]
    assert inline == []
