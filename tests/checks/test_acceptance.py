"""Acceptances narrowed to values and records: what they explain, what stays open, what they explain that is not."""

from __future__ import annotations

import pandas as pd
import pytest
from pydantic import ValidationError

from oncdisc import checks
from specs.findings import Finding, Findings
from specs.models import Acceptance
from tests.checks.builders import package

RULE = "terminology.closed"
DM = {"DM": "USUBJID SEX COUNTRY / 1 Q USA / 2 R USA / 3 Q CAN"}


def settled(*accept: Acceptance) -> checks.Report:
    found = package(DM)
    return checks.settle(found, checks.run(found, [RULE], accept=accept), accept)


def opened(report: checks.Report) -> list[str]:
    return [row.usubjid for row in report.findings.rows() if row.rule == RULE]


def unmatched(report: checks.Report) -> list[str]:
    return [row.message for row in report.findings.rows() if row.rule == "acceptance.unmatched"]


def accepted(**narrowed: object) -> Acceptance:
    return Acceptance.model_validate({"rule": RULE, "dataset": "DM", "reason": "known", **narrowed})


def test_values_explain_the_findings_of_those_values_alone() -> None:
    report = settled(accepted(values=["Q"]))
    assert opened(report) == ["2"]
    assert [item.count for item in report.accepted] == [2]
    assert report.findings.count("error") == 1
    assert unmatched(report) == []


def test_a_condition_explains_the_findings_of_its_records_alone() -> None:
    report = settled(accepted(where={"COUNTRY": "USA"}))
    assert opened(report) == ["3"]


def test_values_and_a_condition_hold_together() -> None:
    assert opened(settled(accepted(values=["Q"], where={"COUNTRY": "USA"}))) == ["2", "3"]


def test_what_one_acceptance_leaves_open_another_may_explain() -> None:
    report = settled(accepted(values=["Q"]), accepted(values=["R"]))
    assert opened(report) == []
    assert [item.count for item in report.accepted] == [2, 1]


def test_a_value_that_nothing_was_found_for_is_reported() -> None:
    (said,) = unmatched(settled(accepted(values=["Q", "X"])))
    assert "for X," in said
    (said,) = unmatched(settled(accepted(values=["X"])))
    assert " for X" not in said, "none of it matches: said of the whole entry"


@pytest.mark.parametrize("where", [{"COUNTRY": "FRA"}, {"NOWHERE": "A"}])
def test_a_condition_that_no_record_meets_explains_nothing(where: dict[str, str]) -> None:
    report = settled(accepted(where=where))
    assert opened(report) == ["1", "2", "3"]
    assert len(unmatched(report)) == 1


def test_numbers_are_values_as_they_are_shown() -> None:
    found = package({"ADAE": "USUBJID ASEVN / 1 7 / 2 8"})
    accept = [Acceptance(rule="adam.278", reason="known", values=[7.0])]
    report = checks.settle(found, checks.run(found, ["adam.278"], accept=accept), accept)
    assert [row.value for row in report.findings.rows() if row.rule == "adam.278"] == ["8"]


def test_counts_are_exact_beyond_what_is_shown() -> None:
    frame = pd.DataFrame({"USUBJID": [str(n) for n in range(2500)], "SEX": ["Q", "R"] * 1250})
    found = checks.package_of({"DM": frame})
    accept = [accepted(values=["Q"])]
    report = checks.settle(found, checks.run(found, [RULE], accept=accept), accept)
    assert (report.findings.count("error"), report.accepted[0].count) == (1250, 1250)


def test_of_what_another_counted_and_did_not_show_nothing_is_explained() -> None:
    listed = [Finding("warning", "CORE-000001", "m", "DM", "SEX", value="Q", source="record 1")]
    findings = Findings()
    findings.add(listed, 5)
    accept = [Acceptance(rule="CORE-000001", reason="known", values=["Q"])]
    report = checks.settle(package(DM), findings, accept, "the engine")
    assert (report.findings.count("warning"), report.accepted[0].count) == (4, 1)


def test_a_condition_that_is_none_is_refused_with_the_reason() -> None:
    with pytest.raises(ValidationError, match="unknown comparator 'OVER'"):
        accepted(where={"AGE": {"OVER": 5}})


def test_where_it_is_accepted_is_said_in_words() -> None:
    (item,) = settled(accepted(variable="SEX", values=["Q"], where={"COUNTRY": "USA"})).accepted
    assert item.place.startswith("DM.SEX of Q where COUNTRY")
