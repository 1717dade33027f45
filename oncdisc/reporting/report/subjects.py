"""Subjects' timelines as compact data: what the page draws when a subject is chosen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from oncdisc.reporting.analyses.courses import courses
from oncdisc.reporting.data import GROUP, NotBuiltError, Study, Subjects
from oncdisc.reporting.declaration import Timeline
from oncdisc.reporting.report.sources import Sources

KINDS = ("dose", "event", "assessment", "sum", "milestone")


def subject_data(study: Study, folder: Path) -> dict[str, Any] | None:
    """What the page needs: words once, subjects with their facts, items as rows of numbers. None without a timeline."""
    timeline = study.declaration.timeline
    if timeline is None:
        return None
    try:
        of = study.population(timeline.population)
        items = courses(study, timeline, of)
    except NotBuiltError:
        return None
    last = items[items["kind"] == "follow-up"].set_index("USUBJID")["end"]
    items = items[items["kind"].isin(KINDS)].reset_index(drop=True)
    items = _with_sources(study, items, Sources(folder))
    tables = {name: sorted(items[name].unique()) for name in ("words", "detail", "dataset", "source", "key")}
    coded = {name: items[name].map({value: i for i, value in enumerate(tables[name])}) for name in tables}
    kinds = items["kind"].map({kind: i for i, kind in enumerate(KINDS)})
    end = items["end"].where(items["end"] != items["start"])
    columns = [kinds, items["start"], end, coded["words"], coded["detail"], items["value"], coded["dataset"],
               items["row"] + 1, coded["source"], items["record"], coded["key"], items["sequence"]]  # fmt: skip
    rows = np.column_stack([column.to_numpy(np.float64) for column in columns])
    return {"kinds": list(KINDS), **tables, "subjects": _subjects(timeline, of, last, items, rows)}


def _with_sources(study: Study, items: pd.DataFrame, sources: Sources) -> pd.DataFrame:
    """The raw record and the sequence number of each item."""
    parts: list[pd.DataFrame] = []
    for dataset, own in items.groupby("dataset", sort=True):
        frame = study.frame(str(dataset))
        key = next((name for name in ("ASEQ", f"{str(dataset).removeprefix('AD')}SEQ") if name in frame), "")
        sequence = frame[key].to_numpy()[own["row"]] if key else np.full(len(own), np.nan)
        parts.append(own.assign(key=key, sequence=sequence).join(sources.raw(str(dataset), own["row"])))
    if not parts:
        return items.assign(key="", sequence=np.nan, source="", record=np.nan)
    return pd.concat(parts).sort_index().fillna({"source": ""})


def _subjects(
    timeline: Timeline, of: Subjects, last: pd.Series, items: pd.DataFrame, rows: np.ndarray[Any, Any]
) -> list[dict[str, Any]]:
    frame = of.frame.sort_values("USUBJID", ignore_index=True)
    facts = pd.DataFrame({label: _text(frame[name]) for label, name in timeline.facts.items()})
    lines = facts.to_numpy(str).tolist() if len(facts.columns) else [[] for _ in range(len(frame))]
    identifiers = items["USUBJID"].to_numpy(str)
    starts, ends = (
        np.searchsorted(identifiers, frame["USUBJID"].to_numpy(str), side=side) for side in ("left", "right")
    )
    columns = zip(
        frame["USUBJID"], frame[GROUP].fillna(""), frame[timeline.start].dt.strftime("%Y-%m-%d").fillna(""),
        frame["USUBJID"].map(last).fillna(0).astype(int), lines, starts, ends, strict=True,
    )  # fmt: skip
    names = ("id", "arm", "first", "last", "facts", "items")
    return [
        dict(zip(names, (*known, dict(zip(timeline.facts, line, strict=True)), _plain(rows[start:end])), strict=True))
        for *known, line, start, end in columns
    ]


def _text(values: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(values):
        return values.map("{:g}".format, na_action="ignore").fillna("")
    return values.fillna("")


def _plain(rows: np.ndarray[Any, Any]) -> list[list[float | int | None]]:
    """Numbers for JSON: whole ones as integers, missing ones as null."""
    return [[None if x != x else int(x) if x == int(x) else x for x in row] for row in rows.tolist()]
