"""Timing variables that any observation may have, whether or not SDTMIG lists them for its domain.

SDTMIG 3.4, 2.6 and 4.1.2: a domain of a general observation class takes any timing variable of the model
(SDTM 2.0, 3.1.5), in the order that the model gives them.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Literal

from specs.standard import DatasetStandard, VariableStandard

_CLASSES = frozenset({"Interventions", "Events", "Findings", "Findings About"})
_LABELS = {
    "VISITNUM": "Visit Number",
    "VISIT": "Visit Name",
    "VISITDY": "Planned Study Day of Visit",
    "TAETORD": "Planned Order of Element within Arm",
    "EPOCH": "Epoch",
    "--DTC": "Date/Time of Collection",
    "--STDTC": "Start Date/Time of Observation",
    "--ENDTC": "End Date/Time of Observation",
    "--DY": "Study Day of Visit/Collection/Exam",
    "--STDY": "Study Day of Start of Observation",
    "--ENDY": "Study Day of End of Observation",
    "--DUR": "Duration",
    "--TPT": "Planned Time Point Name",
    "--TPTNUM": "Planned Time Point Number",
    "--ELTM": "Planned Elapsed Time from Time Point Ref",
    "--TPTREF": "Time Point Reference",
    "--RFTDTC": "Date/Time of Reference Time Point",
    "--STRF": "Start Relative to Reference Period",
    "--ENRF": "End Relative to Reference Period",
    "--EVLINT": "Evaluation Interval",
    "--EVINTX": "Evaluation Interval Text",
    "--STRTPT": "Start Relative to Reference Time Point",
    "--STTPT": "Start Reference Time Point",
    "--ENRTPT": "End Relative to Reference Time Point",
    "--ENTPT": "End Reference Time Point",
}
_NUMERIC = ("NUM", "DY", "TAETORD")
_CODELISTS = {
    "EPOCH": "C99079", "--STRF": "C66728", "--ENRF": "C66728", "--STRTPT": "C66728", "--ENRTPT": "C66728",
}  # fmt: skip


def with_timing(domain: DatasetStandard) -> DatasetStandard:
    """A domain with every timing variable of the model, those that SDTMIG doesn't list in their places."""
    if domain.class_ not in _CLASSES:
        return domain
    model = {name.replace("--", domain.name): name for name in _LABELS}
    ranks = {name: rank for rank, name in enumerate(model)}
    names = [*domain.variables]
    for name in model:
        if name not in domain.variables:
            later = (place for place, known in enumerate(names) if ranks.get(known, -1) > ranks[name])
            names.insert(next(later, len(names)), name)
    found = {name: domain.variables.get(name) or _timing(name, model[name]) for name in names}
    ordered = {name: replace(known, order=order) for order, (name, known) in enumerate(found.items(), start=1)}
    return replace(domain, variables=MappingProxyType(ordered))


def _timing(name: str, pattern: str) -> VariableStandard:
    kind: Literal["Char", "Num"] = "Num" if pattern.endswith(_NUMERIC) else "Char"
    codelist = _CODELISTS.get(pattern)
    return VariableStandard(name, _LABELS[pattern], kind, "Perm", "Timing", (codelist,) if codelist else ())
