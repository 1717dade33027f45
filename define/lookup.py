"""Following a document's references, in both directions."""

from __future__ import annotations

from functools import cached_property

from define.model import (
    CodeList,
    Comment,
    Document,
    ItemDef,
    ItemGroup,
    ItemRef,
    Leaf,
    Method,
    Standard,
    ValueList,
    WhereClause,
)


class Lookup:
    """The objects of a document by identifier, and where each item stands.

    A reference that leads nowhere gives None: files of others are shown as they are.
    """

    def __init__(self, document: Document) -> None:
        self.document = document

    @cached_property
    def items(self) -> dict[str, ItemDef]:
        return {item.oid: item for item in self.document.items}

    @cached_property
    def codelists(self) -> dict[str, CodeList]:
        return {codelist.oid: codelist for codelist in self.document.codelists}

    @cached_property
    def methods(self) -> dict[str, Method]:
        return {method.oid: method for method in self.document.methods}

    @cached_property
    def comments(self) -> dict[str, Comment]:
        return {comment.oid: comment for comment in self.document.comments}

    @cached_property
    def value_lists(self) -> dict[str, ValueList]:
        return {values.oid: values for values in self.document.value_lists}

    @cached_property
    def where_clauses(self) -> dict[str, WhereClause]:
        return {clause.oid: clause for clause in self.document.where_clauses}

    @cached_property
    def standards(self) -> dict[str, Standard]:
        return {standard.oid: standard for standard in self.document.standards}

    @cached_property
    def datasets(self) -> dict[str, ItemGroup]:
        return {group.oid: group for group in self.document.datasets}

    @cached_property
    def leaves(self) -> dict[str, Leaf]:
        own = [group.leaf for group in self.document.datasets if group.leaf]
        return {leaf.oid: leaf for leaf in (*self.document.leaves, *own)}

    @cached_property
    def homes(self) -> dict[str, tuple[tuple[ItemGroup, ItemDef], ...]]:
        """Item -> the datasets it stands in, each with the variable it is or is a value of."""
        found: dict[str, list[tuple[ItemGroup, ItemDef]]] = {}
        for group in self.document.datasets:
            for ref in group.items:
                variable = self.items.get(ref.item)
                if variable is None:
                    continue
                found.setdefault(ref.item, []).append((group, variable))
                for value in self.values(variable):
                    found.setdefault(value.item, []).append((group, variable))
        return {oid: tuple(places) for oid, places in found.items()}

    @cached_property
    def variables(self) -> dict[tuple[str, str], ItemDef]:
        """(Dataset name, variable name) -> the variable."""
        return {
            (group.name, self.items[ref.item].name): self.items[ref.item]
            for group in self.document.datasets
            for ref in group.items
            if ref.item in self.items
        }

    def values(self, item: ItemDef) -> tuple[ItemRef, ...]:
        """The value-level items of a variable."""
        found = self.value_lists.get(item.value_list or "")
        return found.items if found else ()

    def name(self, oid: str) -> str:
        """An item as people name it: `ADTTE.AVAL`; the identifier where it is not defined."""
        item = self.items.get(oid)
        if item is None:
            return oid
        places = self.homes.get(oid, ())
        return f"{places[0][0].name}.{places[0][1].name}" if len(places) == 1 else item.name

    def decode(self, oid: str, value: str) -> str | None:
        """What a coded value of an item means, if its codelist says so."""
        return self._decodes.get((oid, value))

    @cached_property
    def _decodes(self) -> dict[tuple[str, str], str]:
        by_codelist = {
            oid: [(term.value, term.decode) for term in codelist.terms if term.decode is not None]
            for oid, codelist in self.codelists.items()
        }
        return {
            (item.oid, value): decode
            for item in self.document.items
            for value, decode in by_codelist.get(item.codelist or "", [])
        }
