"""Keys from metadata and from the data."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from oncdisc.review import Options, compare_tables, define_keys, propose_keys
from tests.review.builders import table

SUBJECTS = ["1", "1", "2", "2"]


def test_one_identifier_is_enough() -> None:
    base = table(STUDYID=["S"] * 3, USUBJID=["1", "2", "3"], AGE=[50, 60, 70])
    assert propose_keys(base, base) == ("USUBJID",)


def test_the_smallest_unique_set_wins() -> None:
    base = table(USUBJID=SUBJECTS, PARAMCD=["A", "B"] * 2, AVISITN=[1, 1, 1, 2], AVAL=[1, 2, 3, 4])
    assert propose_keys(base, base) == ("USUBJID", "PARAMCD")


def test_a_set_must_be_unique_on_both_sides() -> None:
    base = table(USUBJID=SUBJECTS, PARAMCD=["A", "B"] * 2, AVISITN=[1, 2, 1, 2])
    compare = table(USUBJID=SUBJECTS, PARAMCD=["A", "A"] * 2, AVISITN=[1, 2, 1, 2])
    assert propose_keys(base, compare) == ("USUBJID", "AVISITN")


def test_the_set_that_pairs_most_rows_wins() -> None:
    base = table(USUBJID=SUBJECTS, AESEQ=[1, 2, 1, 2], AETERM=["a", "b", "c", "d"])
    compare = table(USUBJID=SUBJECTS, AESEQ=[3, 4, 5, 6], AETERM=["a", "b", "c", "d"])
    assert propose_keys(base, compare) == ("AETERM",)


def test_measured_values_are_no_keys() -> None:
    base = table(AVAL=[1, 2, 3], CHG=[4, 5, 6])
    assert propose_keys(base, base) == ()


def test_by_variables_count_towards_uniqueness() -> None:
    base = table(USUBJID=SUBJECTS, PARAMCD=["A", "B"] * 2, AVAL=[1, 2, 3, 4])
    assert propose_keys(base, base, by=("USUBJID",)) == ("PARAMCD",)


def test_a_sample_that_is_unique_does_not_hide_later_duplicates() -> None:
    rows = 25_000
    subjects = pd.Series([f"{number:05d}" for number in range(rows)], dtype=str)
    subjects.iloc[-1] = subjects.iloc[-2]
    sequence = pd.Series([1.0] * (rows - 1) + [2.0])
    base = table(USUBJID=subjects, AESEQ=sequence)
    compare = compare_tables(base, base)
    assert compare.keys == ()  # AESEQ is constant in the sample, so it was no candidate
    assert "by position" in compare.warnings[0]


def test_metadata_go_before_the_data() -> None:
    base = table(metadata_keys=("USUBJID", "AESEQ"), USUBJID=SUBJECTS, AESEQ=[1, 2, 1, 2], AETERM=list("abcd"))
    found = compare_tables(base, base)
    assert found.keys == ("USUBJID", "AESEQ")
    assert found.pairing == "by USUBJID, AESEQ (from the metadata)"
    assert found.warnings == ()


def test_a_proposal_is_told_as_one() -> None:
    base = table(USUBJID=["1", "2"], X=[1, 2])
    assert compare_tables(base, base).warnings == (
        "no keys were given: rows are paired by USUBJID (proposed from the data)",
    )
    assert compare_tables(base, base, Options(keys=("USUBJID",))).warnings == ()


DEFINE = """<?xml version="1.0"?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"><Study OID="S"><MetaDataVersion OID="M">
<ItemGroupDef OID="IG.AE" Name="AE">
<ItemRef ItemOID="IT.AE.AESEQ" KeySequence="2"/><ItemRef ItemOID="IT.AE.AETERM"/>
<ItemRef ItemOID="IT.AE.USUBJID" KeySequence="1"/></ItemGroupDef>
<ItemGroupDef OID="IG.TS" Name="TS"><ItemRef ItemOID="IT.AE.AETERM"/></ItemGroupDef>
<ItemDef OID="IT.AE.AESEQ" Name="AESEQ"/><ItemDef OID="IT.AE.AETERM" Name="AETERM"/>
<ItemDef OID="IT.AE.USUBJID" Name="USUBJID"/>
</MetaDataVersion></Study></ODM>
"""


def test_keys_of_a_define_xml_in_their_sequence(tmp_path: Path) -> None:
    path = tmp_path / "define.xml"
    path.write_text(DEFINE, encoding="utf-8")
    assert define_keys(path) == {"AE": ("USUBJID", "AESEQ")}
