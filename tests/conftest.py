"""What every test shares: the repository's folders."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's top folder."""
    return ROOT


@pytest.fixture(scope="session")
def templates(root: Path) -> Path:
    """The folder of what is distributed: sample, templates, add-in."""
    return root / "templates"
