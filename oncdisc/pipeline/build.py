"""`oncdisc build`: one spec and its inputs into a folder with everything a submission's datasets need."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from adam import write_listing
from oncdisc._version import __version__
from oncdisc.engines import load_spec
from oncdisc.pipeline.assemble import assemble, report_slices_without_records, run_parts
from oncdisc.pipeline.extract import read_extract
from oncdisc.pipeline.inputs import Inputs, input_finding
from oncdisc.pipeline.lineage import keep_spec, write_lineage
from oncdisc.pipeline.memory import give_back, parts_for
from oncdisc.pipeline.metadata import write_defines
from oncdisc.pipeline.output import BUILD, check_target, refuse_within, replaced, write_json
from oncdisc.pipeline.parts import PartResult, build_part, buildable, unsourced
from oncdisc.pipeline.stale import closure, fingerprints, refuse_stale
from oncdisc.pipeline.tabulations import read_tabulations
from oncdisc.pipeline.write import write_datasets
from specs.coded import plain_frame
from specs.derivations.basic import Blank
from specs.errors import DataError, UsageError
from specs.findings import Findings
from specs.resolved import Slice, Spec

FORMATS = ("xpt", "dataset-json", "parquet", "csv")
Progress = Callable[[str, str], None]


@dataclass(frozen=True)
class Result:
    """What a build made: its folder, its record counts and its findings."""

    out: Path
    spec: Spec
    rows: Mapping[str, int]
    findings: Findings
    not_built: Mapping[str, list[str]]

    @property
    def exit_status(self) -> int:
        """0 clean, 1 with error findings."""
        return 1 if self.findings.count("error") else 0


def build(
    study: str | Path,
    *,
    out: str | Path,
    raw: str | Path | None = None,
    sdtm: str | Path | None = None,
    only: Iterable[str] = (),
    formats: Sequence[str] = ("xpt",),
    partitions: int | None = None,
    jobs: int = 1,
    engine: Literal["local", "dask"] = "local",
    scheduler: str | None = None,
    options: Mapping[str, str | int | float] | None = None,
    progress: Progress | None = None,
    extras: Callable[[Path], None] | None = None,
) -> Result:
    """Build a study's datasets from raw extracts (`raw`) or from existing SDTM (`sdtm`).

    `out` appears whole or is left as it was. A large extract is built in parts of its subjects, or in as many as
    `partitions` says, over `jobs` processes: the same bytes come out. `extras` may add files before it is swapped in.
    Raises SpecError and UsageError for what was asked, DataError for inputs that can't be built from.
    """
    say, target = progress or _silent, Path(out)
    _check_asked(raw, sdtm, target, formats, partitions, jobs)
    spec = load_spec(study, options)
    refuse_within(target, spec.folder, "the study's folder")
    inputs = _read(spec, raw, sdtm, say)
    chosen, lacking, empty = _choose(spec, inputs, tuple(only))
    wanted = [*only, *refuse_stale(target, spec, inputs, tuple(only), formats)] if only else chosen
    needed = [name for name in closure(spec, wanted) if name in chosen or name in empty]
    whole = _map(spec, inputs, needed, partitions, jobs, engine, scheduler, say)
    _report_blank(spec, inputs, wanted)
    whole.datasets = {name: made for name, made in whole.datasets.items() if name in wanted}
    with replaced(target) as folder:
        _write(folder, spec, inputs, whole, lacking, tuple(formats), say)
        _keep_extracts(target, folder, extras, bool(only))
    rows = {name: len(made.frame) for name, made in whole.datasets.items()}
    return Result(target, spec, rows, whole.findings, lacking)


def _keep_extracts(target: Path, folder: Path, extras: Callable[[Path], None] | None, only: bool) -> None:
    """What a caller adds to the folder; the extracts of a demo stay beside the datasets that stay."""
    if only and (target / "raw").is_dir():
        shutil.copytree(target / "raw", folder / "raw")
    if extras:
        extras(folder)


def _check_asked(
    raw: str | Path | None,
    sdtm: str | Path | None,
    target: Path,
    formats: Sequence[str],
    partitions: int | None,
    jobs: int,
) -> None:
    """What can be refused before anything is read. Raises UsageError."""
    if (raw is None) == (sdtm is None):
        raise UsageError("a build starts from --raw or from --sdtm: give one of them")
    check_target(target)
    refuse_within(target, Path(raw or sdtm or ""), "--raw" if raw is not None else "--sdtm")
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        found = f"no format {unknown[0]}" if unknown else "--formats names none"
        raise UsageError(f"{found}: expected {', '.join(FORMATS)}")
    for name, number in (("--partitions", partitions), ("--jobs", jobs)):
        if number is not None and number < 1:
            raise UsageError(f"{name} {number}: expected 1 or more")


def _silent(step: str, detail: str) -> None:
    """Nobody watches."""


def _read(spec: Spec, raw: str | Path | None, sdtm: str | Path | None, say: Progress) -> Inputs:
    if raw is not None:
        return read_extract(spec, Path(raw), lambda name: say("read", name))
    return read_tabulations(spec, Path(sdtm or ""), lambda name: say("read", name))


def _choose(
    spec: Spec, inputs: Inputs, only: tuple[str, ...]
) -> tuple[list[str], dict[str, list[str]], dict[str, list[str]]]:
    """The datasets to build, what each other one lacks, and those of them that have no records to be made of."""
    given = [name for name in inputs.frames if name.isupper()]
    chosen, lacking = buildable(spec, given, [name for name in inputs.frames if not name.isupper()])
    if given:
        chosen = [name for name in chosen if spec.datasets[name].engine == "adam"]
        lacking = {name: why for name, why in lacking.items() if spec.datasets[name].engine == "adam"}
    forms = spec.study.raw.forms if spec.study.raw and not given else {}
    none, some = unsourced(spec, chosen, [name for name in forms if name not in inputs.frames])
    chosen = [name for name in chosen if name not in none]
    lacking |= none
    for name, why in lacking.items():
        message = f"{name} is not built: {why_not(why)}"
        inputs.findings.add([input_finding("build.lacking", message, name, "info")])
    _report_partial(spec, inputs, some)
    unknown = [name for name in only if name not in chosen]
    if unknown:
        why = f": it is not built, {why_not(lacking[unknown[0]])}" if unknown[0] in lacking else ""
        raise UsageError(f"--only {unknown[0]}{why}: expected some of {', '.join(chosen)}")
    if not chosen:
        raise DataError("nothing can be built from these inputs")
    return chosen, lacking, none


def why_not(names: Sequence[str]) -> str:
    """Why a dataset is not built, by what it lacks: datasets, or forms that are not there or can't be read."""
    forms = [name for name in names if not name.isupper()]
    others = [name for name in names if name.isupper()]
    unread = f"form{'s' if len(forms) > 1 else ''} {', '.join(forms)} could not be read" if forms else ""
    return " and ".join(filter(None, [unread, f"the inputs have no {', '.join(others)}" if others else ""]))


def _report_partial(spec: Spec, inputs: Inputs, some: Mapping[str, list[str]]) -> None:
    """Datasets that lack a part of their records; of a form that may be left out that is no fault."""
    forms = spec.study.raw.forms if spec.study.raw else {}
    for name, why in some.items():
        if needed := [form for form in why if not forms[form].optional]:
            message = f"{name} lacks the records of form {', '.join(needed)}, which could not be read"
            inputs.findings.add([input_finding("build.partial", message, name)])


def _report_blank(spec: Spec, inputs: Inputs, names: Iterable[str]) -> None:
    """Say once of each variable that the source does not hold."""
    for name in names:
        for variable in spec.datasets[name].variables:
            if all(_is_blank(part, variable) for part in spec.datasets[name].slices.values()):
                message = f"the source does not hold {variable}: it is left blank"
                finding = input_finding("source.none", message, name, "info", variable=variable)
                inputs.findings.add([finding])


def _is_blank(part: Slice, variable: str) -> bool:
    assignment = part.assignments.get(variable)
    arguments = assignment.bound.arguments if assignment else None
    return isinstance(arguments, Blank) and not arguments.expected


def _map(
    spec: Spec, inputs: Inputs, names: Sequence[str], partitions: int | None, jobs: int,
    engine: Literal["local", "dask"], scheduler: str | None, say: Progress,
) -> PartResult:  # fmt: skip
    """The datasets of subjects, in parts, and those of the study."""
    say("map", ", ".join(names))
    give_back()
    parts = partitions or parts_for(spec, inputs, names)
    whole = run_parts(spec, inputs, names, parts, jobs, engine, scheduler, say)
    return _with_study(spec, inputs, whole, names)


def _with_study(spec: Spec, inputs: Inputs, whole: PartResult, chosen: Sequence[str]) -> PartResult:
    """And the datasets of the study (TS and the like): once, with the profile of all subjects at hand."""
    names = [name for name in chosen if spec.datasets[name].scope == "study"]
    if not names:
        return whole
    study = build_part(spec, inputs.subjects, inputs.part(inputs.subjects), names, whole.profile)
    return assemble([whole, study], spec)


def _write(
    folder: Path,
    spec: Spec,
    inputs: Inputs,
    whole: PartResult,
    lacking: Mapping[str, list[str]],
    formats: tuple[str, ...],
    say: Progress,
) -> None:
    say("write", "datasets")
    whole.findings.merge(inputs.findings)
    report_slices_without_records(whole, spec)
    files = write_datasets(spec, whole.datasets, whole.profile, folder, formats)
    say("write", "define.xml")
    write_defines(spec, whole, folder)
    say("write", "lineage and findings")
    write_lineage(spec, whole.datasets, inputs.frames, {name: inputs.place(name) for name in inputs.files}, folder)
    keep_spec(spec, folder)
    findings = [finding.as_dict() for finding in whole.findings.rows()]
    write_json(folder / "findings.json", {"findings": findings, "counts": whole.findings.counts()})
    write_json(folder / BUILD, _record(spec, inputs, whole, files, lacking, formats))
    say("write", "results and report")
    _write_report(folder, spec, whole)


def _write_report(folder: Path, spec: Spec, whole: PartResult) -> None:
    """What the study's results.yaml declares, reported beside derived responses, and the page to open first."""
    from oncdisc.reporting import write_report, write_results

    if "ADRS" in whole.datasets:
        write_listing(plain_frame(whole.datasets["ADRS"].frame), folder / "results" / "reconciliation.csv")
    frames = {name: made.frame for name, made in whole.datasets.items()}
    write_report(folder, spec, write_results(folder, spec), frames)


def _record(
    spec: Spec,
    inputs: Inputs,
    whole: PartResult,
    files: Mapping[str, list[str]],
    lacking: Mapping[str, list[str]],
    formats: Sequence[str],
) -> dict[str, Any]:
    """build.json: what was built from what. No clock and no path of a machine: same inputs, same bytes."""
    return {
        "oncdisc": __version__,
        "study": spec.study.study,
        "standards": spec.study.standards.model_dump(),
        "formats": sorted(formats),
        "options": dict(spec.options),
        "accept": [item.model_dump() for item in spec.study.accept],
        "inputs": inputs.hashes(),
        "subjects": len(inputs.subjects),
        "datasets": {name: {"records": len(made.frame), "files": files[name]} for name, made in whole.datasets.items()},
        "not built": dict(lacking),
        "fingerprints": fingerprints(spec, inputs),
        "reconciliation": _reconciliation(inputs, whole),
        "findings": {severity: whole.findings.count(severity) for severity in ("error", "warning", "info")},
    }


def _reconciliation(inputs: Inputs, whole: PartResult) -> dict[str, Any]:
    forms = [{"form": a.form, "file": a.file, "read": a.read, "excluded": a.excluded} for a in inputs.accounts]
    slices = [
        {
            "dataset": a.dataset, "slice": a.slice, "source": a.source, "read": a.read, "used": a.used,
            "excluded": dict(a.excluded),
        }
        for a in whole.accounts
    ]  # fmt: skip
    undeclared = [{"file": u.file, "part": u.part, "records": u.records} for u in inputs.undeclared]
    return {"forms": forms, "undeclared": undeclared, "records": slices}
