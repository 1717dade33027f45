"""Reads CDISC Dataset-JSON 1.1 in its three forms, and says where a file is not one."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pandas as pd

from .arrays import frame_of, to_series
from .arrow import ChunkedArray, pa, pc
from .dataset_json import ATTRIBUTES
from .errors import DamagedFileError
from .formats import kind_of_format
from .model import Dataset, Variable

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_TEXT_TYPES = ("string", "URI")
_MOMENT_TYPES = ("date", "datetime", "time")
_NUMBER_TYPES = ("integer", "float", "double", "decimal")
_REQUIRED = ("datasetJSONVersion", "itemGroupOID", "records", "name", "label", "columns")
_SHOWN_FORMATS = {"date": "DATE9.", "datetime": "DATETIME20.", "time": "TIME8."}


def read_dataset_json(path: str | os.PathLike[str]) -> Dataset:
    """A dataset from JSON, NDJSON or the compressed form, whichever the bytes are.

    SAS dates (`targetDataType` integer) become datetime64[s], ISO 8601 text stays text with `date` as
    its variable's type. Raises DamagedFileError with the offset, in the uncompressed text, where the file
    stops being Dataset-JSON.
    """
    source = Path(path)
    text = _text(source)
    try:
        first, end = json.JSONDecoder().raw_decode(text.lstrip("\ufeff"))
    except json.JSONDecodeError as error:
        raise _damaged(source, text, error.pos, error.msg, "JSON") from error
    if not isinstance(first, dict):
        raise _damaged(source, text, 0, type(first).__name__, "an object with the dataset's metadata")
    head = cast("dict[str, Any]", first)
    for name in _REQUIRED:
        if name not in head:
            raise _damaged(source, text, 0, f"no {name}", "the metadata that Dataset-JSON 1.1 requires")
    rows = head["rows"] if "rows" in head else _lines(source, text, end)
    if len(rows) != head["records"]:
        raise _damaged(source, text, len(text), f"{len(rows)} rows", f"the {head['records']} announced")
    return _dataset(source, text, head, rows)


def _text(source: Path) -> str:
    data = source.read_bytes()
    if data[:1] in (b"\x78", b"\x1f"):
        try:
            data = zlib.decompress(data, _GZIP_OR_ZLIB)
        except zlib.error as error:
            raise DamagedFileError(source, 0, f"bytes that do not unpack ({error})", "a zlib or gzip stream") from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DamagedFileError(source, error.start, repr(data[error.start : error.end]), "UTF-8") from error


def _lines(source: Path, text: str, end: int) -> list[Any]:
    """The rows after NDJSON's first line."""
    lines = text[end:].split("\n")
    try:
        return json.loads(f"[{','.join(line for line in lines if line.strip())}]")
    except json.JSONDecodeError as error:
        raise _damaged(source, text, end + error.pos, error.msg, "one row of JSON a line") from error


def _damaged(source: Path, text: str, position: int, found: str, expected: str) -> DamagedFileError:
    return DamagedFileError(source, len(text[:position].encode()), found, expected)


def _dataset(source: Path, text: str, head: Mapping[str, Any], rows: Sequence[Any]) -> Dataset:
    described = cast("list[dict[str, Any]]", head["columns"])
    try:
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(described)
    except (TypeError, ValueError) as error:
        raise _damaged(source, text, len(text), str(error), "rows of one length") from error
    if len(columns) != len(described):
        raise _damaged(source, text, len(text), f"{len(columns)} values a row", f"{len(described)} columns")
    variables = tuple(_variable(column) for column in described)
    series: dict[str, pd.Series] = {}
    for variable, column, values in zip(variables, described, columns, strict=True):
        try:
            series[variable.name] = to_series(_array(values, column), variable)
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            found = f"{variable.name}: {str(error).splitlines()[0]}"
            raise _damaged(source, text, len(text), found, f"values of type {column['dataType']}") from error
    return Dataset(
        head["name"],
        head["label"],
        frame_of(series, len(rows)),
        variables,
        created=_moment(head.get("datasetJSONCreationDateTime")),
        modified=_moment(head.get("dbLastModifiedDateTime")),
        encoding="utf-8",
        attributes={name: head[name] for name in ATTRIBUTES if name in head},
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=None, microsecond=0)


def _variable(column: Mapping[str, Any]) -> Variable:
    logical = column["dataType"]
    shown = column.get("displayFormat")
    if column.get("targetDataType") == "integer" and logical in _SHOWN_FORMATS and not kind_of_format(shown):
        shown = _SHOWN_FORMATS[logical]
    return Variable(
        column["name"],
        column["label"],
        "text" if logical == "string" else logical,
        column.get("length"),
        shown,
        key=column.get("keySequence"),
        oid=column["itemOID"],
    )


def _array(values: Sequence[Any], column: Mapping[str, Any]) -> ChunkedArray:
    logical, numeric = column["dataType"], column.get("targetDataType") is not None
    if logical == "boolean":
        return pa.chunked_array([pa.array(values, pa.bool_())])
    if logical in _TEXT_TYPES or (logical in _MOMENT_TYPES and not numeric):
        return pa.chunked_array([pa.array(values, pa.large_string())])
    if logical in ("date", "datetime"):
        stored = pa.array([value or None for value in values], pa.string())
        return pa.chunked_array([stored.cast(pa.timestamp("s"))])
    if logical == "time":
        clock = pa.array([value or None for value in values], pa.string())
        moment = pc.binary_join_element_wise("1970-01-01", clock, "T").cast(pa.timestamp("s"))
        return pa.chunked_array([moment.cast(pa.int64()).cast(pa.float64())])
    if logical == "decimal":
        words = pa.array([None if value is None else str(value) for value in values], pa.string())
        return pa.chunked_array([pc.cast(words, pa.float64())])
    if logical not in _NUMBER_TYPES:
        raise pa.ArrowInvalid(f"unknown dataType {logical!r}")
    return pa.chunked_array([pa.array(values, pa.float64())])
