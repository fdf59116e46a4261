"""A fresh machine for every test."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from nrr_xl.excel import addin
from nrr_xl.excel.setup import places

sys.path.insert(0, str(Path(__file__).parent))
from machine import FakeMachine


@pytest.fixture(scope="session")
def templates(tmp_path_factory) -> Path:
    """What a package distributes: the add-ins as the sources build them, and something for each template."""
    folder = tmp_path_factory.mktemp("distributed")
    addin.main([str(folder)])
    for name in places.TEMPLATES:
        (folder / name).write_bytes(name.encode())
    return folder


@pytest.fixture(autouse=True)
def distributed(templates, monkeypatch) -> None:
    monkeypatch.setattr(places, "sources", lambda: templates)


@pytest.fixture
def machine(tmp_path) -> FakeMachine:
    return FakeMachine(tmp_path)
