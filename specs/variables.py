"""The variables of a dataset: what the standard knows of each, what the study adds, and their order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from specs.models import Attributes, DatasetFile, StudyFile
from specs.resolved import Assignment, Engine, Slice, Storage, Variable
from specs.standard import DatasetStandard, VariableStandard, adam_variable, standard
from specs.timing import with_timing

_TEXT_TYPES = {
    "text", "time", "partialDate", "partialTime", "partialDatetime", "incompleteDatetime", "durationDatetime",
}  # fmt: skip
_DATE = re.compile(r"[A-Z0-9]*DT\Z")
_DATETIME = re.compile(r"[A-Z0-9]*DTM\Z")


def standard_of(file: DatasetFile, engine: Engine, study: StudyFile) -> DatasetStandard | None:
    """The standard's facts of a dataset; None where it is the study's own."""
    if engine == "sdtm":
        known = standard(study.standards.sdtm)
        return with_timing(known.dataset(file.dataset)) if file.dataset in known else None
    known = standard(study.standards.adam)
    return known.dataset(file.standard or ("ADSL" if file.dataset == "ADSL" else "BDS"))


def variables_of(
    order: Iterable[str],
    declared: Mapping[str, Attributes],
    slices: Mapping[str, Slice],
    common: Mapping[str, Assignment],
    facts: DatasetStandard | None,
    engine: Engine,
    problem: Callable[..., None],
    complete: bool = True,
) -> dict[str, Variable]:
    """Every variable of the dataset in its final order; `complete` says that all slices could be read."""
    names = list(dict.fromkeys([*order, *(n for part in slices.values() for n in part.assignments)]))
    found: dict[str, Variable] = {}
    for position, name in enumerate(names):
        known = _known(name, facts, engine)
        merged = _merged(name, declared, slices)
        place = ("variables", name)
        if not (known and known.label) and merged.label is None:
            problem(place, "a variable for which the standard has no label needs one", name)
        if known is None and merged.type is None:
            problem(place, "a variable that the standard doesn't know needs a type", name)
        if complete and not any(name in part.assignments for part in slices.values()):
            problem(place, "no slice derives the variable", name)
        found[name] = _variable(name, known, merged, position, _over(name, slices, common))
    return _in_order(found, facts, engine)


def _known(name: str, facts: DatasetStandard | None, engine: Engine) -> VariableStandard | None:
    if facts is None:
        return None
    return facts.variables.get(name) if engine == "sdtm" else adam_variable(facts.name, name)


def _merged(name: str, declared: Mapping[str, Attributes], slices: Mapping[str, Slice]) -> Attributes:
    """What the dataset's level says of a variable; where it says nothing, what its slices agree on.

    A label and a type are the variable's own, so the first slice that gives one gives it for all; of the rest
    (codelist, origin, length …) slices may say different things, which is value-level metadata.
    """
    own = declared[name].model_dump(exclude_unset=True) if name in declared else {}
    said = [part.assignments[name].attributes for part in slices.values() if name in part.assignments]
    listed = [attributes.model_dump(exclude_unset=True) for attributes in said]
    merged: dict[str, Any] = {}
    for key in Attributes.model_fields:
        values = [entry[key] for entry in listed if key in entry]
        agreed = len(values) == len(listed) and all(value == values[0] for value in values)
        if values and (agreed or key in ("label", "type", "supp")):
            merged[key] = values[0]
    return Attributes.model_validate(merged | own)


def _over(name: str, slices: Mapping[str, Slice], common: Mapping[str, Assignment]) -> Literal["rows", "dataset"]:
    """A derivation across records, given for the whole dataset, runs once over all of its slices."""
    mine = common.get(name)
    if mine is None or mine.bound.definition.over != "dataset":
        return "rows"
    same = all(part.assignments.get(name) is mine for part in slices.values())
    return "dataset" if same else "rows"


def _variable(
    name: str,
    known: VariableStandard | None,
    attributes: Attributes,
    position: int,
    over: Literal["rows", "dataset"],
) -> Variable:
    codelists = known.codelists if known else ()
    return Variable(
        name=name,
        label=attributes.label or (known.label if known else "") or name,
        storage=_storage(name, known, attributes),
        attributes=attributes,
        core=attributes.core or (known.core if known else None),
        role=attributes.role or (known.role if known else None),
        codelist=attributes.codelist or (codelists[0] if len(codelists) == 1 else None),
        standard=known is not None,
        order=position,
        over=over,
    )


def _storage(name: str, known: VariableStandard | None, attributes: Attributes) -> Storage:
    if attributes.type in _TEXT_TYPES:
        return "text"
    if attributes.type in ("date", "datetime"):
        numeric = known is None or known.type == "Num"
        return attributes.type if numeric else "text"
    if attributes.type is None and known is not None and known.type == "Char":
        return "text"
    if attributes.type is None and known is not None and _DATETIME.match(name):
        return "datetime"
    if attributes.type is None and known is not None and _DATE.match(name):
        return "date"
    return "number"


def _in_order(found: Mapping[str, Variable], facts: DatasetStandard | None, engine: Engine) -> dict[str, Variable]:
    """SDTM: the standard's order, then the study's own; ADaM: as the spec has them."""
    if engine == "adam" or facts is None:
        return dict(found)
    ranks = {name: known.order for name, known in facts.variables.items()}
    names = sorted(found, key=lambda name: (ranks.get(name, len(ranks) + 1), found[name].order))
    return {name: found[name] for name in names}
