"""The cells that the lines of the adjusted NRR name hold what the lines speak of, in every layout of the source."""

from __future__ import annotations

from datetime import date

import openpyxl
import pytest

import nrr_xl
from tests.retention.adjustments import analysed

MONTHS = [date(2023 + at // 12, at % 12 + 1, 1) for at in range(14)]


def test_each_adjustment_names_the_cells_of_the_source_that_it_speaks_of(root):
    """The cells named hold the amounts that the lines speak of, in rows of the customers that they name."""
    sample = root / "templates" / "sample_revenue.xlsx"
    sheet = openpyxl.load_workbook(sample, read_only=False)["Revenue"]
    found = nrr_xl.analyse(nrr_xl.read(sample)).adjusted_with_cells()
    assert len(found.adjustments) == 4
    for line in found.adjustments:
        amounts = {}
        for cell in line.cells:
            at = [name.removeprefix("Revenue!") for name in cell.cells]
            assert {sheet.cell(sheet[name].row, 1).value for name in at} == {cell.customer}, at
            assert {f"{sheet.cell(sheet[name].row, 4).value:%Y-%m}" for name in at} == {cell.period}, at
            amounts[cell.customer, cell.period] = sum(sheet[name].value for name in at)
        assert amounts[line.customer, "2023-12"] == pytest.approx(line.before)
        assert amounts[line.other, "2024-12"] == pytest.approx(line.other_after)
        # Where one stopped and the other began: the amounts that the line says it has seen.
        until, since = (part.split()[0].replace(",", "") for part in line.why.split(", "))
        told = {f"{amount:.2f}" for amount in amounts.values()}
        assert {f"{float(until):.2f}", f"{float(since):.2f}"} <= told
    held = nrr_xl.analyse(nrr_xl.read(sample)).to_dict()["adjusted"]["adjustments"][0]["cells"]
    assert [(cell["period"], list(cell["cells"])) for cell in held][:2] == [
        ("2023-12", ["Revenue!E2468"]),
        ("2024-05", ["Revenue!E3069"]),
    ]


def saved(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def told(analysis):
    line = next(line for line in analysis.adjusted_with_cells().adjustments if line.kind == "take_over")
    assert (line.customer, line.other) == ("Halden", "Vantor")
    return {(cell.customer, cell.period): cell.cells for cell in line.cells}


# From January 2023 to February 2024: Halden pays up to June, Vantor goes on from July; Base is there throughout.
PAID = {
    "Base": [100.0 + at for at in range(14)],
    "Halden": [60.25] * 6 + [None] * 8,
    "Vantor": [None] * 6 + [60.25] * 8,
    "Calm": [40.0] * 14,
}


def test_cells_of_a_wide_sheet_and_of_one_on_its_side(tmp_path):
    wide = [["Customer", *MONTHS], *([name, *paid] for name, paid in PAID.items())]
    path = saved(tmp_path / "wide.xlsx", Note=[["About"]], Revenue=[[None], *wide])
    found = told(nrr_xl.analyse(nrr_xl.read(path, sheet="Revenue")))
    assert found == {
        ("Halden", "2023-02"): ("Revenue!C4",),
        ("Halden", "2023-06"): ("Revenue!G4",),
        ("Vantor", "2023-07"): ("Revenue!H5",),
        ("Vantor", "2024-02"): ("Revenue!O5",),
    }
    turned = saved(tmp_path / "turned.xlsx", Revenue=list(map(list, zip(*wide, strict=True))))
    found = told(nrr_xl.analyse(nrr_xl.read(turned, transpose=True)))
    assert found["Halden", "2023-02"] == ("Revenue!C3",) and found["Vantor", "2024-02"] == ("Revenue!D15",)


def test_cells_of_sheets_on_top_of_each_other_and_of_amounts_of_several_rows(tmp_path):
    def rows(first, last):
        found = [["Customer", "Month", "Product", "MRR"]]
        for name, paid in PAID.items():
            for month, amount in list(zip(MONTHS, paid, strict=True))[first:last]:
                if amount is not None:
                    found += [[name, month, "Core", amount - 10], [name, month, "Extra", 10.0]]
        return found

    path = saved(tmp_path / "stacked.xlsx", **{"2023": rows(0, 12), "2024": rows(12, 14)})
    found = told(nrr_xl.analyse(nrr_xl.read(path, sheets=["all"])))
    # Base fills rows 2 to 25, Halden 26 to 37, Vantor 38 to 49 of the one sheet, 6 to 9 of the other.
    assert found == {
        ("Halden", "2023-02"): ("2023!D28", "2023!D29"),
        ("Halden", "2023-06"): ("2023!D36", "2023!D37"),
        ("Vantor", "2023-07"): ("2023!D38", "2023!D39"),
        ("Vantor", "2024-02"): ("2024!D8", "2024!D9"),
    }


def test_cells_of_subscriptions_are_those_of_their_amounts(tmp_path):
    rows = [
        ["Customer", "Start", "End", "MRR"],
        ["Base", MONTHS[0], date(2024, 3, 1), 100.0],
        ["Halden", MONTHS[0], MONTHS[6], 60.25],
        ["Vantor", MONTHS[6], date(2024, 3, 1), 60.25],
    ]
    path = saved(tmp_path / "subscriptions.xlsx", Contracts=rows)
    found = told(nrr_xl.analyse(nrr_xl.read(path, today="2024-02-20"), months=12))
    assert found["Halden", "2023-02"] == found["Halden", "2023-06"] == ("Contracts!D3",)
    assert found["Vantor", "2023-07"] == found["Vantor", "2024-02"] == ("Contracts!D4",)


def test_what_the_reported_rate_has_decided_names_what_stands_at_the_ends():
    # Rows of a frame, numbered as below a header.
    found = {line.label: [cell.cells for cell in line.cells] for line in analysed().adjusted_with_cells().included}
    assert found["One-time revenue left out"] == [("C141",)]
    assert found["Customers joined by the map"] == [("C53",), ("C65",)]
    assert found["Invoices spread over their months"] == [("C139",), ("C140",)]
    assert all(line.cells for line in analysed(True).adjusted_with_cells().included)
