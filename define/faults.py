"""What a spec says that define.xml cannot: each with the file and the line it stands in."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from specs.errors import Problem
from specs.resolved import Dataset, Spec
from specs.standard import terminology

STUDY = "study.yaml"


def faults(spec: Spec, datasets: Iterable[Dataset]) -> tuple[Problem, ...]:
    """Codelists named in the spec that neither the study nor the terminology has."""
    known = {*spec.study.codelists, *terminology(spec.study.standards.ct).codelists}
    found = [*_extended(spec, known)]
    for dataset in datasets:
        found += _codelists(spec, dataset, known)
    return tuple(dict.fromkeys(found))


def _extended(spec: Spec, known: set[str]) -> Iterator[Problem]:
    package = terminology(spec.study.standards.ct)
    for name, codelist in spec.study.codelists.items():
        if codelist.extends and codelist.extends not in package:
            place = f"codelists.{name}.extends"
            yield _unknown(STUDY, 1, place, codelist.extends, known)


def _codelists(spec: Spec, dataset: Dataset, known: set[str]) -> Iterator[Problem]:
    package = terminology(spec.study.standards.ct)
    for part in dataset.slices.values():
        for name, assignment in part.assignments.items():
            codelist = assignment.attributes.codelist
            if codelist and codelist not in spec.study.codelists and codelist not in package:
                mark = assignment.mark
                yield _unknown(mark.file, mark.line, f"{dataset.name}.{name}", codelist, known)


def _unknown(file: str, line: int, place: str, name: str, known: set[str]) -> Problem:
    near = difflib.get_close_matches(name, sorted(known), n=3)
    expected = ", ".join(near) or "a codelist of study.yaml or of the terminology"
    return Problem(file, line, place, "no codelist of that name", name, expected)
