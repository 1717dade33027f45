"""SUPP-- beside a dataset of SDTM: each qualifier becomes a column again (SDTMIG 3.4, 8.4)."""

from __future__ import annotations

import pandas as pd

from specs.columns import TEXT, text_key
from specs.numbers import number_text

_NEEDED = ("USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QVAL")


def with_qualifiers(frame: pd.DataFrame, supp: pd.DataFrame) -> pd.DataFrame:
    """The dataset with a text column for each QNAM that it has no variable of; missing where there is no record.

    A qualifier belongs to the records of its subject where the variable that IDVAR names has the value IDVARVAL,
    without IDVAR to all of them. Of two values for one record the first counts.
    """
    if not set(_NEEDED) <= set(supp.columns):
        return frame
    new = supp.loc[supp["QNAM"].notna() & ~supp["QNAM"].isin(frame.columns)]
    columns = {str(name): _column(frame, part) for name, part in new.groupby("QNAM", sort=True)}
    return frame.assign(**columns)


def _column(frame: pd.DataFrame, qualifiers: pd.DataFrame) -> pd.Series:
    """The values of one qualifier, aligned with the dataset's records."""
    values = pd.Series(pd.NA, index=frame.index, dtype=TEXT)
    for idvar, part in qualifiers.groupby(qualifiers["IDVAR"].fillna(""), sort=True):
        if idvar in ("", *frame.columns):
            theirs = text_key([part["USUBJID"], *([part["IDVARVAL"]] if idvar else [])])
            known = pd.Series(part["QVAL"].to_numpy(), index=theirs.to_numpy(), dtype=TEXT)
            ours = text_key([frame["USUBJID"], *([_text(frame[str(idvar)])] if idvar else [])])
            values = values.fillna(ours.map(known[~known.index.duplicated()]).astype(TEXT))
    return values


def _text(values: pd.Series) -> pd.Series:
    return number_text(values) if pd.api.types.is_numeric_dtype(values) else values
