"""Payment exports and open subscriptions: failed ones left out, refunds netted, and doubts told."""

from __future__ import annotations

import datetime as dt
import re

import pytest

import nrr_xl
from nrr_xl.cli import main

TODAY = dt.date(2025, 1, 15)
MONTHS = [(2023, 12), *((2024, month) for month in range(1, 13))]


def read(tmp_path, text, **options):
    (tmp_path / "x.csv").write_text(text)
    return nrr_xl.read(tmp_path / "x.csv", today=TODAY, **options)


def rate(cube):
    return round(nrr_xl.analyse(cube, as_of="2024-12").rates["nrr"], 4)


def warned(cube, code):
    return [str(problem) for problem in cube.problems if problem.code == code and problem.severity == "warning"]


def paypal(last="Completed"):
    text = "Date,Time,TimeZone,Name,Type,Status,Currency,Gross,Fee,Net\n"
    for year, month in MONTHS:
        status = last if (year, month) == MONTHS[-1] else "Completed"
        text += f"{month:02d}/13/{year},10:00:00,PDT,Ann,Subscription Payment,Completed,USD,100.00,-3.20,96.80\n"
        text += f"{month:02d}/14/{year},10:00:00,PDT,Bob,Subscription Payment,{status},USD,50.00,-1.75,48.25\n"
    return text + "12/20/2024,10:00:00,PDT,Ann,Payment Refund,Completed,USD,-30.00,0,-30.00\n"


def test_a_fee_beside_gross_and_net_is_never_the_revenue(tmp_path):
    cube = read(tmp_path, paypal("Denied"))
    assert rate(cube) == round(66.8 / 145.05, 4)
    assert "'Gross'" in warned(cube, "amount-rival")[0]
    gross = read(tmp_path, paypal("Denied"), columns={"amount": "Gross"})
    assert rate(gross) == round(70 / 150, 4)


@pytest.mark.parametrize("status", ["Denied", "failed", "Processor Declined", "Gateway Rejected", "Bounced"])
def test_payments_that_did_not_come_are_left_out(tmp_path, status):
    cube = read(tmp_path, paypal(status), columns={"amount": "Gross"})
    assert rate(cube) == round(70 / 150, 4) and status in warned(cube, "values-decided")[0]


def test_unpaid_beside_completed_payments_is_told(tmp_path):
    cube = read(tmp_path, paypal("past_due"), columns={"amount": "Gross"})
    assert rate(cube) == round(120 / 150, 4)
    assert "past_due 1 row(s)" in warned(cube, "values-decided")[0]
    left = read(tmp_path, paypal("past_due"), columns={"amount": "Gross"}, exclude=["Status=past_due"])
    assert rate(left) == round(70 / 150, 4)


def test_a_fee_that_stands_alone_is_the_amount(tmp_path):
    rows = "".join(
        f"{name},{year}-{month:02d},{fee}\n" for year, month in MONTHS for name, fee in (("a", 10), ("b", 5))
    )
    assert rate(read(tmp_path, "Customer,Month,Fee\n" + rows)) == 1.0


@pytest.mark.parametrize(
    "end", ["", "-", "n/a", "ongoing", "Active", "present", "9999-12-31", "12/31/2099", "unbefristet"]
)
def test_open_subscriptions_reach_to_today(tmp_path, end):
    text = f"Customer,Start,End,MRR\nA,2023-01-01,,100\nB,2023-01-01,2024-06-01,50\nC,2023-05-01,{end},200\n"
    cube = read(tmp_path, text)
    assert cube.periods.keys[-1] == "2025-01" and rate(cube) == round(300 / 350, 4)


def test_refunds_that_are_taken_off_are_not_called_unused(tmp_path, capsys):
    lines = ["Customer,Date,Amount,Amount Refunded", *(f"c{n},2024-0{m}-05,100,{n}" for n in range(4) for m in (1, 2))]
    (tmp_path / "charges.csv").write_text("\n".join(lines), "utf-8")
    assert main(["check", str(tmp_path / "charges.csv")]) == 0
    told = capsys.readouterr().out
    assert "refunds-taken-off" in told and "column-unused" not in told
    assert re.search(r"^D +refunds +Amount Refunded", told, re.MULTILINE)


def events(kinds, who="Shopper Reference"):
    """Payments as Adyen reports them: a row for all that happens to one, numbers of payments before the customers."""
    text = f"Merchant Account,Psp Reference,{who},Creation Date,Type,Gross Currency,Gross Amount\n"
    for at, (year, month) in enumerate(MONTHS):
        last = (year, month) == MONTHS[-1]
        for name, amount, kind in (("ann", 100, "Settled"), ("bob", 50, kinds[0] if last else "Settled")):
            for happened in (*kinds[1:], kind):
                text += f"Shop,P{name}{at}{happened},{name},{year}-{month:02d}-13 10:00:00,{happened},EUR,{amount}\n"
    return text + "Shop,PR1,ann,2024-12-20 10:00:00,Refunded,EUR,-30\n"


def test_what_happens_to_a_payment_is_no_further_payment(tmp_path):
    assert rate(read(tmp_path, events(["Settled"]))) == round(120 / 150, 4)
    cube = read(tmp_path, events(["Refused"]))
    assert rate(cube) == round(70 / 150, 4) and "Refused 1 row(s) 50.00 left out" in warned(cube, "values-decided")[0]
    with pytest.raises(nrr_xl.InputError, match=r"exclude=\["):
        read(tmp_path, events(["Refused", "Authorised"]))
    # The mend that the refusal names leaves out what would have been left out without it, too.
    with pytest.raises(nrr_xl.InputError) as refused:
        read(tmp_path, events(["Refused", "Authorised"]))
    named = re.findall(r"exclude=\[\"(Type=\w+)\"\]", str(refused.value.problems[0]))
    assert set(named) == {"Type=Authorised", "Type=Refused"}
    assert rate(read(tmp_path, events(["Refused", "Authorised"]), exclude=named)) == round(70 / 150, 4)


def test_numbers_of_payments_are_no_customers(tmp_path):
    """Taken for customers, each would come and go: NRR 0 %."""
    cube = read(tmp_path, events(["Settled"], who="Who"))
    assert cube.customers == ("ann", "bob") and rate(cube) == round(120 / 150, 4)
    alone = "Ref,Date,Amount\n" + "".join(f"P{at},{year}-{month:02d}-13,5\n" for at, (year, month) in enumerate(MONTHS))
    with pytest.raises(nrr_xl.InputError, match="needs a customer column"):
        read(tmp_path, alone)


def test_the_way_to_leave_out_what_is_asked_about_names_all_that_would_be(tmp_path):
    rows = "".join(
        f"{name},{year}-{month:02d},{status},10\n"
        for year, month in MONTHS
        for name, status in (("a", "paid"), ("b", "void"), ("a", "cancelled" if month == 5 else "paid"))
    )
    with pytest.raises(nrr_xl.InputError, match="exclude") as refused:
        read(tmp_path, "Customer,Month,Status,MRR\n" + rows)
    assert 'exclude=["Status=cancelled"] exclude=["Status=void"]' in str(refused.value)
