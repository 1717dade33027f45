"""What the elements of an ODM-XML file make of the data: a snapshot's records, or what transactions leave of them.

A data element is found by its keys: subject, then event, form, item group (each by OID and repeat key), then item.
Insert and Update give it values, Upsert is either, Remove takes it away with all below it, Context only sends it again;
a child without a TransactionType has its parent's; they are carried out in the order of the file. What a transaction
supposes and is not so is a fault, so that nothing is lost unsaid. Source: CDISC ODM 1.3.2, 2.9 (transactions).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from sdtm.extracts.cells import TRUTH
from sdtm.extracts.errors import UnreadableFileError

REMOVE = "Remove"
CONTEXT = "Context"
UNIT = "\0unit"
"""Stands after an ItemOID for the item's unit: no OID can hold it."""
LEVELS = {
    "ClinicalData": ("StudyOID",),
    "SubjectData": ("SubjectKey",),
    "StudyEventData": ("StudyEventOID", "StudyEventRepeatKey"),
    "FormData": ("FormOID", "FormRepeatKey"),
    "ItemGroupData": ("ItemGroupOID", "ItemGroupRepeatKey"),
}
KEYS = (
    "StudyOID", "SubjectKey", "SiteOID", "StudyEventOID", "StudyEventRepeatKey", "FormOID", "FormRepeatKey",
    "ItemGroupOID", "ItemGroupRepeatKey",
)  # fmt: skip
_BOOLEANS = {"true": TRUTH[True], "1": TRUTH[True], "false": TRUTH[False], "0": TRUTH[False]}
_GROUP = "ItemGroupData"
_TAGS = tuple(LEVELS)

Items = dict[str, str | None]
Entry = tuple[tuple[str | None, ...], Items]
"""A record: the values of KEYS, and of its items."""
Keys = list[str | None]


class Fault(NamedTuple):
    """What is wrong with the data of an item group; `record` from 1 where it is known, else nothing."""

    item_group: str
    record: int
    subject: str
    value: str
    message: str


@dataclass
class _State:
    """Where in the file the reader is, and what was wrong so far."""

    path: Path
    wanted: Collection[str] | None
    keys: dict[str, str | None] = field(default_factory=lambda: dict[str, str | None].fromkeys(KEYS))
    faults: list[Fault] = field(default_factory=list[Fault])

    @property
    def group(self) -> str:
        return f"{self.keys['FormOID']}/{self.keys['ItemGroupOID']}"

    @property
    def is_wanted(self) -> bool:
        return self.wanted is None or self.group in self.wanted

    def _fault(self, message: str, value: str | None, record: int = 0) -> None:
        """One of a group that nobody asked for says nothing to anybody."""
        if self.is_wanted:
            self.faults.append(Fault(self.group, record, self.keys["SubjectKey"] or "", value or "", message))

    def _at(self, tag: str, keys: Keys) -> None:
        self.keys.update(zip(LEVELS[tag], keys, strict=True))
        if tag == "SubjectData":
            self.keys["SiteOID"] = None


@dataclass
class Snapshot(_State):
    """Each item group is a record as it stands."""

    counts: Counter[str] = field(default_factory=Counter[str])
    records: dict[str, list[Entry]] = field(default_factory=dict[str, list[Entry]])

    def enter(self, tag: str, keys: Keys, kind: str | None, _above: str | None) -> None:
        """An element of a level begins. Raises UnreadableFileError for what no snapshot holds."""
        self._at(tag, keys)
        self._refuse(kind, tag)
        if tag == _GROUP:
            self.counts[self.group] += 1
            if self.is_wanted:
                self.records.setdefault(self.group, []).append((tuple(self.keys.values()), {}))

    def site(self, site: str | None) -> None:
        """The site of the subject."""
        self.keys["SiteOID"] = site

    def item(self, tag: str, element: Any, kind: str | None) -> None:
        """A value of the item group that was entered last."""
        self._refuse(kind, str(element.get("ItemOID")))
        if not self.is_wanted:
            return
        name, value, unit = _values(tag, element)
        items = self.records[self.group][-1][1]
        if name in items and items[name] != value:
            message = f"the item {name} is there twice, first as {items[name]}: the last one is taken"
            self._fault(message, value, self.counts[self.group])
        items[name] = value
        if unit:
            items[name + UNIT] = unit

    def result(self) -> tuple[dict[str, int], dict[str, list[Entry]]]:
        """Records by item group: how many, and which."""
        return dict(self.counts), self.records

    def _refuse(self, kind: str | None, what: str) -> None:
        if kind == REMOVE:
            found = f'TransactionType="Remove" ({what}, subject {self.keys["SubjectKey"]}) in a file of type Snapshot'
            raise UnreadableFileError(
                self.path, found, 'a snapshot without what was removed, or FileType="Transactional", whose '
                "transactions are carried out in their order",
            )  # fmt: skip


@dataclass
class _Element:
    """What stands at a level: what is below it, and of an item group the values."""

    below: dict[tuple[str | None, ...], _Element] = field(default_factory=dict[tuple[str | None, ...], "_Element"])
    items: Items = field(default_factory=Items)
    site: str | None = None
    there: bool = True


@dataclass
class Transactions(_State):
    """The data as the transactions leave it; an element that no transaction has made yet is not there."""

    root: _Element = field(default_factory=_Element)
    open: list[_Element] = field(default_factory=list[_Element])

    def enter(self, tag: str, keys: Keys, kind: str | None, above: str | None) -> None:
        """An element of a level begins."""
        self._at(tag, keys)
        level = _TAGS.index(tag)
        self.open = [self.root, *self.open[1 : level + 1]]
        parent, key = self.open[level], tuple(keys)
        known = parent.below.get(key)
        is_there = known is not None and known.there
        if kind == REMOVE:
            if not is_there and above != REMOVE:
                self._fault(f"Remove of {self._place(tag)}, which is not there: nothing is removed", None)
            parent.below.pop(key, None)
            self.open.append(_Element(there=False))
            return
        element = parent.below.setdefault(key, _Element(there=False))
        if tag == _GROUP:
            self._check_group(kind, is_there)
        self.open.append(element)
        if kind != CONTEXT:
            self._make_open()

    def _check_group(self, kind: str | None, is_there: bool) -> None:
        place = self._place(_GROUP)
        if kind == "Insert" and is_there:
            self._fault(f"Insert of {place}, which is there already: taken as one record", None)
        if kind == "Update" and not is_there:
            self._fault(f"Update of {place}, which the file did not insert: taken as inserted", None)
        if kind == CONTEXT and not is_there:
            self._fault(f"Context of {place}, which the file did not insert: left out", None)

    def site(self, site: str | None) -> None:
        """The site of the subject."""
        if len(self.open) > 2:
            self.open[2].site = site

    def item(self, tag: str, element: Any, kind: str | None) -> None:
        """A transaction of a value of the item group that was entered last."""
        name, value, unit = _values(tag, element)
        group = self.open[-1]
        if kind == CONTEXT:
            if group.there and group.items.get(name) != value:
                self._fault(f"Context of {name} with another value than before: left out", value)
        elif kind == REMOVE:
            if group.there and name not in group.items:
                self._fault(f"Remove of {name}, which is not there: nothing is removed", value)
            group.items.pop(name, None)
            group.items.pop(name + UNIT, None)
        else:
            self._set(group, name, value, kind)
            if unit:
                group.items[name + UNIT] = unit

    def _set(self, group: _Element, name: str, value: str | None, kind: str | None) -> None:
        before = group.items.get(name)
        if kind == "Insert" and name in group.items and before != value:
            self._fault(f"Insert of {name}, which is there already as {before}: the last one is taken", value)
        if kind == "Update" and name not in group.items:
            self._fault(f"Update of {name}, which the file did not insert: taken as inserted", value)
        self._make_open()
        group.items[name] = value

    def _make_open(self) -> None:
        """What stands in something makes that be there, too."""
        for element in self.open:
            element.there = True

    def _place(self, tag: str) -> str:
        """An element in words, by the keys of all levels down to it."""
        levels = (LEVELS[name] for name in _TAGS[2 : _TAGS.index(tag) + 1])
        named = (" ".join(text for name in level if (text := self.keys[name])) for level in levels)
        return " / ".join(named) or "the subject"

    def result(self) -> tuple[dict[str, int], dict[str, list[Entry]]]:
        """Records by item group: how many, and which."""
        counts: Counter[str] = Counter()
        records: dict[str, list[Entry]] = {}
        for keys, items in _entries(self.root):
            self.keys.update(zip(KEYS, keys, strict=True))
            counts[self.group] += 1
            if self.is_wanted:
                records.setdefault(self.group, []).append((keys, items))
        return dict(counts), records


def _entries(root: _Element) -> Iterator[Entry]:
    """The item groups that are there, in the order in which they came to be."""
    waiting: list[tuple[tuple[str | None, ...], str | None, _Element]] = [((), None, root)]
    while waiting:
        keys, site, element = waiting.pop()
        if not element.there:
            continue
        if len(keys) == len(KEYS) - 1:
            yield (*keys[:2], site, *keys[2:]), element.items
        for key in reversed(element.below):
            below = element.below[key]
            waiting.append(((*keys, *key), below.site or site, below))


def _values(tag: str, element: Any) -> tuple[str, str | None, str | None]:
    """ItemOID, value (of ItemData's attribute, or the text of typed ItemData) and unit."""
    value = element.get("Value") if tag == "ItemData" else _typed(tag, element.text)
    units = (child.get("MeasurementUnitOID") for child in element if str(child.tag).endswith("}MeasurementUnitRef"))
    return str(element.get("ItemOID")), value, next(units, None)


def _typed(tag: str, text: str | None) -> str | None:
    """The text of a typed ItemData; a boolean, which XML writes in four ways, as in any other format."""
    return _BOOLEANS.get((text or "").strip(), text) if tag == "ItemDataBoolean" else text
