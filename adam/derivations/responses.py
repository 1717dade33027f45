"""Words for response parameters: records derivations that make one record a subject."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from adam import confirmation, response
from adam.derivations.sources import BY_SUBJECT, Assessments, by_subject, dated, one_each, reported, through
from adam.records import NONE, first_record, last_record
from adam.terms import IRECIST, RECIST, ResponseTerms
from specs.arguments import Arguments, Column, Of, Source, Where
from specs.columns import constant_text
from specs.conditions import ALWAYS, variables
from specs.registry import describe, records
from specs.scope import Records, Scope, Seen

PRODUCES = ("ADT", "AVALC")


class Confirm(Arguments):
    """What confirms a response."""

    after_days: int = Field(28, ge=0, description="the confirming assessment is at least so many days later")
    ne_between: int | None = Field(1, description="not evaluable assessments before it; null: any number")
    sd_between: int | None = Field(0, description="stable disease before it, for a PR; null: any number")
    pr_after_cr: bool = Field(False, description="whether a PR may follow a CR in between")

    def rule(self) -> confirmation.Confirmation:
        return confirmation.Confirmation(**self.model_dump())


class Stable(Arguments):
    """From when on stable disease counts."""

    after_days: int = Field(description="days after `since`")
    since: Column = Field(pattern=BY_SUBJECT, description="a date by subject: ADSL.RANDDT")


class OfSubjects(Arguments):
    """Who gets a record."""

    subjects: Where = Field(
        ALWAYS, description="condition on by-subject values: {ADSL.RANDDT: {missing: false}}; default everyone"
    )
    criteria: Literal["RECIST", "iRECIST"] = "RECIST"

    @model_validator(mode="after")
    def _by_subject(self) -> OfSubjects:
        own = [name for name in variables(self.subjects) if "." not in name]
        if own:
            raise ValueError(f"subjects: {', '.join(own)} is not by subject; write DATASET.{own[0]}")
        return self

    @property
    def terms(self) -> ResponseTerms:
        return RECIST if self.criteria == "RECIST" else IRECIST


class BestResponse(OfSubjects):
    """Arguments of best_response."""

    of: Assessments
    confirm: Confirm | None = None
    stable: Stable | None = None
    order: list[str] = Field(min_length=1, description="responses, best first")
    none: str = Field("MISSING", description="the value of a subject without any of them")
    evidence: Source | None = Field(None, description="records whose subjects should have one: a finding if not")


def _best_sentence(args: BestResponse) -> str:
    parts = [f"The first of {', '.join(args.order)} found in {_of(args.of)}, dated at the first record that meets it"]
    if args.confirm:
        parts.append(f"{_confirm(args.confirm, args.terms)}; an unconfirmed one counts as {args.terms.stable}")
    if args.stable:
        parts.append(
            f"{args.terms.stable} and {args.terms.neither} from {args.stable.after_days} days after"
            f" {args.stable.since} on, before that {args.terms.not_evaluable}"
        )
    return "; ".join([*parts, f"{args.none} if there is none"])


@records("best_response", sentence=_best_sentence, produces=PRODUCES)
def best_response(scope: Scope, args: BestResponse) -> Records:
    """Best overall response of each subject, confirmed or not."""
    frame = dated(scope, args.of)
    subjects = reported(scope, args.subjects)
    rule = response.BestRule(
        tuple(args.order),
        args.confirm.rule() if args.confirm else None,
        args.stable.after_days if args.stable else None,
        args.none,
        args.terms,
    )
    result = response.best_response(frame, _since(scope, args.stable, subjects), rule)
    _report_missed(scope, args.evidence, result, args.none)
    columns = {"ADT": result["date"], "AVALC": result["value"]}
    return one_each(args.of.from_, frame, result, columns, _confirming(args, frame, result, rule.confirm))


def _confirming(
    args: BestResponse, frame: pd.DataFrame, result: pd.DataFrame, rule: confirmation.Confirmation | None
) -> list[Seen]:
    """The records that confirm the responses that are the best."""
    if rule is None:
        return []
    by = np.append(confirmation.confirming_record(frame, rule, args.terms), NONE)
    confirmed = by[result["record"].to_numpy(np.int64)]
    met = result["value"].isin([args.terms.complete, args.terms.partial]).to_numpy(np.bool_)
    at = np.flatnonzero(met & (confirmed != NONE)).astype(np.int64)
    return [Seen(at, args.of.from_, frame["row"].to_numpy(np.int64)[confirmed[at]], "confirmed by")]


class Chosen(OfSubjects):
    """Arguments of first_record and last_record."""

    of: Assessments
    found: str | None = Field("Y", description="AVALC where there is such a record; null: the record's own value")
    otherwise: str | None = Field("N", description="AVALC where there is none; null: then no record is made")
    evidence: Source | None = Field(None, description="records whose subjects should have one: a finding if not")


def _chosen_sentence(which: str) -> Callable[[Chosen], str]:
    def sentence(args: Chosen) -> str:
        value = args.found or f"{args.of.value} of that record"
        rest = f"; {args.otherwise} if there is none" if args.otherwise else "; no record if there is none"
        return f"{value} on the date of the {which} record of {_of(args.of)}{rest}"

    return sentence


@records("first_record", sentence=_chosen_sentence("first"), produces=PRODUCES)
def first(scope: Scope, args: Chosen) -> Records:
    """Whether a subject has such a record, dated at the first one."""
    frame = dated(scope, args.of)
    return _yes_no(scope, frame, first_record(frame, reported(scope, args.subjects)), args)


@records("last_record", sentence=_chosen_sentence("last"), produces=PRODUCES)
def last(scope: Scope, args: Chosen) -> Records:
    """Whether a subject has such a record, dated at the last one."""
    frame = dated(scope, args.of)
    return _yes_no(scope, frame, last_record(frame, reported(scope, args.subjects)), args)


class Numbered(Source):
    """Records in the order of their sequence number."""

    sequence: Of | None = Field(
        None, description="the record that is named is the first by it, whatever order they come in"
    )


class ExistsRecord(OfSubjects):
    """Arguments of exists_record."""

    of: Numbered
    found: str = "Y"
    otherwise: str = "N"


@records("exists_record", sentence="{found} if there is a record of {of}, else {otherwise}", produces=("AVALC",))
def exists_record(scope: Scope, args: ExistsRecord) -> Records:
    """Whether a subject has such a record, without a date."""
    order = [args.of.sequence] if args.of.sequence else []
    rows = scope.rows(args.of, order).sort_values(["_subject", *order], kind="stable")
    frame = pd.DataFrame({"subject": rows["_subject"].to_numpy(), "row": rows["_row"].to_numpy()})
    frame["date"] = pd.Series(np.zeros(len(frame), dtype="datetime64[s]"))
    result = first_record(frame, reported(scope, args.subjects))
    there = result["record"] != NONE
    flag = constant_text(args.found, len(result)).where(there, args.otherwise)
    return one_each(args.of.from_, frame, result, {"AVALC": flag})


class ConfirmedResponse(Chosen):
    """Arguments of confirmed_response."""

    confirm: Confirm


def _confirmed_sentence(args: ConfirmedResponse) -> str:
    return f"{_chosen_sentence('first confirmed')(args)}. {_confirm(args.confirm, args.terms)}"


@records("confirmed_response", sentence=_confirmed_sentence, produces=PRODUCES)
def confirmed_response(scope: Scope, args: ConfirmedResponse) -> Records:
    """Confirmed response: the first complete or partial response that a later assessment confirms."""
    frame = dated(scope, args.of)
    after = confirmation.partial_after_complete(frame, args.terms)
    message = f"a {args.terms.partial} after a {args.terms.complete}: one of them is wrong"
    scope.report_subjects(
        "response.after_complete",
        frame["subject"].to_numpy(np.int64)[after],
        message,
        seen=(args.of.from_, frame["row"].to_numpy(np.int64)[after]),
        value=frame["date"].iloc[after].reset_index(drop=True),
        severity="warning",
    )
    result = response.confirmed_response(frame, reported(scope, args.subjects), args.confirm.rule(), args.terms)
    return _yes_no(scope, frame, result, args)


class ClinicalBenefit(Chosen):
    """Arguments of clinical_benefit."""

    confirm: Confirm | None = Field(None, description="what confirms a response; without it none needs to be")
    stable: Stable


def _benefit_sentence(args: ClinicalBenefit) -> str:
    what = "confirmed response" if args.confirm else "response"
    text = (
        f"{args.found or 'The value'} on the earlier of the first {what} and the first"
        f" {', '.join(args.terms.at_least_stable)} at least {args.stable.after_days} days after {args.stable.since}"
        f" in {_of(args.of)}; {args.otherwise} if there is none"
    )
    return f"{text}. {_confirm(args.confirm, args.terms)}" if args.confirm else text


@records("clinical_benefit", sentence=_benefit_sentence, produces=PRODUCES)
def clinical_benefit(scope: Scope, args: ClinicalBenefit) -> Records:
    """Clinical benefit: a response, or disease that is at least stable for long enough."""
    frame = dated(scope, args.of)
    subjects = reported(scope, args.subjects)
    terms = args.terms
    if args.confirm:
        responding = response.confirmed_response(frame, subjects, args.confirm.rule(), terms)
    else:
        responding = first_record(frame, subjects, terms.responses)
    since = by_subject(scope, args.stable.since, subjects)
    result = response.clinical_benefit(frame, since, responding, args.stable.after_days, terms)
    return _yes_no(scope, frame, result, args)


def _yes_no(scope: Scope, frame: pd.DataFrame, result: pd.DataFrame, args: Chosen) -> Records:
    _report_missed(scope, args.evidence, result, args.otherwise or "none")
    if args.otherwise is None:
        result = result.loc[result["record"] != NONE].reset_index(drop=True)
    there = result["record"] != NONE
    value = constant_text(args.found, len(result)) if args.found is not None else result["value"]
    if args.otherwise is not None:
        value = value.where(there, args.otherwise)
    more: list[Seen] = []
    if "confirmed_by" in result:
        at = np.flatnonzero(there)
        rows = through(frame["row"].to_numpy(np.int64), result["confirmed_by"].to_numpy(np.int64)[at])
        more.append(Seen(at.astype(np.int64), args.of.from_, rows, "confirmed by"))
    return one_each(args.of.from_, frame, result, {"ADT": result["date"], "AVALC": value}, more)


def _report_missed(scope: Scope, evidence: Source | None, result: pd.DataFrame, none: str) -> None:
    """Subjects without a result though another parameter shows that they should have one."""
    if evidence is None:
        return
    rows = scope.rows(evidence).drop_duplicates("_subject")
    without = result.loc[result["record"] == NONE, "subject"]
    missed = rows.loc[rows["_subject"].isin(without)]
    message = f"the result is {none} though there is a record of {describe(evidence)}"
    seen = (evidence.from_, missed["_row"].to_numpy(np.int64))
    scope.report_subjects("response.missed", missed["_subject"].to_numpy(np.int64), message, seen=seen)


def _since(scope: Scope, stable: Stable | None, subjects: pd.Index) -> pd.Series:
    if stable is None:
        return pd.Series(np.full(len(subjects), np.datetime64("NaT", "s")), index=subjects)
    return by_subject(scope, stable.since, subjects)


def _of(source: Assessments) -> str:
    return f"{source.value} of {describe(Source.model_validate({'from': source.from_, 'where': source.where}))}"


def _confirm(confirm: Confirm, terms: ResponseTerms) -> str:
    """The rule in words."""
    limits = [
        f"{'any number of' if limit is None else f'at most {limit}'} {word}"
        for limit, word in ((confirm.ne_between, terms.not_evaluable), (confirm.sd_between, terms.stable))
        if limit != 0
    ]
    allowed = f" and {' and '.join(limits)} between" if limits else " between"
    order = "" if confirm.pr_after_cr else f", and no {terms.complete} before {terms.partial}"
    return (
        f"{terms.complete} is confirmed by the first {terms.complete}, {terms.partial} by the first"
        f" {terms.complete} or {terms.partial}, at least {confirm.after_days} days later, with only such responses"
        f"{allowed}{order}"
    )
