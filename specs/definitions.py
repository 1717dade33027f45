"""Checks what a spec says beside its derivations: codelists, pages of documents, described where clauses.

All of it ends up in define.xml, so all of it is held to what is there, each fault with its file and line.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from specs import conditions
from specs._yaml import Document, KeyPath, load_document
from specs.derivations.basic import Constant
from specs.derivations.described import Described
from specs.errors import Problem
from specs.models import Attributes
from specs.resolved import Assignment, Dataset, Mark, Spec
from specs.schema import terms
from specs.standard import terminology

STUDY = "study.yaml"
ANNOTATED_CRF = "acrf"
"""The name of the annotated CRF among the study's documents."""


def definition_problems(spec: Spec, datasets: Iterable[Dataset]) -> tuple[Problem, ...]:
    """Codelists, documents and variables that are named and nowhere defined, constants outside their codelist."""
    known = {*spec.study.codelists, *terminology(spec.study.standards.ct).codelists}
    found = [*_extended(spec, known)]
    for dataset in datasets:
        for part in dataset.slices.values():
            for name, assignment in part.assignments.items():
                found += _of(spec, dataset, name, assignment, known)
    return tuple(dict.fromkeys(found))


def _extended(spec: Spec, known: set[str]) -> Iterator[Problem]:
    package = terminology(spec.study.standards.ct)
    for name, codelist in spec.study.codelists.items():
        if codelist.extends and codelist.extends not in package:
            mark = study_mark(spec, ("codelists", name, "extends"))
            yield _unknown(mark, f"codelists.{name}.extends", codelist.extends, known)


def study_mark(spec: Spec, path: KeyPath) -> Mark:
    """A place in study.yaml; of a study that is in no file its beginning."""
    file = spec.folder / STUDY
    document = load_document(file) if file.is_file() else Document(STUDY, {})
    path = document.origin(path)
    return Mark(STUDY, document.line(path), document, path)


def _of(spec: Spec, dataset: Dataset, name: str, assignment: Assignment, known: set[str]) -> Iterator[Problem]:
    mark, place = assignment.mark, f"{dataset.name}.{name}"
    arguments = assignment.bound.arguments
    values = arguments.values if isinstance(arguments, Described) else []
    for said in (assignment.attributes, dataset.variables[name].attributes, *values):
        yield from _names(spec, said, mark, place, known)
    for value in values:
        yield from _where(spec, dataset, conditions.variables(conditions.parse(value.where)), mark, place)
    codelist = assignment.attributes.codelist or dataset.variables[name].codelist
    if isinstance(arguments, Constant) and isinstance(arguments.value, str):
        allowed = terms(spec, codelist)
        if allowed is not None and arguments.value not in allowed:
            near = difflib.get_close_matches(arguments.value, sorted(allowed), n=3)
            message = f"not a term of the codelist {codelist}, which can't be extended"
            yield Problem(mark.file, mark.line, place, message, arguments.value, ", ".join(near))


def _names(spec: Spec, said: Attributes, mark: Mark, place: str, known: set[str]) -> Iterator[Problem]:
    if said.codelist and said.codelist not in known and said.codelist not in terminology(spec.study.standards.ct):
        yield _unknown(mark, place, said.codelist, known)
    if said.pages and ANNOTATED_CRF not in spec.study.documents:
        message = "pages of a document that study.yaml does not have"
        yield Problem(mark.file, mark.line, place, message, said.pages, f"{ANNOTATED_CRF} among its documents")


def _where(spec: Spec, dataset: Dataset, names: Iterable[str], mark: Mark, place: str) -> Iterator[Problem]:
    for name in names:
        table, dot, variable = name.partition(".")
        home = spec.datasets.get(table) if dot else dataset
        wanted = variable if dot else name
        if home is None or wanted not in home.variables:
            near = difflib.get_close_matches(wanted, sorted(home.variables if home else spec.datasets), n=3)
            message = "a where clause names a variable that is not there"
            yield Problem(mark.file, mark.line, place, message, name, ", ".join(near))


def _unknown(mark: Mark, place: str, name: str, known: set[str]) -> Problem:
    near = difflib.get_close_matches(name, sorted(known), n=3)
    expected = ", ".join(near) or "a codelist of study.yaml or of the terminology"
    return Problem(mark.file, mark.line, place, "no codelist of that name", name, expected)
