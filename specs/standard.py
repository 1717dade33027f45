"""What the standards say of a dataset and its variables: SDTMIG 3.4, ADaMIG 1.3 with TTE 1.0 and OCCDS 1.1.

One YAML file a dataset under `specs/standards/`, read when it is first asked for. The same door leads to the
controlled terminology (`terminology`). A study's spec says only what the standard cannot know.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast

from specs._yaml import load_yaml
from specs.terminology import Codelist, NotInStandardError, Term, Terminology, terminology

__all__ = [
    "Codelist", "DatasetStandard", "NotInStandardError", "Standard", "Term", "Terminology",
    "VariableStandard", "adam_variable", "standard", "terminology",
]  # fmt: skip

STANDARDS = Path(__file__).parent / "standards"
_FOLDERS = {"SDTMIG 3.4": "sdtmig-3.4", "ADaMIG 1.3": "adamig-1.3"}

# ADaMIG 1.3 section 3.1.4: xx and zz are 01-99 with the zero, y is 1-99 and w 1-9 without.
_INDEX = {"xx": r"(?!00)\d\d", "zz": r"(?!00)\d\d", "y": r"[1-9]\d?", "w": r"[1-9]"}
_PLACEHOLDER = re.compile("xx|zz|y|w")


@dataclass(frozen=True)
class VariableStandard:
    """A variable as its standard has it; `label` is empty where the standard leaves it to the sponsor."""

    name: str
    label: str
    type: Literal["Char", "Num"]
    core: str
    role: str | None = None
    codelists: tuple[str, ...] = ()
    described_value_domain: str | None = None
    values: tuple[str, ...] = ()
    order: int = 0


@dataclass(frozen=True)
class DatasetStandard:
    """A dataset as its standard has it; variables in the standard's order, the keys this project's choice."""

    name: str
    label: str
    class_: str
    structure: str
    keys: tuple[str, ...]
    variables: Mapping[str, VariableStandard] = field(repr=False)
    subclass: str | None = None
    standard: str = ""
    extends: str | None = None


class Standard:
    """An implementation guide's datasets, each read from its file on first use."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder

    @cached_property
    def datasets(self) -> tuple[str, ...]:
        """The names of all datasets (SDTM) or data structures (ADaM), sorted."""
        return tuple(sorted(path.stem.upper() for path in self._folder.glob("*.yaml")))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.isupper() and _file_stem(name).upper() in self.datasets

    @cache  # noqa: B019 - there is one object a standard, and it lives as long as the process
    def dataset(self, name: str) -> DatasetStandard:
        """A dataset by name; SUPPAE and its like are SUPPQUAL under their own name.

        Raises NotInStandardError.
        """
        if name not in self:
            known = ", ".join(self.datasets)
            raise NotInStandardError(f"{self.name} has no dataset {name}; it has {known}")
        found = _read_dataset(self._folder / f"{_file_stem(name)}.yaml", self.name)
        if found.name == "SUPPQUAL" and name != "SUPPQUAL":
            parent = name.removeprefix("SUPP")
            return replace(found, name=name, label=f"Supplemental Qualifiers for {parent}")
        return found


def _file_stem(name: str) -> str:
    return "suppqual" if re.fullmatch(r"SUPP[A-Z][A-Z0-9]{1,3}", name) else name.lower()


def _read_dataset(path: Path, standard_name: str) -> DatasetStandard:
    data = cast("dict[str, Any]", load_yaml(path))
    variables = {
        name: _read_variable(name, order, facts)
        for order, (name, facts) in enumerate(data["variables"].items(), start=1)
    }
    return DatasetStandard(
        name=data["dataset"],
        label=data.get("label", ""),
        class_=data["class"],
        structure=data["structure"],
        keys=tuple(data["keys"]),
        variables=MappingProxyType(variables),
        subclass=data.get("subclass"),
        standard=data.get("standard", standard_name),
        extends=data.get("extends"),
    )


def _read_variable(name: str, order: int, facts: dict[str, Any]) -> VariableStandard:
    codelist = facts.get("codelist", ())
    return VariableStandard(
        name=name,
        label=facts["label"],
        type=facts["type"],
        core=facts["core"],
        role=facts.get("role"),
        codelists=(codelist,) if isinstance(codelist, str) else tuple(codelist),
        described_value_domain=facts.get("domain"),
        values=tuple(facts.get("values", ())),
        order=order,
    )


@cache
def standard(name: str) -> Standard:
    """A standard by its name and version: "SDTMIG 3.4" or "ADaMIG 1.3".

    Raises NotInStandardError.
    """
    if name not in _FOLDERS:
        raise NotInStandardError(f"no standard {name!r}; these ship: {', '.join(_FOLDERS)}")
    return Standard(name, STANDARDS / _FOLDERS[name])


@cache
def adam_variable(structure: str, name: str) -> VariableStandard | None:
    """What ADaM says of a variable name in a structure (ADSL, BDS, TTE, OCCDS, ADAE); None if nothing.

    Indexed names match their pattern (TRT01P is TRTxxP) and get its label with the index filled in; `--TERM`
    matches any domain's and takes SDTMIG's attributes, as ADaM wants of a copied variable. Looked up in the
    structure, then in the one it extends, then in ADSL (its variables may be copied into any dataset, so they
    are permissible there), and last by the suffixes of sponsor-defined dates and times, whose label is empty.
    """
    structures = _lineage(structure)
    for place in structures:
        if found := _match_structure(place, name):
            return found
    if "ADSL" not in structures and (found := _match_structure("ADSL", name)):
        return replace(found, core="Perm")
    return _match_suffix(name)


def _lineage(structure: str) -> list[str]:
    places = [structure]
    while base := standard("ADaMIG 1.3").dataset(places[-1]).extends:
        places.append(base)
    return places


def _match_structure(structure: str, name: str) -> VariableStandard | None:
    variables = standard("ADaMIG 1.3").dataset(structure).variables
    if name.isupper() and (found := variables.get(name)):
        return found
    for pattern, known in _patterns(structure):
        if match := pattern.fullmatch(name):
            return _fill(known, name, match)
    return None


@cache
def _patterns(structure: str) -> tuple[tuple[re.Pattern[str], VariableStandard], ...]:
    """The patterned names of a structure as expressions, those of copied SDTM variables last."""
    variables = standard("ADaMIG 1.3").dataset(structure).variables.values()
    indexed = [known for known in variables if known.name.isalnum() and not known.name.isupper()]
    copied = [known for known in variables if known.name.startswith("--")]
    return tuple((_expression(known.name), known) for known in [*indexed, *copied])


def _expression(name: str) -> re.Pattern[str]:
    body = _PLACEHOLDER.sub(lambda found: f"(?P<{found[0]}>{_INDEX[found[0]]})", name.removeprefix("--"))
    prefix = "(?P<domain>[A-Z]{2})" if name.startswith("--") else ""
    return re.compile(prefix + body)


def _fill(known: VariableStandard, name: str, match: re.Match[str]) -> VariableStandard:
    groups = match.groupdict()
    if domain := groups.pop("domain", None):
        return _copied(known, name, domain)
    label = "" if "..." in known.label else known.label
    for placeholder, index in groups.items():
        label = re.sub(rf"\b{placeholder}\b", index, label)
    return replace(known, name=name, label=label)


def _copied(known: VariableStandard, name: str, domain: str) -> VariableStandard:
    sdtm = standard("SDTMIG 3.4")
    original = sdtm.dataset(domain).variables.get(name) if domain in sdtm else None
    if original is None:
        return replace(known, name=name, label="" if "XX" in known.label else known.label)
    return replace(original, core=known.core, role=None, order=known.order)


def _match_suffix(name: str) -> VariableStandard | None:
    suffixes = [v for v in standard("ADaMIG 1.3").dataset("BDS").variables.values() if v.name.startswith("*")]
    fitting = [v for v in suffixes if name.endswith(v.name[1:]) and len(name) > len(v.name[1:])]
    if not fitting:
        return None
    found = replace(max(fitting, key=lambda v: len(v.name)), name=name, label="")
    return replace(found, type=_sdtm_types().get(name, found.type))


@cache
def _sdtm_types() -> dict[str, str]:
    """The type of each variable of SDTMIG: one that is copied keeps it (VSELTM is text, though it ends in TM)."""
    sdtm = standard("SDTMIG 3.4")
    return {name: known.type for place in sdtm.datasets for name, known in sdtm.dataset(place).variables.items()}
