"""Whether a define.xml and the datasets beside it say the same, both ways.

The datasets are given as facts, so that any reader of any format may bring them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from define.lookup import Lookup
from define.model import Document, ItemDef, ItemGroup

_NUMBERS = frozenset({"integer", "float"})


@dataclass(frozen=True, slots=True)
class HeldVariable:
    """A variable as a dataset's file has it; `length` in bytes."""

    name: str
    label: str
    is_text: bool
    length: int


@dataclass(frozen=True, slots=True)
class HeldDataset:
    """A dataset as its file has it: variables in order, and the distinct values of those with a codelist."""

    name: str
    label: str
    records: int
    variables: tuple[HeldVariable, ...]
    values: Mapping[str, Collection[str]] = field(default_factory=dict[str, Collection[str]])


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Something that the define.xml and a dataset say differently."""

    dataset: str
    variable: str
    message: str

    def __str__(self) -> str:
        return f"{self.dataset}{'.' if self.variable else ''}{self.variable}: {self.message}"


def disagreements(document: Document, datasets: Iterable[HeldDataset]) -> tuple[Disagreement, ...]:
    """Everything on which the document and the datasets differ; nothing where they agree."""
    lookup = Lookup(document)
    held = {dataset.name: dataset for dataset in datasets}
    defined = {group.name: group for group in document.datasets}
    found = [
        Disagreement(name, "", "is in the define.xml, but there is no such dataset")
        for name, group in defined.items()
        if name not in held and not group.has_no_data
    ]
    for name, dataset in held.items():
        if name not in defined:
            found.append(Disagreement(name, "", "is a dataset, but not in the define.xml"))
        else:
            found.extend(_dataset(defined[name], dataset, lookup))
    return tuple(found)


def _dataset(group: ItemGroup, held: HeldDataset, lookup: Lookup) -> Iterator[Disagreement]:
    items = {lookup.items[ref.item].name: lookup.items[ref.item] for ref in group.items if ref.item in lookup.items}
    variables = {variable.name: variable for variable in held.variables}
    if (group.label or "") != held.label:
        yield Disagreement(held.name, "", f"the label is “{group.label or ''}”, in the dataset “{held.label}”")
    if group.has_no_data and held.records:
        yield Disagreement(held.name, "", f"is said to have no data, but has {held.records:,} records")
    for name in items:
        if name not in variables:
            yield Disagreement(held.name, name, "is in the define.xml, but not in the dataset")
    for name in variables:
        if name not in items:
            yield Disagreement(held.name, name, "is in the dataset, but not in the define.xml")
    common = [name for name in items if name in variables]
    if common != [name for name in variables if name in items]:
        yield Disagreement(held.name, "", "the variables stand in another order in the dataset")
    for name in common:
        for message in _variable(items[name], variables[name]):
            yield Disagreement(held.name, name, message)
        for message in _values(items[name], held.values.get(name, ()), lookup):
            yield Disagreement(held.name, name, message)


def _variable(item: ItemDef, held: HeldVariable) -> Iterator[str]:
    if (item.label or "") != held.label:
        yield f"the label is “{item.label or ''}”, in the dataset “{held.label}”"
    is_text = item.data_type not in _NUMBERS
    if is_text != held.is_text:
        yield f"the type is {item.data_type}, in the dataset {'text' if held.is_text else 'number'}"
    elif is_text and item.length is not None and item.length != held.length:
        yield f"the length is {item.length}, in the dataset {held.length}"


def _values(item: ItemDef, values: Collection[str], lookup: Lookup) -> Iterator[str]:
    """Values outside the codelist; one of a dictionary, or without terms, allows any."""
    codelist = lookup.codelists.get(item.codelist or "")
    if codelist is None or not codelist.terms:
        return
    outside = sorted(set(values) - {term.value for term in codelist.terms})
    if outside:
        yield f"{', '.join(outside)} not in the codelist {codelist.name}"
