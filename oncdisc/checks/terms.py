"""Terminology packages as NCI EVS publishes them: tab-delimited text, Excel, ODM-XML; or the table as CSV.

The table has a row a codelist, whose Codelist Code is empty, and a row a term. Text is not quoted: a quotation mark
is a character like others. Excel is published in the format of 1997 (.xls), which has to be saved as .xlsx first.
ODM-XML has the same in `EnumeratedItem` and in NCI's own attributes and elements (`nciodm`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from itertools import chain, islice
from pathlib import Path
from typing import Any

from specs.errors import UsageError
from specs.terminology import Codelist, Term

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_LINE_END = re.compile(r"\r\n?|\n")
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
_HEADER_WITHIN = 20
"""Rows of a sheet among which its header is, below whatever a title says."""
_SHARED = 0.5
"""Least part of its terms that a codelist of codes has in common with the codelist of their names."""
_PAIRS = (("CD", ""), ("TC", "TN"), ("PC", "PN"))
"""How the submission values of paired codelists end: LBTESTCD and LBTEST, ECOG1TC and ECOG1TN, APCH1PC and APCH1PN."""
_XLSX, _XLS = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
Row = Mapping[str, str]


@dataclass(frozen=True)
class GivenTerminology:
    """Packages that were given in files: their dates, their codelists by C-code, and codes by submission value."""

    version: str
    lists: Mapping[str, Codelist]
    codes: Mapping[str, str]

    def __contains__(self, name: object) -> bool:
        return name in self.lists or name in self.codes

    def codelist(self, name: str) -> Codelist:
        """A codelist by C-code or submission value. Raises KeyError."""
        return self.lists[self.codes.get(name, name)]


@dataclass(frozen=True)
class _Release:
    """What a file holds; `date` is empty where it does not say."""

    lists: Sequence[Codelist]
    date: str = ""


def read_terminology(*paths: Path) -> GivenTerminology:
    """The packages in these files; of a codelist that several have the first one's counts.

    Raises UsageError where one of them holds no package.
    """
    releases = [(path, _read(path)) for path in paths]
    dates = [_dated(path.name) or release.date or path.stem for path, release in releases]
    lists: dict[str, Codelist] = {}
    for _, release in releases:
        for codelist in release.lists:
            lists.setdefault(codelist.code, codelist)
    by_code = {codelist.code: codelist for codelist in _paired(list(lists.values()))}
    codes: dict[str, str] = {}
    for code, codelist in by_code.items():
        codes.setdefault(codelist.submission, code)
    return GivenTerminology(", ".join(dict.fromkeys(dates)), by_code, codes)


def _read(path: Path) -> _Release:
    if not path.is_file():
        raise UsageError(f"--ct {path}: found no such file; expected a terminology package")
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        found = path.suffix or "no extension"
        raise UsageError(f"--ct {path}: found {found}; expected .txt, .csv, .xlsx or .xml")
    release = reader(path)
    if not any(codelist.terms for codelist in release.lists):
        raise UsageError(f"--ct {path}: found no codelist; expected a terminology package as NCI publishes it")
    return release


def _dated(text: str) -> str:
    found = _DATE.search(text)
    return found[0] if found else ""


def _delimited(path: Path) -> _Release:
    text = _decoded(path.read_bytes())
    if path.suffix.lower() == ".csv":
        rows = csv.reader(StringIO(text, newline=""))
    else:
        rows = ([_unquoted(cell) for cell in line.split("\t")] for line in _LINE_END.split(text))
    return _Release(_from_rows(_named(rows)))


def _decoded(content: bytes) -> str:
    """UTF-8 as published now, the Windows code page of older releases, UTF-16 as Excel saves text."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _unquoted(cell: str) -> str:
    """A cell without the quotation marks that Excel puts around it when it saves text."""
    if len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in cell[1:-1].replace('""', ""):
        return cell[1:-1].replace('""', '"')
    return cell


def _excel(path: Path) -> _Release:
    from zipfile import BadZipFile

    import openpyxl

    content = path.read_bytes()
    if content.startswith(_XLS):
        raise UsageError(
            f"--ct {path}: found Excel's format of 1997 (.xls), which is not read; save it as .xlsx, or give the .txt "
            "or .odm.xml that NCI publishes beside it"
        )
    try:
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError) as error:
        raise UsageError(f"--ct {path}: is no Excel workbook that can be read: {error}") from error
    sheets = [(str(sheet.title), _sheet(sheet.iter_rows(values_only=True))) for sheet in book.worksheets]
    rows = [row for _, table in sheets for row in table]
    return _Release(_from_rows(rows), next((_dated(title) for title, table in sheets if table), ""))


def _sheet(cells: Iterable[Sequence[Any]]) -> list[Row]:
    """The rows below a sheet's header; none of a sheet that has no such header, as ReadMe."""
    rows = ([_cell(value) for value in row] for row in cells)
    begun = list(islice(rows, _HEADER_WITHIN))
    header = next((place for place, row in enumerate(begun) if "Codelist Code" in row), None)
    return [] if header is None else _named(chain(begun[header:], rows))


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _named(rows: Iterable[Sequence[str]]) -> list[Row]:
    """Rows under our names, whichever of the publisher's names the columns have; headers may come again.

    Where the publisher's column is named for another organization (ICH Submission Value) its last words count.
    """
    found: list[Row] = []
    places: dict[str, int] = {}
    for row in rows:
        cells = [cell.strip() for cell in row]
        header = _header(cells)
        if header:
            places = header
        elif places:
            found.append({name: cells[at] if at < len(cells) else "" for name, at in places.items()} | _absent(places))
    return found


def _absent(places: Mapping[str, int]) -> dict[str, str]:
    return dict.fromkeys(_COLUMNS.keys() - places.keys(), "")


def _header(cells: Sequence[str]) -> dict[str, int]:
    """Where each of our columns is, if the row is a header."""
    if not ({"Codelist Code", "codelist_code"} & set(cells)):
        return {}
    return {name: at for name, theirs in _COLUMNS.items() if (at := _column(cells, theirs)) is not None}


def _column(cells: Sequence[str], theirs: Sequence[str]) -> int | None:
    exact = (cells.index(name) for name in theirs if name in cells)
    ends = tuple(name.removeprefix("CDISC") for name in theirs if name.startswith("CDISC"))
    return next(chain(exact, (at for at, cell in enumerate(cells) if ends and cell.endswith(ends))), None)


def _from_rows(rows: Iterable[Row]) -> list[Codelist]:
    """Codelists from the published table, where a row without a codelist's code is a codelist's."""
    heads: dict[str, Row] = {}
    terms: dict[str, list[Term]] = {}
    for row in rows:
        if not row["codelist"]:
            heads[row["code"]] = row
            continue
        if row["submission"]:
            heads.setdefault(row["codelist"], {**row, "value": row["submission"]})
        synonyms = tuple(name.strip() for name in row["synonyms"].split(";") if name.strip())
        if row["value"]:
            term = Term(row["code"], row["value"], row["preferred"], synonyms, row["preferred"])
            terms.setdefault(row["codelist"], []).append(term)
    return [
        Codelist(code, head["name"], head["value"], _may_be_extended(head["extensible"]), tuple(terms.get(code, ())))
        for code, head in heads.items()
        if code and head["value"]
    ]


def _may_be_extended(said: str) -> bool:
    """Whether a codelist is extensible: those of which nobody says No, as in packages not for submission."""
    return said.strip().casefold() != "no"


def _odm(path: Path) -> _Release:
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    lists: list[Codelist] = []
    said: dict[str, str] = {}
    try:
        with path.open("rb") as file:
            parsed: Iterable[tuple[str, Any]] = ElementTree.iterparse(file, ("start", "end"), forbid_dtd=True)
            for event, element in parsed:
                if event == "start" and not said:
                    said = _attributes(element)
                elif event == "end" and _local(element.tag) == "CodeList":
                    lists.append(_odm_codelist(element))
                    element.clear()
    except (ElementTree.ParseError, DefusedXmlException) as error:
        raise UsageError(f"--ct {path}: is not XML that can be read: {error}") from error
    dated = (said.get(name, "") for name in ("SourceSystemVersion", "AsOfDateTime", "FileOID"))
    return _Release(lists, next(filter(None, map(_dated, dated)), ""))


def _odm_codelist(element: Any) -> Codelist:
    said = _attributes(element)
    items = [item for item in element if _local(item.tag) in ("EnumeratedItem", "CodeListItem")]
    submission = _texts(element, "CDISCSubmissionValue")
    return Codelist(
        said.get("ExtCodeID", ""),
        said.get("Name", ""),
        submission[0] if submission else said.get("OID", "").rpartition(".")[2],
        _may_be_extended(said.get("CodeListExtensible", "")),
        tuple(_odm_term(item) for item in items if item.get("CodedValue")),
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
    return [text for child in element if _local(child.tag) == name and (text := (child.text or "").strip())]


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _paired(lists: list[Codelist]) -> list[Codelist]:
    """Codelists of codes (LBTESTCD) with the names of their terms from the codelist of names (LBTEST)."""
    by_submission = {codelist.submission: codelist for codelist in reversed(lists)}
    return [_with_names(codelist, _names_of(codelist.submission, by_submission)) for codelist in lists]


def _names_of(submission: str, lists: Mapping[str, Codelist]) -> Codelist | None:
    named = (submission.removesuffix(of) + to for of, to in _PAIRS if submission.endswith(of))
    return next((lists[name] for name in named if name in lists), None)


def _with_names(codelist: Codelist, names: Codelist | None) -> Codelist:
    if names is None or not codelist.terms:
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


_READERS: Mapping[str, Callable[[Path], _Release]] = {
    ".txt": _delimited, ".tsv": _delimited, ".csv": _delimited, ".xlsx": _excel, ".xls": _excel, ".xml": _odm,
}  # fmt: skip
