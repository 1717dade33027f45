"""One fault, said once: a rule that says less of a place gives way to a rule that says more of it.

Which rules give way to which they declare themselves (`yields_to`). Only what is said of the same records of the same
variable is left out, and nothing where the study may explain the stronger rule's finding away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import pandas as pd

from oncdisc.checks.acceptance import may_explain
from oncdisc.checks.data import Booleans
from oncdisc.checks.registry import Breach, Rule
from specs.models import Acceptance

Column = TypeVar("Column", str | pd.Series, pd.Series | str | None)


@dataclass(frozen=True)
class Folded:
    """How many findings of a rule are left out at a place, and for which rule."""

    rule: str
    under: str
    dataset: str
    variable: str
    count: int


def strongest_first(rules: Mapping[str, Rule]) -> list[Rule]:
    """The rules in an order in which none comes before one that it gives way to."""
    depths: dict[str, int] = {}

    def depth(name: str) -> int:
        if name not in depths:
            depths[name] = 1 + max(map(depth, rules[name].yields_to), default=-1)
        return depths[name]

    return sorted(rules.values(), key=lambda rule: (depth(rule.id), rule.id))


@dataclass
class Folding:
    """What was said of each place by rules that others give way to; `folded` is what was left out for it."""

    rules: Mapping[str, Rule]
    accept: Sequence[Acceptance] = ()
    folded: list[Folded] = field(default_factory=list[Folded])
    _said: dict[tuple[str, str, str], list[Breach]] = field(default_factory=dict[tuple[str, str, str], list[Breach]])

    def __post_init__(self) -> None:
        self._strong = {name for rule in self.rules.values() for name in rule.yields_to}

    def remaining(self, rule: Rule, breaches: Iterable[Breach]) -> Iterator[Breach]:
        """A rule's breaches without what a stronger rule says of the same records."""
        for breach in breaches:
            rest: Breach | None = breach
            for name in rule.yields_to:
                for other in self._said.get((name, breach.dataset, breach.variable), ()):
                    rest = self._without(rule, rest, name, other) if rest is not None else None
            if rest is not None:
                self._note(rule, rest)
                yield rest

    def _note(self, rule: Rule, breach: Breach) -> None:
        explained = may_explain(rule.id, rule.published, breach.dataset, breach.variable, self.accept)
        if rule.id in self._strong and not explained:
            self._said.setdefault((rule.id, breach.dataset, breach.variable), []).append(breach)

    def _without(self, rule: Rule, breach: Breach, under: str, other: Breach) -> Breach | None:
        rest, count = _split(breach, other)
        if count:
            self.folded.append(Folded(rule.id, under, breach.dataset, breach.variable, count))
        return rest


def _split(breach: Breach, other: Breach) -> tuple[Breach | None, int]:
    """What a breach says that another of the same place does not, and how many records that leaves out."""
    if breach.rows is None or other.rows is None:
        same = breach.rows is None and other.rows is None and _same_value(breach, other)
        return (None, 1) if same else (breach, 0)
    kept = ~np.isin(breach.rows, other.rows)
    if not kept.any():
        return None, len(kept)
    rest = replace(
        breach, rows=breach.rows[kept], message=_part(breach.message, kept), values=_part(breach.values, kept)
    )
    return rest, int((~kept).sum())


def _same_value(breach: Breach, other: Breach) -> bool:
    """Whether two breaches of a whole variable or dataset may be about one thing: the same value, or none said."""
    given = [values for values in (breach.values, other.values) if isinstance(values, str)]
    return len(given) < 2 or given[0] == given[1]


def _part(column: Column, kept: Booleans) -> Column:
    return column[kept] if isinstance(column, pd.Series) else column
