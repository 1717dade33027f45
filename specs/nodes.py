"""The order of a build: what is ordered is (dataset, slice, variable), not the dataset.

DM needs EX for RFSTDTC while EX needs DM for EXSTDY: the datasets are in a cycle, their variables are not. A
cycle of variables is a fault of the spec, and its path is printed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from specs.arguments import Source, Use, sources, uses
from specs.errors import Problem
from specs.resolved import DATASET, Dataset, Slice, Spec

ROWS = ""
"""The variable name of the node that makes a slice's records."""


class Node(NamedTuple):
    """One step of a build: the records of a slice, or one of its variables."""

    dataset: str
    slice: str
    variable: str

    def __str__(self) -> str:
        place = self.dataset if self.slice in ("", DATASET) else f"{self.dataset}[{self.slice}]"
        return f"{place}.{self.variable}" if self.variable else f"{place} records"


Graph = dict[Node, tuple[Node, ...]]


def holder(dataset: Dataset, slice_id: str, name: str) -> str | None:
    """The slice of the node that derives a dataset's own variable for a slice; None if it doesn't."""
    variable = dataset.variables.get(name)
    if variable is None:
        return None
    if variable.over == "dataset":
        return DATASET
    if slice_id == DATASET:
        return DATASET if any(name in part.assignments for part in dataset.slices.values()) else None
    return slice_id if name in dataset.slices[slice_id].assignments else None


def graph(spec: Spec, datasets: Collection[str], given: Collection[str] = ()) -> Graph:
    """The nodes of some datasets, each with the nodes it needs; `given` datasets are there already."""
    builder = _Builder(spec, frozenset(given))
    result: Graph = {}
    for name in datasets:
        dataset = spec.datasets[name]
        for slice_id, part in dataset.slices.items():
            result[Node(name, slice_id, ROWS)] = tuple(dict.fromkeys(builder.rows(part)))
        for node in _variable_nodes(dataset):
            result[node] = tuple(dict.fromkeys(n for n in builder.variable(dataset, node) if n != node))
    for node in [need for needs in result.values() for need in needs]:
        result.setdefault(node, ())
    return result


def ordered(nodes: Graph) -> tuple[Node, ...]:
    """The nodes in an order in which each comes after what it needs; the same order every time.

    Raises graphlib.CycleError, whose path `cycle_problem` puts into words.
    """
    return tuple(TopologicalSorter(nodes).static_order())


def cycle_problem(spec: Spec, error: CycleError) -> Problem:
    """The spec problem that a cycle is, its path printed."""
    path: list[Node] = list(reversed(error.args[1]))
    first = path[0]
    mark = spec.datasets[first.dataset].mark
    assignment = None
    if first.slice in spec.datasets[first.dataset].slices:
        part = spec.datasets[first.dataset].slices[first.slice]
        mark = part.mark
        assignment = part.assignments.get(first.variable)
    if assignment:
        mark = assignment.mark
    return Problem(mark.file, mark.line, str(first), "a cycle of derivations", " → ".join(map(str, path)))


def inputs(spec: Spec, dataset: Dataset) -> tuple[str, ...]:
    """The names of all forms and other datasets that a dataset's derivations read directly."""
    found: dict[str, None] = {}
    for part in dataset.slices.values():
        for bound in [part.bound, *(assignment.bound for assignment in part.assignments.values())]:
            found.update(dict.fromkeys(source.from_ for source in sources(bound.arguments)))
            for use in uses(bound.arguments):
                if looked_up := spec.lookup(use.name):
                    found[looked_up[0]] = None
    found.pop(dataset.name, None)
    return tuple(found)


def _variable_nodes(dataset: Dataset) -> Iterator[Node]:
    for name, variable in dataset.variables.items():
        if variable.over == "dataset":
            yield Node(dataset.name, DATASET, name)
        else:
            for slice_id, part in dataset.slices.items():
                if name in part.assignments:
                    yield Node(dataset.name, slice_id, name)


class _Builder:
    def __init__(self, spec: Spec, given: frozenset[str]) -> None:
        self._spec = spec
        self._given = given

    def _known(self, name: str) -> Dataset | None:
        return None if name in self._given else self._spec.datasets.get(name)

    def rows(self, part: Slice) -> Iterator[Node]:
        for source in sources(part.bound.arguments):
            yield from self._source(source, ())
        for use in uses(part.bound.arguments):
            yield from self._use(None, None, use)

    def variable(self, dataset: Dataset, node: Node) -> Iterator[Node]:
        slices = dataset.slices if node.slice == DATASET else {node.slice: dataset.slices[node.slice]}
        for slice_id, part in slices.items():
            yield Node(dataset.name, slice_id, ROWS)
            assignment = part.assignments.get(node.variable)
            if assignment is None:
                continue
            for source in sources(assignment.bound.arguments):
                yield from self._source(source, ())
            for use in uses(assignment.bound.arguments):
                if not (use.source is None and use.name == node.variable and node.slice != DATASET):
                    yield from self._use(dataset, slice_id, use)
                else:
                    yield from self._source_columns(part, use.name)

    def _use(self, dataset: Dataset | None, slice_id: str | None, use: Use) -> Iterator[Node]:
        if looked_up := self._spec.lookup(use.name):
            yield from self._lookup(*looked_up)
        elif use.source is not None:
            yield from self._source(use.source, (use.name,))
        elif dataset is not None and slice_id is not None:
            held = holder(dataset, slice_id, use.name)
            if held is None:
                yield from self._source_columns(dataset.slices[slice_id], use.name)
            else:
                yield Node(dataset.name, held, use.name)

    def _source_columns(self, part: Slice, name: str) -> Iterator[Node]:
        if name not in part.bound.produces:
            for source in sources(part.bound.arguments):
                yield from self._source(source, (name,))

    def _source(self, source: Source, names: tuple[str, ...]) -> Iterator[Node]:
        dataset = self._known(source.from_)
        if dataset is None:
            return
        for slice_id in dataset.matching(source.where):
            yield Node(dataset.name, slice_id, ROWS)
            yield from self._columns(dataset, slice_id, names)

    def _lookup(self, table: str, column: str) -> Iterator[Node]:
        dataset = self._known(table)
        if dataset is not None:
            for slice_id in dataset.slices:
                yield Node(table, slice_id, ROWS)
                yield from self._columns(dataset, slice_id, (column,))

    @staticmethod
    def _columns(dataset: Dataset, slice_id: str, names: tuple[str, ...]) -> Iterator[Node]:
        for name in names:
            held = holder(dataset, slice_id, name)
            if held is not None:
                yield Node(dataset.name, held, name)


def over_all(mapping: Mapping[str, Dataset]) -> Iterator[tuple[Dataset, Slice]]:
    """Every slice of every dataset."""
    for dataset in mapping.values():
        for part in dataset.slices.values():
            yield dataset, part
