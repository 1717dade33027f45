"""Two builds compared: inputs, options, datasets, and subject by subject the endpoints with what changed them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oncdisc.review.builds.causes import with_causes
from oncdisc.review.builds.datasets import DatasetChange, dataset_changes
from oncdisc.review.builds.endpoints import Change, endpoint_changes
from oncdisc.review.builds.raw import RawChange, raw_changes
from oncdisc.review.trace import Output


@dataclass(frozen=True)
class BuildDifference:
    """What changed from one build to another."""

    before: str
    after: str
    study: str
    options: tuple[tuple[str, str, str], ...]
    raw: tuple[RawChange, ...]
    datasets: tuple[DatasetChange, ...]
    changes: tuple[Change, ...]

    @property
    def equal(self) -> bool:
        """Whether all datasets are the same."""
        return not self.datasets

    @property
    def kinds(self) -> dict[str, list[str]]:
        """The subjects of each kind of change, the kind with most of them first."""
        found: dict[str, dict[str, None]] = {}
        for change in self.changes:
            found.setdefault(change.kind, {})[change.subject] = None
        return {kind: list(found[kind]) for kind in sorted(found, key=lambda kind: (-len(found[kind]), kind))}

    @property
    def subjects(self) -> dict[str, list[Change]]:
        """The changes of each subject."""
        found: dict[str, list[Change]] = {}
        for change in self.changes:
            found.setdefault(change.subject, []).append(change)
        return found

    @property
    def raw_counts(self) -> dict[str, Counter[str]]:
        """How many records of each form were added, removed and changed."""
        found: dict[str, Counter[str]] = {}
        for change in self.raw:
            found.setdefault(change.form, Counter())[change.kind] += 1
        return found

    def as_dict(self) -> dict[str, Any]:
        """The difference for JSON."""
        return {
            "before": self.before,
            "after": self.after,
            "study": self.study,
            "equal": self.equal,
            "options": [{"option": name, "before": was, "after": now} for name, was, now in self.options],
            "raw": [change.as_dict() for change in self.raw],
            "datasets": [change.as_dict() for change in self.datasets],
            "kinds": self.kinds,
            "changes": [change.as_dict() for change in self.changes],
        }


def diff(before: str | Path, after: str | Path) -> BuildDifference:
    """Compare two builds. Raises UsageError if one of the folders holds none."""
    old, new = Output(Path(before)), Output(Path(after))
    datasets = dataset_changes(old, new)
    raw = raw_changes(old, new)
    changes = with_causes(old, new, endpoint_changes(old, new), raw) if datasets else []
    return BuildDifference(
        str(before), str(after), str(new.spec["study"]), _options(old, new), tuple(raw), tuple(datasets), tuple(changes)
    )


def to_json(found: BuildDifference) -> str:
    """The difference as JSON."""
    return json.dumps(found.as_dict(), indent=2, ensure_ascii=False) + "\n"


def _options(before: Output, after: Output) -> tuple[tuple[str, str, str], ...]:
    old, new = _said(before.build), _said(after.build)
    names = sorted({*old, *new})
    return tuple((n, old.get(n, ""), new.get(n, "")) for n in names if old.get(n, "") != new.get(n, ""))


def _said(build: dict[str, Any]) -> dict[str, str]:
    """The version, the study and the options of a build."""
    options = {name: str(value) for name, value in build.get("options", {}).items()}
    return {"oncdisc": str(build.get("oncdisc")), "study": str(build.get("study")), **options}
