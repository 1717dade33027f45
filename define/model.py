"""A Define-XML 2.1 document as typed, immutable objects.

The objects follow the standard's own elements and refer to each other by OID, as the file does, so that a
file read and written again keeps its identifiers. `define.lookup.Lookup` follows the references.
Descriptions are plain text in one language (English where the file offers several).
Source: Define-XML Specification 2.1, Analysis Results Metadata Specification 1.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Comparator = Literal["EQ", "NE", "LT", "LE", "GT", "GE", "IN", "NOTIN"]
COMPARATORS: tuple[Comparator, ...] = ("EQ", "NE", "LT", "LE", "GT", "GE", "IN", "NOTIN")


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name: an NCI C-code (`nci:ExtCodeID`), or the description of a split domain."""

    context: str
    name: str


@dataclass(frozen=True, slots=True)
class PageRef:
    """Pages of a PDF: physical page numbers, a range of them, or named destinations."""

    type: str = "PhysicalRef"
    pages: tuple[str, ...] = ()
    first: int | None = None
    last: int | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """A reference to a document, and to pages of it."""

    leaf: str
    pages: tuple[PageRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A file beside the define.xml: `href` is relative to its folder."""

    oid: str
    href: str
    title: str


@dataclass(frozen=True, slots=True)
class Standard:
    """An implementation guide (`type` IG) or a terminology package (CT, with its publishing set)."""

    oid: str
    name: str
    type: str
    version: str
    status: str = "Final"
    publishing_set: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where values come from: Collected, Derived, Assigned, Protocol, Predecessor, …, and by whom."""

    type: str
    source: str | None = None
    description: str | None = None
    documents: tuple[DocumentRef, ...] = ()


@dataclass(frozen=True, slots=True)
class RangeCheck:
    """One condition of a where clause: item, comparator, values. IN and NOTIN take several values."""

    item: str
    comparator: Comparator
    values: tuple[str, ...]
    soft_hard: str = "Soft"


@dataclass(frozen=True, slots=True)
class WhereClause:
    """Conditions that must all hold."""

    oid: str
    checks: tuple[RangeCheck, ...]
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class ItemRef:
    """An item's place in a dataset or in a value list."""

    item: str
    order: int | None = None
    mandatory: bool = False
    key_sequence: int | None = None
    method: str | None = None
    role: str | None = None
    role_codelist: str | None = None
    is_non_standard: bool = False
    has_no_data: bool = False
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemDef:
    """A variable, or what a variable is where a condition holds.

    `length` counts characters (digits for numbers), as the data has them.
    """

    oid: str
    name: str
    data_type: str
    label: str | None = None
    length: int | None = None
    significant_digits: int | None = None
    sas_name: str | None = None
    display_format: str | None = None
    codelist: str | None = None
    origins: tuple[Origin, ...] = ()
    value_list: str | None = None
    comment: str | None = None
    aliases: tuple[Alias, ...] = ()


@dataclass(frozen=True, slots=True)
class SubClass:
    """A subclass of a dataset's class, such as TIME-TO-EVENT."""

    name: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class ItemGroup:
    """A dataset. `class_name` is a term of the General Observation Class codelist."""

    oid: str
    name: str
    label: str | None = None
    structure: str = ""
    purpose: str | None = None
    class_name: str | None = None
    subclasses: tuple[SubClass, ...] = ()
    domain: str | None = None
    sas_name: str | None = None
    repeating: bool = True
    reference_data: bool | None = None
    is_non_standard: bool = False
    has_no_data: bool = False
    standard: str | None = None
    comment: str | None = None
    items: tuple[ItemRef, ...] = ()
    aliases: tuple[Alias, ...] = ()
    leaf: Leaf | None = None


@dataclass(frozen=True, slots=True)
class ValueList:
    """Value-level metadata of one variable: items, each with the where clauses under which it holds."""

    oid: str
    items: tuple[ItemRef, ...]
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A coded value. Without a decode it is enumerated; `extended` marks a sponsor's own addition."""

    value: str
    decode: str | None = None
    order: int | None = None
    rank: float | None = None
    extended: bool = False
    description: str | None = None
    aliases: tuple[Alias, ...] = ()


@dataclass(frozen=True, slots=True)
class ExternalDictionary:
    """A dictionary too large or licensed to be listed: MedDRA, ISO 3166, …"""

    name: str | None = None
    version: str | None = None
    ref: str | None = None
    href: str | None = None


@dataclass(frozen=True, slots=True)
class CodeList:
    """Permitted values: terms, or an external dictionary."""

    oid: str
    name: str
    data_type: str = "text"
    terms: tuple[Term, ...] = ()
    external: ExternalDictionary | None = None
    standard: str | None = None
    is_non_standard: bool = False
    sas_format: str | None = None
    description: str | None = None
    comment: str | None = None
    aliases: tuple[Alias, ...] = ()

    @property
    def decoded(self) -> bool:
        """Whether every term has a decode."""
        return bool(self.terms) and all(term.decode is not None for term in self.terms)


@dataclass(frozen=True, slots=True)
class FormalExpression:
    """A method in the words of a machine; `context` names the language."""

    context: str | None
    code: str


@dataclass(frozen=True, slots=True)
class Method:
    """How values are derived, in words. `type`: Computation, Imputation, Transpose or Other."""

    oid: str
    name: str
    description: str
    type: str | None = "Computation"
    expressions: tuple[FormalExpression, ...] = ()
    documents: tuple[DocumentRef, ...] = ()
    aliases: tuple[Alias, ...] = ()


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark, perhaps carried on in a document."""

    oid: str
    description: str
    documents: tuple[DocumentRef, ...] = ()


@dataclass(frozen=True, slots=True)
class AnalysisDataset:
    """A dataset of an analysis, the records of it that are used, and the variables analysed."""

    dataset: str
    where: str | None = None
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Documentation:
    """What an analysis does, in words and in documents."""

    description: str
    documents: tuple[DocumentRef, ...] = ()


@dataclass(frozen=True, slots=True)
class ProgrammingCode:
    """The code of an analysis, or the documents that hold it; `context` names the language."""

    context: str | None = None
    code: str | None = None
    documents: tuple[DocumentRef, ...] = ()


@dataclass(frozen=True, slots=True)
class AnalysisResult:
    """One result of a display. `parameter` is the OID of the PARAMCD item it is about."""

    oid: str
    description: str
    reason: str
    purpose: str
    datasets: tuple[AnalysisDataset, ...]
    parameter: str | None = None
    datasets_comment: str | None = None
    documentation: Documentation | None = None
    code: ProgrammingCode | None = None


@dataclass(frozen=True, slots=True)
class ResultDisplay:
    """A table or figure of the study report, and its results."""

    oid: str
    name: str
    description: str
    documents: tuple[DocumentRef, ...] = ()
    results: tuple[AnalysisResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Study:
    """The study that the data belong to."""

    oid: str
    name: str
    description: str = ""
    protocol: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """The file itself: who made it, when (ISO 8601), for what (`context`: Submission or Other)."""

    oid: str
    created: str
    context: str | None = "Submission"
    originator: str | None = None
    source_system: str | None = None
    source_system_version: str | None = None
    prior_oid: str | None = None
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A whole define.xml: one metadata version of one study, in the order of the file."""

    file: File
    study: Study
    oid: str
    name: str
    description: str | None = None
    define_version: str = "2.1.0"
    comment: str | None = None
    standards: tuple[Standard, ...] = ()
    annotated_crf: tuple[DocumentRef, ...] = ()
    supplemental: tuple[DocumentRef, ...] = ()
    value_lists: tuple[ValueList, ...] = ()
    where_clauses: tuple[WhereClause, ...] = ()
    datasets: tuple[ItemGroup, ...] = ()
    items: tuple[ItemDef, ...] = ()
    codelists: tuple[CodeList, ...] = ()
    methods: tuple[Method, ...] = ()
    comments: tuple[Comment, ...] = ()
    leaves: tuple[Leaf, ...] = ()
    displays: tuple[ResultDisplay, ...] = ()
