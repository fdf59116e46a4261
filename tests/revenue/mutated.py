"""Damage delimited text in its quotation marks, delimiters, line ends and encoding: NRR never changes without a word.

Run it as `python -m tests.revenue.mutated MINUTES [FIRST_SEED]`; a seed makes the same case again.
"""

from __future__ import annotations

import csv
import io
import random
import sys
import time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from nrr_xl.errors import InputError
from nrr_xl.retention.analysis import analyse
from nrr_xl.revenue.read import read

NAMES = ("Acme, Inc.", "Béta; GmbH", "Gamma", 'Delta "D" Ltd', "Épsilon", "Zeta\nHolding", "Eta", "Theta|Tau", "Iota")
REGIONS = ("EMEA", "APAC, South", "Americas")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32")


@cache
def table(kind: str) -> tuple[tuple[str, ...], ...]:
    """Rows of 24 months: long, or wide with one column a month."""
    rng = random.Random(kind)
    months = [f"{2022 + at // 12}-{at % 12 + 1:02}" for at in range(24)]
    amounts = {
        name: [round(100 * (number + 1) * (1 + 0.02 * rng.random() * at), 2) for at in range(24)]
        for number, name in enumerate(NAMES)
    }
    for at in range(15, 24):
        amounts["Gamma"][at] = 0.0
    where = {name: rng.choice(REGIONS) for name in NAMES}
    if kind == "wide":
        body = [(name, where[name], *(f"{amount:.2f}" for amount in amounts[name])) for name in NAMES]
        return (("Customer", "Region", *months), *body)
    body = [
        (name, where[name], month, f"{amounts[name][at]:.2f}")
        for at, month in enumerate(months)
        for name in NAMES
        if amounts[name][at]
    ]
    return (("Customer", "Region", "Month", "MRR"), *body)


def written(kind: str, mark: str, quoting: int) -> str:
    """The rows as delimited text."""
    out = io.StringIO()
    csv.writer(out, delimiter=mark, quoting=quoting).writerows(table(kind))
    return out.getvalue()


def mutate(rng: random.Random, text: str, mark: str) -> str:
    """The text with one quotation mark, delimiter or line end too many or too few, or moved."""
    places = {sign: [at for at, letter in enumerate(text) if letter == sign] for sign in ('"', mark, "\n")}
    action = rng.randrange(9)
    sign = rng.choice(('"', '"', mark, "\n"))
    at = rng.randrange(len(text))
    if action == 0:
        return text[:at] + sign + text[at:]
    if action == 1 and places[sign]:
        at = rng.choice(places[sign])
        return text[:at] + text[at + 1 :]
    if action == 2:
        at = rng.choice(places[mark]) + rng.randrange(2)
        return text[:at] + sign + text[at:]
    if action == 3:
        # A pair of marks around whatever stands between two edges of cells.
        edges = sorted(rng.sample(places[mark] + places["\n"], 2))
        first, last = edges[0] + 1, edges[1] - (text[edges[1] - 1] == "\r")
        return text[:first] + '"' + text[first:last] + '"' + text[last:]
    if action == 4:
        at = rng.choice(places["\n"]) + 1
        return text[:at] + '"' + text[at:]
    if action == 5:
        at = rng.choice(places[mark])
        return text[:at] + rng.choice(";,|\t") + text[at + 1 :]
    if action == 6:
        return text.replace("\r\n", rng.choice(("\n", "\r", "\r\n\r\n")))
    if action == 7:
        at = rng.choice(places["\n"])
        return text[:at] + rng.choice(("\n", "\r", mark, '"')) + text[at + 1 :]
    return text.replace('"', rng.choice(("", '"', '""')))


@cache
def baseline(kind: str) -> float:
    """NRR of the rows, by plain arithmetic over the table that the text is written from."""
    body = table(kind)[1:]
    if kind == "wide":
        opening = {row[0]: float(row[2 + 11]) for row in body}
        closing = {row[0]: float(row[2 + 23]) for row in body}
    else:
        opening = {row[0]: float(row[3]) for row in body if row[2] == "2022-12"}
        closing = {row[0]: float(row[3]) for row in body if row[2] == "2023-12"}
    return sum(closing.get(name, 0.0) for name, amount in opening.items() if amount > 0) / sum(opening.values())


def once(seed: int, folder: Path) -> str:
    """One attempt: the same NRR, a refusal, or a warning that names what is odd; anything else fails."""
    rng = random.Random(seed)
    kind, mark = rng.choice(("long", "wide")), rng.choice((",", ";", "\t", "|"))
    text = written(kind, mark, rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC)))
    for _ in range(rng.choice((1, 1, 1, 2))):
        text = mutate(rng, text, mark)
    path = folder / "rows.csv"
    path.write_bytes(text.encode(rng.choice(ENCODINGS)))
    try:
        cube = read(path)
        found = analyse(cube).rates["nrr"]
    except InputError as error:
        assert str(error)
        return "refused"
    if abs(found - baseline(kind)) < 1e-9:
        return "same"
    told = {problem.code for problem in cube.problems if problem.severity != "info"}
    assert told, f"seed {seed}: NRR {found:.4f} for {baseline(kind):.4f} without a word"
    return "told"


def main(minutes: float, seed: int = 0) -> int:
    """Try seeds until the time is over; failures are printed."""
    ends, counts = time.monotonic() + 60 * minutes, {}
    with TemporaryDirectory() as folder:
        while time.monotonic() < ends:
            try:
                result = once(seed, Path(folder))
            except AssertionError as error:
                result = "SILENT"
                print(error, flush=True)
            counts[result] = counts.get(result, 0) + 1
            seed += 1
    print(f"{sum(counts.values())} attempts: {counts}")
    return bool(counts.get("SILENT"))


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
