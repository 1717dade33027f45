"""Key variables: those that metadata names, else the smallest set that the data show to be unique.

A proposal is a guess and is always told as one. Sets are tried from small to large; of sets of one size the
one that pairs most rows wins, then the one whose variables are identifiers in CDISC's sense.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np

from oncdisc.review.errors import KeysError
from oncdisc.review.matching import key_codes, pair_by_codes
from oncdisc.review.operands import Operands, operands
from oncdisc.review.options import Leniency
from oncdisc.review.tables import Table

IDENTIFIERS = (
    r"USUBJID", r"SUBJID", r"PARAMCD", r"PARAM", r"\w\wTESTCD", r"QNAM", r"IDVAR", r"IDVARVAL", r"ARMCD", r"ETCD",
    r"TSPARMCD", r"IETESTCD", r"TAETORD", r"AVISITN", r"VISITNUM", r"ADT", r"ADTM", r"ASTDT", r"\w\w(ST)?DTC",
    r"ATPTN", r"\w\wTPTNUM", r"\w\wLNKID", r"\w\wEVAL(ID)?", r"\w\wTERM", r"\w\wDECOD", r"\w\wTRT", r"AVISIT",
    r"VISIT", r"ATPT", r"BASETYPE", r"DTYPE", r"SITEID", r"\w*ID", r"ASEQ", r"\w\wSEQ", r"TSSEQ",
)  # fmt: skip
RANKS = [re.compile(pattern) for pattern in IDENTIFIERS]
LARGEST_KEY = 6
MOST_CANDIDATES = 12
SAMPLE = 20_000
FULL_TRIALS = 3


def metadata_keys(base: Table, compare: Table) -> tuple[str, ...]:
    """The keys that either side's metadata names and both sides have."""
    for table in (base, compare):
        common = set(base.variables) & set(compare.variables)
        if table.keys and common.issuperset(table.keys):
            return table.keys
    return ()


def propose_keys(
    base: Table, compare: Table, lenient: frozenset[Leniency] = frozenset(), by: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """The smallest set of common variables that, with `by`, is unique in both tables; empty if there is
    none."""
    candidates = _candidates(base, compare, set(by))
    sample = _sample(base), _sample(compare)
    for size in range(1, min(LARGEST_KEY, len(candidates)) + 1):
        unique = [
            names
            for names in itertools.combinations(candidates, size)
            if _pairs(*sample, by + names, lenient) is not None
        ]
        scored = [(_pairs(base, compare, by + names, lenient), names) for names in unique[:FULL_TRIALS]]
        found = [(count, names) for count, names in scored if count is not None]
        if found:
            most = max(count for count, _ in found)
            return next(names for count, names in found if count == most)
    return ()


def _candidates(base: Table, compare: Table, by: set[str]) -> list[str]:
    """Common variables that can be keys, identifiers first; measured values and constants are none."""
    ranked = []
    for position, name in enumerate(base.variables):
        rank = _rank(name)
        comparable = name in compare.frame.columns and name not in by
        if comparable and rank is not None and base.frame[name].head(SAMPLE).nunique(dropna=False) > 1:
            ranked.append((rank, position, name))
    return [name for _, _, name in sorted(ranked)[:MOST_CANDIDATES]]


def _rank(name: str) -> int | None:
    for rank, pattern in enumerate(RANKS):
        if pattern.fullmatch(name.upper()):
            return rank
    return None


def _sample(table: Table) -> Table:
    return Table(table.name, table.frame.head(SAMPLE), attributes=table.attributes)


def _pairs(base: Table, compare: Table, names: tuple[str, ...], lenient: frozenset[Leniency]) -> int | None:
    """How many rows the variables pair; None if they are not unique on both sides."""
    columns = [operands(base, compare, name, lenient) for name in names]
    if any(column is None for column in columns):
        return None
    known = [column for column in columns if column is not None]
    codes = key_codes(known, (base.rows, compare.rows), lenient)
    if any(_repeats(side) for side in codes):
        return None
    return pair_by_codes(*codes).count


def _repeats(codes: np.ndarray) -> bool:
    return bool(len(codes)) and bool((np.bincount(codes) > 1).any())


def key_columns(
    base: Table, compare: Table, names: tuple[str, ...], lenient: frozenset[Leniency]
) -> tuple[list[Operands], list[str]]:
    """The key columns of both sides, and notes.

    A key that base lacks stops the comparison; one that only compare lacks is left out of the pairing, as
    PROC COMPARE does. Raises KeysError.
    """
    absent = [name for name in names if name not in base.frame.columns]
    if absent:
        raise KeysError(
            f"{base.name}: found no key variable {', '.join(absent)} in base; expected each of {', '.join(names)}"
        )
    usable = [name for name in names if name in compare.frame.columns]
    if names and not usable:
        raise KeysError(f"{compare.name}: found none of the key variables {', '.join(names)} in compare")
    columns, notes = list[Operands](), list[str]()
    for name in usable:
        column = operands(base, compare, name, lenient)
        if column is None:
            kinds = f"{base.kind(name)} in base and {compare.kind(name)} in compare"
            raise KeysError(f"{base.name}: found the key {name} as {kinds}; expected one type")
        columns.append(column)
        notes += [column.note] if column.note else []
    left_out = [name for name in names if name not in usable]
    if left_out:
        notes.append(f"compare has no {', '.join(left_out)}: rows are paired by {', '.join(usable)} alone")
    return columns, notes


def define_keys(path: str | Path) -> dict[str, tuple[str, ...]]:
    """The key variables of each dataset in a define.xml: its ItemRefs that have a KeySequence, in that
    order."""
    from defusedxml.ElementTree import parse

    keys: dict[str, tuple[str, ...]] = {}
    root = parse(str(path)).getroot()
    if root is None:
        return keys
    names = {item.get("OID"): item.get("Name") for item in root.iter() if _tag(item.tag) == "ItemDef"}
    for group in (item for item in root.iter() if _tag(item.tag) == "ItemGroupDef"):
        references = [item for item in group if _tag(item.tag) == "ItemRef" and item.get("KeySequence")]
        ordered = sorted(references, key=lambda item: int(item.get("KeySequence") or 0))
        keys[str(group.get("Name"))] = tuple(str(names[item.get("ItemOID")]) for item in ordered)
    return {name: found for name, found in keys.items() if found}


def _tag(qualified: object) -> str:
    return str(qualified).rpartition("}")[2]
