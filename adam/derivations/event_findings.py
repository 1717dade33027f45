"""What a time to event leaves out, moves or should not end at, as findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from adam.derivations.sources import Dated
from adam.records import Bools
from specs.scope import Scope

Source = tuple[Dated, pd.DataFrame]


def report_starts(
    scope: Scope, start: pd.Series, events: Sequence[Source], before_start: str, *, of_everyone: bool
) -> None:
    """Events before a subject's start, and, where `of_everyone` a start is expected, those of subjects without."""
    fate = "it counts on the start" if before_start == "move" else "it is left out"
    for source, frame in events:
        begin = frame["subject"].map(start)
        early = (frame["date"] < begin).to_numpy(np.bool_)
        _report(scope, "time_to_event.before_start", source, frame, early, f"an event before the start: {fate}")
        homeless = (begin.isna() & frame["date"].notna()).to_numpy(np.bool_) & of_everyone
        message = "an event of a subject without a start: no record is made"
        _report(scope, "time_to_event.no_start", source, frame, homeless, message)


def report_moved(scope: Scope, result: pd.DataFrame) -> None:
    """Censored subjects whose date lay before the start."""
    moved = result.loc[result["moved"] & (result["censor"] > 0)].reset_index(drop=True)
    message = "the censoring date lies before the start: it is moved there"
    subject = moved["subject"].to_numpy(np.int64)
    scope.report_subjects("time_to_event.moved", subject, message, value=moved["start"], severity="warning")


def report_inadequate(scope: Scope, result: pd.DataFrame, inadequate: Source, assessments: pd.DataFrame | None) -> None:
    """Censored at an assessment that could not be evaluated, and at no other of that date."""
    source, frame = inadequate
    ends = result.loc[result["censor"] > 0, ["subject", "date"]]
    at = frame.reset_index(names="place").merge(ends, on=["subject", "date"])
    if assessments is not None:
        adequate = assessments[["subject", "date"]].drop_duplicates().assign(adequate=True)
        at = at.merge(adequate, on=["subject", "date"], how="left")
        at = at.loc[at["adequate"].isna()]
    mask = np.isin(np.arange(len(frame)), at["place"].to_numpy(np.int64))
    _report(scope, "time_to_event.inadequate", source, frame, mask, "censored at an assessment that is not evaluable")


def report_partial(scope: Scope, sources: Iterable[Source]) -> None:
    """Records that could not be placed in time: their dates are not complete."""
    for source, frame in sources:
        found = frame["partial"].notna().to_numpy(np.bool_)
        message = f"{source.date} is not a complete date: the record is left out; impute it in a dataset before"
        _report(scope, "time_to_event.partial", source, frame, found, message, "partial")


def _report(
    scope: Scope, rule: str, source: Dated, frame: pd.DataFrame, mask: Bools, message: str, value: str = "date"
) -> None:
    found = frame.loc[mask].reset_index(drop=True)
    seen = (source.from_, found["row"].to_numpy(np.int64))
    subject = found["subject"].to_numpy(np.int64)
    scope.report_subjects(rule, subject, message, seen=seen, value=found[value], severity="warning")
