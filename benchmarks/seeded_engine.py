"""Runs CDISC's rules engine over many packages that differ little; it is started in the engine's own environment.

    python seeded_engine.py FOLDER CACHE DRIVER [ANSWERED ...]

FOLDER has a package in each of its folders. With a `changed.json` it is a mutant of a clean one: the file names
the datasets that differ and those beside them, and says whether the package as a whole differs. DRIVER is
`oncdisc/checks/core_driver.py`. A line of JSON for each package is printed: its name and what the engine finds there,
each with how often.

Rules are loaded once. In a mutant a rule is run on the datasets that differ and those beside them, and on all if it
joins or reads one that differs; what it would find elsewhere it finds in the clean package too.
"""
# pyright: basic, reportMissingImports=false, reportAttributeAccessIssue=false

from __future__ import annotations

import importlib.util
import json
import logging
import sys
import warnings
from collections import Counter
from pathlib import Path
from typing import Any


def loaded(path: str) -> Any:
    """The module at a path."""
    spec = importlib.util.spec_from_file_location("core_driver", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def looks_further(rule: dict[str, Any], changed: dict[str, Any]) -> bool:
    """Whether a rule that runs on any dataset may see one that differs: it joins it, or reads it by an operation."""
    if changed["package"] or rule.get("rule_type") == "Domain Presence Check":
        return True
    joined = json.dumps([rule.get("operations"), rule.get("datasets")])
    words = [*changed["datasets"], *(["dy"] if "DM" in changed["datasets"] else [])]
    return any(f'"{word}"' in joined for word in words)


def found(driver: Any, runner: Any, rules: dict[str, Any], changed: dict[str, Any] | None) -> Counter[str]:
    """What the engine finds: rule, dataset, variables and record, with how often."""
    from cdisc_rules_engine.rules_engine import RulesEngine

    whole = RulesEngine.validate_single_dataset
    counted: Counter[str] = Counter()
    near = {*changed["datasets"], *changed["beside"]} if changed else set()
    for name in sorted(set(rules) - set(driver.LEFT_OUT)):
        rule = rules[name]
        further = changed is None or looks_further(rule, changed)

        def only(engine: Any, rule: Any, dataset: Any, further: bool = further) -> Any:
            return whole(engine, rule, dataset) if further or dataset.name.upper() in near else []

        RulesEngine.validate_single_dataset = only
        for issue in driver.issues(name, rule, runner.run(rule)):
            counted.update(f"{' '.join(issue['published'])}|{name}|{place(issue, error)}" for error in issue["errors"])
        RulesEngine.validate_single_dataset = whole
    return counted


def place(issue: dict[str, Any], error: dict[str, Any]) -> str:
    """Dataset, variables, subject and values of an error; not its row or number, which may be what was changed."""
    value = {key: str(part) for key, part in (error.get("value") or {}).items()}
    return json.dumps([issue["dataset"], sorted(issue["variables"]), error.get("USUBJID"), value], sort_keys=True)


def main(folder: str, cache: str, path: str, *answered: str) -> None:
    """Run the engine over every package but those that were answered for."""
    from cdisc_rules_engine.services import logger

    logger.disabled = True
    driver = loaded(path)
    store = driver.Cache(Path(cache))
    rules = store.read(f"rules-{driver.STANDARD}-{driver.VERSION}")
    read: dict[str, Any] = {}
    store.read = lambda name: read.setdefault(name, driver.Cache.read(store, name))
    for package in sorted(Path(folder).iterdir(), key=lambda package: (len(package.name) == 12, package.name)):
        if package.name in answered:
            continue
        note = package / "changed.json"
        changed = json.loads(note.read_text(encoding="utf-8")) if note.is_file() else None
        define = package / "define.xml"
        runner = driver.Runner(package, store, define if define.is_file() else None)
        answer = found(driver, runner, rules, changed)
        print(json.dumps({"package": package.name, "found": answer}), flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    main(*sys.argv[1:])
