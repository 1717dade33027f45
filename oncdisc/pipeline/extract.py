"""Raw extracts as inputs: every form read, its subjects named, its oddities reported, no record lost in silence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

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
from oncdisc.pipeline.undeclared import (
    is_ignored,
    is_odm,
    report_faults,
    report_undeclared,
    report_unused,
    takes_header_row,
)
from sdtm.extracts import ExtractError, OdmFile, RaggedRecord, open_odm, read_form
from specs._yaml import load_document
from specs.arguments import sources
from specs.coded import by_value, plain, repeats
from specs.columns import TEXT
from specs.errors import DataError
from specs.models import Raw, RawForm
from specs.resolved import Spec
from specs.store import RECORD, Subjects

STUDY = "study.yaml"
Progress = Callable[[str], None]


def read_extract(spec: Spec, folder: Path, progress: Progress | None = None) -> Inputs:
    """Read every form that study.yaml declares from a folder.

    Raises DataError if the folder, or the form that defines the subjects, can't be read.
    """
    raw = spec.study.raw
    if raw is None:
        raise DataError(f"{spec.study.study}: study.yaml declares no raw forms")
    if not folder.is_dir():
        raise DataError(f"no folder {folder}: expected the raw extracts of {spec.study.study}")
    inputs = Inputs()
    odm: dict[Path, OdmFile] = {}
    for name, form in raw.forms.items():
        if progress:
            progress(name)
        _read(inputs, folder, name, form, _odm(odm, folder, name, raw))
    if raw.subjects not in inputs.frames:
        file = raw.forms[raw.subjects].file if raw.subjects in raw.forms else raw.subjects
        raise DataError(f"{file}: the form that defines the subjects can't be read: {_why(inputs, raw.subjects)}")
    _name_subjects(inputs, spec, raw)
    _leave_out(inputs, spec, raw)
    report_unused(inputs, spec, raw)
    report_faults(inputs, raw, odm)
    report_undeclared(inputs, raw, folder, odm)
    return inputs


def _why(inputs: Inputs, form: str) -> str:
    return next((f.message for f in inputs.findings.rows() if f.dataset == form), "it is not there")


def _odm(opened: dict[Path, OdmFile], folder: Path, name: str, raw: Raw) -> Callable[[], OdmFile | None]:
    """What gives a form's ODM file, read once for all forms that are in it; None of a form of another format."""

    def given() -> OdmFile | None:
        path = folder / raw.forms[name].file
        if not is_odm(raw.forms[name]):
            return None
        if path not in opened:
            groups = [form.item_group for form in raw.forms.values() if folder / form.file == path]
            opened[path] = open_odm(path, None if None in groups else [group for group in groups if group])
        return opened[path]

    return given


def _read(inputs: Inputs, folder: Path, name: str, form: RawForm, odm: Callable[[], OdmFile | None]) -> None:
    path = folder / form.file
    if not path.is_file():
        severity = "info" if form.optional else "error"
        message = f"form {name}: {form.file} is not in the extract: a dataset of its records alone is not built"
        inputs.findings.add([input_finding("input.form", message, name, severity, source=form.file)])
        return
    ragged: list[RaggedRecord] = []
    try:
        frame = read_form(
            path,
            format=form.format,
            delimiter=form.delimiter,
            encoding=form.encoding,
            sheet=form.sheet,
            item_group=form.item_group,
            header_row=form.header_row,
            skip=form.skip,
            odm=odm(),
            ragged=ragged.append,
            coded=True,
        )
    except ExtractError as error:
        inputs.findings.add([input_finding("input.unreadable", str(error), name, source=form.place)])
        return
    if RECORD in frame:
        message = f"a column {RECORD}: expected another name, for this one numbers the records"
        inputs.findings.add([input_finding("input.unreadable", message, name, source=form.place)])
        return
    _report_ragged(inputs, name, form, ragged)
    inputs.ragged[name] = _lost(ragged)
    if not len(frame):
        message = f"form {name}: {form.place} has no records"
        inputs.findings.add([input_finding("input.empty", message, name, "warning", source=form.place)])
    inputs.frames[name] = numbered(frame.rename(columns={"_row": RECORD}))
    inputs.files[name] = path
    inputs.places[name] = form.place


def _report_ragged(inputs: Inputs, name: str, form: RawForm, ragged: list[RaggedRecord]) -> None:
    for record in ragged:
        message = f"{record.problem}: it is left out"
        if record.open:
            message += "; close the mark on its line, or take it out, and these lines are records again"
        source = f"{form.file} record {record.record}"
        inputs.findings.add([input_finding("input.ragged", message, name, value=record.text[:200], source=source)])


def _lost(ragged: list[RaggedRecord]) -> dict[str, int]:
    """What can't be read of a file, by rule: records, and lines that an open quotation mark has run together."""
    lines = sum(record.last_line - record.line + 1 for record in ragged if record.open)
    lost = {"wrong number of fields": sum(not record.open for record in ragged), "open quotation mark": lines}
    return {rule: count for rule, count in lost.items() if count}


def _name_subjects(inputs: Inputs, spec: Spec, raw: Raw) -> None:
    """Add USUBJID to every form by the study's template, a rescreened person keeping the first one."""
    first = _rescreened(inputs, raw)
    for name, frame in list(inputs.frames.items()):
        column = raw.forms[name].subject if raw.forms[name].subject is not None else raw.subject
        if not column:  # declared to be of the study, not of subjects
            continue
        if column not in frame:
            _without_subjects(inputs, spec, raw, name, column)
            continue
        named = by_value(frame[column], lambda ids: _usubjid(raw, ids.replace(first) if first else ids))
        given = frame.get(SUBJECT) if column != SUBJECT else None
        frame[SUBJECT] = named
        if given is not None:
            _report_other_names(inputs, raw, name, frame, plain(given))
    inputs.subjects = byte_order(plain(inputs.frames[raw.subjects][SUBJECT].drop_duplicates()).dropna())


def _report_other_names(inputs: Inputs, raw: Raw, name: str, frame: pd.DataFrame, given: pd.Series) -> None:
    """A column USUBJID of the extract, whose place the study's own takes: said, and where the two differ."""
    file = raw.forms[name].place
    differs = (given.notna() & (given != plain(frame[SUBJECT]))).to_numpy(dtype=bool)
    message = f"{SUBJECT} of {file} is another than `usubjid` of study.yaml makes, which takes its place"
    report_records(inputs, name, file, frame, differs, "input.usubjid", message, "warning", value=given)
    if not is_ignored(SUBJECT, [*raw.forms[name].ignore, *raw.ignore]):
        message = f"no dataset reads column {SUBJECT} of {file}: `usubjid` of study.yaml makes it of the subject"
        finding = input_finding("input.unused", message, name, "info", variable=SUBJECT, source=file)
        inputs.findings.add([finding])


def _usubjid(raw: Raw, ids: pd.Series) -> pd.Series:
    before, _, after = raw.usubjid.partition("{subject}")
    return (before + ids.astype(TEXT) + after).astype(TEXT)


def _without_subjects(inputs: Inputs, spec: Spec, raw: Raw, name: str, column: str) -> None:
    """A form of which nobody knows whose records they are: nothing can be built from it."""
    place = raw.forms[name].place
    declared = ("raw", "forms", name, "subject") if raw.forms[name].subject is not None else ("raw", "subject")
    line = load_document(spec.folder / STUDY).line(declared)
    found = ", ".join(str(known) for known in inputs.frames[name].columns if known not in (RECORD, SUBJECT))
    message = f"no column {column}, which names the subject ({STUDY}:{line}); found the columns {found}"
    if takes_header_row(raw.forms[name]):
        message += "; where they are labels, `header_row` or `skip` of the form says on which row the names stand"
    if name == raw.subjects:
        raise DataError(f"{place}: {message}")
    message += ": none of its records can be used"
    inputs.findings.add([input_finding("input.subject_column", message, name, source=place)])
    records = len(inputs.frames.pop(name))
    inputs.accounts.append(FormAccount(name, raw.forms[name].file, records, {f"no column {column}": records}))


def _rescreened(inputs: Inputs, raw: Raw) -> dict[str, str]:
    """Each later subject number of a person with the first one."""
    if raw.rescreened is None or raw.rescreened.form not in inputs.frames:
        return {}
    frame = inputs.frames[raw.rescreened.form]
    column = raw.forms[raw.rescreened.form].subject or raw.subject
    if raw.rescreened.previous not in frame or column not in frame:
        return {}
    known = frame.loc[frame[raw.rescreened.previous].notna(), [column, raw.rescreened.previous]]
    earlier: dict[str, str] = dict(zip(known[column], known[raw.rescreened.previous], strict=True))
    return {later: _first(later, earlier) for later in earlier}


def _first(subject: str, earlier: dict[str, str]) -> str:
    seen = {subject}
    while subject in earlier and earlier[subject] not in seen:
        subject = earlier[subject]
        seen.add(subject)
    return subject


def _leave_out(inputs: Inputs, spec: Spec, raw: Raw) -> None:
    """Records of unknown subjects and repeated records: reported one by one, and counted."""
    known = Subjects(inputs.subjects)
    for name, frame in inputs.frames.items():
        excluded = dict(inputs.ragged.get(name, {}))
        read = len(frame) + sum(excluded.values())
        file = inputs.place(name)
        kept = frame
        if SUBJECT in frame:
            unknown = known.codes(frame[SUBJECT]) < 0
            report_records(inputs, name, file, frame, unknown, "input.subject", _unknown_subject(raw, name))
            excluded |= counted("subject unknown", unknown)
            kept = frame.loc[~unknown] if unknown.any() else frame
        kept = _without_repeats(inputs, spec, name, raw.forms[name], kept, excluded)
        inputs.frames[name] = kept.reset_index(drop=True)
        _report_keys(inputs, name, file, raw.forms[name].key)
        inputs.accounts.append(FormAccount(name, raw.forms[name].file, read, excluded))


def _unknown_subject(raw: Raw, name: str) -> Callable[[pd.DataFrame], list[str]]:
    """What is said of a form's records whose subject the form that defines the subjects does not have."""
    column = raw.forms[name].subject or raw.subject
    subjects = raw.forms[raw.subjects].place

    def said(shown: pd.DataFrame) -> list[str]:
        ids: list[str] = plain(shown[column]).fillna("").tolist()
        return [f"subject {i} is not in {subjects}" if i else f"no subject: {column} is empty" for i in ids]

    return said


def _without_repeats(
    inputs: Inputs, spec: Spec, name: str, form: RawForm, frame: pd.DataFrame, excluded: dict[str, int]
) -> pd.DataFrame:
    """A form without the records that repeat an earlier one in every value; without a key they are told and stay."""
    again = repeats([frame[column] for column in frame.columns if column != RECORD], len(frame))
    if any(column in frame for column in form.key):
        message = "the record is there twice"
        report_records(inputs, name, form.place, frame, again, "input.duplicate", message, "warning")
        excluded |= counted("repeated record", again)
        return frame.loc[~again] if again.any() else frame
    if not _takes_first(spec, name):
        message = "every value is that of an earlier record: kept, since study.yaml declares no `key` of the form"
        report_records(inputs, name, form.place, frame, again, "input.repeated", message, "warning")
    return frame


def _takes_first(spec: Spec, form: str) -> bool:
    """Whether whatever is made of a form's records takes the first of a group, as `first` declares."""
    parts = [part.bound.arguments for dataset in spec.datasets.values() for part in dataset.slices.values()]
    reading = [part for part in parts if any(source.from_ == form for source in sources(part))]
    return bool(reading) and all(getattr(part, "first", None) for part in reading)


def _report_keys(inputs: Inputs, name: str, file: str, key: list[str]) -> None:
    frame = inputs.frames[name]
    keys = [column for column in key if column in frame]
    if keys:
        again = (frame.duplicated(keys) & frame[keys[0]].notna()).to_numpy(dtype=bool)
        message = f"another record of the form has the same {', '.join(keys)} and other values: both are kept"
        report_records(inputs, name, file, frame, again, "input.key", message)
