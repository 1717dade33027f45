"""What differences have in common, in words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncdisc.review.arrow import large_text
from oncdisc.review.operands import Operands, Scale
from oncdisc.review.patterns import MOST_EXAMINED, find_patterns
from oncdisc.transport import special_missing

NAN = float("nan")
JAN_1_2020 = 21915.0  # SAS day number


def text(*pairs: tuple[str | None, str | None]) -> Operands:
    return Operands(large_text([x for x, _ in pairs]), large_text([y for _, y in pairs]))


def number(*pairs: tuple[float, float], scale: Scale = "") -> Operands:
    return Operands(np.array([x for x, _ in pairs]), np.array([y for _, y in pairs]), scale)


SENTENCES = {
    "upper case": (text(("a", "A"), ("Bc", "BC")), "upper_case", "all 2 are upper case in compare"),
    "upper case in base": (
        text(("A", "a"), ("BC", "Bc")), "upper_case_in_base", "all 2 are upper case in base",
    ),
    "lower case": (text(("Ab", "ab"), ("Cd", "cd")), "lower_case", "all 2 are lower case in compare"),
    "trailing blank": (
        text(("a", "a "), ("b", "b  ")), "trailing_blanks", "all 2 differ by trailing blanks",
    ),
    "leading blank": (text(("a", " a"), ("b", " b")), "leading_blanks", "all 2 differ by leading blanks"),
    "inner blanks": (text(("a b", "a  b"), ("ab", "a b")), "blanks", "all 2 differ only by blanks"),
    "one day, as text": (
        text(("2020-02-28", "2020-02-29"), ("2019-12-31", "2020-01-01")),
        "days", "all 2 differ by one day (compare is later)",
    ),
    "one day, as numbers": (
        number((JAN_1_2020, JAN_1_2020 - 1), (JAN_1_2020 + 9, JAN_1_2020 + 8), scale="date"),
        "days", "all 2 differ by one day (compare is earlier)",
    ),
    "a single date": (
        number((JAN_1_2020, JAN_1_2020 + 7), scale="date"),
        "days", "the only one differs by 7 days (compare is later)",
    ),
    "day and month": (
        text(("2020-05-04", "2020-04-05"), ("2020-02-01", "2020-01-02")),
        "day_and_month", "all 2 have day and month swapped",
    ),
    "less precise": (
        text(("2020-05-04", "2020-05"), ("2020-05-04", "2020")),
        "less_precise", "all 2 are less precise in compare",
    ),
    "time of day": (
        number((86400.0 * JAN_1_2020, 86400.0 * JAN_1_2020 + 60), scale="datetime"),
        "time_of_day", "the only one has another time on the same day",
    ),
    "recoded": (
        text(("M", "Male"), ("M", "Male"), ("M", "Male")), "recoded", "all 3 are 'Male' where base has 'M'",
    ),
    "same number": (
        text(("1.0", "1"), ("007", "7.00")), "same_number", "all 2 are the same number, written otherwise",
    ),
    "punctuation": (text(("5 mg", "5-MG"), ("a.", "A")), "punctuation", "all 2 differ only by punctuation and case"),
    "encoding": (text(("naïve", "naive"), ("é", "e")), "encoding", "all 2 differ only in letters beyond ASCII"),
    "cut": (
        text(("Adverse event", "Adverse e"), ("Adverse ending", "Adverse e")),
        "truncated", "all 2 are cut after 9 bytes in compare",
    ),
    "missing": (text(("a", None), ("b", None)), "missing_in_compare", "all 2 are missing in compare"),
    "missing in base": (number((NAN, 1.0), (NAN, 3.0)), "missing_in_base", "all 2 are missing in base"),
    "special missing": (
        number((special_missing("A"), NAN)), "special_missing", "the only one is missing with another letter",
    ),
    "noise": (number((0.1 + 0.2, 0.3), (1.0, 1.0 + 2**-52)), "noise", "all 2 differ only by floating-point noise"),
    "sign": (number((1.0, -1.0), (5.0, -5.0)), "sign", "all 2 have the opposite sign"),
    "rounded": (
        number((1.2345, 1.23), (9.876, 9.88)), "rounded_in_compare", "all 2 are rounded to 2 decimals in compare",
    ),
    "constant difference": (
        number((1.0, 11.0), (2.0, 12.0)), "difference", "all 2 are greater by 10 in compare",
    ),
    "constant factor": (
        number((1.0, 1000.0), (2.5, 2500.0)), "factor", "all 2 are 1000 times the base's value in compare",
    ),
    "constant divisor": (
        number((12.0, 1.0), (30.0, 2.5)), "factor", "all 2 are the base's value divided by 12 in compare",
    ),
    "one value for another": (
        number((99.0, 4.0), (99.0, 4.0)), "recoded", "all 2 are 4 where base has 99",
    ),
    "nothing in common": (
        number((1.0, 5.0), (2.0, 100.0), (3.0, 7.7)), "other", "all 3 differ without a common pattern",
    ),
    "one alone": (text(("a", "b")), "other", "the only difference"),
}  # fmt: skip


@pytest.mark.parametrize("case", SENTENCES)
def test_sentence_of_hand_worked_pairs(case: str) -> None:
    pairs, code, sentence = SENTENCES[case]
    found = find_patterns(pairs)
    assert [(pattern.code, pattern.sentence) for pattern in found] == [(code, sentence)]


def test_each_pair_belongs_to_one_pattern_and_the_largest_comes_first() -> None:
    found = find_patterns(text(("a", None), ("b", "B"), ("c", "C"), ("x", "y")))
    assert [(pattern.sentence, pattern.members.tolist()) for pattern in found] == [
        ("2 of 4 are upper case in compare", [1, 2]),
        ("1 of 4 is missing in compare", [0]),
        ("1 of 4 differs without a common pattern", [3]),
    ]


def test_a_day_that_does_not_exist_is_no_date() -> None:
    assert [p.code for p in find_patterns(text(("2021-02-29", "2021-02-28")))] == ["other"]


def test_of_very_many_differences_a_sample_is_examined_and_told() -> None:
    count = MOST_EXAMINED + 50_000
    values = np.arange(count, dtype=np.float64)
    (found,) = find_patterns(Operands(values, values + 1))
    assert found.sentence == "all 100,000 are greater by 1 in compare (a sample of 150,000 differences)"
    assert found.members[[0, -1]].tolist() == [0, count - 1]


texts = st.one_of(st.none(), st.text(st.sampled_from("aB -1.0é/2"), max_size=6), st.dates().map(str))


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=25))
def test_every_text_pair_is_in_exactly_one_pattern(pairs: list[tuple[str | None, str | None]]) -> None:
    members = np.concatenate([pattern.members for pattern in find_patterns(text(*pairs))])
    assert sorted(members.tolist()) == list(range(len(pairs)))


floats = st.one_of(st.floats(), st.integers(-50, 50).map(float))


@given(
    st.lists(st.tuples(floats, floats), min_size=1, max_size=25),
    st.sampled_from(["", "date", "datetime", "time"]),
)
def test_every_number_pair_is_in_exactly_one_pattern(pairs: list[tuple[float, float]], scale: Scale) -> None:
    members = np.concatenate([pattern.members for pattern in find_patterns(number(*pairs, scale=scale))])
    assert sorted(members.tolist()) == list(range(len(pairs)))
