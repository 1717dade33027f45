"""SAS days and seconds as datetime64[s]."""

from __future__ import annotations

import dataclasses
from datetime import date

import numpy as np
import pandas as pd

from . import ibm
from .columns import DAY, UNIX_EPOCH_DAYS
from .model import SAS_EPOCH, Variable

LATEST = (date.max - SAS_EPOCH.date()).days
"""The last day there is, 9999-12-31, counted from 1960; a number farther from zero stays a number."""


def as_moments(values: pd.Series, variable: Variable) -> tuple[pd.Series, Variable]:
    """Days or seconds as datetime64[s]; as they are if a value is no whole day or second that SAS knows."""
    if variable.type not in ("date", "datetime"):
        return values, variable
    numbers = values.to_numpy(dtype=np.float64)
    unit = DAY if variable.type == "date" else 1
    letters = ibm.missing_letters(numbers)
    missing = letters != 0
    whole = (numbers == np.floor(numbers)) & (np.abs(numbers) * unit <= LATEST * DAY)
    if not (whole | (letters == ibm.MISSING)).all():
        return values, dataclasses.replace(variable, type="float")
    seconds = np.where(missing, 0, numbers).astype(np.int64) * unit - UNIX_EPOCH_DAYS * DAY
    moments = seconds.astype("datetime64[s]")
    moments[missing] = np.datetime64("NaT")
    return pd.Series(moments, copy=False), variable
