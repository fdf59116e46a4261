"""Fuzz the reader over cell grids and damaged bytes; InputError is the only way out.

Run it as `python -m tests.revenue.fuzz MINUTES [FIRST_SEED]`; a seed makes the same case again.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import sys
import time
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import xlsxwriter

from nrr_xl.errors import InputError
from nrr_xl.revenue.read import read, understand
from nrr_xl.revenue.understanding import as_data, as_text

from .xlsb import xlsb

FILES = Path(__file__).with_name("files")

# fmt: off
HEADERS = (
    "Customer", "Client", "Month", "Date", "MRR", "ARR", "Amount", "Start", "End", "Term", "Interval", "Type",
    "Plan", "Currency", "Region", "Year", "Quantity", "Jan-24", "Feb-24", "Mar 2024", "Q1 2024", "FY2024",
    "2024", "Total", "31/01/2024", "01/02/2024", "TCV", "Status", "", "Customer ID", "MRR movement",
    "Subscriber since", "Nov", "Dec",
)
TEXTS = (
    "Acme", "acme ", "Acme, Inc.", "Total", "Subtotal", "Grand total", "#REF!", "#N/A", "n/a", "-", "12%",
    "1.234", "1,234", "1.234,50", "$1,200.50", "(15)", "15-", "1.2k", "1e999", "1e5", "2024-01", "2024-02-30",
    "31/01/2024", "01/02/2024", "13/13/2024", "Jan-24", "Q5 2024", "2024-W60", "0000-00", "9999-12-31",
    "one-time", "Recurring", "USD", "€", "month", "year", "12 months", "=1+1", "\x00", "\ud83d", " ", "\xa0",
    "'", "9" * 400, "a" * 500, "1" * 30, ".", ",", "1..2", "--", "()", "٣", "Customer", "MRR", "inf", "nan",
    "None", "True", "1 2", "0x10", "24-Jan", "1970-01-01", "100-1", "1/1/1", "٢٠٢٤-٠١",
)
# fmt: on
NUMBERS = (
    0.0,
    -1.0,
    1.0,
    10.5,
    1e300,
    -1e300,
    1e-300,
    45292.0,
    2024.0,
    202401.0,
    20240101.0,
    1e16,
    0.1,
    3e6,
    -0.0,
    2958466.0,
)


def cell(rng: random.Random):
    """One cell of any kind."""
    kind = rng.random()
    if kind < 0.15:
        return None
    if kind < 0.5:
        return rng.choice(TEXTS)
    if kind < 0.8:
        return rng.choice(NUMBERS)
    if kind < 0.9:
        return dt.date(rng.choice((1900, 1999, 2023, 2024, 2024, 9999)), rng.randint(1, 12), rng.randint(1, 28))
    return rng.choice((True, False, float("nan"), float("inf"), np.float64(2), np.int64(3), pd.Timestamp("2024-01-31")))


def column(rng: random.Random, rows: int) -> list:
    """Cells of one kind mostly, as real columns are."""
    kind = rng.randrange(6)
    usual = (
        lambda: rng.choice("abcdef"),
        lambda: dt.date(2024, rng.randint(1, 12), 1),
        lambda: round(rng.random() * 1000, 2),
        lambda: rng.choice(("2024-01", "2024-02", "Jan-24")),
        lambda: rng.choice(("1,200.50", "10.00", "5")),
        lambda: cell(rng),
    )[kind]
    dirt = rng.choice((0, 0, 0.1, 0.5))
    return [cell(rng) if rng.random() < dirt else usual() for _ in range(rows)]


# What is said of amounts that are left out; together they are the account's left-out total.
LEFT_OUT = frozenset(
    "total-row total-unlabelled total-column column-left-out other-table period-twice customer-missing"
    " customer-error-cell date-missing date-unreadable date-ambiguous date-mixed period-mixed end-before-start"
    " interval-unknown term-missing currency-missing one-time never-active status-not-paying"
    " values-decided rows-excluded"
    " values-unclear parent-row product-row measure-row forecast-column total-unproven date-outside"
    "".split()
)
PLAUSIBLE = {
    "Customer": lambda rng: rng.choice(("a", "b", "B", "c", "Acme, Inc.", "Acme Inc", "Total")),
    "Month": lambda rng: dt.date(2024, rng.randint(1, 9), 1),
    "Period": lambda rng: rng.choice(("2024-01", "2024-02", "31/01/2024", "05/02/2024", "Q1 2024", 202403.0)),
    "MRR": lambda rng: round(rng.random() * 1000, 2),
    "Amount": lambda rng: rng.choice(("1,200.50", "$10.00", "(5.5)", "7", 12.0, "1.5k")),
    "Start": lambda rng: dt.date(2023, rng.randint(1, 12), rng.choice((1, 15))),
    "End": lambda rng: rng.choice((None, dt.date(2024, rng.randint(1, 12), 1))),
    "Type": lambda rng: rng.choice(("Recurring", "One-time", None)),
    "Currency": lambda rng: rng.choice(("USD", "EUR", "USD")),
    "Plan": lambda rng: rng.choice(("pro", "free", None)),
    "Interval": lambda rng: rng.choice(("month", "year")),
    "Jan-24": lambda rng: rng.choice((None, 10.0, 20.5, 0.0)),
    "Feb-24": lambda rng: rng.choice((None, 10.0, 20.5, -1.0)),
    "Q1 2024": lambda rng: rng.choice((30.0, 10.0)),
    "Total": lambda rng: rng.choice((30.0, 10.0)),
}
TABLES = (
    ("Customer", "Month", "MRR"),
    ("Customer", "Period", "Amount"),
    ("Customer", "Start", "End", "MRR"),
    ("Customer", "Jan-24", "Feb-24"),
    ("Customer", "Start", "Interval", "Amount"),
    ("Customer", "Jan-24", "Q1 2024", "Total"),
)


def likely(rng: random.Random) -> list[list]:
    """Rows of a real kind of table, with some dirt and columns in any order."""
    names = [*rng.choice(TABLES), *rng.sample(("Type", "Currency", "Plan", "Region"), rng.randint(0, 2))]
    rng.shuffle(names)
    dirt = rng.choice((0, 0, 0.02, 0.1))
    rows = [names]
    for _ in range(rng.randint(0, 15)):
        rows.append(
            [
                cell(rng) if rng.random() < dirt else PLAUSIBLE.get(name, lambda r: r.choice("xyz"))(rng)
                for name in names
            ]
        )
    return rows


def grid(rng: random.Random) -> list[list]:
    """Rows with a header that may be known."""
    if rng.random() < 0.6:
        return likely(rng)
    width, height = rng.randint(1, 8), rng.randint(0, 12)
    body = list(zip(*(column(rng, height) for _ in range(width)), strict=True))
    header = [[rng.choice(HEADERS) for _ in range(width)] for _ in range(rng.choice((0, 1, 1, 1, 2)))]
    title = [[cell(rng)] * width for _ in range(rng.choice((0, 0, 1, 3)))]
    return [list(row) for row in (*title, *header, *body)]


def options(rng: random.Random) -> dict:
    """Options that may or may not suit."""
    chosen = {"accept_errors": rng.random() < 0.7, "today": dt.date(2024, 6, 1)}
    for name, values in (
        ("decimal", (".", ",")),
        ("day_first", (True, False)),
        ("layout", ("long", "wide", "subscriptions")),
        ("level", ("product",)),
        ("mid_month", ("same",)),
        ("inclusive_end", (True,)),
        ("fiscal_year_end", (3, 6)),
        ("amount_per", ("year", "term")),
        ("negatives", ("error",)),
        ("rates", ({"EUR": 1.1, "USD": 1}, {"EUR": {"2024-01": 1.1}})),
        ("customer_map", ({"a": "b"}, {"a": "b", "b": "a"})),
        ("columns", ({"customer": "A"}, {"amount": "C"}, {"date": "Month"})),
    ):
        if rng.random() < 0.12:
            chosen[name] = rng.choice(values)
    return chosen


def workbook(rows: list[list]) -> bytes:
    """The rows as an .xlsx."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "nan_inf_to_errors": True})
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "mmm-yy"})
    for row, cells in enumerate(rows):
        for position, value in enumerate(cells):
            if isinstance(value, str):
                sheet.write_string(row, position, value.encode("utf-8", "replace").decode().replace("\x00", ""))
            elif isinstance(value, dt.date):
                sheet.write_datetime(row, position, dt.datetime(value.year, value.month, value.day), day)
            elif isinstance(value, bool):
                sheet.write_boolean(row, position, value)
            elif value is not None:
                sheet.write_number(row, position, float(value))
    book.close()
    return out.getvalue()


def delimited(rows: list[list]) -> bytes:
    """The rows as delimited text."""
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([["" if value is None else value for value in row] for row in rows])
    return out.getvalue().encode("utf-8", "replace")


def damaged(rng: random.Random, data: bytes) -> bytes:
    """Bytes with some changed, cut, doubled or zeroed."""
    data = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8, 40))):
        if not data:
            break
        at, length = rng.randrange(len(data)), rng.choice((1, 1, 2, 8, 64))
        action = rng.randrange(5)
        if action == 0:
            data[at] = rng.randrange(256)
        elif action == 1:
            del data[at : at + length]
        elif action == 2:
            data[at:at] = data[at : at + length]
        elif action == 3:
            data[at : at + length] = bytes(length)
        else:
            data = data[: max(at, 1)]
    return bytes(data)


def rezipped(rng: random.Random, data: bytes) -> bytes:
    """An .xlsx whose parts are damaged inside a sound zip."""
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        victim = rng.choice(source.namelist())
        for name in source.namelist():
            part = source.read(name)
            target.writestr(name, damaged(rng, part) if name == victim else part)
    return out.getvalue()


def foreign(rng: random.Random) -> tuple[str, bytes]:
    """A damaged .xls, .xlsb or .ods: its bytes, or a part inside a sound archive."""
    suffix = rng.choice(("xls", "xlsb", "ods"))
    rows: list[list] = [
        ["Customer", "Month", "MRR"],
        ["a", dt.date(2024, 1, 31), 5.0],
        ["b", dt.date(2024, 2, 29), 7.5],
    ]
    data = xlsb(rows) if suffix == "xlsb" else (FILES / f"revenue.{suffix}").read_bytes()
    inside = suffix != "xls" and rng.random() < 0.7
    return suffix, rezipped(rng, data) if inside else damaged(rng, data)


def once(seed: int, folder: Path) -> str:
    """One attempt; says how it ended: a sound cube, or an InputError."""
    rng = random.Random(seed)
    rows, how = grid(rng), rng.randrange(7)
    if how == 6:
        suffix, data = foreign(rng)
        source = folder / f"case.{suffix}"
        source.write_bytes(data)
    elif how == 0:
        width = max((len(row) for row in rows), default=0)
        names = pd.Index([str(name) for name in rows[0]] if width else [], dtype=object)
        source = pd.DataFrame(rows[1:], columns=names, dtype=object) if width else pd.DataFrame()
    else:
        make = (workbook, delimited, workbook, delimited, workbook)[how - 1]
        data = make(rows)
        data = (
            lambda d: d,
            lambda d: d,
            lambda d: damaged(rng, d),
            lambda d: damaged(rng, d),
            lambda d: rezipped(rng, d),
        )[how - 1](data)
        source = folder / (
            "case.csv" if make is delimited else rng.choice(("case.xlsx", "case.xlsx", "case.xls", "case.ods"))
        )
        source.write_bytes(data)
    chosen = options(rng)
    try:
        if rng.random() < 0.2:
            chosen.pop("accept_errors")
            found = understand(source, **chosen)
            assert as_data(found)["account"] and as_text(found)
            return "understood"
        cube = read(source, **chosen)
    except InputError as error:
        assert str(error)
        return "InputError"
    assert np.isfinite(cube.amounts).all() and (cube.amounts >= 0).all()
    assert cube.amounts.shape == (len(cube.customers), len(cube.periods))
    account = cube.account
    assert abs(account.difference) <= 0.005 + 1e-9 * abs(account.source_total) + 1e-9 * abs(account.used_total)
    told = sum(problem.amount or 0.0 for problem in cube.problems if problem.code in LEFT_OUT)
    assert abs(told - account.left_out_total) <= 0.005 + 1e-9 * sum(abs(p.amount or 0.0) for p in cube.problems)
    assert account.cells == account.used_cells + account.left_out_cells
    return "cube"


def main(minutes: float, seed: int = 0) -> int:
    """Try seeds until the time is over; failures are printed with their seed."""
    ends, counts, failures = time.monotonic() + 60 * minutes, {}, {}
    with TemporaryDirectory() as folder:
        while time.monotonic() < ends:
            try:
                result = once(seed, Path(folder))
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    break
                place = traceback.extract_tb(error.__traceback__)[-1]
                key = f"{type(error).__name__} {place.filename.rpartition('/')[2]}:{place.lineno}"
                failures.setdefault(key, []).append(seed)
                result = "FAILED"
                if len(failures[key]) == 1:
                    print(f"seed {seed}: {key}: {error}", flush=True)
            counts[result] = counts.get(result, 0) + 1
            seed += 1
    print(f"{sum(counts.values())} attempts: {counts}; {len(failures)} kinds of failure: {failures}")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
