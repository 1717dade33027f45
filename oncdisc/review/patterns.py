"""What the differences of one variable have in common: 'all 12 differ by one day', 'all are upper case'.

A recognizer says of each pair of values whether one simple cause explains it. Recognizers are asked in order,
the plainest first; each pair belongs to the first that explains it, and the rest has no pattern.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from oncdisc.review.numeric_patterns import explain_dates, explain_numbers
from oncdisc.review.operands import Operands
from oncdisc.review.text_patterns import explain_texts
from specs.wording import counted

MOST_EXAMINED = 100_000
SINGULAR = {"are": "is", "differ": "differs", "have": "has", "end": "ends"}


@dataclass(frozen=True)
class Pattern:
    """Pairs that differ in one way.

    `members` are positions (int64) in the variable's list of differences; `count` of `examined` differences
    show it. `code` is stable; `sentence` is for people.
    """

    code: str
    sentence: str
    count: int
    examined: int
    members: np.ndarray


Explanation = tuple[str, str, np.ndarray]
Explain = Callable[[], Iterable[Explanation]]


def find_patterns(pairs: Operands, of: int | None = None) -> list[Pattern]:
    """The patterns of unequal pairs, the largest first.

    `pairs` holds unequal values only. Of more than 100,000 differences (`of`) an even sample is examined, and
    the sentence says so.
    """
    total = len(pairs.base)
    if of is None and total > MOST_EXAMINED:
        chosen = np.linspace(0, total - 1, MOST_EXAMINED).astype(np.int64)
        found = find_patterns(take(pairs, chosen), total)
        return [Pattern(p.code, p.sentence, p.count, p.examined, chosen[p.members]) for p in found]
    if pairs.is_text:
        explained = explain_texts(pairs.base, pairs.compare)
    elif pairs.scale in ("date", "datetime"):
        explained = explain_dates(pairs.base, pairs.compare, pairs.scale)
    else:
        explained = explain_numbers(pairs.base, pairs.compare)
    return _first_come(explained, total, of or total)


def take(pairs: Operands, positions: np.ndarray) -> Operands:
    """The pairs at the given positions."""
    return take_sides(pairs, positions, positions)


def take_sides(pairs: Operands, left: np.ndarray, right: np.ndarray) -> Operands:
    """Pairs of base's values at some rows and compare's at others."""
    if isinstance(pairs.base, pa.Array):
        values = pairs.base.take(pa.array(left)), pairs.compare.take(pa.array(right))
    else:
        values = pairs.base[left], pairs.compare[right]
    return Operands(*values, pairs.scale, pairs.note)


def _first_come(explained: Sequence[Explanation], total: int, of: int) -> list[Pattern]:
    free = np.ones(total, dtype=bool)
    found: list[Pattern] = []
    for code, predicate, mask in explained:
        members = np.flatnonzero(mask & free)
        if len(members):
            free[members] = False
            found.append(_pattern(code, predicate, members, total, of))
    rest = np.flatnonzero(free)
    if len(rest):
        found.append(_pattern("other", "differ without a common pattern", rest, total, of))
    return sorted(found, key=lambda pattern: (pattern.code == "other", -pattern.count))


def _pattern(code: str, predicate: str, members: np.ndarray, total: int, of: int) -> Pattern:
    count = len(members)
    if total == 1 and code == "other":
        return Pattern(code, "the only difference", count, total, members)
    if total == 1:
        share = "the only one"
    elif count == total:
        share = f"all {count:,}"
    else:
        share = f"{count:,} of {total:,}"
    verb, _, rest = predicate.partition(" ")
    words = f"{SINGULAR[verb] if count == 1 else verb} {rest}"
    sample = "" if of == total else f" (a sample of {counted(of, 'difference')})"
    return Pattern(code, f"{share} {words}{sample}", count, total, members)
