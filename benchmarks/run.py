"""The whole table of docs/performance.md in one run: cold processes side by side, their CPU seconds and peak memory.

python benchmarks/run.py                        up to 1M rows in three rounds, 10M rows once: the page's tables
python benchmarks/run.py --quick                10k and 100k rows, two rounds: two minutes
python benchmarks/run.py --work csv --sizes 10M some of it

Each process starts from nothing, imports included. Rounds are interleaved and the median counts; only ratios are worth
comparing between machines. Everything is compiled to bytecode first. What is made for it (1 GB) is kept in
`~/.cache/nrr_xl_bench` or `$NRR_XL_BENCH`.
"""

from __future__ import annotations

import argparse
import compileall
import os
import platform
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import data
import large
import variants

HERE = Path(__file__).parent
ROOT = HERE.parent
SIZES = {**data.SIZES, "10M": 10_000_000}
OURS = "import sys, nrr_xl; print(nrr_xl.analyse(nrr_xl.read(sys.argv[1])).rates['nrr'])"
OURS_REPORT = (
    "import sys, nrr_xl; found = nrr_xl.analyse(nrr_xl.read(sys.argv[1])); nrr_xl.write_report(found, sys.argv[2]);"
    " print(found.rates['nrr'])"
)
# As the installed command does.
COMMAND = "from nrr_xl.process import run; run()"
# 1,000 cells of NRR_ASOF over 100,000 rows, the cells of the rows made first and not counted.
ASOF = (
    f"import sys, time; sys.path.insert(0, {str(HERE)!r}); from bench_asof import _as_of, _columns;"
    " from nrr_xl.functions.catalogue import NRR_ASOF, NRR_ROWS; columns = _columns(); began = time.process_time();"
    " key = NRR_ROWS(*columns)[0][0]; [NRR_ASOF(key, None, None, _as_of(cell)) for cell in range(1000)];"
    " print(f'{time.process_time() - began:.4f} 1000 cells')"
)
AT_SCALE = (
    "import sys; from nrr_xl.scale import analyse_parquet;"
    " print(analyse_parquet(sys.argv[1], memory_mb=int(sys.argv[2])).rates['nrr'])"
)
# What prints its own CPU seconds first: what is made before the work is not counted.
OF_THEIR_OWN = ("asof", "kernel")
# Sizes and rounds of each piece of work, without being asked for others.
USUAL = {
    "start": ("",),
    "asof": ("",),
    "kernel": ("10M",),
    "report": ("10k", "100k", "1M"),
    "xlsx": ("10k", "100k", "1M"),
    "variants": ("100k",),
    "csv": ("1M", "10M"),
    "parquet": ("1M", "10M"),
    "scale": ("10M",),
}
QUICK = ("", "10k", "100k")
# What is aimed at: CPU seconds of ours at most so many times another's (or so many, beside nobody), and peaks in MB.
TIMES = (
    ("report 10k", "nrr_xl", "pandas", 1 / 1.4),
    ("report 100k", "nrr_xl", "pandas", 1 / 3),
    ("report 1M", "nrr_xl", "pandas", 1 / 5),
    ("xlsx 1M", "nrr_xl", "polars", 1.0),
    ("csv 1M", "nrr_xl", "polars", 1.3),
    ("csv 10M", "nrr_xl", "polars", 1.3),
    ("parquet 10M", "nrr_xl", "polars", 1.2),
    ("kernel 10M", "nrr_xl", "C", 2.0),
    ("start", "nrr_xl --help", "bare Python", 3.0),
    ("start", "nrr_xl analyse sample", "", 0.22),
    ("asof", "1,000 NRR_ASOF by NRR_ROWS", "", 2.0),
)
PEAKS = (("report 1M", 300), ("csv 1M", 250), ("csv 10M", 1500), ("parquet 10M", 1500))
OTHERS = {"pandas": HERE / "competitors" / "with_pandas.py", "polars": HERE / "competitors" / "with_polars.py"}


@dataclass(frozen=True, slots=True)
class Run:
    """One cold process: CPU seconds, peak of resident memory in MB, and what it printed."""

    cpu: float
    peak: float
    said: str


def cold(arguments: list[str], own: bool = False) -> Run | str:
    """Run Python with some arguments; what it used (by its own account if it gives one), or why it failed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen([sys.executable, *arguments], stdout=out, stderr=err, cwd=ROOT, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        for file in (out, err):
            file.seek(0)
        if process.returncode:
            return (err.read().decode().strip().splitlines() or [f"status {process.returncode}"])[-1][:60]
        said = out.read().decode().strip()
        cpu, said = (float(said.split()[0]), said.split()[1]) if own else (used.ru_utime + used.ru_stime, said)
        return Run(cpu, used.ru_maxrss / 1024, said[:12])


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
        return {
            "bare Python": ["-c", "pass"],
            "nrr_xl --help": ["-c", COMMAND, "--help"],
            "nrr_xl analyse sample": ["-c", COMMAND, "analyse", sample],
            "import pandas": ["-c", "import pandas"],
        }
    if work == "asof":
        return {"1,000 NRR_ASOF by NRR_ROWS": ["-c", ASOF]}
    if work == "kernel":
        script = str(HERE / "bench_kernel.py")
        return {who: [script, who, str(SIZES[size])] for who in ("nrr_xl", "C")}
    if work == "variants":
        return {f"nrr_xl, {name}": ["-c", OURS, str(variants.variant(size, name))] for name in variants.VARIANTS}
    if work == "scale":
        rows = large.made(data.CACHE, SIZES[size])
        return {f"nrr_xl.scale, {memory} MB": ["-c", AT_SCALE, rows, str(memory)] for memory in (500, 2000)}
    source = data.long_workbook(size) if work in ("report", "xlsx") else text_file(size, work)
    if work == "report":
        out = {name: str(folder / f"{name}.xlsx") for name in ("nrr_xl", "command", *OTHERS)}
        for path in map(Path, out.values()):
            path.unlink(missing_ok=True)  # of the round before
        command = ["-c", COMMAND, "report", str(source), "-o", out["command"]]
        ours = {"nrr_xl": ["-c", OURS_REPORT, str(source), out["nrr_xl"]], "nrr-xl report": command}
        return ours | {name: [str(script), str(source), out[name]] for name, script in OTHERS.items()}
    return {"nrr_xl": ["-c", OURS, str(source)]} | {name: [str(it), str(source)] for name, it in OTHERS.items()}


def measured(work: str, size: str, rounds: int) -> dict[str, list[Run] | str]:
    """The runs of each process, rounds interleaved, or why one failed."""
    results: dict[str, list[Run] | str] = {}
    # A process begins with the peak of the one that started it, so what is made for it is made in another.
    make = [sys.executable, __file__, "--make", work, size]
    made = subprocess.run(make, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if made.returncode:
        return {"all": (made.stderr.strip().splitlines() or [f"status {made.returncode}"])[-1][:60]}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for name, arguments in commands(work, size, Path(folder)).items():
                so_far = results.setdefault(name, [])
                if isinstance(so_far, str):
                    continue
                outcome = cold(arguments, work in OF_THEIR_OWN)
                if isinstance(outcome, str):
                    results[name] = outcome
                else:
                    so_far.append(outcome)
    return results


def lines(work: str, size: str, results: dict[str, list[Run] | str]) -> list[str]:
    """A line of Markdown for each process, with its ratio to the first one."""
    base = next(iter(results.values()))
    reference = statistics.median(run.cpu for run in base) if not isinstance(base, str) else float("nan")
    shown, work = [], f"{work} {size}".strip()
    for name, runs in results.items():
        if isinstance(runs, str):
            shown.append(f"| {work} | {name} | failed: {runs} | | | |")
            continue
        if not runs:
            continue
        cpu, peak = statistics.median(run.cpu for run in runs), max(run.peak for run in runs)
        shown.append(f"| {work} | {name} | {cpu:.2f} | {cpu / reference:.2f} | {peak:.0f} | {runs[0].said} |")
    return shown


def goals(seen: dict[str, dict[str, tuple[float, float]]]) -> list[str]:
    """A line of Markdown for each goal that was measured."""
    told = []
    for work, ours, other, limit in TIMES:
        found = seen.get(work, {})
        if ours in found and (not other or other in found):
            share = found[ours][0] / (found[other][0] if other else 1)
            goal, is_now = (f"{limit:.2f} times {other}", f"{share:.2f}") if other else (f"{limit} s", f"{share:.2f} s")
            told.append(f"| {work} | {ours} | {goal} | {is_now} | {'met' if share <= limit else '**not met**'} |")
    for work, limit in PEAKS:
        if "nrr_xl" in (found := seen.get(work, {})):
            peak = found["nrr_xl"][1]
            told.append(
                f"| {work} | nrr_xl | {limit} MB | {peak:.0f} MB | {'met' if peak <= limit else '**not met**'} |"
            )
    return told


def machine() -> str:
    """The date and the machine, in a line."""
    known = Path("/proc/cpuinfo")
    told = known.read_text().splitlines() if known.exists() else []
    model = next((line.split(":")[1].strip() for line in told if line.startswith("model name")), platform.machine())
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    where = f"{platform.system()}, {os.cpu_count()} cores of {model}, Python {platform.python_version()}"
    return f"{time.strftime('%Y-%m-%d %H:%M')}, {where}{load}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Without arguments: the table of docs/performance.md.")
    parser.add_argument("--rounds", type=int, default=3, help="10M rows run once whatever is said here")
    parser.add_argument("--quick", action="store_true", help="only sizes up to 100k")
    parser.add_argument("--sizes", nargs="+", choices=list(SIZES), help="in place of each work's usual ones")
    parser.add_argument("--work", nargs="+", choices=list(USUAL), default=list(USUAL))
    parser.add_argument("--make", nargs=2, metavar=("WORK", "SIZE"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.make:
        commands(*chosen.make, Path())
        return
    for place in (ROOT / "nrr_xl", sysconfig.get_path("purelib")):
        compileall.compile_dir(place, quiet=2)
    began = time.time()
    seen: dict[str, dict[str, tuple[float, float]]] = {}
    print(f"{machine()}\n\n| work | by | CPU s | ratio | peak MB | NRR |\n|---|---|---|---|---|---|", flush=True)
    for work in chosen.work:
        sizes = chosen.sizes if chosen.sizes and USUAL[work] != ("",) else USUAL[work]
        for size in sizes:
            if chosen.quick and size not in QUICK:
                continue
            results = measured(work, size, 1 if size == "10M" else chosen.rounds)
            print("\n".join(lines(work, size, results)), flush=True)
            seen[f"{work} {size}".strip()] = {
                name: (statistics.median(run.cpu for run in runs), max(run.peak for run in runs))
                for name, runs in results.items()
                if runs and not isinstance(runs, str)
            }
    print("\n| work | by | goal at most | seen | |\n|---|---|---|---|---|", *goals(seen), sep="\n")
    print(f"\n{time.time() - began:.0f} s in all")


if __name__ == "__main__":
    main()
