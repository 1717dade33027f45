"""The example study's design, and what the simulator makes of a design that is not whole."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

import specs
from oncdisc.trial import DesignError, simulate
from oncdisc.trial.design import read_design
from oncdisc.trial.forms import forms_of
from specs._yaml import load_yaml

STUDY = Path(specs.__file__).parent / "studies" / "es_sclc" / "study.yaml"


@pytest.fixture(scope="module")
def study() -> dict[str, Any]:
    return load_yaml(STUDY)


def test_assessment_visits_are_what_the_schedule_says(study: dict[str, Any]) -> None:
    schedule = study["design"]["assessments"]
    day, planned = 0, []
    while True:
        day += int(schedule["every_days"] if day < int(schedule["until_day"]) else schedule["then_every_days"])
        if day > 735:
            break
        planned.append(day)
    assert list(read_design(study).planned_days) == planned
    assert planned[:6] == [42, 84, 126, 168, 231, 294]


def test_each_visit_has_one_number_name_instance_and_folder(study: dict[str, Any]) -> None:
    visits = study["design"]["visits"]
    for key in ("VISITNUM", "VISIT", "instance", "folder"):
        values = [visit[key] for visit in visits]
        assert len(set(values)) == len(values), key
    assert all(len(str(visit["VISIT"])) <= 40 for visit in visits)


def test_visits_of_a_planned_day_sort_by_number(study: dict[str, Any]) -> None:
    days = [(float(v["VISITNUM"]), int(v["VISITDY"])) for v in study["design"]["visits"] if "VISITDY" in v]
    assert [day for _, day in sorted(days)] == sorted(day for _, day in days)


def test_study_declares_exactly_the_forms_that_are_written(study: dict[str, Any]) -> None:
    design = read_design(study)
    forms = forms_of(
        {code: drug.name for code, drug in design.drugs.items()},
        {code: drug.form for code, drug in design.drugs.items()},
    )
    declared = study["raw"]["forms"]
    assert {name: form["file"] for name, form in declared.items()} == {name: f"{name}.csv" for name in forms}
    assert {name: form["label"] for name, form in declared.items()} == {name: f.page for name, f in forms.items()}


def test_arms_name_known_elements_and_epochs(study: dict[str, Any]) -> None:
    design = study["design"]
    elements = {element["ETCD"] for element in design["elements"]}
    for arm in design["arms"]:
        assert {element["ETCD"] for element in arm["elements"]} <= elements
        assert {element["EPOCH"] for element in arm["elements"]} <= set(design["epochs"])


def test_maps_hold_terminology_where_the_codelist_is_closed(study: dict[str, Any], shared: Path) -> None:
    terms: dict[str, set[str]] = {}
    lines = (shared / "reference" / "ct-sdtm-2025-03-28.csv").read_text(encoding="utf-8").splitlines()
    for line in lines[1:]:
        fields = line.split(",")
        terms.setdefault(fields[1], set()).update(fields[5:6])
    assert set(study["maps"]["outcome"].values()) <= terms["OUT"]
    assert set(study["maps"]["action"].values()) <= terms["ACN"]


def test_missing_key_is_named(study: dict[str, Any]) -> None:
    broken = copy.deepcopy(study)
    del broken["design"]["sites"]
    with pytest.raises(DesignError, match="'sites'"):
        read_design(broken)


def test_arm_with_an_unknown_drug_is_named(study: dict[str, Any]) -> None:
    broken = copy.deepcopy(study)
    broken["design"]["arms"][0]["drugs"] = ["sel", "xyz"]
    with pytest.raises(DesignError, match="SAN: no drug xyz"):
        read_design(broken)


def test_a_date_that_is_none_is_a_design_error(study: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(DesignError, match="2025-13-01"):
        simulate({**study, "cutoff": "2025-13-01"}, tmp_path / "raw")
