"""Rows that one pattern takes give the cells that the other way finds in them; what is not alike is left to it."""

import numpy as np
import pytest

from nrr_xl.revenue.files.alike import Alike
from nrr_xl.revenue.files.collected import Cells
from nrr_xl.revenue.files.counted import NotPlain, prove_same
from nrr_xl.revenue.files.tokens import parse_rows

SHARED = tuple(f"text {number}" for number in range(50))


def cell(place: str, style: int, kind: str, value: str) -> str:
    tag = f"<c{place}" + (f' s="{style}"' if style else "") + (f' t="{kind}"' if kind else "") + ">"
    held = f"<is><t>{value}</t></is>" if kind == "inlineStr" else f"<v>{value}</v>"
    return f"{tag}{held}</c>"


def rows_of(count: int = 300, form: str = "plain", seed: int = 1) -> bytes:
    """Rows of a name, a day, an amount, a boolean and a code, from row 2 on and now and then with a gap."""
    random, out, number = np.random.default_rng(seed), [], 1
    for at in range(count):
        number += 1 + (form != "bare" and at % 50 == 49)
        name = (f"A &amp; Söhne {at % 17}", "  edge ", "x" * (1 + at % 9))[at % 3]
        facts = [
            ("A", 0, "inlineStr", name),
            ("B", 3, "", str(45_000 + at % 36)),
            ("D", 1 + (form == "formats" and at % 7), "n" if form == "marked" else "", repr(float(random.normal()))),
            ("E", 0, "b", str(at % 2)),
            ("F", 12, "s", str(at % 50)),
            ("AA", 0, "str", "said"),
        ]
        if form == "blanks":
            facts = [fact for fact in facts if random.random() > 0.2] or facts[:1]
        cells = "".join(cell("" if form == "bare" else f' r="{col}{number}"', *rest) for col, *rest in facts)
        if form in ("blanks", "formats"):
            cells += f'<c r="AB{number}" s="4"/>'
        tag = {"bare": "", "plain": f' r="{number}"'}.get(form, f' r="{number}" spans="1:{5 + at // 16}" ht="15.5"')
        out.append(f"<row{tag}>{cells}</row>")
    return "".join(out).replace("<t>  edge </t>", '<t xml:space="preserve">  edge </t>').encode()


def both(chunk: bytes, tries: int = 1) -> tuple[Cells, Cells, int]:
    """The cells by a pattern and by the other way, and the last row; every chunk but the last is met before."""
    alike, ours, theirs = Alike(), Cells(SHARED), Cells(SHARED)
    for _ in range(tries):
        ours = Cells(SHARED)
        last = alike.take(chunk, ours, 1)
    assert last is not None
    assert parse_rows(chunk, theirs, 1) == last
    return ours, theirs, last


@pytest.mark.parametrize("tries", [1, 2])
@pytest.mark.parametrize("form", ["plain", "marked", "bare", "blanks", "formats"])
def test_a_pattern_gives_the_cells_of_the_other_way(form, tries):
    ours, theirs, _ = both(rows_of(form=form), tries)
    prove_same(ours, 0, theirs)
    assert ours.count == theirs.count > 1000


def test_a_header_and_totals_of_another_form_are_read_by_the_other_way():
    head = b'<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="e"><v>#N/A</v></c></row>'
    total = b'<row r="9000"><c r="D9000"><f>SUM(D2:D8999)</f><v>77</v></c></row>'
    rows = rows_of()
    ours, theirs, last = both(head + rows[rows.index(b"<row", 1) :] + total)
    prove_same(ours, 0, theirs)
    assert last == 9000


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml.replace(b"<row ", b'<row hidden="1" '),
        lambda xml: xml.replace(b"<v>", b"<f>1</f><v>"),
        lambda xml: xml.replace(b"</v>", b" </v>"),
        lambda xml: xml.replace(b"</c>", b"</c><x/>"),
        lambda xml: xml.replace(b' r="D', b' r="A'),
        lambda xml: xml.replace(b"</row>", b"</row>\n"),
    ],
    ids=["hidden", "formula", "spaces", "another tag", "one cell twice", "lines between"],
)
def test_what_is_not_alike_is_left_to_the_other_way_whole(change):
    cells = Cells(SHARED)
    assert Alike().take(change(rows_of()), cells, 1) is None
    assert not cells.pieces and not cells.texts


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml[len(xml) // 2 :][xml[len(xml) // 2 :].find(b"<row") :] + xml[: xml.find(b"</row>") + 6],
        lambda xml: xml.replace(b"<v>49</v>", b"<v>50</v>"),
        lambda xml: xml.replace(b"<v>45001</v>", b"<v>1-2</v>"),
        lambda xml: xml.replace(b"<v>45001</v>", b"<v>1e999</v>"),
    ],
    ids=["rows out of order", "no such shared text", "no number", "no finite number"],
)
def test_what_is_wrong_sends_the_sheet_the_patient_way(change):
    with pytest.raises(NotPlain):
        Alike().take(change(rows_of()), Cells(SHARED), 0)


def test_a_row_that_names_another_is_not_of_the_pattern():
    chunk = rows_of().replace(b'<c r="D40"', b'<c r="D41"')
    ours, theirs, _ = both(chunk)
    prove_same(ours, 0, theirs)
    assert sum(piece[0].size for piece in ours.pieces) == theirs.count
