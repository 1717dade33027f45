"""References of a document: identifiers that are missing, and identifiers used twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from define.model import Document, DocumentRef, ItemDef, ItemRef, Method

Reference = tuple[str, str, str]
"""(kind of what is referred to, its OID, who refers to it)."""


def definitions(document: Document) -> dict[str, tuple[str, ...]]:
    """The identifiers of each kind, in the document's order."""
    leaves = [*document.leaves, *(group.leaf for group in document.datasets if group.leaf)]
    return {
        "standard": tuple(standard.oid for standard in document.standards),
        "value list": tuple(values.oid for values in document.value_lists),
        "where clause": tuple(clause.oid for clause in document.where_clauses),
        "dataset": tuple(group.oid for group in document.datasets),
        "item": tuple(item.oid for item in document.items),
        "codelist": tuple(codelist.oid for codelist in document.codelists),
        "method": tuple(method.oid for method in document.methods),
        "comment": tuple(comment.oid for comment in document.comments),
        "leaf": tuple(leaf.oid for leaf in leaves),
        "result display": tuple(display.oid for display in document.displays),
    }


def references(document: Document) -> Iterator[Reference]:
    """Every reference in the document."""
    yield from _of("comment", document.comment, "the metadata version")
    yield from _documents(document.annotated_crf, "the annotated CRF")
    yield from _documents(document.supplemental, "the supplemental documents")
    for standard in document.standards:
        yield from _of("comment", standard.comment, f"standard {standard.oid}")
    for values in document.value_lists:
        yield from _item_refs(values.items, f"value list {values.oid}")
    for clause in document.where_clauses:
        owner = f"where clause {clause.oid}"
        yield from _of("comment", clause.comment, owner)
        for check in clause.checks:
            yield "item", check.item, owner
    for group in document.datasets:
        owner = f"dataset {group.name}"
        yield from _of("standard", group.standard, owner)
        yield from _of("comment", group.comment, owner)
        yield from _item_refs(group.items, owner)
    for item in document.items:
        yield from _item(item)
    for codelist in document.codelists:
        yield from _of("standard", codelist.standard, f"codelist {codelist.oid}")
        yield from _of("comment", codelist.comment, f"codelist {codelist.oid}")
    for described in (*document.methods, *document.comments):
        kind = "method" if isinstance(described, Method) else "comment"
        yield from _documents(described.documents, f"{kind} {described.oid}")
    yield from _analyses(document)


def broken_references(document: Document) -> tuple[str, ...]:
    """One sentence for each reference that leads nowhere and each identifier defined twice."""
    defined = definitions(document)
    known = {kind: frozenset(oids) for kind, oids in defined.items()}
    problems = [
        f"{owner} refers to {kind} {oid}, which is not defined"
        for kind, oid, owner in references(document)
        if oid not in known[kind]
    ]
    twice = [
        f"{kind} {oid} is defined {count} times"
        for kind, oids in defined.items()
        for oid, count in Counter(oids).items()
        if count > 1
    ]
    return tuple(dict.fromkeys([*problems, *twice]))


def unused(document: Document) -> tuple[str, ...]:
    """One sentence for each definition that nothing refers to."""
    used = {(kind, oid) for kind, oid, _ in references(document)}
    used |= {("leaf", group.leaf.oid) for group in document.datasets if group.leaf}
    roots = {"dataset", "result display", "standard"}
    return tuple(
        f"{kind} {oid} is defined, but nothing refers to it"
        for kind, oids in definitions(document).items()
        if kind not in roots
        for oid in oids
        if (kind, oid) not in used
    )


def _of(kind: str, oid: str | None, owner: str) -> Iterator[Reference]:
    if oid is not None:
        yield kind, oid, owner


def _documents(refs: Iterable[DocumentRef], owner: str) -> Iterator[Reference]:
    for ref in refs:
        yield "leaf", ref.leaf, owner


def _item_refs(refs: Iterable[ItemRef], owner: str) -> Iterator[Reference]:
    for ref in refs:
        yield "item", ref.item, owner
        yield from _of("method", ref.method, f"{owner}, item {ref.item}")
        yield from _of("codelist", ref.role_codelist, f"{owner}, item {ref.item}")
        for clause in ref.where:
            yield "where clause", clause, f"{owner}, item {ref.item}"


def _item(item: ItemDef) -> Iterator[Reference]:
    owner = f"item {item.oid}"
    yield from _of("codelist", item.codelist, owner)
    yield from _of("value list", item.value_list, owner)
    yield from _of("comment", item.comment, owner)
    for origin in item.origins:
        yield from _documents(origin.documents, owner)


def _analyses(document: Document) -> Iterator[Reference]:
    for display in document.displays:
        yield from _documents(display.documents, f"result display {display.name}")
        for result in display.results:
            owner = f"analysis result {result.oid}"
            yield from _of("item", result.parameter, owner)
            yield from _of("comment", result.datasets_comment, owner)
            for used in result.datasets:
                yield "dataset", used.dataset, owner
                yield from _of("where clause", used.where, owner)
                for variable in used.variables:
                    yield "item", variable, owner
            for part in (result.documentation, result.code):
                yield from _documents(part.documents if part else (), owner)
