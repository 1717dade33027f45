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
from oncdisc.reporting.declaration import SUBJECTS, Declaration, Population, Records, Result
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
    """An ADaM define with the study's results, once; those of datasets that the document lacks are left out.

    The document is given back as it is where the study declares no results. Raises SpecError.
    """
    declaration = load_declaration(spec)
    if declaration is None:
        return document
    made = _Metadata(declaration, document)
    displays = tuple(made.displays())
    own = {display.oid for display in displays}
    others = tuple(display for display in document.displays if display.oid not in own)
    return replace(document, displays=(*others, *displays), where_clauses=tuple(made.clauses.values()))


class _Metadata:
    """The displays of a declaration; `clauses` grows by the where clauses that they need."""

    def __init__(self, declaration: Declaration, document: Document) -> None:
        self._declaration = declaration
        self._built = {group.name for group in document.datasets}
        self._items = {item.oid for item in document.items}
        self.clauses = {clause.oid: clause for clause in document.where_clauses}

    def displays(self) -> Iterator[ResultDisplay]:
        for name, result in self._declaration.results.items():
            used = list(_analyses(self._declaration, result))
            if {SUBJECTS, *(records.from_ for _, records in used)} <= self._built:
                title = f"Table {result.number}" if result.number else name
                made = tuple(self._result(name, number, result, *use) for number, use in enumerate(used, start=1))
                yield ResultDisplay(oid("RD", name), title, result.title, results=made)

    def _result(self, name: str, number: int, result: Result, label: str, records: Records) -> AnalysisResult:
        population = self._declaration.populations[result.population]
        parameter = oid("IT", records.from_, "PARAMCD") if paramcd(records.where) else None
        extended = "" if is_plain(records.where) else f" Records: {words(records.where)}."
        return AnalysisResult(
            oid=oid("AR", name, str(number)),
            description=label,
            reason=result.reason,
            purpose=result.purpose,
            datasets=tuple(self._datasets(result, records, population)),
            parameter=parameter if parameter in self._items else None,
            documentation=Documentation(f"{population.label}. {_METHODS[result.kind]}{extended}"),
            code=ProgrammingCode("oncdisc", f"results.yaml, {name}: {result.kind}; oncdisc results"),
        )

    def _datasets(self, result: Result, records: Records, population: Population) -> Iterator[AnalysisDataset]:
        """The analysed records and the population; one of ADSL where both are of it."""
        named = (getattr(records, field, None) for field in ("variable", "value", "by"))
        analysed = [*_ANALYSED.get(result.kind, ()), *(name for name in named if name)]
        if records.from_ == SUBJECTS:
            both = AllOf(tuple(dict.fromkeys((*comparisons(population.where), *comparisons(records.where)))))
            yield self._dataset(SUBJECTS, both, [*analysed, population.arm])
            return
        yield self._dataset(records.from_, records.where, analysed or list(variables(records.where)))
        yield self._dataset(SUBJECTS, population.where, [population.arm])

    def _dataset(self, name: str, where: Condition, analysed: list[str]) -> AnalysisDataset:
        chosen = dict.fromkeys(oid("IT", name, variable) for variable in analysed)
        kept = tuple(item for item in chosen if item in self._items)
        return AnalysisDataset(oid("IG", name), self._clause(name, where), kept)

    def _clause(self, name: str, where: Condition) -> str | None:
        """The where clause of a condition; what a clause can't say stands in the documentation."""
        said = [part for part in comparisons(where) if oid("IT", name, part.variable) in self._items]
        if not said:
            return None
        parts = [text for part in said for text in (part.variable, part.comparator, *map(str, part.values))]
        identifier = oid("WC", "ARM", name, *parts)
        self.clauses.setdefault(identifier, WhereClause(identifier, tuple(_check(name, part) for part in said)))
        return identifier


def _analyses(declaration: Declaration, result: Result) -> Iterator[tuple[str, Records]]:
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


def _check(name: str, part: Compare) -> RangeCheck:
    return RangeCheck(oid("IT", name, part.variable), part.comparator, tuple(map(str, part.values)))
