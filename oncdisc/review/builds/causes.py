"""Which raw change is behind a change: the changed raw records that its value was made from, before or after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from oncdisc.review.builds.endpoints import Change
from oncdisc.review.builds.raw import RawChange
from oncdisc.review.trace import Output, made_from, nodes
from oncdisc.review.trace.output import ROWS

RULE = "the rule changed"
NOTHING = "no raw record that it is made from has changed: the spec or an option has"


def with_causes(before: Output, after: Output, changes: Sequence[Change], raw: Sequence[RawChange]) -> list[Change]:
    """The changes, each with the raw changes behind it.

    First those that the values were made from; where none of these changed, those that were looked at.
    """
    found = _behind(before, after, changes, raw, looked_at=False)
    rest = [number for number in range(len(changes)) if not found.get(number)]
    later = _behind(before, after, [changes[number] for number in rest], raw, looked_at=True)
    found |= {rest[number]: causes for number, causes in later.items()}
    return [_explained(before, after, change, found.get(number, ())) for number, change in enumerate(changes)]


def _explained(before: Output, after: Output, change: Change, causes: Sequence[RawChange]) -> Change:
    if causes:
        return replace(change, causes=tuple(causes))
    rules = [_rule(output, change, row) for output, row in ((before, change.before), (after, change.after))]
    reason = f"{RULE}: {rules[0]} → {rules[1]}" if all(rules) and rules[0] != rules[1] else NOTHING
    return replace(change, reason=reason)


def _rule(output: Output, change: Change, row: int | None) -> str:
    if row is None:
        return ""
    made = output.derivation(change.dataset, str(output.slices(change.dataset)[row]), ROWS)
    return made.sentence if made else ""


def _behind(
    before: Output, after: Output, changes: Sequence[Change], raw: Sequence[RawChange], *, looked_at: bool
) -> dict[int, tuple[RawChange, ...]]:
    """For each change by number the raw changes that its records lead back to."""
    hits: dict[int, dict[int, None]] = {}
    for output, side in ((before, "before"), (after, "after")):
        start = _start(changes, side)
        if not len(start) or not raw:
            continue
        edges = made_from(output, start, looked_at=looked_at)
        reached = edges.loc[edges["to_table"].isin(output.inputs), ["origin", "to_table", "to_row", "to_variable"]]
        joined = reached.merge(_known(raw, side), on=["to_table", "to_row"])
        joined = joined.loc[(joined["item"] == "") | (joined["item"] == joined["to_variable"])]
        for origin, number in joined[["origin", "number"]].drop_duplicates().to_numpy().tolist():
            hits.setdefault(int(origin), {})[int(number)] = None
    return {origin: tuple(raw[number] for number in sorted(numbers)) for origin, numbers in hits.items()}


def _start(changes: Sequence[Change], side: str) -> pd.DataFrame:
    rows = [
        (number, change.dataset, getattr(change, side), variable)
        for number, change in enumerate(changes)
        if getattr(change, side) is not None
        for variable in (*change.variables, ROWS)
    ]
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    frame = nodes(list(columns[0]), "", list(columns[2]), list(columns[3])).assign(table=list(columns[1]))
    return frame.astype({"origin": "int64", "row": "int64"})


def _known(raw: Sequence[RawChange], side: str) -> pd.DataFrame:
    """Changed records as rows: an item a row, or one row without item for a record that came or went."""
    rows = [
        (number, change.form, getattr(change, side), item)
        for number, change in enumerate(raw)
        if getattr(change, side) is not None
        for item in ([name for name, *_ in change.items] or [""])
    ]
    frame = pd.DataFrame(rows, columns=["number", "to_table", "to_row", "item"])
    return frame.astype({"to_row": "int64", "item": object, "to_table": object})
