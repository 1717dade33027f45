"""Checks what a spec's derivations refer to: forms, datasets and their variables."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from specs.arguments import Source, Use, sources, uses
from specs.definitions import definition_problems
from specs.errors import Problem
from specs.nodes import holder
from specs.registry import Bound
from specs.resolved import Dataset, Mark, Slice, Spec
from specs.standard import standard

RESERVED = ("USUBJID", "STUDYID", "DOMAIN")


def check_references(spec: Spec) -> list[Problem]:
    """Every reference that leads nowhere, of derivations and of what define.xml says beside them."""
    found = [problem for dataset in spec.datasets.values() for problem in _Checker(spec, dataset).problems()]
    return [*found, *definition_problems(spec, spec.datasets.values())]


class _Checker:
    def __init__(self, spec: Spec, dataset: Dataset) -> None:
        self._spec = spec
        self._dataset = dataset

    def problems(self) -> Iterator[Problem]:
        seen: set[int] = set()
        for part in self._dataset.slices.values():
            yield from self._bound(part.bound, part.mark, part, part.id, records=True)
            for name, assignment in part.assignments.items():
                if id(assignment) not in seen or not self._is_from_form(part):
                    seen.add(id(assignment))
                    yield from self._bound(assignment.bound, assignment.mark, part, name)

    def _is_from_form(self, part: Slice) -> bool:
        return any(source.from_.islower() for source in sources(part.bound.arguments))

    def _bound(self, bound: Bound, mark: Mark, part: Slice, place: str, records: bool = False) -> Iterator[Problem]:
        where = f"{self._dataset.name}.{place}"
        for source in sources(bound.arguments):
            yield from self._table(source.from_, mark, where)
        for use in uses(bound.arguments):
            yield from self._use(use, mark, where, None if records else part)

    def _table(self, name: str, mark: Mark, where: str) -> Iterator[Problem]:
        spec = self._spec
        forms = spec.study.raw.forms if spec.study.raw else {}
        if name.islower() or not name.isupper():
            if name not in forms:
                yield _problem(mark, where, "no raw form of that name in study.yaml", name, forms)
        elif not self._is_dataset(name):
            yield _problem(mark, where, "no dataset of that name", name, spec.datasets)

    def _is_dataset(self, name: str) -> bool:
        spec = self._spec
        return name in spec.datasets or name in spec.study.tabulations or name in standard(spec.study.standards.sdtm)

    def _use(self, use: Use, mark: Mark, where: str, part: Slice | None) -> Iterator[Problem]:
        if looked_up := self._spec.lookup(use.name):
            table, column = looked_up
            if table in self._spec.datasets:
                yield from self._lookup(self._spec.datasets[table], column, mark, where)
        elif self._names_a_dataset(use.name):
            yield _problem(mark, where, "this study has no such dataset", use.name.split(".")[0], self._spec.datasets)
        elif use.source is not None:
            yield from self._source_column(use.source, use.name, mark, where)
        elif part is not None and not self._is_own(part, use.name):
            for source in sources(part.bound.arguments):
                yield from self._source_column(source, use.name, mark, where)

    def _names_a_dataset(self, name: str) -> bool:
        """Whether a dotted name that leads nowhere was meant to lead to a dataset, not to a raw column."""
        prefix, dot, _ = name.partition(".")
        return bool(dot) and (prefix.startswith("AD") or prefix in standard(self._spec.study.standards.sdtm))

    def _is_own(self, part: Slice, name: str) -> bool:
        """Whether the record itself has the column, so that it isn't looked for in the source."""
        return holder(self._dataset, part.id, name) is not None or name in part.bound.produces

    def _lookup(self, dataset: Dataset, column: str, mark: Mark, where: str) -> Iterator[Problem]:
        if not dataset.one_per_subject:
            message = f"{dataset.name}.{column} is by subject, but {dataset.name} has many records a subject"
            yield _problem(mark, where, message, ", ".join(dataset.keys), ["a dataset keyed by USUBJID"])
        yield from self._variable(dataset, column, mark, where)

    def _source_column(self, source: Source, name: str, mark: Mark, where: str) -> Iterator[Problem]:
        dataset = self._spec.datasets.get(source.from_)
        if dataset is not None:
            yield from self._variable(dataset, name, mark, where)

    def _variable(self, dataset: Dataset, name: str, mark: Mark, where: str) -> Iterator[Problem]:
        if name not in dataset.variables and name not in RESERVED:
            message = f"{dataset.name} has no such variable"
            yield _problem(mark, where, message, name, dataset.variables)


def _problem(mark: Mark, where: str, message: str, found: str, known: Iterable[str]) -> Problem:
    names = list(known)
    near = difflib.get_close_matches(found, names, n=3)
    return Problem(mark.file, mark.line, where, message, found, ", ".join(near or names))
