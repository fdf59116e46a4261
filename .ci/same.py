"""Print digests of what the same input gives: the workbook as it stands and unpacked, and the JSON."""

import contextlib
import hashlib
import io
import os
import sys
import zipfile
import zlib
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from nrr_xl.cli import main

ROWS = [
    f"{customer},{2022 + month // 12}-{month % 12 + 1:02d},{amount},{region},{currency}"
    for customer, first, last, amount, region, currency in (
        ("Ada", 0, 29, 1234.56, "North", "EUR"),
        ("Bo", 0, 14, 99.99, "South", "EUR"),
        ("Çe", 3, 29, 0.1, "North", "USD"),
        ("Du", 16, 29, 7_000_000.05, "", "USD"),
    )
    for month in range(first, last + 1)
]
BOOKS = {
    "rows": "Customer,Date,Amount,Region\n" + "".join(row.rpartition(",")[0] + "\n" for row in ROWS),
    "rates": "Customer,Date,Amount,Region,Currency\n" + "".join(row + "\n" for row in ROWS),
}
WRITER = f"XlsxWriter-{version('XlsxWriter')}"
RATES = "currency,period,rate\nUSD,2022-01,0.9\nUSD,2023-01,1.1\nEUR,2022-01,1\n"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def parts(path: Path) -> bytes:
    """A workbook's parts in their order, whatever library has packed them."""
    with zipfile.ZipFile(path) as file:
        return b"".join(
            part.filename.encode() + str(part.date_time).encode() + file.read(part) for part in file.infolist()
        )


def run() -> None:
    Path("fx.csv").write_text(RATES, "utf-8")
    for name, text in BOOKS.items():
        source, report = Path(f"{name}.csv"), Path(f"{name}.xlsx")
        source.write_text(text, "utf-8")
        more = ["--rates", "fx.csv"] if name == "rates" else []
        told = io.StringIO()
        with contextlib.redirect_stdout(told):
            refused = main(["analyse", str(source), "--json", *more])
            facts = told.getvalue()
            refused = refused or main(["report", str(source), "-o", str(report), *more])
        if refused:
            sys.exit(f"{name} was refused")
        # Two builds of zlib pack the same parts differently, and two versions of XlsxWriter write other XML.
        print(f"{name}.xlsx-{WRITER}-zlib-{zlib.ZLIB_RUNTIME_VERSION}", digest(report.read_bytes()))
        print(f"{name}.parts-{WRITER}", digest(parts(report)))
        print(f"{name}.json", digest(facts.encode()))


with TemporaryDirectory() as made:
    os.chdir(made)
    run()
    os.chdir("/")
