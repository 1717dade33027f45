"""The way of the records from raw forms to analysis datasets, with counts: a diagram and its accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from math import log10
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from specs.resolved import Spec

_BOX, _GAP, _WIDTH, _STEP, _TOP = 150, 230, 26, 34, 34
"""Width of a box, room between columns, height of a box, distance of boxes, room above the first, in pixels."""


@dataclass
class Node:
    """A form or a dataset: its column (0 forms, 1 SDTM, 2 ADaM), its records and where they come from."""

    name: str
    column: int
    records: int
    label: str = ""
    sources: dict[str, int] = field(default_factory=dict[str, int])
    accounts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    @property
    def left_out(self) -> int:
        """Records of a file that were read and then given to no dataset, such as those that are there twice."""
        return sum(sum(account["excluded"].values()) for account in self.accounts if "form" in account)


def nodes(folder: Path, build: Mapping[str, Any], spec: Spec) -> dict[str, Node]:
    """Everything the build read and made, by name; a dataset's qualifiers (SUPP--) are counted with it."""
    made: dict[str, Node] = {}
    reconciliation = build["reconciliation"]
    forms = spec.study.raw.forms if spec.study.raw else {}
    for account in reconciliation["forms"]:
        name = account["form"]
        label = forms[name].label if name in forms else "existing dataset"
        made[name] = Node(name, 0, account["read"], label, accounts=[account])
    for name, dataset in spec.datasets.items():
        if name in build["datasets"] and not name.startswith("SUPP"):
            column = 1 if dataset.engine == "sdtm" else 2
            made[name] = Node(name, column, build["datasets"][name]["records"], dataset.label)
    for account in reconciliation["records"]:
        if account["dataset"] in made:
            made[account["dataset"]].accounts.append(account)
    for node in made.values():
        node.sources = _sources(folder, node.name) if node.column else {}
    return made


def _sources(folder: Path, name: str) -> dict[str, int]:
    """How many records of each source went into a dataset, from its lineage."""
    path = folder / "lineage" / f"{name.lower()}.parquet"
    if not path.is_file():
        return {}
    links = pd.read_parquet(path, columns=["source", "source_row"])
    codes, sources = pd.factorize(links["source"], sort=True)
    rows = links["source_row"].to_numpy()
    counted = {str(source): _different(rows[codes == code]) for code, source in enumerate(sources)}
    return {source: count for source, count in counted.items() if source != name}


def _different(rows: npt.NDArray[np.int64]) -> int:
    """How many different rows there are, by a mark for each."""
    marks = np.zeros(int(rows.max(initial=-1)) + 1, dtype=bool)
    marks[rows] = True
    return int(marks.sum())


def excluded(accounts: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, int, int, list[tuple[str, int]]]]:
    """Slice, source, records read and used, and what left records out, with counts."""
    return [
        (
            account.get("slice", account.get("form", "")),
            account.get("source", account.get("file", "")),
            account["read"],
            account.get("used", account["read"] - sum(account["excluded"].values())),
            [(rule, count) for rule, count in account["excluded"].items() if count],
        )
        for account in accounts
    ]


def diagram(made: Mapping[str, Node]) -> str:
    """The flow as SVG: a line from each source to what is made of it, thicker the more records there are."""
    columns: list[list[Node]] = [[node for node in made.values() if node.column == column] for column in range(3)]
    columns = [nodes for nodes in columns if nodes]
    place = {
        node.name: (index * (_BOX + _GAP), _TOP + row * _STEP)
        for index, nodes in enumerate(columns)
        for row, node in enumerate(nodes)
    }
    height = _TOP + max((len(nodes) for nodes in columns), default=0) * _STEP
    width = len(columns) * (_BOX + _GAP) - _GAP
    links = [link for nodes in columns for node in nodes for link in _links(node, place)]
    boxes = [_box(node, place[node.name]) for nodes in columns for node in nodes]
    heads = _heads(columns)
    return (
        f'<svg class="flow" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="Data flow from raw forms to datasets; the same numbers stand in the tables below">'
        f"{''.join(heads)}{''.join(links)}{''.join(boxes)}</svg>"
    )


def _heads(columns: Sequence[Sequence[Node]]) -> list[str]:
    names = {0: "Read", 1: "SDTM", 2: "ADaM"}
    return [
        f'<text class="head" x="{index * (_BOX + _GAP)}" y="16">{names[nodes[0].column]}</text>'
        for index, nodes in enumerate(columns)
    ]


def _links(node: Node, place: Mapping[str, tuple[int, int]]) -> list[str]:
    x, y = place[node.name]
    made: list[str] = []
    for source, count in node.sources.items():
        if source not in place or not count or place[source][0] >= x:
            continue
        sx, sy = place[source][0] + _BOX, place[source][1] + _WIDTH // 2
        middle, end = (sx + x) // 2, y + _WIDTH // 2
        made.append(
            f'<path class="link" data-from="{escape(source)}" data-to="{escape(node.name)}" '
            f'd="M{sx} {sy}C{middle} {sy} {middle} {end} {x} {end}" stroke-width="{0.8 + log10(count):.1f}">'
            f"<title>{count:,} records of {escape(source)} used in {escape(node.name)}</title></path>"
        )
    return made


def _box(node: Node, at: tuple[int, int]) -> str:
    x, y = at
    return (
        f'<a href="#flow-{escape(node.name)}" class="box c{node.column}" data-name="{escape(node.name)}">'
        f'<rect x="{x}" y="{y}" width="{_BOX}" height="{_WIDTH}" rx="4"/>'
        f'<text x="{x + 9}" y="{y + 17}">{escape(node.name)}</text>'
        f'<text class="n" x="{x + _BOX - 9}" y="{y + 17}">{node.records:,}</text>'
        f"<title>{escape(node.label)}: {node.records:,} records</title></a>"
    )
