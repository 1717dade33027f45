"""Text over 200 bytes: pieces at word ends, the first in the variable, the others beside it."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs.columns import TEXT
from specs.errors import SpecError
from specs.long_text import piece_names, split_long

DM = "dataset: DM\nrecords: [{from: dm, first: [USUBJID]}]\nvariables: {SUBJID: {copy: SUBJ}}"
AE = """
dataset: AE
keys: [STUDYID, USUBJID, AETERM]
records: [{from: ae}]
variables:
  AESEQ: {sequence: [AETERM]}
  AETERM: {copy: AETERM, long: 2}
"""
CO = """
dataset: CO
keys: [STUDYID, USUBJID, COSEQ]
records: [{from: ae}]
variables:
  COSEQ: {sequence: [COVAL]}
  COVAL: {copy: AETERM, long: 2}
  COEVAL: {constant: INVESTIGATOR}
"""
WORDS = " ".join(f"word{number:03}" for number in range(60))
LONG = {"SUBJ": ["1", "2"], "AETERM": ["Nausea", WORDS]}


def column(*values: str | None) -> pd.Series:
    return pd.Series(list(values), dtype=TEXT)


def shown(values: pd.Series) -> list[str | None]:
    return [None if pd.isna(value) else value for value in values]


def of(state, dataset, part, name):
    return shown(state.tables[dataset].sheet(part).columns[name])


def test_long_text_is_cut_at_word_ends() -> None:
    pieces = split_long(column("one two three four", "short", None), limit=9)
    assert shown(pieces.first) == ["one two", "short", None]
    assert pieces.rest.values.tolist() == [[0, 1, "three"], [0, 2, "four"]]


def test_a_word_longer_than_a_piece_is_cut_between_characters() -> None:
    pieces = split_long(column("é" * 5), limit=3)
    assert [*shown(pieces.first), *pieces.rest["text"]] == ["é"] * 5


def test_text_of_exactly_the_limit_stays_whole() -> None:
    pieces = split_long(column("x" * 200, "x" * 199 + "é"))
    assert shown(pieces.first) == ["x" * 200, "x" * 199]
    assert pieces.rest["text"].tolist() == ["é"]


def test_ten_megabytes_in_one_cell() -> None:
    pieces = split_long(column("word " * 2_000_000))
    assert len(pieces.rest) == 49_999
    assert pieces.rest["number"].iloc[-1] == 49_999


@given(st.text(alphabet=st.sampled_from("ab é\u4e16"), min_size=1), st.integers(4, 20))
def test_pieces_fit_and_lose_only_blanks_at_cuts(text: str, limit: int) -> None:
    pieces = split_long(column(text), limit=limit)
    parts = [part or "" for part in [*shown(pieces.first), *pieces.rest["text"].tolist()]]
    assert "".join(parts).replace(" ", "") == text.replace(" ", "")
    assert all(len(part.encode()) <= limit for part in parts)


def test_the_names_of_pieces_stay_within_eight_characters() -> None:
    assert piece_names("AETERM", 2) == ("AETERM1", "AETERM2")
    assert piece_names("AEREASND", 10)[8:] == ("AEREASN9", "AEREAS10")


def test_what_goes_on_is_in_supp_and_nothing_is_lost(study, run) -> None:
    spec = study(DM, AE, forms=("dm", "ae"))
    state = run(spec, dm={"SUBJ": ["1", "2"]}, ae=LONG)
    first = of(state, "AE", "ae", "AETERM")
    supp = state.tables["SUPPAE"]
    assert list(supp.sheets) == ["AETERM1", "AETERM2"]
    rest = [of(state, "SUPPAE", part, "QVAL") for part in supp.sheets]
    assert first[0] == "Nausea"
    assert [len(values) for values in rest] == [1, 1]
    assert " ".join([first[1], *rest[0], *rest[1]]) == WORDS
    assert of(state, "SUPPAE", "AETERM1", "QNAM") == ["AETERM1"]
    assert of(state, "SUPPAE", "AETERM1", "QLABEL") == ["Reported Term for the Adverse Event"]
    assert of(state, "SUPPAE", "AETERM1", "QORIG") == ["CRF"]
    assert of(state, "SUPPAE", "AETERM1", "IDVARVAL") == ["1"]
    assert state.findings.rows() == []


def test_a_comment_goes_on_in_variables_of_its_own(study, run) -> None:
    spec = study(DM, CO, forms=("dm", "ae"))
    assert "SUPPCO" not in spec.datasets
    names = list(spec.datasets["CO"].variables)
    assert names[names.index("COVAL") :] == ["COVAL", "COVAL1", "COVAL2", "COEVAL"]
    assert spec.datasets["CO"].variables["COVAL1"].standard
    state = run(spec, dm={"SUBJ": ["1", "2"]}, ae=LONG)
    pieces = [of(state, "CO", "ae", name) for name in ("COVAL", "COVAL1", "COVAL2")]
    assert [piece[0] for piece in pieces] == ["Nausea", None, None]
    assert " ".join(str(piece[1]) for piece in pieces) == WORDS


def test_more_text_than_the_spec_has_pieces_for_is_an_error_that_says_how_many(study, run) -> None:
    spec = study(DM, AE.replace("long: 2", "long: 1"), forms=("dm", "ae"))
    found = run(spec, dm={"SUBJ": ["1", "2"]}, ae=LONG).findings.rows()
    assert [(f.severity, f.rule, f.usubjid, f.source) for f in found] == [
        ("error", "value.length", "ABC-2", "ae.csv record 2")
    ]
    assert "the longest needs `long: 2`" in found[0].message


def test_long_text_of_a_variable_that_is_not_declared_is_cut_and_reported(study, run) -> None:
    spec = study(DM, AE.replace(", long: 2", ""), forms=("dm", "ae"))
    state = run(spec, dm={"SUBJ": ["1", "2"]}, ae=LONG)
    assert len(of(state, "AE", "ae", "AETERM")[1]) == 200
    assert "`long` would let it go on" in state.findings.rows()[0].message


def test_a_piece_never_takes_the_name_of_a_variable(study) -> None:
    with pytest.raises(SpecError, match="has the name of a variable; found AETERM1"):
        study(DM, AE + "  AETERM1: {copy: X, supp: true, label: Other, type: text}\n", forms=("dm", "ae"))


def test_adam_has_nowhere_for_text_to_go_on(study) -> None:
    adae = "dataset: ADAE\nlabel: AE\nstandard: ADAE\nrecords: [{from: AE}]\nkeys: [STUDYID, USUBJID]\n"
    adae += "variables: {AETERM: {copy: AETERM, long: 1}}"
    with pytest.raises(SpecError, match="only SDTM has somewhere for text to go on"):
        study(DM, AE, forms=("dm", "ae"), adam=(adae,))
