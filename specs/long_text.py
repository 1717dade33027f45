"""Text too long for a variable: cut at word ends, the first piece in the variable, the others beside it.

SDTMIG 3.4, 4.5.3.2: text over 200 bytes goes on in SUPP-- under the variable's name and a number (AETERM1, AETERM2),
each piece with the variable's label. CO and TS hold the pieces in variables of their own: COVAL1, TSVAL1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from specs import registry
from specs.columns import TEXT, text
from specs.models import Attributes
from specs.resolved import Assignment, Engine, Slice
from specs.standard import DatasetStandard

LIMIT = 200


class Pieces(NamedTuple):
    """Long text in pieces: `first`, one per row, and `rest` with columns row (position), number (from 1), text."""

    first: pd.Series
    rest: pd.DataFrame


def split_long(values: pd.Series, limit: int = LIMIT) -> Pieces:
    """Text cut at word ends into pieces of at most `limit` bytes of UTF-8.

    The blank at a cut is dropped; a word longer than a piece is cut between characters. SDTMIG 3.4, 4.5.3.2:
    the first piece stays in the variable, the others go to SUPP--.
    """
    # A character has at most four bytes: only texts that may be too long are measured.
    maybe = np.flatnonzero(values.str.len().fillna(0).to_numpy() > limit // 4)
    texts = values.to_numpy(dtype=object)
    encoded = {row: texts[row].encode() for row in maybe.tolist()}
    longer = {row: _cut(line, limit) for row, line in encoded.items() if len(line) > limit}
    texts[list(longer)] = [pieces[0] for pieces in longer.values()]
    rest = [(row, number, piece) for row, pieces in longer.items() for number, piece in enumerate(pieces[1:], start=1)]
    frame = pd.DataFrame(rest, columns=["row", "number", "text"])
    return Pieces(
        text(pd.Series(texts, index=values.index, dtype=TEXT)) if longer else values,
        frame.astype({"row": "int64", "number": "int64", "text": TEXT}),
    )


def _cut(line: bytes, limit: int) -> list[str]:
    pieces: list[str] = []
    start = 0
    while len(line) - start > limit:
        end = line.rfind(b" ", start, start + limit + 1)
        if end <= start:
            end = start + limit
            # The bytes of a character after its first all begin with the bits 10.
            while line[end] & 0xC0 == 0x80:
                end -= 1
        pieces.append(line[start:end].decode().rstrip())
        start = end
        while line[start : start + 1] == b" ":
            start += 1
    pieces.append(line[start:].decode())
    return [piece for piece in pieces if piece.strip()] or [""]


_OWN = frozenset({"COVAL", "TSVAL"})
"""Variables whose pieces stay in their dataset (SDTMIG 3.4, 5.1 and 7.4)."""


def piece_names(name: str, count: int) -> tuple[str, ...]:
    """`AETERM1`, `AETERM2` …; a name of eight characters gives way to the number: `AEREASND`, `AEREASN1`."""
    return tuple(f"{name[: 8 - len(str(number))]}{number}" for number in range(1, count + 1))


def with_pieces(
    slices: Mapping[str, Slice],
    declared: Mapping[str, Attributes],
    facts: DatasetStandard | None,
    engine: Engine,
    problem: Callable[..., None],
) -> tuple[dict[str, Slice], DatasetStandard | None]:
    """The slices with the pieces of long text that `long` declares, and the standard with COVAL1 and its like."""
    result = dict(slices)
    for name, attributes in declared.items():
        if not attributes.long:
            continue
        if engine == "adam":
            problem(("variables", name, "long"), "only SDTM has somewhere for text to go on", name)
            continue
        names = piece_names(name, attributes.long)
        taken = {known for part in slices.values() for known in part.assignments} & set(names)
        if taken:
            problem(("variables", name, "long"), "a piece of long text has the name of a variable", min(taken))
        label = attributes.label or (facts.variables[name].label if facts and name in facts.variables else name)
        result = {key: _continued(part, name, names, label) for key, part in result.items()}
        if facts is not None and name in _OWN:
            facts = _own(facts, name, names)
    return result, facts


def _continued(part: Slice, name: str, names: tuple[str, ...], label: str) -> Slice:
    whole = part.assignments.get(name)
    definition = registry.find("variable", "piece")
    if whole is None or definition is None:
        return part
    known = whole.attributes
    origin = known.origin or whole.bound.definition.origin
    more: dict[str, Assignment] = {}
    for number, piece in enumerate(names, start=1):
        attributes = Attributes.model_validate(
            {"label": label, "type": "text", "origin": origin, "source": known.source, "pages": known.pages}
            | ({} if name in _OWN else {"supp": True})
        )
        more[piece] = Assignment(definition.bind({"text": name, "number": number}), attributes, whole.mark)
    return replace(part, assignments={**part.assignments, **more})


def _own(facts: DatasetStandard, name: str, names: tuple[str, ...]) -> DatasetStandard:
    """The standard with the pieces behind their variable."""
    found = dict(facts.variables)
    whole = found[name]
    ordered = [known for known in found.values() if known.order <= whole.order]
    ordered += [replace(whole, name=piece, core="Perm") for piece in names]
    ordered += [known for known in found.values() if known.order > whole.order]
    numbered = {known.name: replace(known, order=order) for order, known in enumerate(ordered, start=1)}
    return replace(facts, variables=MappingProxyType(numbered))
