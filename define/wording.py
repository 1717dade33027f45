"""A where clause in words that people read: `PARAMCD = PFS (Progression-Free Survival)`."""

from __future__ import annotations

from dataclasses import dataclass

from define.lookup import Lookup
from define.model import RangeCheck, WhereClause

SIGNS = {
    "EQ": "=",
    "NE": "≠",
    "LT": "<",
    "LE": "≤",
    "GT": ">",
    "GE": "≥",
    "IN": "in",
    "NOTIN": "not in",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: the item, the sign, and values with what they mean."""

    item: str
    name: str
    sign: str
    values: tuple[tuple[str, str | None], ...]

    def words(self, *, decoded: bool = True) -> str:
        """The condition in one line."""
        values = [(value, decode if decoded else None) for value, decode in self.values]
        shown = ", ".join(f"{value} ({decode})" if decode else value for value, decode in values)
        return f"{self.name} {self.sign} {shown}"


def conditions(clause: WhereClause, lookup: Lookup, dataset: str | None = None) -> tuple[Condition, ...]:
    """The conditions of a clause; a variable of another dataset than `dataset` is named with its own."""
    return tuple(_condition(check, lookup, dataset) for check in clause.checks)


def sentence(clause: WhereClause, lookup: Lookup, dataset: str | None = None, *, decoded: bool = True) -> str:
    """The whole clause in one line, with or without what the values mean."""
    return " and ".join(one.words(decoded=decoded) for one in conditions(clause, lookup, dataset))


def _condition(check: RangeCheck, lookup: Lookup, dataset: str | None) -> Condition:
    home, _, variable = lookup.name(check.item).rpartition(".")
    return Condition(
        item=check.item,
        name=variable if not home or home == dataset else f"{home}.{variable}",
        sign=SIGNS[check.comparator],
        values=tuple((value, _meaning(check.item, value, lookup)) for value in check.values),
    )


def _meaning(item: str, value: str, lookup: Lookup) -> str | None:
    """The decode, unless it says the value again."""
    decode = lookup.decode(item, value)
    return decode if decode and decode.casefold() != value.casefold() else None
