"""Runs the rules over a package and gathers what they find, with what the study explains away set aside."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from oncdisc.checks.acceptance import UNMATCHED, Accepted, chosen_singly, set_aside, unmatched
from oncdisc.checks.data import Data, as_text
from oncdisc.checks.folding import Folded, Folding, strongest_first
from oncdisc.checks.origin import Origins
from oncdisc.checks.package import Package
from oncdisc.checks.reading import read_package
from oncdisc.checks.registry import Breach, Rule, all_rules, refuse_unknown
from specs.findings import SHOWN, Finding, Findings
from specs.models import Acceptance
from specs.resolved import Spec

_LONGEST = 200
FINDINGS = "findings.json"
CORE = "CORE-"
"""What the ids of the rules engine's rules begin with."""
_PLACE = ("severity", "rule", "dataset", "variable")
Progress = Callable[[str, str], None]


@dataclass
class Report:
    """What a check found: open findings, accepted ones, and what was looked at."""

    package: Package
    findings: Findings
    accepted: list[Accepted] = field(default_factory=list[Accepted])
    core: str = ""
    folded: list[Folded] = field(default_factory=list[Folded])

    @property
    def exit_status(self) -> int:
        """0 where no error is open, else 1."""
        return 1 if self.findings.count("error") else 0


def check(
    folder: str | Path,
    *,
    ct: str | Path | Sequence[str | Path] | None = None,
    only: Iterable[str] = (),
    accept: Sequence[Acceptance] = (),
    study: str | Path | None = None,
    core: bool = False,
    core_home: Path | None = None,
    core_cache: Path | None = None,
    progress: Progress | None = None,
) -> Report:
    """Check a build or any folder of datasets; `only` are ids or families of rules.

    `accept` are findings explained away beside those that the build brings from its study. With `study` those of
    its study.yaml are too, and analysis data is held against what its spec derives. With `core` CDISC's rules engine
    runs too, from the environment `core_home` with the rules in `core_cache`. Raises UsageError and SpecError.
    """
    only = tuple(only)
    refuse_unknown(only)
    from oncdisc.checks import core as engines

    place = engines.environment(core_home, core_cache) if core else None
    package = read_package(folder, ct)
    if place is not None:
        engines.transport_files(package)
    package.spec = _spec(study, package)
    accept = [*_acceptances(package), *accept]
    folding = Folding(all_rules(), accept)
    findings = run(package, only, progress, accept, folding)
    findings.merge(built_findings(package))
    name = ""
    if place is not None:
        theirs, name = engines.run_core(package, place)
        findings = engines.fold(findings, theirs, folding.folded)
    report = settle(package, findings, accept, name, whole=not only and not package.single)
    return replace(report, folded=folding.folded)


def _spec(study: str | Path | None, package: Package) -> Spec | None:
    """A study's spec, with the options that the package was built with."""
    if study is None:
        return None
    from oncdisc.engines import load_spec

    built = dict((package.build or {}).get("options", {}))
    known = load_spec(study).study.options
    return load_spec(study, {name: value for name, value in built.items() if name in known})


def _acceptances(package: Package) -> list[Acceptance]:
    """What the build accepts, and what the study's study.yaml accepts beside it."""
    study = package.spec.study.accept if package.spec else ()
    return [*package.accepted, *(item for item in study if item not in package.accepted)]


def built_findings(package: Package) -> Findings:
    """What the build itself found, with its exact counts; nothing for a folder that is no build.

    A file of findings that cannot be read is a finding: what the build said is not known then.
    """
    findings = Findings()
    path = package.root / FINDINGS
    if package.build is None or not path.is_file():
        return findings
    try:
        known = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        findings.add([Finding("error", "package.unread", f"{FINDINGS}: what the build found is not known: {error}")])
        return findings
    own = {*all_rules(), UNMATCHED}
    for part in (known, *known.get("accepted", ())):
        counts = {tuple(str(row[name]) for name in _PLACE): int(row["count"]) for row in part.get("counts", ())}
        grouped: dict[tuple[str, ...], list[Finding]] = {}
        for row in part.get("findings", ()):
            if row["rule"] not in own and not row["rule"].startswith(CORE):
                grouped.setdefault(tuple(row[name] for name in _PLACE), []).append(Finding(**row))
        for place, listed in grouped.items():
            findings.add(listed, max(counts.get(place, 0), len(listed)))
    return findings


def run(
    package: Package,
    only: Iterable[str] = (),
    progress: Progress | None = None,
    accept: Sequence[Acceptance] = (),
    folding: Folding | None = None,
) -> Findings:
    """What the rules find in a package. Raises UsageError where `only` names no rule or family.

    The first thousand records of each breach; all of those of which `accept` may mean some and not others. What is
    left out, because a stronger rule says it of the same records, is noted in `folding`.
    """
    folding = folding or Folding(all_rules(), accept)
    findings = Findings()
    origins = Origins(package)
    chosen = frozenset(only)
    refuse_unknown(sorted(chosen))
    for rule in strongest_first(all_rules()):
        if chosen and rule.id not in chosen and rule.family not in chosen:
            continue
        if progress:
            progress("check", rule.family)
        for breach in folding.remaining(rule, breaches(package, rule)):
            data = package.get(breach.dataset)
            singly = chosen_singly(rule.id, rule.published, breach.dataset, breach.variable, accept)
            shown = None if singly else SHOWN
            findings.add(found(rule, breach, data, origins, shown), 1 if breach.rows is None else len(breach.rows))
    return findings


def breaches(package: Package, rule: Rule) -> Iterable[Breach]:
    """Where a rule does not hold; of one file alone nothing that asks for other datasets."""
    if rule.among_others and package.single:
        return
    if rule.scope == "package":
        yield from rule.test(package)
        return
    for data in package:
        if rule.applies.to(data):
            yield from rule.test(data)


def found(rule: Rule, breach: Breach, data: Data | None, origins: Origins, most: int | None = SHOWN) -> list[Finding]:
    """A breach as findings: the first of its records, or all."""
    message = breach.message if isinstance(breach.message, str) else ""
    base = Finding(
        rule.severity,
        rule.id,
        message or rule.sentence,
        breach.dataset,
        breach.variable,
        value=breach.values if isinstance(breach.values, str) else "",
        published=", ".join(rule.published if breach.published is None else breach.published),
    )
    if breach.rows is None or data is None:
        return [base]
    rows = breach.rows[:most]
    subjects = data.text("USUBJID").iloc[rows].fillna("")
    columns = zip(
        subjects, _values(breach, data, rows), origins.of(data, rows), _messages(breach, base, rows), strict=True
    )
    return [
        Finding(base.severity, base.rule, said, base.dataset, base.variable, subject, value, place, base.published)
        for subject, value, place, said in columns
    ]


def _messages(breach: Breach, base: Finding, rows: np.ndarray) -> list[str]:
    if isinstance(breach.message, str):
        return [base.message] * len(rows)
    return breach.message.iloc[: len(rows)].fillna(base.message).tolist()


def _values(breach: Breach, data: Data, rows: np.ndarray) -> list[str]:
    if isinstance(breach.values, str):
        return [breach.values] * len(rows)
    if breach.values is not None:
        shown: pd.Series = as_text(breach.values.iloc[: len(rows)])
    else:
        shown = data.text(breach.variable).iloc[rows]
    return shown.fillna("").str.slice(0, _LONGEST).tolist()


def settle(
    package: Package, findings: Findings, accept: Sequence[Acceptance], core: str = "", *, whole: bool = True
) -> Report:
    """Set aside the findings that the study accepts; an acceptance that matches nothing is a finding itself.

    Unless its rule did not run: one of the engine's without `core`, any where only some rules were asked for.
    """
    still, pairs = set_aside(package, findings, accept)
    for item, found_ in pairs:
        if whole and (core or not item.rule.startswith(CORE)):
            still.add(unmatched(item, found_))
    return Report(package, still, [Accepted(item, found_) for item, found_ in pairs if found_.groups], core)
