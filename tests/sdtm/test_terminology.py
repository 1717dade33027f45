from __future__ import annotations

import pandas as pd

from sdtm.terminology import map_terms
from specs.columns import TEXT

SEX = {"f": "F", "female": "F", "m": "M", "male": "M"}


def column(*values: str | None) -> pd.Series:
    return pd.Series(list(values), dtype=TEXT)


def by_codelist(text: str) -> str | None:
    return SEX.get(text.lower())


def shown(values: pd.Series) -> list[str | None]:
    return [None if pd.isna(value) else value for value in values]


def test_terms_of_the_codelist_whatever_their_case_and_blanks() -> None:
    mapped = map_terms(column("Female", " male ", "F", None), find=by_codelist)
    assert shown(mapped.values) == ["F", "M", "F", None]
    assert not mapped.failed.any()


def test_the_study_map_goes_before_the_codelist() -> None:
    mapped = map_terms(column("Male", "woman"), {"male": "U", "Woman": "F"}, by_codelist)
    assert shown(mapped.values) == ["U", "F"]


def test_a_map_distinguishes_case_where_it_lists_both() -> None:
    mapped = map_terms(column("us", "US", "Us"), {"uS": "x", "us": "micro", "US": "ultrasound"})
    assert shown(mapped.values) == ["micro", "ultrasound", "x"]


def test_a_text_mapped_to_nothing_is_missing_and_has_not_failed() -> None:
    mapped = map_terms(column("Not asked"), {"Not asked": None}, by_codelist)
    assert (shown(mapped.values), mapped.failed.tolist()) == ([None], [False])


def test_a_term_outside_a_closed_codelist_is_missing_and_has_failed() -> None:
    mapped = map_terms(column("Femal", "F"), find=by_codelist)
    assert (shown(mapped.values), mapped.failed.tolist()) == ([None, "F"], [True, False])


def test_a_term_outside_an_extensible_codelist_stays_as_collected_and_is_known_as_such() -> None:
    mapped = map_terms(column(" Intersex ", "F"), find=by_codelist, extensible=True)
    assert (shown(mapped.values), mapped.failed.tolist()) == (["Intersex", "F"], [True, False])


def test_a_map_alone_is_closed() -> None:
    mapped = map_terms(column("Mild", "Awful"), {"Mild": "MILD"})
    assert (shown(mapped.values), mapped.failed.tolist()) == (["MILD", None], [False, True])


def test_each_distinct_text_is_looked_up_once() -> None:
    asked: list[str] = []

    def find(text: str) -> str | None:
        asked.append(text)
        return "X"

    map_terms(column("a", "b", "a", "a", None), find=find)
    assert asked == ["a", "b"]


def test_no_rows_and_nothing_collected() -> None:
    assert len(map_terms(column(), find=by_codelist).values) == 0
    assert map_terms(column(None, "  "), find=by_codelist).failed.tolist() == [False, False]
