"""Reference dates of a subject: the first or last of dates that stand in several datasets (DM's RF--DTC)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from specs.arguments import Arguments, Of, Source
from specs.columns import TEXT
from specs.registry import describe, variable
from specs.scope import Scope, Seen
from specs.store import NOWHERE, Ints, take


def extreme_date(subject: Ints, dates: pd.Series, which: Literal["first", "last"], subjects: int) -> Ints:
    """For each subject code the position of its first or last date, NOWHERE without one.

    ISO 8601 text sorts as the dates do; a partial date comes before the complete ones that it may mean.
    """
    frame = pd.DataFrame({"subject": subject, "date": dates}).dropna()
    frame = frame.sort_values(["subject", "date"], kind="stable").drop_duplicates("subject", keep=which)
    result = np.full(subjects, NOWHERE, dtype=np.int64)
    result[frame["subject"].to_numpy()] = frame.index.to_numpy()
    return result


class DatedSource(Source):
    """Records with a date."""

    date: Of


class DateOf(Arguments):
    """Arguments of date_of."""

    which: Literal["first", "last"]
    of: list[DatedSource] = Field(min_length=1, description="the records whose dates count")


def _sentence(args: DateOf) -> str:
    words = "; ".join(
        f"{part.date} of {describe(Source.model_validate({'from': part.from_, 'where': part.where}))}"
        for part in args.of
    )
    return f"The {args.which} of the subject's {words}"


@variable("date_of", sentence=_sentence)
def date_of(scope: Scope, args: DateOf) -> pd.Series:
    """The first or last of a subject's dates over several datasets, as complete as it stands there."""
    frames = [scope.rows(part, [part.date]).rename(columns={part.date: "date"}) for part in args.of]
    everything = pd.concat([frame.assign(table=n) for n, frame in enumerate(frames)], ignore_index=True)
    dates = everything["date"].astype(TEXT)
    chosen = extreme_date(everything["_subject"].to_numpy(), dates, args.which, len(scope.subjects))[scope.subject]
    tables = np.append(everything["table"].to_numpy(), NOWHERE)[chosen]
    ids = np.append(everything["_row"].to_numpy(), NOWHERE)[chosen]
    for number, part in enumerate(args.of):
        found = np.flatnonzero((chosen >= 0) & (tables == number))
        scope.trace(Seen(found, part.from_, ids[found]))
    return take(dates, chosen)
