"""Words for immune progression as it was reported."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field

from adam.derivations.responses import PRODUCES, OfSubjects
from adam.derivations.sources import Assessments, dated, one_each, reported
from adam.immune import reported_progression
from adam.records import NONE, chosen
from specs.arguments import Source
from specs.columns import constant_text
from specs.registry import describe, records
from specs.scope import Records, Scope


class ImmuneProgression(OfSubjects):
    """Arguments of immune_progression."""

    of: Assessments = Field(description="overall responses under iRECIST")
    confirmed: bool = Field(False, description="only progression that was confirmed")
    found: str = "Y"
    otherwise: str = "N"


def _sentence(args: ImmuneProgression) -> str:
    of = describe(Source.model_validate({"from": args.of.from_, "where": args.of.where}))
    alone = "" if args.confirmed else ", or of one that no evaluable assessment followed"
    return (
        f"{args.found} on the date of the first iUPD of the progression that {args.of.value} of {of} confirms"
        f" (iCPD){alone}; {args.otherwise} if there is none"
    )


@records("immune_progression", sentence=_sentence, produces=PRODUCES)
def immune_progression(scope: Scope, args: ImmuneProgression) -> Records:
    """Progression under iRECIST, dated at the first iUPD of the block that was confirmed or that nothing followed."""
    frame = dated(scope, args.of)
    subjects = reported(scope, args.subjects)
    progression = reported_progression(frame)
    _report_unheralded(scope, args, frame, progression)
    if args.confirmed:
        progression = progression.loc[progression["confirmed"].to_numpy(np.bool_)]
    result = chosen(frame, subjects, progression["record"].to_numpy(np.int64))
    there = result["record"] != NONE
    value = constant_text(args.found, len(result)).where(there, args.otherwise)
    return one_each(args.of.from_, frame, result, {"ADT": result["date"], "AVALC": value})


def _report_unheralded(scope: Scope, args: ImmuneProgression, frame: pd.DataFrame, progression: pd.DataFrame) -> None:
    """Progressions that are confirmed from the first: the unconfirmed one before is missing, and it still counts."""
    record = progression["record"].to_numpy(np.int64)
    alone = record[(frame["value"].iloc[record] == "iCPD").to_numpy(np.bool_)]
    message = "confirmed progression (iCPD) without an unconfirmed one (iUPD) before it: dated at itself"
    rows = frame["row"].to_numpy(np.int64)[alone]
    subject, dates = frame["subject"].to_numpy(np.int64)[alone], frame["date"].iloc[alone].reset_index(drop=True)
    seen = (args.of.from_, rows)
    scope.report_subjects("irecist.unheralded", subject, message, seen=seen, value=dates, severity="warning")
