"""Problems in the data are data: findings, counted exactly, shown up to a thousand rows a rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal

SHOWN = 1000
NAMED = 3
"""How many records a sentence names before it counts the rest."""

Severity = Literal["error", "warning", "info"]
_RANK = {"error": 0, "warning": 1, "info": 2}


def joined(names: Sequence[str]) -> str:
    """Names as a sentence lists them: `a, b and c`."""
    return " and ".join([", ".join(names[:-1]), *names[-1:]] if len(names) > 1 else names)


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


@dataclass
class Group:
    """All findings of one rule, severity, dataset and variable: an exact count and the first rows."""

    count: int = 0
    shown: list[Finding] = field(default_factory=list[Finding])


@dataclass
class Findings:
    """All findings of a build; two parts' findings merge in any order to the same."""

    groups: dict[tuple[str, ...], Group] = field(default_factory=dict[tuple[str, ...], Group])

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
        place = (str(_RANK[finding.severity]), finding.rule, finding.dataset, finding.variable)
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
        rank = str(_RANK[severity])
        return sum(group.count for place, group in self.groups.items() if place[0] == rank)

    def counts(self) -> list[dict[str, str | int]]:
        """A row a rule and place, with its exact count."""
        names = {str(rank): severity for severity, rank in _RANK.items()}
        return [
            {
                "severity": names[p[0]],
                "rule": p[1],
                "dataset": p[2],
                "variable": p[3],
                "count": self.groups[p].count,
            }
            for p in sorted(self.groups)
        ]
