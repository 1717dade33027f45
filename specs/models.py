"""What the YAML files of a study may hold: the shapes, before they are resolved against the standard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from specs.arguments import Fault, KeyPath
from specs.conditions import parse
from specs.design import Design, SummaryParameter
from specs.entry import Entry

DataType = Literal[
    "text", "integer", "float", "date", "datetime", "time", "partialDate", "partialTime", "partialDatetime",
    "incompleteDatetime", "durationDatetime",
]  # fmt: skip
OriginType = Literal["Collected", "Derived", "Assigned", "Protocol", "Predecessor", "Not Available"]
OriginSource = Literal["Investigator", "Sponsor", "Subject", "Vendor"]


class Attributes(Entry):
    """What a study may say of a variable beside how it is derived; what it leaves out the standard gives."""

    label: str | None = Field(None, max_length=40)
    type: DataType | None = None
    length: int | None = Field(None, ge=1, le=200)
    digits: int | None = Field(None, description="significant digits after the decimal point")
    format: str | None = Field(None, description="display format, such as DATE9. or 8.2")
    codelist: str | None = Field(
        None, description="a codelist of the study or, by submission value, of the terminology"
    )
    origin: OriginType | None = None
    source: OriginSource | None = None
    comment: str | None = None
    method: str | None = Field(None, description="method text in place of the derivation's own sentence")
    role: str | None = None
    core: Literal["Req", "Exp", "Perm", "Cond"] | None = None
    pages: str | None = Field(None, description="pages of the annotated CRF")
    long: int | None = Field(
        None, ge=1, le=99, description="pieces in which text over 200 bytes goes on in SUPP-- (CO, TS: COVAL1, TSVAL1)"
    )
    supp: bool = Field(False, description="not a variable of the domain: goes to SUPP-- with its label as QLABEL")


class RawForm(Entry):
    """One form of the extract."""

    file: str
    label: str = ""
    subject: str | None = Field(
        None, description="the column that names the subject; empty: of the study, not of subjects"
    )
    dates: list[str] = Field(default_factory=list)
    times: list[str] = Field(default_factory=list)
    format: Literal["csv", "xpt", "sas7bdat", "excel", "parquet", "odm"] | None = None
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    header_row: int = Field(1, ge=1, description="the row with the column names, of delimited text or a sheet")
    skip: int = Field(0, ge=0, description="rows below the column names that are no records, such as labels")
    item_group: str | None = Field(None, description="FormOID/ItemGroupOID of an ODM-XML extract")
    record: str | None = Field(None, description="the column that names a record for people, such as RecordId")
    key: list[str] = Field(default_factory=list, description="columns that identify a record; twice is a duplicate")
    ignore: list[str] = Field(
        default_factory=list, description="columns that no dataset needs; `*_RAW`: all that end so"
    )
    optional: bool = False

    @property
    def place(self) -> str:
        """Where its records stand: the file, and which of its item groups or sheets it is."""
        part = self.item_group or (f"sheet {self.sheet}" if self.sheet else "")
        return f"{self.file} {part}".strip()


class Rescreened(Entry):
    """Where the extract says that a person was screened before, under another subject number."""

    form: str
    previous: str = Field(description="column with the earlier subject number")


class Raw(Entry):
    """The extract: its forms, and how a subject is named."""

    subject: str
    usubjid: str = Field(description="template of USUBJID with {subject} once, such as ABC-{subject}")
    subjects: str = Field(description="the form that defines who is in the study")
    dates: list[str] = Field(default_factory=list)
    times: list[str] = Field(default_factory=lambda: ["HH:MM", "HH:MM:SS"])
    ignore: list[str] = Field(default_factory=list, description="system columns of every form")
    record: str | None = Field(None, description="the column that names a record for people, of every form")
    extracted: str | None = Field(None, description="date of the extract, ISO 8601")
    rescreened: Rescreened | None = None
    forms: dict[str, RawForm]

    @field_validator("forms")
    @classmethod
    def _named_records(cls, forms: dict[str, RawForm], info: ValidationInfo) -> dict[str, RawForm]:
        more = {"record": info.data.get("record")}
        return {name: form if form.record else form.model_copy(update=more) for name, form in forms.items()}

    @field_validator("usubjid")
    @classmethod
    def _of_subjects(cls, template: str) -> str:
        found = re.findall(r"\{[^{}]*\}?|\}", template)
        if found != ["{subject}"]:
            raise ValueError("{subject} once and no other placeholder, such as ABC-{subject}")
        return template

    def faults(self) -> Iterator[Fault]:
        """Forms that are named and not declared."""
        named: list[tuple[KeyPath, str]] = [(("subjects",), self.subjects)]
        if self.rescreened is not None:
            named.append((("rescreened", "form"), self.rescreened.form))
        for at, form in named:
            if form not in self.forms:
                yield Fault("no raw form of that name", form, tuple(self.forms), study=("raw", *at))


class Standards(Entry):
    """The standards the study follows."""

    sdtm: str = "SDTMIG 3.4"
    adam: str = "ADaMIG 1.3"
    ct: str = "2025-03-28"


class Codelist(Entry):
    """A codelist of the study's own, or an external dictionary."""

    name: str
    type: Literal["text", "integer", "float"] = "text"
    terms: dict[str, str | None] | None = None
    extends: str | None = Field(None, description="the codelist of the terminology that it is a subset or extension of")
    dictionary: str | None = None
    version: str | None = None
    code: str | None = Field(None, description="the codelist's NCI code, where the terminology that ships has it not")
    codes: dict[str, str] = Field(default_factory=dict, description="NCI codes of terms")
    ranks: dict[str, float] = Field(default_factory=dict, description="the numeric significance of terms")
    extended: list[str] = Field(default_factory=list, description="terms that the sponsor added")
    define: dict[str, Any] = Field(default_factory=dict, description="what else define.xml says of it")


class DocumentFile(Entry):
    """A document that define.xml points at, in the study's folder `documents`."""

    title: str
    file: str


class Acceptance(Entry):
    """A finding that the study explains away; the reason goes to the reviewer's guide."""

    rule: str
    reason: str
    dataset: str = ""
    variable: str = ""
    values: list[str | int | float] = Field(default_factory=list, description="only findings of these values")
    where: dict[str, Any] = Field(default_factory=dict, description="only in the records where this holds")
    always: bool = Field(True, description="false: the finding comes and goes with the data; none is info")

    @field_validator("where")
    @classmethod
    def _a_condition(cls, where: dict[str, Any]) -> dict[str, Any]:
        parse(where)
        return where


class Tabulation(Entry):
    """Where an existing SDTM dataset comes from when a build starts from SDTM."""

    files: list[str] = Field(description="file stems in order of preference: the first that is there")
    option: str | None = Field(
        None, description="a build option that gives the end of the stem: then ae_x, and no other; auto: by preference"
    )


class StudyFile(Entry):
    """`study.yaml`."""

    study: str
    title: str
    protocol: str = ""
    description: str = ""
    created: datetime | None = Field(None, description="timestamp of define.xml and XPT headers")
    cutoff: str | None = Field(None, description="data cutoff date, ISO 8601")
    standards: Standards = Field(default_factory=Standards)
    encoding: Literal["ascii", "utf-8", "gbk"] = Field("ascii", description="of the transport files")
    raw: Raw | None = None
    tabulations: dict[str, Tabulation | list[str]] = Field(default_factory=dict)
    options: dict[str, str | int | float] = Field(default_factory=dict)
    maps: dict[str, dict[str, str | None]] = Field(default_factory=dict)
    codelists: dict[str, Codelist] = Field(default_factory=dict)
    trial: Design = Field(default_factory=Design, alias="design", description="arms, elements, visits, criteria")
    summary: list[SummaryParameter] = Field(
        default_factory=list[SummaryParameter], alias="parameters", description="of the trial summary (TS)"
    )
    documents: dict[str, DocumentFile] = Field(default_factory=dict)
    accept: list[Acceptance] = Field(default_factory=list)
    module: str | None = Field(None, description="a Python module with derivations of the study's own")

    @cached_property
    def design(self) -> dict[str, Any]:
        """The trial's design as plain data, as what derives from it takes it; what is not said is left out."""
        return self.trial.model_dump(exclude_none=True)

    @cached_property
    def parameters(self) -> list[dict[str, Any]]:
        """The parameters of the trial summary as plain data; what is not said is left out."""
        return [parameter.model_dump(exclude_none=True) for parameter in self.summary]


class DatasetFile(Entry):
    """One dataset; `records` (SDTM) or `parameters` (ADaM) hold its slices, in their raw form."""

    dataset: str = Field(pattern=r"^[A-Z][A-Z0-9]{1,7}$")
    label: str | None = Field(None, max_length=40)
    class_: str | None = Field(None, alias="class")
    subclass: str | None = None
    structure: str | None = None
    keys: list[str] | None = None
    order: list[str] | None = Field(None, description="sort order, if another than the keys")
    scope: Literal["subject", "second stage", "study"] = "subject"
    standard: str | None = Field(None, description="ADaM structure: ADSL, BDS, TTE or OCCDS")
    comment: str | None = None
    records: list[dict[str, Any]] = Field(default_factory=list)
    parameters: list[dict[str, Any]] = Field(default_factory=list)
    variables: dict[str, Any] = Field(default_factory=dict)
