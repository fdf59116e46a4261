"""The figures of the proofs, printed together at the end, whichever process found them."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests.faults.commands import prepare


@pytest.fixture(scope="session")
def files(tmp_path_factory) -> dict[str, str]:
    """What the commands read."""
    return prepare(tmp_path_factory.mktemp("inputs"))


@pytest.fixture
def figure(record_property) -> Callable[[str], None]:
    """Tell a figure that a proof came to."""
    return lambda told: record_property("figure", told)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if "NRR_XL_FAULTS" not in os.environ:
        return
    reports = [each for kind in ("passed", "failed") for each in terminalreporter.getreports(kind)]
    terminalreporter.section("figures")
    for told in sorted(text for each in reports for name, text in each.user_properties if name == "figure"):
        terminalreporter.write_line(told)
