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
from specs.syntax import syntax_problem

_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?\Z|[-+]?[0-9]+[eE][-+]?[0-9]+\Z")
_CONSTANTS: dict[str, bool | None] = {
    "true": True, "True": True, "false": False, "False": False, "null": None, "~": None, "": None,
}  # fmt: skip

KeyPath = tuple[str | int, ...]


@dataclass
class Document:
    """A YAML file as plain data, with the line of every key and item.

    `anchors`: of each path that an alias fills, the path under which its node was first written.
    """

    file: str
    data: Any
    lines: dict[KeyPath, int] = field(default_factory=dict[KeyPath, int])
    anchors: dict[KeyPath, KeyPath] = field(default_factory=dict[KeyPath, KeyPath])

    def line(self, path: KeyPath) -> int:
        """The line of a path, or of the nearest parent that the file holds."""
        return self.lines.get(self._nearest(path), 1)

    def origin(self, path: KeyPath) -> KeyPath:
        """Where what stands at a path was written: the anchor's own place, however many aliases repeat it."""
        known = self._nearest(path)
        return (*self.anchors.get(known, known), *path[len(known) :])

    def _nearest(self, path: KeyPath) -> KeyPath:
        while path and path not in self.lines:
            path = path[:-1]
        return path


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
    except yaml.YAMLError as error:
        raise SpecError([syntax_problem(document.file, error, text)]) from error
    construction = _Construction(document)
    document.data = construction.value(root, ()) if root is not None else {}
    if construction.problems:
        raise SpecError(construction.problems)
    return document


class _Construction:
    """Nodes to plain data, noting lines, what aliases repeat, and keys that are given twice."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._written: dict[int, KeyPath] = {}
        self.problems: list[Problem] = []

    def value(self, node: yaml.Node, path: KeyPath) -> Any:
        self._document.lines.setdefault(path, node.start_mark.line + 1)
        first = self._written.setdefault(id(node), path)
        if first != path:
            self._document.anchors[path] = first
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
        return _scalar(cast(yaml.ScalarNode, node))

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> Any:
        merged: dict[str, Any] = {}
        own: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key == "<<":  # a merge key: what the anchor holds, the mapping's own keys winning
                merged |= self._merged(value_node, path, line)
                continue
            if key in own:
                place = ".".join(map(str, self._document.origin((*path, key))))
                self.problems.append(Problem(self._document.file, line, place, "key given twice"))
            self._document.lines[(*path, key)] = line
            self._document.anchors.pop((*path, key), None)
            own[key] = self.value(value_node, (*path, key))
        return {**merged, **own}

    def _merged(self, node: yaml.Node, path: KeyPath, line: int) -> dict[str, Any]:
        """What a merge key brings in: the keys of a mapping, as they stand there."""
        if not isinstance(node, yaml.MappingNode):
            place = ".".join(map(str, (*path, "<<")))
            message = "a merge key takes one mapping"
            self.problems.append(Problem(self._document.file, line, place, message, expected="<<: *anchor"))
            return {}
        return cast("dict[str, Any]", self._mapping(node, path))


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
