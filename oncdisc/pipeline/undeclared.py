"""What an extract has beyond the forms of a study, or against itself: nothing of it is passed over in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import Path

from oncdisc.pipeline.inputs import SUBJECT, Inputs, Undeclared, input_finding
from sdtm.extracts import FORMATS, KEYS, ExtractError, Fault, OdmFile, other_sheets
from specs.findings import SHOWN
from specs.models import Raw, RawForm
from specs.resolved import Spec
from specs.store import RECORD
from specs.usage import form_columns

_TRUTH = "truth.csv"
"""What the example trial's simulation says of its own extract."""


def is_odm(form: RawForm) -> bool:
    """Whether a form is an item group of an ODM-XML file."""
    return _format(form) == "odm"


def takes_header_row(form: RawForm) -> bool:
    """Whether the column names of a form stand on a row."""
    return _format(form) in ("csv", "excel")


def _format(form: RawForm) -> str | None:
    return form.format or FORMATS.get(Path(form.file).suffix.lower())


def report_unused(inputs: Inputs, spec: Spec, raw: Raw) -> None:
    """Columns that no dataset reads; the keys that every ODM record has are no columns of the form's."""
    used = form_columns(spec)
    for name, frame in inputs.frames.items():
        form = raw.forms[name]
        known = {*used[name], *form.key, form.subject or raw.subject, SUBJECT, RECORD, *(KEYS if is_odm(form) else ())}
        ignored = [*form.ignore, *raw.ignore]
        for extra in [str(c) for c in frame.columns if c not in known and not is_ignored(str(c), ignored)]:
            message = f"no dataset reads column {extra} of {form.place}"
            inputs.findings.add(
                [input_finding("input.unused", message, name, "info", variable=extra, source=form.place)]
            )


def is_ignored(name: str, patterns: list[str]) -> bool:
    """Whether a column is declared to be needed by no dataset."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def report_undeclared(inputs: Inputs, raw: Raw, folder: Path, odm: Mapping[Path, OdmFile]) -> None:
    """Files that no form is, and item groups and sheets of the forms' files."""
    declared = {Path(form.file).name for form in raw.forms.values()}
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix.lower() in FORMATS and path.name not in {*declared, _TRUTH}:
            _report(inputs, Undeclared(path.name), path.stem)
    for path in dict.fromkeys(folder / form.file for form in raw.forms.values()):
        for part, records in _parts(raw, folder, path, odm):
            _report(inputs, Undeclared(path.name, part, records), part)


def _parts(raw: Raw, folder: Path, path: Path, odm: Mapping[Path, OdmFile]) -> Iterator[tuple[str, int]]:
    """The item groups or sheets of a file that no form is, with their records."""
    forms = [form for form in raw.forms.values() if folder / form.file == path]
    if path in odm:
        groups = {form.item_group for form in forms}
        yield from ((group, count) for group, count in odm[path].counts.items() if not {group, None} & groups)
    elif _format(forms[0]) == "excel" and path.is_file():
        try:
            others = other_sheets(path, [form.sheet for form in forms])
        except ExtractError:  # a form of it has been reported as unreadable
            return
        yield from ((f"sheet {sheet}", count) for sheet, count in others.items())


def _report(inputs: Inputs, found: Undeclared, name: str) -> None:
    place = f"{found.file} {found.part}".strip()
    message = f"no form of study.yaml is {place}"
    if found.records is not None:
        message += f": {found.records} record{'s are' if found.records != 1 else ' is'} not read"
    inputs.undeclared.append(found)
    inputs.findings.add([input_finding("input.file", message, name, "warning", source=place)])


def report_faults(inputs: Inputs, raw: Raw, odm: Mapping[Path, OdmFile]) -> None:
    """What ODM files say twice, or of what is not there; counted exactly, shown as all findings are."""
    for name, form in raw.forms.items():
        opened = next((opened for path, opened in odm.items() if inputs.files.get(name) == path), None)
        if opened is None:
            continue
        group = form.item_group or next(iter(opened.counts))
        mine = sorted((fault for fault in opened.faults if fault.item_group == group), key=_kind)
        for rule, faults in groupby(mine, key=_kind):
            listed = list(faults)
            shown = [
                input_finding(
                    rule, fault.message, name, value=fault.value[:200],
                    usubjid=raw.usubjid.replace("{subject}", fault.subject),
                    source=f"{form.place} record {fault.record}" if fault.record else form.place,
                )
                for fault in listed[:SHOWN]
            ]  # fmt: skip
            inputs.findings.add(shown, count=len(listed))


def _kind(fault: Fault) -> str:
    return "input.item" if fault.record else "input.transaction"
