"""The rules, a module for each thing they are about; `load` registers them all."""

from __future__ import annotations

import importlib

MODULES = (
    "terminology",
    "coding",
    "medications",
    "structure",
    "dates",
    "subject_dates",
    "visit_dates",
    "identifiers",
    "events",
    "results",
    "results_agree",
    "trial",
    "summary",
    "relations",
    "relations_datasets",
    "tumor_links",
    "tumor_sites",
    "tumor_measures",
    "tumor_responses",
    "tumor_assessments",
    "adam_values",
    "adam_presence",
    "adam_pairs",
    "adam_subjects",
    "adam_analysis",
    "adam_sources",
    "adam_spec",
    "adam_flags",
    "adam_dates",
    "adam_survival",
    "adam_populations",
    "adam_occurrences",
    "adam_origins",
    "adam_baseline",
    "adam_tumor",
    "adam_ages",
    "define_data",
    "define_files",
    "gateway",
)


def load() -> None:
    """Import every module of rules."""
    for name in MODULES:
        importlib.import_module(f"{__name__}.{name}")
