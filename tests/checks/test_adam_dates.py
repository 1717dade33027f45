"""Analysis dates against collected ones, values against their source, treatments by period."""

from __future__ import annotations

import pandas as pd
import pytest

from oncdisc import checks
from specs.columns import text
from tests.checks.builders import found

HEAD = "USUBJID AETERM AESTDTC ASTDT ASTDTF"


@pytest.mark.parametrize(
    ("collected", "analysed", "flag", "date_wrong", "flag_wrong"),
    [
        ("2024-03-05", "2024-03-05", ".", False, False),
        ("2024-03-05T08:30", "2024-03-05", ".", False, False),
        ("2024-03-05", "2024-03-06", ".", True, False),
        ("2024-03-05", "2024-03-05", "D", False, True),
        ("2024-03", "2024-03-31", "D", False, False),
        ("2024-03", "2024-04-01", "D", True, False),
        ("2024-03", "2024-03-01", ".", False, True),
        ("2024", "2024-12-31", "M", False, False),
        ("2024", "2024-12-31", "D", False, True),
        ("2024---05", "2024-12-31", "M", False, False),
        (".", "2024-12-31", "Y", False, False),
    ],
)
def test_an_analysis_date_keeps_what_was_collected_and_flags_what_was_not(
    collected: str, analysed: str, flag: str, date_wrong: bool, flag_wrong: bool
) -> None:
    table = {"ADAE": f"{HEAD} / 1 x {collected} {analysed} {flag}"}
    assert bool(found("analysis.collected", table)) == date_wrong
    assert bool(found("analysis.imputed_part", table)) == flag_wrong


def test_dates_of_two_collected_variables_are_nobodys() -> None:
    table = "USUBJID AETERM AESTDTC CMSTDTC ASTDT / 1 x 2024-03-05 2024-03-05 2024-03-06"
    assert found("analysis.collected", {"ADAE": table}) == []


def adtr(moved: int = -1) -> dict[str, pd.DataFrame]:
    """Twelve diameters, one of them not as it was measured."""
    number = pd.Series(range(1, 13), dtype=float)
    subject, parameter = text(["1"] * 12), text(["DIAM"] * 12)
    adtr = {"USUBJID": subject, "PARAMCD": parameter, "AVAL": number * 2 + (number == moved), "SRCSEQ": number}
    adtr |= {"SRCDOM": text(["TR"] * 12), "SRCVAR": text(["TRSTRESN"] * 12)}
    return {
        "TR": pd.DataFrame({"USUBJID": subject, "TRSEQ": number, "TRSTRESN": number * 2}),
        "ADTR": pd.DataFrame(adtr),
    }


def test_a_value_is_its_sources_where_the_parameters_others_are() -> None:
    frames = adtr(moved=3)
    assert [row.source for row in checks.run(checks.package_of(frames), ["sources.value"]).rows()] == ["record 3"]
    assert checks.run(checks.package_of(adtr()), ["sources.value"]).rows() == []
    frames["ADTR"] = frames["ADTR"].iloc[:8].reset_index(drop=True)
    assert checks.run(checks.package_of(frames), ["sources.value"]).rows() == [], "too few to say so"


def test_a_sequence_number_of_a_split_domain_is_in_one_of_its_parts() -> None:
    parts = {"QSPH": "USUBJID QSSEQ QSTESTCD / 1 1 A", "QSCG": "USUBJID QSSEQ QSTESTCD / 1 2 B"}
    adqs = "USUBJID PARAMCD AVAL QSSEQ QSTESTCD / 1 X 5 1 A / 1 X 5 2 {} / 1 X 5 {} ."
    assert found("sources.copied", {**parts, "ADQS": adqs.format("B", ".")}) == []
    assert found("sources.copied", {**parts, "ADQS": adqs.format("C", ".")}) == ["ADQS.QSTESTCD record 2"]
    assert found("sources.sequence", {**parts, "ADQS": adqs.format("B", "3")}) == ["ADQS.QSSEQ record 3"]


def test_treatments_of_a_period_are_that_periods() -> None:
    adsl = {"ADSL": "USUBJID TRT01P TRT02P / 1 A B"}
    head = "USUBJID PARAMCD AVAL APERIOD TRTP / 1 X 1 1 A / 1 X 1 3 A / 1 X 1 2"
    assert found("analysis.treatment_period", {**adsl, "ADLB": f"{head} B"}) == []
    assert found("analysis.treatment_period", {**adsl, "ADLB": f"{head} A"}) == ["ADLB.TRTP record 3"]
    assert found("analysis.treatment", {**adsl, "ADLB": f"{head} A"}) == [], "it is one of ADSL's"


def test_a_parameter_with_treatments_is_no_occurrence() -> None:
    table = {"ADEX": "USUBJID PARAMCD AVAL EXTRT / 1 DOSE 5 X"}
    assert found("adam.252", table) == found("adam.254b", table) == []
    assert found("adam.252", {"ADCM": "USUBJID AVAL CMTRT / 1 5 X"}) == ["ADCM.AVAL"]


def test_days_of_a_duration_count_the_first_as_most_of_them_do() -> None:
    head = (
        "USUBJID AETERM ASTDT AENDT ADURN ADURU / 1 x 2024-03-01 2024-03-03 {} DAYS / 1 x 2024-03-01 2024-03-01 {} DAYS"
    )
    third = " / 1 x 2024-03-01 2024-03-02 {} DAYS"
    assert found("analysis.duration", {"ADAE": (head + third).format(3, 1, 2)}) == []
    assert found("analysis.duration", {"ADAE": (head + third).format(2, 0, 1)}) == []
    assert found("analysis.duration", {"ADAE": (head + third).format(3, 1, 1)}) == ["ADAE.ADURN record 3"]


def test_a_relative_day_of_any_date_counts_from_one_date_of_adsl() -> None:
    adsl = {"ADSL": "USUBJID TRTSDT / 1 2024-03-01"}
    head = "USUBJID PARAMCD AVAL XDT XDY / 1 A 1 2024-03-01 1 / 1 A 1 2024-02-29 -1 / 1 A 1 2024-03-05"
    assert found("analysis.relative_day", {**adsl, "ADLB": f"{head} 5"}) == []
    assert found("analysis.relative_day", {**adsl, "ADLB": f"{head} 4"}) == ["ADLB.XDY record 3"]
