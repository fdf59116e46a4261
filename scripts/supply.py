"""What a release is made of: a bill of materials, hashes that pip requires, and the licences of all parts.

``python scripts/supply.py FOLDER WHEEL...``; the builders of the release and of the setup zip call `write`.
"""

from __future__ import annotations

import email
import hashlib
import json
import sys
import zipfile
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

BILL, REQUIREMENTS, LICENCES = "sbom.cdx.json", "requirements-hashed.txt", "LICENCES.txt"
LICENCE_NAMES = ("license", "licence", "copying", "notice", "authors")


@dataclass(frozen=True)
class Part:
    """A wheel: what it says of itself, its digest, and the licence texts in it."""

    name: str
    version: str
    licence: str
    sha256: str
    texts: tuple[str, ...]


def part(wheel: Path) -> Part:
    """Read a wheel."""
    with zipfile.ZipFile(wheel) as package:
        names = package.namelist()
        (about,) = (name for name in names if name.count("/") == 1 and name.endswith(".dist-info/METADATA"))
        said: Message = email.message_from_string(package.read(about).decode("utf-8"))
        home = about.rpartition("/")[0] + "/"
        texts = tuple(
            package.read(name).decode("utf-8", "replace")
            for name in sorted(names)
            if name.startswith(home) and Path(name).name.lower().startswith(LICENCE_NAMES)
        )
    return Part(said["Name"], said["Version"], _licence(said), hashlib.sha256(wheel.read_bytes()).hexdigest(), texts)


def _licence(said: Message) -> str:
    """The licence by its expression, its classifier, or the first line of its text."""
    of_classifiers = [
        each.rpartition(" :: ")[2] for each in said.get_all("Classifier", ()) if each.startswith("License ::")
    ]
    text = (said["License"] or "").strip().splitlines()
    return said["License-Expression"] or "; ".join(of_classifiers) or (text[0] if text else "not stated")


def bill(parts: list[Part]) -> str:
    """A software bill of materials, as CycloneDX 1.5 writes it; the same parts give the same bytes."""
    components = [
        {
            "type": "library",
            "name": each.name,
            "version": each.version,
            "purl": f"pkg:pypi/{each.name.lower().replace('_', '-')}@{each.version}",
            "licenses": [{"license": {"name": each.licence}}],
            "hashes": [{"alg": "SHA-256", "content": each.sha256}],
        }
        for each in parts
    ]
    head = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1}
    return json.dumps({**head, "components": components}, indent=1)


def requirements(parts: list[Part]) -> str:
    """What `pip install --require-hashes -r` installs: these wheels and no others."""
    return "".join(f"{each.name}=={each.version} --hash=sha256:{each.sha256}\n" for each in parts)


def licences(parts: list[Part]) -> str:
    """Every part with its licence and the texts that come with it."""
    heads = {each: f"{'=' * 80}\n{each.name} {each.version}: {each.licence}" for each in parts}
    return "\n".join(f"{heads[each]}\n\n{''.join(each.texts)}" for each in parts)


def write(folder: Path, wheels: list[Path]) -> list[Part]:
    """Write the three files into a folder; the parts, by name."""
    parts = sorted(map(part, wheels), key=lambda each: each.name.lower())
    for name, text in ((BILL, bill(parts)), (REQUIREMENTS, requirements(parts)), (LICENCES, licences(parts))):
        (folder / name).write_text(text, "utf-8", newline="\n")
    return parts


if __name__ == "__main__":
    for each in write(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]):
        print(f"{each.name} {each.version}: {each.licence}")
