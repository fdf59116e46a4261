"""Damaged delimited text is refused, or told, or gives the same NRR; its second count notices what the first lost."""

from __future__ import annotations

import numpy as np
import pytest

from nrr_xl.errors import InputError
from nrr_xl.retention.analysis import analyse
from nrr_xl.revenue.files import delimited
from nrr_xl.revenue.files.encodings import decode
from nrr_xl.revenue.files.grid import grid_of_columns
from nrr_xl.revenue.read import read

from .mutated import once

HEADS = ("Customer", "Month", "MRR")

HEAD = "Customer,Region,Month,MRR\n"
BODY = "".join(f"{name},EMEA,2024-0{month},{40 + 10 * (month % 3)}\n" for month in range(1, 7) for name in "abc")


@pytest.mark.parametrize("start", range(0, 120, 40))
def test_a_mutation_never_changes_nrr_without_a_word(start, tmp_path):
    found = {once(seed, tmp_path) for seed in range(start, start + 40)}
    assert found <= {"same", "refused", "told"}


@pytest.mark.parametrize("seed", [900718, 900759, 905892, 901235])
def test_a_name_without_its_blank_and_an_amount_broken_in_two_are_told(seed, tmp_path):
    """Found by 9,681 attempts: the mark within a name went, came or changed; the last amount went on below."""
    assert once(seed, tmp_path) == "told"


def test_the_end_of_the_last_amount_alone_below_the_table_is_told(tmp_path):
    assert "row-short" in codes(tmp_path / "rows.csv", HEAD + BODY + "a,EMEA,2024-07,12\n35.87\n")
    assert "row-short" not in codes(tmp_path / "rows.csv", HEAD + BODY + "a,EMEA,2024-07,70\nSource: billing\n")


@pytest.mark.slow
def test_a_thousand_mutations_never_change_nrr_without_a_word(tmp_path):
    assert {once(seed, tmp_path) for seed in range(10_000, 11_000)} <= {"same", "refused", "told"}


def refused(path, text: str, **options) -> list[str]:
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read(path, **options)
    return [f"{problem.code} {problem.cell}" for problem in caught.value.problems]


def codes(path, text: str, **options) -> set[str]:
    path.write_text(text)
    return {problem.code for problem in read(path, **options).problems}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('"a,EMEA,2024-07",70\n', "quote-swallows A20"),
        ('"a,EMEA,2024-07,70\nb",EMEA,2024-07,70\n', "quote-swallows A20"),
        ('a,"EMEA,2024-07,70\n' + BODY + 'b",2024-07,70\n', "quote-swallows B20"),
        ("a,EMEA,2024-07,70,80\n", "row-long E20"),
    ],
)
def test_swallowed_cells_and_rows_are_refused(tmp_path, line, says):
    assert says in refused(tmp_path / "rows.csv", HEAD + BODY + line)


def test_quotes_that_are_no_quotes_can_be_read_as_they_stand(tmp_path):
    text = HEAD + BODY + '"a,EMEA,2024-07,70\nb",EMEA,2024-07,70\n'
    path = tmp_path / "rows.csv"
    path.write_text(text)
    cube = read(path, quotes=False)
    assert cube.account.cells == 20 and '"a' in cube.customers


def test_a_mark_never_closed_names_the_option(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(HEAD + BODY + '"a,EMEA,2024-07,70\n' + 2000 * BODY)
    with pytest.raises(InputError, match="--no-quotes"):
        read(path)


def test_sound_quotes_pass_without_a_word(tmp_path):
    line = '"Acme, Inc. ""The Best""\nof Paris",EMEA,2024-01,"1,200.50"\n'
    assert codes(tmp_path / "rows.csv", HEAD + BODY + line + line.replace("-01", "-02")) == set()


@pytest.mark.parametrize("line", ['a"b,EMEA,2024-07,70\n', '"a"b,EMEA,2024-07,70\n', "a,EMEA\n"])
def test_stray_marks_and_short_rows_are_told(tmp_path, line):
    assert codes(tmp_path / "rows.csv", HEAD + BODY + line) & {"quote-stray", "row-short"}


def test_a_parser_that_loses_a_row_is_noticed(tmp_path, monkeypatch):
    batches = delimited._batches
    monkeypatch.setattr(delimited, "_batches", lambda *a: (rows[:5] + rows[6:] for rows in batches(*a)))
    path = tmp_path / "rows.csv"
    path.write_text(HEAD + BODY)
    with pytest.raises(InputError, match="not those in its bytes"):
        read(path)


def test_a_cell_that_changes_on_the_way_is_noticed(tmp_path, monkeypatch):
    cells = delimited._cells

    def changed(*arguments):
        codes, widths, texts = cells(*arguments)
        codes[3, 4] = codes[3, 16]
        return codes, widths, texts

    monkeypatch.setattr(delimited, "_cells", changed)
    path = tmp_path / "rows.csv"
    path.write_text(HEAD + BODY)
    with pytest.raises(InputError, match="not those in its bytes"):
        read(path)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1250", "Łódź Sp. z o.o.;Kraków;Żabka"),
        ("cp1250", "Dvořák;Plzeň;Škoda"),
        ("cp1250", "Győr;Erdős;Hűség"),
        ("cp1251", "Газпром;ООО Ромашка"),
        ("cp1251", "Київ;Львів"),
        ("cp1252", "Société Générale;Müller;Señor"),
        ("cp1252", "Ærø;Ålborg"),
        ("cp1252", "100 €"),
        ("cp1253", "Αθήνα;Ελλάδα"),
        ("cp1254", "Şişecam;Türkiye İş Bankası"),
        ("cp932", "株式会社サンプル;トヨタ自動車"),
    ],
)
def test_a_code_page_is_known_by_its_letters_and_told(encoding, text):
    assert decode(text.encode(encoding)) == (text, encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_what_the_bytes_prove_is_no_guess(encoding):
    assert decode("Customer;Łódź".encode(encoding)) == ("Customer;Łódź", "")


def test_a_guessed_encoding_is_a_warning_that_its_option_ends(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes((HEAD + BODY + "Łódź,EMEA,2024-01,5\n").encode("cp1250"))
    told = [problem for problem in read(path).problems if problem.code == "encoding-guessed"]
    assert [(p.severity, p.value) for p in told] == [("warning", "Łódź")] and "cp1250" in told[0].message
    cube = read(path, encoding="cp1250")
    assert "Łódź" in cube.customers and not cube.problems
    for wrong in ("utf-8", "no-such", "base64"):
        with pytest.raises(InputError, match=r"--encoding|Name one such as"):
            read(path, encoding=wrong)


def test_the_delimiter_can_be_said(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text((HEAD + BODY).replace(",", "~"))
    assert len(read(path, delimiter="~").customers) == 3
    path.write_text((HEAD + BODY).replace(",", "\t"))
    assert len(read(path, delimiter="tab").customers) == 3
    path.write_text("sep=;\n" + (HEAD + BODY).replace(",", ";"))
    assert len(read(path).customers) == 3


@pytest.mark.parametrize("mark", ["ab", '"'])
def test_what_is_no_delimiter_is_refused(tmp_path, mark):
    path = tmp_path / "rows.csv"
    path.write_text(HEAD + BODY)
    with pytest.raises(InputError, match="no delimiter"):
        read(path, delimiter=mark)


def test_shuffled_rows_give_the_same_amounts(tmp_path):
    lines = BODY.splitlines(keepends=True)
    path = tmp_path / "rows.csv"
    path.write_text(HEAD + BODY)
    before = read(path)
    for seed in range(20):
        order = np.random.default_rng(seed).permutation(len(lines))
        path.write_text(HEAD + "".join(lines[at] for at in order))
        after = read(path)
        place = [after.customers.index(name) for name in before.customers]
        assert (after.amounts[place] == before.amounts).all()


def test_a_cell_too_many_in_the_header_is_told(tmp_path):
    head = "Customer,Jan-24,,Feb-24,Mar-24\n"
    rows = "".join(f"{name},10,11,12\n" for name in "abcdef")
    assert "column-left-out" in codes(tmp_path / "rows.csv", head + rows)


@pytest.mark.slow
def test_ten_thousand_orders_of_rows_give_one_nrr():
    rng = np.random.default_rng(11)
    names, months = np.repeat([f"c{at}" for at in range(12)], 15), np.tile(np.arange(15), 12)
    amounts = np.round(rng.random(180) * 900 + 10, 2)
    cells = [names.tolist(), [f"{2023 + m // 12}-{m % 12 + 1:02d}" for m in months.tolist()], amounts.tolist()]

    def nrr(order):
        columns = [[head, *(column[at] for at in order)] for head, column in zip(HEADS, cells, strict=True)]
        return analyse(read(grid_of_columns("rows", columns))).rates["nrr"]

    first = nrr(range(180))
    assert all(nrr(rng.permutation(180).tolist()) == first for _ in range(10_000))
