"""Every refusal prints what mends it: the next run reads, or says something else; no message repeats itself."""

import re
import shlex

import pytest

from nrr_xl.errors import InputError
from nrr_xl.revenue.read import read

from .sheets import doubts, finance, systems, words
from .sheets.board import TODAY, options_of, write
from .sheets.recipes import every_sheet

ASKED = [
    made
    for part in (finance.every(), systems.every(), doubts.every(), words.every(), every_sheet())
    for made in part
    if made.expect == "mend"
]
# A refusal of a refusal of a refusal: nobody is asked more often.
DEEPEST = 3


def tries(error: InputError) -> list[list[str]]:
    """The options of each printed command."""
    found = re.findall(r"^\s*Try: nrr-xl check (.*)$", str(error), re.MULTILINE)
    return [shlex.split(line)[1:] for line in found]


def told(error: InputError) -> str:
    return "\n".join(line for line in str(error).splitlines() if "Try: " not in line)


def follow(path, given, words_so_far=(), before=()):
    """Follow every printed command; how many ways end in a reading."""
    try:
        read(path, **{"today": TODAY, **given, **(options_of(list(words_so_far)) or {})})
    except InputError as error:
        assert told(error) not in before, f"{words_so_far} was advised, and the message is the same: {error}"
        assert len(before) <= DEEPEST, error
        ways = tries(error)
        for way in ways:
            assert options_of([*words_so_far, *way]) is not None, f"{way} is no command"
        return sum(follow(path, given, (*words_so_far, *way), (*before, told(error))) for way in ways)
    return 1


@pytest.mark.parametrize(
    "made",
    [pytest.param(made, marks=[] if at % 3 == 0 else pytest.mark.slow) for at, made in enumerate(ASKED)],
    ids=lambda made: made.name,
)
def test_what_a_refusal_prints_leads_on(made, tmp_path):
    given = {name: value for name, value in made.options.items() if not name.startswith("_")}
    assert follow(write(made, tmp_path), given) > 0


def sheet(tmp_path, text: str):
    path = tmp_path / "rows.csv"
    path.write_text(text.strip() + "\n", "utf-8")
    return path


MENDED = {
    "open contract values": "Customer,Start,End,TCV\na,2023-01-01,2024-01-01,120\nb,2023-01-01,,240\nc,2023-02-01,,60",
    "parts of the amount": "Customer,Month,Base MRR,Add-on MRR\na,2024-01,100,10\nb,2024-01,50,0\na,2024-02,90,20",
    "one header twice": "Customer,Month,Amount,Amount\na,2024-01,100,10\nb,2024-01,50,0\na,2024-02,90,20",
    "a period twice": "Customer,Jan-24,Feb-24,Feb 2024\na,10,12,14\nb,5,5,6",
    "a statement": "Line,Jan-24,Feb-24\nRevenue,10,12\nCost of sales,5,5\nGross profit,5,7\nSalaries,1,1\nEBITDA,4,6",
    "a credit side": "Customer,Month,Amount\n"
    + "\n".join(f"c{at % 5},2024-0{at // 5 + 1},-{at + 9}" for at in range(20)),
    "costs": "Hosting cost by customer\nCustomer,Jan 2024,Feb 2024\na,10,12\nb,5,5",
    "a stray mark": 'Customer,Month,MRR\na,2024-01,10\n"b,2024-01,10\nc,2024-01,10\na,2024-02,11\nb,2024-02,10',
    "many cells": "Customer,Month,MRR\n"
    + "\n".join(f"c{at % 50},2024-{at // 50 + 1:02d},{'see note' if at % 10 == 0 else at}" for at in range(600)),
}


@pytest.mark.parametrize("name", MENDED)
def test_further_refusals_lead_on(name, tmp_path):
    path = sheet(tmp_path, MENDED[name])
    with pytest.raises(InputError):
        read(path)
    assert follow(path, {}) > 0


def test_parts_of_an_amount_are_added_up_where_the_user_says_so(tmp_path):
    path = sheet(tmp_path, MENDED["parts of the amount"])
    with pytest.raises(InputError, match='--amount "Base MRR", or --amount "Add-on MRR", or add them up'):
        read(path)
    cube = read(path, columns={"amount": "all"})
    assert dict(zip(cube.customers, cube.amounts.tolist(), strict=True)) == {"a": [110, 110], "b": [50, 0]}
    assert "measure-chosen" in {each.code for each in cube.problems if each.severity == "warning"}
    rows = "".join(f"\na,2024-0{at},90,{at}" for at in range(2, 9))
    path = sheet(tmp_path, f"Customer,Month,Base MRR,Add-on MRR\na,2024-01,100,soon{rows}")
    with pytest.raises(InputError, match="D2 holds 'soon'"):
        read(path, columns={"amount": "all"})


def test_one_amount_twice_is_not_added_up(tmp_path):
    path = sheet(tmp_path, "Customer,Month,CMRR,Live MRR\na,2024-01,100,99\nb,2024-01,50,50\na,2024-02,90,80")
    with pytest.raises(InputError, match='--amount "CMRR"') as refused:
        read(path)
    assert "--amount all" not in str(refused.value)


@pytest.mark.parametrize("word", ["Churned", "gekündigt", "Résilié", "LOST", "(cancelled)", "not started"])
def test_a_word_for_no_more_customer_counts_as_nothing(word, tmp_path):
    path = sheet(tmp_path, f"Customer,Jan-24,Feb-24,Mar-24\na,10,{word},{word}\nb,5,6,7\nc,1,1,1")
    cube = read(path)
    assert cube.amounts[cube.customers.index("a")].tolist() == [10, 0, 0]
    assert "amount-ended" in {each.code for each in cube.problems if each.severity == "warning"}


def test_a_month_twice_with_the_same_amounts_is_read_once(tmp_path):
    cube = read(sheet(tmp_path, "Customer,Jan-24,Feb-24,Feb 2024\na,10,12,12\nb,5,5,5"))
    assert cube.amounts.sum() == 32
    assert "period-copied" in {each.code for each in cube.problems}


@pytest.mark.parametrize("cells", [("1", "2", "3"), ("January", "February", "March")])
def test_months_without_a_year_are_one_question(cells, tmp_path):
    rows = "\n".join(f"{who},{month},10" for who in "abcdefgh" for month in cells)
    with pytest.raises(InputError, match=r"1 error\(s\)[\s\S]*Months are named without their year"):
        read(sheet(tmp_path, f"Customer,Month,MRR\n{rows}"))


def test_days_of_six_digits(tmp_path):
    cube = read(sheet(tmp_path, "Kund;Datum;Belopp\na;230131;10\na;230228;12\nb;230228;5"))
    assert cube.periods.keys == ("2023-01", "2023-02")
    assert "date-order-taken" in {each.code for each in cube.problems if each.severity == "warning"}
    with pytest.raises(InputError):  # 2 January 2003, 1 February 2003 or 3 February 2001
        read(sheet(tmp_path, "Kund;Datum;Belopp\na;010203;10\na;020304;12\nb;030405;5"))


@pytest.mark.parametrize("heads", ["First name,Last name", "Vorname,Nachname", "Apellido,Nombre", "Name,Surname"])
def test_first_and_last_name_name_a_customer_together(heads, tmp_path):
    rows = [f"Ann,Lee{at},2024-0{month},10" for at in range(3) for month in (1, 2)]
    rows += [f"Bob,Lee{at},2024-0{month},5" for at in range(3) for month in (1, 2)]
    if heads.startswith("Apellido"):
        rows = [",".join([*row.split(",")[1::-1], *row.split(",")[2:]]) for row in rows]
    cube = read(sheet(tmp_path, "\n".join([f"{heads},Month,MRR", *rows])))
    assert len(cube.customers) == 6 and "column-guessed" in {each.code for each in cube.problems}


def test_korean_headers_and_months(tmp_path):
    cube = read(sheet(tmp_path, "고객명,월,금액\n가나,2023년 1월,10\n가나,2023년 2월,12\n다라,2023년 2월,5"))
    assert cube.periods.keys == ("2023-01", "2023-02") and cube.amounts.sum() == 27


def test_a_table_of_the_months_sums_beside_the_rows_is_left_out_and_told(tmp_path):
    lines = ["a,2024-01,10,,2024-01,15,2", "a,2024-02,12,,2024-02,17,2", "b,2024-01,5,,2024-03,9,1"]
    lines += ["b,2024-02,5,,,,", "c,2024-03,9,,,,"]
    head = "Customer,Month,MRR,,Month,Total MRR,# customers"
    cube = read(sheet(tmp_path, "\n".join([head, *lines])))
    assert cube.amounts.sum() == 41 and cube.account.difference == 0
    assert "other-table" in {each.code for each in cube.problems if each.severity == "warning"}
    lines[0] = lines[0].replace(",15,", ",16,")
    with pytest.raises(InputError, match="side by side"):
        read(sheet(tmp_path, "\n".join([head, *lines])))


def test_amounts_with_a_point_and_with_a_comma_are_each_read_as_they_must_be(tmp_path):
    points, commas = ("10.50", "20.25", "1,300.75", "7"), ("30,50", "1.400,75", "40,25", "8")
    rows = [f'c{at},2024-01,"{text}"' for at, text in enumerate((*points, *commas))]
    cube = read(sheet(tmp_path, "\n".join(["Customer,Month,MRR", *rows])))
    assert cube.amounts.sum() == pytest.approx(10.5 + 20.25 + 1300.75 + 7 + 30.5 + 1400.75 + 40.25 + 8)
    assert "decimal-both" in {each.code for each in cube.problems if each.severity == "warning"}
    rows.append("c9,2024-01,1.500")
    with pytest.raises(InputError, match="decimal sign cannot be told"):
        read(sheet(tmp_path, "\n".join(["Customer,Month,MRR", *rows])))
    assert read(sheet(tmp_path, "\n".join(["Customer,Month,MRR", *rows])), decimal=",").amounts.sum() > 4000


def test_bookings_are_asked_about(tmp_path):
    rows = [f"c{at},2024-{at % 12 + 1:02d}-03,{100 + at}" for at in range(20)]
    path = sheet(tmp_path, "\n".join(["Company,Close Date,Amount", *rows]))
    with pytest.raises(InputError, match=r'stand alone[\s\S]*--start "Close Date", or count each') as refused:
        read(path)
    assert len(tries(refused.value)) == 2 and follow(path, {}) > 0


def test_running_totals_are_asked_about_without_a_word_and_their_differences_are_right(tmp_path):
    months = [f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13)]
    rows = [f"c{who},{month},{(at + 1) * (10 + who)}" for who in range(4) for at, month in enumerate(months)]
    path = sheet(tmp_path, "\n".join(["Customer,Month,Amount", *rows]))
    with pytest.raises(InputError, match=r"never fall[\s\S]*--rows-are ytd"):
        read(path)
    assert read(path, rows_are="ytd").amounts.tolist() == [[10.0 + who] * 24 for who in range(4)]


def test_the_amount_before_tax_is_read(tmp_path):
    rows = "\n".join(f"c{at},2024-01,{1.2 * (10 + at):.2f},{0.2 * (10 + at):.2f},{10 + at}" for at in range(5))
    cube = read(sheet(tmp_path, f"Customer,Month,Amount,Tax,Price\n{rows}"))
    assert cube.amounts.sum() == 60 and "measure-chosen" in {each.code for each in cube.problems}


def test_discounts_that_are_not_taken_off_are_told(tmp_path):
    cube = read(sheet(tmp_path, "Customer,Month,Amount,Discount\na,2024-01,10,2\nb,2024-01,5,1"))
    assert "discount-beside" in {each.code for each in cube.problems if each.severity == "warning"}


@pytest.mark.parametrize("line", ["API overage", "SMS usage", "Deferred revenue balance", "Backlog"])
def test_lines_that_are_no_recurring_revenue_are_asked_about(line, tmp_path):
    rows = "\n".join(f"c{at},2024-01,Platform,10\nc{at},2024-01,{line},5" for at in range(5))
    with pytest.raises(InputError, match=f'--exclude "Item={line}"'):
        read(sheet(tmp_path, f"Customer,Month,Item,Amount\n{rows}"))


@pytest.mark.parametrize("days", [("01012024", "15022024", "31032024"), ("1012024", "15022024", "31032024")])
def test_days_of_eight_digits_with_the_day_first(days, tmp_path):
    rows = "\n".join(f"{who};{day};10" for who in "abc" for day in days)
    assert read(sheet(tmp_path, f"Kunde;Belegdatum;Betrag\n{rows}")).periods.keys == ("2024-01", "2024-02", "2024-03")


@pytest.mark.parametrize("heads", ["FY2024-01,FY2024-02", "2024001,2024002"])
def test_periods_of_a_fiscal_year_by_their_numbers(heads, tmp_path):
    cube = read(sheet(tmp_path, f"Customer,{heads}\na,10,12\nb,5,5"), fiscal_year_end=6)
    assert cube.periods.keys == ("2023-07", "2023-08")


def test_what_a_file_is_called_is_no_title(tmp_path):
    path = tmp_path / "cost_share.csv"
    path.write_text("Customer,Jan 2024,Feb 2024\na,10,12\nb,5,5\n", "utf-8")
    assert read(path).amounts.sum() == 32
