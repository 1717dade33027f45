"""Each word of the language run by the engine on a few records: its values and what it reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from specs.errors import SpecError
from specs.interpreter import Interpreter
from specs.resolved import Spec

AE = """
dataset: AE
keys: [STUDYID, USUBJID, AETERM]
records: [{{from: ae}}]
variables:
  AETERM: {{copy: TERM}}
  {name}: {{{word}}}
"""
MAPS = """
maps:
  severity: {Awful: SEVERE, Not asked: null}
codelists:
  DRUG: {name: Study drug, terms: {SEL: Selinexor, ADE: Adebrelimab}}
"""

Study = Callable[..., Spec]
Run = Callable[..., Interpreter]


def shown(values: pd.Series) -> list[object]:
    return [None if pd.isna(value) else value for value in values]


@pytest.fixture
def derive(study: Study, run: Run) -> Callable[..., tuple[list[object], list[tuple[str, str, str]]]]:
    """Derive one AE variable; gives its values, and rule, value and source of each finding about it."""

    def build(name: str, word: str, **columns: list[object]) -> tuple[list[object], list[tuple[str, str, str]]]:
        spec = study(AE.format(name=name, word=word), forms=("ae",), extra=MAPS)
        forms = {"ae": spec.study.raw.forms["ae"].model_copy(update={"dates": ["DD-MMM-YYYY"], "times": ["HH:MM"]})}
        raw = spec.study.raw.model_copy(update={"forms": forms, "dates": ["YYYY-MM-DD"], "extracted": "2024-06-30"})
        spec = replace(spec, study=spec.study.model_copy(update={"raw": raw}))
        rows = len(next(iter(columns.values())))
        terms = [f"T{row}" for row in range(rows)]
        state = run(spec, ae={"SUBJ": ["1"] * rows, "TERM": terms, **columns})
        found = [(f.rule, f.value, f.source) for f in state.findings.rows() if f.variable == name]
        return shown(state.column("AE", "*", name)), found

    return build


def test_datetime_reads_the_formats_of_the_form_and_reports_what_is_none(derive) -> None:
    values, found = derive(
        "AESTDTC",
        "datetime: {date: DAT, time: TIM}",
        DAT=["26-Dec-2013", "UN-MAR-2024", "12/26/2013", "30-Feb-2014", "01-Jan-2014"],
        TIM=["7:25", None, None, "10:00", "25:00"],
    )
    assert values == ["2013-12-26T07:25", "2024-03", None, None, "2014-01-01"]
    assert found == [
        ("value.date", "12/26/2013", "ae.csv record 3"),
        ("value.date", "30-Feb-2014 10:00", "ae.csv record 4"),
        ("value.date", "01-Jan-2014 25:00", "ae.csv record 5"),
    ]


def test_datetime_by_formats_of_its_own(derive) -> None:
    values, found = derive("AESTDTC", "datetime: {date: DAT, formats: [MM/DD/YYYY]}", DAT=["12/26/2013"])
    assert (values, found) == (["2013-12-26"], [])


def test_datetime_from_parts(derive) -> None:
    values, found = derive(
        "AESTDTC", "datetime: {year: Y, month: M, day: D, time: T}", Y=["2024", "2024"], M=["MAR", "13"], D=["UN", "1"],
        T=["10:00", None],
    )  # fmt: skip
    assert values == ["2024-03--T10:00", None]
    assert found == [("value.date", "2024 13 1", "ae.csv record 2")]


def test_a_date_after_the_extract_is_kept_and_reported(derive) -> None:
    values, found = derive("AESTDTC", "datetime: DAT", DAT=["01-Jul-2024", "30-Jun-2024", "UN-JUN-2024"])
    assert values == ["2024-07-01", "2024-06-30", "2024-06"]
    assert found == [("value.future", "01-Jul-2024", "ae.csv record 1")]


@pytest.mark.parametrize(
    "arguments", ["{date: DAT, year: Y}", "{}", "{date: DAT, day: D}", "{date: DAT, formats: [x]}"]
)
def test_datetime_arguments_that_make_no_sense(study: Study, arguments: str) -> None:
    with pytest.raises(SpecError):
        study(AE.format(name="AESTDTC", word=f"datetime: {arguments}"), forms=("ae",))


def test_term_maps_by_the_studys_map_then_by_terms_and_synonyms(derive) -> None:
    values, found = derive(
        "AESEV", "term: {from: SEV, map: severity}", SEV=["Awful", "mild ", "2", "Not asked", "so so", None]
    )
    assert values == ["SEVERE", "MILD", "MODERATE", None, None, None]
    assert found == [("value.term", "so so", "ae.csv record 5")]


def test_term_that_may_be_extended_keeps_what_it_does_not_know(derive) -> None:
    values, found = derive(
        "AEROUTE", "term: {from: R, codelist: ROUTE}, label: Route, type: text", R=["oral", "By owl"]
    )
    assert values == ["ORAL", "By owl"]
    assert found == [("value.term", "By owl", "ae.csv record 2")]


def test_term_of_the_study(derive) -> None:
    values, found = derive(
        "AEDRUG", "term: {from: D, codelist: DRUG}, label: Drug, type: text", D=["selinexor", "ADE", "aspirin"]
    )
    assert values == ["SEL", "ADE", None]
    assert [rule for rule, _, _ in found] == ["value.term"]


def test_term_with_a_map_that_is_not_there(derive) -> None:
    with pytest.raises(SpecError, match=r"0\.yaml:7: AE\.AESEV: study\.yaml has no map of that name; found sevrity"):
        derive("AESEV", "term: {from: SEV, map: sevrity}", SEV=["x"])


def test_term_with_nothing_to_map_by(derive) -> None:
    with pytest.raises(SpecError, match=r"0\.yaml:7: .*a codelist or a map is needed"):
        derive("AEMODIFY", "term: SEV", SEV=["x"])


def test_decode_gives_the_names_of_codes(derive) -> None:
    values, found = derive("AELOC", "decode: {from: D, codelist: DRUG}, codelist: DRUG", D=["SEL", "XXX", None])
    assert values == ["Selinexor", None, None]
    assert found == [("value.term", "XXX", "ae.csv record 2")]
    assert derive("AELOC", "decode: {from: D, codelist: VSTESTCD}", D=["SYSBP"])[0] == ["Systolic Blood Pressure"]


def test_convert_to_a_number(derive) -> None:
    values, found = derive(
        "AEDOSE", "convert: {value: V, unit: {column: U}, to: cm, digits: 2}, label: Height, type: float",
        V=["58", "<5", "10", None], U=["in", "in", "furlong", "in"],
    )  # fmt: skip
    assert values == [147.32, None, None, None]
    assert found == [("value.unit", "furlong", "ae.csv record 3"), ("value.number", "<5", "ae.csv record 2")]


def test_convert_to_text_keeps_what_is_no_number(derive) -> None:
    values, found = derive(
        "AERES",
        "convert: {value: V, unit: mg/dL, to: mmol/L, digits: 2, factors: {mg/dL: 0.0555}}, label: Result, type: text",
        V=["100", "<5", "119.00"],
    )
    assert values == ["5.55", "<5", "6.6"]
    assert found == []


def test_duration_from_number_and_unit(derive) -> None:
    values, found = derive("AEDUR", "iso_duration: {number: N, unit: {column: U}}", N=["3", "x"], U=["days", "days"])
    assert values == ["P3D", None]
    assert found == [("value.duration", "x", "ae.csv record 2")]


def test_duration_between_dates(derive) -> None:
    values, _ = derive("AEDUR", "iso_duration: {start: A, end: B}", A=["2024-01-01"], B=["2024-01-15"])
    assert values == ["P14D"]


def test_text_words(derive) -> None:
    assert derive("AELOC", "concatenate: {columns: [A, B], separator: '; '}", A=["x", "y"], B=["z", None])[0] == [
        "x; z",
        "y",
    ]
    assert derive("AELOC", "substring: {column: A, start: 5}", A=["701-1015"])[0] == ["1015"]
    assert derive("AELOC", "upper: A", A=["left"])[0] == ["LEFT"]


def test_pattern_reports_text_without_a_match(derive) -> None:
    values, found = derive("AESPID", r"pattern: {column: A, pattern: '#(?P<n>\d+)'}", A=["AE #12", "none"])
    assert (values, found) == (["12", None], [("value.pattern", "none", "ae.csv record 2")])
    assert derive("AESPID", r"pattern: {column: A, pattern: '\d+', optional: true}", A=["none"]) == ([None], [])


def test_a_pattern_that_cannot_be_read_is_a_fault_of_the_spec(study: Study) -> None:
    with pytest.raises(SpecError, match="can't be read"):
        study(AE.format(name="AESPID", word="pattern: {column: A, pattern: '('}"), forms=("ae",))


def test_sentences(study: Study) -> None:
    words = {
        "datetime: {date: DAT, time: TIM}": "DAT, TIM in ISO 8601, as complete as collected",
        "term: {from: SEV, map: severity}": "SEV mapped to its submission value by severity",
        "iso_duration: {start: A, end: B}": "Time from A to B as an ISO 8601 duration",
        "substring: {column: A, start: 2, length: 3}": "Characters 2 to 4 of A",
    }
    for word, sentence in words.items():
        spec = study(AE.format(name="AESPID", word=word), forms=("ae",), extra=MAPS)
        (part,) = spec.datasets["AE"].slices.values()
        assert part.assignments["AESPID"].bound.sentence() == sentence


def test_an_age_that_a_partial_date_leaves_open_is_missing_and_reported(derive) -> None:
    values, found = derive(
        "AESTDY",
        "age: {birth: BORN, at: SEEN}",
        BORN=["1960-03"] * 2 + [None],
        SEEN=["2024-02-29", "2024-03-20", "2024"],
    )
    assert values == [63, None, None]
    assert found == [("value.age", "1960-03", "ae.csv record 2")]
