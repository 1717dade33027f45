"""A document from a spec whose datasets are described: what their words say, and what was kept beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar, cast

from define import usual
from define.describe import FRAMES
from define.model import (
    CodeList,
    Comment,
    Document,
    File,
    ItemDef,
    ItemGroup,
    ItemRef,
    Method,
    Study,
    ValueList,
    WhereClause,
)
from define.naming import oid
from define.plain import completed, restored
from specs._yaml import load_document
from specs.conditions import parse
from specs.derivations.described import Described, DescribedRecords, Extra, Value, is_described
from specs.errors import Problem, SpecError
from specs.models import Attributes
from specs.resolved import Assignment, Dataset, Engine, Mark, Spec

T = TypeVar("T", bound="ItemDef | ItemRef | ItemGroup | Method | Comment | WhereClause | CodeList")


def described_names(spec: Spec, engine: Engine) -> tuple[str, ...]:
    """The datasets of an engine that are described, in the order of the file that they were read from."""
    order = [str(name) for name in _frame_data(spec.folder, engine).get("order", [])]
    ranks = {name: rank for rank, name in enumerate(order)}
    names = [dataset.name for dataset in spec.of(engine) if is_described(dataset)]
    return tuple(sorted(names, key=lambda name: (ranks.get(name, len(ranks)), name)))


def from_described(spec: Spec, engine: Engine) -> Document:
    """The define.xml of an engine's described datasets. Raises SpecError naming file and line of each fault."""
    return _Builder(spec, engine).document()


def _frame_data(folder: Path, engine: Engine) -> dict[str, Any]:
    path = folder / FRAMES / f"{engine}.yaml"
    return cast(dict[str, Any], load_document(path, f"{FRAMES}/{engine}.yaml").data) if path.is_file() else {}


@dataclass
class _Kept:
    """Objects by identifier, in the order of first use."""

    items: dict[str, ItemDef] = field(default_factory=dict[str, ItemDef])
    value_lists: dict[str, ValueList] = field(default_factory=dict[str, ValueList])
    clauses: dict[str, WhereClause] = field(default_factory=dict[str, WhereClause])
    methods: dict[str, Method] = field(default_factory=dict[str, Method])
    comments: dict[str, Comment] = field(default_factory=dict[str, Comment])
    codelists: dict[str, CodeList] = field(default_factory=dict[str, CodeList])


class _Builder:
    def __init__(self, spec: Spec, engine: Engine) -> None:
        self._spec = spec
        self._engine: Engine = engine
        self._kept = _Kept()
        self._problems: list[Problem] = []
        self._codelists = {name: completed_codelist(spec, name) for name in spec.study.codelists}
        self._codelist_ids = {name: codelist.oid for name, codelist in self._codelists.items()}
        self._items = {(d.name, name): _item_id(d, name, a) for d in spec.of(engine) for name, a in _variables(d)}

    def document(self) -> Document:
        frame = self._frame()
        datasets = [self._spec.datasets[name] for name in described_names(self._spec, self._engine)]
        refs = {dataset.name: tuple(self._refs(dataset)) for dataset in datasets}
        groups = tuple(self._group(dataset, refs[dataset.name]) for dataset in datasets)
        if self._problems:
            raise SpecError(self._problems)
        kept = self._kept
        return replace(
            frame,
            datasets=groups,
            items=_all(kept.items, frame.items),
            value_lists=_all(kept.value_lists, frame.value_lists),
            where_clauses=_all(kept.clauses, frame.where_clauses),
            codelists=_all(kept.codelists, frame.codelists),
            methods=_all(kept.methods, frame.methods),
            comments=_all(kept.comments, frame.comments),
        )

    def _frame(self) -> Document:
        said = _frame_data(self._spec.folder, self._engine).get("define")
        if said is None:
            study = self._spec.study
            made = Study(oid("ST", study.study), study.study, study.description or study.title, study.protocol)
            title = self._engine.upper()
            file = File(f"{study.study}.{title}.define", str(study.created or "1960-01-01T00:00:00"))
            return Document(file, made, oid("MDV", study.study, title), f"Study {study.study}, {title}")
        try:
            return restored(Document, said)
        except ValueError as error:
            raise SpecError([Problem(f"{FRAMES}/{self._engine}.yaml", 1, "define", str(error))]) from error

    def _refs(self, dataset: Dataset) -> Iterator[ItemRef]:
        for order, (name, assignment) in enumerate(_variables(dataset), start=1):
            yield self._variable(dataset, name, assignment, order)

    def _variable(self, dataset: Dataset, name: str, assignment: Assignment, order: int) -> ItemRef:
        place, mark = (dataset.name, name), assignment.mark
        arguments = assignment.bound.arguments
        known = arguments if isinstance(arguments, Described) else Described(method=assignment.bound.sentence())
        said = assignment.attributes
        item = self._item(place, said, known.define, bool(known.values), mark)
        method = self._method(place, said.method or known.method, known.define, mark)
        usual_ref = replace(usual.ref(item.oid, order, said, method), key_sequence=_key(dataset, name))
        ref = self._completed(usual_ref, known.define.get("ref", {}), mark, place)
        if known.values and item.value_list:
            values = tuple(self._values(dataset, name, known.values, mark))
            description = known.define.get("value_list", {}).get("description")
            self._add(self._kept.value_lists, ValueList(item.value_list, values, description), mark, place)
        return ref

    def _values(self, dataset: Dataset, name: str, values: Iterable[Value], mark: Mark) -> Iterator[ItemRef]:
        for order, value in enumerate(values, start=1):
            clauses = self._clauses(dataset, name, value, mark)
            level = ".".join(v for clause in clauses for check in clause.checks for v in check.values)
            place = (dataset.name, name, level)
            item = self._item(place, value, value.define, False, mark)
            for clause in clauses:
                self._add(self._kept.clauses, clause, mark, place)
            method = self._method(place, value.method, value.define, mark)
            where = tuple(clause.oid for clause in clauses)
            yield self._completed(
                usual.ref(item.oid, order, value, method, where), value.define.get("ref", {}), mark, place
            )

    def _clauses(self, dataset: Dataset, name: str, value: Value, mark: Mark) -> tuple[WhereClause, ...]:
        if not value.where:
            return ()
        try:
            found = usual.clauses(dataset.name, parse(value.where), self._items)
        except (LookupError, ValueError) as error:
            self._problem(mark, (dataset.name, name), f"where: {error.args[0]}")
            return ()
        said = value.define.get("where", {})
        return tuple(
            self._completed(clause, said.get(str(number), {}), mark, (dataset.name, name))
            for number, clause in enumerate(found)
        )

    def _item(self, place: tuple[str, ...], said: Attributes, extra: Extra, values: bool, mark: Mark) -> ItemDef:
        made = self._completed(usual.item(place, said, self._codelist_ids, values), extra.get("item", {}), mark, place)
        if said.codelist and said.codelist not in self._codelists:
            self._problem(mark, place, f"no codelist {said.codelist} in study.yaml")
        elif said.codelist:
            codelist = self._codelists[said.codelist]
            self._kept.codelists.setdefault(codelist.oid, codelist)
        comment = self._comment(place, said.comment, extra, mark)
        made = replace(made, comment=comment) if comment else made
        self._add(self._kept.items, made, mark, place)
        return made

    def _method(self, place: tuple[str, ...], text: str | None, extra: Extra, mark: Mark) -> str | None:
        if text is None:
            return None
        made = self._completed(usual.method(place, text), extra.get("method", {}), mark, place)
        return self._add(self._kept.methods, made, mark, place).oid

    def _comment(self, place: tuple[str, ...], text: str | None, extra: Extra, mark: Mark) -> str | None:
        if text is None:
            return None
        made = self._completed(usual.comment(place, text), extra.get("comment", {}), mark, place)
        return self._add(self._kept.comments, made, mark, place).oid

    def _group(self, dataset: Dataset, refs: tuple[ItemRef, ...]) -> ItemGroup:
        arguments = cast(DescribedRecords, next(iter(dataset.slices.values())).bound.arguments)
        said: dict[str, Any] = {
            "label": dataset.label,
            "class": dataset.class_,
            "subclass": dataset.subclass,
            "structure": dataset.structure,
            "study": dataset.scope == "study",
            "comment": dataset.comment,
        }
        place = (dataset.name,)
        comment = self._comment(place, dataset.comment, arguments.define, dataset.mark)
        made = usual.group(dataset.name, self._engine, said)
        made = self._completed(made, arguments.define.get("group", {}), dataset.mark, place)
        return replace(made, items=refs, comment=comment or made.comment)

    def _completed(self, made: T, said: Mapping[str, Any], mark: Mark, place: tuple[str, ...]) -> T:
        try:
            return completed(made, said)
        except ValueError as error:
            self._problem(mark, place, f"define: {error}")
            return made

    def _add(self, kept: dict[str, Any], made: Any, mark: Mark, place: tuple[str, ...]) -> Any:
        """Keep an object once; two that share an identifier must say the same."""
        known = kept.setdefault(made.oid, made)
        if known != made:
            self._problem(mark, place, f"{made.oid} stands elsewhere and says something else there")
        return known

    def _problem(self, mark: Mark, place: tuple[str, ...], message: str) -> None:
        self._problems.append(Problem(mark.file, mark.line, ".".join(place), message))


def completed_codelist(spec: Spec, name: str) -> CodeList:
    """A codelist of study.yaml as define.xml has it. Raises SpecError."""
    said = spec.study.codelists[name]
    try:
        return completed(usual.codelist(name, said), said.define)
    except ValueError as error:
        raise SpecError([Problem("study.yaml", 1, f"codelists.{name}.define", str(error))]) from error


def _variables(dataset: Dataset) -> Iterator[tuple[str, Assignment]]:
    """The variables that the dataset's file names, in its order: those that come by themselves are left out."""
    for part in dataset.slices.values():
        for name, assignment in part.assignments.items():
            if assignment.mark != dataset.mark:
                yield name, assignment
        return


def _item_id(dataset: Dataset, name: str, assignment: Assignment) -> str:
    """The identifier of a variable: by convention, unless its description has another one."""
    arguments = assignment.bound.arguments
    said = arguments.define.get("item", {}) if isinstance(arguments, Described) else {}
    return str(said.get("oid", oid("IT", dataset.name, name)))


def _key(dataset: Dataset, name: str) -> int | None:
    return dataset.keys.index(name) + 1 if name in dataset.keys else None


def _all(kept: Mapping[str, Any], more: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*kept.values(), *(one for one in more if one.oid not in kept))
