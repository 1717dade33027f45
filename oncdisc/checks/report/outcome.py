"""A report as data: findings in their stable shape, counts, what was accepted and what was looked at."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from oncdisc.checks.acceptance import Accepted
from oncdisc.checks.checking import Report
from oncdisc.checks.registry import all_rules
from specs.findings import SHOWN, Finding

SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True)
class FoundGroup:
    """All findings of one rule in one variable: what must hold, how often it does not, the first records."""

    severity: str
    rule: str
    published: str
    sentence: str
    dataset: str
    variable: str
    count: int
    shown: tuple[Finding, ...]
    also: tuple[str, ...] = ()
    """Rules that say the same of it, and so were left out."""

    @property
    def examples(self) -> list[str]:
        """The most frequent messages, at most three."""
        said = Counter(finding.message for finding in self.shown)
        return [message for message, _ in said.most_common(3)]


def _also(report: Report) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The rules that were left out, by the rule and place that they were left out for."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for item in sorted(report.folded, key=lambda folded: folded.rule):
        place = (item.under, item.dataset, item.variable)
        found[place] = tuple(dict.fromkeys([*found.get(place, ()), item.rule]))
    return found


def published(shown: Iterable[Finding]) -> str:
    """The public rules of these findings, each once: those of one group may be of several."""
    names = dict.fromkeys(name for finding in shown for name in finding.published.split(", ") if name)
    return ", ".join(names)


def groups(report: Report) -> list[FoundGroup]:
    """Open findings by rule, dataset and variable, errors first and in each the most frequent."""
    known, also = all_rules(), _also(report)
    found = [
        FoundGroup(
            group.shown[0].severity,
            place[1],
            published(group.shown),
            known[place[1]].sentence if place[1] in known else group.shown[0].message,
            place[2],
            place[3],
            group.count,
            tuple(sorted(group.shown, key=Finding.key)[:SHOWN]),
            also.get(place[1:], ()),
        )
        for place, group in report.findings.groups.items()
    ]
    return sorted(found, key=lambda g: (SEVERITIES.index(g.severity), -g.count, g.dataset, g.rule, g.variable))


def as_data(report: Report) -> dict[str, Any]:
    """The report as JSON holds it."""
    package = report.package
    return {
        "findings": [finding.as_dict() for finding in report.findings.rows()],
        "counts": report.findings.counts(),
        "folded": [asdict(item) for item in report.folded],
        "accepted": [_accepted(item) for item in report.accepted],
        "checked": {
            "datasets": {data.name: len(data) for data in package},
            "terminology": package.codelists.version,
            "rules": len(all_rules()),
            "core": report.core,
        },
    }


def _accepted(item: Accepted) -> dict[str, Any]:
    said = item.acceptance
    return {
        "rule": said.rule,
        "dataset": said.dataset,
        "variable": said.variable,
        "values": list(said.values),
        "where": dict(said.where),
        "reason": said.reason,
        "count": item.count,
        "findings": [finding.as_dict() for finding in item.findings.rows()],
        "counts": item.findings.counts(),
    }


def to_json(report: Report) -> str:
    """The report as text: the same report, the same bytes."""
    return json.dumps(as_data(report), indent=2, ensure_ascii=False) + "\n"
