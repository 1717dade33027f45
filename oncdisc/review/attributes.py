"""Attributes of two datasets and of their common variables, compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from oncdisc.review.sysinfo import SysInfo
from oncdisc.review.tables import Table

VARIABLE_BITS = {
    "type": SysInfo.TYPE,
    "length": SysInfo.LENGTH,
    "label": SysInfo.LABEL,
    "format": SysInfo.FORMAT,
    "informat": SysInfo.INFORMAT,
}


@dataclass(frozen=True, slots=True)
class AttributeDifference:
    """An attribute that differs; `variable` is empty for the dataset's own.

    `bit` is 0 where SYSINFO has none (order, spelling) and where the difference is `excused` by a leniency.
    """

    variable: str
    attribute: str
    base: str
    compare: str
    bit: SysInfo
    excused: str = ""


@dataclass(frozen=True)
class Variables:
    """The variables of two datasets by base's names, and those that only one has.

    `spelled` gives compare's names where they are written in other letters.
    """

    common: tuple[str, ...]
    base_only: tuple[str, ...]
    compare_only: tuple[str, ...]
    spelled: Mapping[str, str] = field(default_factory=dict[str, str])


def pair_variables(base: Table, compare: Table) -> Variables:
    """Variables of one name; upper and lower case are one name, as in SAS, where no exact one is found."""
    exact = set(base.variables) & set(compare.variables)
    left_over = {name.upper(): name for name in compare.variables if name not in exact}
    spelled = {
        name: left_over.pop(name.upper()) for name in base.variables if name not in exact and name.upper() in left_over
    }
    taken = exact | set(spelled.values())
    return Variables(
        tuple(name for name in base.variables if name in exact or name in spelled),
        tuple(name for name in base.variables if name not in exact and name not in spelled),
        tuple(name for name in compare.variables if name not in taken),
        spelled,
    )


def compare_attributes(
    base: Table, compare: Table, variables: Variables, excused: Mapping[str, str]
) -> tuple[list[AttributeDifference], list[str]]:
    """The attributes that differ, and notes on those that one side does not say.

    `excused` maps a variable that is compared across types, as declared, to the reason.
    """
    differences = _dataset_differences(base, compare)
    unsaid = dict.fromkeys(VARIABLE_BITS, 0)
    for name in variables.common:
        left, right = base.attributes_of(name), compare.attributes_of(name)
        if name in variables.spelled:
            differences.append(AttributeDifference(name, "name", name, variables.spelled[name], SysInfo(0)))
        for attribute, bit in VARIABLE_BITS.items():
            found = getattr(left, attribute), getattr(right, attribute)
            if None in found:
                unsaid[attribute] += found[0] is not found[1]
            elif _plain(attribute, found[0]) != _plain(attribute, found[1]):
                reason = excused.get(name, "")
                own = SysInfo(0) if reason else bit
                differences.append(AttributeDifference(name, attribute, str(found[0]), str(found[1]), own, reason))
    differences += _order(variables, compare)
    return differences, _notes(unsaid)


def _dataset_differences(base: Table, compare: Table) -> list[AttributeDifference]:
    differences: list[AttributeDifference] = []
    for attribute, bit in (("label", SysInfo.DSLABEL), ("type", SysInfo.DSTYPE)):
        left, right = getattr(base, attribute), getattr(compare, attribute)
        if left is not None and right is not None and left.rstrip() != right.rstrip():
            differences.append(AttributeDifference("", attribute, left, right, bit))
    return differences


def _plain(attribute: str, value: object) -> object:
    """A value in the form in which it is compared: formats without their dot, in upper case; labels as they
    are."""
    if attribute in ("format", "informat"):
        return str(value).strip().rstrip(".").upper()
    return value.rstrip() if isinstance(value, str) else value


def _order(variables: Variables, compare: Table) -> list[AttributeDifference]:
    """One difference if the common variables stand in another order; it names the first that does."""
    common = set(variables.common)
    there = [name for name in compare.variables if name in common]
    for place, (left, right) in enumerate(zip(variables.common, there, strict=True), start=1):
        if left != right:
            return [AttributeDifference("", "order", f"{left} is common variable {place}", right, SysInfo(0))]
    return []


def _notes(unsaid: Mapping[str, int]) -> list[str]:
    silent: Sequence[str] = [attribute for attribute, count in unsaid.items() if count]
    return [
        f"{attribute} not compared for {unsaid[attribute]} variables: one side's file does not say it"
        for attribute in silent
    ]
