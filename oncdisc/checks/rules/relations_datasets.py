"""RELREC's relationships of whole datasets: whether the values that join them lead somewhere, once where it says so.

Source: SDTMIG 3.4, section 8.3 (relating datasets).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

import numpy as np
import pandas as pd

from oncdisc.checks.data import Data
from oncdisc.checks.kernels import in_pairs, key
from oncdisc.checks.registry import Breach, domains, records, rule

_MOSTLY = 0.95
_SAID_BY_TUMOR = frozenset((("TR", "TU"), ("RS", "TR")))


def _sides(data: Data) -> pd.DataFrame:
    """The rows that relate datasets: relationship, domain, variable, type and row."""
    frame = pd.DataFrame({name: data.text(name) for name in ("RELID", "RDOMAIN", "IDVAR", "RELTYPE")})
    return frame.assign(row=np.arange(len(data)))[data.present("RELTYPE") & ~data.present("IDVARVAL")].dropna()


def _holders(data: Data, domain: str, variable: str) -> list[Data]:
    return [other for other in data.package.like(domain) if other.has("USUBJID", variable)]


@rule("relations.one", "error", "of a side that is ONE a subject has a value once", on=domains("RELREC"))
def one(data: Data) -> Iterable[Breach]:
    """RELTYPE of ONE where the dataset has values of IDVAR in several records of a subject."""
    if not data.has("RELID", "RDOMAIN", "IDVAR", "RELTYPE", "IDVARVAL"):
        return
    sides = _sides(data)
    for side in sides[sides["RELTYPE"] == "ONE"].to_dict("records"):
        for other in _holders(data, str(side["RDOMAIN"]), str(side["IDVAR"])):
            values = key(other, "USUBJID", str(side["IDVAR"]))[other.present(str(side["IDVAR"]))]
            if values.duplicated().any():
                at = np.arange(len(data)) == side["row"]
                said = f"{side['IDVAR']} is there in several records of a subject"
                yield from records(data, "RELTYPE", at, said)


@rule("relations.partner", "warning", "a value that relates a record to another dataset is there too",
      on=domains("RELREC"))  # fmt: skip
def partner(data: Data) -> Iterable[Breach]:
    """Values of IDVAR that the side of ONE does not have for the subject, where nearly all others are there."""
    if not data.has("RELID", "RDOMAIN", "IDVAR", "RELTYPE", "IDVARVAL"):
        return
    for domain, variable, of, of_variable in _directions(_sides(data)):
        parents = _holders(data, of, of_variable)
        known = [key(parent, "USUBJID", of_variable) for parent in parents]
        for other in _holders(data, domain, variable) if known else ():
            has = other.present(variable)
            dangling = has & ~in_pairs(key(other, "USUBJID", variable), pd.concat(known))
            if dangling.sum() <= (1 - _MOSTLY) * has.sum():
                yield from records(other, variable, dangling, f"{of} has no such {of_variable} of the subject")


def _directions(sides: pd.DataFrame) -> Iterator[tuple[str, str, str, str]]:
    """From every side of a relationship to each other side that is ONE: domain and variable of both."""
    for _, group in sides.groupby("RELID", sort=True):
        rows = group[["RDOMAIN", "IDVAR", "RELTYPE"]].to_numpy().tolist()
        for (domain, variable, _), (of, of_variable, type_) in product(rows, rows):
            if domain != of and type_ == "ONE" and (domain, of) not in _SAID_BY_TUMOR:
                yield str(domain), str(variable), str(of), str(of_variable)
