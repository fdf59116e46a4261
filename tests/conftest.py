"""What every test shares: the repository's folders, and a place for temporary files that no other run has."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

# A test fails by what is wrong, not by how busy the machine is.
_CALM = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
# CI tells whether a change is sound, so it tries the same examples each time; a developer's runs go on searching, and
# so does CI's second pass over the properties, with a seed that it prints.
settings.register_profile("ci", derandomize=True, **_CALM)
settings.register_profile("search", **_CALM)
# scripts/mutants.py asks only whether something is found.
settings.register_profile("mutants", derandomize=True, phases=[Phase.explicit, Phase.generate], **_CALM)
settings.load_profile("ci" if os.environ.get("CI") and not os.environ.get("NRR_XL_SEARCH") else "search")


FAILED = pytest.StashKey[int]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Put temporary files into a folder of this run alone, workers' too.

    By itself pytest sweeps the folders of a user's earlier runs, and two runs that sweep at once trip over each other.
    """
    if config.option.basetemp is None:
        own = tempfile.mkdtemp(prefix="nrr_tests_")
        config.option.basetemp = os.path.join(own, "of")
        # What a failed run leaves is kept to be looked at.
        config.add_cleanup(lambda: shutil.rmtree(own, ignore_errors=True) if not config.stash.get(FAILED, 0) else None)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    session.config.stash[FAILED] = int(exitstatus)


ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's top folder."""
    return ROOT


@pytest.fixture(scope="session")
def templates(root: Path) -> Path:
    """The folder of what is distributed: sample, templates, add-in."""
    return root / "templates"
