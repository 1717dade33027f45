"""A terminology package as NCI EVS publishes it: tab-delimited text, Excel, ODM-XML, or the same table as CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specs.errors import UsageError
from specs.terminology import Codelist, Term

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_COLUMNS = {
    "code": ("Code", "term_code"),
    "codelist": ("Codelist Code", "codelist_code"),
    "extensible": ("Codelist Extensible (Yes/No)", "extensible"),
    "name": ("Codelist Name", "codelist_name"),
    "value": ("CDISC Submission Value", "term_submission_value"),
    "synonyms": ("CDISC Synonym(s)", "CDISC Synonym", "synonyms"),
    "preferred": ("NCI Preferred Term", "term_preferred"),
    "submission": ("codelist_submission_value",),
}
_SHARED = 0.5
"""Least part of its terms that a codelist of codes has in common with the codelist of their names."""
Row = Mapping[str, str]


@dataclass(frozen=True)
class GivenTerminology:
    """A package that was given in a file: its codelists by C-code, and codes by submission value."""

    version: str
    lists: Mapping[str, Codelist]
    codes: Mapping[str, str]

    def __contains__(self, name: object) -> bool:
        return name in self.lists or name in self.codes

    def codelist(self, name: str) -> Codelist:
        """A codelist by C-code or submission value. Raises KeyError."""
        return self.lists[self.codes.get(name, name)]


def read_terminology(path: Path) -> GivenTerminology:
    """The package in a file. Raises UsageError where it holds none."""
    readers = {".txt": _delimited, ".csv": _delimited, ".xlsx": _excel, ".xml": _odm}
    if not path.is_file():
        raise UsageError(f"--ct {path}: found no such file; expected a terminology package")
    if path.suffix.lower() not in readers:
        raise UsageError(f"--ct {path}: found {path.suffix or 'no extension'}; expected .txt, .csv, .xlsx or .xml")
    lists = readers[path.suffix.lower()](path)
    if not lists:
        raise UsageError(f"--ct {path}: found no codelist; expected a terminology package as NCI publishes it")
    dated = _DATE.search(path.name)
    by_code = {codelist.code: codelist for codelist in _paired(lists)}
    return GivenTerminology(
        dated[0] if dated else path.stem, by_code, {codelist.submission: code for code, codelist in by_code.items()}
    )


def _delimited(path: Path) -> list[Codelist]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        delimiter = "\t" if path.suffix.lower() == ".txt" else ","
        return _from_rows(_named(csv.DictReader(lines, delimiter=delimiter)))


def _excel(path: Path) -> list[Codelist]:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    rows: list[Row] = []
    for sheet in book.worksheets:
        cells = sheet.iter_rows(values_only=True)
        header = [str(cell or "") for cell in next(cells, ())]
        if "Codelist Code" in header:
            table = (dict(zip(header, ("" if c is None else str(c) for c in row), strict=False)) for row in cells)
            rows.extend(_named(table))
    return _from_rows(rows)


def _named(rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Rows under our names, whichever of the publisher's names the columns have."""
    return [
        {ours: next((str(row[name] or "") for name in theirs if name in row), "") for ours, theirs in _COLUMNS.items()}
        for row in rows
    ]


def _from_rows(rows: Iterable[Row]) -> list[Codelist]:
    """Codelists from the published table, where a row without a codelist's code begins a codelist."""
    heads: dict[str, Row] = {}
    terms: dict[str, list[Term]] = {}
    for row in rows:
        if not row["codelist"]:
            heads[row["code"]] = row
            continue
        if row["submission"]:
            heads.setdefault(row["codelist"], {**row, "value": row["submission"]})
        synonyms = tuple(name.strip() for name in row["synonyms"].split(";") if name.strip())
        term = Term(row["code"], row["value"], row["preferred"], synonyms, row["preferred"])
        terms.setdefault(row["codelist"], []).append(term)
    return [
        Codelist(code, head["name"], head["value"], head["extensible"] == "Yes", tuple(terms.get(code, ())))
        for code, head in heads.items()
    ]


def _odm(path: Path) -> list[Codelist]:
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        root: Any = ElementTree.parse(path, forbid_dtd=True).getroot()
    except (ElementTree.ParseError, DefusedXmlException) as error:
        raise UsageError(f"--ct {path}: is not XML that can be read: {error}") from error
    return [_odm_codelist(element) for element in root.iter() if _local(element.tag) == "CodeList"]


def _odm_codelist(element: Any) -> Codelist:
    said = _attributes(element)
    items = [item for item in element if _local(item.tag) in ("EnumeratedItem", "CodeListItem")]
    submission = _texts(element, "CDISCSubmissionValue")
    return Codelist(
        said.get("ExtCodeID", ""),
        said.get("Name", ""),
        submission[0] if submission else said.get("OID", "").rpartition(".")[2],
        said.get("CodeListExtensible") == "Yes",
        tuple(_odm_term(item) for item in items),
    )


def _odm_term(item: Any) -> Term:
    said = _attributes(item)
    preferred = (_texts(item, "PreferredTerm") or [""])[0]
    return Term(
        said.get("ExtCodeID", ""), said["CodedValue"], preferred, tuple(_texts(item, "CDISCSynonym")), preferred
    )


def _attributes(element: Any) -> dict[str, str]:
    return {_local(name): value for name, value in element.attrib.items()}


def _texts(element: Any, name: str) -> list[str]:
    return [child.text or "" for child in element if _local(child.tag) == name]


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _paired(lists: list[Codelist]) -> list[Codelist]:
    """Codelists of codes (LBTESTCD) with the names of their terms from the codelist of names (LBTEST)."""
    by_submission = {codelist.submission: codelist for codelist in lists}
    return [_with_names(codelist, by_submission.get(codelist.submission.removesuffix("CD"))) for codelist in lists]


def _with_names(codelist: Codelist, names: Codelist | None) -> Codelist:
    if names is None or names is codelist or not codelist.terms:
        return codelist
    decodes = {term.code: term.value for term in names.terms}
    if sum(term.code in decodes for term in codelist.terms) < _SHARED * len(codelist.terms):
        return codelist
    terms = tuple(
        Term(term.code, term.value, decodes.get(term.code, term.decode), term.synonyms, term.preferred)
        for term in codelist.terms
    )
    return Codelist(
        codelist.code, codelist.name, codelist.submission, codelist.extensible, terms, names=names.submission
    )
