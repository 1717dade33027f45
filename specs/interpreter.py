"""Runs a resolved spec over the tables of a part: node by node, a column at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from specs.arguments import Source
from specs.coded import choose, empty_coded, plain, split
from specs.columns import DATE, NUMBER
from specs.conditions import evaluate
from specs.findings import NAMED, SHOWN, Finding, Findings
from specs.long_text import Pieces, split_long
from specs.nodes import ROWS, Node, holder
from specs.profile import Profile
from specs.resolved import DATASET, Dataset, Spec, Variable
from specs.running import run_records, run_variable
from specs.scope import Scope, Seen
from specs.store import NOWHERE, Ints, Sheet, Subjects, Table, concat, split_ids, take
from specs.storing import stored
from specs.wording import joined


@dataclass(frozen=True)
class Account:
    """Records of a source: read, used in a slice, and left out by which condition."""

    dataset: str
    slice: str
    source: str
    read: int
    used: int
    excluded: Mapping[str, int]


@dataclass(frozen=True)
class Link:
    """N-to-one lineage: the rows of a dataset's slice and the source records that a variable looked at."""

    dataset: str
    slice: str
    variable: str
    seen: Seen


@dataclass
class Interpreter:
    """The state of one part's build."""

    spec: Spec
    subjects: Subjects
    tables: dict[str, Table]
    findings: Findings = field(default_factory=Findings)
    profile: Profile = field(default_factory=Profile)
    accounts: list[Account] = field(default_factory=list[Account])
    links: list[Link] = field(default_factory=list[Link])
    missing: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    _lookups: dict[str, pd.Series] = field(default_factory=dict[str, pd.Series])
    _made: dict[str, Any] = field(default_factory=dict[str, Any])

    def run(self, nodes: Iterable[Node], progress: Callable[[Node], None] | None = None) -> None:
        """Run nodes in the order given; those of datasets that are there already are passed over."""
        for node in nodes:
            dataset = self.spec.datasets.get(node.dataset)
            if dataset is None:
                continue
            if progress:
                progress(node)
            if node.variable == ROWS:
                self._make_rows(dataset, node.slice)
            elif node.slice == DATASET:
                self._make_over_dataset(dataset, dataset.variables[node.variable])
            else:
                self._make(dataset, node.slice, dataset.variables[node.variable])

    # what a Scope asks for

    def subject(self, dataset: str, slice_id: str) -> Ints:
        """Subject codes of a slice, or of all slices."""
        table = self.tables[dataset]
        if slice_id != DATASET:
            return table.sheet(slice_id).subject
        parts = [table.sheet(s).subject for s in self._slices(dataset)]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)

    def column(self, dataset: str, slice_id: str, name: str, but: str = "") -> pd.Series:
        """A column as a derivation of a slice sees it, text plain."""
        return plain(self.stored(dataset, slice_id, name, but))

    def stored(self, dataset: str, slice_id: str, name: str, but: str = "") -> pd.Series:
        """A column as it is stored, for a derivation of a slice: own variable, else source column, else by subject."""
        if self.spec.lookup(name):
            return take(self.by_subject(name), self.subject(dataset, slice_id))
        if slice_id == DATASET:
            parts = [self.stored(dataset, s, name, but) for s in self._slices(dataset)]
            return concat(parts, sum(map(len, parts)))
        spec = self.spec.datasets[dataset]
        sheet = self.tables[dataset].sheet(slice_id)
        if name != but and holder(spec, slice_id, name) is not None and name in sheet.columns:
            return sheet.columns[name]
        # what only other slices derive is blank here, unless the source happens to have a column of that name
        others = spec.variables.get(name) if name not in spec.slices[slice_id].assignments else None
        return self._source_column(dataset, sheet, name, others)

    def by_subject(self, name: str) -> pd.Series:
        """`TABLE.COLUMN` in the order of subject codes; a second record of a subject is reported if it differs."""
        if name not in self._lookups:
            self._lookups[name] = self._look_up(name)
        return self._lookups[name]

    def rows(self, source: Source, names: Sequence[str]) -> pd.DataFrame:
        """The records of a source that meet its condition: `_subject`, `_row` and the columns asked for."""
        table = self.tables.get(source.from_) or Table(source.from_)
        spec = self.spec.datasets.get(source.from_)
        slices = [s for s in self._slices(table.name) if not s or spec is None or spec.slices[s].can_meet(source.where)]
        ids = table.ids(slices)
        parts = [table.sheet(s).subject for s in slices]
        subject = np.concatenate(parts) if parts else np.empty(0, np.int64)

        @cache
        def column(name: str) -> pd.Series:
            return self._of_rows(table, slices, name, subject)

        keep = evaluate(source.where, column, len(ids))
        frame: dict[str, Any] = {"_subject": subject[keep], "_row": ids[keep]}
        frame |= {name: plain(column(name)[keep].reset_index(drop=True)) for name in names}
        return pd.DataFrame(frame)

    def account(
        self, dataset: str, slice_id: str, source: str, excluded: Mapping[str, int], read: int, used: int
    ) -> None:
        self.accounts.append(Account(dataset, slice_id, source, read, used, dict(excluded)))

    def trace(self, dataset: str, slice_id: str, variable: str, seen: Seen) -> None:
        self.links.append(Link(dataset, slice_id, variable, seen))

    def places(self, dataset: str, slice_id: str, positions: Ints) -> list[str]:
        """The source record of rows, as a person finds it: `ae.csv record 12`."""
        table = self.tables[dataset]
        if slice_id != DATASET:
            return self._places(table, table.ids([slice_id])[positions])
        return self._places(table, table.ids(self._slices(dataset))[positions])

    def rest(self, dataset: str, slice_id: str, name: str) -> pd.DataFrame:
        """The pieces of a slice's long text after the first."""
        return self.tables[dataset].sheet(slice_id).rest[name]

    def once(self, key: str, make: Callable[[], Any]) -> Any:
        """What `make` returns, made once a part."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def source_places(self, table: str, ids: Ints) -> list[str]:
        """The record that each row id of a table leads back to, as a person finds it; blank for NOWHERE."""
        known = self.tables.get(table)
        return self._places(known, ids) if known is not None else [""] * len(ids)

    def source_records(self, table: str, ids: Ints) -> str:
        """The records that row ids of a table lead back to, in words: the first few by name."""
        places = [place for place in self.source_places(table, ids[:NAMED]) if place]
        more = len(ids) - NAMED
        named = [*places, f"{more} more"] if places and more > 0 else places
        return joined(named) if named else f"{len(ids)} records of {table}"

    # how nodes are made

    def _slices(self, dataset: str) -> list[str]:
        """The slices of a table that are there, in the spec's order; a form or given dataset is one sheet."""
        table = self.tables.get(dataset)
        if table is None:
            return []
        spec = self.spec.datasets.get(dataset)
        return [s for s in (spec.slices if spec and "" not in table.sheets else table.sheets) if s in table.sheets]

    def _make_rows(self, dataset: Dataset, slice_id: str) -> None:
        table = self.tables.setdefault(dataset.name, Table(dataset.name))
        part = dataset.slices[slice_id]
        made = run_records(part.bound, Scope(self, dataset.name, slice_id), part.mark)
        sheet = Sheet(made.subject, {}, dict(made.columns), made.sources, made.source, made.row)
        table.add(slice_id, sheet, dataset.numbers()[slice_id])
        for seen in made.seen:
            self.trace(dataset.name, slice_id, ROWS, seen)

    def _make(self, dataset: Dataset, slice_id: str, variable: Variable) -> None:
        scope = Scope(self, dataset.name, slice_id, variable.name)
        assignment = dataset.slices[slice_id].assignments[variable.name]
        sheet = self.tables[dataset.name].sheet(slice_id)
        values = run_variable(assignment, scope, variable)
        if variable.attributes.long:
            pieces = split_long(plain(values))
            values, sheet.rest[variable.name] = pieces
            self._report_left(scope, pieces, variable.attributes.long)
        sheet.columns[variable.name] = stored(scope, values, variable)

    def _report_left(self, scope: Scope, pieces: Pieces, declared: int) -> None:
        """Text that goes on after the last piece for which the spec has a place."""
        over = pieces.rest.loc[pieces.rest["number"] > declared, ["row", "number"]].groupby("row")["number"].max()
        if len(over):
            mask = np.zeros(len(pieces.first), dtype=bool)
            mask[over.index.to_numpy(dtype=np.int64)] = True
            message = f"text in more pieces than `long: {declared}` has: cut; the longest needs `long: {over.max()}`"
            scope.report("value.length", mask, message, value=pieces.first)

    def _make_over_dataset(self, dataset: Dataset, variable: Variable) -> None:
        scope = Scope(self, dataset.name, DATASET, variable.name)
        assignment = next(iter(dataset.slices.values())).assignments[variable.name]
        values = stored(scope, run_variable(assignment, scope, variable), variable)
        start = 0
        for slice_id in dataset.slices:
            sheet = self.tables[dataset.name].sheet(slice_id)
            sheet.columns[variable.name] = values.iloc[start : start + len(sheet)].reset_index(drop=True)
            start += len(sheet)

    # how columns are found

    def _source_column(self, dataset: str, sheet: Sheet, name: str, others: Variable | None) -> pd.Series:
        if name in sheet.produced:
            return sheet.produced[name].reset_index(drop=True)
        if sheet.row is None or sheet.source is None:
            return blank(others, len(sheet)) if others else self._not_there(dataset, name, len(sheet))
        result: pd.Series | None = None
        for number, source in enumerate(sheet.sources):
            of_source = sheet.source == number
            ids = sheet.row if len(sheet.sources) == 1 else np.where(of_source, sheet.row, NOWHERE)
            values = self._gather(self.tables.get(source), name, ids)
            if values is not None:
                result = values if result is None else choose(of_source, values, result)
        if result is None:
            return blank(others, len(sheet)) if others else self._not_there(",".join(sheet.sources), name, len(sheet))
        return result

    def _gather(self, table: Table | None, name: str, ids: Ints) -> pd.Series | None:
        return table.gather(name, ids) if table is not None else None

    def _read(self, table: Table, slices: Sequence[str], name: str) -> pd.Series:
        """A column of whole slices of a table; where a slice doesn't derive it, its source record's."""
        spec = self.spec.datasets.get(table.name)
        parts: list[pd.Series] = []
        for slice_id in slices:
            sheet = table.sheet(slice_id)
            if name in sheet.columns:
                parts.append(sheet.columns[name])
            elif name == "USUBJID":
                parts.append(self.subjects.names(sheet.subject))
            elif spec is not None and name in spec.variables:
                parts.append(blank(spec.variables[name], len(sheet)))
            else:
                parts.append(self._not_there(table.name, name, len(sheet)))
        return concat(parts, sum(map(len, parts)))

    def _of_rows(self, table: Table, slices: Sequence[str], name: str, subject: Ints) -> pd.Series:
        return take(self.by_subject(name), subject) if self.spec.lookup(name) else self._read(table, slices, name)

    def _look_up(self, name: str) -> pd.Series:
        table_name, column = self.spec.lookup(name) or ("", name)
        table = self.tables.get(table_name)
        if table is None:
            return self._not_there(table_name, column, len(self.subjects))
        slices = self._slices(table_name)
        codes = np.concatenate([table.sheet(s).subject for s in slices]) if slices else np.empty(0, np.int64)
        positions = np.full(len(self.subjects), NOWHERE, dtype=np.int64)
        known = np.flatnonzero(codes >= 0)
        positions[codes[known][::-1]] = known[::-1]
        values = self._read(table, slices, column)
        held, _ = split(values)
        differs = held[known] != held[positions[codes[known]]]
        repeated = np.unique(codes[known[differs]])
        if len(repeated):
            # of each subject the record that is taken and the first of those that differ from it
            others = known[differs][np.unique(codes[known[differs]], return_index=True)[1]]
            pairs = table.ids(slices)[np.stack([positions[repeated], others], axis=1)]
            self._report_differing((table_name, column), repeated, pairs)
        return take(values, positions)

    def _report_differing(self, place: tuple[str, str], subjects: Ints, pairs: Ints) -> None:
        """Subjects with two records (row ids, a pair each) that differ in a value which is read by subject."""
        table, column = place
        message = f"differ in {column}, of which a subject has one: it is taken from the first"
        found = [
            Finding(
                "error", "lookup.multiple", f"{self.source_records(table, pair)} {message}", table, column,
                self.subjects.ids[code], source=source,
            )
            for code, pair, source in zip(
                subjects[:SHOWN].tolist(), pairs[:SHOWN], self.source_places(table, pairs[:SHOWN, 1]), strict=True
            )
        ]  # fmt: skip
        self.findings.add(found, count=len(subjects))

    def _not_there(self, table: str, name: str, length: int) -> pd.Series:
        """A column that the data lacks: reported once, missing everywhere.

        Of an input that is not there at all, whoever read the inputs has said so.
        """
        known = self.tables.get(table)
        if known is not None and (table, name) not in self.missing:
            self.missing.add((table, name))
            file = known.file or table
            message = f"column {name} is not in {file}: its values are left missing"
            self.findings.add([Finding("error", "input.column", message, table, name, source=file)])
        return empty_coded(length)

    def _places(self, table: Table, ids: Ints) -> list[str]:
        if table.name not in self.spec.datasets or "" in table.sheets:
            records = table.records(ids)
            return [f"{table.file or table.name} record {row}" if row > 0 else "" for row in records.tolist()]
        slices = {number: s for s, number in table.numbers.items()}
        numbers, positions = split_ids(ids)
        result: list[str] = []
        for number, position in zip(numbers.tolist(), positions.tolist(), strict=True):
            sheet = table.sheets[slices[number]] if number >= 0 else None
            if sheet is None or sheet.row is None or sheet.source is None or sheet.source[position] < 0:
                result.append("")
                continue
            source = self.tables[sheet.sources[int(sheet.source[position])]]
            result.extend(self._places(source, sheet.row[[position]]))
        return result


def blank(variable: Variable, length: int) -> pd.Series:
    """A variable of which nothing is known: missing everywhere, in its type."""
    if variable.storage == "text":
        return empty_coded(length)
    if variable.storage == "number":
        return pd.Series(np.full(length, np.nan), dtype=NUMBER)
    return pd.Series(np.full(length, np.datetime64("NaT"), dtype=DATE))
