"""Problems in the data are data: findings, counted exactly, shown up to a thousand rows a rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Literal, NamedTuple

SHOWN = 1000
NAMED = 3
"""How many records a sentence names before it counts the rest."""

Severity = Literal["error", "warning", "info"]
_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


_CAUSES = ("input.", "value.term", "value.")
_EFFECTS = ("schema.",)


def causality(rule: str) -> int:
    """The place of a rule where a person should begin: 0 for inputs that could not be read as they are.

    Then values that are no terms, other values, all else; last what only follows, such as a required value that is
    missing because the collected one is no term.
    """
    causes = (rank for rank, start in enumerate(_CAUSES) if rule.startswith(start))
    return next(causes, len(_CAUSES) + rule.startswith(_EFFECTS))


@dataclass(frozen=True)
class Finding:
    """One problem at one place: what a person needs to act on it."""

    severity: Severity
    rule: str
    message: str
    dataset: str = ""
    variable: str = ""
    usubjid: str = ""
    value: str = ""
    source: str = ""
    published: str = ""

    def key(self) -> tuple[str, ...]:
        """The order of findings: by place, not by the time they were found."""
        return (self.dataset, self.variable, self.usubjid, self.source, self.value, self.message)

    def as_dict(self) -> dict[str, str]:
        """The stable JSON shape."""
        return {name: str(value) for name, value in asdict(self).items()}


class Place(NamedTuple):
    """Where a group of findings is; in order, the most severe first."""

    rank: int
    rule: str
    dataset: str
    variable: str

    @property
    def severity(self) -> Severity:
        """The severity of all its findings."""
        return _SEVERITIES[self.rank]


@dataclass
class Group:
    """All findings of one rule, severity, dataset and variable: an exact count and the first rows."""

    count: int = 0
    shown: list[Finding] = field(default_factory=list[Finding])

    @property
    def first(self) -> Finding:
        """The finding that stands for the group: the first in key order."""
        return min(self.shown, key=Finding.key)


@dataclass
class Findings:
    """All findings of a build; two parts' findings merge in any order to the same."""

    groups: dict[Place, Group] = field(default_factory=dict[Place, Group])

    def add(self, findings: Iterable[Finding], count: int | None = None) -> None:
        """Add findings of one rule and place; `count` if there are more than those given."""
        found = list(findings)
        if not found:
            return
        for finding in found:
            group = self._group(finding)
            group.shown.append(finding)
            group.count += 1
        self._group(found[0]).count += (count or len(found)) - len(found)

    def _group(self, finding: Finding) -> Group:
        place = Place(_SEVERITIES.index(finding.severity), finding.rule, finding.dataset, finding.variable)
        return self.groups.setdefault(place, Group())

    def merge(self, other: Findings) -> None:
        """Take in another part's findings; what is said of no subject is said once, however many parts say it."""
        for place, group in other.groups.items():
            mine = self.groups.setdefault(place, Group())
            new = [finding for finding in group.shown if finding.usubjid or finding not in mine.shown]
            mine.count += group.count - (len(group.shown) - len(new))
            mine.shown.extend(new)

    def rows(self) -> list[Finding]:
        """The first thousand of each group in key order, the most severe first."""
        result: list[Finding] = []
        for place in sorted(self.groups):
            result.extend(sorted(self.groups[place].shown, key=Finding.key)[:SHOWN])
        return result

    def count(self, severity: Severity) -> int:
        """How many findings there are of a severity, exactly."""
        return sum(group.count for place, group in self.groups.items() if place.severity == severity)

    def causes_first(self, severity: Severity) -> list[tuple[Place, Group]]:
        """The groups of a severity in the order to look at them: causes before effects, then the most frequent."""
        own = [(place, group) for place, group in self.groups.items() if place.severity == severity]
        return sorted(own, key=lambda item: (causality(item[0].rule), -item[1].count, item[0]))

    def counts(self) -> list[dict[str, str | int]]:
        """A row a rule and place, with its exact count."""
        return [
            {
                "severity": place.severity,
                "rule": place.rule,
                "dataset": place.dataset,
                "variable": place.variable,
                "count": self.groups[place].count,
            }
            for place in sorted(self.groups)
        ]
