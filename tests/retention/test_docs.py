"""The worked examples of the methods page give what the page says."""

from __future__ import annotations

import doctest

from nrr_xl.retention.methods import METHODS
from nrr_xl.retention.presets import presets


def test_the_worked_examples_of_the_methods_page(root):
    found = doctest.testfile(str(root / "docs" / "methods.md"), module_relative=False)
    assert found.attempted > 20 and found.failed == 0


def test_every_method_and_preset_stands_on_the_methods_page(root):
    page = (root / "docs" / "methods.md").read_text("utf-8")
    untold = [key for key in METHODS if f"**{key}**" not in page]
    assert not untold, f"docs/methods.md does not tell of {untold}"
    for name, preset in presets().items():
        assert f"| {name} | {preset.method}" in page
