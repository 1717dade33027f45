"""What a frame's columns are: how each is stored, and the variables of a frame that nobody described."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from .arrow import ChunkedArray, pa
from .breaches import Breaches, shown
from .formats import kind_of_format
from .model import Variable

_TYPES = {"date": "date", "datetime": "datetime", "number": "float"}
_FORMATS = {"date": "DATE9.", "datetime": "DATETIME20."}


def is_text(column: pd.Series) -> bool:
    """Whether a column is stored as characters, by its type alone."""
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return bool(pd.api.types.is_string_dtype(dtype.categories.dtype))
    return bool(pd.api.types.is_string_dtype(dtype) or pd.api.types.is_object_dtype(dtype))


def kind_of_column(column: pd.Series, variable: Variable) -> str:
    """Whether a datetime64 column holds dates or datetimes: by its format, its type, then its name."""
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        return "number"
    kind = kind_of_format(variable.format)
    if kind in ("date", "datetime"):
        return kind
    if variable.type in ("date", "datetime"):
        return variable.type
    return "datetime" if variable.name.endswith("DTM") else "date"


def describe(frame: pd.DataFrame) -> list[Variable]:
    """Variables for a frame that nobody described: type by column, no label, length by the data."""
    return [_described(str(name), frame.iloc[:, place]) for place, name in enumerate(frame.columns)]


def _described(name: str, column: pd.Series) -> Variable:
    if is_text(column):
        return Variable(name)
    bare = Variable(name, type="")
    kind = kind_of_column(column, bare)
    return Variable(name, type=_TYPES[kind], format=_FORMATS.get(kind))


def with_formats(frame: pd.DataFrame, variables: Sequence[Variable]) -> list[Variable]:
    """Gives datetime64 columns without a format SAS's, or their numbers would be read as numbers."""
    labels: list[object] = list(frame.columns)
    times = Counter(labels)
    return [_with_format(frame[item.name], item) if times[item.name] == 1 else item for item in variables]


def _with_format(column: pd.Series, variable: Variable) -> Variable:
    form = variable.format or _FORMATS.get(kind_of_column(column, variable))
    return dataclasses.replace(variable, format=form)


def text_values(column: pd.Series, variable: Variable, breaches: Breaches) -> ChunkedArray:
    """A text column as Arrow's large strings; each value that is no text is a breach, and left out."""
    try:
        return to_arrow(column)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return to_arrow(without_other_types(column, variable, breaches))


def to_arrow(column: pd.Series) -> ChunkedArray:
    """A text column as Arrow's large strings; pa.ArrowInvalid or ArrowTypeError if a value is not text."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    values = pa.array(column, from_pandas=True)
    if pa.types.is_null(values.type):
        values = values.cast(pa.large_string())
    if not _is_string(values.type):
        raise pa.ArrowTypeError(f"values are {values.type}")
    chunked = values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])
    return chunked.cast(pa.large_string())


def _is_string(kind: Any) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def without_other_types(column: pd.Series, variable: Variable, breaches: Breaches) -> pd.Series:
    """The column with what is not text left out, after each such value is reported."""
    other = column.map(lambda value: not isinstance(value, str)) & column.notna()
    breaches.add_records(
        "value that is not text",
        variable.name,
        np.flatnonzero(other.to_numpy(dtype=bool)),
        lambda rows: [f"{type(value).__name__} {shown(value)}" for value in column.iloc[rows].tolist()],
        "text or missing",
    )
    return column.astype(object).mask(other)
