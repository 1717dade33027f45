"""A dataset as the transport formats see it: a frame, a name, a label and an ordered list of variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import pandas as pd

TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
SAS_EPOCH = datetime(1960, 1, 1)
"""Day and second zero of SAS dates; also the time in a header whose time nobody gave."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One column's attributes.

    `type` is the logical type: text, integer, float, decimal, boolean, date, datetime or time (and the
    partial, incomplete and duration types of Define-XML). How it is stored follows from the column: text
    columns are character (a `date` may well be ISO 8601 text), `datetime64` and numbers are numeric.
    `length` is in bytes; None means the longest value for text and 8 for numbers. `key` is the place in
    the sort key, counted from 1; `oid` is the item's identifier in define.xml.
    """

    name: str
    label: str = ""
    type: str = "text"
    length: int | None = None
    format: str | None = None
    informat: str | None = None
    key: int | None = None
    oid: str | None = None


def _no_attributes() -> dict[str, object]:
    return {}


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """A frame with its metadata: `variables` are in the order of the frame's columns.

    `type` is the SAS dataset type (nearly always blank); `created` and `modified` are what the file says,
    `encoding` is the one its text was read in. `attributes` holds what a format says of the whole dataset
    beyond that, by the format's own names.
    """

    name: str
    label: str
    frame: pd.DataFrame
    variables: tuple[Variable, ...]
    type: str = ""
    created: datetime | None = None
    modified: datetime | None = None
    encoding: str = "ascii"
    attributes: Mapping[str, object] = field(default_factory=_no_attributes)

    def __getitem__(self, name: str) -> Variable:
        """The variable of that name; KeyError if there is none."""
        for variable in self.variables:
            if variable.name == name:
                return variable
        raise KeyError(name)


def header_time(created: datetime | None) -> datetime:
    """The time to write in a header: the one given, SOURCE_DATE_EPOCH, or SAS's day zero; never the clock's."""
    if created is not None:
        return created
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.fromtimestamp(int(epoch), UTC) if epoch else SAS_EPOCH
