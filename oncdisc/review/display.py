"""Values as people read them in a report: the few that are shown, not whole columns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oncdisc.review.operands import LAST_SAS_DAY, SAS_EPOCH_DAYS, Scale, scale_of
from oncdisc.review.tables import Table
from oncdisc.transport import missing_letters

DAY = 86400
MISSING = ""


def shown_number(value: float, scale: Scale = "") -> str:
    """A number with all its digits, or as the date or time that it counts; missing is empty, or its
    letter."""
    if np.isnan(value):
        letter = chr(int(missing_letters(np.array([value]))[0]))
        return MISSING if letter == "." else f".{letter}"
    if np.isinf(value):
        return str(value)
    if scale in ("date", "datetime"):
        return _shown_moment(value, scale)
    if scale == "time":
        return f"{int(value) // 3600:02d}:{int(value) // 60 % 60:02d}:{value % 60:02g}"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def _shown_moment(value: float, scale: Scale) -> str:
    seconds = value * (1 if scale == "datetime" else DAY) - SAS_EPOCH_DAYS * DAY
    if abs(seconds) > LAST_SAS_DAY * DAY:
        return repr(float(value))
    whole = scale == "date" and value == int(value)
    moment = np.datetime64(round(seconds), "s")
    return str(np.datetime_as_string(moment, unit="D" if whole else "s"))


def shown(value: object, scale: Scale = "") -> str:
    """One value; missing is empty."""
    if value is None or value is pd.NaT or value is pd.NA:
        return MISSING
    if isinstance(value, int | float | np.number):
        return shown_number(float(value), scale)
    if isinstance(value, np.datetime64 | pd.Timestamp):
        moment = pd.Timestamp(value)
        return moment.date().isoformat() if moment == moment.normalize() else moment.isoformat()
    return str(value)


def shown_cells(table: Table, variable: str, rows: np.ndarray) -> list[str]:
    """The values of a variable in the given rows, as they are read."""
    scale = scale_of(variable, table.attributes_of(variable).format)
    return [shown(value, scale) for value in table.frame[variable].iloc[rows].tolist()]
