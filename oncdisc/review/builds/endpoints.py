"""What changed for the subjects of two builds: who progressed, who died, whose best response is another.

An endpoint is a parameter of an analysis dataset with one record a subject in both builds; of ADSL each variable that
says how a subject fared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from oncdisc.review.builds.raw import RawChange
from oncdisc.review.trace import Output
from oncdisc.review.trace.output import SUBJECT
from oncdisc.review.trace.steps import shown

TOLD = ("AVALC", "CNSR", "ADT", "EVNTDESC", "CNSDTDSC", "AVAL", "STARTDT")
ADSL = (
    "RANDDT", "ARM", "TRTSDT", "TRTEDT", "EOTSTT", "EOSSTT", "DCSREAS", "DTHFL", "DTHDT", "DTHCAUS", "LSTALVDT",
    "NACTDT", "SAFFL", "ITTFL",
)  # fmt: skip
ROWS = ("_before", "_after")


@dataclass(frozen=True)
class Change:
    """One subject's change: `kind` for counting, `text` for reading, the rows it stands in, and what caused it."""

    subject: str
    dataset: str
    parameter: str
    kind: str
    text: str
    variables: tuple[str, ...]
    before: int | None
    after: int | None
    causes: tuple[RawChange, ...] = field(default=())
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "usubjid": self.subject,
            "dataset": self.dataset,
            "parameter": self.parameter,
            "kind": self.kind,
            "text": self.text,
            "variables": list(self.variables),
            "causes": [cause.as_dict() for cause in self.causes],
            "reason": self.reason,
        }


def endpoint_changes(before: Output, after: Output) -> list[Change]:
    """Every change of an endpoint, subject by subject within each dataset and parameter."""
    names = [name for name in after.datasets if name in before.datasets]
    found: list[Change] = []
    for name in (name for name in names if after.meta(name)["engine"] == "adam"):
        old, new = before.frame(name), after.frame(name)
        if {"PARAMCD", SUBJECT} <= {*old.columns} & {*new.columns}:
            found += _parameters(name, old, new)
        elif after.meta(name)["one per subject"]:
            found += _subjects(name, old, new)
    return sorted(found, key=lambda change: (change.subject, change.dataset, change.parameter))


def _parameters(name: str, old: pd.DataFrame, new: pd.DataFrame) -> Iterator[Change]:
    keys = [SUBJECT, "PARAMCD"]
    told = [column for column in TOLD if column in old and column in new]
    several = {str(p) for frame in (old, new) for p in frame.loc[frame.duplicated(keys), "PARAMCD"]}
    both = _side_by_side(old, new, keys, told)
    both = both.loc[~both["PARAMCD"].isin(several)]
    for row in both.loc[_differs(both, told)].to_dict("records"):
        changed = tuple(column for column in told if _text(row, column, 0) != _text(row, column, 1))
        kind, text = _parameter_words(row, changed, set(told))
        yield Change(row[SUBJECT], name, row["PARAMCD"], kind, text, changed, *_rows(row))


def _subjects(name: str, old: pd.DataFrame, new: pd.DataFrame) -> Iterator[Change]:
    told = [column for column in ADSL if column in old and column in new]
    both = _side_by_side(old, new, [SUBJECT], told)
    for row in both.loc[_differs(both, told)].to_dict("records"):
        rows = _rows(row)
        if None in rows:
            kind = "new subject" if rows[0] is None else "subject gone"
            yield Change(row[SUBJECT], name, "", kind, kind, (), *rows)
            continue
        for column in told:
            was, now = _text(row, column, 0), _text(row, column, 1)
            if was != now:
                yield Change(
                    row[SUBJECT], name, "", _adsl_kind(column, now), _arrow(column, was, now), (column,), *rows
                )


def _side_by_side(old: pd.DataFrame, new: pd.DataFrame, keys: Sequence[str], told: Sequence[str]) -> pd.DataFrame:
    left = old[[*keys, *told]].assign(_before=old.index)
    right = new[[*keys, *told]].assign(_after=new.index)
    return left.merge(right, on=list(keys), how="outer", suffixes=("_0", "_1"))


def _differs(both: pd.DataFrame, told: Sequence[str]) -> pd.Series:
    differs = both["_before"].isna() | both["_after"].isna()
    for column in told:
        old, new = both[f"{column}_0"], both[f"{column}_1"]
        differs |= (old != new) & ~(old.isna() & new.isna())
    return differs


def _rows(row: dict[Any, Any]) -> tuple[int | None, int | None]:
    before, after = (None if pd.isna(row[name]) else int(row[name]) for name in ROWS)
    return before, after


def _text(row: dict[Any, Any], column: str, side: int) -> str:
    return shown(row[f"{column}_{side}"]) if f"{column}_{side}" in row else ""


def _parameter_words(row: dict[Any, Any], changed: Sequence[str], told: set[str]) -> tuple[str, str]:
    """The kind of a change of a parameter, and the change in words."""
    before, after = _rows(row)
    if "CNSR" in told:
        return _time_words(row, before, after)
    was, now = _text(row, "AVALC", 0), _text(row, "AVALC", 1)
    dates = [_text(row, "ADT", side) for side in (0, 1)]
    if before is None or after is None:
        return (
            ("new record", f"new: {now} {dates[1]}") if before is None else ("record gone", f"gone: {was} {dates[0]}")
        )
    if was == now and "ADT" in changed:
        return "date moved", _arrow(f"{now} on", *dates)
    if was == now:
        return "value changed", "; ".join(_arrow(c, _text(row, c, 0), _text(row, c, 1)) for c in changed)
    moved = f" on {dates[1]}" if dates[1] else ""
    return _response_kind(str(row["PARAMCD"]), now), f"{was or '(blank)'} → {now or '(blank)'}{moved}"


def _response_kind(parameter: str, now: str) -> str:
    if parameter.endswith("BOR"):
        return "best response changed"
    if parameter == "PD":
        return "progressed" if now == "Y" else "progression withdrawn"
    if parameter == "DEATH":
        return "died" if now == "Y" else "death withdrawn"
    return "response changed"


def _time_words(row: dict[Any, Any], before: int | None, after: int | None) -> tuple[str, str]:
    sides = [_ending(row, side) for side in (0, 1)]
    if before is None or after is None:
        return ("new record", f"new: {sides[1]}") if before is None else ("record gone", f"gone: {sides[0]}")
    was, now = _text(row, "CNSR", 0), _text(row, "CNSR", 1)
    kind = "time changed"
    if (was == "0") != (now == "0"):
        kind = "now an event" if now == "0" else "no event any more"
    elif was != now:
        kind = "censored otherwise"
    if sides[0] == sides[1]:
        return kind, f"{sides[1]}: {_arrow('AVAL', _text(row, 'AVAL', 0), _text(row, 'AVAL', 1))}"
    return kind, f"{sides[0]} → {sides[1]}"


def _ending(row: dict[Any, Any], side: int) -> str:
    what = "event" if _text(row, "CNSR", side) == "0" else "censored"
    return f"{what} {_text(row, 'ADT', side)} ({_text(row, 'EVNTDESC', side)})"


def _adsl_kind(column: str, now: str) -> str:
    if column == "DTHFL":
        return "died" if now == "Y" else "death withdrawn"
    return {"RANDDT": "randomization changed", "LSTALVDT": "last known alive changed"}.get(column, f"{column} changed")


def _arrow(what: str, was: str, now: str) -> str:
    return f"{what}: {was or '(blank)'} → {now or '(blank)'}"
