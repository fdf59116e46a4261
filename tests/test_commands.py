"""What the commands tell beside the numbers: warnings, idle options, parts of the JSON, a config, near definitions."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from nrr_xl.cli import SHELLS, main
from nrr_xl.idle import PINS
from nrr_xl.options import of_stage, option


@pytest.fixture
def rows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    filled = [
        f"{name},EMEA,{year}-{month:02d},{100 + month}"
        for name in ("Acme", "Bolt")
        for year in (2023, 2024)
        for month in range(1, 13)
    ]
    (tmp_path / "rows.csv").write_text("\n".join(["Customer,Region,Month,MRR", *filled]) + "\n")
    (tmp_path / "negative.csv").write_text(
        "\n".join(["Customer,Region,Month,MRR", *filled, "Cole,EMEA,2024-12,-5", "Dune,EMEA,2024-11,-5"]) + "\n"
    )
    return tmp_path


@pytest.mark.parametrize("command", ["report", "analyse"])
def test_warnings_are_printed_with_their_place_and_reason(rows, capsys, command):
    assert main([command, "negative.csv"]) == 0
    told = capsys.readouterr().err
    assert "warning: negative!D50: A negative amount: '-5'. Netted within its customer and period. (1 more" in told
    assert main([command, "negative.csv", "--quiet", *(["--overwrite"] if command == "report" else [])]) == 0
    assert capsys.readouterr().err == told


def test_fill_and_compare_print_warnings_as_well(rows, capsys, templates):
    assert main(["fill", str(templates / "nrr_template.xlsx"), "negative.csv", "-o", "filled.xlsx", "-q"]) == 0
    out, told = capsys.readouterr()
    assert not out and "nrr-xl: warning: negative!D50: A negative amount" in told
    assert main(["compare", "negative.csv", "rows.csv", "--json"]) == 0
    assert "nrr-xl: warning: negative.csv: negative!D50: A negative amount" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["report", "analyse", "check"])
def test_strict_makes_a_warning_status_2_and_writes_nothing(rows, capsys, command):
    assert main([command, "negative.csv", "--strict"]) == 2
    assert "A negative amount" in "".join(capsys.readouterr())
    assert sorted(path.name for path in rows.iterdir()) == ["negative.csv", "rows.csv"]
    assert main([command, "rows.csv", "--strict"]) == 0


def test_quiet_says_nothing_of_what_went_well_and_writes_nothing_untold(rows, capsys):
    alike = (rows / "rows.csv").read_text().replace("Bolt", "Acme Inc")
    (rows / "alike.csv").write_text(alike)
    assert main(["report", "alike.csv", "-q"]) == 0
    assert capsys.readouterr() == ("", "")
    assert sorted(path.name for path in rows.glob("alike*")) == ["alike.csv", "alike_retention.xlsx"]
    assert main(["report", "alike.csv", "--overwrite"]) == 0
    assert "alike_retention_customer_map.csv" in capsys.readouterr().out
    assert (rows / "alike_retention_customer_map.csv").exists()
    with pytest.raises(SystemExit):
        main(["report", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "--quiet print nothing of what went well, not even where the file is" in told


@pytest.mark.parametrize(
    "words, why",
    [
        (["--inclusive-end"], "the rows are long, not subscriptions"),
        (["--mid-month", "same"], "the rows are long, not subscriptions"),
        (["--grace", "2"], "no gap is as short"),
        (["--one-time", "setup"], "no row is of such a type"),
        (["--accept-errors"], "there are no errors"),
        (["--annualise-from", "window"], "the headline's method is point_to_point"),
    ],
)
def test_an_option_that_changed_nothing_says_so(rows, capsys, words, why):
    assert main(["analyse", "rows.csv", *words]) == 0
    assert capsys.readouterr().err == f"nrr-xl: warning: {words[0]} changed nothing: {why}.\n"
    assert main(["analyse", "rows.csv", *words, "--strict"]) == 2


# Each option with a value that changes nothing on these rows; a new option gets its line here or below.
IDLE = {
    "sheet": "rows", "layout": "long", "customer": "Customer", "date": "Month", "amount": "MRR", "start": "Region",
    "end": "Region", "term": "Region", "interval": "Region", "header_row": "1", "range": "A1:D49", "keep_rows": "2",
    "fill_down": "", "scale": "1", "only": "Region=EMEA", "no_currency": "", "spread": "no", "rows_are": "levels",
    "encoding": "utf-8", "delimiter": ",", "decimal": ",", "day_first": "", "one_time": "setup", "negatives": "error",
    "inclusive_end": "", "mid_month": "same", "amount_per": "month", "accept_errors": "", "freq": "month",
    "annualise_from": "window", "grace": "2", "top": "7", "risk_periods": "5",
    "risk_drop": "0.9", "burn": "10",
}  # fmt: skip
# They show or name something else by whatever value, or are refused where they cannot act.
ALWAYS = {
    "quantity", "product", "currency", "type", "identifier", "drop_rows", "sheets", "transpose", "exclude", "quotes",
    "fiscal_year_end", "rates", "customer_map", "level", "months", "method", "definition", "segments", "size_edges",
    "scheme", "usage", "benchmarks", "gross_margin", "sales_cost", "cohort_freq",
}  # fmt: skip


def test_every_option_says_when_it_changed_nothing(rows, capsys):
    unsaid = {each.name for each in of_stage("read", "analyse")} - {*IDLE, *ALWAYS, *PINS}
    assert not unsaid, f"IDLE and ALWAYS of this file lack the options {sorted(unsaid)}"
    assert {*IDLE, *ALWAYS, *PINS} <= {each.name for each in of_stage("read", "analyse")}
    silent = []
    for name, value in IDLE.items():
        assert main(["analyse", "rows.csv", option(name).long, *([value] if value else [])]) == 0, name
        told = capsys.readouterr().err
        if f"{option(name).long} changed nothing" not in told and f"same without {option(name).long}." not in told:
            silent.append(name)
    assert silent == []
    assert main(["analyse", "rows.csv", "--decimal", ",", "--day-first", "--strict"]) == 0
    assert "everything is the same without --decimal, --day-first." in capsys.readouterr().err
    assert main(["analyse", "rows.csv", "--decimal", ",", "--quiet"]) == 0
    assert capsys.readouterr().err == ""


def test_an_option_that_changes_something_says_nothing(rows, capsys):
    (rows / "gap.csv").write_text((rows / "rows.csv").read_text().replace("Bolt,EMEA,2024-03,103\n", ""))
    assert main(["analyse", "gap.csv", "--grace", "1", "--annualise-from", "window", "--method", "annualised"]) == 0
    assert capsys.readouterr().err == ""


def test_the_json_holds_method_headline_and_every_setting(rows, capsys):
    assert main(["analyse", "rows.csv", "--json", "--method", "Datadog", "--level", "customer", "--day-first"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["method"] == "datadog" and told["headline"]["key"] == "trailing_average"
    assert told["headline"]["rate"] == told["methods"]["trailing_average"]["rate"]
    assert told["settings"]["day_first"] is True and told["settings"]["months"] == 12
    assert {"rates", "negatives", "segments", "gross_margin", "fiscal_year_end"} <= set(told["settings"])


def test_fields_prints_the_parts_asked_for(rows, capsys):
    assert main(["analyse", "rows.csv", "--fields", "rates.nrr,closing_period", "--fields", "bridge.churn"]) == 0
    assert capsys.readouterr().out == "rates.nrr\t1.0\nclosing_period\t2024-12\nbridge.churn\t0.0\n"
    assert main(["analyse", "rows.csv", "--json", "--fields", "rates.nrr"]) == 0
    assert json.loads(capsys.readouterr().out) == {"rates.nrr": 1.0}
    assert main(["analyse", "rows.csv", "--fields", "rates.nr"]) == 2
    assert "Did you mean 'rates.nrr'?" in capsys.readouterr().err
    assert main(["analyse", "rows.csv", "--fields", "nrr"]) == 2
    assert "Did you mean 'rates.nrr'?" in capsys.readouterr().err


def test_somebody_elses_rate_names_the_definitions_near_it(rows, capsys):
    (rows / "gone.csv").write_text((rows / "rows.csv").read_text().replace("Bolt,EMEA,2024-12,112\n", ""))
    assert main(["analyse", "gone.csv", "--theirs", "100 %"]) == 0
    assert "100.0 %  Survivors only (survivors_only), the same" in capsys.readouterr().out
    assert main(["analyse", "gone.csv", "--theirs", "1.0", "--fields", "theirs", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["theirs"]
    assert told["rate"] == 1.0 and {near["rate"] for near in told["nearest"]} >= {1.0}
    assert [abs(near["points"]) for near in told["nearest"]] == sorted(abs(near["points"]) for near in told["nearest"])
    assert main(["analyse", "gone.csv", "--theirs", "121"]) == 2


def test_a_saved_config_makes_the_report_again(rows, capsys, monkeypatch):
    (rows / "fx.csv").write_text("from,to\nBolt,Acme\n")
    (rows / "out").mkdir()
    made = [
        "report",
        "rows.csv",
        "--customer-map",
        "fx.csv",
        "--segment",
        "Region",
        "--months",
        "6",
        "--method",
        "GitLab",
    ]
    assert main([*made, "-o", "out/first.xlsx", "--save-config"]) == 0
    text = (rows / "out" / "first.toml").read_text()
    assert 'as-of = "2024-12"' in text and 'customer-map = "../fx.csv"' in text and 'method = "gitlab"' in text
    monkeypatch.chdir(rows / "out")
    assert main(["report", "../rows.csv", "--config", "first.toml", "-o", "again.xlsx"]) == 0
    assert (
        main(["analyse", "../rows.csv", "--config", "first.toml", "--fields", "settings.months,settings.segments"]) == 0
    )
    assert capsys.readouterr().out.endswith('settings.months\t6\nsettings.segments\t["Region"]\n')
    assert main(["report", "../rows.csv", "-o", "again.xlsx", "--overwrite", "--save-config"]) == 0


@pytest.mark.parametrize(
    "given",
    [
        [],
        ["--definition", "ours.toml", "--method", "compounded", "--company", 'A "b" \\ é'],
        ["--size-edge", "50", "--size-edge", "200.5", "--pack", "diligence", "--magnitude", "k"],
        ["--months", "6", "--as-of", "2024-11", "--grace", "2", "--ledger", "ledger.csv", "--prepared", "2025-01-31"],
    ],
)
def test_the_config_beside_a_report_makes_it_again_to_the_byte(rows, monkeypatch, given):
    (rows / "ours.toml").write_text("lag = 12\ngross = true\n")
    (rows / "ledger.csv").write_text("period,amount\n2024-01,5\n")
    (rows / "out").mkdir(exist_ok=True)
    assert main(["report", "rows.csv", "-o", "out/first.xlsx", "--save-config", "--quiet", *given]) == 0
    monkeypatch.chdir(rows / "out")
    assert main(["report", "../rows.csv", "--config", "first.toml", "-o", "again.xlsx", "--quiet"]) == 0
    assert (rows / "out" / "first.xlsx").read_bytes() == (rows / "out" / "again.xlsx").read_bytes()


def test_a_closing_month_of_the_command_is_not_held_to_the_day_of_an_old_config(rows, capsys):
    """Else a scheduler's second month would be told as one that is yet to come, by the day of its first."""
    (rows / "old.toml").write_text('today = "2024-10-15"\nas-of = "2024-09"\n')
    assert main(["report", "rows.csv", "--config", "old.toml", "--as-of", "2024-12", "--strict", "--quiet"]) == 0
    assert main(["analyse", "rows.csv", "--config", "old.toml", "--fields", "closing_period"]) == 0
    told = capsys.readouterr()
    assert told.out == "closing_period\t2024-09\n" and "have not begun" in told.err


def test_odd_names_are_read_or_told_how(rows, capsys):
    for name in ("-dash.csv", ".csv"):
        (rows / name).write_text((rows / "rows.csv").read_text())
    assert main(["analyse", ".csv", "--fields", "rates.nrr"]) == 0
    assert main(["analyse", "./-dash.csv", "--fields", "rates.nrr"]) == 0
    assert main(["analyse", "--fields", "rates.nrr", "--", "-dash.csv"]) == 0
    assert capsys.readouterr().out == "rates.nrr\t1.0\n" * 3
    assert main(["analyse", "-dash.csv"]) == 2
    assert "Write ./-dash.csv." in capsys.readouterr().err


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_is_given_its_completion(shell, capsys):
    assert main(["completion", shell]) == 0
    told = capsys.readouterr().out
    assert "customer-map" in told and "analyse" in told and "survivors_only" in told


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_the_tab_key_completes_in_bash(rows, capsys):
    """Commands, options, their values and files, as bash itself asks for them."""
    assert main(["completion", "bash"]) == 0
    (rows / "completion.sh").write_text(capsys.readouterr().out)
    lines = {
        "an": "analyse",
        "report --custo": "--customer --customer-map",
        "report rows.csv --method s": "summed_flows survivors_only snowflake",
        "report rows.csv --pack ": "board diligence full",
        "report ro": "rows.csv",
        "report --rates ro": "rows.csv",
        "completion p": "powershell",
    }
    asked = """source ./completion.sh
    while IFS= read -r line; do
        COMP_WORDS=(nrr-xl $line); [[ $line == *" " ]] && COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=()
        _shtab_nrr_xl nrr-xl "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        echo "${COMPREPLY[*]}"
    done"""
    done = subprocess.run(
        ["bash", "-c", asked], input="\n".join(lines) + "\n", capture_output=True, text=True, cwd=rows
    )
    assert dict(zip(lines, done.stdout.splitlines(), strict=True)) == lines, done.stderr


@pytest.mark.parametrize("ending", [".pdf", ".xls", ".csv", ""])
def test_a_report_has_one_ending(rows, capsys, ending):
    assert main(["report", "rows.csv", "-o", f"out{ending}"]) == 2
    assert "does not end in .xlsx" in capsys.readouterr().err
    assert not (rows / f"out{ending}").exists()


def test_it_works_without_docstrings_and_assertions(rows):
    """`python -OO` strips both."""
    command = [sys.executable, "-OO", "-m", "nrr_xl", "report", "rows.csv"]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, done.stderr
    assert (rows / "rows_retention.xlsx").exists()


def test_help_lists_methods_presets_and_schemes(capsys):
    with pytest.raises(SystemExit):
        main(["analyse", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "point_to_point, summed_flows" in told and "datadog" in told and "kpi_depot" in told
