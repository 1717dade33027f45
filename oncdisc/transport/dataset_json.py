"""CDISC Dataset-JSON 1.1: its JSON, NDJSON and compressed (.dsjc) forms, written in blocks and read back.

Metadata as the standard asks, from the variables: ISO 8601 text is `date` or `datetime`, SAS dates are
`date` with `targetDataType` integer and their display format, decimals are strings.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from oncdisc._version import __version__

from .arrays import MOMENT, check_special_missing, described_dataset, storage, to_arrays
from .arrow import Array, ChunkedArray, pa, pc
from .breaches import Breaches
from .files import replacing
from .fixed import text_lengths
from .model import Dataset, Variable, header_time

STANDARD = "1.1.0"
BLOCK_ROWS = 20_000
COMPRESSION = 9
"""The level that the specification of the compressed form recommends for storage."""
ATTRIBUTES = (
    "fileOID",
    "originator",
    "sourceSystem",
    "studyOID",
    "metaDataVersionOID",
    "metaDataRef",
    "itemGroupOID",
)
"""What a Dataset's `attributes` may hold, by the standard's names, in the order written."""
_ISO_TYPES = {
    "date": "date",
    "partialDate": "date",
    "datetime": "datetime",
    "partialDatetime": "datetime",
    "incompleteDatetime": "datetime",
    "time": "time",
    "partialTime": "time",
    "URI": "URI",
}
_NUMBER_TYPES = ("integer", "float", "double", "decimal")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def write_dataset_json(
    frame: pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    name: str,
    label: str | None = None,
    variables: Sequence[Variable] | None = None,
    created: datetime | None = None,
    modified: datetime | None = None,
    attributes: Mapping[str, object] | None = None,
) -> Path:
    """Write one dataset as a JSON document and return its path.

    `attributes` are the standard's for the file: fileOID, originator, sourceSystem, studyOID,
    metaDataVersionOID, metaDataRef, itemGroupOID (IG.<name> without it). Missing text is the empty
    string, other missing values are null. Raises InvalidDatasetError with every violation.
    """
    dataset = described_dataset(
        frame, name=name, label=label, variables=variables, created=created, modified=modified, attributes=attributes
    )
    return save_dataset_json(dataset, Path(path))


def write_ndjson(
    frame: pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    name: str,
    label: str | None = None,
    variables: Sequence[Variable] | None = None,
    created: datetime | None = None,
    modified: datetime | None = None,
    attributes: Mapping[str, object] | None = None,
) -> Path:
    """Write one dataset as newline-delimited JSON, metadata first; compressed if the path ends in .dsjc.

    Arguments and errors are those of write_dataset_json.
    """
    dataset = described_dataset(
        frame, name=name, label=label, variables=variables, created=created, modified=modified, attributes=attributes
    )
    return save_ndjson(dataset, Path(path))


def save_dataset_json(dataset: Dataset, target: Path) -> Path:
    """A described dataset as JSON."""
    arrays = _prepared(dataset)
    header = _encode(file_metadata(dataset, arrays))
    with replacing(target) as stream:
        stream.write(header[:-1].encode() + b',"rows":[')
        separator = ""
        for rows in _row_blocks(dataset, arrays):
            stream.write((separator + _encode(rows)[1:-1]).encode())
            separator = ","
        stream.write(b"]}")
    return target


def save_ndjson(dataset: Dataset, target: Path) -> Path:
    """A described dataset as NDJSON, or as one zlib stream of it."""
    arrays = _prepared(dataset)
    header = _encode(file_metadata(dataset, arrays)) + "\n"
    squeeze = zlib.compressobj(COMPRESSION) if target.suffix.lower() == ".dsjc" else None
    with replacing(target) as stream:
        for text in _lines(header, dataset, arrays):
            stream.write(squeeze.compress(text.encode()) if squeeze else text.encode())
        stream.write(squeeze.flush() if squeeze else b"")
    return target


def _lines(header: str, dataset: Dataset, arrays: Sequence[ChunkedArray]) -> Iterator[str]:
    yield header
    for rows in _row_blocks(dataset, arrays):
        yield "\n".join(map(_encode, rows)) + "\n"


def _prepared(dataset: Dataset) -> list[ChunkedArray]:
    breaches = Breaches(dataset.name, dataset.frame)
    arrays = to_arrays(dataset, breaches)
    check_special_missing(dataset, "Dataset-JSON", breaches)
    for name in dataset.attributes:
        if name not in ATTRIBUTES:
            breaches.add("attribute", name, f"one of {', '.join(ATTRIBUTES)}")
    breaches.refuse()
    return arrays


def file_metadata(dataset: Dataset, arrays: Sequence[ChunkedArray]) -> dict[str, object]:
    """Everything but the rows."""
    created, modified = dataset.created or header_time(None), dataset.modified
    head: dict[str, object] = {
        "datasetJSONCreationDateTime": created.strftime(MOMENT),
        "datasetJSONVersion": STANDARD,
        "dbLastModifiedDateTime": modified.strftime(MOMENT) if modified else None,
        "sourceSystem": {"name": "oncdisc", "version": __version__},
        "itemGroupOID": f"IG.{dataset.name}",
    }
    head |= {name: dataset.attributes[name] for name in ATTRIBUTES if name in dataset.attributes}
    head |= {"records": len(dataset.frame), "name": dataset.name, "label": dataset.label}
    head["columns"] = [
        column_metadata(dataset, variable, array) for variable, array in zip(dataset.variables, arrays, strict=True)
    ]
    return {name: value for name, value in head.items() if value is not None}


def column_metadata(dataset: Dataset, variable: Variable, array: ChunkedArray) -> dict[str, object]:
    """One entry of `columns`."""
    stored = storage(dataset.frame[variable.name], variable)
    described: dict[str, object] = {
        "itemOID": variable.oid or f"IT.{dataset.name}.{variable.name}",
        "name": variable.name,
        "label": variable.label,
        "dataType": _data_type(variable, stored, array),
    }
    if stored in ("date", "datetime") or (stored == "number" and described["dataType"] == "time"):
        described["targetDataType"] = "integer"
    elif described["dataType"] == "decimal":
        described["targetDataType"] = "decimal"
    length = variable.length
    if stored == "text" and length is None and described["dataType"] == "string":
        length = max([1, *(int(text_lengths(chunk).max(initial=1)) for chunk in array.chunks)])
    if length is not None and (stored == "text" or length < 8):
        described["length"] = length
    if variable.format:
        described["displayFormat"] = variable.format
    if variable.key is not None:
        described["keySequence"] = variable.key
    return described


def _data_type(variable: Variable, stored: str, array: ChunkedArray) -> str:
    if stored == "text":
        return _ISO_TYPES.get(variable.type, "string")
    if stored != "number":
        return stored
    if variable.type == "time" and _is_time_of_day(array):
        return "time"
    return variable.type if variable.type in _NUMBER_TYPES else "float"


def _is_time_of_day(array: ChunkedArray) -> bool:
    """Whether all seconds are whole and of one day, as ISO 8601 can write them."""
    inside = pc.and_(pc.greater_equal(array, 0), pc.less(array, 86400))
    return pc.all(pc.and_(inside, pc.equal(pc.floor(array), array))).as_py() is not False


def _row_blocks(dataset: Dataset, arrays: Sequence[ChunkedArray]) -> Iterator[list[tuple[Any, ...]]]:
    records = len(dataset.frame)
    types = [
        _data_type(variable, storage(dataset.frame[variable.name], variable), array)
        for variable, array in zip(dataset.variables, arrays, strict=True)
    ]
    for start in range(0, records, BLOCK_ROWS):
        lists = [
            _json_values(array.slice(start, BLOCK_ROWS), data_type)
            for data_type, array in zip(types, arrays, strict=True)
        ]
        yield list(zip(*lists, strict=True))


def _json_values(values: Array, data_type: str) -> list[Any]:
    """A piece of a column as what JSON holds."""
    kind = values.type
    if pa.types.is_large_string(kind):
        return pc.fill_null(values, "").to_pylist()
    if pa.types.is_date(kind):
        return values.cast(pa.string()).to_pylist()
    if pa.types.is_timestamp(kind):
        return pc.strftime(values, format=MOMENT).to_pylist()
    if data_type == "integer":
        return values.cast(pa.int64()).to_pylist()
    if data_type == "time":
        return values.cast(pa.int32()).cast(pa.time32("s")).cast(pa.string()).to_pylist()
    if data_type == "decimal":
        return [None if value is None else format_decimal(value) for value in values.to_pylist()]
    return values.to_pylist()


def format_decimal(value: float) -> str:
    """The shortest decimal that is this double, without an exponent."""
    from decimal import Decimal

    return f"{Decimal(repr(value)):f}"
