"""What every test shares: the repository's folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# CI tells whether a change is sound, so it tries the same examples each time; a developer's runs go on searching, and
# so does CI's second pass over the properties, with a seed that it prints.
settings.register_profile("ci", derandomize=True)
# A seed must find by what is wrong, not by how busy the machine is.
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
if os.environ.get("NRR_XL_SEARCH"):
    settings.load_profile("search")
elif os.environ.get("CI"):
    settings.load_profile("ci")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's top folder."""
    return ROOT


@pytest.fixture(scope="session")
def templates(root: Path) -> Path:
    """The folder of what is distributed: sample, templates, add-in."""
    return root / "templates"
