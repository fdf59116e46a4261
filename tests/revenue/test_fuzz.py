"""A short run of the fuzzer; `python -m tests.revenue.fuzz MINUTES` runs it for longer."""

import pytest

from .fuzz import once


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_nothing_but_input_errors_comes_out(tmp_path):
    ends = [once(seed, tmp_path) for seed in range(1_000_000, 1_000_150)]
    assert {"cube", "InputError", "understood"} <= set(ends)
