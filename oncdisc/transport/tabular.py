"""Parquet and CSV with their metadata: inside the Parquet file, beside the CSV as <name>.variables.json."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping, Sequence
from csv import Error, reader
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pandas as pd

from .arrays import MOMENT, check_special_missing, described_dataset, frame_of, storage, to_arrays, to_series
from .arrow import ChunkedArray, pa, pc
from .breaches import Breaches
from .describe import describe
from .errors import DamagedFileError, UndecodableTextError
from .files import replacing
from .model import Dataset, Variable

METADATA_KEY = b"oncdisc"
_ARROW_TYPES = {
    "text": pa.large_string(),
    "number": pa.float64(),
    "date": pa.date32(),
    "datetime": pa.timestamp("s"),
    "boolean": pa.bool_(),
}
_LABELLED = ("label", "type", "format", "informat")


def write_parquet(
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
    """Write one dataset as Parquet and return its path.

    Each field carries its label, type, length, format and informat, the file all of the metadata. Dates
    are date32, datetimes timestamps, special missing values NaN with their letter (plain missing is null).
    """
    dataset = described_dataset(
        frame, name=name, label=label, variables=variables, created=created, modified=modified, attributes=attributes
    )
    return save_parquet(dataset, Path(path))


def write_csv(
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
    """Write one dataset as UTF-8 CSV, its metadata beside it, and return the CSV's path.

    Raises InvalidDatasetError for special missing values, which CSV cannot tell from text.
    """
    dataset = described_dataset(
        frame, name=name, label=label, variables=variables, created=created, modified=modified, attributes=attributes
    )
    return save_csv(dataset, Path(path))


def save_parquet(dataset: Dataset, target: Path) -> Path:
    """A described dataset as Parquet."""
    import pyarrow.parquet

    parquet: Any = pyarrow.parquet
    breaches = Breaches(dataset.name, dataset.frame)
    arrays = to_arrays(dataset, breaches)
    breaches.refuse()
    fields = [
        pa.field(item.name, array.type, metadata=_field_metadata(item))
        for item, array in zip(dataset.variables, arrays, strict=True)
    ]
    schema = pa.schema(fields, metadata={METADATA_KEY: json.dumps(dataset_metadata(dataset))})
    with replacing(target) as stream:
        parquet.write_table(pa.Table.from_arrays(arrays, schema=schema), stream)
    return target


def _field_metadata(variable: Variable) -> dict[str, str]:
    words = {name: getattr(variable, name) or "" for name in _LABELLED}
    return words | ({} if variable.length is None else {"length": str(variable.length)})


def dataset_metadata(dataset: Dataset) -> dict[str, object]:
    """All that a Dataset holds beside its frame, as JSON can."""
    return {
        "name": dataset.name,
        "label": dataset.label,
        "type": dataset.type,
        "created": dataset.created.strftime(MOMENT) if dataset.created else None,
        "modified": dataset.modified.strftime(MOMENT) if dataset.modified else None,
        "encoding": dataset.encoding,
        "attributes": dict(dataset.attributes),
        "variables": [dataclasses.asdict(variable) for variable in dataset.variables],
        "storage": [storage(dataset.frame[variable.name], variable) for variable in dataset.variables],
    }


def read_parquet(path: str | os.PathLike[str]) -> Dataset:
    """A dataset from Parquet; of another program's file, what its types say."""
    import pyarrow.parquet

    parquet: Any = pyarrow.parquet
    source = Path(path)
    try:
        table = parquet.read_table(source)
    except (pa.ArrowInvalid, OSError) as error:
        raise DamagedFileError(source, 0, str(error).splitlines()[0], "a Parquet file") from error
    stored = (table.schema.metadata or {}).get(METADATA_KEY)
    return _dataset(source, table, None if stored is None else json.loads(stored))


def _dataset(source: Path, table: Any, metadata: dict[str, Any] | None) -> Dataset:
    names = cast("list[str]", table.column_names)
    variables = [Variable(**item) for item in metadata["variables"]] if metadata else [Variable(name) for name in names]
    if [variable.name for variable in variables] != names:
        raise DamagedFileError(source, 0, f"columns {', '.join(names)}", "the columns that its metadata names")
    frame = frame_of(
        {item.name: to_series(table.column(place), item) for place, item in enumerate(variables)}, table.num_rows
    )
    if metadata is None:
        return Dataset(source.stem.upper(), "", frame, tuple(describe(frame)), encoding="utf-8")
    moments = [
        None if metadata[name] is None else datetime.fromisoformat(metadata[name]) for name in ("created", "modified")
    ]
    return Dataset(
        metadata["name"],
        metadata["label"],
        frame,
        tuple(variables),
        metadata["type"],
        *moments,
        encoding=metadata["encoding"],
        attributes=metadata["attributes"],
    )


def sidecar(path: Path) -> Path:
    """Where the metadata of a CSV file is."""
    return path.with_suffix(".variables.json")


def save_csv(dataset: Dataset, target: Path) -> Path:
    """A described dataset as CSV, and its metadata beside it."""
    import pyarrow.csv

    writer: Any = pyarrow.csv
    breaches = Breaches(dataset.name, dataset.frame)
    arrays = to_arrays(dataset, breaches)
    check_special_missing(dataset, "CSV", breaches)
    breaches.refuse()
    columns = [_as_words(array) for array in arrays]
    table = pa.Table.from_arrays(columns, names=[variable.name for variable in dataset.variables])
    with replacing(target) as stream:
        writer.write_csv(table, stream)
    with replacing(sidecar(target)) as stream:
        stream.write(json.dumps(dataset_metadata(dataset), indent=1, ensure_ascii=False).encode())
    return target


def _as_words(array: ChunkedArray) -> ChunkedArray:
    """Datetimes as ISO 8601, the rest as Arrow writes it: shortest decimals, missing as nothing."""
    return pc.strftime(array, format=MOMENT) if pa.types.is_timestamp(array.type) else array


def read_csv(path: str | os.PathLike[str]) -> Dataset:
    """A dataset from CSV: typed if its metadata is beside it, all text as collected if not.

    Raises UndecodableTextError for text that is no UTF-8, DamagedFileError for what is no CSV.
    """
    import pyarrow.csv

    csv: Any = pyarrow.csv
    source = Path(path)
    metadata = _metadata_beside(source)
    options = csv.ConvertOptions(
        column_types=_column_types(source, metadata),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )
    parse = csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False)
    try:
        table = csv.read_csv(source, parse_options=parse, convert_options=options)
    except pa.ArrowInvalid as error:
        _refuse_undecodable(source)
        raise DamagedFileError(source, 0, str(error).splitlines()[0], "CSV with one header line") from error
    return _dataset(source, table, metadata)


def _refuse_undecodable(source: Path) -> None:
    """Raises UndecodableTextError with the first byte of a file that is no UTF-8."""
    try:
        source.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"the byte 0x{error.object[error.start]:02X}"
        raise UndecodableTextError(source, error.start, found, "text in utf-8") from None


def _metadata_beside(source: Path) -> dict[str, Any] | None:
    beside = sidecar(source)
    try:
        return json.loads(beside.read_text("utf-8")) if beside.is_file() else None
    except ValueError as error:
        raise DamagedFileError(beside, 0, str(error), "the metadata of a CSV file as JSON") from error


def _column_types(source: Path, metadata: dict[str, Any] | None) -> dict[str, Any]:
    """The Arrow type of each column: as stored, or text where nothing is known."""
    if metadata is not None:
        names = [variable["name"] for variable in metadata["variables"]]
        return {name: _ARROW_TYPES[stored] for name, stored in zip(names, metadata["storage"], strict=True)}
    try:
        with source.open(encoding="utf-8-sig", newline="") as stream:
            names = next(reader(stream), [])
    except (UnicodeDecodeError, Error) as error:
        _refuse_undecodable(source)
        raise DamagedFileError(source, 0, str(error), "CSV with one header line") from error
    if any("\0" in name for name in names):
        raise UndecodableTextError(source, 0, "null bytes between the letters, as UTF-16 has them", "text in utf-8")
    if len(set(names)) < len(names):
        raise DamagedFileError(source, 0, "two columns of one name", "a header of names that differ")
    return dict.fromkeys(names, pa.large_string())
