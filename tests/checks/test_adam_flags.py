"""Analysis flags recomputed: what a flag's own use in the dataset says of it, and what its name says."""

from __future__ import annotations

from tests.checks.builders import found

VISITS = (
    "USUBJID PARAMCD AVISIT AVAL ANL01FL / 1 A W1 5 Y / 1 A W1 6 . / 2 A W1 5 Y / 2 A W1 7 . / 3 A W1 4 Y / 3 A W1 4"
)


def test_two_of_a_visit_are_flagged_where_elsewhere_one_is_chosen() -> None:
    assert found("analysis.flag_once", {"ADLB": f"{VISITS} Y"}) == ["ADLB.ANL01FL record 5", "ADLB.ANL01FL record 6"]
    assert found("analysis.flag_once", {"ADLB": f"{VISITS} ."}) == []


def test_a_flag_that_chooses_as_often_as_not_says_nothing() -> None:
    both = "USUBJID PARAMCD AVISIT AVAL ANL01FL / 1 A W1 5 Y / 1 A W1 6 . / 2 A W1 5 Y / 2 A W1 7 Y"
    assert found("analysis.flag_once", {"ADLB": both}) == []


def test_records_without_a_visit_are_no_visit() -> None:
    assert found("analysis.flag_once", {"ADLB": f"{VISITS} . / 4 A . 1 Y / 4 A . 2 Y"}) == []


def valued(number: int) -> str:
    return "".join(f" / {subject} A 5 Y" for subject in range(number))


def test_a_flagged_record_without_a_value_stands_out_among_many_that_have_one() -> None:
    head = "USUBJID PARAMCD AVAL ANL01FL"
    assert found("analysis.flag_value", {"ADLB": f"{head}{valued(11)} / 99 A . Y"}) == ["ADLB.ANL01FL record 12"]
    assert found("analysis.flag_value", {"ADLB": f"{head}{valued(10)} / 99 A . Y"}) == []
    assert found("analysis.flag_value", {"ADLB": f"{head}{valued(11)} / 99 B . Y"}) == [], "a parameter without values"


RESPONSES = (
    "USUBJID PARAMCD ADT AVALC ANL01FL / 1 OVR 2024-01-01 PD Y / 1 OVR 2024-02-01 SD . / 2 OVR 2024-01-01 iCPD Y"
    " / 2 OVR 2024-02-01 PD . / 3 OVR 2024-01-01 PD Y / 3 OVR 2024-02-01 PR"
)


def test_a_flag_that_ends_with_progression_goes_on_for_one_subject() -> None:
    assert found("analysis.flag_progression", {"ADRS": f"{RESPONSES} Y"}) == ["ADRS.ANL01FL record 6"]
    assert found("analysis.flag_progression", {"ADRS": f"{RESPONSES} ."}) == []


def test_a_flag_that_does_not_end_with_progression_may_go_on() -> None:
    goes_on = RESPONSES.replace("SD .", "SD Y") + " Y"
    assert found("analysis.flag_progression", {"ADRS": goes_on}) == []


def test_the_day_of_the_progression_itself_and_other_values_are_not_after_it() -> None:
    same_day = f"{RESPONSES} . / 3 OVR 2024-01-01 SD Y / 3 OVR 2024-03-01 NE Y"
    assert found("analysis.flag_progression", {"ADRS": same_day}) == []


EVENTS = "USUBJID AEBODSYS AEDECOD ASTDT AESEV TRTEMFL"


def test_occurrence_flags_are_once_a_subject_a_body_system_a_term() -> None:
    table = (
        f"{EVENTS} AOCCFL AOCCSFL AOCCPFL / 1 S a 2024-01-01 MILD Y Y Y Y / 1 S b 2024-01-02 MILD Y . . Y"
        " / 1 T a 2024-01-03 MILD Y . Y Y / 2 S a 2024-01-01 MILD Y Y Y Y"
    )
    assert found("analysis.occurrence_once", {"ADAE": table}) == []
    twice = table.replace("1 S b 2024-01-02 MILD Y . . Y", "1 S a 2024-01-02 MILD Y Y Y Y")
    assert len(found("analysis.occurrence_once", {"ADAE": twice})) == 6


def test_the_first_occurrence_is_the_earliest_of_the_treatment_emergent() -> None:
    head = f"{EVENTS} AOCCFL / 1 S a 2024-01-01 MILD . . / 1 S b 2024-01-03 MILD Y"
    assert found("analysis.occurrence_first", {"ADAE": f"{head} . / 1 S c 2024-01-02 MILD Y Y"}) == []
    assert found("analysis.occurrence_first", {"ADAE": f"{head} Y / 1 S c 2024-01-02 MILD Y ."}) == [
        "ADAE.AOCCFL record 2"
    ]
    assert found("analysis.occurrence_first", {"ADAE": f"{head} Y / 2 S c 2024-01-02 MILD Y ."}) == [
        "ADAE.AOCCFL record 3"
    ], "a subject whose first is not flagged"


def test_a_flag_on_events_that_are_not_treatment_emergent_counts_something_else() -> None:
    table = f"{EVENTS} AOCCFL / 1 S a 2024-01-02 MILD . Y / 1 S b 2024-01-01 MILD Y ."
    assert found("analysis.occurrence_first", {"ADAE": table}) == []


def test_the_most_severe_is_known_by_words_or_by_numbers() -> None:
    words = f"{EVENTS} AOCCIFL / 1 S a 2024-01-02 SEVERE Y {{}} / 1 S b 2024-01-01 MILD Y {{}}"
    assert found("analysis.occurrence_first", {"ADAE": words.format("Y", ".")}) == []
    assert found("analysis.occurrence_first", {"ADAE": words.format(".", "Y")}) == ["ADAE.AOCCIFL record 2"]
    grades = f"{EVENTS} ATOXGRN AOCCIFL / 1 S a 2024-01-02 SEVERE Y 2 . / 1 S b 2024-01-01 MILD Y 3 Y"
    assert found("analysis.occurrence_first", {"ADAE": grades}) == [], "the worst by one measure is enough"
