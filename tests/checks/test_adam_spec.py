"""Analysis data held against the study's spec, and records paired by their keys."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from oncdisc import checks, read_dataset, write_xpt
from oncdisc.checks.rederive import pairs
from oncdisc.engines import load_spec
from specs.columns import text

RULE = "analysis.recomputed"


def test_records_of_the_same_keys_are_paired_in_their_order(built: Path) -> None:
    adsl = load_spec(built.parent / "study").datasets["ADSL"]
    ours = pd.DataFrame({"STUDYID": text(["S"] * 3), "USUBJID": text(["1", "1", "3"])})
    theirs = pd.DataFrame({"STUDYID": text(["S"] * 4), "USUBJID": text(["2", "1", "1", "1"])})
    place, missing = pairs(adsl, ours, theirs)
    assert place.tolist() == [1, 2, -1]
    assert missing.tolist() == [0, 3]


@pytest.fixture
def out(built: Path, tmp_path: Path) -> Path:
    """A build of its own for a test that changes it."""
    return Path(shutil.copytree(built, tmp_path / "out"))


def test_a_build_is_what_its_spec_derives(built: Path) -> None:
    report = checks.check(built, only=[RULE], study=built.parent / "study")
    assert report.findings.rows() == []
    assert report.package.spec is not None


def test_what_is_delivered_but_not_derived_is_found(built: Path, out: Path) -> None:
    path = out / "analysis/adam/datasets/adsl.xpt"
    adsl = read_dataset(path)
    subject = adsl.frame["USUBJID"].iloc[0]
    changed = adsl.frame.assign(SUBJID=adsl.frame["SUBJID"].mask(adsl.frame["USUBJID"] == subject, "wrong"))
    write_xpt(changed, path, name="ADSL", label=adsl.label)
    rows = checks.check(out, only=[RULE], study=built.parent / "study").findings.rows()
    assert [(row.dataset, row.variable, row.usubjid, row.value) for row in rows] == [
        ("ADSL", "SUBJID", subject, "wrong")
    ]
    assert rows[0].message.startswith("the spec derives ")


def test_a_dataset_that_is_not_delivered_is_found(built: Path, out: Path) -> None:
    (out / "analysis/adam/datasets/adsl.xpt").unlink()
    rows = checks.check(out, only=[RULE], study=built.parent / "study").findings.rows()
    assert [(row.dataset, row.variable) for row in rows] == [("ADSL", "")]


def test_without_a_study_or_without_tabulations_nothing_is_derived(built: Path, out: Path) -> None:
    assert checks.check(out, only=[RULE]).findings.rows() == []
    shutil.rmtree(out / "tabulations")
    assert checks.check(out, only=[RULE], study=built.parent / "study").findings.rows() == []


def test_what_a_build_accepts_its_study_does_not_accept_once_more(built: Path, out: Path, tmp_path: Path) -> None:
    study = Path(shutil.copytree(built.parent / "study", tmp_path / "study"))
    place = checks.check(out).findings.counts()[-1]
    said = {name: place[name] for name in ("rule", "dataset", "variable")} | {"reason": "known"}
    with (study / "study.yaml").open("a") as file:
        file.write(f"accept: [{json.dumps(said)}]\n")
    record = json.loads((out / "build.json").read_text())
    (out / "build.json").write_text(json.dumps({**record, "accept": [said]}))
    report = checks.check(out, study=study)
    assert [item.count for item in report.accepted] == [place["count"]]
    assert not [row for row in report.findings.rows() if row.rule == "acceptance.unmatched"]
