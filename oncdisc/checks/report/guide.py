"""The conformance part of a reviewer's guide: what was found, and what the study says of it.

The cSDRG and the ADRG each have a table of the findings that stay, with an explanation (PHUSE templates, sections on
data conformance): a row for each rule, dataset and variable, in Markdown, to be taken into the document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from oncdisc.checks.acceptance import UNMATCHED
from oncdisc.checks.checking import Report
from oncdisc.checks.registry import all_rules
from oncdisc.checks.report.outcome import published
from specs.findings import Findings, Group

_PARTS = {"sdtm": "Tabulations (cSDRG)", "adam": "Analysis data (ADRG)", "": "The package as a whole"}
_HEAD = "| Rule | Published | Severity | Dataset | Variable | Finding | Count | Explanation |\n" + "|---" * 8 + "|\n"
_SHOWN = 3
OPEN = "Not explained: open"


def to_guide(report: Report) -> str:
    """The tables as Markdown, findings that nobody explained among them; the same report, the same bytes."""
    package = report.package
    rows = list(_rows(report))
    parts = [f"# Conformance findings\n\nTerminology {package.codelists.version}; {len(all_rules())} rules of oncdisc"
             f"{f', and {report.core}' if report.core else ''}.\n"]  # fmt: skip
    for engine, title in _PARTS.items():
        mine = [row for where, row in rows if where == engine]
        parts.append(f"## {title}\n\n" + (_HEAD + "".join(mine) if mine else "No findings.\n"))
    return "\n".join(parts)


def _rows(report: Report) -> Iterator[tuple[str, str]]:
    """The part that each row belongs to, and the row."""
    explained = [(item.findings, item.acceptance.reason) for item in report.accepted]
    for findings, reason in [(report.findings, OPEN), *explained]:
        yield from _explained(report, findings, reason)


def _explained(report: Report, findings: Findings, reason: str) -> Iterator[tuple[str, str]]:
    for place in sorted(findings.groups):
        group = findings.groups[place]
        first = group.shown[0]
        if first.rule == UNMATCHED:  # about study.yaml, not about the data
            continue
        known = all_rules().get(first.rule)
        data = report.package.get(first.dataset)
        said = _said(known.sentence if known else first.message, group)
        cells = (
            first.rule, published(group.shown), first.severity, first.dataset, first.variable, said, str(group.count),
            reason,
        )  # fmt: skip
        yield data.engine if data else "", "| " + " | ".join(map(_cell, cells)) + " |\n"


def _said(sentence: str, group: Group) -> str:
    """What must hold, and what was found: the most frequent messages, or values where they all say the same."""
    messages = Counter(finding.message for finding in group.shown if finding.message != sentence)
    values = Counter(finding.value for finding in group.shown if finding.value)
    exact = group.count == len(group.shown)
    found = [words for counted in (messages, values) if (words := _most(counted, exact))]
    if len(messages) > 1 or (len(messages) == 1 and not len(values) > 1):
        found = found[:1]
    return f"{sentence}. Found: {': '.join(found)}" if found else sentence


def _most(counted: Counter[str], exact: bool) -> str:
    """The most frequent, with their counts where several are known exactly."""
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    counts = exact and len(ordered) > 1
    shown = [f"{text} ({count:,})" if counts else text for text, count in ordered[:_SHOWN]]
    return "; ".join([*shown, *([f"{len(ordered) - _SHOWN:,} others"] if len(ordered) > _SHOWN else [])])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
