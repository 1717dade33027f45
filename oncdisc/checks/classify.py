"""Which standard and structure a dataset follows: by what its metadata says, else by its name and variables."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from oncdisc.checks.data import SDTM, Data, Engine
from oncdisc.transport import Variable
from specs.columns import TEXT
from specs.standard import standard

_OCCURRENCE = re.compile(r"(?!SRC)[A-Z]{2}(TERM|TRT|DECOD)")
_PARAMETERS = {"PARAM", "PARAMCD", "AVAL", "AVALC"}
_TIME_TO_EVENT = {"CNSR", "STARTDT", "STARTDTM"}
_TIMED_NAME = re.compile("AD[A-Z0-9]*TTE[A-Z0-9]*")
_CLASSES = {
    "SUBJECT LEVEL ANALYSIS DATASET": "ADSL",
    "BASIC DATA STRUCTURE": "BDS",
    "OCCURRENCE DATA STRUCTURE": "OCCDS",
    "ADAM OTHER": "OTHER",
}


def classified(
    name: str,
    label: str,
    frame: pd.DataFrame,
    variables: Mapping[str, Variable],
    *,
    class_: str = "",
    subclass: str = "",
    folder: str = "",
    untyped: bool = False,
) -> Data:
    """A dataset with its standard and structure. Numbers of an untyped file are read as its standard has them."""
    engine = _engine(name, class_, folder, set(map(str, frame.columns)))
    subclass = subclass.upper()
    structure = _structure(name, class_.upper(), subclass, set(map(str, frame.columns))) if engine == "adam" else ""
    if engine == "adam" and not subclass:
        subclass = {"ADPPK": "POPULATION PHARMACOKINETIC ANALYSIS", "ADNCA": "NON-COMPARTMENTAL ANALYSIS"}.get(name, "")
    data = Data(name, label, frame, variables, engine, structure, subclass, typed=not untyped)
    if engine == "sdtm" and data.standard is not None:
        data.structure = data.standard.class_
    if untyped:
        data.frame = _numbers(data)
    return data


def _engine(name: str, class_: str, folder: str, columns: set[str]) -> Engine:
    if class_.upper() in _CLASSES or "ADAM" in class_.upper():
        return "adam"
    known = standard(SDTM)
    if name in known or (name[:2] in known and "DOMAIN" in columns):
        return "sdtm"
    if name.startswith("AD") or "adam" in folder.lower():
        return "adam"
    return "adam" if columns & _PARAMETERS else "sdtm"


def _structure(name: str, class_: str, subclass: str, columns: set[str]) -> str:
    if name == "ADSL":
        return "ADSL"
    found = _CLASSES.get(class_) or _guess(name, columns)
    if found == "BDS" and (subclass.startswith("TIME") or (not subclass and columns & _TIME_TO_EVENT)):
        return "TTE"
    if found == "BDS" and not subclass and _TIMED_NAME.fullmatch(name):
        return "TTE"
    if found == "OCCDS" and ("ADVERSE" in subclass or name == "ADAE"):
        return "ADAE"
    return found


def _guess(name: str, columns: set[str]) -> str:
    parameters = "PARAMCD" in columns and columns & {"AVAL", "AVALC"}
    if name == "ADAE" or (any(map(_OCCURRENCE.fullmatch, columns)) and not parameters):
        return "OCCDS"
    timed = columns & _TIME_TO_EVENT or _TIMED_NAME.fullmatch(name)
    return "BDS" if columns & _PARAMETERS or timed else "OTHER"


def _numbers(data: Data) -> pd.DataFrame:
    """Text columns that the standard has as numbers, as numbers where every value is one."""
    columns: dict[str, pd.Series] = {}
    for name in map(str, data.frame.columns):
        values = data.frame[name]
        known = data.variable_standard(name)
        columns[name] = numeric(values) if known and known.type == "Num" else values
    return pd.DataFrame(columns, index=data.frame.index)


def numeric(values: pd.Series) -> pd.Series:
    """Text as numbers, or as dates where every value is an ISO date; else as it is."""
    if values.dtype != TEXT:
        return values
    blank = values.isna() | (values == ".")
    given = values.mask(blank)
    numbers = pd.to_numeric(given, errors="coerce")
    if not (numbers.isna() & ~blank).any():
        return numbers.astype("float64")
    moments = pd.to_datetime(given.where(given.str.match(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?)?$")), errors="coerce",
                             format="ISO8601")  # fmt: skip
    return values if (moments.isna() & ~blank).any() else moments.astype("datetime64[s]")
