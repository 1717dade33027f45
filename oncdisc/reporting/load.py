"""Reads a study's `results.yaml` and holds it to the study's datasets; all problems are raised together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ValidationError

from oncdisc.reporting.declaration import SUBJECTS, Agreement, Declaration, Records
from specs import _yaml
from specs.conditions import ALWAYS, Condition, variables
from specs.errors import Problem, SpecError
from specs.resolved import Spec
from specs.validation import validation_problems

FILE = "results.yaml"
_OF_SUBJECTS = {"Population": ("arm",), "Subgroup": ("by",), "TimeToEvent": ("strata",), "Timeline": ("start", "end")}
_OF_RECORDS = ("by", "variable", "value", "day", "date", "start", "end", "label", "detail")
_WORDS = ("Count", "Item", "Source")  # their label is words, not a variable
_VARIABLE = re.compile("[A-Z][A-Z0-9]{1,7}")

Path_ = tuple[str | int, ...]


def load_declaration(spec: Spec) -> Declaration | None:
    """The study's results; None if it declares none. Raises SpecError with every problem and its line."""
    path = spec.folder / FILE
    if not path.is_file():
        return None
    return read_declaration(path, spec)


def read_declaration(path: Path, spec: Spec) -> Declaration:
    """One file of results, held to a spec. Raises SpecError."""
    document = _yaml.load_document(path)
    try:
        declaration = Declaration.model_validate(document.data)
    except ValidationError as error:
        raise SpecError(validation_problems(error, document, ())) from error
    problems = [
        Problem(document.file, document.line(place), ".".join(map(str, place)), message, found, expected)
        for place, message, found, expected in _faults(declaration, spec)
    ]
    if problems:
        raise SpecError(problems)
    return declaration


Fault = tuple[Path_, str, str, str]


def _faults(declaration: Declaration, spec: Spec) -> Iterator[Fault]:
    known = ", ".join(declaration.populations)
    for name, result in declaration.results.items():
        if result.population not in declaration.populations:
            yield ("results", name, "population"), "no such population", result.population, known
        if result.swimmer and declaration.timeline is None:
            yield ("results", name, "swimmer"), "a swimmer plot needs the timeline", "", "timeline:"
    timeline = declaration.timeline
    if timeline and timeline.population not in declaration.populations:
        yield ("timeline", "population"), "no such population", timeline.population, known
    yield from _walk(declaration, spec, ())


def _walk(entry: object, spec: Spec, place: Path_) -> Iterator[Fault]:
    """Every column and dataset that the entries name."""
    if isinstance(entry, dict):
        for key, value in entry.items():
            yield from _walk(value, spec, (*place, str(key)))
    elif isinstance(entry, list):
        for number, value in enumerate(entry):
            yield from _walk(value, spec, (*place, number))
    elif isinstance(entry, BaseModel):
        yield from _named(entry, spec, place)
        for field, info in type(entry).model_fields.items():
            yield from _walk(getattr(entry, field), spec, (*place, info.alias or field))


def _named(entry: BaseModel, spec: Spec, place: Path_) -> Iterator[Fault]:
    kind = type(entry).__name__
    for field in _OF_SUBJECTS.get(kind, ()):
        yield from _columns(getattr(entry, field), SUBJECTS, spec, (*place, field))
    if kind == "Timeline":
        yield from _columns([*entry.facts.values()], SUBJECTS, spec, (*place, "facts"))  # type: ignore[attr-defined]
    if kind == "Population":
        yield from _condition(entry.where, SUBJECTS, spec, (*place, "where"))  # type: ignore[attr-defined]
    if isinstance(entry, Agreement):
        for side in (entry.rows, entry.columns):
            yield from _columns(entry.by, side.from_, spec, (*place, "by"))
    if not isinstance(entry, Records):
        return
    if entry.from_ not in spec.datasets or spec.datasets[entry.from_].engine != "adam":
        expected = ", ".join(dataset.name for dataset in spec.of("adam")) or "none in this study"
        yield (*place, "from"), "no such analysis dataset", entry.from_, expected
        return
    yield from _condition(entry.where, entry.from_, spec, (*place, "where"))
    for field in _OF_RECORDS:
        value = getattr(entry, field, None)
        if value and not (field == "label" and (kind in _WORDS or not _VARIABLE.fullmatch(value))):
            yield from _columns(value, entry.from_, spec, (*place, field))


def _condition(where: Condition, dataset: str, spec: Spec, place: Path_) -> Iterator[Fault]:
    yield from _columns(list(variables(where)), dataset, spec, place)
    found = spec.datasets.get(dataset)
    if found and where != ALWAYS and not found.matching(where):
        yield place, f"no records of {dataset} can meet this", "", f"one of {', '.join(found.slices)}"


def _columns(names: str | list[str] | None, dataset: str, spec: Spec, place: Path_) -> Iterator[Fault]:
    listed = [names] if isinstance(names, str) else names or []
    found = spec.datasets.get(dataset)
    has = {"STUDYID", "USUBJID", *(found.variables if found else ())}
    for name in listed:
        if name and name not in has:
            message = f"{dataset} has no such variable" if found else f"the study has no {dataset}"
            yield place, message, name, "one that its spec defines"
