"""Config files: options by their long names in TOML, read behind the command line and written beside a report."""

from __future__ import annotations

import json
import os
from argparse import Namespace
from datetime import date
from pathlib import Path
from typing import Any

from nrr_xl.errors import InputError, did_you_mean
from nrr_xl.files import toml_table
from nrr_xl.options import Option, of_stage, options

# What decides which files are written, and over which.
COMMAND_LINE_ONLY = ("output", "overwrite", "into", "open", "save_config")


def config_options(path: str) -> dict[str, Any]:
    """The options of a config file by keyword; those that are another command's are no mistake.

    A file that an option names lies where the config file says it does, seen from the config file's own folder.
    """
    known = {each.name: each for each in options() if each.name != "config"}
    known |= {each.flag.replace("-", "_"): each for each in options() if each.flag}
    given = {}
    for key, value in toml_table(path, "config file").items():
        each = known.get(key.replace("-", "_"))
        if each is None:
            hint = did_you_mean(key, [name.replace("_", "-") for name in known])
            raise InputError(f"{path}: there is no option --{key}.{hint}")
        if each.name in COMMAND_LINE_ONLY:
            raise InputError(f"{path}: {key} is for the command line alone, so that no file decides what is written.")
        if each.name in given:
            raise InputError(f"{path}: {key} stands there twice, in two spellings. Keep one.")
        if each.type == "file" and not isinstance(value, str):
            raise InputError(f"{path}: {key} is {value!r}. Give the path of a file, as a text.")
        held = each.read(value, f"{path}: {key}")
        given[each.name] = os.path.normpath(Path(path).parent / held) if each.type == "file" else held
    return given


def config_text(arguments: Namespace, closing: str, folder: Path, output: str) -> str:
    """A config file, to lie in `folder`, with which the same report is made again from the same input.

    It holds the options that were given, and the closing period and the day that held because none was.
    """
    held = vars(arguments) | {"as_of": closing, "today": arguments.today or date.today()}
    lines = [
        f"# Makes {output} again: nrr-xl report INPUT --config THIS-FILE -o {output}",
        f"# INPUT was {json.dumps(arguments.input, ensure_ascii=False)}.",
    ]
    for each in of_stage("read", "analyse", "write"):
        if held.get(each.name) is not None and each.name != "overwrite":
            lines.append(f"{each.long[2:]} = {_toml(_from(each, held[each.name], folder))}")
    return "\n".join(lines) + "\n"


def _from(each: Option, value: Any, folder: Path) -> Any:
    """The value, a file's path as seen from the folder of the config file."""
    if each.type != "file":
        return value
    try:
        return Path(os.path.relpath(value, folder)).as_posix()
    except ValueError:  # another drive
        return Path(value).absolute().as_posix()


def _toml(value: Any) -> str:
    """A value as TOML writes it; a JSON text, number or list is also TOML's."""
    return json.dumps(str(value) if isinstance(value, date) else value, ensure_ascii=False)
