"""Seeded errors of the ADaM rules that are declared by the row: made from the same rows, in the form of seeded/*.yaml.

Datasets of pharmacokinetics, which the example trial has not, are some records of ADEX under their names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from oncdisc.checks.rules import adam_pairs, adam_presence, adam_values

Steps = list[dict[str, Any]]
Sides = dict[str, list[dict[str, Any]]]
PK, NCA = "ADPPK", "ADNCA"
HOMES = {"ADSL": "ADSL", "BDS": "ADRS", "TTE": "ADTTE", "OCCDS": "ADAE", "ADAE": "ADAE"}
"""The dataset of the example trial that has a structure."""
THERE = {
    "ADSL": {"ITTFL", "FASFL", "SAFFL", "ENRLFL"},
    "ADAE": {"TRTEMFL", "PREFL", "ADURN", "ADURU"},
    "ADTR": {"ABLFL"},
    PK: {"STUDYID", "USUBJID", "SUBJID", "SITEID"},
}
"""Variables that the rules are about and that the datasets have."""
NUMBERS = {"SUBJTYP", "ACYCLE", "COHORT", "FLGREAS", "ARELTM", "AWTDIFF", "AWTARGET", "ADURN"}


def declared() -> dict[str, Sides]:
    """Rule to what breaks it and what nearly does."""
    made: dict[str, Sides] = {}
    for number, *rest in _all():
        made[f"adam.{number}"] = {side: list(rest[place]) for place, side in enumerate(("break", "near"))}
    return made


def _all() -> Iterable[tuple[int | str, Sequence[dict[str, Any]], Sequence[dict[str, Any]]]]:
    yield from _required()
    yield from _companions()
    yield from _flags()
    yield from _families()
    for number, name, other, applies in adam_pairs.TOGETHER:
        yield number, *_together(_home(applies), name, other)


def _home(applies: Any) -> str:
    """A dataset that a rule is for."""
    if applies.subclass:
        return PK if "POPULATION" in applies.subclass else NCA
    return HOMES[applies.structures[0]] if applies.structures else "ADAE"


def _on(dataset: str, *steps: dict[str, Any]) -> dict[str, Any]:
    """Changes of a dataset, which is made from ADEX first if the trial has none of its name."""
    made = {"ADEX": {"first": 8, "copy_as": {dataset: "AD"}}} if dataset in (PK, NCA) else {}
    return {**made, dataset: list(steps)}


def _value(name: str, second: bool = False) -> str | int:
    if name in NUMBERS or name.endswith("N"):
        return 2 if second else 1
    return "B" if second else "A"


def _put(dataset: str, **values: object) -> dict[str, Any]:
    """Variables with a value in every record, whether the dataset has them or not."""
    there = THERE.get(dataset, set[str]())
    kept = {name: value for name, value in values.items() if name in there}
    new = {name: value for name, value in values.items() if name not in there}
    return {side: named for side, named in (("set", kept), ("add", new)) if named}


def _required() -> Iterable[tuple[int | str, list[Any], list[Any]]]:
    for number, name, applies in adam_presence.REQUIRED:
        home = _home(applies)
        emptied = {"where": {name: {"missing": False}}, "first": 1, "set": {name: None}}
        yield number, [_on(home, {"remove": [name]})], [_on(home, emptied)]
    for number, name in adam_presence.REQUIRED_PK:
        yield number, [_on(PK, {"add": {f"{name[:6]}C": "A"}})], [_on(PK, {"record": 1, "add": {name: 1}})]
    for code, names in adam_presence.FORBIDDEN:
        yield code, [_on("ADAE", {"add": {name: "x"}}) for name in names], [_on("ADAE", {"add": {f"{names[0]}X": "x"}})]


def _companions() -> Iterable[tuple[int | str, list[Any], list[Any]]]:
    for number, name, others, applies in adam_presence.COMPANIONS:
        home = _home(applies)
        there = [other for other in others if other in THERE.get(home, ())]
        alone = {"add": {name: _value(name)}, **({"remove": there} if there else {})}
        near = [
            _on(home, {"add": {name: _value(name), **({} if there else {other: _value(other)})}}) for other in others
        ]
        yield number, [_on(home, alone)], near
    for number, alone, together in (
        (64, {"TRT02AN": 1}, {"TRT01AN": 1}),
        (70, {"TR01AG1N": 1}, {"TR01AG1N": 1, "TR01AG1": "A"}),
        (80, {"TRT02A": "A"}, {"TRT02A": "A", "TRT02P": "B"}),
    ):
        yield number, [_on("ADSL", {"add": alone})], [_on("ADSL", {"add": together})]


def _flags() -> Iterable[tuple[int | str, list[Any], list[Any]]]:
    for population, (flag, numeric) in adam_values.POPULATIONS.items():
        name = f"{population}FL"
        base = [] if name in THERE["ADSL"] else [{"add": {name: "Y"}}]
        chosen = {"where": {name: "Y"}, "first": 1}
        yield flag, *_sides("ADSL", base, chosen, name, broken=(None, "U"), near=("N",))
        number = f"{population}FN"
        yield numeric, *_sides("ADSL", [{"add": {number: 1}}], {"record": 1}, number, broken=(None, 2), near=(0,))
    for number, name, applies in adam_values.YES_OR_MISSING:
        home = "ADTR" if name in THERE["ADTR"] else _home(applies)
        base = [] if name in THERE.get(home, ()) else [{"add": {name: "Y"}}]
        yield number, *_sides(home, base, {"where": {name: "Y"}, "first": 1}, name, broken=("N",), near=(None,))
    for number, name in ((278, "ASEVN"), (279, "AESEVN")):
        yield number, *_sides("ADAE", [{"add": {name: 1}}], {"record": 1}, name, broken=(0, 4, 1.5), near=(3, None))


def _sides(
    home: str, base: Steps, chosen: dict[str, Any], name: str, *, broken: Sequence[object], near: Sequence[object]
) -> tuple[list[Any], list[Any]]:
    """A variable of the chosen records set to values that break a rule, and to values that do not."""
    made = [[_on(home, *base, {**chosen, "set": {name: value}}) for value in side] for side in (broken, near)]
    return made[0], made[1]


def _together(home: str, name: str, other: str) -> tuple[list[Any], list[Any]]:
    """The first populated demands the second, but not the other way."""
    base = _put(home, **{name: _value(name), other: _value(other)})
    first = {"record": 1}
    return [_on(home, base, {**first, "set": {other: None}})], [_on(home, base, {**first, "set": {name: None}})]


def _families() -> Iterable[tuple[int | str, list[Any], list[Any]]]:
    for first, second, there, back, one, other in adam_pairs.FAMILIES:
        yield there, *_together(PK, first, second)
        yield back, *_together(PK, second, first)
        yield one, *_one_value(PK, first, second)
        yield other, *_one_value(PK, second, first)
    for number, given, dependent in ((891, "COHORT", "COHORTN"), (892, "COHORTN", "COHORT")):
        yield number, *_one_value(NCA, given, dependent)
    for number, given, dependent in ((893, "ACYCLE", "ACYCLEC"), (894, "ACYCLEC", "ACYCLE")):
        yield number, *_one_value(NCA, given, dependent)


def _one_value(home: str, given: str, dependent: str) -> tuple[list[Any], list[Any]]:
    """The second is one value for each of the first; several of the first may have one of the second."""
    base = _put(home, **{given: _value(given), dependent: _value(dependent)})
    another, of_another = {dependent: _value(dependent, second=True)}, {given: _value(given, second=True)}
    near = [_on(home, base, {"record": 1, "set": values}) for values in (of_another, {**another, **of_another})]
    return [_on(home, base, {"record": 1, "set": another})], near
