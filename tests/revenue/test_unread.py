"""A month that is misspelt, or in a language that is not known, never leaves the window without a word."""

import pytest

import nrr_xl
from nrr_xl.errors import InputError


def sheet(tmp_path, heads):
    path = tmp_path / "rows.csv"
    rows = [(name, *[amount + at for at in range(len(heads))]) for name, amount in (("a", 100), ("b", 50), ("c", 30))]
    path.write_text("\n".join(",".join(map(str, row)) for row in [("Customer", *heads), *rows]), "utf-8")
    return path


@pytest.mark.parametrize(
    ("heads", "read"),
    [
        (["Jan 2024", "Febuary 2024", "Mar 2024"], ("2024-01", "2024-02", "2024-03")),
        (["Sep 2024", "Oct 2024", "Nov 2024", "Decmber 2024"], ("2024-09", "2024-10", "2024-11")),
        (["Jan-24", "Feb-24", "Mrch-24"], ("2024-01", "2024-02")),
    ],
)
def test_a_header_that_names_no_month_is_asked_about(tmp_path, heads, read):
    path = sheet(tmp_path, heads)
    with pytest.raises(InputError, match="header that names none"):
        nrr_xl.read(path)
    assert nrr_xl.read(path, accept_errors=True).periods.keys == read


def test_months_of_a_language_that_is_known_by_two_names_alone_are_no_years(tmp_path):
    """Polish and Croatian share a name, so two Croatian Octobers were read, as years, and 22 months left out."""
    names = "siječanj veljača ožujak travanj svibanj lipanj srpanj kolovoz rujan listopad studeni prosinac".split()
    with pytest.raises(InputError, match="header that names none"):
        nrr_xl.read(sheet(tmp_path, [f"{name} {year}" for year in (2023, 2024) for name in names]))


@pytest.mark.parametrize(
    "names",
    [
        "leden únor březen duben květen červen červenec srpen září říjen listopad prosinec",
        "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
        "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu joulukuu",
    ],
)
def test_further_languages(tmp_path, names):
    cube = nrr_xl.read(sheet(tmp_path, [f"{name} 2024" for name in names.split()]))
    assert cube.periods.keys == tuple(f"2024-{month:02d}" for month in range(1, 13))


def test_what_a_column_of_numbers_measures_is_no_month(tmp_path):
    cube = nrr_xl.read(sheet(tmp_path, ["Jan 2024", "Feb 2024", "Mar 2024", "ARR 2024", "Seats 2024"]))
    assert len(cube.periods.labels) == 3


def test_rows_with_a_date_each_are_no_table_on_its_side(tmp_path):
    """Names that read like numbers, months or marks hide the customers' column of an unknown language."""
    names = ["=SUM(A1)", "#N/A", "TRUE", "1e5", "Null", "NaN", "-", "January", "2024", "Acme", "Grand Total Inc"]
    months = [f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13)]
    lines = [f"{name},{month},{100 + place}" for place, month in enumerate(months) for name in names]
    path = tmp_path / "cz.csv"
    path.write_text("\n".join(["Zákazník,Měsíc,Částka", *lines]), encoding="utf-8")
    with pytest.raises(InputError, match="holds no revenue table"):
        nrr_xl.read(path)


@pytest.mark.parametrize(
    "names",
    [
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    ],
)
def test_months_of_two_years_are_no_measures_of_years(tmp_path, names):
    """Twelve labels beside two years: every month was offered as the amount."""
    headers = [f"{name} {year}" for year in (2024, 2023) for name in names.split()]
    cube = nrr_xl.read(sheet(tmp_path, headers))
    assert len(cube.periods.keys) == 24


def test_earlier_years_beside_plain_months_are_left_out(tmp_path):
    headers = [f"{month} 2024{more}" for month in ("Jan", "Feb", "Mar") for more in ("", " PY", " Var")]
    cube = nrr_xl.read(sheet(tmp_path, headers), accept_errors=True)
    assert cube.periods.keys == ("2024-01", "2024-02", "2024-03")
