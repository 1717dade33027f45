"""Mutations of a define.xml in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from pydantic import BaseModel, ConfigDict

from define.model import CodeList, Document, ItemDef, ItemGroup, ItemRef, Term, WhereClause
from oncdisc.checks.package import Defined
from tests.checks.mutations import Mutant, MutationError

FOLDERS = {"define": "sdtm", "define.adam": "datasets"}
"""The folder whose define.xml is meant."""


class DefineChange(BaseModel):
    """A change of an item (`AE.AETERM`), a dataset, the study or the terminology that define.xml describes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    item: str = ""
    dataset: str = ""
    """A dataset, or in its place the name of a guide that is cited or the identifier of a where clause."""
    study: dict[str, Any] = {}
    terminology: dict[str, Any] = {}
    """Attributes of the terminology packages that are cited."""
    set: dict[str, Any] = {}
    """Attributes of the item (or of its place in the dataset), of the dataset (or of all places in it), of the
    guide; or the `values` of the where clause."""
    terms: list[str] = []
    """The item gets a codelist of its own with these terms."""
    gone: bool = False


def apply_define(mutant: Mutant, which: str, change: DefineChange) -> None:
    """Change a define.xml for the package and its datasets."""
    package = mutant.package
    old = next((item for item in package.defines if item.path.parent.name == FOLDERS[which]), None)
    if old is None:
        raise MutationError(f"the package has no {which}")
    new = _changed(old.document, change)
    if new == old.document:
        raise MutationError(f"{which}: {change} changes nothing")
    package.defines = tuple(Defined(old.path, new) if item is old else item for item in package.defines)
    for data in package:
        if data.define is old.document:
            data.define = new
            data.group = next((group for group in new.datasets if group.name == data.name), None)
    place = change.dataset or change.item.partition(".")[0] or "define.xml"
    mutant.touched.setdefault(place, set())


def _changed(document: Document, change: DefineChange) -> Document:
    if change.study:
        return replace(document, study=replace(document.study, **change.study))
    if change.terminology:
        cited = (replace(s, **change.terminology) if s.type == "CT" else s for s in document.standards)
        return replace(document, standards=tuple(cited))
    if any(change.dataset == standard.name for standard in document.standards):
        named = (replace(s, **change.set) if s.name == change.dataset else s for s in document.standards)
        return replace(document, standards=tuple(named))
    if any(change.dataset == clause.oid for clause in document.where_clauses):
        clauses = (_conditions(c, change) if c.oid == change.dataset else c for c in document.where_clauses)
        return replace(document, where_clauses=tuple(clauses))
    name, _, variable = (change.item or change.dataset).partition(".")
    if not any(group.name == name for group in document.datasets):
        raise MutationError(f"define.xml has no {name}")
    if not variable:
        return _groups(document, name, lambda group: None if change.gone else _group(group, change))
    return _item(document, name, variable, change)


def _conditions(clause: WhereClause, change: DefineChange) -> WhereClause:
    values = tuple(change.set["values"])
    return replace(clause, checks=tuple(replace(check, values=values) for check in clause.checks))


def _group(group: ItemGroup, change: DefineChange) -> ItemGroup:
    known = {f.name for f in fields(ItemGroup)}
    of_group = {name: value for name, value in change.set.items() if name in known}
    of_places = {name: value for name, value in change.set.items() if name not in known}
    return replace(group, items=tuple(replace(ref, **of_places) for ref in group.items), **of_group)


def _groups(document: Document, name: str, change: Callable[[ItemGroup], ItemGroup | None]) -> Document:
    found = [change(group) if group.name == name else group for group in document.datasets]
    return replace(document, datasets=tuple(group for group in found if group is not None))


def _item(document: Document, dataset: str, variable: str, change: DefineChange) -> Document:
    """A document with another definition of a variable, or without its place in the dataset."""
    group = next(group for group in document.datasets if group.name == dataset)
    places = {ref.item for ref in group.items}
    item = next((item for item in document.items if item.oid in places and item.name == variable), None)
    if item is None:
        raise MutationError(f"define.xml has no {dataset}.{variable}")
    if change.gone:
        kept = tuple(ref for ref in group.items if ref.item != item.oid)
        return _groups(document, dataset, lambda group: replace(group, items=kept))
    of_item = {name: value for name, value in change.set.items() if name in {f.name for f in fields(ItemDef)}}
    of_place = {name: value for name, value in change.set.items() if name in {f.name for f in fields(ItemRef)}}
    if change.terms:
        of_item["codelist"] = "CL.SEEDED"
        listed = CodeList("CL.SEEDED", "Seeded", terms=tuple(Term(value) for value in change.terms))
        document = replace(document, codelists=(*document.codelists, listed))
    items = tuple(replace(other, **of_item) if other is item else other for other in document.items)
    refs = tuple(replace(ref, **of_place) if ref.item == item.oid else ref for ref in group.items)
    return _groups(replace(document, items=items), dataset, lambda group: replace(group, items=refs))
