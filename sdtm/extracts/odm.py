"""Clinical data in ODM-XML 1.3.2: one form per FormOID and ItemGroupOID.

Each ItemGroupData is a record: its keys (SubjectKey, SiteOID, StudyEventOID, the repeat keys) and one column per
ItemOID. A file is read once for all its forms, and only the item groups that are asked for are kept. Read safely:
entities and external references are refused. Source: CDISC ODM 1.3.2, 3.1.4.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from sdtm.extracts.cells import trimmed
from sdtm.extracts.errors import UnreadableFileError
from sdtm.extracts.transactions import CONTEXT, KEYS, LEVELS, REMOVE, UNIT, Entry, Fault, Snapshot, Transactions

Columns = list[tuple[str, pd.Series]]

_KINDS = ("Insert", "Update", REMOVE, "Upsert", CONTEXT)
_CLEARED = {*LEVELS, "MetaDataVersion", "AdminData", "ReferenceData"}


@dataclass(frozen=True)
class OdmFile:
    """What a file holds: how many records of each item group, those of the groups asked for, and what is at fault."""

    path: Path
    counts: dict[str, int]
    records: dict[str, list[Entry]]
    faults: tuple[Fault, ...]

    def columns(self, item_group: str | None = None) -> Columns:
        """Columns of one item group, named `FormOID/ItemGroupOID`; may be left out where the file has only one.

        Raises UnreadableFileError.
        """
        if item_group is None and len(self.counts) == 1:
            item_group = next(iter(self.counts))
        if item_group not in self.counts:
            found = f"the item groups {', '.join(self.counts)}" if self.counts else "no clinical data"
            expected = f"the item group {item_group or 'declared as FormOID/ItemGroupOID'}"
            raise UnreadableFileError(self.path, found, expected)
        chosen = self.records[item_group]
        items = dict.fromkeys(name for _, values in chosen for name in values)
        keys = [(name, _column([at[place] for at, _ in chosen])) for place, name in enumerate(KEYS)]
        named = ((name, _column([values.get(name) for _, values in chosen])) for name in items)
        return [*keys, *((name.replace(UNIT, ".unit"), values) for name, values in named)]


def open_odm(path: Path, item_groups: Collection[str] | None = None) -> OdmFile:
    """A file, read once; the records of some item groups are kept, those of the others counted.

    A file of type Snapshot says what is there, one of type Transactional how it came to be there: its transactions
    are carried out in their order. Raises UnreadableFileError.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException

    try:
        with path.open("rb") as stream:
            state = _read(path, stream, item_groups)
    except ParseError as error:
        raise UnreadableFileError(path, f"broken XML ({error})", "ODM-XML", error.position[0]) from error
    except DefusedXmlException as error:
        raise UnreadableFileError(path, f"an entity or external reference ({error})", "plain ODM-XML") from error
    counts, records = state.result()
    return OdmFile(path, counts, records, tuple(state.faults))


def _read(path: Path, stream: Any, item_groups: Collection[str] | None) -> Snapshot | Transactions:
    """What the elements leave; what an element holds is let go when it ends, so that memory stays small."""
    from defusedxml.ElementTree import iterparse

    state: Snapshot | Transactions = Snapshot(path, item_groups)
    kinds: list[str | None] = [None]
    for event, element in iterparse(stream, events=("start", "end")):
        tag = str(element.tag).rpartition("}")[2]
        if event == "start":
            if tag == "ODM" and element.get("FileType") == "Transactional":
                state = Transactions(path, item_groups)
            elif tag in LEVELS:
                kinds.append(_kind(path, element, kinds[-1]))
                state.enter(tag, [element.get(name) for name in LEVELS[tag]], kinds[-1], kinds[-2])
        elif tag == "SiteRef":
            state.site(element.get("LocationOID"))
        elif tag in _CLEARED:
            if tag == "ItemGroupData":
                _read_items(path, state, element, kinds[-1])
            if tag in LEVELS:
                kinds.pop()
            element.clear()
    return state


def _read_items(path: Path, state: Snapshot | Transactions, group: Any, kind: str | None) -> None:
    for element in group:
        tag = str(element.tag).rpartition("}")[2]
        if tag.startswith("ItemData"):
            state.item(tag, element, _kind(path, element, kind))


def _kind(path: Path, element: Any, above: str | None) -> str | None:
    """An element's kind of transaction: its own, or that of what it stands in."""
    kind = element.get("TransactionType")
    if kind is None:
        return above
    if kind not in _KINDS:
        raise UnreadableFileError(path, f'TransactionType="{kind}"', f"one of {', '.join(_KINDS)}")
    if above == REMOVE and kind != REMOVE:
        raise UnreadableFileError(path, f"{kind} of something in what is removed", "only Remove in a Remove")
    return kind


def _column(values: list[str | None]) -> pd.Series:
    return trimmed(pa.array(values, type=pa.large_string()))
