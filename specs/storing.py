"""What a derivation gives as the store holds it: text that a transport file can hold, numbers, dates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from specs.coded import each_value, is_text, plain
from specs.columns import DATE, NUMBER, TEXT
from specs.long_text import LIMIT as MAXIMUM
from specs.numbers import text_numbers
from specs.resolved import Variable
from specs.scope import Scope


def stored(scope: Scope, values: pd.Series, variable: Variable) -> pd.Series:
    """A variable's values in its type; what can't be, or is left out, is reported."""
    if variable.storage == "text":
        return _fitting(scope, _without_null(scope, values))
    if variable.storage in ("date", "datetime"):
        dates: pd.Series = pd.to_datetime(plain(values), errors="coerce").astype(DATE)
        scope.report("value.date", (dates.isna() & values.notna()).to_numpy(), "not a date", value=values)
        return dates
    numbers = text_numbers(values) if is_text(values) else pd.to_numeric(values, errors="coerce").astype(NUMBER)
    numbers = numbers.where(np.isfinite(numbers.to_numpy()))
    scope.report("value.number", (numbers.isna() & values.notna()).to_numpy(bool), "not a number", value=values)
    return numbers


def _fitting(scope: Scope, values: pd.Series) -> pd.Series:
    """Text that a version 5 transport file can hold; what is longer is cut, and each cut is reported."""
    if not each_value(values).str.len().gt(MAXIMUM // 4).any():
        return values
    values = plain(values)
    longer = values.str.len().gt(MAXIMUM // 4)
    sizes = values[longer].str.encode("utf-8").str.len()
    cut = sizes.index[sizes.gt(MAXIMUM)]
    if not len(cut):
        return values
    mask = np.zeros(len(values), dtype=bool)
    mask[cut] = True
    message = f"longer than the {MAXIMUM} bytes that a transport file holds: cut; the source record has all of it"
    if scope.spec.datasets[scope.dataset].engine == "sdtm":
        message += ", `long` would let it go on in SUPP--"
    scope.report("value.length", mask, message, value=values)
    short = values[mask].str.encode("utf-8").str.slice(0, MAXIMUM).str.decode("utf-8", "ignore")
    return values.mask(pd.Series(mask), short.astype(TEXT)).astype(TEXT)


def _without_null(scope: Scope, values: pd.Series) -> pd.Series:
    """Text without null characters, which end a text for those who read a transport file; each is reported."""
    if not each_value(values).str.contains("\0", regex=False).any():
        return values
    texts = plain(values)
    held = texts.str.contains("\0", regex=False, na=False).to_numpy(dtype=bool)
    message = "a null character, which no transport file can hold: it is left out"
    scope.report("value.null", held, message, value=values)
    return texts.str.replace("\0", "", regex=False).astype(TEXT)
