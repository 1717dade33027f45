"""A trace as people read it: the record, the rule that made it in words, its values, and the records behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from oncdisc.review.trace.edges import OF_SUBJECT, PERHAPS, is_looked_at
from oncdisc.review.trace.output import RECORD, ROWS, SUBJECT, Output
from oncdisc.review.trace.related import related, telling_result

Place = tuple[str, int]


@dataclass(frozen=True)
class Value:
    """A variable of a record, with its derivation in words; an item of a raw record has none."""

    variable: str
    label: str
    value: str
    derivation: str = ""
    sentence: str = ""
    spec: str = ""
    reads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Records that are only counted or listed: looked at and not chosen, or of the same subject."""

    rule: str
    table: str
    count: int
    variables: tuple[str, ...]
    records: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Step:
    """One record of a trace.

    `rules` say how it hangs together with the record above it; `outcome` what ended a time to event; `sentence` how its
    slice's records are made; `won` that of the records looked at it was chosen; `again` that it stands in full further
    up.
    """

    table: str
    row: int
    name: str
    label: str
    slice: str = ""
    rules: tuple[str, ...] = ()
    outcome: str = ""
    sentence: str = ""
    spec: str = ""
    values: tuple[Value, ...] = ()
    steps: tuple[Step, ...] = ()
    groups: tuple[Group, ...] = ()
    again: bool = False
    won: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The step and all below it, for JSON."""
        return {
            "table": self.table,
            "record": self.row,
            "name": self.name,
            "label": self.label,
            "slice": self.slice,
            "rules": list(self.rules),
            "outcome": self.outcome,
            "sentence": self.sentence,
            "spec": self.spec,
            "values": [_value_dict(value) for value in self.values],
            "records": [step.as_dict() for step in self.steps],
            "groups": [_group_dict(group) for group in self.groups],
            "again": self.again,
            "won": self.won,
        }


def _value_dict(value: Value) -> dict[str, Any]:
    return {
        "variable": value.variable,
        "label": value.label,
        "value": value.value,
        "derivation": value.derivation,
        "sentence": value.sentence,
        "spec": value.spec,
        "reads": list(value.reads),
    }


def _group_dict(group: Group) -> dict[str, Any]:
    return {
        "rule": group.rule,
        "table": group.table,
        "count": group.count,
        "variables": list(group.variables),
        "records": [step.as_dict() for step in group.records],
    }


def shown(value: object) -> str:
    """A value as people write it: whole numbers without a point, dates without midnight, nothing for missing."""
    if value is None or pd.isna(value):  # type: ignore[arg-type]
        return ""
    if isinstance(value, pd.Timestamp):
        return value.isoformat().removesuffix("T00:00:00")
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


@dataclass
class Tree:
    """Builds the steps of a trace from its edges; a record is told in full where it is first met."""

    output: Output
    onward: bool = False
    _asked: dict[Place, set[str]] = field(default_factory=lambda: defaultdict[Place, set[str]](set))
    _next: dict[Place, dict[Place, dict[str, set[str]]]] = field(
        default_factory=dict[Place, dict[Place, dict[str, set[str]]]]
    )
    _told: set[Place] = field(default_factory=set[Place])

    def build(self, start: Place, variables: Iterable[str], edges: pd.DataFrame) -> Step:
        """The tree of one record; `variables` are those of the record that were asked for."""
        self._asked[start].update(variables)
        for edge in edges.to_dict("records"):
            self._add(edge)
        return self._step(start, ())

    def _add(self, edge: Mapping[Any, Any]) -> None:
        at, to = (edge["table"], int(edge["row"])), (edge["to_table"], int(edge["to_row"]))
        self._asked[at].add(edge["variable"])
        self._asked[to].add(edge["to_variable"])
        if edge["rule"] != "own":
            rules = self._next.setdefault(at, {}).setdefault(to, {})
            rules.setdefault(edge["rule"], set()).add(edge["to_variable"])

    def _step(self, place: Place, rules: Sequence[str]) -> Step:
        again = place in self._told
        self._told.add(place)
        table, row = place
        slice_id = str(self.output.slices(table)[row]) if self.output.is_built(table) else ""
        made = self.output.derivation(table, slice_id, ROWS)
        steps, groups = ((), ()) if again else self._below(place)
        return Step(
            table,
            row + 1 if self.output.is_built(table) else row,
            record_name(self.output, place, subject=not rules),
            self.output.label(table),
            slice_id,
            tuple(rule for rule in rules if not (rule == "seen" and RECORD in rules)),
            outcome(self.output, place),
            made.sentence if made else "",
            made.spec if made else "",
            () if again else values_of(self.output, place, self._asked[place]),
            steps,
            groups,
            again,
        )

    def _below(self, place: Place) -> tuple[tuple[Step, ...], tuple[Group, ...]]:
        below = self._next.get(place, {})
        listed = {to: rules for to, rules in below.items() if not (to == place or self._is_grouped(rules))}
        ordered = sorted(listed, key=lambda to: (_rank(listed[to]), min(listed[to]), to))
        steps = tuple(self._step(to, sorted(listed[to], key=_rule_rank)) for to in ordered)
        return steps, tuple(self._groups(place, below))

    def _is_grouped(self, rules: Mapping[str, set[str]]) -> bool:
        if self.onward:
            return set(rules) <= {OF_SUBJECT, PERHAPS}
        return bool(is_looked_at(pd.Series(list(rules))).all())

    def _groups(self, place: Place, below: Mapping[Place, Mapping[str, set[str]]]) -> Iterable[Group]:
        found: dict[tuple[str, str], dict[Place, set[str]]] = {}
        for to, rules in below.items():
            for rule, variables in rules.items():
                wanted = self._is_grouped({rule: variables}) and (not self.onward or self._is_grouped(rules))
                if wanted and to != place:
                    found.setdefault((rule, to[0]), {})[to] = variables
        for (rule, table), places in sorted(found.items()):
            variables = sorted({v for some in places.values() for v in some if v})
            records = (
                ()
                if self.onward
                else tuple(
                    replace(self._brief(to, some), won=self._won(place, rule, below[to]))
                    for to, some in sorted(places.items())
                )
            )
            yield Group(rule, table, len(places), tuple(variables), records)
        if not self.onward and self.output.is_built(place[0]):
            yield from self._related(place)

    def _related(self, place: Place) -> Iterable[Group]:
        for relation, rows in related(self.output, *place).items():
            columns = telling_result(relation.other, self.output.frame(relation.other).columns)
            records = tuple(self._brief((relation.other, row), columns) for row in rows)
            rule = f"related by {relation.variable} = {relation.other_variable}"
            yield Group(rule, relation.other, len(rows), tuple(columns), records)

    def _won(self, place: Place, group: str, rules: Iterable[str]) -> bool:
        """Whether a record that was looked at was chosen, and in this part: one record may be looked at in several."""
        if group.startswith(("events: ", "censor: ")) and group != ending(self.output, place):
            return False
        return any(rule == RECORD or rule.startswith("decided") for rule in rules)

    def _brief(self, place: Place, variables: Iterable[str]) -> Step:
        table, row = place
        return Step(
            table,
            row + 1 if self.output.is_built(table) else row,
            record_name(self.output, place, subject=False),
            self.output.label(table),
            values=values_of(self.output, place, variables),
        )


def record_name(output: Output, place: Place, *, subject: bool = True) -> str:
    """A record as a person finds it: `ADTTE record 7 (USUBJID …, PARAMCD PFS)`, `rs.csv record 2 (RecordId …)`."""
    table, row = place
    frame = output.frame(table)
    head = f"{table} record {row + 1}" if output.is_built(table) else f"{output.file(table)} record {row}"
    if row not in frame.index:
        return head
    naming = [column for column in output.naming(table) if column in frame and (subject or column != SUBJECT)]
    parts = [f"{column} {text}" for column in naming if (text := shown(frame.at[row, column]))]
    return f"{head} ({', '.join(parts)})" if parts else head


def outcome(output: Output, place: Place) -> str:
    """What ended a record's time to event: the event, or why and where it is censored; nothing for other records."""
    censored, described, date = _end(output, place)
    if not censored:
        return ""
    return f"event: {described}" if censored == "0" else f"censored (CNSR {censored}): {described}; at {date}"


def ending(output: Output, place: Place) -> str:
    """The part of `time_to_event` that a record's date comes from, as lineage names it: `events: Death`."""
    censored, described, date = _end(output, place)
    return f"events: {described}" if censored == "0" else f"censor: {date}"


def _end(output: Output, place: Place) -> tuple[str, str, str]:
    """CNSR, EVNTDESC and CNSDTDSC of a record as text; blank where its dataset has them not."""
    table, row = place
    frame = output.frame(table)
    if not {"CNSR", "EVNTDESC", "CNSDTDSC"} <= set(frame.columns) or row not in frame.index:
        return "", "", ""
    return shown(frame.at[row, "CNSR"]), shown(frame.at[row, "EVNTDESC"]), shown(frame.at[row, "CNSDTDSC"])


def values_of(output: Output, place: Place, variables: Iterable[str]) -> tuple[Value, ...]:
    """Some variables of a record, in the order of its dataset."""
    table, row = place
    frame = output.frame(table)
    wanted = {name for name in variables if name}
    if not output.is_built(table):
        columns = [str(name) for name in frame.columns if name in wanted and name != SUBJECT]
        return tuple(Value(name, "", shown(frame.at[row, name])) for name in columns if row in frame.index)
    slice_id = str(output.slices(table)[row])
    labels: Mapping[str, str] = output.meta(table)["labels"]
    return tuple(_value(output, place, slice_id, name, labels[name]) for name in labels if name in wanted)


def _value(output: Output, place: Place, slice_id: str, name: str, label: str) -> Value:
    table, row = place
    frame = output.frame(table)
    value = shown(frame.at[row, name]) if name in frame and row in frame.index else ""
    made = output.derivation(table, slice_id, name)
    if made is None:
        return Value(name, label, value)
    reads = tuple(dict.fromkeys(_read(kind, to, column) for kind, to, column, *_ in made.reads if column))
    return Value(name, label, value, made.name, made.sentence, made.spec, reads)


def _read(kind: str, table: str, column: str) -> str:
    return column if kind == "own" else f"{table}.{column}"


def _rank(rules: Iterable[str]) -> int:
    return min(map(_rule_rank, rules))


def _rule_rank(rule: str) -> int:
    """The record itself first, then what decided, what values come from, and the subject's."""
    if rule == RECORD:
        return 0
    if rule.startswith(("decided", "confirmed by")):
        return 1
    if rule == "start":
        return 2
    return 4 if rule == OF_SUBJECT else 3
