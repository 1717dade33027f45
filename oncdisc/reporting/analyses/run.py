"""All results of a study's declaration, each made by the module of its kind."""

from __future__ import annotations

import pandas as pd

from oncdisc.reporting.analyses import agreement, counts, courses, subgroups, summary, time_to_event
from oncdisc.reporting.data import NotBuiltError, Study, Subjects, paramcd
from oncdisc.reporting.declaration import Agreement, Changes, Count, Item, Result, TimeToEvent
from oncdisc.reporting.statistics import Group, Line, Outcome, Statistic


def outcomes(study: Study) -> tuple[tuple[Outcome, ...], dict[str, str]]:
    """What came of every result, and the results that couldn't be made with the dataset that is lacking."""
    made: list[Outcome] = []
    lacking: dict[str, str] = {}
    for name, result in study.declaration.results.items():
        try:
            made.append(_outcome(study, name, result))
        except NotBuiltError as error:
            lacking[name] = str(error)
    return tuple(made), lacking


def _outcome(study: Study, name: str, result: Result) -> Outcome:
    of = study.population(result.population)
    if result.time_to_event:
        return _times(study, name, result, result.time_to_event, of)
    if result.counts:
        return _counts(study, name, result, result.counts, of)
    if result.summary:
        return _summary(study, name, result, result.summary, of)
    if result.agreement:
        return _agreement(study, name, result, result.agreement, of)
    return _plot(study, name, result, of)


def _times(study: Study, name: str, result: Result, wanted: TimeToEvent, of: Subjects) -> Outcome:
    data = time_to_event.times(study, wanted, of)
    found = tuple(time_to_event.statistics(study, wanted, of, data)) if of.arms else ()
    groups = tuple(Group(arm, int((data["_group"] == arm).sum())) for arm in of.arms)
    figures: dict[str, pd.DataFrame] = {}
    if wanted.figure and of.arms:
        figures["km"] = time_to_event.curves(of, data)
    if wanted.subgroups and study.declaration.subgroups and of.arms:
        figures["forest"] = subgroups.of_times(study, wanted, of, data)
        unit = "" if time_to_event.compared(study, of) else wanted.shown
        found = (*found, *subgroups.statistics(paramcd(wanted.where), figures["forest"], unit))
    main = tuple(s for s in found if not s.category or s.category.startswith(("Event: ", "Censored: ")))
    against = time_to_event.reference(study, of) if of.arms else ""
    lines = tuple(time_to_event.lines(wanted, main, against))
    notes = tuple(time_to_event.notes(wanted, bool(of.arms) and bool(time_to_event.compared(study, of))))
    return Outcome(name, result, of.label, groups, found, lines, (*notes, *result.notes), figures)


def _counts(study: Study, name: str, result: Result, wanted: list[Count], of: Subjects) -> Outcome:
    groups = of.groups(result.total)
    found: list[Statistic] = []
    lines: list[Line] = []
    figures: dict[str, pd.DataFrame] = {}
    for count in wanted:
        made = tuple(counts.statistics(study, count, of, groups))
        found.extend(made)
        lines.extend(counts.lines(count, made))
        if count.subgroups and study.declaration.subgroups:
            forest = subgroups.of_counts(study, count, of)
            figures.setdefault("forest", forest)
            found.extend(subgroups.statistics(paramcd(count.where), forest, "%"))
    notes = ["Confidence limits by Clopper and Pearson."] if any(count.interval for count in wanted) else []
    return Outcome(name, result, of.label, groups, tuple(found), tuple(lines), (*notes, *result.notes), figures)


def _summary(study: Study, name: str, result: Result, wanted: list[Item], of: Subjects) -> Outcome:
    groups = of.groups(result.total)
    found: list[Statistic] = []
    lines: list[Line] = []
    for item in wanted:
        made = tuple(summary.statistics(study, item, of, groups))
        found.extend(made)
        lines.extend(summary.lines(item, made))
    return Outcome(name, result, of.label, groups, tuple(found), tuple(lines), tuple(result.notes))


def _agreement(study: Study, name: str, result: Result, wanted: Agreement, of: Subjects) -> Outcome:
    data = agreement.crossing(study, wanted, of)
    levels = agreement.level_names(wanted, data)
    groups = tuple(Group(level, int((data["column"] == level).sum())) for level in levels)
    found = tuple(agreement.statistics(wanted, data)) if levels else ()
    return Outcome(name, result, of.label, groups, found, tuple(agreement.lines(wanted, levels)), tuple(result.notes))


def _plot(study: Study, name: str, result: Result, of: Subjects) -> Outcome:
    figures: dict[str, pd.DataFrame] = {}
    found: tuple[Statistic, ...] = ()
    timeline = study.declaration.timeline
    if result.waterfall:
        figures["waterfall"] = courses.best_changes(study, result.waterfall, of)
        found = _change_statistics(result.waterfall, figures["waterfall"])
    elif result.spider:
        figures["spider"] = courses.changes(study, result.spider, of)
    elif timeline:
        figures["swimmer"] = courses.courses(study, timeline, of)
    return Outcome(name, result, of.label, of.groups(total=False), found, (), tuple(result.notes), figures)


def _change_statistics(wanted: Changes, best: pd.DataFrame) -> tuple[Statistic, ...]:
    code = paramcd(wanted.where)
    return tuple(
        statistic
        for group, values in best.groupby("group", sort=True)["change"]
        for statistic in (
            Statistic(code, str(group), "", "n", float(len(values)), "subjects"),
            Statistic(code, str(group), "", "best_change_median", float(values.median()), "%"),
        )
    )
