"""What TSVAL holds for each parameter of the trial summary: a term, a number, a date, a value of a dictionary.

Source: SDTMIG 3.4, 7.4.2, CDISC's and FDA's rules; each row of `specs/standards/trial-summary.yaml` says which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, cast

from specs._yaml import load_yaml

_TABLE = Path(__file__).parent / "standards" / "trial-summary.yaml"

Form: TypeAlias = Literal["duration", "date", "full_date", "number", "share", "country"]

NULL_FLAVORS: Mapping[str, str] = MappingProxyType(
    {
        "ASKU": "asked but unknown",
        "DER": "derived",
        "INV": "invalid",
        "MSK": "masked",
        "NA": "not applicable",
        "NASK": "not asked",
        "NAV": "temporarily unavailable",
        "NI": "no information",
        "NINF": "negative infinity",
        "OTH": "other",
        "PINF": "positive infinity",
        "QS": "sufficient quantity",
        "TRC": "trace",
        "UNC": "unencoded",
        "UNK": "unknown",
    }
)
"""ISO 21090's reasons for a value that is not there, which TSVALNF holds, and what each means."""


@dataclass(frozen=True)
class SummaryParameter:
    """A parameter of TS: where its values come from, and when it is asked for.

    `terms` are those of the codelist that are meant, all where there are none. `asked` is always, desired, or a
    parameter and its values that make this one asked for.
    """

    code: str
    basis: str
    codelist: str = ""
    terms: tuple[str, ...] = ()
    form: Form | None = None
    dictionary: tuple[str, ...] = ()
    once: bool = False
    asked: Literal["", "always", "desired"] | tuple[str, tuple[str, ...]] = ""

    @property
    def published(self) -> frozenset[str]:
        """The parts of the basis, the numbers of rules among them."""
        return frozenset(part.strip() for part in self.basis.replace(";", ",").split(","))


@cache
def summary_parameters() -> Mapping[str, SummaryParameter]:
    """The parameters that standards say something of, by TSPARMCD, sorted."""
    rows = cast("dict[str, dict[str, Any]]", load_yaml(_TABLE))
    return MappingProxyType({code: _parameter(code, row) for code, row in sorted(rows.items())})


def _parameter(code: str, row: dict[str, Any]) -> SummaryParameter:
    asked = row.get("asked", "")
    if isinstance(asked, dict):
        ((other, values),) = cast("dict[str, list[str]]", asked).items()
        asked = (other, tuple(values))
    return SummaryParameter(
        code=code,
        basis=row["basis"],
        codelist=row.get("codelist", ""),
        terms=tuple(row.get("terms", ())),
        form=row.get("form"),
        dictionary=tuple(row.get("dictionary", ())),
        once=row.get("once", False),
        asked=asked,
    )
