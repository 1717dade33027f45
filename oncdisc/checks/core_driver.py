"""Runs CDISC's rules engine over a folder of transport files; it is started in the engine's own environment.

    python core_driver.py FOLDER CACHE ANSWER [DEFINE]

CACHE holds rules, the standard's metadata and terminology as gzipped JSON, named by standard and version. ANSWER
gets the engine's name and a list of issues: rule, published rules, dataset, variables, message, count, errors.
"""
# pyright: basic, reportMissingImports=false, reportAttributeAccessIssue=false

from __future__ import annotations

import copy
import gzip
import json
import logging
import sys
import warnings
from pathlib import Path
from typing import Any

STANDARD, VERSION, MODEL = "sdtmig", "3-4", "2-0"
SHOWN = 1000
LEFT_OUT = ("CORE-000767",)
"""Compares FAOBJ with --DECOD where there is no FA: reported of every package."""


class Cache:
    """The engine's metadata on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, name: str) -> Any:
        with gzip.open(self.folder / f"{name}.json.gz", "rt", encoding="utf-8") as stream:
            return json.load(stream)

    @property
    def packages(self) -> list[str]:
        """The terminology packages by name: sdtmct-2025-03-28 and the like."""
        return sorted(path.name.removesuffix(".json.gz") for path in self.folder.glob("*ct-20*.json.gz"))


def metadata(cache: Cache, define: Path | None) -> Any:
    """What the engine knows of the standard."""
    from cdisc_rules_engine.models.library_metadata_container import LibraryMetadataContainer

    terms = {name: cache.read(name) for name in cache.packages}
    if define is not None:
        from cdisc_rules_engine.services.define_xml.define_xml_reader_factory import DefineXMLReaderFactory

        reader = DefineXMLReaderFactory.from_filename(str(define))
        terms["extensible"] = reader.get_extensible_codelist_mappings()
    return LibraryMetadataContainer(
        standard_metadata=cache.read(f"standard-{STANDARD}-{VERSION}"),
        standard_schema_definition={},
        model_metadata=cache.read(f"model-sdtm-{MODEL}"),
        variable_codelist_map=cache.read(f"codelist-map-{STANDARD}-{VERSION}"),
        variables_metadata=cache.read(f"variables-{STANDARD}-{VERSION}"),
        ct_package_metadata=terms,
        published_ct_packages=set(cache.packages),
        cache_path=str(cache.folder),
    )


class Runner:
    """One package and the engine that looks at it."""

    def __init__(self, folder: Path, cache: Cache, define: Path | None) -> None:
        from cdisc_rules_engine.config import config
        from cdisc_rules_engine.services.cache import InMemoryCacheService
        from cdisc_rules_engine.services.data_services import DataServiceFactory

        self.files = sorted(str(path) for path in folder.glob("*.xpt"))
        self.largest = max(Path(path).stat().st_size for path in self.files)
        self.define = define
        self.packages = cache.packages
        self.library = metadata(cache, define)
        self.memory = InMemoryCacheService()
        factory = DataServiceFactory(
            config,
            self.memory,
            max_dataset_size=self.largest,
            standard=STANDARD,
            standard_version=VERSION,
            standard_substandard=None,
            library_metadata=self.library,
            encoding="utf-8",
        )
        factory.get_data_service(self.files)

    def run(self, rule: dict[str, Any]) -> dict[str, Any]:
        """The engine's results of one rule, by dataset."""
        from cdisc_rules_engine.models.rule_conditions import ConditionCompositeFactory
        from cdisc_rules_engine.rules_engine import RulesEngine

        own = copy.deepcopy(rule)
        own["conditions"] = ConditionCompositeFactory.get_condition_composite(own["conditions"])
        terms = [] if self.define else [name for name in self.packages if name.startswith("sdtmct")]
        engine = RulesEngine(
            cache=self.memory,
            standard=STANDARD,
            standard_version=VERSION,
            standard_substandard=None,
            use_case=None,
            external_dictionaries=None,
            ct_packages=terms,
            define_xml_path=str(self.define) if self.define else None,
            library_metadata=self.library,
            max_dataset_size=self.largest,
            dataset_paths=self.files,
            validate_xml=self.define is not None,
            jsonata_custom_functions=(),
            max_errors_per_rule=None,
            errors_per_dataset_flag=False,
            encoding="utf-8",
        )
        return engine.validate_single_rule(own)


def published(rule: dict[str, Any]) -> list[str]:
    """The public ids that a rule goes by."""
    found: list[str] = []
    for authority in rule.get("authorities") or []:
        for standard in authority.get("Standards") or []:
            for reference in standard.get("References") or []:
                found.append((reference.get("Rule_Identifier") or {}).get("Id", ""))
    return sorted({name for name in found if name})


def issues(rule_id: str, rule: dict[str, Any], results: dict[str, Any]) -> list[dict[str, Any]]:
    """What one rule found, without what could not be run."""
    return [
        {
            "rule": rule_id,
            "published": published(rule),
            "dataset": result.get("dataset") or "",
            "variables": result.get("variables") or [],
            "message": result.get("message") or "",
            "count": len(result.get("errors") or ()),
            "errors": (result.get("errors") or [])[:SHOWN],
        }
        for of_dataset in results.values()
        for result in of_dataset
        if result.get("executionStatus") == "issue reported" and result.get("errors")
    ]


def main(folder: str, cache: str, answer: str, define: str | None = None) -> None:
    """Run every rule and write the answer."""
    from importlib.metadata import version

    from cdisc_rules_engine.services import logger

    logger.disabled = True
    store = Cache(Path(cache))
    runner = Runner(Path(folder), store, Path(define) if define else None)
    rules = store.read(f"rules-{STANDARD}-{VERSION}")
    found: list[dict[str, Any]] = []
    for rule_id in sorted(set(rules) - set(LEFT_OUT)):
        found.extend(issues(rule_id, rules[rule_id], runner.run(rules[rule_id])))
    said = {"engine": f"CDISC CORE {version('cdisc-rules-engine')}", "issues": found}
    Path(answer).write_text(json.dumps(said, default=str), encoding="utf-8")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    main(*sys.argv[1:])
