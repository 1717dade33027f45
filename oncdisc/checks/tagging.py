"""The study tagging files of a submission: which files a study has, and what each is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from oncdisc.checks.package import Package

STF = re.compile(r"stf-.*\.xml", re.IGNORECASE)


def is_submission(package: Package) -> bool:
    """Whether the package is laid out as a submission: a study tagging file, or an m5 folder above or within."""
    parts = {part.lower() for part in package.root.resolve().parts}
    return "m5" in parts or (package.root.is_dir() and ((package.root / "m5").is_dir() or bool(tagging_files(package))))


def tagging_files(package: Package) -> list[Path]:
    """The study tagging files, anywhere in the package."""
    if not package.root.is_dir() or not any(data.path for data in package):
        return []
    return sorted(path for path in package.root.rglob("*.xml") if STF.fullmatch(path.name))


def _read_xml(path: Path) -> Element | None:
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        return ElementTree.parse(path, forbid_dtd=False).getroot()
    except (ParseError, DefusedXmlException, OSError):
        return None


def study_of(path: Path) -> str:
    """The study-id of a tagging file; empty where there is none."""
    root = _read_xml(path)
    if root is None:
        return ""
    return next((node.text or "" for node in root.iter() if _local(node.tag) == "study-id"), "").strip()


def contents(path: Path) -> Iterable[tuple[str, set[str]]]:
    """File and tags of each document that a tagging file lists; the file without leading dots."""
    root = _read_xml(path)
    for node in root.iter() if root is not None else ():
        if _local(node.tag) == "doc-content":
            tags = {child.attrib.get("name", "") for child in node if _local(child.tag) == "file-tag"}
            yield _below(_target(path, _href(node))), tags - {""}


def _target(path: Path, href: str) -> str:
    """The file that a reference means: eCTD's are identifiers of leaves of index.xml, which has the file."""
    place, _, leaf = href.partition("#")
    index = path.parent / place
    root = _read_xml(index) if leaf and index.is_file() else None
    leaves = root.iter() if root is not None else ()
    return next((_href(node) for node in leaves if node.attrib.get("ID") == leaf), href)


def _below(href: str) -> str:
    return re.sub(r"^(\.{1,2}/)+", "", href)


def _href(node: Element) -> str:
    return next((value for name, value in node.attrib.items() if _local(name) == "href"), "")


def _local(name: str) -> str:
    """An XML name without its namespace."""
    return name.rpartition("}")[2]
