"""The kernel beside a pass in C over the same dense cube: the bridge of every month and of every twelve months.

python benchmarks/bench_kernel.py WHO ROWS   prints CPU seconds of the work alone, and a sum that shows it was the same
"""

from __future__ import annotations

import ctypes
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import data
import numpy as np

MONTHS = 36
SUMS = 12


def cube(rows: int) -> np.ndarray:
    """Whole cents of as many customers as so many rows have."""
    return np.round(data.matrix(32 + 3 * rows // MONTHS, MONTHS) * 100)


def ours(whole: np.ndarray) -> tuple[float, float]:
    from nrr_xl.retention.movements import movements_of

    at = np.arange(MONTHS)
    began = time.process_time()
    monthly, yearly = movements_of(whole, at[:-1], at[1:]), movements_of(whole, at[:-12], at[12:])
    return time.process_time() - began, float(monthly.expansion.sum() + yearly.churn.sum() + yearly.reactivation.sum())


def in_c(whole: np.ndarray) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "kernel.so"
        source = Path(__file__).with_name("kernel.c")
        subprocess.run(["cc", "-O3", "-march=native", "-shared", "-fPIC", source, "-o", library], check=True)
        kernel = ctypes.CDLL(str(library)).kernel
    pointer = ctypes.POINTER(ctypes.c_double)
    kernel.argtypes, kernel.restype = [pointer, ctypes.c_long, ctypes.c_int, pointer, pointer], None
    sums = [np.zeros((MONTHS - step, SUMS)) for step in (1, 12)]
    began = time.process_time()
    kernel(whole.ctypes.data_as(pointer), len(whole), MONTHS, *(each.ctypes.data_as(pointer) for each in sums))
    used = time.process_time() - began
    return used, float(sums[0][:, 3].sum() + sums[1][:, 5].sum() + sums[1][:, 2].sum())


if __name__ == "__main__":
    used, result = {"nrr_xl": ours, "C": in_c}[sys.argv[1]](cube(int(float(sys.argv[2]))))
    print(f"{used:.4f} {result:.0f}")
