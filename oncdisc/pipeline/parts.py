"""One part of a build: all datasets of a contiguous range of subjects, in their final order, with their lineage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import pandas as pd

from specs.chronology import disordered
from specs.derivations.described import is_described
from specs.findings import SHOWN, Finding, Findings
from specs.interpreter import Account, Interpreter
from specs.nodes import Node, graph, ordered
from specs.profile import RESULT, TOPIC, Profile
from specs.resolved import Dataset, Spec
from specs.schema import failures
from specs.store import NOWHERE, Ints, Subjects, Table, concat, take


@dataclass
class Finished:
    """A finished dataset of a part: its frame in key order and where each row comes from.

    `lineage`: row (position in the frame), rule (`record` or a variable), source (form or dataset), source_row
    (record number in the form's file, or position in the dataset). `slices`: the number of each row's slice.
    """

    frame: pd.DataFrame
    lineage: pd.DataFrame
    slices: Ints


@dataclass
class PartResult:
    """What a part leaves for the whole."""

    datasets: dict[str, Finished] = field(default_factory=dict[str, Finished])
    findings: Findings = field(default_factory=Findings)
    profile: Profile = field(default_factory=Profile)
    accounts: list[Account] = field(default_factory=list[Account])


def buildable(spec: Spec, given: Iterable[str], forms: Iterable[str]) -> tuple[list[str], dict[str, list[str]]]:
    """The datasets that can be made from the inputs, and for each other one what it lacks."""
    from specs.nodes import inputs as inputs_of

    there = {*given, *forms, *(spec.study.raw.forms if spec.study.raw and not set(given) else ())}
    chosen = [d.name for d in spec.datasets.values() if d.name not in there and not is_described(d)]
    lacking: dict[str, list[str]] = {}
    while True:
        known = there | {name for name in chosen if name not in lacking}
        more = {
            name: missing
            for name in chosen
            if name not in lacking and (missing := [i for i in inputs_of(spec, spec.datasets[name]) if i not in known])
        }
        if not more:
            return [name for name in chosen if name not in lacking], lacking
        lacking |= more


def build_part(
    spec: Spec,
    subjects: tuple[str, ...],
    tables: Mapping[str, Table],
    names: Sequence[str],
    profile: Profile | None = None,
) -> PartResult:
    """Build some datasets for a part's subjects; `profile` is at hand for datasets of the study."""
    state = Interpreter(spec, Subjects(subjects), dict(tables), profile=profile or Profile())
    needed: dict[Node, tuple[Node, ...]] = graph(spec, names, tuple(tables))
    state.run(ordered(needed))
    result = PartResult(accounts=state.accounts, findings=state.findings)
    orders = {name: _order(state, spec.datasets[name]) for name in names}
    ranks = {name: _ranks(orders[name]) for name in names}
    for name in names:
        dataset = spec.datasets[name]
        frame = _frame(state, dataset, orders[name])
        result.datasets[name] = Finished(frame, _lineage(state, dataset, ranks), _slices(state, dataset)[orders[name]])
        _profile(result.profile, state, dataset)
        _validate(state, dataset, frame, orders[name])
    return result


def _columns(state: Interpreter, dataset: Dataset, name: str) -> pd.Series:
    from specs.interpreter import blank

    sheets = [state.tables[dataset.name].sheet(s) for s in dataset.slices]
    parts = [s.columns[name] if name in s.columns else blank(dataset.variables[name], len(s)) for s in sheets]
    return concat(parts, sum(map(len, parts)))


def _order(state: Interpreter, dataset: Dataset) -> Ints:
    """The final order: positions in the stacked slices."""
    frame = pd.DataFrame({name: _columns(state, dataset, name) for name in dataset.order})
    if not dataset.order or not len(frame):
        length = sum(len(state.tables[dataset.name].sheet(s)) for s in dataset.slices)
        return np.arange(length, dtype=np.int64)
    ordered_frame = frame.sort_values(list(frame.columns), kind="stable", na_position="first")
    return np.asarray(ordered_frame.index, dtype=np.int64)


def _ranks(order: Ints) -> Ints:
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    return ranks


def _frame(state: Interpreter, dataset: Dataset, order: Ints) -> pd.DataFrame:
    names = [name for name, variable in dataset.variables.items() if not variable.supp]
    columns = {name: take(_columns(state, dataset, name), order) for name in names}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(order)))


def _slices(state: Interpreter, dataset: Dataset) -> Ints:
    """The number of each row's slice, the slices one below the other."""
    lengths = [len(state.tables[dataset.name].sheet(part)) for part in dataset.slices]
    return np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)


def _lineage(state: Interpreter, dataset: Dataset, ranks: Mapping[str, Ints]) -> pd.DataFrame:
    table = state.tables[dataset.name]
    starts: dict[str, int] = {}
    parts: list[pd.DataFrame] = []
    start = 0
    for slice_id in dataset.slices:
        sheet = table.sheet(slice_id)
        starts[slice_id] = start
        if sheet.row is not None and sheet.source is not None:
            for number, source in enumerate(sheet.sources):
                mine = np.flatnonzero((sheet.source == number) & (sheet.row >= 0))
                parts.append(_links(state, ranks, start + mine, "record", source, sheet.row[mine]))
        start += len(sheet)
    for link in state.links:
        if link.dataset == dataset.name:
            rows = link.seen.rows + starts.get(link.slice, 0)
            rule = link.variable or link.seen.rule
            parts.append(_links(state, ranks, rows, rule, link.seen.table, link.seen.source_rows))
    frame = pd.concat(parts, ignore_index=True) if parts else _links(state, ranks, np.empty(0, np.int64), "", "", None)
    frame["row"] = ranks[dataset.name][frame["row"].to_numpy(dtype=np.int64)]
    return frame.sort_values(["row", "rule", "source", "source_row"], kind="stable", ignore_index=True)


def _links(
    state: Interpreter, ranks: Mapping[str, Ints], rows: Ints, rule: str, source: str, ids: Ints | None
) -> pd.DataFrame:
    found = np.empty(0, dtype=np.int64) if ids is None else _output_rows(state, ranks, source, ids)
    length = len(rows)
    frame = pd.DataFrame({"row": rows, "rule": [rule] * length, "source": [source] * length, "source_row": found})
    return frame.astype({"row": "int64", "source_row": "int64"})


def _output_rows(state: Interpreter, ranks: Mapping[str, Ints], source: str, ids: Ints) -> Ints:
    """Row ids of a source as a reader finds them: positions in a built dataset, record numbers of an input."""
    table = state.tables.get(source)
    if table is None or not len(ids):
        return np.empty(0, dtype=np.int64)
    if source not in ranks:
        return table.records(ids)
    starts = np.zeros(max(table.numbers.values(), default=0) + 1, dtype=np.int64)
    start = 0
    for slice_id in state.spec.datasets[source].slices:
        starts[table.numbers[slice_id]] = start
        start += len(table.sheet(slice_id))
    stacked = starts[ids >> 32] + (ids & 0xFFFFFFFF)
    return ranks[source][stacked]


def _profile(profile: Profile, state: Interpreter, dataset: Dataset) -> None:
    for slice_id in dataset.slices:
        sheet = state.tables[dataset.name].sheet(slice_id)
        profile.rows[(dataset.name, slice_id)] += len(sheet)
        for name, values in sheet.columns.items():
            profile.add(dataset.name, slice_id, name, values)
        topic = next((name for name in sheet.columns if TOPIC.fullmatch(name)), None)
        if topic is not None and topic not in dataset.slices[slice_id].constants:
            for name in filter(RESULT.fullmatch, sheet.columns):
                profile.add_by_test(dataset.name, name, sheet.columns[name], sheet.columns[topic])


def _validate(state: Interpreter, dataset: Dataset, frame: pd.DataFrame, order: Ints) -> None:
    """Pandera's failures and dates out of order as findings with subject, value and source record."""
    slices = np.array(list(dataset.slices), dtype=object)[_slices(state, dataset)[order]]
    wrong = chain(failures(frame, dataset, state.spec, slices), disordered(frame, dataset))
    for rule, variable, message, positions in wrong:
        shown = positions[:SHOWN]
        places = state.places(dataset.name, "*", order[shown])
        subjects = frame["USUBJID"].iloc[shown] if "USUBJID" in frame else pd.Series([""] * len(shown))
        values = frame[variable].iloc[shown] if variable else pd.Series([""] * len(shown))
        rows = zip(subjects.fillna(""), values.astype("string").fillna(""), places, strict=True)
        listed = [Finding("error", rule, message, dataset.name, variable, u, v[:200], p) for u, v, p in rows]
        if not listed:
            listed = [Finding("error", rule, message, dataset.name, variable)]
        state.findings.add(listed, count=max(len(positions), 1))


__all__ = ["NOWHERE", "Finished", "PartResult", "build_part", "buildable"]
