"""What a rule finds in a mutated build that it does not find in the build."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from oncdisc.checks import Package, Rule, read_package
from oncdisc.checks.checking import breaches
from oncdisc.engines import load_spec
from tests.checks.cases import Mutation
from tests.checks.folder_changes import submission
from tests.checks.mutations import NEW, Mutant, copied


class Found(NamedTuple):
    """A finding's place: `row` is the record's place in the build (-1: the build has no such record), None where
    the dataset or variable as a whole is meant."""

    dataset: str
    variable: str
    row: int | None
    subject: str


@dataclass
class Workbench:
    """A build, and what each rule finds in it as it is."""

    folder: Path
    _known: dict[tuple[str, bool], Counter[Found]] = field(default_factory=dict[tuple[str, bool], Counter[Found]])

    @cached_property
    def package(self) -> Package:
        """The build, read once, with the spec that it was built by."""
        package = read_package(self.folder)
        package.spec = load_spec("es_sclc")
        return package

    @contextmanager
    def mutated(self, mutation: Mutation) -> Iterator[Mutant]:
        """The build with a mutation, as long as its files are needed."""
        with tempfile.TemporaryDirectory() as name:
            root = submission(self.folder, Path(name)) if mutation.of_files else Path(name)
            yield mutation.made(self.package, lambda: root)

    def added(self, rule: Rule, mutation: Mutation) -> tuple[Mutant, list[Found]]:
        """The mutant, and where the rule finds in it what it does not find in the build."""
        before = self._baseline(rule, mutation.of_files)
        with self.mutated(mutation) as mutant:
            return mutant, sorted((found_by(rule, mutant) - before).elements(), key=str)

    def _baseline(self, rule: Rule, of_files: bool) -> Counter[Found]:
        key = (rule.id, of_files)
        if key not in self._known:
            self._known[key] = self._of_files(rule) if of_files else self._of_build(rule)
        return self._known[key]

    def _of_build(self, rule: Rule) -> Counter[Found]:
        return found_by(rule, Mutant(copied(self.package), Path))

    def _of_files(self, rule: Rule) -> Counter[Found]:
        with tempfile.TemporaryDirectory() as name:
            return found_by(rule, Mutant(read_package(submission(self.folder, Path(name))), Path))


def found_by(rule: Rule, mutant: Mutant) -> Counter[Found]:
    """How often a rule finds something at each place of a mutant."""
    found: Counter[Found] = Counter()
    for breach in breaches(mutant.package, rule):
        data = mutant.package.get(breach.dataset)
        if breach.rows is None or data is None:
            found[Found(breach.dataset, breach.variable, None, "")] += 1
            continue
        rows = mutant.origin(breach.dataset)[breach.rows].tolist()
        subjects = data.text("USUBJID").iloc[breach.rows].fillna("").tolist()
        found.update(Found(breach.dataset, breach.variable, row, who) for row, who in zip(rows, subjects, strict=True))
    return found


def in_place(mutant: Mutant, places: list[Found], at: tuple[str, ...]) -> list[Found]:
    """Those findings that are where the mutation is: in its datasets (or `at`), of its subjects or its records."""
    datasets = at or mutant.touched or [place.dataset for place in places]
    return [
        place
        for place in places
        if place.dataset in datasets
        and (place.row in (None, NEW) or not place.subject or place.subject in mutant.subjects or not mutant.subjects)
    ]
