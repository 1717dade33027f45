"""Records of a source as the kernels want them, and records of a slice from what the kernels choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from pydantic import Field

from adam.records import NONE, Ints, taken
from specs.arguments import Of, Source
from specs.columns import DATE, NUMBER, empty_text
from specs.conditions import Condition, evaluate
from specs.iso8601 import to_dates
from specs.scope import Records, Scope, Seen
from specs.store import NOWHERE

BY_SUBJECT = r"^[A-Za-z]\w*\.\w+$"


class Dated(Source):
    """Records with a date. Its text is taken where it is complete; partial dates are imputed before."""

    date: Of = Field("ADT", description="the date of the record")
    sequence: Of | None = Field(None, description="orders records of one date; SRCSEQ where a source is named")


class Assessments(Dated):
    """Records with a date and a result."""

    value: Of = Field("AVALC", description="the response or result")


def as_dates(column: pd.Series) -> pd.Series:
    """A column of dates or of ISO 8601 text as dates; text that is not a complete date is missing."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.astype(DATE).reset_index(drop=True)
    return to_dates(column).astype(DATE).reset_index(drop=True)


def partial(column: pd.Series, dates: pd.Series) -> pd.Series:
    """The collected text of dates that are not complete, missing for all others."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return empty_text(len(column))
    return column.reset_index(drop=True).where(dates.isna())


def dated(scope: Scope, source: Dated) -> pd.DataFrame:
    """The records of a source: subject, date, value and sequence if named, and `row` for lineage.

    `partial` is the text of a date that is not complete: such a record has no place in time.
    """
    value = source.value if isinstance(source, Assessments) else None
    names = [name for name in (source.date, source.sequence, value) if name]
    rows = scope.rows(source, list(dict.fromkeys(names)))
    frame = pd.DataFrame({"subject": rows["_subject"].to_numpy(), "row": rows["_row"].to_numpy()})
    frame["date"] = as_dates(rows[source.date])
    frame["partial"] = partial(rows[source.date], frame["date"])
    if value:
        frame["value"] = rows[value].reset_index(drop=True)
    if source.sequence:
        numbers = pd.to_numeric(rows[source.sequence], errors="coerce")
        frame["sequence"] = numbers.astype(NUMBER).reset_index(drop=True)
    return frame


def reported(scope: Scope, where: Condition) -> pd.Index:
    """Codes of the subjects for whom a condition on by-subject values holds."""
    return pd.Index(np.flatnonzero(evaluate(where, scope.by_subject, len(scope.subjects))))


def by_subject(scope: Scope, column: str, subjects: pd.Index) -> pd.Series:
    """A date of each of these subjects, indexed by subject."""
    return pd.Series(as_dates(scope.by_subject(column)).to_numpy()[subjects], index=subjects)


def one_each(
    table: str, frame: pd.DataFrame, result: pd.DataFrame, columns: Mapping[str, pd.Series], more: Sequence[Seen] = ()
) -> Records:
    """Records of a slice, one for each row of a kernel's result, that come from the records it chose.

    Every record of these subjects in `frame` was looked at.
    """
    record = result["record"].to_numpy(np.int64)
    subject = result["subject"].to_numpy(np.int64)
    place = pd.Index(subject).get_indexer(pd.Index(frame["subject"]))
    looked = np.flatnonzero(place != NONE)
    rows = frame["row"].to_numpy(np.int64)
    return Records(
        subject,
        columns,
        (table,),
        np.where(record == NONE, NOWHERE, 0).astype(np.int16),
        through(rows, record),
        (Seen(place[looked].astype(np.int64), table, rows[looked]), *more),
    )


def through(rows: Ints, record: Ints) -> Ints:
    """The row ids of chosen records, NOWHERE for -1."""
    return np.append(rows, NOWHERE)[record]


def values_of(column: pd.Series, record: Ints) -> pd.Series:
    """The values of chosen records, missing for -1."""
    return taken(column.reset_index(drop=True), record)
