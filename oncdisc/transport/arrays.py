"""Between a frame and typed Arrow arrays, which Parquet, CSV and Dataset-JSON are written from and read into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from . import ibm
from .arrow import ChunkedArray, pa, pc
from .breaches import Breaches
from .columns import NumberColumn, prepare_numbers
from .describe import describe, is_text, kind_of_column, text_values, with_formats
from .layout import V8
from .model import TEXT, Dataset, Variable, header_time
from .rules import check_pairs, check_storage

MOMENT = "%Y-%m-%dT%H:%M:%S"
_MICRO = 1e6


def described_dataset(
    frame: pd.DataFrame,
    *,
    name: str,
    label: str | None = None,
    variables: Sequence[Variable] | None = None,
    created: datetime | None = None,
    modified: datetime | None = None,
    attributes: Mapping[str, object] | None = None,
) -> Dataset:
    """A dataset of a frame, its columns in the variables' order, described by the data where nobody did."""
    described = describe(frame) if variables is None else with_formats(frame, variables)
    moment = header_time(created)
    return Dataset(
        name, label or "", frame, tuple(described), "", moment, modified or moment, attributes=attributes or {}
    )


def to_arrays(dataset: Dataset, breaches: Breaches) -> list[ChunkedArray]:
    """One array a variable: large_string, double, date32, timestamp[s] or bool; missing is null.

    A special missing value stays a NaN with its letter. Breaches: columns and variables that do not pair
    off, values that are not of the declared type, dates with a time.
    """
    if not check_pairs(dataset.frame, [variable.name for variable in dataset.variables], breaches):
        return []
    return [_to_array(dataset.frame[item.name], item, breaches) for item in dataset.variables]


def _to_array(column: pd.Series, variable: Variable, breaches: Breaches) -> ChunkedArray:
    if pd.api.types.is_bool_dtype(column.dtype):
        return _chunked(pa.array(column.astype("boolean"), pa.bool_()))
    check_storage(column, variable, V8, breaches)
    if is_text(column):
        return text_values(column, variable, breaches)
    ready = prepare_numbers(column, variable, breaches)
    return pa.chunked_array([], pa.null()) if ready is None else _chunked(_number_array(ready))


def _number_array(column: NumberColumn) -> Any:
    if column.kind == "number":
        values = column.values.astype(np.float64, copy=False)
        return pa.array(values, mask=ibm.missing_letters(values) == ibm.MISSING)
    moments = pa.array(column.values.astype("datetime64[s]"), pa.timestamp("s"))
    return moments.cast(pa.date32()) if column.kind == "date" else moments


def _chunked(values: Any) -> ChunkedArray:
    return values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])


def check_special_missing(dataset: Dataset, format: str, breaches: Breaches) -> None:
    """A breach for each special missing value, where a format has no place for its letter."""
    for variable in dataset.variables:
        if variable.name not in dataset.frame.columns:
            continue
        column = dataset.frame[variable.name]
        if column.dtype != np.float64:
            continue
        letters = ibm.missing_letters(column.to_numpy())
        rows = np.flatnonzero((letters != 0) & (letters != ibm.MISSING))
        breaches.add_records(
            "special missing value",
            variable.name,
            rows,
            lambda some, letters=letters: [f".{chr(letter)}" for letter in letters[some].tolist()],
            f"a number or plain missing, which {format} can hold",
        )


def to_series(values: Any, variable: Variable) -> pd.Series:
    """An array as the column of its type: text, float64, datetime64[s] or boolean; ArrowInvalid if it is none.

    A time of day is the number of seconds since midnight, as SAS and a Dataset-JSON integer have it.
    """
    values = _chunked(values)
    kind = values.type
    if pa.types.is_dictionary(kind):
        values = values.cast(kind.value_type)
        kind = values.type
    if pa.types.is_boolean(kind):
        return pd.Series(pd.array(values.to_pylist(), dtype="boolean"))
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        whole = values.cast(pa.timestamp("s")).combine_chunks()
        return pd.Series(whole.to_numpy(zero_copy_only=False).astype("datetime64[s]"), copy=False)
    if pa.types.is_time(kind):
        return pd.Series(_doubles(values.cast(pa.time64("us")).cast(pa.int64())) / _MICRO, copy=False)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return pd.Series(_doubles(values), copy=False)
    return text_series(blank_is_missing(values.cast(pa.large_string())))


def _doubles(values: ChunkedArray) -> Any:
    numbers = values.cast(pa.float64()).combine_chunks()
    if isinstance(numbers, pa.ChunkedArray):
        numbers = numbers.chunk(0) if numbers.num_chunks else pa.array([], pa.float64())
    # fill_null keeps the letters of special missing values, which a conversion through pandas might not.
    return pc.fill_null(numbers, float("nan")).to_numpy(zero_copy_only=False).copy()


def text_series(values: ChunkedArray) -> pd.Series:
    """Large strings as a text column, in one piece; whoever reads sees to it that blank is null."""
    dtype: Any = TEXT
    return pd.Series(dtype.__from_arrow__(values.combine_chunks()), copy=False)


def blank_is_missing(values: ChunkedArray) -> ChunkedArray:
    """Large strings with the empty string as null."""
    blank = pc.equal(values, "")
    return pc.if_else(blank, pa.scalar(None, pa.large_string()), values) if pc.any(blank).as_py() else values


def storage(column: pd.Series, variable: Variable) -> str:
    """`text`, `boolean`, `date`, `datetime` or `number`."""
    if pd.api.types.is_bool_dtype(column.dtype):
        return "boolean"
    return "text" if is_text(column) else kind_of_column(column, variable)


def frame_of(columns: Mapping[str, pd.Series], records: int) -> pd.DataFrame:
    """A frame of columns, with a RangeIndex even where there are none."""
    return pd.DataFrame(dict(columns), index=pd.RangeIndex(records))
