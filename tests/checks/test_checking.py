"""Running rules: what may be asked for, and the published rules that findings carry."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from oncdisc import checks
from specs.errors import UsageError
from specs.models import Acceptance
from tests.checks.builders import package

HGB = ["HGB Hemoglobin g/L"] * 3 + ["HGB Sodium g/L"] + ["SODIUM Sodium mmol/L"] * 2
LAB = {"LB": "LBTESTCD LBTEST LBSTRESU / " + " / ".join(HGB)}
VISITS = {"VS": "VISITNUM VISIT / 1 Day~1 / 1 Day~1 / 1 Day~2"}


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("nosuch", "families are .*terminology"),
        ("terminolgy", "near: terminology"),
        ("terminology.one_to_on", "near: terminology.one_to_one"),
        ("FB0901", "near: terminology.one_to_one"),
    ],
    ids=["nothing-near", "family", "id", "published"],
)
def test_a_rule_that_there_is_not_is_refused_with_what_is_near(asked: str, hint: str):
    with pytest.raises(UsageError, match=f"--rule {asked}: found no such rule or family of rules; {hint}"):
        checks.run(package(LAB), [asked])


def test_an_unknown_rule_is_refused_before_the_folder_is_read():
    with pytest.raises(UsageError, match="--rule nosuch"):
        checks.check("no/such/folder", only=["nosuch"])


def test_one_wrong_cell_is_one_record_both_ways():
    found = checks.run(package(LAB), ["terminology.one_to_one"]).rows()
    assert [(item.variable, item.value, item.message) for item in found] == [
        ("LBTEST", "Sodium", "HGB goes with Hemoglobin in 3 records, with Sodium in 1"),
        ("LBTESTCD", "HGB", "Sodium goes with SODIUM in 2 records, with HGB in 1"),
    ]


def test_a_unit_that_few_records_of_a_test_have_is_the_one_reported():
    unit = {"LB": "LBTESTCD LBSTRESU / HGB g/dL / HGB g/L / HGB g/L / ALT U/L"}
    (found,) = checks.run(package(unit), ["results.one_unit"]).rows()
    assert (found.value, found.message) == ("g/dL", "HGB goes with g/L in 2 records, with g/dL in 1")


def test_a_pair_of_code_and_name_has_its_own_published_rules():
    (visit, *_) = checks.run(package(VISITS), ["terminology.one_to_one"]).rows()
    assert (visit.variable, visit.published) == ("VISIT", "CG0035, FB0919, FDA SD0051, FDA SD0052")
    assert {item.published for item in checks.run(package(LAB), ["terminology.one_to_one"]).rows()} == {
        "FB0901, FDA SD0040, FDA SD1043"
    }


def test_an_arm_that_the_design_lacks_has_the_rule_of_its_variable():
    arms = {"TA": "ARMCD ARM / A Alpha", "DM": "USUBJID ARMCD ARM / S1 A Beta", "TV": "ARMCD / B"}
    found = checks.run(package(arms), ["trial.arm"]).rows()
    assert [(item.dataset, item.variable, item.published) for item in found] == [
        ("DM", "ARM", "CG0518"),
        ("TV", "ARMCD", "CG0293"),
    ]


def test_an_acceptance_by_published_rule_takes_its_own_pair_alone():
    data = package({**VISITS, **LAB})
    accept = [Acceptance(rule="FB0919", reason="the visits are named so")]
    report = checks.checking.settle(data, checks.run(data, ["terminology.one_to_one"]), accept, whole=False)
    assert [item.count for item in report.accepted] == [1]
    assert {item.dataset for item in report.findings.rows()} == {"LB"}


def test_planned_repeats_each_have_a_baseline():
    alike = "USUBJID EGTESTCD EGREPNUM EGLOBXFL / S1 QT {} Y / S1 QT {} Y"
    counted = [
        checks.run(package({"EG": alike.format(*repeats)}), ["results.baseline_once"]).count("warning")
        for repeats in ((1, 2), (1, 1))
    ]
    assert counted == [0, 2]


def published(rule: str, table: str) -> dict[str, str]:
    """The public rules of each finding, by the parameter that its message begins with."""
    findings = checks.run(package({"TS": f"TSPARMCD TSVAL TSVCDREF / {table}"}), [rule]).rows()
    return {item.message.partition(":")[0]: item.published for item in findings}


def test_a_parameter_of_the_trial_summary_has_its_own_published_rules():
    said = published("trial.summary_form", "AGEMIN old . / PLANSUB many . / FCNTRY CN . / MNFCNTRY CN .")
    assert said["AGEMIN"] == "CG0438, FDA SD1217"
    assert said["PLANSUB"] == "CG0440, FDA SD1221"
    assert said["FCNTRY"] == "CG0456, FDA SD1323"
    assert said["MNFCNTRY"] == "", "no published rule speaks of it"


def test_a_rule_of_all_parameters_is_of_each():
    said = published("trial.summary_parameters", "AGEMIN P18Y .")
    assert said["no parameter AGEMAX"] == "CG0287, FDA SD2202"


def test_a_group_of_findings_has_the_published_rules_of_all():
    found = package({"TS": "TSPARMCD TSVAL / AGEMIN old / PLANSUB many"})
    (group,) = checks.report.groups(checks.settle(found, checks.run(found, ["trial.summary_form"]), []))
    assert group.published == "CG0438, FDA SD1217, CG0440, FDA SD1221"


def test_one_file_is_asked_for_no_other_dataset(built: Path):
    (path,) = (built / "tabulations").rglob("ae.xpt")
    report = checks.check(path)
    assert list(report.package.datasets) == ["AE"]
    asked = {row.rule for row in report.findings.rows() if checks.all_rules()[row.rule].among_others}
    assert asked == set()
    assert {row.dataset for row in report.findings.rows()} <= {"AE", "define.xml"}


def test_the_datasets_that_a_folder_lacks_are_one_finding_that_names_them(built: Path, tmp_path: Path):
    folder = Path(shutil.copytree(next((built / "tabulations").rglob("define.xml")).parent, tmp_path / "sdtm"))
    there = sorted(path.stem.upper() for path in folder.glob("*.xpt"))
    for name in there[1:]:
        (folder / f"{name.lower()}.xpt").unlink()
    (said,) = checks.check(folder, only=["define.described"]).findings.rows()
    assert said.dataset == "define.xml"
    assert [name for name in there[1:] if name not in said.message] == []
