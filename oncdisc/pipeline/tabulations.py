"""Existing SDTM as inputs: the datasets of a folder in any format, chosen by the study's order of preference."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from oncdisc.pipeline.extract import Progress
from oncdisc.pipeline.inputs import (
    SUBJECT,
    FormAccount,
    Inputs,
    byte_order,
    counted,
    input_finding,
    numbered,
    report_records,
)
from oncdisc.transport import TransportError, read_dataset
from specs.coded import coded_frame
from specs.columns import NUMBER, text
from specs.errors import DataError
from specs.findings import SHOWN
from specs.models import Tabulation
from specs.nodes import inputs as inputs_of
from specs.qualifiers import with_qualifiers
from specs.resolved import Spec
from specs.standard import NotInStandardError, standard
from specs.store import Subjects

AUTO = "auto"
"""The value of a build option that leaves the choice of a file to the order of preference."""
SUFFIXES = (".xpt", ".csv", ".parquet", ".json", ".ndjson", ".dsjc", ".sas7bdat")


def read_tabulations(spec: Spec, folder: Path, progress: Progress | None = None) -> Inputs:
    """Read the SDTM datasets that the study's ADaM needs. Raises DataError if DM or the folder is not there."""
    if not folder.is_dir():
        raise DataError(f"no folder {folder}: expected SDTM datasets")
    inputs = Inputs()
    for name in _needed(spec):
        if progress:
            progress(name)
        path = _find(spec, folder, name)
        if path is None:
            message = f"{name} is not in the folder; what needs it is built without it"
            inputs.findings.add([input_finding("input.dataset", message, name, source=folder.name)])
            continue
        inputs.frames[name] = numbered(coded_frame(_qualified(_typed(spec, name, path, inputs), name, path, inputs)))
        inputs.files[name] = path
    if "DM" not in inputs.frames:
        raise DataError(f"{folder}: no DM in any format that is read ({', '.join(SUFFIXES)})")
    inputs.subjects = byte_order(inputs.frames["DM"][SUBJECT].dropna())
    _unknown_subjects(inputs)
    return inputs


def _qualified(frame: pd.DataFrame, name: str, path: Path, inputs: Inputs) -> pd.DataFrame:
    """The dataset with the qualifiers of the SUPP-- beside it."""
    supp = path.with_name(f"supp{path.name.lower()}")
    if not supp.is_file():
        return frame
    inputs.files[f"SUPP{name}"] = supp
    read = _read(supp)
    qualifiers = pd.DataFrame({str(column): text(read[column].astype("string")) for column in read.columns})
    return with_qualifiers(frame, qualifiers)


def _read(path: Path) -> pd.DataFrame:
    try:
        return read_dataset(path).frame
    except TransportError as error:
        raise DataError(f"{path.name}: {error}") from error


def _needed(spec: Spec) -> list[str]:
    names = {name for dataset in spec.of("adam") for name in inputs_of(spec, dataset)}
    return sorted({"DM", *(name for name in names if name.isupper() and not _is_adam(spec, name))})


def _is_adam(spec: Spec, name: str) -> bool:
    return name in spec.datasets and spec.datasets[name].engine == "adam"


def _find(spec: Spec, folder: Path, name: str) -> Path | None:
    files = {path.name.lower(): path for path in sorted(folder.iterdir())}
    stems, chosen = _stems(spec, name)
    for stem in stems:
        for suffix in SUFFIXES:
            if f"{stem.lower()}{suffix}" in files:
                return files[f"{stem.lower()}{suffix}"]
    if chosen:
        known = ", ".join(file for file in files if file.startswith(name.lower()) and file.endswith(SUFFIXES))
        raise DataError(f"{folder}: no {stems[0]} for {name}, as the build option asks; there is {known or 'none'}")
    return None


def _stems(spec: Spec, name: str) -> tuple[list[str], bool]:
    """File stems in order of preference, and whether it is a build option that chose the one."""
    entry = spec.study.tabulations.get(name, [name.lower()])
    if not isinstance(entry, Tabulation):
        return entry, False
    ending = spec.options.get(entry.option, AUTO) if entry.option else AUTO
    return (entry.files, False) if ending == AUTO else ([f"{name.lower()}{ending}"], True)


def _typed(spec: Spec, name: str, path: Path, inputs: Inputs) -> pd.DataFrame:
    """The dataset with the standard's types: text and numbers; what should be a number and is none is reported."""
    frame = _read(path)
    if SUBJECT not in frame:
        raise DataError(f"{path.name}: no column {SUBJECT}")
    try:
        known = standard(spec.study.standards.sdtm).dataset(name).variables
    except NotInStandardError:
        known = {}
    columns: dict[str, pd.Series] = {}
    for column in map(str, frame.columns):
        values = frame[column]
        if column in known and known[column].type == "Num":
            columns[column] = pd.to_numeric(values, errors="coerce").astype(NUMBER)
            _report_no_numbers(inputs, name, path, frame.loc[values.notna() & columns[column].isna()], column)
        elif pd.api.types.is_numeric_dtype(values) and column not in known:
            columns[column] = values.astype(NUMBER)
        else:
            columns[column] = text(values.astype("string"))
    return pd.DataFrame(columns)


def _report_no_numbers(inputs: Inputs, name: str, path: Path, lost: pd.DataFrame, column: str) -> None:
    shown = lost.iloc[:SHOWN]
    rows = zip(shown[SUBJECT].astype("string").fillna(""), shown[column].astype("string"), shown.index, strict=True)
    findings = [
        input_finding(
            "value.number", "not a number: left missing", name,
            variable=column, usubjid=str(u), value=str(v)[:200], source=f"{path.name} record {int(n) + 1}",
        )
        for u, v, n in rows
    ]  # fmt: skip
    inputs.findings.add(findings, count=len(lost))


def _unknown_subjects(inputs: Inputs) -> None:
    """Records of subjects that DM does not have: reported one by one, counted and left out."""
    known = Subjects(inputs.subjects)
    for name, frame in inputs.frames.items():
        file = inputs.files[name].name
        unknown = known.codes(frame[SUBJECT]) < 0
        report_records(inputs, name, file, frame, unknown, "input.subject", "subject is not in DM: it is left out")
        inputs.accounts.append(FormAccount(name, file, len(frame), counted("subject unknown", unknown)))
        inputs.frames[name] = frame.loc[~unknown].reset_index(drop=True) if unknown.any() else frame
