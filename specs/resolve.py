"""Turns one dataset file into a resolved dataset: slices with their derivations, variables with their facts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, cast

from pydantic import ValidationError

from specs import registry
from specs._yaml import Document, KeyPath
from specs.conditions import AllOf
from specs.errors import Problem
from specs.long_text import with_pieces
from specs.models import Attributes, DatasetFile, StudyFile
from specs.registry import Bound, Kind
from specs.resolved import Assignment, Dataset, Engine, Mark, Slice, Variable
from specs.signatures import failing
from specs.standard import DatasetStandard
from specs.validation import validation_problems
from specs.variables import standard_of, variables_of

_CONSTANT = re.compile(r"[A-Z][A-Z0-9]{0,7}")
_SLICE_KEYS = ("id", "variables", "unpivot", "comment")
_ATTRIBUTES = tuple(alias for name, info in Attributes.model_fields.items() for alias in {name, info.alias or name})


@dataclass
class Context:
    """Where a dataset file stands, and where its problems go."""

    study: StudyFile
    engine: Engine
    document: Document
    problems: list[Problem]

    def mark(self, path: KeyPath) -> Mark:
        return Mark(self.document.file, self.document.line(path), self.document, path)

    def problem(self, path: KeyPath, message: str, found: str = "", expected: str = "") -> None:
        # what an alias repeats is one fault, at its anchor; the key before it stands at its own line
        path = (*self.document.origin(path[:-1]), *path[-1:])
        place = ".".join(map(str, path)) or "file"
        self.problems.append(Problem(self.document.file, self.document.line(path), place, message, found, expected))


Assignments = dict[str, Assignment]
Declared = dict[str, Attributes]


@dataclass(frozen=True)
class _Common:
    """What all slices of a dataset share: derivations, and the variables that are declared, with their places."""

    assignments: Assignments
    declared: Declared
    context: Context

    def of(self, bound: Bound, own: Declared, own_path: KeyPath) -> Assignments:
        """The derivations of a slice before its own: a declared variable takes what the records derivation fills."""
        implicit = [name for name in self.assignments if name not in self.declared]
        found: Assignments = {}
        for name in dict.fromkeys([*implicit, *self.declared, *own]):
            if name in self.assignments:
                found[name] = self.assignments[name]
            elif name in bound.produces:
                attributes = own[name] if name in own else self.declared[name]
                place = (*own_path, name) if name in own else ("variables", name)
                found[name] = Assignment(_copy(name), attributes, self.context.mark(place))
        return found


def _copy(name: str) -> Bound:
    definition = registry.find("variable", "copy")
    if definition is None:
        raise LookupError("the word copy is not registered")
    return definition.bind(name)


def resolve_dataset(file: DatasetFile, context: Context) -> Dataset:
    """One dataset, resolved; problems go to the context."""
    facts = standard_of(file, context.engine, context.study)
    before = len(context.problems)
    common, declared = _variables(file.variables, ("variables",), context)
    implicit = _implicit(file, facts, context)
    shared = {**{name: a for name, a in implicit.items() if name not in common}, **common}
    slices = _all_slices(file, _Common(shared, declared, context), context)
    if not file.label and not (facts and facts.label):
        context.problem(("dataset",), "a dataset for which the standard has no label needs one", file.dataset)
    whole = len(context.problems) == before  # what a derivation that can't be read leaves out is no news
    if not slices and whole:
        context.problem((), "a dataset needs records or parameters")
    order = [*implicit, *(name for name in file.variables if name not in implicit)]
    slices, facts = with_pieces(slices, declared, facts, context.engine, context.problem)
    variables = variables_of(order, declared, slices, common, facts, context.engine, context.problem, whole)
    keys = _keys(file, facts, variables, whole, context)
    if context.engine == "adam":
        # a required variable of ADaM has to be there; unless it is a key it may be blank (ADaMIG 1.3, 3.1)
        variables = {name: replace(known, nullable=name not in keys) for name, known in variables.items()}
    return _dataset(file, facts, keys, slices, variables, context)


def _all_slices(file: DatasetFile, base: _Common, context: Context) -> dict[str, Slice]:
    slices: dict[str, Slice] = {}
    kind = "parameters" if file.parameters else "records"
    for number, entry in enumerate(getattr(file, kind)):
        for part in _slices(entry, (kind, number), base, context):
            slices[_unique(part.id, slices)] = part
    return slices


def _keys(
    file: DatasetFile, facts: DatasetStandard | None, variables: Mapping[str, Variable], whole: bool, context: Context
) -> tuple[str, ...]:
    """The file's keys, else the standard's for a full dataset: what the study doesn't derive can't be one of them."""
    for name in [*(file.keys or ()), *(file.order or ())]:
        if whole and name not in variables:
            context.problem(("keys",), "a key that the dataset doesn't derive", name, ", ".join(variables))
    return tuple(file.keys or [name for name in (facts.keys if facts else ()) if name in variables])


def _dataset(
    file: DatasetFile,
    facts: DatasetStandard | None,
    keys: tuple[str, ...],
    slices: Mapping[str, Slice],
    variables: Mapping[str, Variable],
    context: Context,
) -> Dataset:
    return Dataset(
        name=file.dataset,
        engine=context.engine,
        label=file.label or (facts.label if facts else ""),
        class_=file.class_ or (facts.class_ if facts else ""),
        subclass=file.subclass or (facts.subclass if facts else None),
        structure=file.structure or (facts.structure if facts else ""),
        keys=keys,
        order=tuple(file.order or keys),
        scope=file.scope,
        slices={name: _renamed(part, name) for name, part in slices.items()},
        variables=variables,
        mark=context.mark(("dataset",)),
        standard=file.standard,
        comment=file.comment,
    )


def _unique(name: str, known: Mapping[str, Slice]) -> str:
    number, result = 2, name
    while result in known:
        result, number = f"{name}.{number}", number + 1
    return result


def _renamed(part: Slice, name: str) -> Slice:
    return Slice(name, part.bound, part.constants, part.assignments, part.mark, part.comment)


def _implicit(file: DatasetFile, facts: DatasetStandard | None, context: Context) -> Assignments:
    """STUDYID, DOMAIN and USUBJID, which come by themselves."""
    entries: dict[str, Any] = {"STUDYID": {"constant": context.study.study, "origin": "Protocol"}}
    if context.engine == "sdtm" and (facts is None or "DOMAIN" in facts.variables):
        entries["DOMAIN"] = {"constant": file.dataset, "origin": "Assigned"}
    if file.scope != "study":
        entries["USUBJID"] = {"subject": {}}
    return _variables(entries, ("dataset",), context)[0]


def _slices(entry: Mapping[str, Any], path: KeyPath, base: _Common, context: Context) -> list[Slice]:
    constants = {key: value for key, value in entry.items() if _CONSTANT.fullmatch(key)}
    own, said = _variables(entry.get("variables") or {}, (*path, "variables"), context)
    fixed = _constants(constants, path, context)
    bound = _records(entry, path, context)
    if bound is None:
        return []
    shared = {**base.of(bound, said, (*path, "variables")), **fixed, **own}
    name = str(entry.get("id") or constants.get("PARAMCD") or getattr(bound.arguments, "from_", None) or bound.name)
    mark, comment = context.mark(path), entry.get("comment")
    unpivot = entry.get("unpivot")
    if not unpivot:
        return [Slice(name, bound, constants, shared, mark, comment)]
    return _unpivot(unpivot, Slice(name, bound, constants, shared, mark, comment), (*path, "unpivot"), context)


def _unpivot(unpivot: Any, whole: Slice, path: KeyPath, context: Context) -> list[Slice]:
    """A slice for each item of a wide record: `{key: VSTESTCD, items: {SYSBP: {VSORRES: ...}}}`."""
    if not isinstance(unpivot, dict) or set(cast("dict[str, Any]", unpivot)) != {"key", "items"}:
        context.problem(path, "unpivot needs a key variable and items", expected="{key: VSTESTCD, items: {...}}")
        return []
    parts = cast("dict[str, Any]", unpivot)
    result: list[Slice] = []
    for term, entry in parts["items"].items():
        place = (*path, "items", term)
        constants = {**whole.constants, parts["key"]: term}
        own, _ = _variables({k: v for k, v in entry.items() if k != "where"}, place, context)
        fixed = _constants({parts["key"]: term}, place, context)
        bound = _narrowed(whole.bound, entry.get("where"), place, context)
        assignments = {**whole.assignments, **fixed, **own}
        result.append(Slice(str(term), bound, constants, assignments, context.mark(place)))
    return result


def _narrowed(bound: Bound, where: Any, path: KeyPath, context: Context) -> Bound:
    """The slice's records derivation with an item's own condition added."""
    if where is None:
        return bound
    raw = {"from": getattr(bound.arguments, "from_", ""), "where": {"all": [where]}}
    narrowed = _bind("records", "from", raw, path, context)
    if narrowed is None:
        return bound
    both = AllOf((getattr(bound.arguments, "where"), getattr(narrowed.arguments, "where")))  # noqa: B009
    return Bound(bound.definition, bound.arguments.model_copy(update={"where": both}))


def _constants(constants: Mapping[str, Any], path: KeyPath, context: Context) -> Assignments:
    entries = {name: {"constant": value} for name, value in constants.items()}
    found, _ = _variables(entries, path, context)
    return found


def _records(entry: Mapping[str, Any], path: KeyPath, context: Context) -> Bound | None:
    rest = {k: v for k, v in entry.items() if k not in _SLICE_KEYS and not _CONSTANT.fullmatch(k)}
    if "from" in rest:
        return _bind("records", "from", rest, path, context)
    if len(rest) != 1:
        names = ", ".join(rest) or "none"
        context.problem(path, "a slice needs one records derivation", names, "`from` or another")
        return None
    name, raw = next(iter(rest.items()))
    return _bind("records", name, raw, (*path, name), context)


def _variables(entries: Mapping[str, Any], path: KeyPath, context: Context) -> tuple[Assignments, Declared]:
    """The derivation and the attributes of each variable; an entry may have attributes alone."""
    assignments: Assignments = {}
    declared: Declared = {}
    for name, entry in entries.items():
        place = (*path, name)
        if entry is not None and not isinstance(entry, Mapping):
            context.problem(place, "a variable is a mapping of one derivation", repr(entry), "{copy: COLUMN}")
            continue
        parts = dict(cast("Mapping[str, Any]", entry or {}))
        named = {key: parts.pop(key) for key in list(parts) if key in _ATTRIBUTES}
        declared[name] = _attributes(named, place, context)
        if len(parts) > 1:
            context.problem(place, "a variable has one derivation", ", ".join(parts))
        elif parts:
            key, raw = next(iter(parts.items()))
            bound = _bind("variable", key, raw, (*place, key), context)
            if bound:
                assignments[name] = Assignment(bound, declared[name], context.mark(place))
    return assignments, declared


def _attributes(raw: Mapping[str, Any], path: KeyPath, context: Context) -> Attributes:
    try:
        return Attributes.model_validate(raw)
    except ValidationError as error:
        context.problems.extend(validation_problems(error, context.document, path))
        return Attributes.model_construct()


def _bind(kind: Kind, name: str, raw: Any, path: KeyPath, context: Context) -> Bound | None:
    definition = registry.find(kind, name)
    if definition is None:
        context.problem(path, f"no {kind} derivation of that name", name, _near(kind, name))
        return None
    try:
        bound = definition.bind(raw)
        if definition.of_study:
            _check_sentence(bound)
        return bound
    except ValidationError as error:
        nested = path if isinstance(raw, Mapping) else path[:-1]
        context.problems.extend(validation_problems(error, context.document, nested))
    except Exception as error:
        if not definition.of_study:
            raise
        file, line = failing(definition.function, error)
        message = f"can't be used as at {context.mark(path)}"
        found = f"{type(error).__name__}: {error}"
        context.problems.append(Problem(file, line, f"derivation {name}", message, found))
    return None


def _near(kind: Kind, name: str) -> str:
    """The words that a name may have been meant to be, and where all of them are listed."""
    keys = _ATTRIBUTES if kind == "variable" else _SLICE_KEYS
    near = get_close_matches(name, [*(d.name for d in registry.definitions(kind)), *keys], n=3)
    return f"{', '.join(near) or 'one of the words'} (`oncdisc spec words` lists them)"


def _check_sentence(bound: Bound) -> None:
    """The sentence of a study's own derivation, which else would first be asked for when define.xml is written."""
    words = bound.sentence()
    if not isinstance(words, str):  # pyright: ignore[reportUnnecessaryIsInstance] - a study's code may not keep to it
        raise TypeError(f"its sentence is a {type(words).__name__}, not a text")
