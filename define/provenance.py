"""Where a variable's values come from and how, said of one slice of a dataset: origin and method text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from define.formal import expression
from define.model import DocumentRef, Origin, PageRef
from specs.arguments import sources, uses
from specs.conditions import words
from specs.registry import Bound
from specs.resolved import Dataset, Slice, Spec

_SOURCES = {"Collected": "Investigator", "Derived": "Sponsor", "Assigned": "Sponsor", "Protocol": "Sponsor"}
_IDENTIFIERS = frozenset({"STUDYID", "USUBJID", "SUBJID", "SITEID"})


@dataclass(frozen=True, slots=True)
class Provenance:
    """An origin, and the method in words and in the spec's notation; no method where values are copied.

    `by_records`: the derivation that makes the slice's records gives the value too, so its sentence is the
    method of several variables.
    """

    origin: Origin
    method: str | None = None
    formal: str | None = None
    by_records: bool = False


def provenance(spec: Spec, dataset: Dataset, part: Slice, name: str, crf: str | None) -> Provenance:
    """Where a variable comes from in a slice; `crf` is the leaf of the annotated CRF, for its pages."""
    assignment = part.assignments[name]
    bound, attributes = assignment.bound, assignment.attributes
    predecessor = _predecessor(spec, dataset, part, name, bound)
    if attributes.origin == "Predecessor" or (predecessor and attributes.origin in (None, "Protocol")):
        return Provenance(Origin("Predecessor", description=predecessor or _read(spec, dataset, part, name, bound)))
    kind = attributes.origin or _kind(spec, part, name, bound)
    pages = _crf_pages(attributes.pages, crf)
    origin = Origin(kind, attributes.source or _SOURCES.get(kind), documents=pages)  # pyright: ignore[reportArgumentType]
    if kind != "Derived" and attributes.method is None:
        return Provenance(origin)
    maker = _maker(part, bound)
    by_records = maker is part.bound and attributes.method is None
    return Provenance(origin, attributes.method or _words(part, name, bound), expression(maker), by_records)


def _crf_pages(pages: str | None, crf: str | None) -> tuple[DocumentRef, ...]:
    """The pages of the annotated CRF that a spec names, separated by blanks or commas."""
    if crf is None or pages is None:
        return ()
    return (DocumentRef(crf, (PageRef(pages=tuple(pages.replace(",", " ").split())),)),)


def _predecessor(spec: Spec, dataset: Dataset, part: Slice, name: str, bound: Bound) -> str | None:
    """`DM.AGE` where ADaM takes a value over as it is."""
    if dataset.engine != "adam":
        return None
    if name in _IDENTIFIERS and bound.name in ("constant", "subject"):
        return f"{'DM' if dataset.name == 'ADSL' else 'ADSL'}.{name}"
    if bound.name != "copy":
        return None
    column, source = _copied(bound), _source(part)
    if spec.lookup(column):
        return column
    return None if _within(part, name, column) or not source else f"{source}.{column}"


def _read(spec: Spec, dataset: Dataset, part: Slice, name: str, bound: Bound) -> str:
    """What a derivation takes over: the one column that it reads, as `DATASET.VARIABLE`, else its words.

    A variable of the same dataset that is itself taken over stands for what it was taken from.
    """
    found = {(use.source.from_ if use.source else "", use.name) for use in uses(bound.arguments)}
    if len(found) != 1:
        return bound.sentence()
    table, column = found.pop()
    if spec.lookup(column):
        return column
    if not table and column in part.assignments and column != name:
        return provenance(spec, dataset, part, column, None).origin.description or f"{dataset.name}.{column}"
    return f"{table or _source(part)}.{column}".lstrip(".")


def _kind(spec: Spec, part: Slice, name: str, bound: Bound) -> str:
    """The origin type of a derivation; a copy of what is in the datasets already is derived."""
    if bound.name != "copy":
        return bound.definition.origin
    column, source = _copied(bound), _source(part)
    table = (spec.lookup(column) or (source, column))[0]
    return "Derived" if _within(part, name, column) or table.isupper() else bound.definition.origin


def _copied(bound: Bound) -> str:
    return str(getattr(bound.arguments, "column", ""))


def _source(part: Slice) -> str:
    """The form or dataset that the records of a slice come from."""
    return str(getattr(part.bound.arguments, "from_", ""))


def _within(part: Slice, name: str, column: str) -> bool:
    """Whether a column is the dataset's own or made by the slice's records, not its source's."""
    return (column in part.assignments and column != name) or column in part.bound.produces


def _maker(part: Slice, bound: Bound) -> Bound:
    """The derivation that makes the values: the slice's records, where the variable takes theirs over."""
    column = getattr(bound.arguments, "column", None) if bound.name == "copy" else None
    return part.bound if column in part.bound.produces else bound


def _words(part: Slice, name: str, bound: Bound) -> str:
    maker = _maker(part, bound)
    text = _copy_words(part, name, maker) if maker.name == "copy" else maker.sentence().strip()
    first = text.partition(" ")[0]
    if first.isalpha() and first.islower():
        text = text[0].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _copy_words(part: Slice, name: str, bound: Bound) -> str:
    """A copy in words: of the record's own variable, or of the record that it was made from."""
    column = _copied(bound)
    if "." in column or _within(part, name, column):
        return f"Equal to {column}"
    found = list(sources(part.bound.arguments))
    if part.bound.name == "from":
        where = words(found[0].where)
        return f"{column} of {found[0].from_}{f' where {where}' if where else ''}"
    tables = " or ".join(dict.fromkeys(source.from_ for source in found))
    return f"{column} of the {tables} record that the record is made from"


def merged(found: Iterable[tuple[str, Provenance]]) -> tuple[tuple[Origin, ...], str | None, str | None]:
    """Origins, method and notation of several slices; methods that differ are each said with its slice."""
    parts = list(found)
    origins = tuple(dict.fromkeys(one.origin for _, one in parts))
    methods = {one.method: one.formal for _, one in parts if one.method}
    if len(methods) <= 1:
        method = next(iter(methods), None)
        return origins, method, methods[method] if method else None
    words = "\n".join(f"{name}: {one.method}" for name, one in parts if one.method)
    formal = "\n".join(f"{name}: {one.formal}" for name, one in parts if one.formal)
    return origins, words, formal or None
