"""The bill of materials, the hashes and the licences of a release, from wheels made here."""

import hashlib
import json
import sys
import zipfile

import pytest


@pytest.fixture
def supply(root, monkeypatch):
    monkeypatch.syspath_prepend(str(root / "scripts"))
    import supply

    yield supply
    sys.modules.pop("supply")


def wheel(folder, name, version, about, licence=""):
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as package:
        home = f"{name}-{version}.dist-info"
        package.writestr(f"{home}/METADATA", f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{about}\n\n")
        if licence:
            package.writestr(f"{home}/licenses/LICENSE.txt", licence)
    return path


def test_a_release_says_what_it_is_made_of(supply, tmp_path):
    wheels = [
        wheel(tmp_path, "beta_lib", "2.0", "Classifier: License :: OSI Approved :: BSD License", "Redistribution"),
        wheel(tmp_path, "Alpha", "1.0", "License-Expression: MIT"),
        wheel(tmp_path, "gamma", "3.0", "Summary: says nothing"),
    ]
    parts = supply.write(tmp_path, wheels)
    assert [(each.name, each.licence) for each in parts] == [
        ("Alpha", "MIT"),
        ("beta_lib", "BSD License"),
        ("gamma", "not stated"),
    ]
    digest = hashlib.sha256(wheels[0].read_bytes()).hexdigest()
    bill = json.loads((tmp_path / supply.BILL).read_text())
    assert bill["components"][1]["purl"] == "pkg:pypi/beta-lib@2.0"
    assert bill["components"][1]["hashes"] == [{"alg": "SHA-256", "content": digest}]
    assert f"beta_lib==2.0 --hash=sha256:{digest}\n" in (tmp_path / supply.REQUIREMENTS).read_text()
    assert "Redistribution" in (tmp_path / supply.LICENCES).read_text()
