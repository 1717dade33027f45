"""YAML 1.2 scalars and line numbers."""

from __future__ import annotations

import pytest

from specs import _yaml
from specs.errors import SpecError


def load(tmp_path, text):
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    return _yaml.load_document(path)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("N", "N"), ("NO", "NO"), ("ON", "ON"), ("y", "y"), ("true", True), ("null", None), ("", None),
        ("12", 12), ("-3", -3), ("007", "007"), ("0", 0), ("1.5", 1.5), ("1e3", 1000.0), ("2024-03-01", "2024-03-01"),
        ("'12'", "12"), ("12:30", "12:30"), ("1_000", "1_000"), ("0x1F", "0x1F"),
    ],
)  # fmt: skip
def test_only_plain_numbers_and_true_false_are_more_than_text(tmp_path, text, value):
    assert load(tmp_path, f"a: {text}\n").data == {"a": value}


def test_every_key_and_item_knows_its_line(tmp_path):
    document = load(tmp_path, "a: 1\nb:\n  - c: 2\n  - d: 3\n")
    assert document.line(("a",)) == 1
    assert document.line(("b", 1, "d")) == 4
    assert document.line(("b", 0, "c", "deeper", "still")) == 3


def test_a_key_given_twice_is_a_problem_at_its_line(tmp_path):
    with pytest.raises(SpecError) as error:
        load(tmp_path, "a: 1\nb: 2\na: 3\n")
    assert [(p.line, p.message) for p in error.value.problems] == [(3, "key given twice")]


def test_an_error_of_its_syntax_is_a_problem_of_the_file(tmp_path):
    with pytest.raises(SpecError, match=r"a\.yaml:2:4: YAML: what a bracket or brace opens here is not closed"):
        load(tmp_path, "a: 1\nb: [1, 2\n")


def test_what_an_alias_repeats_stands_at_its_anchor(tmp_path):
    document = load(tmp_path, "a: &x {c: 1}\nb: *x\nd:\n  <<: *x\n  e: 2\n")
    assert document.origin(("b", "c")) == ("a", "c")
    assert document.origin(("d", "c")) == ("a", "c")
    assert document.origin(("d", "e")) == ("d", "e")
    assert document.line(document.origin(("b", "c", "deeper"))) == 1


def test_a_key_that_goes_before_a_merged_one_is_its_own(tmp_path):
    document = load(tmp_path, "a: &x {c: 1}\nb:\n  <<: *x\n  c: 2\n")
    assert document.data["b"] == {"c": 2}
    assert document.origin(("b", "c")) == ("b", "c")
    assert document.line(("b", "c")) == 4


def test_a_merge_key_takes_one_mapping(tmp_path):
    with pytest.raises(SpecError, match=r"a\.yaml:2: b\.<<: a merge key takes one mapping; expected <<: \*anchor"):
        load(tmp_path, "a: &x [1]\nb: {<<: *x}\n")


def test_an_anchor_is_merged_and_own_keys_win(tmp_path):
    data = load(tmp_path, "base: &b {x: 1, y: 2}\nmine: {<<: *b, y: 3}\n").data
    assert data["mine"] == {"x": 1, "y": 3}
