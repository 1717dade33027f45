"""The page of seeded errors, `docs/seeded_errors.md`, written from the corpus and what the rules engine said of it.

python -m tests.checks.seeded_page > docs/seeded_errors.md
"""

from __future__ import annotations

import csv
import sys
from functools import cache
from itertools import groupby

from oncdisc.checks.catalogue import FAMILIES
from tests.checks.cases import SEEDED, Case, Mutation, cases
from tests.checks.folder_changes import FolderChange
from tests.checks.sentences import sentence

ENGINE = SEEDED / "engine.csv"
NO_FILE = "no such file"
"""The engine's answer where the error is none that a transport file or a define.xml can hold."""
NOTHING = "no"


def about_sdtm(mutation: Mutation) -> bool:
    """Whether the error is in tabulations, which are all that the engine looks at."""
    return not any(
        isinstance(change, FolderChange) or place.startswith("AD") or place.endswith(".adam") or _sized(change)
        for place, change in mutation.steps
    )


def _sized(change: object) -> bool:
    return getattr(change, "bytes", None) is not None


@cache
def engine_rows() -> dict[str, str]:
    """What the rules engine said, by mutation: rules with a blank between them, or nothing."""
    if not ENGINE.exists():
        return {}
    with ENGINE.open(encoding="utf-8", newline="") as lines:
        return {row["mutation"]: row["engine"] for row in csv.DictReader(lines)}


def markdown() -> str:
    """The page."""
    known = list(cases().values())
    ordered = sorted(known, key=lambda case: (_family(case), _number(case)))
    parts = [_head(known)]
    for family, members in groupby(ordered, key=_family):
        rows = "".join(row for case in members for row in _rows(case))
        parts.append(f"## {FAMILIES[family]}\n\n{_COLUMNS}{rows}")
    return "\n".join(parts)


def _family(case: Case) -> str:
    return case.rule.partition(".")[0]


def _number(case: Case) -> tuple[int, str]:
    digits = "".join(filter(str.isdigit, case.rule.partition(".")[2]))
    return (int(digits) if digits else 0, case.rule)


def _rows(case: Case) -> list[str]:
    """A row for each seeded error; the near misses stand beside the first."""
    near = "; or ".join(map(_cell, case.near))
    beside = [near, *([""] * (len(case.breaks) - 1))]
    return [
        f"| {case.rule if place == 0 else ''} | {_cell(mutation)} | {miss} | {engine(mutation)} |\n"
        for place, (mutation, miss) in enumerate(zip(case.breaks, beside, strict=True))
    ]


def _cell(mutation: Mutation) -> str:
    return sentence(mutation).replace("|", "\\|")


def engine(mutation: Mutation) -> str:
    """What the engine says of an error: its rules, `no`, or a dash where it cannot be asked."""
    if not about_sdtm(mutation) or engine_rows().get(mutation.key) == NO_FILE:
        return "–"
    return ", ".join(engine_rows()[mutation.key].split()) or NOTHING


def _head(known: list[Case]) -> str:
    mutations = [mutation for case in known for mutation in case.breaks]
    said = [engine(mutation) for mutation in mutations if about_sdtm(mutation)]
    asked = [answer for answer in said if answer != "–"]
    return _HEAD.format(
        rules=len(known),
        errors=len(mutations),
        near=sum(len(case.near) for case in known),
        asked=len(asked),
        caught=sum(answer != NOTHING for answer in asked),
    )


_COLUMNS = "| rule | seeded error | near miss | rules engine |\n|---|---|---|---|\n"
_HEAD = """# Seeded errors

Proof of [the rules](checks.md): small errors put into a build of the example trial (40 subjects), one at a time. Each
of {rules} rules finds its {errors} errors where they are, and none of {near} near misses beside them; the tests make
every one of them anew. They are declared in `tests/checks/seeded/`, a file for a family of rules.

The last column is what CDISC's rules engine (CORE 0.17.1, its 430 rules for SDTMIG 3.4) says of the same error: the
published rules that find something which they do not find in the clean build. It is not told what to look for, so
a rule that is listed may have found a consequence, such as the study day of an impossible date. Of {asked} errors in
tabulations the engine says something of {caught}. `no` means that it says nothing; a dash that it cannot be asked: it
has no rules for ADaM, looks at no folder, and reads nothing that a transport file cannot hold.

    python benchmarks/seeded.py BUILD ENVIRONMENT CACHE      asks the engine again; about half an hour

The engine sees the mutant cut to ten subjects, of whom each mutation is about one, and so is the clean build that it is
compared with. In a mutant a rule runs on the datasets that differ from the clean build, on those that point at them,
and on all where it joins or reads one that differs.
"""


if __name__ == "__main__":
    sys.stdout.write(markdown())
