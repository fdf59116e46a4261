"""Seeded synthetic revenue rows for benchmarks: any number of customers, sparse, as a billing system exports them.

Files are made once and kept in a cache folder: $NRR_XL_BENCH, else ~/.cache/nrr_xl_bench.
`python benchmarks/data.py` makes the workbooks of 10k, 100k and 1M rows.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

CACHE = Path(os.environ.get("NRR_XL_BENCH", Path.home() / ".cache" / "nrr_xl_bench"))
SIZES = {"10k": 10_000, "100k": 100_000, "1M": 1_000_000}
SEGMENTS = np.array(["Enterprise", "Mid-Market", "SMB", "Self-serve"])
HEADER = ("Customer", "Month", "MRR", "Segment")
FIRST_MONTH = np.datetime64("2022-01")
SHEET_ROWS = 1_048_576
LIFE_MONTHS = 50  # a customer's mean life: 2 % monthly churn


@dataclass(frozen=True)
class Rows:
    """Revenue rows as columns: customer number, month from 0, amount in whole cents' precision, segment number."""

    customer: np.ndarray
    month: np.ndarray
    amount: np.ndarray
    segment: np.ndarray

    def __len__(self) -> int:
        return self.customer.size

    def names(self) -> np.ndarray:
        """The customers' names, one a row."""
        return np.char.mod("Customer %07d", np.arange(self.customer.max() + 1))[self.customer]

    def dates(self) -> np.ndarray:
        """The first day of each row's month, as datetime64[D]."""
        return (FIRST_MONTH + self.month).astype("datetime64[D]")

    def frame(self):
        """The rows as a pandas frame with the header of the files."""
        import pandas as pd

        columns = (self.names(), self.dates(), self.amount, SEGMENTS[self.segment])
        return pd.DataFrame(dict(zip(HEADER, columns, strict=True)))


def matrix(customers: int, months: int, seed: int = 7) -> np.ndarray:
    """Amounts of customers x months with growth, shrinkage, churn, returns after gaps, and zeros before the start."""
    rng = np.random.default_rng(seed)
    start = np.where(rng.random(customers) < 0.45, 0, rng.integers(0, months, customers))
    end = start + rng.geometric(1 / LIFE_MONTHS, customers)
    month = np.arange(months)
    active = (month >= start[:, None]) & (month < end[:, None])
    returns = (rng.random(customers) < 0.15)[:, None] & (month >= (end + rng.integers(2, 6, customers))[:, None])
    step = rng.random((customers, months), dtype=np.float32)
    growth = np.where(step < 0.05, 1.15, np.where(step < 0.08, 0.85, 1.0))
    growth[:, 0] = 1
    base = 1 + rng.lognormal(6, 1.1, customers)
    return np.where(active | returns, np.round(base[:, None] * growth.cumprod(axis=1), 2), 0.0)


def rows(count: int, months: int = 36, seed: int = 7, shuffled: bool = False) -> Rows:
    """Exactly `count` rows of active customers, by customer and month, or shuffled."""
    customers = 32 + 3 * count // months  # active for more than a third of the months on average
    amounts = matrix(customers, months, seed)
    customer, month = amounts.nonzero()
    if customer.size < count:
        raise ValueError(f"{customers} customers over {months} months have only {customer.size} rows")
    customer, month = customer[:count], month[:count]
    rng = np.random.default_rng(seed + 1)
    segment = rng.choice(len(SEGMENTS), customers, p=[0.08, 0.22, 0.5, 0.2])[customer]
    made = Rows(customer, month, amounts[customer, month], segment)
    if not shuffled:
        return made
    order = rng.permutation(count)
    return Rows(*(column[order] for column in (made.customer, made.month, made.amount, made.segment)))


def long_workbook(size: str) -> Path:
    """A long workbook of "10k", "100k" or "1M" rows, made on first use."""
    path = CACHE / f"long_{size}.xlsx"
    return path if path.exists() else _write(path, _long, rows(SIZES[size]))


def wide_workbook(customers: int, months: int) -> Path:
    """A wide workbook: Customer, Segment and a column for each month, made on first use."""
    path = CACHE / f"wide_{customers}x{months}.xlsx"
    return path if path.exists() else _write(path, _wide, matrix(customers, months))


def _write(path: Path, fill, content) -> Path:
    import xlsxwriter

    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    with xlsxwriter.Workbook(beside, {"constant_memory": True}) as book:
        fill(book.add_worksheet("Revenue"), book.add_format({"num_format": "mmm-yy"}), content)
    return beside.replace(path)


def _long(sheet, month_format, content: Rows) -> None:
    sheet.write_row(0, 0, HEADER)
    serials = (content.dates() - np.datetime64("1899-12-30")).astype(int).tolist()
    columns = (content.names().tolist(), serials, content.amount.tolist(), SEGMENTS[content.segment].tolist())
    for number, (name, serial, amount, segment) in enumerate(zip(*columns, strict=True), 1):
        sheet.write_string(number, 0, name)
        sheet.write_number(number, 1, serial, month_format)
        sheet.write_number(number, 2, amount)
        sheet.write_string(number, 3, segment)


def _wide(sheet, month_format, content: np.ndarray) -> None:
    first = (np.datetime64("2022-01-01") - np.datetime64("1899-12-30")).astype(int)
    months = (FIRST_MONTH + np.arange(content.shape[1])).astype("datetime64[D]") - FIRST_MONTH.astype("datetime64[D]")
    sheet.write_row(0, 0, ("Customer", "Segment"))
    sheet.write_row(0, 2, (first + months.astype(int)).tolist(), month_format)
    for number, amounts in enumerate(content.tolist(), 1):
        sheet.write_string(number, 0, f"Customer {number:07d}")
        sheet.write_string(number, 1, str(SEGMENTS[number % len(SEGMENTS)]))
        for column, amount in enumerate(amounts, 2):
            if amount:
                sheet.write_number(number, column, amount)


if __name__ == "__main__":
    for name in SIZES:
        print(long_workbook(name))
