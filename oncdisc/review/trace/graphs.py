"""The graphs that can be drawn: the records behind a record, or the variables behind a variable."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from oncdisc.review.trace.drawing import draw
from oncdisc.review.trace.edges import is_looked_at
from oncdisc.review.trace.layout import Edge, Node
from oncdisc.review.trace.output import ROWS, Derivation, Output
from oncdisc.review.trace.steps import Place, record_name, values_of
from oncdisc.review.trace.tracing import RecordTrace, Trace
from specs.errors import UsageError

MOST_LINES = 12


def draw_records(output: Output, found: Trace) -> str:
    """The lineage of the traced records: a box a record, with the values that were asked of it."""
    edges = pd.concat([record.edges for record in found.records], ignore_index=True)
    onward = all(record.back is None for record in found.records)
    asked: dict[Place, set[str]] = {}
    for side in ("", "to_"):
        columns = edges[[f"{side}table", f"{side}row", f"{side}variable"]].drop_duplicates()
        for table, row, variable in columns.to_numpy().tolist():
            asked.setdefault((table, int(row)), set()).add(variable)
    starts = [_start(record, found.table, output) for record in found.records]
    for start in starts:
        asked.setdefault(start, set())
    nodes = [_record_node(output, place, asked[place], place in starts) for place in asked]
    title = f"Lineage of {', '.join(record_name(output, start) for start in starts)}"
    return draw(nodes, _record_edges(edges, onward), title)


def _start(record: RecordTrace, table: str, output: Output) -> Place:
    step = record.back or record.forward
    number = step.row if step else 0
    return (table, number - 1 if output.is_built(table) else number)


def _record_node(output: Output, place: Place, variables: set[str], is_asked: bool) -> Node:
    values = values_of(output, place, variables)
    lines = [f"{value.variable} = {value.value}" for value in values if value.value]
    rest = [f"and {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else []
    return Node(
        _id(place),
        record_name(output, place, subject=False),
        (*lines[:MOST_LINES], *rest),
        "asked" if is_asked else _kind(output, place[0]),
    )


def _record_edges(edges: pd.DataFrame, onward: bool) -> list[Edge]:
    linked = edges.loc[(edges["rule"] != "own").to_numpy(bool)]
    linked = linked.assign(dashed=is_looked_at(linked["rule"]))
    grouped = linked.groupby(["table", "row", "to_table", "to_row"], sort=False)
    found: list[Edge] = []
    for (table, row, to_table, to_row), part in grouped:
        here, there = _id((str(table), int(str(row)))), _id((str(to_table), int(str(to_row))))
        label = ", ".join(part["rule"].unique())
        dashed = bool(part["dashed"].all())
        found.append(Edge(here, there, label, dashed) if onward else Edge(there, here, label, dashed))
    return [edge for edge in found if edge.source != edge.to]


def draw_variables(output: Output, table: str, variable: str, slice_id: str | None = None) -> str:
    """The lineage of a variable, from the spec alone: a box a derivation, with its sentence."""
    name = output.find(table)
    nodes, edges = variable_graph(output, name, variable, slice_id)
    return draw(nodes, edges, f"Lineage of {name}.{variable}")


def variable_graph(
    output: Output, name: str, variable: str, slice_id: str | None = None
) -> tuple[list[Node], list[Edge]]:
    """The derivations behind a variable in all slices, or one. Raises UsageError if there is no such variable."""
    first = [(part, d) for (part, v), d in output.derivations(name).items() if v == variable]
    chosen = [(part, d) for part, d in first if slice_id in (None, part)]
    if not chosen:
        raise UsageError(f"{name} has no variable {variable}{f' in {slice_id}' if slice_id else ''}")
    nodes: dict[str, Node] = {}
    edges: dict[Edge, None] = {}
    waiting = [(name, part, derivation) for part, derivation in chosen]
    done: set[tuple[str, str, str]] = set()
    asked = {_derivation_id(name, derivation) for _, derivation in chosen}
    while waiting:
        table, part, derivation = waiting.pop()
        if (table, part, derivation.variable) in done:
            continue
        done.add((table, part, derivation.variable))
        here = _derivation_id(table, derivation)
        nodes.setdefault(here, _derivation_node(output, table, part, derivation, here in asked))
        for other, slice_, below, node in _behind(output, table, part, derivation):
            nodes.setdefault(node.id, node)
            edges[Edge(node.id, here)] = None
            if below is not None:
                waiting.append((other, slice_, below))
    return list(nodes.values()), [edge for edge in edges if edge.source != edge.to]


def _behind(
    output: Output, table: str, part: str, derivation: Derivation
) -> Iterator[tuple[str, str, Derivation | None, Node]]:
    """What a derivation reads: the derivations of variables, constants left out, and the items of forms."""
    for kind, other, column, slices, _ in derivation.reads:
        if not output.is_built(other):
            if column:
                yield other, "", None, Node(f"{other}.{column}", f"{other}.{column}", (output.label(other),), "raw")
            continue
        wanted = (part,) if kind == "own" else slices or tuple(output.meta(other)["slices"])
        for slice_id in wanted:
            below = output.derivation(other, slice_id, column)
            if below is not None and below.name != "constant" and (column != ROWS or kind == "own"):
                yield other, slice_id, below, _derivation_node(output, other, slice_id, below, False)


def _derivation_id(table: str, derivation: Derivation) -> str:
    return f"{table}.{derivation.variable} {derivation.spec} {derivation.sentence}"


def _derivation_node(output: Output, table: str, slice_id: str, derivation: Derivation, is_asked: bool) -> Node:
    slices = output.meta(table)["slices"]
    serves = [part for part in slices if output.derivation(table, part, derivation.variable) == derivation]
    place = "" if len(serves) == len(slices) else f" [{', '.join(serves)}]"
    title = f"{table}.{derivation.variable}{place}" if derivation.variable else f"{table}{place} records"
    kind = "asked" if is_asked else _kind(output, table)
    return Node(_derivation_id(table, derivation), title, (derivation.sentence, derivation.spec), kind)


def _kind(output: Output, table: str) -> str:
    return str(output.meta(table)["engine"]) if output.is_built(table) else "raw"


def _id(place: Place) -> str:
    return f"{place[0]} {place[1]}"
