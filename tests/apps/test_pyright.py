"""Ordinary user code under pyright at its strictest; mypy looks at the same file in .ci/run."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.apps import validator
from tests.apps.conftest import require


def program() -> str | None:
    """Pyright, on the path or where the other tools from npm are."""
    return shutil.which("pyright") or shutil.which("pyright", path=str(validator.FOLDER / "node_modules" / ".bin"))


def test_pyright_finds_nothing_in_ordinary_user_code(root, tmp_path):
    pyright = program()
    require("" if pyright else "pyright is not installed")
    code = Path(shutil.copy(root / "tests" / "user_code.py", tmp_path))
    (tmp_path / "pyrightconfig.json").write_text(json.dumps({"include": [code.name], "typeCheckingMode": "strict"}))
    done = subprocess.run(
        [str(pyright), "--pythonpath", sys.executable, "-p", str(tmp_path)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
