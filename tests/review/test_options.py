"""Methods, criteria and leniencies as they are written."""

from __future__ import annotations

import pytest

from oncdisc.review import Leniency, Method, OptionError, Tolerance, parse_leniencies, parse_tolerances, tolerance


def test_neither_method_nor_criterion_is_exact() -> None:
    assert tolerance() == Tolerance(Method.EXACT)


def test_a_criterion_alone_is_relative() -> None:
    assert tolerance(None, 1e-8) == Tolerance(Method.RELATIVE, 1e-8)


@pytest.mark.parametrize("method", [Method.ABSOLUTE, Method.RELATIVE, Method.PERCENT])
def test_a_method_alone_has_the_criterion_one_hundred_thousandth(method: Method) -> None:
    assert tolerance(method.value) == Tolerance(method, 0.00001)


def test_a_negative_criterion_is_a_multiple_of_the_machines_precision() -> None:
    assert tolerance("absolute", -1000).gamma == 1000 * 2**-52


def test_methods_may_be_shortened_and_in_any_case() -> None:
    assert tolerance("REL").method is Method.RELATIVE


@pytest.mark.parametrize(
    ("method", "criterion", "delta", "words"),
    [
        ("closest", None, 0.0, "expected one of exact, absolute"),
        ("exact", 0.1, 0.0, "takes no criterion"),
        ("relative", 0.1, 2.0, "from 0 to 1"),
        ("relative", 0.1, -0.1, "from 0 to 1"),
    ],
)
def test_what_means_nothing_is_refused(method: str, criterion: float | None, delta: float, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        tolerance(method, criterion, delta)


def test_written_for_all_and_for_single_variables() -> None:
    for_all, single = parse_tolerances(["relative(0.5):1e-8", "aval=absolute:0.01", "CHG=exact"], 0.25)
    assert for_all == Tolerance(Method.RELATIVE, 1e-8, 0.5)
    assert single == {"AVAL": Tolerance(Method.ABSOLUTE, 0.01), "CHG": Tolerance()}


def test_a_written_method_without_its_own_takes_the_common_criterion() -> None:
    assert parse_tolerances(["percent"], 0.25) == (Tolerance(Method.PERCENT, 0.25), {})
    assert parse_tolerances([], 0.25) == (Tolerance(Method.RELATIVE, 0.25), {})


@pytest.mark.parametrize("written", ["relative:", "AVAL=", "=absolute", "relative(x):1", "absolute:little"])
def test_what_is_written_wrong_is_refused(written: str) -> None:
    with pytest.raises(OptionError, match="found"):
        parse_tolerances([written])


def test_leniencies_by_name() -> None:
    assert parse_leniencies(["Case", "dates"]) == {Leniency.CASE, Leniency.DATES}
    with pytest.raises(OptionError, match="found the leniency colour; expected one of case"):
        parse_leniencies(["colour"])


@pytest.mark.parametrize(
    ("given", "words"),
    [(Tolerance(), "exact"), (Tolerance(Method.RELATIVE, 1e-8, 0.5), "relative(0.5) 1e-08")],
)
def test_tolerance_in_words(given: Tolerance, words: str) -> None:
    assert str(given) == words
