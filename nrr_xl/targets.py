"""Where a command writes: the names of its files, and a refusal before any work where one of them cannot be."""

from __future__ import annotations

import os
from argparse import Namespace

from nrr_xl.errors import InputError, OutputError
from nrr_xl.files import refuse_ending, refuse_place, same_file
from nrr_xl.options import options

# The commands whose -o says where.
WITH_OUTPUT = ("report", "compare", "fill")


def way_out(arguments: Namespace, refused: OutputError) -> str:
    """The options by which a command that cannot write finds another place."""
    elsewhere = arguments.command in WITH_OUTPUT and not getattr(arguments, "into", None)
    ways = ["-o names another place"] if elsewhere else []
    if refused.replaceable and hasattr(arguments, "overwrite"):
        ways.append("--overwrite replaces it")
    return f" ({', '.join(ways)}.)" if ways else ""


def refuse_outputs(arguments: Namespace) -> None:
    """Stop where what is to be written is one of the files that are read, by whatever link, or has no place."""
    given = vars(arguments)
    read = [each.name for each in options() if each.type == "file" and each.name not in ("output", "into")]
    for written in _written(arguments):
        for name in ("input", "old", "template", *read):
            if isinstance(given.get(name), str) and same_file(given[name], written):
                raise InputError(f"{written} is read, as {name}. Choose another name for what is written.")
        refuse_place(written, bool(given.get("overwrite")))
        if arguments.command in ("report", "compare") and written == arguments.output:
            refuse_ending(written)


def _written(arguments: Namespace) -> list[str]:
    """The files that a command would write, but for a workbook that sheets are added to."""
    if arguments.command != "report":
        return [arguments.output] if getattr(arguments, "output", None) else []
    target = report_target(arguments)
    beside = {"pdf": arguments.pdf, "pptx": arguments.pptx, "toml": arguments.save_config}
    further = [f"{os.path.splitext(target)[0]}.{ending}" for ending, wanted in beside.items() if wanted]
    return [*([] if arguments.into else [target]), *further]


def report_target(arguments: Namespace) -> str:
    """Where a report goes: as it was said, else into the current folder, by the name of its input."""
    stem = "pasted" if arguments.input == "-" else os.path.splitext(os.path.basename(arguments.input))[0]
    return arguments.into or arguments.output or f"{stem}_retention.xlsx"
