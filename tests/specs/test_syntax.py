"""Syntax errors of YAML in plain words, with line, column and the line itself."""

from __future__ import annotations

import pytest

from specs import _yaml
from specs.errors import SpecError


def problem(tmp_path, text):
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as error:
        _yaml.load_document(path)
    (found,) = error.value.problems
    return (found.line, found.column, found.found), found.message, str(found)


def test_one_blank_too_many_is_said_of_the_line(tmp_path):
    place, message, text = problem(tmp_path, "variables:\n  A: {copy: B}\n   B: {copy: C}\n")
    assert place == (3, 4, "B: {copy: C}")
    assert "blanks before it too many or too few" in message
    assert text.startswith("a.yaml:3:4: YAML: the line does not stand under those beside it")


def test_one_blank_too_few_is_said_of_the_line(tmp_path):
    place, message, _ = problem(tmp_path, "variables:\n   A: 1\n  B: 2\n")
    assert place == (3, 3, "B: 2")
    assert "blanks before it too many or too few" in message


@pytest.mark.parametrize("text", ["v:\n\ta: 1\n", "v:\n  a: 1\n\tb: 1\n"])
def test_a_tab_is_called_one(tmp_path, text):
    place, message, _ = problem(tmp_path, text)
    assert place[0] == text.count("\n")
    assert message == "a tab: YAML is indented with blanks only"


def test_a_character_that_begins_no_text_is_no_tab(tmp_path):
    place, message, _ = problem(tmp_path, "v: @x\n")
    assert place == (1, 4, "v: @x")
    assert "quotation marks" in message


@pytest.mark.parametrize(("text", "column"), [("a: [1, 2\nb: 3\n", 4), ("b: {c: 1\nd: 2\n", 4)])
def test_an_open_bracket_is_named_where_it_opens(tmp_path, text, column):
    place, message, _ = problem(tmp_path, text)
    assert place == (1, column, text.splitlines()[0])
    assert "is not closed" in message


def test_an_open_quotation_mark_is_named_where_it_opens(tmp_path):
    place, message, _ = problem(tmp_path, 'a: 1\nb: "abc\nc: 1\n')
    assert place == (2, 4, 'b: "abc')
    assert message == "the quotation mark that opens here is not closed"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("l: a: b\n", "a second colon"),
        ("a: *b\n", "no anchor of this name"),
        ("a: 1\n---\nb: 1\n", "a second document"),
        ("a: 1\nbcd\nc: 2\n", "a key without its colon"),
        ("a: \x01\n", "a character that no YAML file may hold"),
    ],
)
def test_other_faults_of_syntax_in_words(tmp_path, text, words):
    assert words in problem(tmp_path, text)[1]
