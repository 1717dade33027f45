"""The JSON Schema that editors use accepts the studies that ship and rejects a typing error."""

from __future__ import annotations

import jsonschema
import pytest

import oncdisc.engines
from specs._yaml import load_yaml
from specs.json_schema import dataset_schema, study_schema
from specs.loader import STUDIES

FILES = sorted(STUDIES.glob("*/*/*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parts[-3]}-{p.stem}")
def test_the_files_that_ship_are_valid(path):
    assert oncdisc.engines.ENGINES
    jsonschema.validate(load_yaml(path), dataset_schema())


@pytest.mark.parametrize("path", sorted(STUDIES.glob("*/study.yaml")), ids=lambda p: p.parent.name)
def test_each_study_yaml_is_valid(path):
    faults = jsonschema.Draft202012Validator(study_schema()).iter_errors(load_yaml(path))
    assert [fault.message for fault in faults] == []


def test_a_misspelt_derivation_is_rejected():
    wrong = {"dataset": "DM", "records": [{"from": "dm"}], "variables": {"SEX": {"coppy": "SEX"}}}
    with pytest.raises(jsonschema.ValidationError, match="coppy"):
        jsonschema.validate(wrong, dataset_schema())
