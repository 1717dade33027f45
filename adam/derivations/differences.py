"""The word that holds a derived response against the reported one."""

from __future__ import annotations

from typing import Literal

import pandas as pd
from pydantic import Field

from adam.reconciliation import numbers_of, reasons
from specs.arguments import Arguments, Column
from specs.registry import variable
from specs.scope import Scope


class Difference(Arguments):
    """Arguments of difference."""

    component: Literal["target", "non-target", "new", "overall"] = "overall"
    reported: Column
    derived: Column = "AVALC"
    because: Column | None = Field(None, description="why a component of an overall response differs")
    sum: Column = "SUM"
    base: Column = "BASESUM"
    nadir: Column = "NADIR"
    lesions: Column = "LESIONS"
    measured: Column = "MEASURED"


@variable(
    "difference",
    sentence="Why {reported} differs from {derived}, which is derived from the lesions; blank where it doesn't",
)
def difference(scope: Scope, args: Difference) -> pd.Series:
    """Why the reported response differs from the derived one; each difference is a finding with its numbers."""
    names = ["reported", "derived", "sum", "base", "nadir", "lesions", "measured"]
    pairs = pd.DataFrame({name: scope.column(getattr(args, name)) for name in names}).assign(component=args.component)
    if args.because is not None:
        pairs["because"] = scope.column(args.because)
    reason = reasons(pairs)
    detail = pairs["reported"].fillna("nothing") + " reported, " + pairs["derived"].fillna("nothing") + " derived"
    if args.component in ("target", "overall"):
        detail = detail + ("; " + numbers_of(pairs)).fillna("")
    for why in sorted(reason.dropna().unique()):
        message = f"reported and derived {args.component} response differ: {why[0].lower()}{why[1:]}"
        scope.report("response.differs", reason.eq(why).to_numpy(bool), message, value=detail, severity="warning")
    return reason
