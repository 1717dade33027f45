"""Where lesions are and how they are measured there: organs of sublocations, short axes of nodes.

Source: Eisenhauer 2009, sections 4.1 (two targets an organ) and 4.3 (nodes by their short axis); CDISC codelist LOC.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from oncdisc.checks.kernels import in_pairs, key
from oncdisc.checks.package import Package
from oncdisc.checks.registry import Breach, package_rule, records
from oncdisc.checks.rules.tumor_links import NODE, identified, linked

_ORGANS = (
    "ADRENAL GLAND|BLADDER|BRAIN|BREAST|COLON|ESOPHAGUS|EYE|HEART|KIDNEY|LIVER|LUNG|OVARY|PANCREAS|PLEURA"
    "|PROSTATE GLAND|SPLEEN|STOMACH|THYROID GLAND|UTERUS"
)
_PART = (
    rf"^(?:(?P<named>{_ORGANS})(?:,.*| LOBE| FISSURE)"
    rf"|(?:LINGULA|LOBE|UNCINATE PROCESS) OF (?:THE )?(?P<of>{_ORGANS}))$"
)
_BY_LENGTH, _BY_SHORT_AXIS = ("LDIAM",), ("LPERP", "SAXIS", "DIAMETER")


def organs(locations: pd.Series) -> pd.Series:
    """The organ of each location: LUNG of `LUNG, RIGHT UPPER LOBE`; what is no part of an organ is itself."""
    found = locations.str.upper().str.extract(_PART)
    organ = found["named"].fillna(found["of"])
    return organ.where(organ.notna() & ~locations.str.contains(NODE, na=False), locations)


@package_rule("tumor.short_axis", "error", "a target lymph node is measured by its short axis")
def short_axis(package: Package) -> Iterable[Breach]:
    """LDIAM of a node without its short axis at the same assessment."""
    pair = linked(package)
    if pair is None or not pair[0].has("TULOC") or not pair[1].has("TRTESTCD", "TRGRPID"):
        return
    tu, tr = pair
    nodal = identified(tr).isin(identified(tu)[tu.text("TULOC").str.contains(NODE, na=False)]).to_numpy(dtype=bool)
    place = key(tr, "USUBJID", "TRLNKID", "TREVAL", "TREVALID", "VISITNUM", "TRDTC")
    short = in_pairs(place, place[tr.equals("TRTESTCD", *_BY_SHORT_AXIS)])
    wrong = nodal & tr.equals("TRTESTCD", *_BY_LENGTH) & tr.equals("TRGRPID", "TARGET") & ~short
    yield from records(tr, "TRTESTCD", wrong, "the lesion is a lymph node; expected its short axis, LPERP")
