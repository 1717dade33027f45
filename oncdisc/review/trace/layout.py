"""A layered layout of a small directed graph: what a node is made from stands in a layer to its left.

Layers are longest paths (edges that close a cycle are left out of account); within a layer nodes are ordered by the
mean place of their neighbours, a few sweeps to and fro (Sugiyama, Tagawa, Toda 1981).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH, GAP_X, GAP_Y, LINE, HEAD = 290, 60, 14, 14, 22
SWEEPS = 4


@dataclass(frozen=True)
class Node:
    """A box: a title, the lines below it, and a word for how it is coloured."""

    id: str
    title: str
    lines: tuple[str, ...] = ()
    kind: str = ""

    @property
    def height(self) -> int:
        return HEAD + LINE * len(self.lines) + (6 if self.lines else 0)


@dataclass(frozen=True)
class Edge:
    """`to` is made from `source`."""

    source: str
    to: str
    label: str = ""
    dashed: bool = False


@dataclass(frozen=True)
class Layout:
    """Where each node's upper left corner is, and how large the whole is."""

    places: Mapping[str, tuple[int, int]]
    width: int
    height: int


def layout(nodes: Sequence[Node], edges: Sequence[Edge]) -> Layout:
    """Places for nodes; the first in their order is preferred on top."""
    layers = _layers([node.id for node in nodes], edges)
    ordered = _ordered(nodes, edges, layers)
    by_id = {node.id: node for node in nodes}
    heights = [sum(by_id[name].height + GAP_Y for name in names) for names in ordered]
    tallest = max(heights, default=0)
    places: dict[str, tuple[int, int]] = {}
    for number, (names, height) in enumerate(zip(ordered, heights, strict=True)):
        y = (tallest - height) // 2
        for name in names:
            places[name] = ((len(ordered) - 1 - number) * (WIDTH + GAP_X), y)
            y += by_id[name].height + GAP_Y
    return Layout(places, len(ordered) * (WIDTH + GAP_X) - GAP_X if ordered else 0, max(tallest - GAP_Y, 0))


def _layers(names: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """The longest path from each node to one that nothing is made of."""
    behind: dict[str, list[str]] = {name: [] for name in names}
    for edge in edges:
        behind[edge.to].append(edge.source)
    made = {edge.source for edge in edges}
    order = _topological([*(name for name in names if name not in made), *names], behind)
    rank = {name: place for place, name in enumerate(order)}
    layers = dict.fromkeys(names, 0)
    for name in order:
        for source in behind[name]:
            if rank[source] > rank[name]:
                layers[source] = max(layers[source], layers[name] + 1)
    return layers


def _topological(names: Sequence[str], behind: Mapping[str, Sequence[str]]) -> list[str]:
    """The nodes so that each comes before what it is made from, where there is no cycle."""
    done: dict[str, None] = {}
    entered: set[str] = set()
    for start in names:
        stack = [(start, False)]
        while stack:
            name, leaving = stack.pop()
            if leaving:
                done.setdefault(name)
            elif name not in entered:
                entered.add(name)
                stack.append((name, True))
                stack.extend((source, False) for source in behind[name] if source not in entered)
    return list(reversed(done))


def _ordered(nodes: Sequence[Node], edges: Sequence[Edge], layers: Mapping[str, int]) -> list[list[str]]:
    count = max(layers.values(), default=-1) + 1
    ordered: list[list[str]] = [[] for _ in range(count)]
    for node in nodes:
        ordered[layers[node.id]].append(node.id)
    neighbours: dict[str, list[str]] = {node.id: [] for node in nodes}
    for edge in edges:
        neighbours[edge.source].append(edge.to)
        neighbours[edge.to].append(edge.source)
    for sweep in range(SWEEPS):
        pairs = list(pairwise(range(count)))
        for fixed, free in pairs if sweep % 2 == 0 else [(b, a) for a, b in reversed(pairs)]:
            _sort(ordered[free], ordered[fixed], neighbours)
    return ordered


def _sort(free: list[str], fixed: Sequence[str], neighbours: Mapping[str, Sequence[str]]) -> None:
    place = {name: number for number, name in enumerate(fixed)}
    before = {name: number for number, name in enumerate(free)}

    def middle(name: str) -> float:
        found = [place[other] for other in neighbours[name] if other in place]
        return sum(found) / len(found) if found else float(before[name])

    free.sort(key=lambda name: (middle(name), before[name]))
