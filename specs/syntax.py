"""YAML's syntax errors in plain words: what is wrong with the line, not which token the parser was waiting for."""

from __future__ import annotations

import yaml

from specs.errors import Problem

_TAB = "a tab: YAML is indented with blanks only"
_INDENTATION = (
    "the line does not stand under those beside it: blanks before it too many or too few, or text after a closing mark"
)
_COLON = "a second colon: a text that holds `: ` needs quotation marks; or the line is indented too far"
_BRACKET = "what a bracket or brace opens here is not closed, or a comma is missing in it"
_QUOTE = "the quotation mark that opens here is not closed"
_BEGINNING = "no text may begin with this character: put the text in quotation marks"
_WORDS = {
    "did not find expected key": _INDENTATION,
    "did not find expected '-' indicator": _INDENTATION,
    "did not find expected <document start>": _INDENTATION,
    "mapping values are not allowed in this context": _COLON,
    "block sequence entries are not allowed in this context": "a list item begins on a line of its own",
    "did not find expected ',' or '}'": _BRACKET,
    "did not find expected ',' or ']'": _BRACKET,
    "did not find expected node content": _BRACKET,
    "found unexpected end of stream": _QUOTE,
    "found character that cannot start any token": _BEGINNING,
    "found undefined alias": "no anchor of this name before it: `&name` comes before `*name`",
    "but found another document": "a second document begins: a file holds one",
    "could not find expected ':'": "a key without its colon, or a text over several lines that is not indented",
}
"""What libyaml says, and what it means to the writer of a line."""


_OPENED = (_BRACKET, _QUOTE)


def syntax_problem(file: str, error: yaml.YAMLError, text: str) -> Problem:
    """A syntax error with the line itself; line and column count from 1."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Problem(file, 1, "YAML", "a character that no YAML file may hold", str(error).splitlines()[0])
    mark, lines = error.problem_mark, text.splitlines()
    message = _WORDS.get(str(error.problem), str(error.problem))
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in line[: max(mark.column + 1, len(line) - len(line.lstrip()))]:
        message = _TAB
    elif message in _OPENED and error.context_mark is not None:
        # the parser notices at the end of what is open; the writer looks where it begins
        mark = error.context_mark
        line = lines[mark.line]
    return Problem(file, mark.line + 1, "YAML", message, line.strip().replace("\t", "→"), column=mark.column + 1)
