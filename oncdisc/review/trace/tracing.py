"""Tracing records of a build: back to the raw records, and forward to everything made from them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from oncdisc.review.trace.edges import made_from, nodes
from oncdisc.review.trace.onward import made_into
from oncdisc.review.trace.output import ROWS, SUBJECT, Output
from oncdisc.review.trace.steps import Step, Tree, shown
from specs.errors import UsageError

Direction = Literal["back", "forward", "both"]
MOST = 5
"""Records that are traced at once, unless told otherwise."""


@dataclass(frozen=True)
class Reached:
    """What is made from a record in one slice of a dataset."""

    dataset: str
    slice: str
    records: int
    variables: tuple[str, ...]


@dataclass(frozen=True)
class RecordTrace:
    """One record traced: `back` to its sources, `forward` to what is made from it."""

    back: Step | None
    forward: Step | None
    reached: tuple[Reached, ...]
    edges: pd.DataFrame


@dataclass(frozen=True)
class Trace:
    """The records that were asked for, `matched` being how many there are."""

    study: str
    table: str
    matched: int
    records: tuple[RecordTrace, ...]

    def as_dict(self) -> dict[str, Any]:
        """The trace for JSON."""
        return {
            "study": self.study,
            "table": self.table,
            "matched": self.matched,
            "records": [
                {
                    "back": record.back.as_dict() if record.back else None,
                    "forward": record.forward.as_dict() if record.forward else None,
                    "reached": [
                        {"dataset": r.dataset, "slice": r.slice, "records": r.records, "variables": list(r.variables)}
                        for r in record.reached
                    ],
                }
                for record in self.records
            ],
        }


def trace(
    out: str | Path | Output,
    table: str,
    where: Mapping[str, str] | None = None,
    *,
    variable: str | None = None,
    direction: Direction | None = None,
    most: int = MOST,
) -> Trace:
    """Trace the records of a dataset or raw form that have these values.

    `direction` None: raw records forward, others both ways. Raises UsageError if the output is no build, or has no such
    table, variable or record.
    """
    output = out if isinstance(out, Output) else Output(Path(out))
    name = output.find(table)
    rows = select(output, name, where or {})
    if variable and variable not in known_variables(output, name):
        raise UsageError(
            f"{name} has no variable {variable}: expected one of {', '.join(known_variables(output, name))}"
        )
    way = direction or ("both" if output.is_built(name) else "forward")
    chosen = rows[:most].tolist()
    return Trace(
        output.spec["study"], name, len(rows), tuple(_record(output, name, row, variable, way) for row in chosen)
    )


def to_json(found: Trace) -> str:
    """The trace as JSON."""
    return json.dumps(found.as_dict(), indent=2, ensure_ascii=False) + "\n"


def known_variables(output: Output, name: str) -> list[str]:
    """The variables of a built dataset, those in SUPP-- too, or the items of a form that are kept."""
    if output.is_built(name):
        return list(output.meta(name)["labels"])
    return [str(column) for column in output.frame(name).columns]


def select(output: Output, name: str, where: Mapping[str, str]) -> np.ndarray:
    """The rows of a table that have these values. Raises UsageError if there are none."""
    frame = output.frame(name)
    keep = np.ones(len(frame), dtype=bool)
    for column, value in where.items():
        if column not in frame:
            raise UsageError(f"{name} has no variable {column}: expected one of {', '.join(map(str, frame.columns))}")
        matching = _equal(frame[column], value)
        if not matching.any():
            examples = ", ".join(shown(v) for v in frame[column].dropna().unique()[:5])
            raise UsageError(f"no record of {name} has {column}={value}; there are {examples or 'no values'} …")
        keep &= matching
    rows = frame.index.to_numpy(np.int64)[keep]
    if not len(rows):
        asked = " ".join(f"{column}={value}" for column, value in where.items())
        raise UsageError(f"no record of {name} has {asked}" if asked else f"{name} has no records")
    return rows


def _equal(column: pd.Series, value: str) -> np.ndarray:
    if pd.api.types.is_datetime64_any_dtype(column):
        wanted = pd.to_datetime(pd.Series([value]), errors="coerce")
        return (column == wanted.iloc[0]).to_numpy(bool)
    if pd.api.types.is_numeric_dtype(column):
        number = pd.to_numeric(pd.Series([value]), errors="coerce")
        return (column == number.iloc[0]).to_numpy(bool, na_value=False)
    return (column.astype("string") == value).to_numpy(bool, na_value=False)


def _record(output: Output, name: str, row: int, variable: str | None, way: Direction) -> RecordTrace:
    back = forward = None
    reached: tuple[Reached, ...] = ()
    edges = made_from(output, nodes(0, name, [row], ROWS).iloc[:0])
    if way != "forward":
        asked = [variable] if variable else telling(output, name, row)
        edges = made_from(output, nodes(0, name, row, [*asked, ROWS]), blank=False)
        back = Tree(output).build((name, row), asked, edges)
    if way != "back":
        asked = [variable] if variable else [*known_variables(output, name), ROWS]
        onward = made_into(output, nodes(0, name, row, asked))
        reached = _reached(output, onward, (name, row))
        told = asked if output.is_built(name) and variable else [v for v in asked if v not in (ROWS, SUBJECT)]
        forward = Tree(output, onward=True).build((name, row), told, onward)
        edges = onward if way == "forward" else edges
    return RecordTrace(back, forward, reached, edges)


def telling(output: Output, name: str, row: int) -> list[str]:
    """The variables of a record that say something of it: no constants, no copies of the subject's values."""
    if not output.is_built(name):
        return known_variables(output, name)
    slice_id = str(output.slices(name)[row])
    found: list[str] = []
    for variable in known_variables(output, name):
        made = output.derivation(name, slice_id, variable)
        if made is None or made.name in ("constant", "subject", "blank"):
            continue
        if made.name == "copy" and all(kind == "subject" for kind, *_ in made.reads):
            continue
        found.append(variable)
    return found


def _reached(output: Output, edges: pd.DataFrame, start: tuple[str, int]) -> tuple[Reached, ...]:
    ends = edges[["to_table", "to_row", "to_variable"]].drop_duplicates()
    ends = ends.loc[~((ends["to_table"] == start[0]) & (ends["to_row"] == start[1]))]
    found: list[Reached] = []
    for table, of_table in ends.groupby("to_table", sort=True):
        slices = output.slices(str(table))[of_table["to_row"].to_numpy(np.int64)]
        for slice_id, part in of_table.assign(slice=slices).groupby("slice", sort=True):
            variables = tuple(sorted({str(v) for v in part["to_variable"] if v}))
            found.append(Reached(str(table), str(slice_id), int(part["to_row"].nunique()), variables))
    order = {name: number for number, name in enumerate(output.datasets)}
    return tuple(sorted(found, key=lambda r: (order[r.dataset], r.slice)))
