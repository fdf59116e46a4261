"""Wrong files beside the rows: each is refused in one line that names its place and value; none decides alone."""

from __future__ import annotations

import pytest

from nrr_xl.cli import main
from nrr_xl.config import config_options
from nrr_xl.errors import InputError
from nrr_xl.retention.benchmarks import COLUMNS, own_or_packaged
from nrr_xl.retention.definitions import from_file
from nrr_xl.revenue.cube.lookups import customer_map, ledger
from nrr_xl.revenue.cube.rate_table import exchange_rates
from nrr_xl.revenue.read import read
from nrr_xl.workbook.theme import load_theme
from tests.kept import REFUSALS, assert_kept
from tests.kept import told as told_of

ROWS = "Customer,Month,Currency,MRR\n" + "".join(
    f"{name},{2023 + (11 + month) // 12}-{(11 + month) % 12 + 1:02d},{currency},{100 + month}\n"
    for name, currency in (("Acme", "EUR"), ("Beta", "USD"), ("Cora", "USD"))
    for month in range(13)
)
HEAD = ",".join(COLUMNS) + "\n"
DOORS = {
    "map": customer_map,
    "rates": exchange_rates,
    "ledger": ledger,
    "benchmarks": own_or_packaged,
    "definition": from_file,
    "config": lambda path: config_options(str(path)),
    "theme": load_theme,
}


def benchmark(value, unit="%", kind="NRR median", end=""):
    return f"{value},{unit},{kind},,2024,,SaaS,,,own{end}\n"


REFUSED = [
    ("map", ROWS, r"needs the headers from and to.*'Customer', 'Month'"),
    ("map", "Acme,Beta\n", "Row 1 reads 'Acme', 'Beta'"),
    ("map", "von,nach\nBeta,Acme\n", "needs the headers"),
    ("map", '{"Beta": "Acme"}', "needs the headers"),
    ("map", "", "the file is empty"),
    ("map", "from,to\n", "has no rows"),
    ("map", "from,to\nBeta,Acme\nBeta,Cora\n", "A3: 'Beta' is sent to two customers, 'Acme'"),
    ("map", "from,to\nBeta,Acme\nBETA ,Cora\n", "A3: 'BETA' is sent to two customers, 'Acme'"),
    ("map", "from,to\nAcme,Beta\nBeta,Acme\n", "'Acme' goes round in a circle"),
    ("map", "from,to\nAcme,Beta\nbeta,Cora\nCora,ACME\n", "goes round in a circle"),
    ("map", "from,to\nBeta,\n", "A2: 'Beta' is sent to nobody"),
    ("map", "from,to\n,Acme\n", "A2: nobody is sent to 'Acme'"),
    ("map", "old,new,parent\nBeta,Acme,Cora\n", "C1: 'new' and 'parent' can both be the to"),
    ("rates", ROWS, "needs the headers currency and rate"),
    ("rates", "EUR,1.1\nUSD,1\n", "Row 1 reads 'EUR', '1.1'"),
    ("rates", "currency,rate\n", "the rates table is empty"),
    ("rates", "currency,rate\nEUR,0\n", "B2: '0' is no rate"),
    ("rates", "currency,rate\nEUR,-1.1\n", "B2: '-1.1' is no rate"),
    ("rates", "currency,rate\nEUR,about 1\n", "B2: 'about 1' is no rate"),
    ("rates", "currency,rate\nEUR,110%\n", "B2: '110%' is no rate"),
    ("rates", "currency,rate\nEUR,inf\n", "B2: 'inf' is no rate"),
    ("rates", "currency,rate\nEUR,\n", "B2: '' is no rate"),
    ("rates", "currency,rate\n1.1,EUR\n", "B2: 'EUR' is no rate"),
    ("rates", "currency,rate\n,1.1\n", "A2: the rate has no currency"),
    ("rates", 'currency,rate\nEUR,"1,100"\nUSD,1\n', "B2: '1,100' can be read two ways"),
    ("rates", "currency;rate\nEUR;1,1x\n", "is no rate"),
    ("rates", 'currency,rate\nEUR,"1,10"\nGBP,"1,234.5"\n', "decimal comma, other rates a point"),
    ("rates", "currency,rate\nEUR,1.1\nEUR,1.2\n", "B3: EUR has two rates, 1.1 and 1.2"),
    ("rates", "currency,rate\nEUR,1\nUSD,1\n", "EUR and USD both have the rate 1"),
    ("rates", "currency,rate per USD\nEUR,0.91\n", "B1: 'rate per USD' leaves the rates' meaning open"),
    ("rates", "currency,rate,unit\nEUR,110,100\n", "C1: 'unit' leaves"),
    ("rates", "currency,bid rate,ask rate\nEUR,1.1,1.2\n", "C1: 'bid rate' and 'ask rate' can both be the rate"),
    ("rates", "currency,year,month,rate\nEUR,2024,1,1.1\n", "C1: 'year' and 'month' can both be the period"),
    ("rates", "currency,period,rate\nEUR,2024-13,1.1\n", "B2: '2024-13' is no period"),
    ("rates", "currency,date,rate\nEUR,01/02/2023,1.1\n", "B2: '01/02/2023' is no period"),
    ("rates", "currency,period,rate\nEUR,,1.1\n", "B2: '' is no period"),
    ("ledger", ROWS, "these are revenue rows, since A1 reads 'Customer'; a ledger needs the headers period and amount"),
    ("ledger", ROWS.replace("Customer", "Client ID"), "A1 reads 'Client ID'"),
    ("ledger", "Customer,Start date,End date,MRR\nAcme,2023-01-01,,5\n", "these are revenue rows"),
    ("ledger", "period,amount\n2024-01,5\n2024-01,6\n", "2024-01 has a second total. A ledger has one for each period"),
    ("rates", ROWS.replace("MRR", "Value"), "these are revenue rows, since A1 reads 'Customer'; a rates table needs"),
    ("ledger", "period,MRR,ARR\n2024-01,5,60\n", "C1: 'MRR' and 'ARR' can both be the amount"),
    ("ledger", "period,amount\nTotal,5\n", "B2: 'Total' is no period"),
    ("ledger", "period,amount\n2024-01,5%\n", "not a number"),
    ("ledger", 'period,amount\n2024-01,"1,234"\n', "B2: '1,234' can be read two ways"),
    ("ledger", 'period,amount\n2024-01,17\n2024-02,"1.234"\n', "B3: '1.234' can be read two ways"),
    ("benchmarks", ROWS, "lack the column 'value'. Its first row reads 'customer', 'month'"),
    ("benchmarks", "", "It is empty"),
    ("benchmarks", HEAD, "have no rows"),
    ("benchmarks", HEAD + benchmark(1.01), r"A2: The value in % is no such rate: '1.01'"),
    ("benchmarks", HEAD + benchmark(101, "fraction"), "A2: The value in fraction is no such rate"),
    ("benchmarks", HEAD + benchmark(130, kind="GRR median"), "GRR lies between 10% and 100%"),
    ("benchmarks", HEAD + benchmark(101, "percent"), "B2: The unit is unknown: 'percent'"),
    ("benchmarks", HEAD + benchmark("high"), "A2: The value is no number: 'high'"),
    ("benchmarks", HEAD + benchmark(101, kind="ARR median"), "C2: The type does not begin with a metric"),
    ("benchmarks", HEAD + benchmark(101, end=",x"), "J2: The row has more cells"),
    ("benchmarks", HEAD + benchmark(110) + benchmark(101), "C3: The population has this statistic twice"),
    ("benchmarks", HEAD + benchmark(110, kind="NRR p25") + benchmark(101), "A3: The quartiles of this population"),
    ("benchmarks", "value," + HEAD + "1," + benchmark(101), "the column 'value' twice"),
    ("benchmarks", HEAD.encode("utf-16"), "not UTF-8"),
    ("definition", "", "says nothing"),
    ("definition", 'gross = "no"', "gross is 'no', but must be true or false"),
    ("definition", "annualise = 1", "annualise is 1, but must be true or false"),
    ("definition", "minimum = nan", "minimum is nan"),
    ("definition", "minimum = true", "minimum is True"),
    ("definition", "population = 5", "population is 5, but must be a list of texts"),
    ("definition", "population = [1]", "population is .1., but"),
    ("definition", "company = 5", "company is 5, but must be a text"),
    ("definition", 'column = "Region"', "column does nothing without population"),
    ("definition", 'minimum_of = "year"', "minimum_of does nothing without minimum"),
    ("definition", "[average]\nevery = 3", "needs a count of 2 or more"),
    ("definition", ROWS, "is not a TOML file"),
    ("config", ROWS, "is not a TOML file"),
    ("config", "montsh = 6", "no option --montsh. Did you mean 'months'"),
    ("config", 'as-of = "2024-01"\nas_of = "2024-02"', "as_of stands there twice"),
    ("config", "[customer-map]\nBeta = 'Acme'", "customer-map is .* Give the path of a file"),
    ("config", '[company]\nname = "Acme"', "company is .* Give a name"),
    ("config", "rates = 5", "rates is 5. Give the path of a file"),
    ("config", "months = 6".encode("utf-16"), "is not UTF-8 text"),
    ("theme", 'company = "Acme"', r"company is a section. Write \[company\]"),
    ("theme", ROWS, "is not a TOML file"),
]


@pytest.mark.parametrize(("door", "data", "told"), REFUSED)
def test_a_wrong_file_is_refused_with_its_place(door, data, told, tmp_path):
    path = tmp_path / ("side.toml" if door in ("definition", "config", "theme") else "side.csv")
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(InputError, match=told) as caught:
        DOORS[door](path)
    assert path.name in str(caught.value) and "Traceback" not in str(caught.value)
    words = told_of(caught.value).replace(str(path), "FILE").replace(path.name, "FILE")
    assert_kept(REFUSALS, f"{door} {data!r}"[:200], words)


@pytest.mark.parametrize("door", DOORS)
def test_a_file_that_is_missing_or_a_folder_is_named(door, tmp_path):
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(InputError, match=path.name):
            DOORS[door](path)


@pytest.mark.parametrize(
    "given",
    [
        {"Beta": None},
        {"Beta": " "},
        {"": "Acme"},
        {"Beta": "Acme", "BETA": "Cora"},
        {"Acme": "Beta", "beta": "acme"},
        5,
    ],
)
def test_a_map_from_python_is_held_to_the_same(given):
    with pytest.raises(InputError, match=r"customer[ _]map"):
        customer_map(given)


def problems(cube, *codes):
    return [str(problem) for problem in cube.problems if problem.code in codes]


def test_a_forgotten_month_of_rates_is_told_and_not_one_of_whole_years(tmp_path):
    (tmp_path / "rows.csv").write_text(ROWS)
    months = [f"{2023 + (11 + month) // 12}-{(11 + month) % 12 + 1:02d}" for month in range(13)]

    def held(periods):
        rates = {"USD": 1, "EUR": {period: 1.1 for period in periods}}
        return problems(read(tmp_path / "rows.csv", rates=rates), "rate-held")

    assert held(months) == held(["2023-12", "2024-03", "2024-06", "2024-09", "2024-12"]) == []
    assert held(["2023", "2024"]) == []
    assert "'EUR, Dec 2024: the rate of 2024-11'" in held(months[:-1])[0]
    assert "'EUR, Apr 2024: the rate of 2024-03'" in held([*months[:4], *months[5:]])[0]
    assert "the rate of 1990-01" in held(["1990-01"])[0]


def test_one_missing_rate_is_one_line_that_says_what_the_table_has(tmp_path):
    (tmp_path / "rows.csv").write_text(ROWS)
    with pytest.raises(InputError) as caught:
        read(tmp_path / "rows.csv", rates={"EURUSD": 1.1, "USD": 1})
    assert [str(problem) for problem in caught.value.problems] == [
        "The rates table has no rate: 'EUR, Dec 2023 to Dec 2024'. It has EURUSD, USD. Add it."
    ]


def test_what_side_files_did_stands_with_the_numbers(tmp_path, capsys):
    (tmp_path / "rows.csv").write_text(ROWS)
    (tmp_path / "map.csv").write_text("from,to\nBeta,Cora\nNobody,Cora\n")
    (tmp_path / "fx.csv").write_text("currency;rate\nEUR;1,10\nUSD;1\nGBP;1,25\n")
    files = ["--customer-map", str(tmp_path / "map.csv"), "--rates", str(tmp_path / "fx.csv")]
    assert main(["analyse", str(tmp_path / "rows.csv"), *files]) == 0
    told = capsys.readouterr().out
    assert "The customer map leaves 2 of 3 customers; 1 of its 2 names are no customer's." in told
    assert "Exchange rates were used for EUR (at 1.1), USD; not for GBP." in told


def test_a_ledger_that_does_not_tie_out_is_warned_of_and_strict_stops_it(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv").write_text(ROWS.replace("EUR", "USD"))
    (tmp_path / "ledger.csv").write_text("period,amount\n2023-12,300\n2024-01,304\n1999-01,5\n")
    command = ["report", "rows.csv", "--ledger", "ledger.csv", "-o", "out.xlsx", "--strict"]
    assert main(command) == 2 and not (tmp_path / "out.xlsx").exists()
    told = capsys.readouterr().err
    assert "Jan 1999: the ledger has 5.00, the rows no such period. (1 more like it" in told


def test_a_config_as_windows_writes_it_is_read(tmp_path):
    (tmp_path / "c.toml").write_bytes(b"\xef\xbb\xbfmonths = 6\r\n")
    assert config_options(str(tmp_path / "c.toml")) == {"months": 6}


def test_benchmarks_as_excel_writes_them_in_germany_are_read(tmp_path):
    text = HEAD.replace(",", ";").title() + "101,5;%;NRR median;;2024;;SaaS;;;own\n"
    (tmp_path / "b.csv").write_text(text, "utf-8-sig")
    assert own_or_packaged(tmp_path / "b.csv")[0]["value"] == pytest.approx(1.015)


def test_only_without_a_value_is_refused(tmp_path):
    (tmp_path / "rows.csv").write_text(ROWS)
    with pytest.raises(InputError, match=r"--only is 'Currency'\. Write COLUMN=VALUE"):
        read(tmp_path / "rows.csv", only=["Currency"])
