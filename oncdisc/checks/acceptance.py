"""Findings that a study explains away: by rule and place, and by the values or the records that are meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from oncdisc.checks.data import Booleans
from oncdisc.checks.origin import record_number
from oncdisc.checks.package import Package
from specs.conditions import evaluate, parse, variables, words
from specs.findings import Finding, Findings, Group
from specs.models import Acceptance

UNMATCHED = "acceptance.unmatched"


@dataclass(frozen=True)
class Accepted:
    """Findings that the study explains away, and why."""

    acceptance: Acceptance
    findings: Findings

    @property
    def count(self) -> int:
        """How many findings there are, exactly."""
        return sum(group.count for group in self.findings.groups.values())

    @property
    def place(self) -> str:
        """Where they are accepted, in words."""
        said = self.acceptance
        place = ".".join(part for part in (said.dataset, said.variable) if part)
        return " ".join(part for part in (place, self.narrowed) if part)

    @property
    def narrowed(self) -> str:
        """The values and the records that are meant, in words; nothing where all are."""
        said = self.acceptance
        of = f"of {', '.join(map(_spelled, said.values))}" if said.values else ""
        where = f"where {words(parse(said.where))}" if said.where else ""
        return " ".join(part for part in (of, where) if part)


def chosen_singly(rule: str, known: Collection[str], dataset: str, variable: str, accept: Iterable[Acceptance]) -> bool:
    """Whether an acceptance may mean some findings of a rule and place and not others: all of them are to be kept.

    It may where it is narrowed to values or records, or names a published rule, of which a rule may have several.
    """
    some = [item for item in accept if item.values or item.where or item.rule != rule]
    return may_explain(rule, known, dataset, variable, some)


def may_explain(rule: str, known: Collection[str], dataset: str, variable: str, accept: Iterable[Acceptance]) -> bool:
    """Whether an acceptance may mean a finding of a rule (and of public rules) at a place."""
    return any(
        item.rule in (rule, *known) and item.dataset in ("", dataset) and item.variable in ("", variable)
        for item in accept
    )


def set_aside(
    package: Package, findings: Findings, accept: Sequence[Acceptance]
) -> tuple[Findings, list[tuple[Acceptance, Findings]]]:
    """The findings that stay, and for each acceptance those that it explains; of several the first that does."""
    still = Findings()
    aside = [Findings() for _ in accept]
    for place, whole in findings.groups.items():
        rest = whole
        for item, taken in zip(accept, aside, strict=True):
            part, rest = _split(package, rest, item)
            if part.count:
                taken.groups[place] = part
        if rest.count:
            still.groups[place] = rest
    return still, list(zip(accept, aside, strict=True))


def _split(package: Package, group: Group, item: Acceptance) -> tuple[Group, Group]:
    """What an acceptance explains of a group, and the rest: with it what is counted and not shown, if in doubt."""
    if not group.shown or not _of_place(group.shown[0], item):
        return Group(), group
    fits = _fits(package, group.shown, item)
    if fits.all() and not (item.values or item.where):
        return group, Group()
    taken = [finding for finding, fit in zip(group.shown, fits.tolist(), strict=True) if fit]
    kept = [finding for finding, fit in zip(group.shown, fits.tolist(), strict=True) if not fit]
    return Group(len(taken), taken), Group(group.count - len(taken), kept or group.shown[-1:])


def _of_place(finding: Finding, item: Acceptance) -> bool:
    return item.dataset in ("", finding.dataset) and item.variable in ("", finding.variable)


def _fits(package: Package, shown: Sequence[Finding], item: Acceptance) -> Booleans:
    """Which findings of one place an acceptance means."""
    named = [item.rule in (finding.rule, *finding.published.split(", ")) for finding in shown]
    fits = np.array(named, dtype=bool)
    if item.values:
        values = set(map(_spelled, item.values))
        fits &= np.array([finding.value in values for finding in shown], dtype=bool)
    if item.where and fits.any():
        records = np.array([record_number(finding.source) for finding in shown], dtype=np.intp)
        fits &= np.append(_meant(package, shown[0].dataset, item), False)[records - 1]
    return fits


def _meant(package: Package, dataset: str, item: Acceptance) -> Booleans:
    """The records of a dataset that an acceptance means; none where its condition is of variables that are not."""
    data, condition = package.get(dataset), parse(item.where)
    if data is None or not data.has(*variables(condition)):
        return np.zeros(len(data) if data is not None else 0, dtype=bool)
    return evaluate(condition, lambda name: data.frame[name], len(data))


def unmatched(item: Acceptance, found: Findings) -> Iterable[Finding]:
    """What an acceptance explains that is not so: all of it, or some of its values.

    A warning, for the study explains what is not; only information where the finding need not `always` be there.
    """
    there = {finding.value for group in found.groups.values() for finding in group.shown}
    absent = [value for value in map(_spelled, item.values) if value not in there]
    if found.groups and not absent:
        return
    of = f" for {', '.join(absent)}" if found.groups else ""
    message = f"study.yaml accepts {item.rule} here{of}, but there is no such finding: {item.reason}"
    yield Finding("warning" if item.always else "info", UNMATCHED, message, item.dataset, item.variable)


def _spelled(value: str | float) -> str:
    """A value as findings have it."""
    return value if isinstance(value, str) else f"{value:.15g}"
