"""One part of a build: all datasets of a contiguous range of subjects, in their final order, with their lineage."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import numpy.typing as npt
import pandas as pd

from specs.arguments import sources
from specs.chronology import disordered
from specs.coded import below, constant_coded, plain
from specs.derivations.described import is_described
from specs.findings import SHOWN, Finding, Findings
from specs.interpreter import Account, Interpreter
from specs.nodes import Node, graph, ordered
from specs.ordering import positions, ranks
from specs.profile import RESULT, TOPIC, Profile
from specs.resolved import Dataset, Slice, Spec
from specs.schema import failures
from specs.store import NOWHERE, Ints, Subjects, Table, concat, take


@dataclass
class Finished:
    """A finished dataset of a part: its frame in key order, text as codes (`specs.coded`), and where rows come from.

    `lineage`: row (position in the frame), rule (`record` or a variable), source (form or dataset), source_row
    (record number in the form's file, or position in the dataset). `slices`: the number of each row's slice.
    """

    frame: pd.DataFrame
    lineage: pd.DataFrame
    slices: npt.NDArray[np.int16]


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


def unsourced(
    spec: Spec, names: Iterable[str], unread: Collection[str]
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The datasets that no source of records is there for, and those that lack some: each with what is not there.

    `unread`: the forms that are not. A dataset without records is no source for others either; one that only looks
    values up in it is built.
    """
    read = {name: [_from(part) for part in spec.datasets[name].slices.values()] for name in names}
    none: dict[str, list[str]] = {}
    while more := {
        name: sorted(set().union(*parts))
        for name, parts in read.items()
        if name not in none and parts and all(part and part <= {*unread, *none} for part in parts)
    }:
        none |= more
    some = {name: sorted(set().union(*parts) & set(unread)) for name, parts in read.items() if name not in none}
    return none, {name: why for name, why in some.items() if why}


def _from(part: Slice) -> set[str]:
    return {source.from_ for source in sources(part.bound.arguments)}


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
    places = {name: _places(orders[name]) for name in names}
    for name in names:
        dataset = spec.datasets[name]
        frame = _frame(state, dataset, orders[name])
        result.datasets[name] = Finished(frame, _lineage(state, dataset, places), _slices(state, dataset)[orders[name]])
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
    length = sum(len(state.tables[dataset.name].sheet(s)) for s in dataset.slices)
    return positions((ranks(_columns(state, dataset, name)) for name in dataset.order), length)


def _places(order: Ints) -> Ints:
    """Where each of the stacked rows comes to stand."""
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    return places


def _frame(state: Interpreter, dataset: Dataset, order: Ints) -> pd.DataFrame:
    names = [name for name, variable in dataset.variables.items() if not variable.supp]
    columns = {name: take(_columns(state, dataset, name), order) for name in names}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(order)), copy=False)


def _slices(state: Interpreter, dataset: Dataset) -> npt.NDArray[np.int16]:
    """The number of each row's slice, the slices one below the other."""
    lengths = [len(state.tables[dataset.name].sheet(part)) for part in dataset.slices]
    return np.repeat(np.arange(len(lengths), dtype=np.int16), lengths)


def _lineage(state: Interpreter, dataset: Dataset, places: Mapping[str, Ints]) -> pd.DataFrame:
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
                parts.append(_links(state, places, start + mine, "record", source, sheet.row[mine]))
        start += len(sheet)
    for link in state.links:
        if link.dataset == dataset.name:
            rows = link.seen.rows + starts.get(link.slice, 0)
            rule = link.variable or link.seen.rule
            parts.append(_links(state, places, rows, rule, link.seen.table, link.seen.source_rows))
    parts = parts or [_links(state, places, np.empty(0, np.int64), "", "", None)]
    frame = below(parts)
    frame["row"] = places[dataset.name][frame["row"].to_numpy(dtype=np.int64)]
    order = _lineage_order(frame)
    sorted_ = {name: take(frame[name], order) for name in frame.columns}
    return pd.DataFrame(sorted_, index=pd.RangeIndex(len(order)), copy=False)


def _lineage_order(frame: pd.DataFrame) -> Ints:
    """By row, and the links of a row by rule, source and source's row; most rows have one link alone."""
    rows = frame["row"].to_numpy()
    if np.bincount(rows, minlength=1).max() <= 1:
        place = np.full(int(rows.max(initial=-1)) + 1, NOWHERE, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        return place[place >= 0]
    others = [ranks(frame[name]) for name in ("rule", "source", "source_row")]
    return positions([rows, *others], len(rows))


def _links(
    state: Interpreter, places: Mapping[str, Ints], rows: Ints, rule: str, source: str, ids: Ints | None
) -> pd.DataFrame:
    found = np.empty(0, dtype=np.int64) if ids is None else _output_rows(state, places, source, ids)
    length = len(rows)
    words = {"rule": constant_coded(rule, length), "source": constant_coded(source, length)}
    return pd.DataFrame({"row": rows, **words, "source_row": found}, copy=False)


def _output_rows(state: Interpreter, places: Mapping[str, Ints], source: str, ids: Ints) -> Ints:
    """Row ids of a source as a reader finds them: positions in a built dataset, record numbers of an input."""
    table = state.tables.get(source)
    if table is None or not len(ids):
        return np.empty(0, dtype=np.int64)
    if source not in places:
        return table.records(ids)
    starts = np.zeros(max(table.numbers.values(), default=0) + 1, dtype=np.int64)
    start = 0
    for slice_id in state.spec.datasets[source].slices:
        starts[table.numbers[slice_id]] = start
        start += len(table.sheet(slice_id))
    stacked = starts[ids >> 32] + (ids & 0xFFFFFFFF)
    return places[source][stacked]


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
    for rule, variable, message, found in wrong:
        shown = found[:SHOWN]
        places = state.places(dataset.name, "*", order[shown])
        subjects = frame["USUBJID"].iloc[shown] if "USUBJID" in frame else pd.Series([""] * len(shown))
        values = frame[variable].iloc[shown] if variable else pd.Series([""] * len(shown))
        rows = zip(plain(subjects).fillna(""), values.astype("string").fillna(""), places, strict=True)
        listed = [Finding("error", rule, message, dataset.name, variable, u, v[:200], p) for u, v, p in rows]
        if not listed:
            listed = [Finding("error", rule, message, dataset.name, variable)]
        state.findings.add(listed, count=max(len(found), 1))


__all__ = ["NOWHERE", "Finished", "PartResult", "build_part", "buildable", "unsourced"]
