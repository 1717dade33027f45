"""Datasets that SAS wrote: transport files (XPT 5 and 8) and sas7bdat."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sdtm.extracts.cells import sas_cells, trimmed
from sdtm.extracts.errors import EncodingError, UnreadableFileError

Columns = list[tuple[str, pd.Series]]


def read_xpt(path: Path, encoding: str | None = None) -> Columns:
    """Columns of the first dataset of a transport file.

    Raises UnreadableFileError, EncodingError.
    """
    from pyreadstat import read_xport

    return _read(path, read_xport, encoding, "a SAS transport file, version 5 or 8")


def read_sas7bdat(path: Path, encoding: str | None = None) -> Columns:
    """Columns of a SAS dataset.

    Raises UnreadableFileError, EncodingError.
    """
    from pyreadstat import read_sas7bdat as read

    return _read(path, read, encoding, "a SAS dataset (sas7bdat)")


def _read(path: Path, reader: Callable[..., Any], encoding: str | None, expected: str) -> Columns:
    from pyreadstat import ReadstatError

    try:
        frame, facts = reader(str(path), encoding=encoding, disable_datetime_conversion=True)
    except UnicodeDecodeError as error:
        raise EncodingError(path, str(error), "the file's encoding declared, such as cp1252") from error
    except ReadstatError as error:
        if "charset" in str(error) or "convert" in str(error):
            raise EncodingError(path, str(error), "the file's encoding declared, such as cp1252") from error
        raise UnreadableFileError(path, str(error), expected) from error
    formats: dict[str, str | None] = facts.original_variable_types
    return [(str(name), _cells(frame[name], formats.get(str(name)))) for name in frame.columns]


def _cells(column: pd.Series, format_: str | None) -> pd.Series:
    if column.dtype.kind in "fiu":
        return sas_cells(column.to_numpy(dtype=float), format_)
    values = column.to_numpy(dtype=object)
    return trimmed(pa.array(np.where(pd.isna(values), None, values), type=pa.large_string()))
