"""Any define.xml 2.0 or 2.1, with or without analysis results, read into the document model.

The file may come from anyone: documents with a DTD or entities and documents over a size are refused, and
nothing outside the file is ever fetched. Elements of other namespaces are left out.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from define import analyses, elements
from define.errors import NotADefineError, ReadError, UnsafeXmlError, UnsupportedVersionError
from define.model import Document, File, Standard, Study

MAX_BYTES = 256 * 1024 * 1024
"""The largest file read unless the caller allows more; a 100-dataset define.xml has some ten megabytes."""

_DEFINE = {f"http://www.cdisc.org/ns/def/v{version}": version for version in ("1.0", "2.0", "2.1")}
_PREFIXES = {
    "http://www.cdisc.org/ns/odm/v1.3": "",
    "http://www.cdisc.org/ns/def/v2.0": "{def}",
    "http://www.cdisc.org/ns/def/v2.1": "{def}",
    "http://www.cdisc.org/ns/arm/v1.0": "{arm}",
    "http://www.w3.org/1999/xlink": "{xlink}",
}


def read(path: str | Path, *, max_bytes: int = MAX_BYTES) -> Document:
    """The document in a file.

    Raises `ReadError` naming the file, as `NotADefineError`, `UnsupportedVersionError` or `UnsafeXmlError`
    where one of these is the matter.
    """
    file = Path(path)
    try:
        with file.open("rb") as stream:
            content = stream.read(max_bytes + 1)
    except OSError as error:
        raise ReadError(f"{file}: cannot be read: {error.strerror}") from error
    try:
        return from_xml(content, max_bytes=max_bytes)
    except ReadError as error:
        raise type(error)(f"{file}: {error}") from error


def from_xml(content: bytes, *, max_bytes: int = MAX_BYTES) -> Document:
    """The document in the bytes of a define.xml."""
    if len(content) > max_bytes:
        raise UnsafeXmlError(f"has more than {max_bytes:,} bytes")
    root = _parsed(content)
    version = _version(root)
    if version == "1.0":
        raise UnsupportedVersionError(
            "is Define-XML 1.0 (2005), which has another shape; "
            "2.0 and 2.1 are read. Ask its maker for a 2.1 file, or convert it first"
        )
    _shorten(root)
    return _document(root)


def _parsed(content: bytes) -> Element:
    """The root element, parsed with document types and entities refused."""
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        return ElementTree.fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise UnsafeXmlError("has a document type or entities; a define.xml needs neither") from error
    except (ParseError, ValueError, LookupError) as error:
        raise NotADefineError(f"is not well-formed XML: {error}") from error


def _version(root: Element) -> str:
    """The version of Define-XML, by the namespace of its attributes on the metadata version."""
    if root.tag.rpartition("}")[2] != "ODM":
        raise NotADefineError(f"starts with the element {root.tag}; a define.xml starts with ODM")
    for element in root.iter():
        for name in element.attrib:
            namespace = name[1:].partition("}")[0]
            if name.endswith("}DefineVersion") and namespace in _DEFINE:
                return _DEFINE[namespace]
    raise NotADefineError("is an ODM file without a def:DefineVersion, so no define.xml")


def _shorten(root: Element) -> None:
    """Give elements and attributes the short names of the specification, whichever version they are of."""
    for element in root.iter():
        element.tag = _short(str(element.tag))
        for name in [name for name in element.attrib if name.startswith("{")]:
            element.set(_short(name), element.attrib.pop(name))


def _short(name: str) -> str:
    namespace, _, local = name[1:].partition("}")
    return f"{_PREFIXES[namespace]}{local}" if name.startswith("{") and namespace in _PREFIXES else name


def _document(root: Element) -> Document:
    studies = root.findall("Study")
    versions = [version for study in studies for version in study.findall("MetaDataVersion")]
    if len(studies) != 1 or len(versions) != 1:
        raise NotADefineError(
            f"holds {len(studies)} studies and {len(versions)} metadata versions; a define.xml has one of each"
        )
    study, version = studies[0], versions[0]
    return Document(
        file=_file(root),
        study=_study(study),
        oid=elements.required(version, "OID"),
        name=version.get("Name", ""),
        description=version.get("Description"),
        define_version=elements.required(version, "{def}DefineVersion"),
        comment=version.get("{def}CommentOID"),
        standards=_standards(version),
        annotated_crf=elements.document_refs(version.find("{def}AnnotatedCRF")),
        supplemental=elements.document_refs(version.find("{def}SupplementalDoc")),
        value_lists=tuple(elements.value_list(found) for found in version.findall("{def}ValueListDef")),
        where_clauses=tuple(elements.where_clause(found) for found in version.findall("{def}WhereClauseDef")),
        datasets=tuple(elements.item_group(found) for found in version.findall("ItemGroupDef")),
        items=tuple(elements.item(found) for found in version.findall("ItemDef")),
        codelists=tuple(elements.codelist(found) for found in version.findall("CodeList")),
        methods=tuple(elements.method(found) for found in version.findall("MethodDef")),
        comments=tuple(elements.comment(found) for found in version.findall("{def}CommentDef")),
        leaves=tuple(elements.leaf(found) for found in version.findall("{def}leaf")),
        displays=tuple(
            analyses.display(found) for found in version.findall("{arm}AnalysisResultDisplays/{arm}ResultDisplay")
        ),
    )


def _file(root: Element) -> File:
    return File(
        oid=root.get("FileOID", ""),
        created=root.get("CreationDateTime", ""),
        context=root.get("{def}Context"),
        originator=root.get("Originator"),
        source_system=root.get("SourceSystem"),
        source_system_version=root.get("SourceSystemVersion"),
        prior_oid=root.get("PriorFileOID"),
        as_of=root.get("AsOfDateTime"),
    )


def _study(element: Element) -> Study:
    return Study(
        oid=elements.required(element, "OID"),
        name=elements.content(element, "GlobalVariables/StudyName"),
        description=elements.content(element, "GlobalVariables/StudyDescription"),
        protocol=elements.content(element, "GlobalVariables/ProtocolName"),
    )


def _standards(version: Element) -> tuple[Standard, ...]:
    """The standards; 2.0 has the name and version of one guide as attributes."""
    name = version.get("{def}StandardName")
    if name is not None:
        return (Standard("STD.1", name, "IG", version.get("{def}StandardVersion", "")),)
    return tuple(elements.standard(found) for found in version.findall("{def}Standards/{def}Standard"))
