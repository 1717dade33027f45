"""Which columns of which raw form a spec reads: what is kept for tracing, and what an extract has beyond it."""

from __future__ import annotations

from specs.arguments import Use, sources, uses
from specs.nodes import holder
from specs.registry import Bound
from specs.resolved import Dataset, Slice, Spec


def form_columns(spec: Spec) -> dict[str, tuple[str, ...]]:
    """The columns of each raw form that derivations read, in the order of the spec."""
    forms = spec.study.raw.forms if spec.study.raw else {}
    found: dict[str, dict[str, None]] = {name: {} for name in forms}
    for dataset in spec.datasets.values():
        for part in dataset.slices.values():
            for bound in [part.bound, *(assignment.bound for assignment in part.assignments.values())]:
                for form, column in _columns(spec, dataset, part, bound):
                    if form in found:
                        found[form][column] = None
    return {form: tuple(columns) for form, columns in found.items()}


def _columns(spec: Spec, dataset: Dataset, part: Slice, bound: Bound) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for use in uses(bound.arguments):
        if looked_up := spec.lookup(use.name):
            found.append(looked_up)
        elif use.source is not None:
            found.append((use.source.from_, use.name))
        elif _is_source_column(dataset, part, bound, use):
            found.extend((source.from_, use.name) for source in sources(part.bound.arguments))
    return found


def _is_source_column(dataset: Dataset, part: Slice, bound: Bound, use: Use) -> bool:
    if bound is part.bound:
        return False
    held = holder(dataset, part.id, use.name)
    itself = part.assignments.get(use.name)
    return held is None or (itself is not None and itself.bound is bound)
