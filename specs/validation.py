"""Pydantic's errors as problems of a spec file, at their line."""

from __future__ import annotations

from pydantic import BaseModel, ValidationError

from specs._yaml import Document
from specs.errors import Problem


def validation_problems(error: ValidationError, document: Document, path: tuple[str | int, ...]) -> list[Problem]:
    """Pydantic's errors as problems at their line."""
    problems: list[Problem] = []
    for fault in error.errors():
        place = (*path, *fault["loc"])
        known = tuple(part for part in place if isinstance(part, int) or "[" not in part)
        # a key that is wrong stands at its own line, whatever alias gives its value
        unknown = fault["type"] == "extra_forbidden"
        known = (*document.origin(known[:-1]), known[-1]) if unknown else document.origin(known)
        found = "" if isinstance(fault["input"], (dict, BaseModel)) else repr(fault["input"])[:80]
        message = fault["msg"].removeprefix("Value error, ")
        if unknown:
            message, found = "unknown key", str(fault["loc"][-1])
        name = ".".join(map(str, known)) or "file"
        problems.append(Problem(document.file, document.line(known), name, message, found))
    return problems
