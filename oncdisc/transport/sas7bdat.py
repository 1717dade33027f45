"""Reads SAS's own datasets through pyreadstat, with formats, lengths and special missing values."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .arrays import blank_is_missing, frame_of, text_series
from .describe import to_arrow
from .errors import DamagedFileError
from .formats import kind_of_format
from .ibm import special_missing
from .model import Dataset, Variable
from .moments import as_moments


def read_sas7bdat(path: str | os.PathLike[str]) -> Dataset:
    """A dataset from a sas7bdat file; dates become datetime64[s] as they do from XPT."""
    import pyreadstat

    source = Path(path)
    library: Any = pyreadstat
    try:
        frame, meta = library.read_sas7bdat(str(source), disable_datetime_conversion=True, user_missing=True)
    except library.ReadstatError as error:
        raise DamagedFileError(source, 0, str(error), "a sas7bdat file") from error
    columns: dict[str, pd.Series] = {}
    variables: list[Variable] = []
    for name, label in zip(meta.column_names, meta.column_labels, strict=True):
        column, variable = _column(frame[name], _variable(meta, name, label or ""))
        columns[name] = column
        variables.append(variable)
    table = meta.table_name or source.stem
    return Dataset(
        table.upper(),
        meta.file_label or "",
        frame_of(columns, len(frame)),
        tuple(variables),
        created=meta.creation_time,
        modified=meta.modification_time,
        encoding="utf-8",
    )


def _variable(meta: Any, name: str, label: str) -> Variable:
    words = meta.original_variable_types[name]
    shown = None if words in (None, "NULL", "$", "BEST") else f"{words}{'' if '.' in words else '.'}"
    text = meta.readstat_variable_types[name] == "string"
    logical = "text" if text else kind_of_format(shown) or "float"
    return Variable(name, label, logical, meta.variable_storage_width[name], shown)


def _column(values: pd.Series, variable: Variable) -> tuple[pd.Series, Variable]:
    if variable.type == "text":
        return text_series(blank_is_missing(to_arrow(values))), variable
    return as_moments(pd.Series(_numbers(values), copy=False), variable)


def _numbers(values: pd.Series) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Doubles; pyreadstat gives the letters of special missing values among them as text."""
    if values.dtype != object:
        return values.to_numpy(dtype=np.float64)
    letters = {letter: special_missing(letter) for letter in "_ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    codes = values.map(letters)
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64)
    return np.where(codes.notna() | values.isin(list(letters)), codes.to_numpy(dtype=np.float64), numbers)
