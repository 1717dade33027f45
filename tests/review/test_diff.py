"""Two builds of a small trial: what changed, for whom, and by which raw record."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import small_study
from small_trial import FILES

import oncdisc
from oncdisc.cli.main import run
from oncdisc.review.builds import BuildDifference, diff

DM = """
dataset: DM
records: [{from: dm, first: [USUBJID]}]
variables:
  SUBJID: {copy: SUBJ}
  RFSTDTC: {copy: START}
  SEX: {copy: SEX}
  DTHFL: {copy: DTH}
"""
ADSL = FILES["adam/adsl.yaml"] + "  DTHFL: {copy: DTHFL, label: Died, type: text}\n"
STUDY = {**FILES, "sdtm/dm.yaml": DM, "adam/adsl.yaml": ADSL}
BEFORE = {
    "dm.csv": "SUBJ,START,SEX,DTH\n1,2024-01-01,M,\n2,2024-01-05,F,\n10,2024-02-01,F,\n",
    "ae.csv": small_study.AE_CSV,
}


@pytest.fixture(scope="module")
def build(tmp_path_factory) -> Callable[..., Path]:
    folder = tmp_path_factory.mktemp("diff")
    small_study.write(folder / "study", STUDY)
    made: dict[tuple[tuple[str, str, str], ...], Path] = {}

    def make(*changes: tuple[str, str, str]) -> Path:
        """The build of the extract with some text of some files replaced."""
        if changes not in made:
            files = dict(BEFORE)
            for name, was, now in changes:
                assert was in files[name]
                files[name] = files[name].replace(was, now)
            place = folder / str(len(made))
            small_study.write(place / "raw", files)
            oncdisc.build(folder / "study", raw=place / "raw", out=place / "out")
            made[changes] = place / "out"
        return made[changes]

    return make


def kinds(found: BuildDifference) -> dict[str, list[str]]:
    return found.kinds


def causes(found: BuildDifference, dataset: str, parameter: str = "") -> list[str]:
    return [
        str(c)
        for change in found.changes
        for c in change.causes
        if (change.dataset, change.parameter) == (dataset, parameter)
    ]


def test_a_build_does_not_differ_from_itself(build):
    found = diff(build(), build())
    assert found.equal
    assert found.changes == ()
    assert run(["diff", str(build()), str(build())]) == 0


def test_a_moved_event_names_the_item_that_moved_it(build):
    found = diff(build(), build(("ae.csv", "04-Jan-2024", "09-Jan-2024")))
    change = next(c for c in found.changes if c.dataset == "ADTTE")
    assert (change.subject, change.kind) == ("ABC-2", "time changed")
    assert change.text == "event 2024-01-05 (Cough) → event 2024-01-09 (Cough)"
    assert [str(c) for c in change.causes] == ["ae.csv record 4 (RECID 4): DAT: 04-Jan-2024 → 09-Jan-2024"]


def test_an_event_that_comes_about_is_said(build):
    found = diff(build(), build(("ae.csv", "Headache", "Cough")))
    assert kinds(found)["now an event"] == ["ABC-1"]
    assert causes(found, "ADTTE", "TTAE") == ["ae.csv record 1 (RECID 1): TERM: Headache → Cough"]


def test_a_removed_record_is_the_cause_of_what_it_made(build):
    found = diff(build(), build(("ae.csv", "4,2,Y,Cough,04-Jan-2024,\n", "")))
    assert kinds(found)["no event any more"] == ["ABC-2"]
    assert "ae.csv record 4 (RECID 4) removed" in causes(found, "ADTTE", "TTAE")
    assert [(c.form, c.kind) for c in found.raw] == [("ae", "removed")]


def test_who_died_is_said_with_the_record(build):
    found = diff(build(), build(("dm.csv", "2024-02-01,F,", "2024-02-01,F,Y")))
    assert kinds(found)["died"] == ["ABC-10"]
    assert causes(found, "ADSL") == ["dm.csv record 3: DTH: (blank) → Y"]


def test_a_new_subject_is_said_once(build):
    found = diff(build(), build(("dm.csv", "10,2024", "11,2024-03-01,M,\n10,2024")))
    assert kinds(found)["new subject"] == ["ABC-11"]
    assert next(d for d in found.datasets if d.name == "ADSL").added == 1


def test_a_changed_record_that_no_endpoint_reads_changes_datasets_only(build):
    found = diff(build(), build(("ae.csv", "03-Jan-2024,\n", "03-Jan-2024,no\n")))
    assert [d.name for d in found.datasets] == ["SUPPAE"]
    assert found.changes == ()


def test_mere_numbering_is_counted_apart(build):
    found = diff(build(), build(("ae.csv", "3,2,Y,Nausea,UN-JAN-2024,yes\n", "")))
    ae = next(d for d in found.datasets if d.name == "AE")
    assert (ae.removed, ae.changed, ae.numbered) == (1, 0, {"AESEQ": 1})


def test_the_json_names_changes_and_causes(build, capsys, tmp_path):
    other = build(("ae.csv", "Headache", "Cough"))
    assert run(["diff", str(build()), str(other), "--json", "-", "--html", str(tmp_path / "d.html")]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["kinds"]["now an event"] == ["ABC-1"]
    change = next(c for c in said["changes"] if c["dataset"] == "ADTTE")
    assert change["causes"][0]["items"] == [{"item": "TERM", "before": "Headache", "after": "Cough"}]
    assert "Headache → Cough" in (tmp_path / "d.html").read_text()


def test_a_folder_that_is_no_build_is_wrong_usage(build, tmp_path):
    assert run(["diff", str(build()), str(tmp_path)]) == 2
