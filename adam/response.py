"""Response parameters from a subject's assessments: response, clinical benefit and best overall response.

The rules are those of RECIST 1.1 (Eisenhauer 2009, sections 4.4 to 4.7) with what protocols vary made
parameters. iRECIST uses the same kernels with its own words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from adam.confirmation import Confirmation, confirming_record
from adam.records import DAY, NONE, Ints, chosen, earlier, first_of_runs, first_record, seconds, timeline
from adam.terms import RECIST, ResponseTerms
from specs.columns import TEXT


@dataclass(frozen=True)
class BestRule:
    """What makes one overall response the best.

    order        responses, best first; a response that is not listed never becomes the best
    confirm      what confirms a complete or partial response; without it none needs to be
    stable_days  days after the reference date from which stable disease counts as such
    none         the value of a subject without any listed response
    """

    order: Sequence[str]
    confirm: Confirmation | None = None
    stable_days: int | None = None
    none: str = "MISSING"
    terms: ResponseTerms = RECIST


def best_response(assessments: pd.DataFrame, reference: pd.Series, rule: BestRule) -> pd.DataFrame:
    """Each subject's best overall response, with the first record that meets it.

    `reference` is indexed by subject and names the subjects to report; its dates are where the days of
    stable disease count from. A complete or partial response that is not confirmed counts as stable
    disease; stable disease too early counts as not evaluable. Returns subject, value, date, record.
    """
    order = timeline(assessments)
    counted = _counted_as(assessments, reference, rule).iloc[order.record]
    rank = pd.Index(list(rule.order)).get_indexer(pd.Index(counted)).astype(np.int64)
    listed = rank != NONE
    record, subject, rank = order.record[listed], order.subject[listed], rank[listed]
    by_rank = np.lexsort([np.arange(len(record)), rank, subject])
    best = by_rank[first_of_runs(subject[by_rank])]
    result = chosen(assessments, reference.index, record[best])
    value = np.array([*rule.order, rule.none], dtype=object)[_ranks(result, record[best], rank[best])]
    return result.assign(value=pd.Series(value, dtype=TEXT))


def confirmed_response(
    assessments: pd.DataFrame, subjects: pd.Index, confirm: Confirmation, terms: ResponseTerms = RECIST
) -> pd.DataFrame:
    """Each subject's first confirmed response.

    Returns subject, value, date, record and `confirmed_by`, the position of the record that confirms it.
    """
    by = confirming_record(assessments, confirm, terms)
    met = np.flatnonzero(by != NONE)
    first = first_record(assessments.iloc[met], subjects)
    at = first["record"].to_numpy(np.int64)
    record = _through(met.astype(np.int64), at)
    return first.assign(record=record, confirmed_by=_through(by, record))


def clinical_benefit(
    assessments: pd.DataFrame,
    reference: pd.Series,
    response: pd.DataFrame,
    after_days: int,
    terms: ResponseTerms = RECIST,
) -> pd.DataFrame:
    """Each subject's response, or what is at least stable `after_days` after the reference date, if earlier.

    `response` is what `first_record` or `confirmed_response` made of the same assessments.
    """
    subject = assessments["subject"]
    late = assessments["date"] >= subject.map(reference) + pd.Timedelta(days=after_days)
    met = np.flatnonzero((late & assessments["value"].isin(list(terms.at_least_stable))).to_numpy())
    stable = first_record(assessments.iloc[met], reference.index)
    stable["record"] = _through(met.astype(np.int64), stable["record"].to_numpy(np.int64))
    return earlier(response[["subject", "value", "date", "record"]], stable)


def _counted_as(assessments: pd.DataFrame, reference: pd.Series, rule: BestRule) -> pd.Series:
    """What each assessment counts as on its own: itself, stable disease or not evaluable."""
    terms = rule.terms
    value = assessments["value"].reset_index(drop=True)
    if rule.confirm is not None:
        confirmed = confirming_record(assessments, rule.confirm, terms) != NONE
        value = value.mask(value.isin([terms.complete, terms.partial]) & ~confirmed, terms.stable)
    if rule.stable_days is None:
        return value
    since = seconds(assessments["subject"].map(reference).astype(assessments["date"].dtype))
    missing = assessments["subject"].map(reference).isna().to_numpy()
    early = missing | (seconds(assessments["date"]) < since + rule.stable_days * DAY)
    return value.mask(value.isin([terms.stable, terms.neither]) & early, terms.not_evaluable)


def _ranks(result: pd.DataFrame, record: Ints, rank: Ints) -> Ints:
    """The rank of each subject's record; -1, the last, where there is none."""
    place = pd.Index(record).get_indexer(pd.Index(result["record"]))
    return np.where(place == NONE, NONE, rank[place] if len(rank) else NONE).astype(np.int64)


def _through(positions: Ints, at: Ints) -> Ints:
    """`positions[at]`, where -1 stays -1."""
    if len(positions) == 0:
        return np.full(len(at), NONE, dtype=np.int64)
    return np.where(at == NONE, NONE, positions[at]).astype(np.int64)
