"""The whole table of docs/performance.md in one run: cold processes side by side, their CPU seconds and peak memory.

python benchmarks/run.py [--rounds 3] [--sizes 10k 100k 1M] [--work report csv ...]

Each process starts from nothing, imports included. Rounds are interleaved and the median counts; only ratios are worth
comparing between machines. 10M takes about 4 GB of disk and is made when it is asked for.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import data

HERE = Path(__file__).parent
ROOT = HERE.parent
SIZES = {**data.SIZES, "10M": 10_000_000}
OURS = "import sys, nrr_xl; print(nrr_xl.analyse(nrr_xl.read(sys.argv[1])).rates['nrr'])"
OURS_REPORT = (
    "import sys, nrr_xl; found = nrr_xl.analyse(nrr_xl.read(sys.argv[1])); nrr_xl.write_report(found, sys.argv[2]);"
    " print(found.rates['nrr'])"
)
# 1,000 cells of NRR_ASOF over 100,000 rows, the cells of the rows made first and not counted in what it prints.
ASOF = (
    f"import sys, time; sys.path.insert(0, {str(HERE)!r}); from bench_asof import _as_of, _columns;"
    " from nrr_xl.functions.catalogue import NRR_ASOF, NRR_ROWS; columns = _columns(); began = time.process_time();"
    " key = NRR_ROWS(*columns)[0][0]; [NRR_ASOF(key, None, None, _as_of(cell)) for cell in range(1000)];"
    " print(f'{time.process_time() - began:.2f} s of it')"
)
OTHERS = {"pandas": HERE / "competitors" / "with_pandas.py", "polars": HERE / "competitors" / "with_polars.py"}


@dataclass(frozen=True, slots=True)
class Run:
    """One cold process: CPU seconds, peak of resident memory in MB, and what it printed."""

    cpu: float
    peak: float
    said: str


def cold(arguments: list[str]) -> Run | str:
    """Run Python with some arguments; what it used, or why it failed."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen([sys.executable, *arguments], stdout=out, stderr=err, cwd=ROOT)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        for file in (out, err):
            file.seek(0)
        if process.returncode:
            return (err.read().decode().strip().splitlines() or [f"status {process.returncode}"])[-1][:60]
        return Run(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, out.read().decode().strip()[:12])


def text_file(size: str, kind: str) -> Path:
    """The rows of a size as .csv or .parquet, made on first use."""
    path = data.CACHE / f"rows_{size}.{kind}"
    if not path.exists():
        import pyarrow as pa
        import pyarrow.csv
        import pyarrow.parquet

        path.parent.mkdir(parents=True, exist_ok=True)
        made = data.rows(SIZES[size], shuffled=True)
        columns = (pa.array(made.names()), pa.array(made.dates()), made.amount, pa.array(data.SEGMENTS[made.segment]))
        table = pa.table(dict(zip(data.HEADER, columns, strict=True)))
        beside = path.with_suffix(".part")
        if kind == "csv":
            pyarrow.csv.write_csv(table, beside)
        else:
            pyarrow.parquet.write_table(table, beside)
        beside.replace(path)
    return path


def commands(work: str, size: str, folder: Path) -> dict[str, list[str]]:
    """The processes that do one piece of work, by who does it."""
    if work == "start":
        sample = str(ROOT / "templates" / "sample_revenue.xlsx")
        main = "import sys; from nrr_xl.cli import main; sys.exit(main(sys.argv[1:]))"
        return {
            "bare Python": ["-c", "pass"],
            "nrr_xl --help": ["-c", main, "--help"],
            "nrr_xl analyse sample": ["-c", main, "analyse", sample],
            "import pandas": ["-c", "import pandas"],
        }
    if work == "asof":
        return {"1,000 NRR_ASOF by NRR_ROWS": ["-c", ASOF]}
    source = data.long_workbook(size) if work in ("report", "xlsx") else text_file(size, work)
    if work == "report":
        out = {name: str(folder / f"{name}.xlsx") for name in ("nrr_xl", *OTHERS)}
        for path in map(Path, out.values()):
            path.unlink(missing_ok=True)
        ours = {"nrr_xl": ["-c", OURS_REPORT, str(source), out["nrr_xl"]]}
        return ours | {name: [str(script), str(source), out[name]] for name, script in OTHERS.items()}
    return {"nrr_xl": ["-c", OURS, str(source)]} | {name: [str(it), str(source)] for name, it in OTHERS.items()}


def measured(work: str, size: str, rounds: int) -> dict[str, list[Run] | str]:
    """The runs of each process, rounds interleaved, or why one failed."""
    results: dict[str, list[Run] | str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for name, arguments in commands(work, size, Path(folder)).items():
                so_far = results.setdefault(name, [])
                if isinstance(so_far, str):
                    continue
                outcome = cold(arguments)
                if isinstance(outcome, str):
                    results[name] = outcome
                else:
                    so_far.append(outcome)
    return results


def lines(work: str, size: str, results: dict[str, list[Run] | str]) -> list[str]:
    """A line of Markdown for each process, with its ratio to the first one."""
    base = next(iter(results.values()))
    reference = statistics.median(run.cpu for run in base) if not isinstance(base, str) else float("nan")
    shown = []
    for name, runs in results.items():
        if isinstance(runs, str):
            shown.append(f"| {work} {size} | {name} | failed: {runs} | | | |")
            continue
        cpu, peak = statistics.median(run.cpu for run in runs), max(run.peak for run in runs)
        shown.append(f"| {work} {size} | {name} | {cpu:.2f} | {cpu / reference:.2f} | {peak:.0f} | {runs[0].said} |")
    return shown


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description="Without arguments: start, asof, report, xlsx, csv and parquet up to 1M rows."
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", nargs="+", choices=list(SIZES), default=["10k", "100k", "1M"])
    works = ["start", "asof", "report", "xlsx", "csv", "parquet"]
    parser.add_argument("--work", nargs="+", choices=works, default=works)
    chosen = parser.parse_args()
    print("| work | by | CPU s | ratio | peak MB | NRR |\n|---|---|---|---|---|---|", flush=True)
    for work in chosen.work:
        for size in [""] if work in ("start", "asof") else chosen.sizes:
            if size == "10M" and work in ("report", "xlsx"):
                continue
            print("\n".join(lines(work, size, measured(work, size, chosen.rounds))), flush=True)


if __name__ == "__main__":
    main()
