"""What can go wrong with a define.xml: one small tree of exceptions."""

from __future__ import annotations

from specs.errors import OncdiscError


class DefineError(OncdiscError):
    """Anything that stops a define.xml from being read, written or shown."""


class ReadError(DefineError):
    """A file that cannot be read as a define.xml."""


class NotADefineError(ReadError):
    """Not XML, or XML that is no Define-XML document."""


class UnsupportedVersionError(ReadError):
    """A Define-XML document of a version that has another shape (1.0)."""


class UnsafeXmlError(ReadError):
    """A document type, an entity, or more bytes than allowed: refused before it is parsed further."""


class InvalidTextError(DefineError):
    """A text that no XML document can hold, such as one with a control character."""


class BrokenDocumentError(DefineError):
    """A document with references that lead nowhere or identifiers used twice.

    `problems` holds one sentence for each.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
