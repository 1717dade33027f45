"""Checks what a spec's derivations refer to: forms, datasets and their variables, values that a condition asks for.

What a derivation's arguments themselves know to be wrong (`Arguments.faults`) is asked for here too, so that all of it
is found at once, each fault with its file and line, and one that an alias repeats once.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from specs.arguments import Arguments, Fault, KeyPath, Source, Use, nested, placed_conditions, placed_sources, uses
from specs.conditions import ALWAYS, Condition, every_comparison, words
from specs.definitions import definition_problems, study_mark
from specs.derivations.basic import Constant
from specs.errors import Problem
from specs.nodes import holder
from specs.registry import Bound
from specs.resolved import Dataset, Mark, Place, Slice, Spec
from specs.standard import standard

RESERVED = ("USUBJID", "STUDYID", "DOMAIN")


def check_references(spec: Spec) -> list[Problem]:
    """Every reference that leads nowhere, of derivations, of the design and of what define.xml says beside them."""
    found: dict[tuple[object, ...], Problem] = {}
    raw = spec.study.raw
    of_study = dict.fromkeys([*spec.study.trial.faults(), *(raw.faults() if raw else ())])
    for dataset in spec.datasets.values():
        checker = _Checker(spec, dataset, of_study)
        for part in dataset.slices.values():
            for mark, problem in checker.problems(part):
                # one place has a fault once, however many slices share it and however many aliases repeat it
                key = (mark.file, mark.path, problem.line, problem.message, problem.found)
                found.setdefault(key, problem)
    said = [_of_study(spec, fault) for fault in of_study]
    return [*said, *found.values(), *definition_problems(spec, spec.datasets.values())]


def _of_study(spec: Spec, fault: Fault) -> Problem:
    path = fault.study or ()
    return _problem(study_mark(spec, path), ".".join(map(str, path)), fault.message, fault.found, fault.known)


class _Checker:
    """The faults of a dataset's slices, each with the mark of the argument that it stands in.

    `of_study` takes those that derivations find in study.yaml.
    """

    def __init__(self, spec: Spec, dataset: Dataset, of_study: dict[Fault, None]) -> None:
        self._spec = spec
        self._dataset = dataset
        self._of_study = of_study
        self._found: list[tuple[Mark, Problem]] = []
        self._mark = dataset.mark
        self._where = ""

    def problems(self, part: Slice) -> list[tuple[Mark, Problem]]:
        self._found = []
        flat = part.bound.name == "from"  # its arguments stand in the slice itself
        self._where = f"{self._dataset.name}.{part.id}"
        self._bound(part.bound, part.mark if flat else part.mark.at(part.bound.name), part, "")
        for name, assignment in part.assignments.items():
            self._where = f"{self._dataset.name}.{name}"
            self._bound(assignment.bound, assignment.mark.at(assignment.bound.name), part, name)
        return self._found

    def _bound(self, bound: Bound, mark: Mark, part: Slice, variable: str) -> None:
        self._mark = mark
        for at, source in placed_sources(bound.arguments):
            self._table(source.from_, (*at, "from"))
        for use in uses(bound.arguments):
            self._use(use, part, variable)
        for at, source, condition in placed_conditions(bound.arguments):
            self._condition(at, source, condition, variable)
        place = Place(self._spec, self._dataset, part, variable)
        for at, arguments in nested(bound.arguments):
            for fault in arguments.faults(place) if isinstance(arguments, Arguments) else ():
                if fault.study is not None:
                    self._of_study[fault] = None
                else:
                    self._say((*at, *fault.at), fault.message, fault.found, fault.known)

    def _say(self, at: KeyPath, message: str, found: str, known: Iterable[str]) -> None:
        mark = self._mark.at(*at)
        self._found.append((mark, _problem(mark, self._where, message, found, known)))

    def _table(self, name: str, at: KeyPath) -> None:
        spec = self._spec
        forms = spec.study.raw.forms if spec.study.raw else {}
        if name.islower() or not name.isupper():
            if name not in forms:
                self._say(at, "no raw form of that name in study.yaml", name, forms)
        elif not self._is_dataset(name):
            self._say(at, "no dataset of that name", name, spec.datasets)

    def _is_dataset(self, name: str) -> bool:
        spec = self._spec
        return name in spec.datasets or name in spec.study.tabulations or name in standard(spec.study.standards.sdtm)

    def _use(self, use: Use, part: Slice, variable: str) -> None:
        if looked_up := self._spec.lookup(use.name):
            table, column = looked_up
            if table in self._spec.datasets:
                self._lookup(self._spec.datasets[table], column, use.at)
        elif self._names_a_dataset(use.name):
            self._say(use.at, "this study has no such dataset", use.name.split(".")[0], self._spec.datasets)
        elif use.source is not None:
            dataset = self._spec.datasets.get(use.source.from_)
            if dataset is not None:
                self._variable(dataset, use.name, use.at)
        elif variable and not self._is_own(part, use.name, variable):
            self._source_column(part, use)

    def _names_a_dataset(self, name: str) -> bool:
        """Whether a dotted name that leads nowhere was meant to lead to a dataset, not to a raw column."""
        prefix, dot, _ = name.partition(".")
        return bool(dot) and (prefix.startswith("AD") or prefix in standard(self._spec.study.standards.sdtm))

    def _is_own(self, part: Slice, name: str, variable: str) -> bool:
        """Whether the record itself has the column; what a variable derives from its own name is its source's."""
        held = None if name == variable else holder(self._dataset, part.id, name)
        return held is not None or name in part.bound.produces

    def _source_column(self, part: Slice, use: Use) -> None:
        """A column of the record that a record was made from: one of its sources must have it."""
        named = [source.from_ for _, source in placed_sources(part.bound.arguments)]
        tables = [self._spec.datasets.get(name) for name in dict.fromkeys(named)]
        known = {name: None for table in tables if table is not None for name in (*table.variables, *RESERVED)}
        if not tables or None in tables or use.name in known:
            return
        message = f"{' and '.join(dict.fromkeys(named))} has no such variable, of which slice {part.id} is made"
        near = difflib.get_close_matches(use.name, known, n=3)
        only = f"{use.name}: {{}} if only other slices have it"
        self._say(use.at, f"{message} (line {part.mark.line})", use.name, near or [only])

    def _lookup(self, dataset: Dataset, column: str, at: KeyPath) -> None:
        if not dataset.one_per_subject:
            message = f"{dataset.name}.{column} is by subject, but {dataset.name} has many records a subject"
            self._say(at, message, ", ".join(dataset.keys), ["a dataset keyed by USUBJID"])
        self._variable(dataset, column, at)

    def _variable(self, dataset: Dataset, name: str, at: KeyPath) -> None:
        if name not in dataset.variables and name not in RESERVED:
            self._say(at, f"{dataset.name} has no such variable", name, dataset.variables)

    def _condition(self, at: KeyPath, source: Source | None, condition: Condition, variable: str) -> None:
        """A condition that no record can meet, because the spec's own constants are others."""
        whole = True
        for comparison in every_comparison(condition):
            table, column = self._of_condition(source, comparison.variable)
            known = (
                self._values(table, column) if comparison.comparator in ("EQ", "IN") and column != variable else None
            )
            wrong = [value for value in comparison.values if known is not None and str(value) not in known]
            for value in wrong:
                message = f"no record of {table.name if table else ''} has this {column}"
                self._say((*at, comparison.variable), message, str(value), known or ())
            whole = whole and not wrong
        table = self._spec.datasets.get(source.from_) if source else None
        if whole and table is not None and table.slices and condition != ALWAYS and not table.matching(condition):
            self._say(at, f"no record of {table.name} can meet the condition", words(condition), ())

    def _of_condition(self, source: Source | None, name: str) -> tuple[Dataset | None, str]:
        """The dataset of the spec whose variable a condition names, and the variable."""
        if looked_up := self._spec.lookup(name):
            return self._spec.datasets.get(looked_up[0]), looked_up[1]
        return (self._spec.datasets.get(source.from_) if source else self._dataset), name

    def _values(self, dataset: Dataset | None, name: str) -> list[str] | None:
        """The values of a variable where every slice that has it says a constant; None where they are not known."""
        if dataset is None or dataset.name in self._spec.study.tabulations:
            return None
        made = [part.assignments[name].bound.arguments for part in dataset.slices.values() if name in part.assignments]
        constants = [one for one in made if isinstance(one, Constant)]
        return (
            list(dict.fromkeys(str(one.value) for one in constants)) if made and len(made) == len(constants) else None
        )


def _problem(mark: Mark, where: str, message: str, found: str, known: Iterable[str]) -> Problem:
    names = list(known)
    near = difflib.get_close_matches(found, names, n=3)
    return Problem(mark.file, mark.line, where, message, found, ", ".join(near or names))
