"""What CDISC's rules engine says of the seeded errors in SDTM: `tests/checks/seeded/engine.csv`.

    python benchmarks/seeded.py BUILD ENVIRONMENT CACHE [--rule tumor.sum ...] [--work FOLDER]

BUILD is a build of the example trial as the tests share it (`tests/built_once.py`), ENVIRONMENT the engine's own (see
docs/checks.md), CACHE its rules and metadata. Errors in one subject's records are put into one package: each has a copy
of the subject of its own there, and what the engine finds in the copy and not in a copy without error is what it says
(`seeded_packages`). Any other error has a package of its own, compared with the clean one.

With `--rule` those rules' rows alone are made anew. With `--work` packages and answers stay in a folder, and what was
answered there already is not asked again.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.seeded_packages import CLEAN, Packages  # noqa: E402
from oncdisc.checks import all_rules  # noqa: E402
from oncdisc.checks.core import DRIVER  # noqa: E402
from tests.checks.cases import Mutation, cases  # noqa: E402
from tests.checks.seeded_page import ENGINE, NO_FILE, about_sdtm, engine_rows  # noqa: E402

Answers = dict[str, Counter[str]]


def asked(rules: Iterable[str]) -> Iterator[tuple[str, Mutation]]:
    """The seeded errors that the engine can be asked about, with their rules."""
    chosen = set(rules)
    for rule, case in cases().items():
        if rule in all_rules() and (not chosen or rule in chosen):
            yield from ((rule, mutation) for mutation in case.breaks if about_sdtm(mutation))


def answers(path: Path) -> Answers:
    """What the engine found, by package."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    return {line["package"]: Counter(line["found"]) for line in lines}


def run(python: Path, cache: Path, work: Path, answered: Path) -> None:
    """Have the engine answer for every package in a folder that it has not answered for."""
    script = Path(__file__).with_name("seeded_engine.py")
    command = [str(python), str(script), str(work), str(cache), str(DRIVER), *sorted(answers(answered))]
    with answered.open("a", encoding="utf-8") as out:
        subprocess.run(command, stdout=out, stderr=subprocess.DEVNULL, check=True)


def said(packages: Packages, found: Answers) -> dict[str, str]:
    """The published rules that find in a mutant what they do not find without the error, by mutation."""
    results = dict.fromkeys(packages.impossible, NO_FILE)
    for key in packages.alone:
        if key in found and CLEAN in found:
            results[key] = published(found[key] - found[CLEAN])
    for name, copies in packages.together.items():
        if name in found:
            split = copies.by_copy(found[name])
            for key, (copy, control) in copies.of.items():
                results[key] = published(split[copy] - split[control])
    return results


def published(places: Counter[str]) -> str:
    """The rules behind findings by their published ids, CDISC's and FDA's; by the engine's own where there is none."""
    found: set[str] = set()
    for place in places:
        ids, core, _ = place.split("|", 2)
        found |= {name for name in ids.split() if name.startswith(("CG", "FB"))} or {core}
    return " ".join(sorted(found))


def table(rules: Iterable[str], results: dict[str, str]) -> None:
    """Write the results, with those of other rules that are there."""
    known = {**(engine_rows() if rules else {}), **results}
    rows = [(rule, mutation.key, known[mutation.key]) for rule, mutation in asked(()) if mutation.key in known]
    with ENGINE.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("rule", "mutation", "engine"))
        writer.writerows(rows)


def main() -> None:
    """Ask the engine and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("environment", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--rule", action="append", default=[])
    parser.add_argument("--work", type=Path)
    given = parser.parse_args()
    mutations = {mutation.key: mutation for _, mutation in asked(given.rule)}
    with tempfile.TemporaryDirectory() as name:
        work = given.work or Path(name)
        packages = Packages(given.build, work / "packages")
        packages.write(mutations)
        run(given.environment / "bin/python", given.cache, work / "packages", work / "answers.jsonl")
        table(given.rule, said(packages, answers(work / "answers.jsonl")))


if __name__ == "__main__":
    main()
