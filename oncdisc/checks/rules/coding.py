"""Coded terms: one path through the dictionary for each term, codes beside names.

No dictionary is at hand: what is checked is that the package agrees with itself, as MedDRA's structure makes it. A
lowest level term belongs to one preferred term; a preferred term has one path to its primary system organ class; a
high level term has one group in a system organ class. The same term may lie in several classes otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from oncdisc.checks.data import Booleans, Data
from oncdisc.checks.kernels import ambiguous, key
from oncdisc.checks.package import Package
from oncdisc.checks.registry import Breach, domains, package_rule, records, rule

_CODED = ("AE", "CE", "MH")
_EVENTS = domains(*_CODED)
_PATHS = (
    (("LLT",), "DECOD"), (("DECOD",), "HLT"), (("DECOD",), "HLGT"), (("DECOD",), "SOC"), (("DECOD",), "BODSYS"),
    (("SOC", "HLT"), "HLGT"),
)  # fmt: skip
"""What a term, or a term within a class, has one of."""
_NAMES = (("DECOD", "PTCD"), ("LLT", "LLTCD"), ("HLT", "HLTCD"), ("HLGT", "HLGTCD"), ("BODSYS", "BDSYCD"),
          ("SOC", "SOCCD"))  # fmt: skip
_LEVELS = ("DECOD", "HLT", "HLGT", "BODSYS", "SOC")


@package_rule("terminology.path", "error", "a term of the dictionary has one path up to its class", on=_EVENTS)
def path(package: Package) -> Iterable[Breach]:
    """Terms that have another term, group or class above them elsewhere, in the same dataset or another."""
    coded = [data for name in _CODED for data in package.like(name)]
    for below, above in _PATHS:
        there = [data for data in coded if data.has(*_of(data, *below, above))]
        paths = [_pairs(data, below, above) for data in there]
        if not paths:
            continue
        pairs = pd.concat(paths).drop_duplicates()
        several = pairs.loc[pairs["below"].duplicated(keep=False), "below"]
        for data, found in zip(there, paths, strict=True):
            (variable,), terms = _of(data, above), " within ".join(reversed(_of(data, *below)))
            wrong = np.zeros(len(data), dtype=bool)
            wrong[found.index[found["below"].isin(several)]] = True
            yield from records(data, variable, wrong, f"{terms} goes with several {variable}")


def _of(data: Data, *suffixes: str) -> list[str]:
    return [f"{data.domain[:2]}{suffix}" for suffix in suffixes]


def _pairs(data: Data, below: tuple[str, ...], above: str) -> pd.DataFrame:
    """A term and what is above it, in the records that have both."""
    names = _of(data, *below)
    (upper,) = _of(data, above)
    there = np.logical_and.reduce([data.present(name) for name in (*names, upper)])
    return pd.DataFrame({"below": key(data, *names), "above": data.text(upper)})[there]


@rule("terminology.class", "info", "the class that events are analyzed by is the primary one", on=_EVENTS)
def primary(data: Data) -> Iterable[Breach]:
    """--BODSYS that is not --SOC: allowed where the sponsor analyzes by another class than the primary one."""
    body, soc = _of(data, "BODSYS", "SOC")
    if data.has(body, soc):
        differs = data.text(body).str.casefold() != data.text(soc).str.casefold()
        both = data.present(body) & data.present(soc)
        yield from records(data, body, differs.to_numpy(dtype=bool) & both, soc + " is " + data.text(soc).fillna(""))


@rule("terminology.coded", "error", "the code of a dictionary's term stands beside the term", on=_EVENTS,
      published="CG0050, FDA SD1241, FDA SD1289")  # fmt: skip
def coded(data: Data) -> Iterable[Breach]:
    """Codes without the name."""
    for name, code in (_of(data, *pair) for pair in _NAMES):
        if data.has(code):
            yield from records(data, name, data.present(code) & ~data.present(name), f"{code} is there")


@rule(
    "terminology.uncoded",
    "warning",
    "an adverse event is coded, up to its class",
    on=domains("AE"),
    published="FDA SD1449",
    yields_to="terminology.coded, structure.required_value",
)
def uncoded(data: Data) -> Iterable[Breach]:
    """Variables of the dictionary that are there for other events, and missing for one."""
    for name in _of(data, *(name for pair in _NAMES for name in pair)):
        if data.has(name) and data.present(name).any():
            yield from records(data, name, data.present("AETERM") & ~data.present(name), "AETERM is there")


@rule("terminology.coded_alike", "warning", "the same reported term is coded alike", on=_EVENTS,
      published="FDA SD1440, FDA SD1441, FDA SD1442, FDA SD1443, FDA SD1444")  # fmt: skip
def coded_alike(data: Data) -> Iterable[Breach]:
    """A reported term, whatever its letters, with several terms of the dictionary."""
    (term,) = _of(data, "TERM")
    for name in _of(data, *_LEVELS):
        if data.has(term, name):
            several: Booleans = ambiguous(data, term, name, fold=True)
            yield from records(data, name, several, f"{term} goes with several {name}")
