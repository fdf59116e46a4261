"""Fixtures that lend tests a real application, and skip (in CI: fail) where it is missing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from nrr_xl.workbook.template.build import write_template
from tests.apps import cached, ironcalc_eval, lint, validator, wine
from tests.apps import office as libreoffice
from tests.apps.template import CUSTOMERS

HERE = Path(__file__).parent
# The first runs under the system's Python, which alone has uno; the others under Wine's, which alone has COM.
collect_ignore = ["office_driver.py", "wine_client.py", "wine_excel.py", "wine_variant.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs an application."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.apps)


def require(reason: str) -> None:
    """Skip the test for `reason` if there is one; fail it in CI, where everything must be installed."""
    if reason and os.environ.get("CI"):
        pytest.fail(f"CI must not skip this: {reason}")
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def office() -> Iterator[libreoffice.Office]:
    """A running LibreOffice, one for the session."""
    require(libreoffice.missing())
    with libreoffice.Office() as running:
        yield running


@pytest.fixture(scope="session")
def validate() -> Callable[[Path], list[str]]:
    """The Open XML SDK's findings about a workbook: `validate(path) == []`."""
    require(validator.missing())
    return validator.findings


@pytest.fixture(scope="session")
def ironcalc() -> Callable[..., tuple]:
    """IronCalc's evaluation of a workbook: `cells, answers = ironcalc(path, ["=NRR(100,10)"])`."""
    require("" if find_spec("ironcalc") else "ironcalc is not installed")
    return ironcalc_eval.evaluate


@pytest.fixture(scope="session")
def assert_sound(office: libreoffice.Office, validate: Callable) -> Callable[[Path], libreoffice.Recalculated]:
    """Assert that a workbook is valid, would open unrepaired, shows no error, and caches what LibreOffice computes."""

    def check(path: Path) -> libreoffice.Recalculated:
        assert lint.findings(path) == []
        assert validate(path) == []
        after = office.recalculate(path, formulas_only=True)
        assert after.faults == []
        assert cached.differences(path, after.cells) == []
        return after

    return check


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small template with the example in it."""
    path = tmp_path_factory.mktemp("template") / "template.xlsx"
    write_template(path, example=True, customers=CUSTOMERS)
    return path


@pytest.fixture(scope="session")
def windows_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[wine.WindowsHome]:
    """An installation under Wine; the user's name has a space and accents."""
    require(wine.missing())
    home = wine.WindowsHome(tmp_path_factory.mktemp("José Müller"))
    yield home
    home.close()


@pytest.fixture(scope="session")
def windows_client(windows_home: wine.WindowsHome) -> Iterator[wine.Client]:
    """A program in Excel's place, with a function server that it started."""
    with wine.Client(windows_home) as running:
        assert running.ask("connect") == "started"
        yield running
