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
    "PK-PD-relationship", "HF-validation-other", "HF-validation-protocol", "HF-validation-report",
    "abnormal-lab-values-patient-list", "abuse-liability", "adverse-event-listings",
    "adverse-event-patient-list", "analysis-data-definition", "analysis-data-reviewers-guide",
    "analysis-dataset-adam", "analysis-dataset-legacy", "analysis-program", "animal-rule-efficacy",
    "animal-rule-natural-history", "annotated-crf", "antibacterial", "antibody", "antiviral",
    "assay-validation", "audit-certificates-report", "available-on-request", "bimo", "biomarkers",
    "case-report-forms", "complete-patient-list", "compliance-and-drug-concentration-data", "cp-general",
    "csr_other", "data-listing-data-definition", "data-listing-dataset",
    "data-monitoring-review-committees", "data-tabulation-data-definition",
    "data-tabulation-dataset-legacy", "data-tabulation-dataset-sdtm", "data-tabulation-dataset-send",
    "demographic-data", "device-information", "diagnostic-tests", "discontinued-patients",
    "drug-drug-interaction-study", "ecg", "foreign-clinical-studies-not-under-ind", "gene-therapy",
    "healthcare-utilization", "hepatic-impairment-study", "iec-irb-consent-form-list", "image",
    "individual-efficacy-response-data", "inter-laboratory-standardisation-methods-quality-assurance",
    "iscp", "ise", "isi", "iss", "legacy-clinical-study-report", "list-description-investigator-site",
    "list-patients-with-batches", "listing-individual-laboratory-measurements-by-patient",
    "mass-balance-study", "nonstandard-safety-study", "other-data-not-specified",
    "patient-reported-outcomes", "patients-excluded-from-efficacy-analysis", "pbbm-report", "pbpk-report",
    "pd-invitro-study", "pd-invivo-study", "pharmacodynamics", "pharmacogenomics", "pharmacokinetics",
    "pm-description", "population-pk-report", "population-pkpd-report", "pre-clinical-study-report",
    "protocol-deviations", "protocol-or-amendment", "publications-based-on-study",
    "publications-referenced-in-report", "qsp-report", "qt-clinical-study", "qt-invitro-study",
    "quality-of-life", "randomisation-scheme", "renal-impairment-study", "safety-report",
    "sample-case-report-form", "serious-adverse-event-patient-list", "signatures-investigators",
    "special-pathogen", "specialty-report", "statistical-methods-interim-analysis-plan", "stem-cells",
    "study-data-reviewers-guide", "study-report-body", "subject-profiles", "synopsis", "weight-of-evidence",
})  # fmt: skip
"""ICH's valid values of a file tag, with those of the US and Japan."""
_TAGS = {
    "tabulations/sdtm/": ("data-tabulation-dataset-sdtm", "data-tabulation-data-definition"),
    "tabulations/send/": ("data-tabulation-dataset-send", "data-tabulation-data-definition"),
    "analysis/adam/datasets/": ("analysis-dataset-adam", "analysis-data-definition"),
}
"""The tag of a dataset and of define.xml by the folder."""
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


@package_rule(
    "gateway.1789", "error", "a study's files come with a study tagging file", published="FDA 1789", among_others=True
)
def tagging(package: Package) -> Iterable[Breach]:
    """Submissions without a tagging file."""
    if _submission(package) and not _tagging(package):
        yield Breach("stf", message="no study tagging file (stf-….xml) is there")


@package_rule(
    "gateway.1734",
    "error",
    "ts.xpt is there with the study's start date",
    published="FDA 1734, TRC1734c",
    among_others=True,
)
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
    return next((node.text or "" for node in root.iter() if _local(node.tag) == "study-id"), "").strip()


@package_rule("gateway.stf", "error", "a study tagging file can be read and names a study", published="FDA 1789")
def tagging_readable(package: Package) -> Iterable[Breach]:
    """Tagging files that are no XML or have no study-id."""
    for path in _tagging(package):
        if not _study(path):
            yield Breach(path.name, message="no study-id can be read in it")


@package_rule(
    "gateway.1735", "error", "a dataset and define.xml have the file tag of their place", published="FDA 1735"
)
def file_tags(package: Package) -> Iterable[Breach]:
    """Datasets and define.xml without a tag, or tagged as something else than their place says."""
    for path in _tagging(package):
        for file, tags in _contents(path):
            expected = _expected_tag(file)
            if expected and expected not in tags:
                found = ", ".join(sorted(tags)) or "no file tag"
                yield Breach(path.name, message=f"{file}: found {found}; expected {expected}")


def _expected_tag(file: str) -> str:
    dataset, described = next((tags for place, tags in _TAGS.items() if place in file), ("", ""))
    if file.lower().endswith(".xpt"):
        return dataset
    return described if file.rpartition("/")[2] == _DESCRIBED else ""


@package_rule("gateway.file_tag", "warning", "a file tag is one of the published ones", published="FDA 1735")
def known_tags(package: Package) -> Iterable[Breach]:
    """Tags that are not among the published valid values."""
    for path in _tagging(package):
        for file, tags in _contents(path):
            for tag in sorted(tags - FILE_TAGS):
                yield Breach(path.name, message=f"{file}: no file tag {tag}", values=tag)


@package_rule(
    "gateway.listed",
    "error",
    "a study tagging file lists each dataset and define.xml",
    published="FDA 1789",
    yields_to="gateway.path, gateway.file_name",
    among_others=True,
)
def listed(package: Package) -> Iterable[Breach]:
    """Files that no tagging file lists; nothing where one refers to an index that is not at hand."""
    tagging_files = _tagging(package)
    files = [file for path in tagging_files for file, _ in _contents(path)]
    if not tagging_files or any("#" in file for file in files):
        return
    places = [(data.name, data.path) for data in package if data.path is not None and _is_xpt(data)]
    places += [(_DESCRIBED, defined.path) for defined in package.defines]
    for name, path in places:
        if not any(path.as_posix().endswith(f"/{file}") for file in files):
            yield Breach(name, message=f"no study tagging file lists {path.relative_to(package.root).as_posix()}")


def _contents(path: Path) -> Iterable[tuple[str, set[str]]]:
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


@package_rule(
    "gateway.1736",
    "error",
    "dm.xpt, adsl.xpt and define.xml are where they belong",
    published="FDA 1736",
    among_others=True,
)
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
