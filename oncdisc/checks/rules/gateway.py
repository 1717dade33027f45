"""What an agency's gateway refuses before anybody reads: FDA's technical rejection criteria and transport files.

Source: FDA Study Data Technical Conformance Guide and the Technical Rejection Criteria for Study Data (1734,
1735, 1736, 1789).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from oncdisc.checks.data import Data, Engine
from oncdisc.checks.package import Package
from oncdisc.checks.registry import Breach, package_rule, rule
from specs import iso8601

STF = re.compile(r"stf-.*\.xml", re.IGNORECASE)
FILE_TAGS = frozenset({
    "data-tabulation-dataset-sdtm", "data-tabulation-data-definition", "analysis-dataset-adam",
    "analysis-data-definition", "data-tabulation-dataset-send", "data-tabulation-dataset-legacy",
    "analysis-dataset-legacy", "annotated-crf", "data-listing-dataset", "study-data-reviewers-guide",
    "analysis-data-reviewers-guide", "analysis-program", "protocol-or-amendment", "study-report-body",
})  # fmt: skip
_TAGS = {"tabulations/sdtm": "data-tabulation-dataset-sdtm", "analysis/adam/datasets": "analysis-dataset-adam"}
_LARGEST = 5 * 1024**3
_DESCRIBED = "define.xml"
_LONGEST_PATH = 180


def _submission(package: Package) -> bool:
    """Whether the package is laid out as a submission: a study tagging file, or an m5 folder above or within."""
    parts = {part.lower() for part in package.root.resolve().parts}
    return "m5" in parts or (package.root.is_dir() and ((package.root / "m5").is_dir() or bool(_tagging(package))))


def _tagging(package: Package) -> list[Path]:
    if not package.root.is_dir() or not any(data.path for data in package):
        return []
    return sorted(path for path in package.root.rglob("*.xml") if STF.fullmatch(path.name))


@package_rule("gateway.1789", "error", "a study's files come with a study tagging file", published="FDA 1789")
def tagging(package: Package) -> Iterable[Breach]:
    """Submissions without a tagging file."""
    if _submission(package) and not _tagging(package):
        yield Breach("stf", message="no study tagging file (stf-….xml) is there")


@package_rule("gateway.1734", "error", "ts.xpt is there with the study's start date", published="FDA 1734, TRC1734c")
def summary(package: Package) -> Iterable[Breach]:
    """TS missing, SSTDTC missing or no date, STUDYID that is not the tagging file's."""
    if not package.of("sdtm"):
        return
    ts = package.get("TS")
    if ts is None:
        yield Breach("TS", message="there is no ts.xpt")
        return
    yield from _start(ts)
    for path in _tagging(package):
        identifier = _study(path)
        if identifier and ts.has("STUDYID") and identifier not in ts.distinct("STUDYID")[1].tolist():
            yield Breach("TS", "STUDYID", f"{path.name} is of study {identifier}", values=identifier)


def _start(ts: Data) -> Iterable[Breach]:
    values = ts.text("TSVAL")[ts.equals("TSPARMCD", "SSTDTC")] if ts.has("TSVAL", "TSPARMCD") else ts.text("")[:0]
    if not len(values.dropna()):
        yield Breach("TS", "TSVAL", "TSPARMCD has no SSTDTC with a value")
        return
    days = iso8601.to_dates(values.reset_index(drop=True))
    if days.isna().any():
        yield Breach("TS", "TSVAL", "SSTDTC is not a complete date", values=str(values.iloc[0]))


def _read_xml(path: Path) -> Element | None:
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        return ElementTree.parse(path, forbid_dtd=False).getroot()
    except (ParseError, DefusedXmlException):
        return None


def _study(path: Path) -> str:
    root = _read_xml(path)
    if root is None:
        return ""
    return next((node.text or "" for node in root.iter() if node.tag.rpartition("}")[2] == "study-id"), "").strip()


@package_rule("gateway.stf", "error", "a study tagging file can be read and names a study", published="FDA 1789")
def tagging_readable(package: Package) -> Iterable[Breach]:
    """Tagging files that are no XML or have no study-id."""
    for path in _tagging(package):
        if not _study(path):
            yield Breach(path.name, message="no study-id can be read in it")


@package_rule("gateway.1735", "error", "a file has a file tag of the agency's list", published="FDA 1735")
def file_tags(package: Package) -> Iterable[Breach]:
    """Tags that are none, and datasets tagged as something else than their place says."""
    for path in _tagging(package):
        for content in _contents(path):
            href, tags = content
            unknown = sorted(tag for tag in tags if tag not in FILE_TAGS)
            for tag in unknown:
                yield Breach(path.name, message=f"{href}: no file tag {tag}", values=tag)
            expected = next((tag for place, tag in _TAGS.items() if place in href and href.endswith(".xpt")), "")
            if expected and tags and expected not in tags:
                yield Breach(path.name, message=f"{href}: found {', '.join(sorted(tags))}; expected {expected}")


def _contents(path: Path) -> Iterable[tuple[str, set[str]]]:
    """File and tags of each document that a tagging file lists."""
    root = _read_xml(path)
    for node in root.iter() if root is not None else ():
        if node.tag.rpartition("}")[2] == "doc-content":
            href = next((value for name, value in node.attrib.items() if name.rpartition("}")[2] == "href"), "")
            tags = {child.attrib.get("name", "") for child in node if child.tag.rpartition("}")[2] == "file-tag"}
            yield href, tags


@package_rule("gateway.1736", "error", "dm.xpt, adsl.xpt and define.xml are where they belong", published="FDA 1736")
def places(package: Package) -> Iterable[Breach]:
    """Tabulations without DM, analysis data without ADSL, either without define.xml beside them."""
    expected: tuple[tuple[Engine, str], ...] = (("sdtm", "DM"), ("adam", "ADSL"))
    for engine, name in expected:
        members = package.of(engine)
        if not members:
            continue
        first = package.get(name)
        if first is None:
            yield Breach(name, message=f"there is no {name.lower()}.xpt")
        at = first or members[0]
        if at.path is not None and not (at.path.parent / _DESCRIBED).is_file():
            yield Breach(name, message=f"no define.xml beside {at.path.name}")


def _is_xpt(data: Data) -> bool:
    return data.path is not None and data.path.suffix.lower() == ".xpt"


@rule("gateway.file_name", "error", "a transport file is named as its dataset, in small letters")
def file_name(data: Data) -> Iterable[Breach]:
    """Files such as Data1.xpt for AE."""
    if data.path is not None and _is_xpt(data) and data.path.name != f"{data.name.lower()}.xpt":
        yield Breach(
            data.name, message=f"found {data.path.name}; expected {data.name.lower()}.xpt", values=data.path.name
        )


@rule("gateway.size", "error", "a file has up to 5 gigabytes", published="FB2401, FDA SD1071")
def size(data: Data) -> Iterable[Breach]:
    """Files that have to be split."""
    if data.path is not None and data.path.stat().st_size > _LARGEST:
        yield Breach(data.name, message=f"{data.path.stat().st_size:,} bytes")


@rule("gateway.ascii", "warning", "a transport file's text is ASCII")
def ascii_(data: Data) -> Iterable[Breach]:
    """Text beyond ASCII, which version 5 transport files have no word for."""
    from oncdisc.checks.registry import records

    for name in map(str, data.frame.columns):
        if _is_xpt(data) and data.is_text(name):
            _, found = data.distinct(name)
            beyond = [not value.isascii() for value in found.tolist()]
            yield from records(data, name, data.where(name, beyond))


@rule("gateway.label", "error", "a dataset has a label of up to 40 characters")
def label(data: Data) -> Iterable[Breach]:
    """Datasets without a label."""
    if data.typed and _is_xpt(data) and not 0 < len(data.label) <= 40:
        yield Breach(data.name, message="no label" if not data.label else f"{len(data.label)} characters")


@rule("gateway.dataset_name", "error", "a dataset's name is up to 8 letters and digits, a letter first")
def dataset_name(data: Data) -> Iterable[Breach]:
    """Names that a transport file cannot hold."""
    if not re.fullmatch("[A-Z][A-Z0-9]{0,7}", data.name):
        yield Breach(data.name, values=data.name)


@package_rule("gateway.path", "error", "a file's path has up to 180 characters, small letters, digits and hyphens")
def path(package: Package) -> Iterable[Breach]:
    """Paths within a submission that eCTD does not allow."""
    if not _submission(package):
        return
    for data in package:
        if data.path is not None and package.root.is_dir():
            place = data.path.relative_to(package.root).as_posix()
            if len(place) > _LONGEST_PATH or not re.fullmatch(r"[a-z0-9./-]+", place):
                yield Breach(data.name, message=place, values=place)
