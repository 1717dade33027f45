"""A dataset as the comparison sees it: a frame, and what its file says of its variables.

An attribute that is None was not said (CSV has no labels, Parquet no formats): what one side does not say is
not compared, and the comparison tells so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from oncdisc.review.arrow import TextArray
from oncdisc.review.errors import ColumnError

Kind = Literal["text", "number", "date"]
TEXT_INFERRED = {"string", "empty"}
NUMBER_INFERRED = {"integer", "floating", "decimal", "boolean", "mixed-integer-float"}
DATE_INFERRED = {"date", "datetime", "datetime64"}


@dataclass(frozen=True, slots=True)
class VariableAttributes:
    """What a file says of one variable; lengths in bytes."""

    name: str
    type: Literal["char", "num"] | None = None
    length: int | None = None
    label: str | None = None
    format: str | None = None
    informat: str | None = None


@dataclass(frozen=True)
class Table:
    """A dataset to be compared.

    `type` is SAS's data set type; `keys` are the key variables that its metadata names; `source` says where it
    was read from; `untyped` that its file knows no types, so that all is text (CSV without metadata).
    """

    name: str
    frame: pd.DataFrame
    label: str | None = None
    type: str | None = None
    attributes: Mapping[str, VariableAttributes] = field(default_factory=dict[str, VariableAttributes])
    keys: tuple[str, ...] = ()
    source: str = ""
    untyped: bool = False

    def __post_init__(self) -> None:
        names = [str(name) for name in self.frame.columns]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ColumnError(
                f"{self.name}: found two columns named {', '.join(twice)}, expected names that are unique"
            )

    @property
    def variables(self) -> list[str]:
        """The variables' names in the dataset's order."""
        return [str(name) for name in self.frame.columns]

    def renamed(self, names: Mapping[str, str]) -> Table:
        """The table with variables under other names (old to new)."""
        if not names:
            return self
        said = {names.get(name, name): own for name, own in self.attributes.items()}
        keys = tuple(names.get(name, name) for name in self.keys)
        return replace(self, frame=self.frame.rename(columns=dict(names)), attributes=said, keys=keys)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.frame)

    def attributes_of(self, variable: str) -> VariableAttributes:
        """What the file says of a variable; its type comes from the column if the file does not say it."""
        said = self.attributes.get(variable, VariableAttributes(variable))
        if said.type is not None or self.untyped:
            return said
        kind = kind_of(self.frame[variable], f"{self.name}.{variable}")
        return VariableAttributes(
            variable, "char" if kind == "text" else "num", said.length, said.label, said.format, said.informat
        )

    def kind(self, variable: str) -> Kind:
        """What a variable's column holds."""
        return kind_of(self.frame[variable], f"{self.name}.{variable}")

    def text(self, variable: str) -> TextArray:
        """A text column as one Arrow array, shape (rows,); blank is null."""
        return text_array(self.frame[variable])

    def numbers(self, variable: str) -> np.ndarray:
        """A numeric column as doubles, shape (rows,); missing is NaN."""
        return self.frame[variable].to_numpy(dtype=np.float64, na_value=np.nan)

    def seconds(self, variable: str) -> np.ndarray:
        """A date column as seconds since 1970 in doubles, shape (rows,); missing is NaN."""
        moments = pd.to_datetime(self.frame[variable]).to_numpy(dtype="datetime64[us]")
        seconds = moments.astype(np.int64) / 1e6
        return np.where(np.isnat(moments), np.nan, seconds)


def kind_of(column: pd.Series, where: str = "") -> Kind:
    """What a column holds: text, numbers or dates."""
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return kind_of(pd.Series(dtype.categories), where)
    if pd.api.types.is_datetime64_dtype(dtype):
        return "date"
    if pd.api.types.is_numeric_dtype(dtype):
        return "number"
    if isinstance(dtype, pd.StringDtype):
        return "text"
    inferred = pd.api.types.infer_dtype(column, skipna=True)
    if inferred in TEXT_INFERRED:
        return "text"
    if inferred in NUMBER_INFERRED:
        return "number"
    if inferred in DATE_INFERRED:
        return "date"
    raise ColumnError(f"{where}: found a column of {dtype} with {inferred} values; expected text, numbers or dates")


def text_array(column: pd.Series) -> TextArray:
    """A text column as one large_string array; missing and empty are null."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype("object")
    array = pa.array(column, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if not pa.types.is_large_string(array.type):
        array = array.cast(pa.large_string())
    return array
