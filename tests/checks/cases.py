"""The corpus of seeded errors: for each rule mutations of a build that break it, and near misses that do not.

`tests/checks/seeded/*.yaml` hold it, a file for a family of rules; `declared` makes those of rules declared by the row:

    ae.fatal:
      break: [{AE: {where: {AEOUT: FATAL}, first: 1, set: {AESDTH: N}}}]
      near: [{AE: {where: {AEOUT: UNKNOWN}, first: 1, set: {AESDTH: N}}}]
      at: [AE]   # where the findings are, if not in a dataset that is mutated

Each item of `break` is one seeded error; of several datasets in it all are changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import yaml

from oncdisc.checks import Package
from tests.checks.declared import declared
from tests.checks.define_changes import FOLDERS, DefineChange, apply_define
from tests.checks.folder_changes import FolderChange, apply_folder
from tests.checks.mutations import Change, Mutant, apply, copied

SEEDED = Path(__file__).with_name("seeded")
FOLDER = "folder"


class _Loader(yaml.SafeLoader):
    """Reads dates as the text that they are."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


Step = tuple[str, Change | DefineChange | FolderChange]


@dataclass(frozen=True)
class Mutation:
    """One seeded error or near miss: changes in order, each with the dataset that it is about."""

    steps: tuple[Step, ...]

    @property
    def of_files(self) -> bool:
        """Whether the submission's folder is changed, not the build in memory."""
        return any(place == FOLDER for place, _ in self.steps)

    @property
    def key(self) -> str:
        """What names this mutation as it is: another key, another mutation."""
        said = [(place, change.model_dump(exclude_defaults=True)) for place, change in self.steps]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]

    def made(self, package: Package, scratch: Callable[[], Path]) -> Mutant:
        """The package mutated; `scratch` gives a folder for files."""
        mutant = Mutant(copied(package), scratch)
        for place, change in self.steps:
            if isinstance(change, FolderChange):
                apply_folder(mutant, change)
            elif isinstance(change, DefineChange):
                apply_define(mutant, place, change)
            else:
                apply(mutant, place, change)
        return mutant


@dataclass(frozen=True)
class Case:
    """A rule, what breaks it and what nearly does."""

    rule: str
    breaks: tuple[Mutation, ...]
    near: tuple[Mutation, ...]
    at: tuple[str, ...] = ()
    file: str = ""


def cases() -> dict[str, Case]:
    """The corpus by rule, with what is made of declared rows. Raises ValueError for a rule that is there twice."""
    found = {rule: case(rule, sides) for rule, sides in declared().items()}
    for path in sorted(SEEDED.glob("*.yaml")):
        for rule, sides in (yaml.load(path.read_text("utf-8"), _Loader) or {}).items():
            if rule in found:
                raise ValueError(f"{path.name}: {rule} is in {found[rule].file or 'declared.py'} too")
            found[rule] = replace(case(rule, sides), file=path.name)
    return dict(sorted(found.items()))


def case(rule: str, sides: Mapping[str, Any]) -> Case:
    """A case from its YAML. Raises ValueError where something else than break, near and at is said."""
    if unknown := set(sides) - {"break", "near", "at"}:
        raise ValueError(f"{rule}: found {', '.join(sorted(unknown))}; expected break, near, at")
    breaks, near = (tuple(map(mutation, sides.get(side, ()))) for side in ("break", "near"))
    return Case(rule, breaks, near, tuple(sides.get("at", ())))


def mutation(given: Mapping[str, Any]) -> Mutation:
    """A mutation from its YAML: dataset to a change or a list of them."""
    steps = [
        (place, _change(place, change))
        for place, changes in given.items()
        for change in (changes if isinstance(changes, list) else [changes])
    ]
    return Mutation(tuple(steps))


def _change(place: str, given: object) -> Change | DefineChange | FolderChange:
    if place in FOLDERS:
        return DefineChange.model_validate(given)
    return FolderChange.model_validate(given) if place == FOLDER else Change.model_validate(given)
