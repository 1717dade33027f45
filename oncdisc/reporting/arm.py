"""Analysis results metadata for define.xml, from the declaration that makes the results themselves.

Source: Analysis Results Metadata 1.0 for Define-XML 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from define.model import (
    AnalysisDataset,
    AnalysisResult,
    Document,
    Documentation,
    ProgrammingCode,
    RangeCheck,
    ResultDisplay,
    WhereClause,
)
from define.naming import oid
from oncdisc.reporting.data import paramcd
from oncdisc.reporting.declaration import SUBJECTS, Declaration, Records, Result
from oncdisc.reporting.load import load_declaration
from specs.conditions import AllOf, Compare, Condition, comparisons, is_plain, variables, words
from specs.resolved import Spec

_METHODS = {
    "time_to_event": "Kaplan-Meier estimates; quartiles by the midpoint rule with Brookmeyer-Crowley limits on the "
    "log-log scale. Arms, where there are several, by the log-rank test and the hazard ratio of Cox's model, ties by "
    "Efron's method.",
    "counts": "Subjects with at least one such record, as a percentage of the population; confidence limits, where "
    "given, by Clopper and Pearson.",
    "summary": "Numbers by mean, standard deviation, quartiles and range, other variables by the count of each level.",
    "agreement": "Counts of each pair of values, overall agreement and Cohen's kappa.",
    "waterfall": "The smallest percent change of each subject, in descending order.",
    "spider": "The percent change of each subject at each assessment.",
    "swimmer": "Follow-up, treatment, responses and outcome of each subject.",
}
_ANALYSED = {"time_to_event": ("AVAL", "CNSR"), "agreement": ("AVALC",)}


def with_displays(document: Document, spec: Spec) -> Document:
    """An ADaM define with the study's results; those of datasets that the document lacks are left out.

    The document is given back as it is where the study declares no results. Raises SpecError.
    """
    declaration = load_declaration(spec)
    if declaration is None:
        return document
    built = {group.name for group in document.datasets}
    clauses = {clause.oid: clause for clause in document.where_clauses}
    items = {item.oid for item in document.items}
    displays = tuple(_displays(declaration, spec, built, clauses, items))
    return replace(document, displays=(*document.displays, *displays), where_clauses=tuple(clauses.values()))


def _displays(
    declaration: Declaration, spec: Spec, built: set[str], clauses: dict[str, WhereClause], items: set[str]
) -> Iterator[ResultDisplay]:
    for name, result in declaration.results.items():
        used = list(_analyses(declaration, name, result))
        if not {SUBJECTS, *(records.from_ for _, records in used)} <= built:
            continue
        analyses = tuple(
            _analysis(declaration, spec, (name, number), result, label, records, clauses, items)
            for number, (label, records) in enumerate(used, start=1)
        )
        title = f"Table {result.number}" if result.number else name
        yield ResultDisplay(oid("RD", name), title, result.title, results=analyses)


def _analyses(declaration: Declaration, name: str, result: Result) -> Iterator[tuple[str, Records]]:
    """What a display analyses: words and records, one for each of its analyses."""
    if result.counts:
        yield from ((count.label, count) for count in result.counts)
    elif result.summary:
        yield from ((item.label, item) for item in result.summary)
    elif result.agreement:
        yield from ((side.label, side) for side in (result.agreement.rows, result.agreement.columns))
    elif result.swimmer and declaration.timeline:
        yield result.title, Records.model_validate({"from": SUBJECTS})
    else:
        records = result.time_to_event or result.waterfall or result.spider
        if records:
            yield result.title, records


def _analysis(
    declaration: Declaration,
    spec: Spec,
    place: tuple[str, int],
    result: Result,
    label: str,
    records: Records,
    clauses: dict[str, WhereClause],
    items: set[str],
) -> AnalysisResult:
    population = declaration.populations[result.population]
    name, number = place
    analysed = [*_ANALYSED.get(result.kind, ()), *_named(records)]
    datasets = [_dataset(records.from_, records.where, analysed, clauses, items)]
    if records.from_ != SUBJECTS:
        datasets.append(_dataset(SUBJECTS, population.where, [population.arm], clauses, items))
    else:
        both = AllOf((*comparisons(population.where), *comparisons(records.where)))
        datasets = [_dataset(SUBJECTS, both, [*analysed, population.arm], clauses, items)]
    parameter = oid("IT", records.from_, "PARAMCD") if paramcd(records.where) else None
    extended = "" if is_plain(records.where) else f" Records: {words(records.where)}."
    return AnalysisResult(
        oid=oid("AR", name, str(number)),
        description=label,
        reason=result.reason,
        purpose=result.purpose,
        datasets=tuple(datasets),
        parameter=parameter if parameter in items else None,
        documentation=Documentation(f"{population.label}. {_METHODS[result.kind]}{extended}"),
        code=ProgrammingCode("oncdisc", f"results.yaml, {name}: {result.kind}; oncdisc results"),
    )


def _named(records: Records) -> list[str]:
    """The variables that the records' entry analyses beside those of its condition."""
    found = [getattr(records, field, None) for field in ("variable", "value", "by")]
    return [name for name in found if name]


def _dataset(
    name: str, where: Condition, analysed: list[str], clauses: dict[str, WhereClause], items: set[str]
) -> AnalysisDataset:
    chosen = dict.fromkeys(oid("IT", name, variable) for variable in analysed or variables(where))
    kept = tuple(item for item in chosen if item in items)
    return AnalysisDataset(oid("IG", name), _clause(name, where, clauses, items), kept)


def _clause(name: str, where: Condition, clauses: dict[str, WhereClause], items: set[str]) -> str | None:
    """The where clause of a condition, made if there is none; what a clause can't say stands in the documentation."""
    said = [part for part in comparisons(where) if oid("IT", name, part.variable) in items]
    if not said:
        return None
    parts = [text for part in said for text in (part.variable, part.comparator, *map(str, part.values))]
    identifier = oid("WC", "ARM", name, *parts)
    clauses.setdefault(identifier, WhereClause(identifier, tuple(_check(name, part) for part in said)))
    return identifier


def _check(name: str, part: Compare) -> RangeCheck:
    return RangeCheck(oid("IT", name, part.variable), part.comparator, tuple(map(str, part.values)))
