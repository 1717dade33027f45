"""YAML 1.2 core scalars with line numbers.

PyYAML follows YAML 1.1, in which `N`, `NO` and `ON` are booleans: codelist terms would turn into False. Here
only `true` and `false` are booleans, only decimal numbers are numbers, and a date stays text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import yaml

from specs.errors import Problem, SpecError

_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?\Z|[-+]?[0-9]+[eE][-+]?[0-9]+\Z")
_CONSTANTS: dict[str, bool | None] = {
    "true": True, "True": True, "false": False, "False": False, "null": None, "~": None, "": None,
}  # fmt: skip

KeyPath = tuple[str | int, ...]


@dataclass
class Document:
    """A YAML file as plain data, with the line of every key and item."""

    file: str
    data: Any
    lines: dict[KeyPath, int] = field(default_factory=dict[KeyPath, int])

    def line(self, path: KeyPath) -> int:
        """The line of a path, or of the nearest parent that the file holds."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def load_yaml(path: Path | str) -> Any:
    """A YAML file as plain data."""
    return load_document(Path(path)).data


def load_document(path: Path, name: str | None = None) -> Document:
    """Read one YAML file; duplicate keys and syntax errors are spec errors with their line.

    Raises SpecError.
    """
    document = Document(name or path.name, None)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError([Problem(document.file, 1, "file", "can't be read", str(error))]) from error
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SpecError([Problem(document.file, line, "YAML", str(error.problem))]) from error
    problems: list[Problem] = []
    document.data = _construct(root, (), document, problems) if root is not None else {}
    if problems:
        raise SpecError(problems)
    return document


def _construct(node: yaml.Node, path: KeyPath, document: Document, problems: list[Problem]) -> Any:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, document, problems)
    if isinstance(node, yaml.SequenceNode):
        return [_construct(item, (*path, i), document, problems) for i, item in enumerate(node.value)]
    return _scalar(cast(yaml.ScalarNode, node))


def _mapping(node: yaml.MappingNode, path: KeyPath, document: Document, problems: list[Problem]) -> Any:
    merged: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        if key == "<<":  # a merge key: what the anchor holds, the mapping's own keys winning
            merged |= _construct(value_node, path, document, problems)
            continue
        if key in own:
            problems.append(Problem(document.file, line, ".".join(map(str, (*path, key))), "key given twice"))
        document.lines[(*path, key)] = line
        own[key] = _construct(value_node, (*path, key), document, problems)
    return {**merged, **own}


def _scalar(node: yaml.ScalarNode) -> Any:
    value: str = node.value
    return value if node.style in ("'", '"', "|", ">") else plain_scalar(value)  # quoted or block text


def plain_scalar(value: str) -> str | int | float | bool | None:
    """What a text that stands without quotes is read as."""
    if value in _CONSTANTS:
        return _CONSTANTS[value]
    if _INTEGER.match(value) and not (
        len(value) > 1 and value.lstrip("-+").startswith("0") and value.lstrip("-+") != "0"
    ):
        return int(value)
    if _FLOAT.match(value):
        return float(value)
    return value
