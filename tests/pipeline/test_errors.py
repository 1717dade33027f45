"""What goes wrong in real extracts: each fault is found, named with its record, and the rest is built."""

from __future__ import annotations

import json

import pandas as pd
import pyreadstat
import pytest
from small_study import AE, AE_CSV, DM, DM_CSV, STUDY

import oncdisc
from oncdisc import DataError


def build(small, **files):
    """Build the small study with some of its files replaced: `ae_yaml`, `dm_yaml`, `study_yaml`, `ae`, `dm`."""
    places = {"ae_yaml": "study/sdtm/ae.yaml", "dm_yaml": "study/sdtm/dm.yaml", "study_yaml": "study/study.yaml"}
    places |= {"ae": "raw/ae.csv", "dm": "raw/dm.csv"}
    for name, content in files.items():
        path = small / places[name]
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return oncdisc.build(small / "study", raw=small / "raw", out=small / "out")


def found(result, rule):
    """The findings of a rule: severity, variable, subject, value, source."""
    return [(f.severity, f.variable, f.usubjid, f.value, f.source) for f in result.findings.rows() if f.rule == rule]


def message(result, rule):
    return next(f.message for f in result.findings.rows() if f.rule == rule)


def terms(small):
    return pyreadstat.read_xport(small / "out/tabulations/sdtm/ae.xpt")[0]["AETERM"].tolist()


def test_a_term_outside_a_codelist_that_cannot_be_extended(small):
    result = build(small, dm=DM_CSV.replace("02-01,F", "02-01,Q"))
    assert found(result, "schema.codelist")[0] == ("error", "SEX", "ABC-10", "Q", "dm.csv record 3")
    assert message(result, "schema.codelist") == "not a term of the codelist C66731, which can't be extended"
    assert result.rows["DM"] == 3


def test_a_country_that_is_none_of_iso_3166(small):
    dm_yaml = DM + "  COUNTRY: {copy: LAND}\n"
    dm = DM_CSV.replace("SEX\n", "SEX,LAND\n").replace("M\n", "M,USA\n").replace("F\n", "F,US\n", 1)
    result = build(small, dm_yaml=dm_yaml, dm=dm.replace("02-01,F\n", "02-01,F,ROU\n"))
    assert found(result, "schema.country") == [("error", "COUNTRY", "ABC-2", "US", "dm.csv record 1")]
    assert "three letters of ISO 3166-1" in message(result, "schema.country")


def test_a_collected_text_that_no_map_and_no_term_knows(small):
    result = build(small, dm=DM_CSV.replace("02-01,F", "02-01,Q"), dm_yaml=DM.replace("{copy: SEX}", "{term: SEX}"))
    assert ("error", "SEX", "ABC-10", "Q", "dm.csv record 3") in found(result, "value.term")


def test_two_rows_with_the_same_keys(small):
    result = build(small, ae=AE_CSV + "6,2,Y,Cough,04-Jan-2024,\n")
    places = {("error", "", "ABC-2", "", f"ae.csv record {record}") for record in (4, 6)}
    assert set(found(result, "schema.keys")) == places
    assert message(result, "schema.keys") == ("another record has the same keys: STUDYID, USUBJID, AETERM, AESTDTC")
    assert result.rows["AE"] == 5, "both stay: which one is right is for people"


def test_a_date_after_the_extract(small):
    study = STUDY.replace("  subjects: dm\n", '  subjects: dm\n  extracted: "2024-03-01"\n')
    result = build(small, study_yaml=study, ae=AE_CSV.replace("03-Jan-2024", "02-Mar-2024"))
    assert found(result, "value.future") == [("warning", "AESTDTC", "ABC-1", "02-Mar-2024", "ae.csv record 1")]
    assert message(result, "value.future") == "a date after 2024-03-01, the date of the extract"


@pytest.mark.parametrize(("end", "wrong"), [("02-Jan-2024", True), ("UN-JAN-2024", False), ("03-Jan-2024", False)])
def test_an_end_before_the_start(small, end, wrong):
    ae = AE_CSV.replace("HOME\n", "HOME,END\n").replace("03-Jan-2024,", f"03-Jan-2024,,{end}")
    ae = "\n".join(line if line.count(",") == 6 else f"{line}," for line in ae.strip().split("\n")) + "\n"
    result = build(small, ae=ae, ae_yaml=AE + "  AEENDTC: {datetime: END}\n")
    expected = [("error", "AEENDTC", "ABC-1", "2024-01-02", "ae.csv record 1")] if wrong else []
    assert found(result, "dates.order") == expected
    assert result.rows["AE"] == 4


def test_a_join_that_would_multiply_records(small):
    result = build(
        small,
        ae_yaml=AE + "  AESPID: {lookup: {from: visits, value: PAGE, by: {DAT: DAT}}}\n",
        study_yaml=STUDY + "    visits: {file: visits.csv}\n",
    )
    assert found(result, "input.form"), "without the form there is nothing to join"
    (small / "raw/visits.csv").write_text("SUBJ,DAT,PAGE\n1,03-Jan-2024,4\n1,03-Jan-2024,5\n10,01-Feb-2024,6\n")
    result = build(small)
    assert found(result, "lookup.multiple") == [("error", "AESPID", "ABC-1", "4", "ae.csv record 1")]
    assert message(result, "lookup.multiple") == (
        "visits.csv record 1 and visits.csv record 2 match: PAGE is taken from the first"
    )
    assert result.rows["AE"] == 4, "no record is made twice"


def test_of_many_records_that_a_join_matches_the_first_are_named(small):
    (small / "raw/visits.csv").write_text("SUBJ,DAT,PAGE\n10,,9\n" + "1,03-Jan-2024,4\n" * 5)
    result = build(
        small,
        ae_yaml=AE + "  AESPID: {lookup: {from: visits, value: PAGE, by: {DAT: DAT}}}\n",
        study_yaml=STUDY + "    visits: {file: visits.csv}\n",
    )
    assert message(result, "lookup.multiple") == (
        "visits.csv record 2, visits.csv record 3, visits.csv record 4 and 2 more match: PAGE is taken from the first"
    )


def test_a_value_by_subject_of_which_a_subject_has_two(small):
    result = build(
        small, ae_yaml=AE + "  AESPID: {copy: dm.SITE}\n", dm="SUBJ,START,SEX,SITE\n1,,M,7\n1,,M,8\n2,,F,9\n"
    )
    assert ("error", "SITE", "ABC-1", "", "dm.csv record 2") in found(result, "lookup.multiple")
    assert message(result, "lookup.multiple").startswith("dm.csv record 1 and dm.csv record 2 differ in SITE")


def test_a_visit_that_the_design_does_not_know(small):
    visits = "design: {visits: [{VISITNUM: 1, VISIT: SCREENING, instance: Screening}]}\n"
    ae = AE_CSV.replace(",yes", ",Week 99").replace("03-Jan-2024,", "03-Jan-2024,Screening")
    result = build(
        small, study_yaml=STUDY + visits, ae=ae, ae_yaml=AE + "  VISITNUM: {visit: {instance: HOME, give: VISITNUM}}\n"
    )
    assert found(result, "visit.unknown") == [
        ("error", "VISITNUM", "ABC-10", "Week 99", "ae.csv record 5"),
        ("error", "VISITNUM", "ABC-2", "Week 99", "ae.csv record 3"),
    ]
    assert message(result, "visit.unknown") == "a visit that the trial's design does not know"


def test_a_required_variable_left_empty(small):
    result = build(small, ae=AE_CSV.replace("Cough", ""))
    assert found(result, "schema.required") == [("error", "AETERM", "ABC-2", "", "ae.csv record 4")]
    assert result.rows["AE"] == 4


def test_a_null_character_is_left_out_and_named(small):
    result = build(small, ae=AE_CSV.replace("Cough", "Co\0ugh"))
    assert found(result, "value.null") == [("error", "AETERM", "ABC-2", "Co\0ugh", "ae.csv record 4")]
    assert "Cough" in terms(small)


def test_a_column_that_has_the_name_of_the_record_number(small):
    result = build(small, ae=AE_CSV.replace("TERM", "_record", 1))
    assert "a column _record: expected another name" in message(result, "input.unreadable")


def excluded(small, form):
    forms = json.loads((small / "out/build.json").read_text())["reconciliation"]["forms"]
    return next((account["read"], account["excluded"]) for account in forms if account["form"] == form)


@pytest.mark.parametrize("later", ["Fall", '"Fall"'])
def test_a_quotation_mark_left_open_costs_no_record_in_silence(small, later):
    result = build(small, ae=AE_CSV.replace("Nausea", '"Nausea').replace("Fall", later) + "6,2,Y,Rash,04-Jan-2024,\n")
    last = 6 if later == '"Fall"' else 7
    assert [(s, source) for s, *_, source in found(result, "input.ragged")] == [("error", "ae.csv record 3")]
    assert message(result, "input.ragged") == (
        "a quotation mark that opens on line 4 is not closed where its value ends, so lines 4 to "
        f"{last} are read as one record: it is left out; close the mark on its line, or take it out, and these lines "
        "are records again"
    )
    assert excluded(small, "ae") == (6, {"open quotation mark": last - 3}), "each line is accounted for"
    assert terms(small) == ["Headache", *(["Rash"] if last == 6 else [])]


def test_an_extract_in_another_encoding_than_declared(small):
    latin = AE_CSV.replace("Cough", "Übelkeit").encode("cp1252")
    result = build(small, ae=latin)
    assert result.exit_status == 1
    text = message(result, "input.unreadable")
    assert "ae.csv, line 5: found the byte 0xDC at offset" in text
    assert "cp1252" in text, "it says what may be declared"
    study = STUDY.replace("key: [RECID]", "key: [RECID], encoding: cp1252").replace("raw:", "encoding: utf-8\nraw:", 1)
    assert build(small, study_yaml=study).exit_status == 0
    assert "Übelkeit" in terms(small)


def test_an_extract_in_utf_16_without_a_mark_declared_as_something_else(small):
    study = STUDY.replace("key: [RECID]", "key: [RECID], encoding: cp1252")
    result = build(small, study_yaml=study, ae=AE_CSV.encode("utf-16-le"))
    assert message(result, "input.unreadable") == (
        "ae.csv, line 1: found a null byte at every second place, as utf-16-le text has; "
        "expected cp1252 text, or `encoding: utf-16-le` declared for the form"
    )
    assert build(small, study_yaml=STUDY).exit_status == 0, "without a declaration it is found out"


def test_ten_megabytes_of_text_in_one_cell(small):
    huge = AE_CSV.replace("Cough", '"' + "word, " * 1_700_000 + '"')
    result = build(small, ae=huge)
    assert [(s, v, u, source) for s, v, u, _, source in found(result, "value.length")] == [
        ("error", "AETERM", "ABC-2", "ae.csv record 4")
    ]
    assert all(len(finding.value) <= 200 for finding in result.findings.rows()), "a report is read by people"
    assert max(map(len, terms(small))) == 200, "what a transport file holds"
    assert result.rows["AE"] == 4


@pytest.mark.parametrize("form", ["ae", "dm"])
def test_an_empty_file(small, form):
    if form == "dm":
        with pytest.raises(DataError, match=r"dm\.csv.*an empty file; expected column names and records"):
            build(small, dm=b"")
        return
    result = build(small, ae=b"")
    assert "ae.csv: found an empty file; expected column names and records" in message(result, "input.unreadable")
    assert (result.exit_status, result.rows["DM"], result.not_built["AE"]) == (1, 3, ["ae"])


def test_records_that_are_equal_without_a_key_are_told_and_kept(small):
    study = STUDY.replace(", key: [RECID]", "")
    again = AE_CSV + "3,2,Y,Nausea,UN-JAN-2024,yes\n" * 2 + "3,2,Y,Nausea,UN-JAN-2024,no\n"
    result = build(small, study_yaml=study, ae=again)
    assert found(result, "input.repeated") == [
        ("warning", "", "ABC-2", "", "ae.csv record 6"),
        ("warning", "", "ABC-2", "", "ae.csv record 7"),
    ]
    assert "kept, since study.yaml declares no `key`" in message(result, "input.repeated")
    assert result.rows["AE"] == 7
    first = AE.replace('{from: ae, where: {AEYN: "Y"}}', '{from: ae, where: {AEYN: "Y"}, first: [RECID]}')
    assert found(build(small, ae_yaml=first), "input.repeated") == [], "declared: one record of each"
    result = build(small, study_yaml=STUDY, ae_yaml=AE)
    assert len(found(result, "input.duplicate")) == 2
    assert not found(result, "input.repeated")


@pytest.mark.parametrize(("name", "differ"), [("ABC-1", False), ("XYZ-1", True)])
def test_a_column_of_the_extract_that_is_called_usubjid(small, name, differ):
    lines = AE_CSV.strip().split("\n")
    given = ["USUBJID", name, "", *["ABC-2"] * 2, "ABC-10"]
    result = build(small, ae="".join(f"{line},{own}\n" for line, own in zip(lines, given, strict=True)))
    assert found(result, "input.usubjid") == (
        [("warning", "", "ABC-1", "XYZ-1", "ae.csv record 1")] if differ else []
    ), "a missing one is no other"
    assert found(result, "input.unused") == [("info", "USUBJID", "", "", "ae.csv")]
    assert "`usubjid` of study.yaml makes it" in message(result, "input.unused")


def test_columns_of_the_extract_that_are_called_studyid_and_domain_are_unused(small):
    lines = AE_CSV.strip().split("\n")
    given = ["STUDYID,DOMAIN", *["XYZ,QQ"] * 5]
    result = build(small, ae="".join(f"{line},{own}\n" for line, own in zip(lines, given, strict=True)))
    assert [place[1] for place in found(result, "input.unused")] == ["DOMAIN", "STUDYID"]


def test_a_usubjid_that_the_study_takes_as_it_is(small):
    study = STUDY.replace("subject: SUBJ", "subject: USUBJID").replace("ABC-{subject}", "{subject}")
    dm = DM.replace("{copy: SUBJ}", "{copy: USUBJID}")
    files = {"ae": AE_CSV.replace("SUBJ", "USUBJID"), "dm": DM_CSV.replace("SUBJ", "USUBJID")}
    result = build(small, study_yaml=study, dm_yaml=dm, **files)
    assert (result.rows["DM"], found(result, "input.usubjid"), found(result, "input.unused")) == (3, [], [])


@pytest.mark.slow
def test_one_bad_row_among_a_million(small):
    rows = 1_000_000
    numbers = pd.Series(range(1, rows + 1))
    frame = pd.DataFrame({
        "RECID": numbers, "SUBJ": (numbers % 3).map({0: "1", 1: "2", 2: "10"}), "AEYN": "Y",
        "TERM": "Event " + numbers.astype(str), "DAT": "03-Jan-2024", "HOME": "",
    })  # fmt: skip
    frame.loc[765_431, "DAT"] = "31-Feb-2024"
    text = frame.to_csv(index=False).replace("\n500001,", "\n500001,one,field,too,many,")
    result = build(small, ae=text)
    assert [(s, v, value, source) for s, v, _, value, source in found(result, "value.date")] == [
        ("error", "AESTDTC", "31-Feb-2024", "ae.csv record 765432")
    ]
    assert found(result, "input.ragged")[0][4] == "ae.csv record 500001"
    assert result.rows["AE"] == rows - 1
    assert result.findings.count("error") == 2
