"""What an agency's gateway refuses before anybody reads: FDA's technical rejection criteria and transport files.

Source: FDA Study Data Technical Conformance Guide and the Technical Rejection Criteria for Study Data (1734,
1735, 1736, 1789).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from oncdisc.checks.data import Data, Engine
from oncdisc.checks.package import Package
from oncdisc.checks.registry import Breach, package_rule, rule
from oncdisc.checks.tagging import STF, contents, is_submission, study_of, tagging_files
from oncdisc.transport.layout import RECORD, V8
from specs import iso8601
from specs.wording import few

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
_OTHER_FOLDERS: dict[Engine, tuple[str, ...]] = {
    "sdtm": ("tabulations/send", "tabulations/legacy"),
    "adam": ("analysis/legacy/datasets",),
}
"""Where datasets of other standards lie, which may look like SDTM or ADaM."""
_LARGEST = 5 * 1024**3
_DESCRIBED = "define.xml"
_LONGEST_PATH = 180


@package_rule(
    "gateway.1789", "error", "a study's files come with a study tagging file", published="FDA 1789", among_others=True
)
def with_tagging(package: Package) -> Iterable[Breach]:
    """Submissions without a tagging file."""
    if is_submission(package) and not tagging_files(package):
        yield Breach("stf", message="no study tagging file (stf-….xml) is there")


@package_rule(
    "gateway.1734",
    "error",
    "ts.xpt is there with the study's start date",
    published="FDA 1734, TRC1734c",
    among_others=True,
)
def summary(package: Package) -> Iterable[Breach]:
    """TS missing, SSTDTC missing or no date, STUDYID that is not the tagging file's; of what could be submitted."""
    if not package.of("sdtm") or not _submitted(package):
        return
    ts = package.get("TS")
    if ts is None:
        if not package.unreadable("TS"):
            yield Breach("TS", message="there is no ts.xpt")
        return
    yield from _start(ts)
    for path in tagging_files(package):
        identifier = study_of(path)
        if identifier and ts.has("STUDYID") and identifier not in ts.distinct("STUDYID")[1].tolist():
            yield Breach("TS", "STUDYID", f"{path.name} is of study {identifier}", values=identifier)


def _submitted(package: Package) -> bool:
    """Whether the package may be what a gateway gets: files of other formats are not, unless laid out so."""
    return package.transport or is_submission(package)


def _start(ts: Data) -> Iterable[Breach]:
    values = ts.text("TSVAL")[ts.equals("TSPARMCD", "SSTDTC")] if ts.has("TSVAL", "TSPARMCD") else ts.text("")[:0]
    if not len(values.dropna()):
        yield Breach("TS", "TSVAL", "TSPARMCD has no SSTDTC with a value")
        return
    days = iso8601.to_dates(values.reset_index(drop=True))
    if days.isna().any():
        yield Breach("TS", "TSVAL", "SSTDTC is not a complete date", values=str(values.iloc[0]))


@package_rule("gateway.stf", "error", "a study tagging file can be read and names a study", published="FDA 1789")
def tagging_readable(package: Package) -> Iterable[Breach]:
    """Tagging files that are no XML or have no study-id."""
    for path in tagging_files(package):
        if not study_of(path):
            yield Breach(path.name, message="no study-id can be read in it")


@package_rule(
    "gateway.1735", "error", "a dataset and define.xml have the file tag of their place", published="FDA 1735"
)
def file_tags(package: Package) -> Iterable[Breach]:
    """Datasets and define.xml without a tag, or tagged as something else than their place says."""
    for path in tagging_files(package):
        for file, tags in contents(path):
            expected = _expected_tag(file)
            if expected and expected not in tags:
                found = ", ".join(sorted(tags)) or "no file tag"
                yield Breach(path.name, message=f"{file}: found {found}; expected {expected}")


def _expected_tag(file: str) -> str:
    dataset, described = next((tags for place, tags in _TAGS.items() if place in file), ("", ""))
    if file.lower().endswith(".xpt"):
        return dataset
    return described if file.rpartition("/")[2] == _DESCRIBED else ""


@package_rule("gateway.listed_file", "error", "a file that a study tagging file lists among the data is there")
def listed_file(package: Package) -> Iterable[Breach]:
    """Listed files of tabulations and analysis that no folder of the package holds."""
    tagging = tagging_files(package)
    known = [file.as_posix() for file in package.root.rglob("*") if file.is_file()] if tagging else []
    for path in tagging:
        for file, _ in contents(path):
            data_file = re.search("(^|/)(tabulations|analysis)/", file) and "#" not in file
            if data_file and not any(place.endswith(f"/{file}") for place in known):
                yield Breach(path.name, message=f"found no {file}, which it lists", values=file)


@package_rule("gateway.file_tag", "warning", "a file tag is one of the published ones", published="FDA 1735")
def known_tags(package: Package) -> Iterable[Breach]:
    """Tags that are not among the published valid values."""
    for path in tagging_files(package):
        for file, tags in contents(path):
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
    tagging = tagging_files(package)
    files = [file for path in tagging for file, _ in contents(path)]
    if not tagging or any("#" in file for file in files):
        return
    places = [(data.name, data.path) for data in package if data.path is not None and _is_xpt(data)]
    places += [(_DESCRIBED, defined.path) for defined in package.defines]
    for name, path in places:
        if not any(path.as_posix().endswith(f"/{file}") for file in files):
            yield Breach(name, message=f"no study tagging file lists {path.relative_to(package.root).as_posix()}")


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
    for engine, name in expected if _submitted(package) else ():
        members = package.of(engine)
        if not members:
            continue
        first = package.get(name)
        if first is None and not package.unreadable(name):
            yield Breach(name, message=f"there is no {name.lower()}.xpt")
        at = first or members[0]
        if at.path is not None and not (at.path.parent / _DESCRIBED).is_file():
            yield Breach(name, message=f"no define.xml beside {at.path.name}")


@package_rule(
    "gateway.folder",
    "error",
    "a submission has tabulations in tabulations/sdtm and analysis data in analysis/adam/datasets",
    published="FDA 1736",
    among_others=True,
)
def folder(package: Package) -> Iterable[Breach]:
    """Datasets in folders of other names, and tabulations among analysis data: one finding a folder."""
    if not is_submission(package):
        return
    expected: dict[Engine, str] = {"sdtm": "tabulations/sdtm", "adam": "analysis/adam/datasets"}
    wrong: dict[tuple[str, str], list[str]] = {}
    for data in package:
        place = f"{data.path.parent.resolve().as_posix()}/" if data.path is not None else ""
        wanted = (expected[data.engine], *_OTHER_FOLDERS[data.engine])
        if data.path is not None and not any(f"/{one}/" in place for one in wanted):
            found = data.path.parent.relative_to(package.root).as_posix()
            wrong.setdefault((found, wanted[0]), []).append(data.name)
    for (found, wanted_), names in wrong.items():
        yield Breach(found, message=f"found {few(names)} here; expected {wanted_}", values=found)


@package_rule("gateway.stray", "warning", "a submission's folder of datasets holds nothing else", among_others=True)
def stray(package: Package) -> Iterable[Breach]:
    """Files beside transport files that are no transport file, no define.xml with its stylesheet and page, no PDF."""
    folders = sorted({data.path.parent for data in package if data.path is not None and _is_xpt(data)})
    for place in folders if is_submission(package) else ():
        names = [path.name for path in sorted(place.iterdir()) if path.is_file() and not _belongs(path.name.lower())]
        found = place.relative_to(package.root).as_posix()
        if names:
            yield Breach(found, message=f"found {few(names)} among the datasets", values=few(names))


def _belongs(name: str) -> bool:
    suffix = PurePosixPath(name).suffix
    return suffix in (".xpt", ".xsl", ".pdf") or name in (_DESCRIBED, "define.html") or bool(STF.fullmatch(name))


def _is_xpt(data: Data) -> bool:
    return data.path is not None and data.path.suffix.lower() == ".xpt"


@rule("gateway.file_name", "error", "a transport file is named as its dataset, in small letters")
def file_name(data: Data) -> Iterable[Breach]:
    """Files such as Data1.xpt for AE."""
    if data.path is not None and _is_xpt(data) and data.path.name != f"{data.name.lower()}.xpt":
        yield Breach(
            data.name, message=f"found {data.path.name}; expected {data.name.lower()}.xpt", values=data.path.name
        )


@rule("gateway.version", "error", "a transport file is of version 5, the only one that FDA takes")
def version(data: Data) -> Iterable[Breach]:
    """Files of version 8, which hold longer names, labels and text."""
    if data.path is not None and _is_xpt(data):
        with data.path.open("rb") as stream:
            if V8.library in stream.read(RECORD):
                yield Breach(data.name, message="found version 8", values="8")


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
    if not is_submission(package):
        return
    for data in package:
        if data.path is not None and package.root.is_dir():
            place = data.path.relative_to(package.root).as_posix()
            if len(place) > _LONGEST_PATH or not re.fullmatch(r"[a-z0-9./-]+", place):
                yield Breach(data.name, message=place, values=place)
