"""A define.xml against the datasets beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from define.agreement import HeldDataset, HeldVariable, disagreements
from define.model import Document

ADTTE = HeldDataset(
    name="ADTTE",
    label="Time to Event Analysis",
    records=2,
    variables=(
        HeldVariable("USUBJID", "Unique Subject Identifier", True, 20),
        HeldVariable("PARAMCD", "Parameter Code", True, 8),
        HeldVariable("AVAL", "Analysis Value", False, 8),
        HeldVariable("SITEX", "Site Group", True, 4),
    ),
    values={"PARAMCD": {"PFS", "OS"}, "SITEX": ["A"]},
)


def said(document: Document, *datasets: HeldDataset) -> list[str]:
    return [str(one) for one in disagreements(document, datasets)]


def test_what_agrees_is_silent_and_a_dataset_without_data_may_be_absent(example: Document) -> None:
    assert said(example, ADTTE) == []


def test_datasets_are_compared_both_ways(example: Document) -> None:
    assert said(example, replace(ADTTE, name="ADRS")) == [
        "ADTTE: is in the define.xml, but there is no such dataset",
        "ADRS: is a dataset, but not in the define.xml",
    ]


def test_variables_are_compared_both_ways(example: Document) -> None:
    other = HeldVariable("ADT", "Analysis Date", False, 8)
    assert said(example, replace(ADTTE, variables=(*ADTTE.variables[:3], other))) == [
        "ADTTE.SITEX: is in the define.xml, but not in the dataset",
        "ADTTE.ADT: is in the dataset, but not in the define.xml",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": "Code"}, "ADTTE.PARAMCD: the label is “Parameter Code”, in the dataset “Code”"),
        ({"length": 200}, "ADTTE.PARAMCD: the length is 8, in the dataset 200"),
        ({"is_text": False}, "ADTTE.PARAMCD: the type is text, in the dataset number"),
    ],
)
def test_label_length_and_type(example: Document, change: dict[str, object], message: str) -> None:
    changed = replace(ADTTE.variables[1], **change)
    variables = (ADTTE.variables[0], changed, *ADTTE.variables[2:])
    assert said(example, replace(ADTTE, variables=variables)) == [message]


def test_another_order_is_said_once(example: Document) -> None:
    assert said(example, replace(ADTTE, variables=ADTTE.variables[::-1])) == [
        "ADTTE: the variables stand in another order in the dataset"
    ]


def test_values_outside_the_codelist_are_named_and_a_dictionary_allows_any(example: Document) -> None:
    assert said(example, replace(ADTTE, values={"PARAMCD": ["DOR", "PFS"]})) == [
        "ADTTE.PARAMCD: DOR not in the codelist Parameter Code"
    ]
    adae = HeldDataset(
        name="ADAE",
        label="Adverse Events Analysis",
        records=0,
        variables=(HeldVariable("AEDECOD", "Preferred Term", True, 40),),
        values={"AEDECOD": ["Headache"]},
    )
    assert said(example, ADTTE, adae) == []


def test_records_where_there_should_be_none_are_counted(example: Document) -> None:
    adae = HeldDataset("ADAE", "Adverse Events Analysis", 1200, (HeldVariable("AEDECOD", "Preferred Term", True, 40),))
    assert said(example, ADTTE, adae) == ["ADAE: is said to have no data, but has 1,200 records"]
