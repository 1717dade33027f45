"""Writes SAS transport files, versions 5 and 8: every rule first, then the records in blocks of rows."""

from __future__ import annotations

import codecs
import dataclasses
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .breaches import Breaches
from .columns import Column, NumberColumn, prepare_numbers, prepare_text
from .describe import describe, is_text, with_formats
from .files import replacing
from .layout import RECORD, VERSIONS, Field, Member, Version, fewest_records, library_header, member_header
from .model import SAS_EPOCH, Dataset, Variable, header_time
from .rules import check_dataset, check_storage, check_variables
from .splitting import FDA_LIMIT, Split, split_dataset

BLOCK_BYTES = 1 << 20
"""Records are laid out in blocks of about this size, which a processor's cache holds."""


def write_xpt(
    frame: pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    name: str,
    label: str | None = None,
    variables: Sequence[Variable] | None = None,
    type: str = "",
    created: datetime | None = None,
    modified: datetime | None = None,
    version: int = 5,
    encoding: str = "ascii",
    split: Split | None = None,
    limit: int = FDA_LIMIT,
) -> Path:
    """Write one dataset as a SAS transport file and return its path.

    Columns stand in the order of `variables`, or of the frame without them. Text is as long as `length`
    says, or as its longest value; `datetime64` becomes SAS days with DATE9. or SAS seconds with
    DATETIME20. The header's time is `created`, else SOURCE_DATE_EPOCH, else SAS's day zero, so the same
    data are the same bytes. The file must be called `<name in lower case>.xpt`.

    A file of more than `limit` bytes is written whole, and in parts below it under split/ beside it, as
    `split` says (see Split).

    Raises InvalidDatasetError with every violation before anything is written.
    """
    if version not in VERSIONS:
        raise ValueError(f"found version {version}, expected one of {', '.join(map(str, VERSIONS))}")
    target = Path(path)
    encoding = codecs.lookup(encoding).name
    moment = header_time(created)
    dataset = Dataset(name, label or "", frame, (), type, moment, modified or moment)
    member, columns = prepare(dataset, variables, VERSIONS[version], encoding, target.name)
    parts = _split(dataset, member, split or Split(), VERSIONS[version], (encoding, limit))
    with replacing(target) as stream:
        write_member(stream, VERSIONS[version], member, columns, encoding)
    for part in parts:
        _write_part(part, member, target.parent / "split", VERSIONS[version], encoding)
    return target


def _split(dataset: Dataset, member: Member, split: Split, version: Version, options: tuple[str, int]) -> list[Dataset]:
    """The parts of a dataset whose file would be over the limit; none if it is not."""
    encoding, limit = options
    head = len(library_header(version, SAS_EPOCH, SAS_EPOCH)) + len(member_header(version, member, encoding))
    room = (limit - head) // RECORD * RECORD // member.record_length
    if (member.records or 0) <= room:
        return []
    parts = split_dataset(dataset, split, room)
    breaches = Breaches(dataset.name, dataset.frame)
    for part in parts:
        check_dataset(part.name, part.label, part.type, version, encoding, breaches)
    breaches.refuse()
    return parts


def _write_part(part: Dataset, whole: Member, folder: Path, version: Version, encoding: str) -> None:
    """A part, with the lengths of the whole."""
    folder.mkdir(exist_ok=True)
    variables = [dataclasses.replace(item.variable, length=item.width) for item in whole.fields]
    target = folder / f"{part.name.lower()}.xpt"
    member, columns = prepare(part, variables, version, encoding, target.name)
    with replacing(target) as stream:
        write_member(stream, version, member, columns, encoding)


def prepare(
    dataset: Dataset, variables: Sequence[Variable] | None, version: Version, encoding: str, file_name: str | None
) -> tuple[Member, list[Column]]:
    """The member's header and its columns; InvalidDatasetError if the frame breaks any rule."""
    frame = dataset.frame
    breaches = Breaches(dataset.name, frame)
    described = describe(frame) if variables is None else with_formats(frame, variables)
    check_dataset(dataset.name, dataset.label, dataset.type, version, encoding, breaches)
    if file_name is not None and file_name != f"{dataset.name.lower()}.xpt":
        breaches.add("file name", file_name, f"{dataset.name.lower()}.xpt, as the dataset is called")
    columns: list[Column] = []
    if check_variables(frame, described, version, encoding, breaches):
        for variable in described:
            check_storage(frame[variable.name], variable, version, breaches)
            column = _prepare_column(frame[variable.name], variable, version, encoding, breaches)
            columns.extend([column] if column is not None else [])
        if version.number == 5:
            _check_last_records(columns, len(frame), breaches)
    breaches.refuse()
    member = Member(
        dataset.name,
        dataset.label,
        dataset.type,
        dataset.created,
        dataset.modified,
        _fields(columns),
        len(frame),
    )
    return member, columns


def _prepare_column(
    column: pd.Series, variable: Variable, version: Version, encoding: str, breaches: Breaches
) -> Column | None:
    if is_text(column):
        return prepare_text(column, variable, version, encoding, breaches)
    return prepare_numbers(column, variable, breaches)


def _check_last_records(columns: Sequence[Column], records: int, breaches: Breaches) -> None:
    """Version 5 has no record count: a blank record that the padding would swallow cannot be written."""
    texts = [column for column in columns if not isinstance(column, NumberColumn)]
    length = sum(column.width for column in texts)
    if len(texts) < len(columns) or not 0 < length < RECORD or not records or breaches.count:
        return
    first = max(0, records - RECORD)
    blank = np.logical_and.reduce([column.blank(first, records) for column in texts])
    filled = np.flatnonzero(~blank)
    kept = first + (int(filled[-1]) + 1 if len(filled) else 0)
    certain = fewest_records(-(-records * length // RECORD) * RECORD, length)
    words = ["every variable blank"]
    breaches.add_records(
        "blank last record",
        columns[0].variable.name,
        np.arange(max(kept, certain), records, dtype=np.intp),
        lambda some: words * len(some),
        "a value, or version 8: the file's padding is blank too",
    )


def _fields(columns: Sequence[Column]) -> tuple[Field, ...]:
    fields: list[Field] = []
    position = 0
    for column in columns:
        fields.append(Field(column.variable, not isinstance(column, NumberColumn), position, column.width))
        position += column.width
    return tuple(fields)


def write_member(stream: BinaryIO, version: Version, member: Member, columns: Sequence[Column], encoding: str) -> None:
    """A whole file of one dataset: headers, records, and blanks up to a whole 80 bytes."""
    moment = member.created or SAS_EPOCH
    stream.write(library_header(version, moment, member.modified or moment))
    stream.write(member_header(version, member, encoding))
    records = member.records or 0
    rows = max(1, BLOCK_BYTES // member.record_length)
    block = np.empty(min(rows, records), dtype=_record_type(columns))
    for start in range(0, records, rows):
        stop = min(start + rows, records)
        stream.write(_filled(block[: stop - start], columns, start, stop))
    stream.write(b" " * (-records * member.record_length % RECORD))


def _record_type(columns: Sequence[Column]) -> np.dtype[Any]:
    return np.dtype(
        [
            (f"f{place}", ">u8" if isinstance(column, NumberColumn) and column.width == 8 else f"V{column.width}")
            for place, column in enumerate(columns)
        ]
    )


def _filled(block: NDArray[Any], columns: Sequence[Column], start: int, stop: int) -> memoryview:
    for place, column in enumerate(columns):
        block[f"f{place}"] = column.block(start, stop)
    return block.view(np.uint8).data
