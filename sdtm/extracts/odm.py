"""Clinical data in ODM-XML 1.3.2: one form per FormOID and ItemGroupOID.

Each ItemGroupData is a record: its keys (SubjectKey, SiteOID, StudyEventOID, the repeat keys) and one column per
ItemOID. Read safely: entities and external references are refused. Source: CDISC ODM 1.3.2, 3.1.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from sdtm.extracts.cells import TRUTH, trimmed
from sdtm.extracts.errors import UnreadableFileError

Columns = list[tuple[str, pd.Series]]
Record = dict[str, str | None]

KEYS = (
    "StudyOID", "SubjectKey", "SiteOID", "StudyEventOID", "StudyEventRepeatKey", "FormOID", "FormRepeatKey",
    "ItemGroupOID", "ItemGroupRepeatKey",
)  # fmt: skip
_LEVELS = {
    "ClinicalData": ("StudyOID",),
    "SubjectData": ("SubjectKey",),
    "StudyEventData": ("StudyEventOID", "StudyEventRepeatKey"),
    "FormData": ("FormOID", "FormRepeatKey"),
    "ItemGroupData": ("ItemGroupOID", "ItemGroupRepeatKey"),
}
_BOOLEANS = {"true": TRUTH[True], "1": TRUTH[True], "false": TRUTH[False], "0": TRUTH[False]}


def read_odm(path: Path, item_group: str | None = None) -> Columns:
    """Columns of one item group, named `FormOID/ItemGroupOID`; may be left out where the file has only one.

    Raises UnreadableFileError.
    """
    records = list(_records(path))
    groups = _groups(records)
    if item_group is None and len(groups) == 1:
        item_group = groups[0]
    if item_group not in groups:
        found = f"the item groups {', '.join(groups)}" if groups else "no clinical data"
        raise UnreadableFileError(path, found, f"the item group {item_group or 'declared as FormOID/ItemGroupOID'}")
    chosen = [record for record in records if _group(record) == item_group]
    items = dict.fromkeys(name for record in chosen for name in record if name not in KEYS)
    return [
        (name, trimmed(pa.array([record.get(name) for record in chosen], type=pa.large_string())))
        for name in (*KEYS, *items)
    ]


def item_groups(path: Path) -> list[str]:
    """The item groups that hold data, as `FormOID/ItemGroupOID`, in the order of the file.

    Raises UnreadableFileError.
    """
    return _groups(list(_records(path)))


def _groups(records: list[Record]) -> list[str]:
    return list(dict.fromkeys(_group(record) for record in records))


def _group(record: Record) -> str:
    return f"{record['FormOID']}/{record['ItemGroupOID']}"


def _records(path: Path) -> Iterator[Record]:
    """Each ItemGroupData with the keys of what it stands in; a subject's elements are let go after it."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    keys: Record = {}
    try:
        with path.open("rb") as stream:
            for event, element in iterparse(stream, events=("start", "end")):
                tag = str(element.tag).rpartition("}")[2]
                if event == "start":
                    _check(path, tag, element)
                    keys |= {key: element.get(key) for key in _LEVELS.get(tag, ())}
                elif tag == "SiteRef":
                    keys["SiteOID"] = element.get("LocationOID")
                elif tag == "ItemGroupData":
                    yield keys | _items(element)
                elif tag == "SubjectData":
                    keys["SiteOID"] = None
                    element.clear()
    except ParseError as error:
        raise UnreadableFileError(path, f"broken XML ({error})", "ODM-XML", error.position[0]) from error
    except DefusedXmlException as error:
        raise UnreadableFileError(path, f"an entity or external reference ({error})", "plain ODM-XML") from error


def _check(path: Path, tag: str, element: Any) -> None:
    if tag == "ODM" and element.get("FileType") == "Transactional":
        raise UnreadableFileError(path, "an ODM file of transactions", "an ODM file of type Snapshot")


def _items(group: Any) -> Record:
    """Values by ItemOID: of ItemData's attribute, or the text of typed ItemData; the unit beside it."""
    items: Record = {}
    for element in group:
        tag = str(element.tag).rpartition("}")[2]
        if not tag.startswith("ItemData"):
            continue
        name = str(element.get("ItemOID"))
        items[name] = element.get("Value") if tag == "ItemData" else _typed(tag, element.text)
        for child in element:
            if str(child.tag).endswith("}MeasurementUnitRef"):
                items[f"{name}.unit"] = child.get("MeasurementUnitOID")
    return items


def _typed(tag: str, text: str | None) -> str | None:
    """The text of a typed ItemData; a boolean, which XML writes in four ways, as in any other format."""
    return _BOOLEANS.get((text or "").strip(), text) if tag == "ItemDataBoolean" else text
