"""The word for responses derived from lesions: one record an assessment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from adam.assessment import Lesions, assess
from adam.derivations.lesion_links import Fragments, Further, Masses, fragments, further, masses
from adam.derivations.sources import BY_SUBJECT, as_dates, by_subject
from adam.irecist import Window
from adam.recist import KEYS
from adam.records import NONE, Bools
from specs.arguments import Arguments, Column, Of, Source, Where
from specs.columns import NUMBER, TEXT
from specs.conditions import Condition, evaluate, variables
from specs.registry import describe, records
from specs.scope import Records, Scope, Seen

Criteria = Literal["RECIST 1.1", "iRECIST"]
Component = Literal["target", "non-target", "new", "overall"]
RESULTS: dict[tuple[str, str], str] = {
    ("RECIST 1.1", "target"): "target",
    ("RECIST 1.1", "non-target"): "non_target",
    ("RECIST 1.1", "new"): "new",
    ("RECIST 1.1", "overall"): "overall",
    ("iRECIST", "target"): "itarget",
    ("iRECIST", "non-target"): "inon_target",
    ("iRECIST", "new"): "new",
    ("iRECIST", "overall"): "ioverall",
}
PRODUCES = (
    "ASSESSMENT", "ADT", "AVALC", "ONSETDT", "SUM", "BASESUM", "NADIR", "LESIONS", "MEASURED", "SRCDOM", "SRCSEQ",
)  # fmt: skip


class OfAssessment(Source):
    """Records that each belong to an assessment."""

    assessment: Of = Field("TRLNKGRP", description="the same on all records of an assessment of a subject")
    date: Of = "TRDTC"
    sequence: Of | None = Field("TRSEQ", description="SRCSEQ where the record is named")


class OfLesions(OfAssessment):
    """Records of lesions."""

    lesion: Of = Field("TRLNKID", description="identity of the lesion")


class Targets(OfLesions):
    """Measured target lesions."""

    diameter: Of = Field("TRSTRESN", description="mm: longest diameter, short axis of a node; missing: not measured")
    nodal: Where = Field(description="records of lymph nodes, such as {TRTESTCD: LPERP}")
    too_small: Where | None = Field(None, description="records too small to measure: 5 mm where none is given")


class NonTargets(OfLesions):
    """States of non-target lesions."""

    state: Of = Field("TRSTRESC", description="ABSENT, PRESENT or UNEQUIVOCAL (PROGRESSION); else not evaluated")


class NewLesions(OfLesions):
    """New lesions where they were seen."""

    certain: Where = Field(description="records of lesions that are certainly new, such as {TRSTRESC: UNEQUIVOCAL}")


class NewSizes(OfLesions):
    """Diameters of the new lesions that are measured."""

    diameter: Of = Field("TRSTRESN", description="mm")


class Done(OfAssessment):
    """Assessments that were done, whether or not any lesion was recorded."""


class LesionResponse(Arguments):
    """Arguments of lesion_response."""

    criteria: Criteria = "RECIST 1.1"
    component: Component = "overall"
    baseline: Column = Field(pattern=BY_SUBJECT, description="the last assessment on or before it is the baseline")
    targets: Targets
    non_targets: NonTargets
    new: NewLesions
    new_sizes: NewSizes | None = None
    further: Further | None = None
    splits: Fragments | None = None
    merges: Masses | None = None
    done: Done | None = None
    window: tuple[int, int] = Field((28, 56), description="iRECIST: days in which a progression is to be confirmed")


def _sentence(args: LesionResponse) -> str:
    what = {"overall": "Overall response", "new": "New lesions"}.get(args.component, f"{args.component} response")
    parts = [
        f"{what[0].upper()}{what[1:]} of each assessment by {args.criteria}, derived from the target lesions"
        f" ({_of(args.targets)}), non-target lesions ({_of(args.non_targets)}) and new lesions ({_of(args.new)})",
        f"The baseline is the last assessment on or before {args.baseline}; the nadir the smallest complete sum before",
    ]
    if args.criteria == "iRECIST":
        parts.append(f"A progression is confirmed at least {args.window[0]} days after the assessment before")
    return ". ".join(parts)


def _of(source: Source) -> str:
    return describe(Source.model_validate({"from": source.from_, "where": source.where}))


@records("lesion_response", sentence=_sentence, produces=PRODUCES)
def lesion_response(scope: Scope, args: LesionResponse) -> Records:
    """The response of each assessment after baseline, derived from the lesions by RECIST 1.1 or iRECIST."""
    same = args.model_copy(update={"criteria": "RECIST 1.1", "component": "overall"})
    table, result = scope.once(f"lesion_response {same!r}", lambda: _assessed(scope, same))
    value = RESULTS[args.criteria, args.component]
    made = result.loc[result[value].notna()].reset_index(drop=True)
    places = table.places(args.component)
    first = table.first_records(made, places)
    if value == "ioverall":
        _report_late(scope, made, first, args.window[1])
    columns = {
        "ASSESSMENT": first["key"],
        "ADT": made["date"],
        "AVALC": made[value].astype(TEXT),
        "ONSETDT": made["onset"],
        "SUM": made["sum"].astype(NUMBER),
        "BASESUM": made["base"].astype(NUMBER),
        "NADIR": made["nadir"].astype(NUMBER),
        "LESIONS": made["lesions"].astype(NUMBER),
        "MEASURED": made["measured"].astype(NUMBER),
        "SRCDOM": first["table"],
        "SRCSEQ": first["sequence"],
    }
    source = pd.Index(table.tables).get_indexer(pd.Index(first["table"])).astype(np.int16)
    subject, row = made["subject"].to_numpy(np.int64), first["row"].to_numpy(np.int64)
    return Records(subject, columns, table.tables, source, row, table.seen(result, made, places, args.criteria))


def _assessed(scope: Scope, args: LesionResponse) -> tuple[LesionTable, pd.DataFrame]:
    """The records, and all responses derived from them: the same for every component and both criteria."""
    table = LesionTable(scope, args)
    return table, assess(table.visits, table.lesions(), Window(*args.window))


def _report_late(scope: Scope, made: pd.DataFrame, first: pd.DataFrame, days: int) -> None:
    late = np.flatnonzero(made["late"])
    message = f"progression is confirmed more than {days} days after the assessment before: it counts"
    for name in sorted(set(first["table"].iloc[late])):
        at = late[(first["table"].iloc[late] == name).to_numpy()]
        subject, rows = made["subject"].to_numpy(np.int64)[at], first["row"].to_numpy(np.int64)[at]
        dates = made["date"].iloc[at].reset_index(drop=True)
        scope.report_subjects("irecist.late", subject, message, seen=(name, rows), value=dates, severity="warning")


class LesionTable:
    """The records of all sources, each with the number of its assessment.

    `visits` is what `adam.assessment.assess` wants. Subjects without the date of the baseline are left out, and
    so is what lies before their last assessment on or before it.
    """

    def __init__(self, scope: Scope, args: LesionResponse) -> None:
        self._scope = scope
        self._args = args
        optional = [source for source in (args.new_sizes, args.done) if source is not None]
        self._sources: list[OfAssessment] = [args.targets, args.non_targets, args.new, *optional]
        self.tables = tuple(dict.fromkeys(source.from_ for source in self._sources))
        read = [self._read(source).assign(place=n) for n, source in enumerate(self._sources)]
        records = pd.concat(read, ignore_index=True)
        start = by_subject(scope, args.baseline, pd.RangeIndex(len(scope.subjects)))
        self.visits, self._records = _numbered(records, start)
        self._further = further(scope, args.further)
        self._splits = fragments(scope, args.splits)
        self._merges = masses(scope, args.merges)

    def lesions(self) -> Lesions:
        """The records as the kernels want them."""
        splits, merges = self._splits.drop(columns="link"), self._merges.drop(columns="link")
        return Lesions(self._targets(), self._non_targets(), self._new(), splits, merges)

    def first_records(self, made: pd.DataFrame, places: Sequence[int]) -> pd.DataFrame:
        """The first record of each assessment, of the component's own source if it has one: key, table, row …"""
        own = self._records["place"].isin(places)
        ranked = self._records.assign(rank=np.where(own, 0, np.where(self._records["done"], 2, 1)))
        ranked = ranked.sort_values([*KEYS, "rank", "place", "sequence", "row"]).drop_duplicates(KEYS)
        return made[KEYS].merge(ranked, on=KEYS, how="left")

    def seen(
        self, result: pd.DataFrame, made: pd.DataFrame, places: Sequence[int], criteria: Criteria
    ) -> Sequence[Seen]:
        """What each response was made of: its assessment's records, the baseline's, the nadir's and those of the
        progression that it goes on with; and what other records say of those.
        """
        rows = made[KEYS].assign(at=np.arange(len(made)), nadir=_nadir_at(self.visits, result, made))
        base = made["subject"].map(self.visits.loc[self.visits["baseline"]].set_index("subject")["assessment"])
        looked = [rows["assessment"], base, rows["nadir"]]
        if criteria == "iRECIST":
            looked.append(made["begun"].mask(made["begun"] == NONE))
        pairs = pd.concat([rows[["subject", "at"]].assign(assessment=one) for one in looked], ignore_index=True)
        pairs = pairs.dropna().drop_duplicates().astype({"assessment": np.int64})
        found = pairs.merge(self._records.loc[self._records["place"].isin(places)], on=KEYS)
        found = found.sort_values(["at", "place", "row"])
        parts = [(name, found.loc[found["table"] == name]) for name in self.tables]
        seen = [Seen(part["at"].to_numpy(np.int64), name, part["row"].to_numpy(np.int64)) for name, part in parts]
        return [*seen, *self._linked(found, criteria)]

    def places(self, component: Component) -> Sequence[int]:
        """The sources of a component."""
        sizes = [3] if self._args.new_sizes is not None else []
        own = {"target": [0], "non-target": [1], "new": [2, *sizes], "overall": [0, 1, 2, *sizes]}
        return own[component]

    def _read(self, source: OfAssessment) -> pd.DataFrame:
        names = [source.assessment, source.date, *([source.sequence] if source.sequence else [])]
        rows = self._scope.rows(source, list(dict.fromkeys(names)))
        dates = as_dates(rows[source.date])
        sequence = pd.to_numeric(rows[source.sequence], errors="coerce") if source.sequence else np.nan
        key = rows[source.assessment].astype(TEXT).reset_index(drop=True)
        frame = pd.DataFrame({"subject": rows["_subject"].to_numpy(), "row": rows["_row"].to_numpy()})
        frame = frame.assign(key=key.fillna(dates.astype(TEXT)), date=dates, sequence=sequence)
        return frame.assign(table=pd.Series(source.from_, index=frame.index, dtype=TEXT), done=isinstance(source, Done))

    def _of(self, place: int, names: Sequence[str], conditions: Sequence[Condition | None] = ()) -> pd.DataFrame:
        """A source's records with their assessments and more of their columns; a column 0, 1 … a condition."""
        source = self._sources[place]
        used = [name for condition in conditions if condition is not None for name in variables(condition)]
        rows = self._scope.rows(source, list(dict.fromkeys([*names, *used])))
        holds = [_holds(rows, condition) for condition in conditions]
        rows = rows.rename(columns={"_row": "row"}).assign(**{f"holds_{n}": mask for n, mask in enumerate(holds)})
        mine = self._records.loc[self._records["place"] == place, [*KEYS, "row", "sequence"]]
        return mine.merge(rows, on="row", how="left")

    def _targets(self) -> pd.DataFrame:
        source = self._args.targets
        rows = self._of(0, [source.lesion, source.diameter], [source.nodal, source.too_small])
        size = pd.to_numeric(rows[source.diameter], errors="coerce").astype(NUMBER)
        return rows[KEYS].assign(
            lesion=rows[source.lesion], diameter=size, nodal=rows["holds_0"], too_small=rows["holds_1"]
        )

    def _non_targets(self) -> pd.DataFrame:
        source = self._args.non_targets
        rows = self._of(1, [source.lesion, source.state])
        state = rows[source.state].astype(TEXT)
        state = state.mask(state.str.startswith("UNEQUIVOCAL").eq(True), "UNEQUIVOCAL")
        return rows[KEYS].assign(lesion=rows[source.lesion], state=state, increased=self._increased(rows))

    def _new(self) -> pd.DataFrame:
        source, sized = self._args.new, self._args.new_sizes
        rows = self._of(2, [source.lesion], [source.certain])
        frame = rows[KEYS].assign(lesion=rows[source.lesion], certain=rows["holds_0"], increased=self._increased(rows))
        if sized is None:
            return frame.assign(diameter=np.nan)
        sizes = self._of(3, [sized.lesion, sized.diameter])
        sizes = sizes.assign(lesion=sizes[sized.lesion], diameter=pd.to_numeric(sizes[sized.diameter]).astype(NUMBER))
        largest = sizes.groupby([*KEYS, "lesion"])["diameter"].max().reset_index()
        return frame.merge(largest, on=[*KEYS, "lesion"], how="left")

    def _increased(self, rows: pd.DataFrame) -> pd.Series:
        """Which of these records another record names as increased further."""
        pairs = self._further[["subject", "sequence"]].drop_duplicates()
        return rows[["subject", "sequence"]].merge(pairs.assign(more=True), how="left")["more"].eq(True)

    def _linked(self, found: pd.DataFrame, criteria: Criteria) -> Iterator[Seen]:
        """The records that say something of the lesion records that were looked at; RECIST 1.1 asks for no increase."""
        args = self._args
        if args.further is not None and criteria == "iRECIST":
            named = found.loc[found["place"].isin([1, 2])].merge(self._further, on=["subject", "sequence"])
            yield _links(named, args.further)
        targets = found.loc[found["place"] == 0, ["subject", "at", "row"]]
        if args.splits is not None:
            yield _links(self._named(targets).merge(self._splits, on=["subject", "fragment"]), args.splits)
        if args.merges is not None:
            lesions = self._named(targets).rename(columns={"fragment": "mass"})
            yield _links(lesions.merge(self._merges, on=["subject", "mass"]), args.merges)

    def _named(self, targets: pd.DataFrame) -> pd.DataFrame:
        """Records of targets with the name under which each was measured."""
        source = self._args.targets
        rows = self._scope.rows(source, [source.lesion])
        return targets.merge(rows.rename(columns={"_row": "row", source.lesion: "fragment"})[["row", "fragment"]])


def _links(found: pd.DataFrame, source: Source) -> Seen:
    pairs = found[["at", "link"]].drop_duplicates().sort_values(["at", "link"])
    return Seen(pairs["at"].to_numpy(np.int64), source.from_, pairs["link"].to_numpy(np.int64))


def _numbered(records: pd.DataFrame, start: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The assessments from baseline on, and the records with the number of theirs."""
    begin = records["subject"].map(start)
    records = records.loc[records["date"].notna() & begin.notna()]
    examined = records["date"].mask(records["done"])
    by_key = records.assign(examined=examined.fillna(_only_done(records, examined))).groupby(["subject", "key"])
    visits = by_key.agg(first=("examined", "min"), last=("examined", "max")).reset_index()
    visits = visits.sort_values(["subject", "first", "key"], ignore_index=True)
    visits["assessment"] = np.arange(len(visits))
    visits["baseline"] = visits["first"] <= visits["subject"].map(start)
    latest = visits.loc[visits["baseline"]].groupby("subject")["assessment"].max()
    visits = visits.loc[~(visits["assessment"] < visits["subject"].map(latest))].reset_index(drop=True)
    numbered = records.merge(visits[["subject", "key", "assessment"]], on=["subject", "key"])
    return visits.drop(columns="key"), numbered


def _only_done(records: pd.DataFrame, examined: pd.Series) -> pd.Series:
    """The dates of assessments without any record of a lesion: those say when the lesions were examined."""
    any_lesion = examined.notna().groupby([records["subject"], records["key"]]).transform("any")
    return records["date"].mask(any_lesion)


def _nadir_at(visits: pd.DataFrame, result: pd.DataFrame, made: pd.DataFrame) -> pd.Series:
    """The assessment that set the nadir of each response; missing where it is the baseline, or there is none."""
    complete = result.loc[result["complete"].eq(True) & (result["sum"] < result["base"])]
    sums = complete.drop_duplicates(["subject", "sum"])[["subject", "sum", "assessment"]]
    sums = sums.rename(columns={"sum": "nadir", "assessment": "nadir_at"})
    return made[["subject", "nadir"]].merge(sums, on=["subject", "nadir"], how="left")["nadir_at"]


def _holds(rows: pd.DataFrame, condition: Condition | None) -> Bools:
    if condition is None:
        return np.zeros(len(rows), dtype=np.bool_)
    return evaluate(condition, rows.__getitem__, len(rows))
