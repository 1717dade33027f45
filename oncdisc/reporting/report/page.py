"""Puts the page together from what a build left: its record, its findings, its results and its datasets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import isnan
from pathlib import Path
from typing import Any

import pandas as pd

from oncdisc.reporting.data import Study
from oncdisc.reporting.figures import figure_bytes
from oncdisc.reporting.load import load_declaration
from oncdisc.reporting.report import flow
from oncdisc.reporting.report.subjects import subject_data
from oncdisc.reporting.statistics import TOTAL, Group, Outcome
from oncdisc.reporting.tables import html_table, shown, table
from oncdisc.reporting.write import FOLDER as RESULTS
from oncdisc.reporting.write import Results, make_results
from specs.coded import plain_frame
from specs.findings import causality
from specs.resolved import Spec
from specs.wording import counted

FILE = "report.html"
RECONCILIATION = f"{RESULTS}/reconciliation.csv"
"""The listing of reported and derived responses, which a build with derived responses leaves."""
_FIRST = 5
"""Rows of each dataset on the page."""
_EXAMPLES = 5
"""Findings of a rule on the page; findings.json has them all."""


def write_report(
    folder: Path, spec: Spec, results: Results | None = None, frames: Mapping[str, pd.DataFrame] | None = None
) -> Path:
    """Write `report.html` for a build. Raises SpecError for a wrong results.yaml.

    `results` are what `write_results` gave for the folder, which saves making them and drawing their figures again;
    `frames` are its datasets, which saves reading them for their first rows.
    """
    found = results or make_results(folder, spec)
    drawn = folder / RESULTS / "figures" if results else None
    path = folder / FILE
    path.write_text(_page(folder, spec, found, drawn, frames or {}), encoding="utf-8")
    return path


def _page(folder: Path, spec: Spec, results: Results, drawn: Path | None, frames: Mapping[str, pd.DataFrame]) -> str:
    build = _json(folder / "build.json")
    declaration = load_declaration(spec)
    study = Study(folder, spec, declaration) if declaration else None
    subjects = subject_data(study, folder) if study else None
    made = flow.nodes(folder, build, spec)
    return _environment().get_template("report.html.jinja").render(
        study=spec.study,
        build=build,
        counted=counted,
        parts=_template("report.css"),
        script=_template("report.js"),
        findings=_findings(_json(folder / "findings.json")),
        accepted=spec.study.accept,
        headline=_headlines(results.outcomes),
        figures=_figures(results.outcomes, drawn),
        tables=[(o.id, html_table(table(o))) for o in results.outcomes if o.lines and not o.result.agreement],
        agreements=[html_table(table(o)) for o in results.outcomes if o.result.agreement],
        lacking=results.lacking,
        reconciliation=RECONCILIATION if (folder / RECONCILIATION).is_file() else "",
        diagram=flow.diagram(made),
        nodes=list(made.values()),
        excluded=flow.excluded,
        datasets=_datasets(folder, spec, build, frames),
        subjects=_embedded(subjects) if subjects else "",
        names=[subject["id"] for subject in subjects["subjects"]] if subjects else [],
    )  # fmt: skip


def _json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _template(name: str) -> str:
    return (Path(__file__).parents[1] / "templates" / name).read_text(encoding="utf-8")


def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("oncdisc.reporting"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    made.filters["count"] = lambda number: f"{number:,}"
    return made


def _embedded(data: Mapping[str, Any]) -> str:
    """JSON that may stand in a script element: nothing in it can end the element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _findings(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Findings by severity, rule, dataset and variable, with examples; the gravest first, causes before effects."""
    listed = pd.DataFrame(found.get("findings", []))
    order = {"error": 0, "warning": 1, "info": 2}
    groups = sorted(
        found.get("counts", []), key=lambda row: (order[row["severity"]], causality(row["rule"]), -row["count"])
    )
    keys = ["severity", "rule", "dataset", "variable"]
    examples: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    if len(listed):
        for key, own in listed.groupby(keys, sort=False):
            examples[tuple(map(str, key))] = own.head(_EXAMPLES).to_dict("records")  # type: ignore[arg-type, assignment]
    return [{**row, "examples": examples.get(tuple(str(row[key]) for key in keys), [])} for row in groups]


def _headlines(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """The trial in a few numbers: medians and rates, of every arm where there are several."""
    made: list[dict[str, Any]] = []
    for outcome in outcomes:
        values = {(s.group, s.category, s.statistic): s.value for s in outcome.statistics}
        wanted, several = outcome.result.time_to_event, len(outcome.groups) > 1
        if wanted and wanted.figure:
            arms = [_median(values, group, wanted.shown, named=several) for group in outcome.groups]
            made.append({"title": f"{outcome.result.title}, median", "arms": arms})
        for count in outcome.result.counts or ():
            groups = [group for group in outcome.groups if count.interval and group.name != TOTAL]
            if groups:
                arms = [_rate(values, group, count.label, named=several) for group in groups]
                made.append({"title": count.label, "arms": arms})
    return made


Values = Mapping[tuple[str, str, str], float]


def _median(values: Values, group: Group, unit: str, *, named: bool) -> dict[str, str]:
    median = (values[group.name, "", name] for name in ("median", "median_lower", "median_upper"))
    detail = f"{counted(round(values[group.name, '', 'events']), 'event')} in {group.size:,}"
    return _headline(group.name if named else "", tuple(median), unit, "not reached", detail)


def _rate(values: Values, group: Group, label: str, *, named: bool) -> dict[str, str]:
    share = (values[group.name, label, name] for name in ("pct", "pct_lower", "pct_upper"))
    detail = f"{values[group.name, label, 'n']:.0f} of {group.size:,}"
    return _headline(group.name if named else "", tuple(share), "%", "not estimable", detail)


def _headline(group: str, value: tuple[float, ...], unit: str, missing: str, detail: str) -> dict[str, str]:
    """An estimate with its limits; `missing` is said in the place of a number that is not known."""
    number, low, high = (missing if isnan(part) else shown(part, ".1f") for part in value)
    limits = f"95% CI {missing if low == high == missing else f'{low} to {high}'}"
    known = "" if number == missing else unit
    return {"group": group, "value": number.capitalize(), "unit": known, "limits": limits, "detail": detail}


def _figures(outcomes: Sequence[Outcome], drawn: Path | None) -> list[tuple[str, str, str, str]]:
    """Kind, name, caption and SVG of every figure, curves first."""
    made: list[tuple[str, str, str, str]] = []
    for outcome in outcomes:
        for kind in (kind for kind, data in outcome.figures.items() if len(data)):
            name = f"{outcome.id.lower()}_{kind}"
            path = drawn / f"{name}.svg" if drawn else None
            content = path.read_bytes() if path and path.is_file() else figure_bytes(outcome, kind)
            made.append((kind, name, outcome.result.title, _svg(content, outcome.id, kind)))
    return sorted(made, key=lambda figure: figure[0] != "km")


def _svg(content: bytes, name: str, kind: str) -> str:
    """An SVG to stand in a page: no XML head, identifiers of its own."""
    text = content.decode("utf-8")
    text = text[text.index("<svg") :]
    prefix = f"{name.lower()}-{kind}-"
    return (
        text.replace('id="', f'id="{prefix}').replace("url(#", f"url(#{prefix}").replace('href="#', f'href="#{prefix}')
    )


def _datasets(
    folder: Path, spec: Spec, build: Mapping[str, Any], frames: Mapping[str, pd.DataFrame]
) -> list[dict[str, Any]]:
    """Every dataset with its first rows."""
    from oncdisc.transport import read_dataset

    made: list[dict[str, Any]] = []
    for name, entry in build.get("datasets", {}).items():
        path = folder / entry["files"][0]
        whole = frames[name] if name in frames else read_dataset(path).frame
        frame = plain_frame(whole.head(_FIRST))
        cells = frame.astype(object).map(_cell).to_numpy().tolist()
        define = path.parent / "define.html"
        link = define.relative_to(folder).as_posix() + f"#dataset-IG.{name}" if define.is_file() else ""
        made.append({
            "name": name, "label": spec.datasets[name].label, "records": entry["records"], "file": entry["files"][0],
            "define": link, "columns": list(frame.columns), "rows": cells, "engine": spec.datasets[name].engine,
        })  # fmt: skip
    return made


def _cell(value: object) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d") if value == value.normalize() else value.isoformat()
    return f"{value:g}" if isinstance(value, float) else str(value)
