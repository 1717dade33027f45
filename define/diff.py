"""What changed between two define.xml files, as people speak of it.

Objects are matched by what they are (dataset and variable names, where clauses in words, codelist names),
not by identifiers, which every tool makes its own way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from define.lookup import Lookup
from define.model import AnalysisResult, CodeList, Document, ItemDef, ItemGroup, ItemRef, Origin
from define.upgrade import upgraded
from define.views import type_words
from define.wording import sentence

Kind = Literal["added", "removed", "changed"]
Facts = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Change:
    """One change: of what (`ADTTE.AVAL where PARAMCD = PFS`), in which respect, from what to what."""

    kind: Kind
    what: str
    aspect: str = ""
    before: str | None = None
    after: str | None = None

    def __str__(self) -> str:
        if self.kind != "changed":
            return f"{self.what} {self.kind}"
        return f"{self.what}: {self.aspect} {_shown(self.before)} → {_shown(self.after)}"


def differences(before: Document, after: Document) -> tuple[Change, ...]:
    """The changes from one document to another, in the order of the second; nothing if they say the same.

    A document of version 2.0 is compared by what it says in the words of 2.1.
    """
    old, new = Lookup(upgraded(before)), Lookup(upgraded(after))
    describers: tuple[Callable[[Lookup], dict[str, Facts]], ...] = (
        _study,
        _standards,
        _datasets,
        _variables,
        _codelists,
        _terms,
        _documents,
        _analyses,
    )
    found = [change for describe in describers for change in _compared(describe(old), describe(new))]
    return tuple(_without_parts([*found, *_reordered(old, new)]))


def _compared(old: Mapping[str, Facts], new: Mapping[str, Facts]) -> Iterator[Change]:
    for what in old:
        if what not in new:
            yield Change("removed", what)
    for what, facts in new.items():
        if what not in old:
            yield Change("added", what)
            continue
        for aspect, value in facts.items():
            if old[what].get(aspect) != value:
                yield Change("changed", what, aspect, old[what].get(aspect), value)


def _without_parts(changes: list[Change]) -> Iterator[Change]:
    """Leave out the parts of what was added or removed as a whole: the variables of a new dataset."""
    whole = {(change.kind, change.what) for change in changes if change.kind != "changed"}
    order = {"removed": 0, "added": 1, "changed": 2}
    for change in sorted(changes, key=lambda one: order[one.kind]):
        parents = _parents(change.what)
        if change.kind == "changed" or not any((change.kind, parent) in whole for parent in parents):
            yield change


def _parents(what: str) -> tuple[str, ...]:
    """The wholes that a thing is part of."""
    if what.startswith("term "):
        return (f"codelist {what.partition(' of codelist ')[2]}",)
    if what.startswith("result "):
        return (f"display {what.partition(' of display ')[2]}",)
    if not what.startswith("variable "):
        return ()
    variable = what.partition(" where ")[0]
    dataset = variable.removeprefix("variable ").partition(".")[0]
    return (f"dataset {dataset}", *((variable,) if variable != what else ()))


def _shown(value: str | None) -> str:
    return "nothing" if not value else f"“{value}”"


def _study(lookup: Lookup) -> dict[str, Facts]:
    study = lookup.document.study
    return {"study": {"name": study.name, "description": study.description, "protocol": study.protocol}}


def _standards(lookup: Lookup) -> dict[str, Facts]:
    return {
        f"standard {' '.join(filter(None, (one.name, one.publishing_set)))}": {
            "version": one.version,
            "status": one.status.upper(),
        }
        for one in lookup.document.standards
    }


def _datasets(lookup: Lookup) -> dict[str, Facts]:
    return {f"dataset {group.name}": _dataset(group, lookup) for group in lookup.document.datasets}


def _dataset(group: ItemGroup, lookup: Lookup) -> Facts:
    keyed = sorted((ref for ref in group.items if ref.key_sequence), key=lambda ref: ref.key_sequence or 0)
    return {
        "label": group.label,
        "class": group.class_name,
        "subclass": ", ".join(sub.name for sub in group.subclasses),
        "structure": group.structure,
        "purpose": group.purpose,
        "keys": ", ".join(lookup.items[ref.item].name for ref in keyed if ref.item in lookup.items),
        "file": group.leaf.href if group.leaf else None,
        "no data": _yes(group.has_no_data),
        "non-standard": _yes(group.is_non_standard),
        "repeating": _yes(group.repeating),
        "reference data": _yes(bool(group.reference_data)),
        "comment": _comment(group.comment, lookup),
    }


def _reordered(old: Lookup, new: Lookup) -> Iterator[Change]:
    """Datasets whose variables, as far as both have them, stand in another order."""
    before = {group.name: _names(group, old) for group in old.document.datasets}
    for group in new.document.datasets:
        mine, theirs = _names(group, new), before.get(group.name, [])
        kept = [name for name in theirs if name in mine]
        now = [name for name in mine if name in theirs]
        if kept != now:
            yield Change("changed", f"dataset {group.name}", "order of variables", ", ".join(kept), ", ".join(now))


def _names(group: ItemGroup, lookup: Lookup) -> list[str]:
    return [lookup.items[ref.item].name for ref in group.items if ref.item in lookup.items]


def _variables(lookup: Lookup) -> dict[str, Facts]:
    """Variables and what they are by value."""
    found: dict[str, Facts] = {}
    for group in lookup.document.datasets:
        for ref in group.items:
            item = lookup.items.get(ref.item)
            if item is None:
                continue
            name = f"variable {group.name}.{item.name}"
            found[name] = _variable(item, ref, lookup)
            for value in lookup.values(item):
                if value.item in lookup.items:
                    place = f"{name} where {_where(value, lookup, group.name)}"
                    found[place] = _variable(lookup.items[value.item], value, lookup)
    return found


def _where(ref: ItemRef, lookup: Lookup, dataset: str) -> str:
    clauses = [lookup.where_clauses[oid] for oid in ref.where if oid in lookup.where_clauses]
    return " or ".join(sentence(clause, lookup, dataset, decoded=False) for clause in clauses)


def _variable(item: ItemDef, ref: ItemRef, lookup: Lookup) -> Facts:
    method = lookup.methods.get(ref.method or "")
    codelist = lookup.codelists.get(item.codelist or "")
    return {
        "label": item.label,
        "type": type_words(item),
        "format": item.display_format,
        "codelist": codelist.name if codelist else None,
        "origin": "; ".join(_origin(origin, lookup) for origin in item.origins),
        "method": method.description if method else None,
        "comment": _comment(item.comment, lookup),
        "role": ref.role,
        "mandatory": _yes(ref.mandatory),
        "no data": _yes(ref.has_no_data),
        "non-standard": _yes(ref.is_non_standard),
    }


def _origin(origin: Origin, lookup: Lookup) -> str:
    source = f" ({origin.source})" if origin.source else ""
    text = f": {origin.description}" if origin.description else ""
    pages = [" ".join(page.pages) or f"{page.first}–{page.last}" for ref in origin.documents for page in ref.pages]
    shown = f", p. {', '.join(pages)}" if pages else ""
    return f"{origin.type}{source}{text}{shown}"


def _codelists(lookup: Lookup) -> dict[str, Facts]:
    return {f"codelist {codelist.name}": _codelist(codelist, lookup) for codelist in lookup.document.codelists}


def _codelist(codelist: CodeList, lookup: Lookup) -> Facts:
    outside, guide = codelist.external, lookup.standards.get(codelist.standard or "")
    return {
        "type": codelist.data_type,
        "dictionary": f"{outside.name} {outside.version}" if outside else None,
        "standard": f"{guide.publishing_set or guide.name} {guide.version}" if guide else None,
        "code": ", ".join(alias.name for alias in codelist.aliases),
    }


def _terms(lookup: Lookup) -> dict[str, Facts]:
    return {
        f"term {term.value} of codelist {codelist.name}": {
            "meaning": term.decode,
            "extended": _yes(term.extended),
            "rank": None if term.rank is None else f"{term.rank:g}",
        }
        for codelist in lookup.document.codelists
        for term in codelist.terms
    }


def _documents(lookup: Lookup) -> dict[str, Facts]:
    return {f"document {leaf.title}": {"file": leaf.href} for leaf in lookup.document.leaves}


def _analyses(lookup: Lookup) -> dict[str, Facts]:
    found: dict[str, Facts] = {}
    for display in lookup.document.displays:
        found[f"display {display.name}"] = {"description": display.description}
        for result in display.results:
            found[f"result {result.description} of display {display.name}"] = _result(result, lookup)
    return found


def _result(result: AnalysisResult, lookup: Lookup) -> Facts:
    return {
        "reason": result.reason,
        "purpose": result.purpose,
        "data": "; ".join(_used(result, lookup)),
        "documentation": result.documentation.description if result.documentation else None,
        "code": result.code.code if result.code else None,
    }


def _used(result: AnalysisResult, lookup: Lookup) -> Iterable[str]:
    for used in result.datasets:
        group, clause = lookup.datasets.get(used.dataset), lookup.where_clauses.get(used.where or "")
        name = group.name if group else used.dataset
        variables = ", ".join(lookup.name(oid).rpartition(".")[2] for oid in used.variables)
        yield f"{name} ({variables}){f' where {sentence(clause, lookup, name)}' if clause else ''}"


def _comment(oid: str | None, lookup: Lookup) -> str | None:
    found = lookup.comments.get(oid or "")
    return found.description if found else None


def _yes(value: bool) -> str:
    return "Yes" if value else "No"
