"""What single subjects went through, as data of the waterfall, spider and swimmer plots."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.reporting.data import GROUP, Study, Subjects
from oncdisc.reporting.declaration import Changes, Point, Span, Timeline

UNKNOWN = "Not known"


def best_changes(study: Study, wanted: Changes, of: Subjects) -> pd.DataFrame:
    """USUBJID, group, change (the smallest percent change), response; the largest change first."""
    records = study.records(wanted, of).dropna(subset=[wanted.value])
    best = records.groupby(["USUBJID", GROUP], sort=True)[wanted.value].min().reset_index()
    best.columns = ["USUBJID", "group", "change"]
    best = best.merge(_responses(study, wanted, of), on="USUBJID", how="left").fillna({"response": UNKNOWN})
    return best.sort_values(["change", "USUBJID"], ascending=[False, True], ignore_index=True)


def _responses(study: Study, wanted: Changes, of: Subjects) -> pd.DataFrame:
    if wanted.response is None:
        return pd.DataFrame({"USUBJID": of.frame["USUBJID"], "response": UNKNOWN})
    records = study.records(wanted.response, of).drop_duplicates("USUBJID")
    return records[["USUBJID", wanted.response.value]].rename(columns={wanted.response.value: "response"})


def changes(study: Study, wanted: Changes, of: Subjects) -> pd.DataFrame:
    """USUBJID, group, day, change, response of every assessment, by subject and day; day 1 is no change."""
    records = study.records(wanted, of).dropna(subset=[wanted.value, wanted.day])
    made = records[["USUBJID", GROUP, wanted.day, wanted.value]]
    made.columns = ["USUBJID", "group", "day", "change"]
    start = made.drop_duplicates("USUBJID").assign(day=1.0, change=0.0)
    whole = pd.concat([start, made[made["day"] > 1]], ignore_index=True)
    whole = whole.merge(_responses(study, wanted, of), on="USUBJID", how="left").fillna({"response": UNKNOWN})
    return whole.sort_values(["USUBJID", "day"], ignore_index=True)


COURSE = ("USUBJID", "group", "kind", "start", "end", "words", "detail", "value", "dataset", "row")


def courses(study: Study, timeline: Timeline, of: Subjects) -> pd.DataFrame:
    """Everything of the timeline, one row each: days from the subject's first day on, day 1 being that day.

    `dataset` and `row` (from 0) say which record it is. Records without a date are left out.
    """
    first = of.frame[["USUBJID", GROUP, timeline.start]].dropna(subset=[timeline.start])
    first.columns = ["USUBJID", "group", "_first"]
    parts: list[pd.DataFrame] = [_follow_up(of, first, timeline)]
    for kind, spans in (("dose", timeline.doses), ("event", timeline.events)):
        parts.extend(_spans(study, span, kind, first) for span in spans)
    points: tuple[tuple[str, Iterable[Point]], ...] = (
        ("assessment", timeline.assessments), ("sum", timeline.sums), ("milestone", timeline.milestones),
    )  # fmt: skip
    for kind, listed in points:
        parts.extend(_points(study, point, kind, first) for point in listed)
    whole = pd.concat([part for part in parts if len(part)], ignore_index=True) if any(map(len, parts)) else parts[0]
    return whole.sort_values(["USUBJID", "kind", "start", "dataset", "row"], ignore_index=True)


def _follow_up(of: Subjects, first: pd.DataFrame, timeline: Timeline) -> pd.DataFrame:
    """How long each subject was followed: to the latest of the end dates."""
    ends = of.frame[["USUBJID", *timeline.end]].set_index("USUBJID").max(axis=1)
    made = first.assign(end=_days(first["USUBJID"].map(ends), first["_first"]), start=1.0)
    return _shape(made.dropna(subset=["end"]), "follow-up", "ADSL", pd.Series(-1, index=made.index))


def _spans(study: Study, span: Span, kind: str, first: pd.DataFrame) -> pd.DataFrame:
    records = _records(study, span.from_, span, first)
    start = _days(records[span.start], records["_first"])
    end = _days(records[span.end], records["_first"]) if span.end else start
    made = records.assign(start=start, end=end.fillna(start), words=_words(records, span.label))
    made = made.assign(detail=_text(records[span.detail]) if span.detail else "")
    return _shape(made.dropna(subset=["start"]), kind, span.from_, made["_row"])


def _points(study: Study, point: Point, kind: str, first: pd.DataFrame) -> pd.DataFrame:
    records = _records(study, point.from_, point, first)
    day = _days(records[point.date], records["_first"])
    made = records.assign(start=day, end=day, words=_words(records, point.label))
    made = made.assign(value=records[point.value] if point.value else np.nan)
    return _shape(made.dropna(subset=["start"]), kind, point.from_, made["_row"])


def _records(study: Study, name: str, wanted: Span | Point, first: pd.DataFrame) -> pd.DataFrame:
    from specs.conditions import evaluate

    frame = study.frame(name)
    frame = frame.assign(_row=np.arange(len(frame)))
    chosen = frame[evaluate(wanted.where, frame.__getitem__, len(frame))]
    return chosen.merge(first, on="USUBJID", how="inner")


def _words(records: pd.DataFrame, label: str) -> pd.Series | str:
    """The words of a record: a variable's value, or the label itself where it is no variable."""
    return _text(records[label]) if label in records else label


def _text(values: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(values):
        return values.map("{:g}".format, na_action="ignore").fillna("")
    return values.fillna("")


def _days(dates: pd.Series, first: pd.Series) -> pd.Series:
    """The study day of dates: there is no day 0."""
    days = (dates - first).dt.days
    return days.where(days < 0, days + 1).astype("float64")


def _shape(made: pd.DataFrame, kind: str, dataset: str, row: pd.Series) -> pd.DataFrame:
    blank = {"words": "", "detail": "", "value": np.nan}
    made = made.assign(kind=kind, dataset=dataset, row=row.reindex(made.index).astype("int64"))
    made = made.assign(**{name: value for name, value in blank.items() if name not in made})
    return made[list(COURSE)].astype({"value": "float64"})
