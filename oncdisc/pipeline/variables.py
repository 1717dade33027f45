"""Lineage at variable level: how each variable is derived and what it reads, as JSON beside the record level.

A read is `[kind, table, column, slices, role]`: `slices` are those of the table that the condition allows, none if all;
`role` is the argument of the rule that the records stand in, which the record level's rules begin with. The kinds:

    own      another variable of the record; the empty name is the record itself, with what its rule produces
    source   a column of the record's source record (the links of rule `record`)
    rows     a column of the records that the rule looks at (links of a record's rules)
    values   a column of the records that a variable's rule looks at (links of the variable's name)
    subject  the value of the subject in a table with one record each
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel

from specs.arguments import Source, Use, sources, uses
from specs.models import RawForm
from specs.nodes import ROWS, holder
from specs.registry import Bound
from specs.resolved import Dataset, Mark, Slice, Spec

Read = tuple[str, str, str, tuple[str, ...], str]


def variable_lineage(spec: Spec, names: Iterable[str]) -> dict[str, Any]:
    """The datasets that were built with the derivations of their variables, and the forms they come from."""
    forms = spec.study.raw.forms if spec.study.raw else {}
    return {
        "study": spec.study.study,
        "title": spec.study.title,
        "forms": {name: {"label": form.label, "record": record_columns(form)} for name, form in forms.items()},
        "datasets": {name: _dataset(spec, spec.datasets[name]) for name in names},
    }


def record_columns(form: RawForm) -> list[str]:
    """The columns that name a record of a form for people."""
    return list(dict.fromkeys([*([form.record] if form.record else []), *form.key]))


def _dataset(spec: Spec, dataset: Dataset) -> dict[str, Any]:
    return {
        "label": dataset.label,
        "engine": dataset.engine,
        "keys": list(dataset.keys),
        "one per subject": dataset.one_per_subject,
        "labels": {name: variable.label for name, variable in dataset.variables.items()},
        "slices": {part.id: dict(part.constants) for part in dataset.slices.values()},
        "derivations": _derivations(spec, dataset),
    }


def _derivations(spec: Spec, dataset: Dataset) -> list[dict[str, Any]]:
    """Each derivation once, with the slices that it serves alike."""
    found: dict[tuple[object, ...], dict[str, Any]] = {}
    for part in dataset.slices.values():
        for variable, bound, mark, method in _bounds(part):
            reads = _rows(spec, part) if variable == ROWS else tuple(_reads(spec, dataset, part, variable, bound))
            sentence = method or bound.sentence()
            key = (variable, bound.name, sentence, str(mark), reads)
            entry = found.setdefault(key, _entry(variable, bound.name, sentence, mark, reads))
            entry["slices"].append(part.id)
    return list(found.values())


def _entry(variable: str, name: str, sentence: str, mark: Mark, reads: tuple[Read, ...]) -> dict[str, Any]:
    return {
        "variable": variable,
        "slices": [],
        "derivation": name,
        "sentence": sentence,
        "spec": str(mark),
        "reads": [list(read) for read in reads],
    }


def _bounds(part: Slice) -> Iterator[tuple[str, Bound, Mark, str | None]]:
    yield ROWS, part.bound, part.mark, None
    for name, assignment in part.assignments.items():
        yield name, assignment.bound, assignment.mark, assignment.attributes.method


def _rows(spec: Spec, part: Slice) -> tuple[Read, ...]:
    """What makes a slice's records: the columns of its sources, and values of the subject."""
    found: dict[Read, None] = {}
    roles = _roles(part.bound)
    for source in sources(part.bound.arguments):
        found["rows", source.from_, "", _slices(spec, source), roles.get(id(source), "")] = None
    for use in uses(part.bound.arguments):
        if looked_up := spec.lookup(use.name):
            found["subject", looked_up[0], looked_up[1], (), ""] = None
        elif use.source is not None:
            role = roles.get(id(use.source), "")
            found["rows", use.source.from_, use.name, _slices(spec, use.source), role] = None
    return tuple(found)


def _roles(bound: Bound) -> dict[int, str]:
    """The argument that each source of a rule stands in, by the source's identity."""
    found: dict[int, str] = {}
    for name in type(bound.arguments).model_fields:
        value = getattr(bound.arguments, name)
        for part in value if isinstance(value, list) else [value]:  # pyright: ignore[reportUnknownVariableType]
            if isinstance(part, BaseModel):
                found.update((id(source), name) for source in sources(part))
    return found


def _slices(spec: Spec, source: Source) -> tuple[str, ...]:
    dataset = spec.datasets.get(source.from_)
    matching = dataset.matching(source.where) if dataset else ()
    return () if dataset is None or len(matching) == len(dataset.slices) else matching


def _reads(spec: Spec, dataset: Dataset, part: Slice, variable: str, bound: Bound) -> Iterator[Read]:
    found: dict[Read, None] = {}
    for source in sources(bound.arguments):
        found["values", source.from_, "", _slices(spec, source), ""] = None
    for use in uses(bound.arguments):
        found.update(dict.fromkeys(_of_use(spec, dataset, part, variable, use)))
    yield from found


def _of_use(spec: Spec, dataset: Dataset, part: Slice, variable: str, use: Use) -> Iterator[Read]:
    if looked_up := spec.lookup(use.name):
        yield ("subject", *looked_up, (), "")
    elif use.source is not None:
        yield ("values", use.source.from_, use.name, _slices(spec, use.source), "")
    elif use.name != variable and holder(dataset, part.id, use.name) is not None:
        yield ("own", dataset.name, use.name, (), "")
    elif use.name in part.bound.produces:
        yield ("own", dataset.name, ROWS, (), "")
    else:
        for source in sources(part.bound.arguments):
            yield ("source", source.from_, use.name, _slices(spec, source), "")
