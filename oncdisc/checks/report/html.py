"""A report as one self-contained page: grouped by rule and dataset, searchable, with the offending records."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oncdisc.checks.checking import Report
from oncdisc.checks.data import Data
from oncdisc.checks.origin import record_number
from oncdisc.checks.report.outcome import SEVERITIES, FoundGroup, groups

TEMPLATES = Path(__file__).parent / "templates"
RECORDS = 25
"""Records of a group that the page shows; the workbook and the JSON have the first thousand."""
_AROUND = 8
_HEADER = {"usubjid": "subject", "value": "value", "message": "found", "source": "record"}
"""A record's columns; what is found only where it differs, for the group says what is the same for all."""
_CONTEXT = (
    "USUBJID", "PARAMCD", "VISIT", "AVISIT", "QNAM", "IDVAR", "IDVARVAL", "ADT", "AVAL", "AVALC", "SRCDOM", "SRCSEQ"
)  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """A group as the page has it: the header and rows of its records."""

    group: FoundGroup
    header: list[str]
    rows: list[list[str]]


def render_html(report: Report, title: str = "Conformance") -> str:
    """The page; what comes from data is escaped, and nothing is fetched from elsewhere."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    package = report.package
    return environment.get_template("findings.html").render(
        title=title,
        counts=[(name, report.findings.count(name)) for name in SEVERITIES],
        shown=[_shown(package.get(group.dataset), group) for group in groups(report)],
        accepted=report.accepted,
        datasets=[(data.name, data.label, len(data)) for data in package],
        terminology=package.codelists.version,
        core=report.core,
        records=RECORDS,
    )


def _shown(data: Data | None, group: FoundGroup) -> Shown:
    first = group.shown[:RECORDS]
    at = np.array([record_number(finding.source) for finding in first], dtype=np.int64)
    names = _context(data, group.variable) if data is not None and len(at) and (at > 0).all() else []
    columns = [data.text(name).iloc[at - 1].fillna("").tolist() for name in names] if data is not None else []
    said = ["usubjid", "value", *(["message"] if len({finding.message for finding in first}) > 1 else []), "source"]
    own = [[finding.as_dict()[name] for name in said] for finding in first]
    context = [list(row) for row in zip(*columns, strict=True)] if columns else [[] for _ in own]
    rows = [[*mine, *others] for mine, others in zip(own, context, strict=True)]
    return Shown(group, [*(_HEADER[name] for name in said), *names], rows)


def _context(data: Data, variable: str) -> list[str]:
    """A few variables that show which record it is: keys, topic, results, dates."""
    prefix = data.domain[:2] or data.name[2:4]
    topical = [f"{prefix}{suffix}" for suffix in ("SEQ", "TESTCD", "TERM", "TRT", "DECOD", "ORRES", "STRESC", "LNKID")]
    dated = [f"{prefix}{suffix}" for suffix in ("DTC", "STDTC", "ENDTC")]
    wanted = [*topical, *dated, *_CONTEXT]
    return [name for name in wanted if data.has(name) and name not in (variable, "USUBJID")][:_AROUND]
