"""Run named alternatives side by side: each in a process of its own, rounds interleaved, ratios from one run.

A benchmark file names its alternatives and cases and calls `main`:

    def ours(size):                     # preparation is not timed
        path = data.long_workbook(size)
        return lambda: nrr_xl.read(path)

    if __name__ == "__main__":
        main({"nrr_xl": ours, "pandas": theirs}, cases=["10k", "1M"], base="nrr_xl")

What the timed call returns is printed when it is a number or a text, to show that all did the same work.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Work = Callable[[], Any]
Alternatives = Mapping[str, Callable[[str], Work]]

ROUNDS = 3
LONGEST_SECONDS = 900
SLOW_SECONDS = 60  # one that takes longer is not run again
MARK = "measured: "


@dataclass(frozen=True)
class Measured:
    """One run of one alternative: wall and processor seconds, peak and added memory in MB, and what it returned."""

    seconds: float
    cpu: float
    peak: float
    added: float
    result: str = ""


def measure(work: Work) -> Measured:
    """Run `work` once in this process. Memory is the process's resident peak during the run (Linux)."""
    gc.collect()
    clear_peak = Path("/proc/self/clear_refs")
    if clear_peak.exists():
        clear_peak.write_text("5")  # resets VmHWM to the present size
    before, cpu, began = _memory("VmRSS"), time.process_time(), time.perf_counter()
    result = work()
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    peak = _memory("VmHWM")
    shown = str(result) if isinstance(result, int | float | str) else ""
    return Measured(seconds, cpu, peak, peak - before, shown)


def _memory(field: str) -> float:
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else ()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:")), float("nan"))


def main(
    alternatives: Alternatives, cases: Sequence[str], base: str | None = None, rounds: int = ROUNDS, repeat: int = 1
) -> None:
    """Measure every alternative on every case and print a table for each case.

    Parameters
    ----------
    alternatives : name -> function of the case that prepares and returns the work to time
    cases : the cases' names
    base : the alternative that ratios refer to; by default the fastest one
    rounds : how often each is run; the median counts
    repeat : how often the work is called in one run, for work too short to time once; times are of one call
    """
    parser = argparse.ArgumentParser(description="Without arguments, everything is measured.")
    parser.add_argument("--case", action="append", choices=list(cases), help="only this case (repeatable)")
    parser.add_argument("--only", action="append", choices=list(alternatives), help="only this alternative")
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--one", nargs=2, metavar=("NAME", "CASE"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        name, case = chosen.one
        _run_here(alternatives[name](case), repeat)
        return
    for case in chosen.case or cases:
        results = _interleaved(chosen.only or list(alternatives), case, chosen.rounds)
        print(table(case, results, base), flush=True)


def _run_here(work: Work, repeat: int) -> None:
    def repeated():
        for _ in range(repeat - 1):
            work()
        return work()

    measured = measure(repeated)
    per_call = {"seconds": measured.seconds / repeat, "cpu": measured.cpu / repeat}
    print(MARK + json.dumps({**vars(measured), **per_call}))


def _interleaved(names: Sequence[str], case: str, rounds: int) -> dict[str, list[Measured] | str]:
    """The runs of each alternative, or why it failed; the machine's ups and downs hit all alike."""
    results: dict[str, list[Measured] | str] = {name: [] for name in names}
    for _ in range(rounds):
        for name, so_far in results.items():
            if isinstance(so_far, str) or (so_far and so_far[0].seconds > SLOW_SECONDS):
                continue
            outcome = _run_apart(name, case)
            if isinstance(outcome, str):
                results[name] = outcome
            else:
                so_far.append(outcome)
    return results


def _run_apart(name: str, case: str) -> Measured | str:
    command = [sys.executable, sys.argv[0], "--one", name, case]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_SECONDS)
    except subprocess.TimeoutExpired:
        return f"not done after {LONGEST_SECONDS} s"
    lines = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
    if not lines:
        return (done.stderr.strip().splitlines() or ["no result"])[-1]
    return Measured(**json.loads(lines[-1].removeprefix(MARK)))


def table(case: str, results: Mapping[str, list[Measured] | str], base: str | None = None) -> str:
    """One case's results as text: median seconds, ratio to the base, processor seconds, memory.

    >>> runs = {"dense": [Measured(0.5, 0.4, 80.0, 20.0, "1.05")], "loops": [Measured(4.0, 4.0, 70.0, 10.0, "1.05")]}
    >>> print(table("10k", runs, base="dense"))
    10k                              seconds      ratio        cpu    peak MB   added MB  result
    dense                              0.500        1.0      0.400         80         20  1.05
    loops                              4.000        8.0      4.000         70         10  1.05
    """
    medians = {
        name: statistics.median(run.seconds for run in runs)
        for name, runs in results.items()
        if not isinstance(runs, str) and runs
    }
    reference = medians.get(base) or min(medians.values(), default=1.0)
    lines = [f"{case:28s} {'seconds':>11} {'ratio':>10} {'cpu':>10} {'peak MB':>10} {'added MB':>10}  result"]
    for name, runs in results.items():
        if name not in medians:
            lines.append(f"{name:28s} failed: {runs}")
            continue
        seconds, cpu = medians[name], statistics.median(run.cpu for run in runs)
        peak, added = max(run.peak for run in runs), max(run.added for run in runs)
        ratio = seconds / reference
        lines.append(
            f"{name:28s} {_time(seconds):>11} {ratio:10.1f} {_time(cpu):>10} {peak:10.0f} {added:10.0f}"
            f"  {runs[0].result[:40]}".rstrip()
        )
    return "\n".join(lines)


def _time(seconds: float) -> str:
    return f"{seconds:.3f}" if seconds >= 0.01 else f"{seconds * 1e6:.2f} us"
