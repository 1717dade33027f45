"""Records that say something of other lesion records: what split, what grew together, what increased further."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field

from specs.arguments import Of, Source
from specs.columns import TEXT
from specs.scope import Scope


class Further(Source):
    """Records, supplemental qualifiers as a rule, that say of which lesion records that it increased further."""

    names: Of = Field("IDVARVAL", description="the `sequence` of the lesion record")


class Fragments(Source):
    """Records of the fragments of target lesions, such as TU's with TUTESTCD TUSPLIT."""

    fragment: Of = Field("TULNKID", description="identity of the fragment, under which it is measured")
    lesion: Of | None = Field(None, description="the lesion it was; default: its name to the last point, T01 of T01.1")


class Masses(Source):
    """Records of masses that target lesions grew into, such as TU's with TUTESTCD TUMERGE."""

    mass: Of = Field("TULNKID", description="identity of the mass, under which it is measured")
    lesion: Of | None = Field(None, description="a lesion in it; default: the parts of its name, as of T01/T02")


def further(scope: Scope, source: Further | None) -> pd.DataFrame:
    """The lesion records that are named: subject, sequence, `link` (the row that names it)."""
    if source is None:
        return pd.DataFrame({"subject": pd.Series(dtype=np.int64), "sequence": pd.Series(dtype=float), "link": []})
    rows = _read(scope, source, [source.names])
    return rows[["subject", "link"]].assign(sequence=pd.to_numeric(rows[source.names], errors="coerce"))


def fragments(scope: Scope, source: Fragments | None) -> pd.DataFrame:
    """The fragments, one lesion each: subject, fragment, lesion, link."""
    if source is None:
        return _none("fragment")
    rows = _read(scope, source, [source.fragment, *([source.lesion] if source.lesion else [])])
    name = rows[source.fragment].astype(TEXT)
    lesion = rows[source.lesion] if source.lesion else name.str.replace(r"\.[^.]*$", "", regex=True)
    frame = rows[["subject", "link"]].assign(fragment=name, lesion=lesion.astype(TEXT))
    return frame.dropna().drop_duplicates(["subject", "fragment"], ignore_index=True)


def masses(scope: Scope, source: Masses | None) -> pd.DataFrame:
    """The lesions in each mass: subject, mass, lesion, link."""
    if source is None:
        return _none("mass")
    rows = _read(scope, source, [source.mass, *([source.lesion] if source.lesion else [])])
    name = rows[source.mass].astype(TEXT)
    frame = rows[["subject", "link"]].assign(mass=name)
    if source.lesion:
        frame["lesion"] = rows[source.lesion].astype(TEXT)
    else:
        frame = frame.assign(lesion=name.str.split("/")).explode("lesion").astype({"lesion": TEXT})
    return frame.dropna().drop_duplicates(["subject", "mass", "lesion"], ignore_index=True)


def _read(scope: Scope, source: Source, names: list[str]) -> pd.DataFrame:
    rows = scope.rows(source, list(dict.fromkeys(names))).reset_index(drop=True)
    return rows.assign(subject=rows["_subject"].to_numpy(np.int64), link=rows["_row"].to_numpy(np.int64))


def _none(name: str) -> pd.DataFrame:
    text = {column: pd.Series(dtype=TEXT) for column in (name, "lesion")}
    return pd.DataFrame({"subject": pd.Series(dtype=np.int64), "link": pd.Series(dtype=np.int64), **text})
