"""What an administrator's or the user's own settings say about macros, add-ins and programs that Office starts.

Every form in which a setting is used is looked at: group policy for user and machine, Office's cloud policy and
the user's own choice; for Defender's rules group policy and Intune's one-line list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from nrr_xl.excel.setup.places import OFFICE, VERSIONS
from nrr_xl.excel.setup.windows import MACHINE, USER

DEFENDER = r"SOFTWARE\Policies\Microsoft\Windows Defender"
RULES = rf"{DEFENDER}\Windows Defender Exploit Guard\ASR\Rules"
SWITCH = rf"{DEFENDER}\Windows Defender Exploit Guard\ASR"
INTUNE, INTUNE_LIST = rf"{DEFENDER}\Policy Manager", "ASRRules"
# Microsoft Learn, "Attack surface reduction rules reference".
CHILD_PROCESSES = "d4f940ab-401b-4efc-aadc-ad5f3c50688a"
WIN32_CALLS = "92e97fa1-2edf-4476-bdd6-9dd0b4dddc7b"
# What a rule is set to: a blocked action, one that is only noted, and one that its user may allow.
OFF, BLOCK, AUDIT, WARN = "0", "1", "2", "6"
FORMS = {
    "policy": r"Software\Policies\Microsoft\Office\{}",
    "cloud policy": r"Software\Policies\Microsoft\Cloud\Office\{}",
    "setting": OFFICE + r"\{}",
}
# The key below Office's version, the value, what it must be to block, and what that means. XLSTART is a trusted place
# among the user's own, in which macros run whatever VBAWarnings says.
BLOCKING = (
    ("Common", "VBAOff", "1", "VBA is switched off"),
    (r"Excel\Security", "VBAOff", "1", "VBA is switched off"),
    (r"Excel\Security\Trusted Locations", "AllLocationsDisabled", "1", "trusted locations are switched off"),
    (
        r"Common\Security\Trusted Locations",
        "AllowUserLocations",
        "0",
        "trusted locations of users, XLSTART among them, are not allowed",
    ),
    (r"Excel\Security", "RequireAddinSig", "1", "add-ins must be signed by a trusted publisher"),
    (r"Excel\Security", "DisableAllAddins", "1", "all add-ins are switched off"),
)
WARNINGS = {"3": "unsigned macros are switched off", "4": "macros are switched off without a word"}
UNKNOWN = (
    "AppLocker, App Control (WDAC), an antivirus program's own rules and exclusions, and Defender's rules set without a"
    " policy cannot be seen from here: Excel shows them, by #VALUE! in =NRR_ASOF(...) while every line here is ok"
)


class Registry(Protocol):
    """A machine whose registry can be read."""

    def values(self, root: str, key: str) -> dict[str, object]: ...


def office(machine: Registry) -> tuple[list[str], list[str]]:
    """What blocks the add-ins in Office's settings, and what is set there and harmless."""
    blocking: list[str] = []
    harmless: list[str] = []
    for version in VERSIONS:
        for form, office_key in FORMS.items():
            for root in (USER, MACHINE):
                where = f"{form}, Office {version}, {'user' if root == USER else 'machine'}"
                for key, name, blocks, meaning in BLOCKING:
                    if _value(machine, root, rf"{office_key.format(version)}\{key}", name) == blocks:
                        blocking.append(f"{meaning} ({name}={blocks}: {where})")
                value = _value(machine, root, rf"{office_key.format(version)}\Excel\Security", "VBAWarnings")
                if value in WARNINGS:
                    harmless.append(f"{WARNINGS[value]} outside trusted locations (VBAWarnings={value}: {where})")
    return blocking, harmless


def rule(machine: Registry, guid: str) -> str:
    """What one of Defender's rules is set to; the strictest of all places, "" where none sets it."""
    if _value(machine, MACHINE, SWITCH, "ExploitGuard_ASR_Rules") == OFF:
        return ""
    found = {value for name, value in _rules(machine) if name.strip("{} ").lower() == guid}
    return next((value for value in (BLOCK, WARN, AUDIT, OFF) if value in found), "")


def _rules(machine: Registry) -> Iterator[tuple[str, str]]:
    for name, value in machine.values(MACHINE, RULES).items():
        yield name, _number(value)
    for name, value in machine.values(MACHINE, INTUNE).items():
        if name.lower() == INTUNE_LIST.lower():
            for part in str(value).split("|"):
                guid, _, state = part.partition("=")
                yield guid, _number(state)


def _value(machine: Registry, root: str, key: str, name: str) -> str:
    """A registry value as text, whatever its type; "" where there is none. Names are alike in any case."""
    return next((_number(value) for own, value in machine.values(root, key).items() if own.lower() == name.lower()), "")


def _number(value: object) -> str:
    """A number in whatever form: 1, "1", "0x1", "00000001"."""
    text = str(value).strip()
    try:
        return str(int(text, 16 if text.lower().startswith("0x") else 10))
    except ValueError:
        return text
