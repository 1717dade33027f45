"""Which codelist a variable has in a slice: as the spec says, or as its derivation maps to it."""

from __future__ import annotations

from specs.resolved import Dataset, Slice, Spec
from specs.standard import NotInStandardError, terminology


def codelist_in(spec: Spec, dataset: Dataset, slice_id: str, name: str) -> str | None:
    """The codelist of a variable in a slice.

    What the spec says goes before what a derivation says: a term is of the list that it is looked up in, and a code
    is of the list whose names stand beside it. Where nothing is said it is the standard's, if that names one.
    """
    part, variable = dataset.slices[slice_id], dataset.variables[name]
    assignment = part.assignments.get(name)
    if assignment is not None and assignment.attributes.codelist:
        return assignment.attributes.codelist
    if variable.attributes.codelist:
        return variable.attributes.codelist
    return _of_code(part, name) or _looked_up(spec, part, name) or variable.codelist


def _looked_up(spec: Spec, part: Slice, name: str) -> str | None:
    assignment = part.assignments.get(name)
    if assignment is None or assignment.bound.name not in ("term", "decode"):
        return None
    codelist = getattr(assignment.bound.arguments, "codelist", None)
    return _names(spec, codelist) if assignment.bound.name == "decode" else codelist


def _of_code(part: Slice, name: str) -> str | None:
    """The codelist by which another variable of the slice gives the name of this code."""
    decoding = (one.bound for one in part.assignments.values() if one.bound.name == "decode")
    found = (one.arguments for one in decoding if getattr(one.arguments, "column", None) == name)
    return next((codelist for one in found if (codelist := getattr(one, "codelist", None))), None)


def _names(spec: Spec, codelist: str | None) -> str | None:
    """The codelist that holds the names of a list's codes."""
    if codelist is None:
        return None
    try:
        return terminology(spec.study.standards.ct).codelist(codelist).names
    except NotInStandardError:
        return None
