"""What the page shows, resolved from a document: rows and sections with their anchors and links."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from define.links import safe_href, with_page
from define.lookup import Lookup
from define.model import CodeList, Document, DocumentRef, ItemDef, ItemGroup, ItemRef, Origin, WhereClause
from define.references import references
from define.wording import Condition, conditions

PREVIEW = 6
"""Terms of a codelist that are shown beside a variable; the rest stand in the codelist's own section."""


@dataclass(frozen=True, slots=True)
class Link:
    """Words, and where they lead; without a target they are words only."""

    words: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class OriginView:
    """An origin as it is read: `Collected (Investigator)`, its description, and the pages it is on."""

    title: str
    text: Link | None
    pages: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A variable of a dataset, or what it is where a condition holds."""

    anchor: str
    item: ItemDef
    ref: ItemRef
    type: str
    where: tuple[tuple[Condition, ...], ...]
    origins: tuple[OriginView, ...]


@dataclass(frozen=True, slots=True)
class Values:
    """Value-level metadata of one variable."""

    anchor: str
    variable: ItemDef
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A dataset: its variables, and the value level of those that have one."""

    anchor: str
    group: ItemGroup
    keys: tuple[str, ...]
    rows: tuple[Row, ...]
    values: tuple[Values, ...]
    file: Link | None


class Page:
    """Everything that the template asks for."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.lookup = Lookup(document)
        self._anchors: dict[tuple[str, str], str] = {}
        self._taken: set[str] = set()

    def anchor(self, kind: str, oid: str) -> str:
        """An identifier for HTML, the same for the same object, never the same for two."""
        key = (kind, oid)
        if key not in self._anchors:
            plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", f"{kind}-{oid}")
            name, count = plain, 1
            while name in self._taken:
                count += 1
                name = f"{plain}~{count}"
            self._taken.add(name)
            self._anchors[key] = name
        return self._anchors[key]

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The datasets in the document's order."""
        return tuple(self._section(group) for group in self.document.datasets)

    def _section(self, group: ItemGroup) -> Section:
        rows = tuple(self._row(group, ref, None) for ref in group.items if ref.item in self.lookup.items)
        keyed = sorted((row for row in rows if row.ref.key_sequence), key=lambda row: row.ref.key_sequence or 0)
        file = group.leaf and Link(group.leaf.title or group.leaf.href, safe_href(group.leaf.href))
        return Section(
            anchor=self.anchor("dataset", group.oid),
            group=group,
            keys=tuple(row.item.name for row in keyed),
            rows=rows,
            values=tuple(self._values(group, row.item) for row in rows if self.lookup.values(row.item)),
            file=file or None,
        )

    def _values(self, group: ItemGroup, variable: ItemDef) -> Values:
        refs = [ref for ref in self.lookup.values(variable) if ref.item in self.lookup.items]
        return Values(
            anchor=self.anchor("values", f"{group.oid} {variable.oid}"),
            variable=variable,
            rows=tuple(self._row(group, ref, variable) for ref in refs),
        )

    def _row(self, group: ItemGroup, ref: ItemRef, variable: ItemDef | None) -> Row:
        item = self.lookup.items[ref.item]
        place = group.oid if variable is None else f"{group.oid} {variable.oid}"
        found = [self.lookup.where_clauses.get(oid) for oid in ref.where]
        return Row(
            anchor=self.anchor("item", f"{place} {item.oid}"),
            item=item,
            ref=ref,
            type=type_words(item),
            where=tuple(conditions(clause, self.lookup, group.name) for clause in found if clause),
            origins=tuple(self._origin(origin) for origin in item.origins),
        )

    def _origin(self, origin: Origin) -> OriginView:
        title = f"{origin.type} ({origin.source})" if origin.source else origin.type
        text = None if origin.description is None else self.variable_link(origin.description)
        return OriginView(title, text, tuple(link for ref in origin.documents for link in self.pages(ref)))

    def variable_link(self, words: str) -> Link:
        """A link where the words are a variable of this document, such as `ADSL.USUBJID`."""
        dataset, _, variable = words.strip().partition(".")
        for group in self.document.datasets:
            item = self.lookup.variables.get((dataset, variable))
            if item is not None and group.name == dataset:
                return Link(words, f"#{self.anchor('item', f'{group.oid} {item.oid}')}")
        return Link(words)

    def pages(self, ref: DocumentRef) -> tuple[Link, ...]:
        """Links to a document, or to each of the pages of it that are named."""
        leaf = self.lookup.leaves.get(ref.leaf)
        title, href = (leaf.title, safe_href(leaf.href)) if leaf else (ref.leaf, None)
        if not ref.pages:
            return (Link(title, href),)
        links = [Link(title, href)]
        for page in ref.pages:
            places = page.pages or ((f"{page.first}–{page.last}",) if page.first is not None else ())
            target = str(page.first) if not page.pages else None
            links += [Link(page.title or place, with_page(href, page.type, target or place)) for place in places]
        return tuple(links)

    def document_link(self, oid: str) -> Link:
        """A link to a document by its leaf."""
        return self.pages(DocumentRef(oid))[0]

    def outside(self, href: str) -> Link:
        """A link to a place outside the submission."""
        return Link(href, safe_href(href))

    @cached_property
    def _users(self) -> dict[tuple[str, str], list[Link]]:
        """(kind, OID) -> links to what refers to it, in the order of the document."""
        found: dict[tuple[str, str], list[Link]] = {}
        for section in self.sections:
            self._used_in(found, section.rows, f"{section.group.name}.")
            for values in section.values:
                self._used_in(found, values.rows, f"{section.group.name}.{values.variable.name} / ")
        return found

    def _used_in(self, found: dict[tuple[str, str], list[Link]], rows: Iterable[Row], prefix: str) -> None:
        for row in rows:
            link = Link(f"{prefix}{row.item.name}", f"#{row.anchor}")
            uses = {
                ("codelist", row.item.codelist),
                ("codelist", row.ref.role_codelist),
                ("method", row.ref.method),
                ("comment", row.item.comment),
            }
            for kind, oid in sorted((kind, oid) for kind, oid in uses if oid):
                found.setdefault((kind, oid), []).append(link)

    def used_by(self, kind: str, oid: str) -> tuple[Link, ...]:
        """Links to the variables that use a codelist, method or comment, then words for what else does."""
        items = self._users.get((kind, oid), [])
        return (*items, *self._others.get((kind, oid), ()))

    @cached_property
    def _others(self) -> dict[tuple[str, str], tuple[Link, ...]]:
        """Uses by what is no variable: datasets, standards, codelists, where clauses, analyses."""
        found: dict[tuple[str, str], dict[Link, None]] = {}
        links = {f"dataset {section.group.name}": f"#{section.anchor}" for section in self.sections}
        for kind, oid, owner in references(self.document):
            if not re.match(r"item |.*, item ", owner):
                found.setdefault((kind, oid), {})[Link(owner, links.get(owner))] = None
        return {key: tuple(users) for key, users in found.items()}

    def clause(self, oid: str, dataset: str) -> tuple[Condition, ...]:
        """The conditions of a clause, as seen from a dataset; none where it is not defined."""
        clause: WhereClause | None = self.lookup.where_clauses.get(oid)
        return conditions(clause, self.lookup, dataset) if clause else ()

    def item_link(self, oid: str) -> Link:
        """A link to a variable by its identifier."""
        places = self.lookup.homes.get(oid, ())
        if not places:
            return Link(self.lookup.name(oid))
        group, variable = places[0]
        return Link(f"{group.name}.{variable.name}", f"#{self.anchor('item', f'{group.oid} {variable.oid}')}")


def has_notes(codelist: CodeList) -> bool:
    """Whether any term has more to it than its value and meaning."""
    return any(term.aliases or term.extended or term.rank is not None or term.description for term in codelist.terms)


def type_words(item: ItemDef) -> str:
    """A type and its length: `text 20`, `float 8.2`, `date`."""
    length = "" if item.length is None else f" {item.length}"
    digits = "" if item.significant_digits is None or not length else f".{item.significant_digits}"
    return f"{item.data_type}{length}{digits}"
