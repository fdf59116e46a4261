"""Fixtures of the Excel layer's tests."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def com_server(tmp_path_factory):
    """xlwings' real function layer over a stub of pywin32, in a process of its own."""
    from com_stub import ComServer

    server = ComServer(tmp_path_factory.mktemp("state"))
    yield server
    server.close()
