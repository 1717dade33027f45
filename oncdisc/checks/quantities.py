"""Kinds of quantity: of which kind a unit is, and of which kinds the results of standard tests may be.

Sources: the tests of SDTM terminology (VSTESTCD, LBTESTCD, TRTESTCD, EGTESTCD) by their definitions, units by UCUM.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

LENGTH, AREA, VOLUME, MASS, TIME = "length", "area", "volume", "mass", "time"
TEMPERATURE, PRESSURE, FREQUENCY, FRACTION = "temperature", "pressure", "frequency", "fraction"
SUBSTANCE, ACTIVITY, NUMBER = "amount of substance", "activity", "number"
SURFACE_DENSITY = "mass per area"
_PER_VOLUME = {
    MASS: "mass concentration",
    SUBSTANCE: "substance concentration",
    ACTIVITY: "catalytic concentration",
    NUMBER: "number concentration",
}

_UNITS: Mapping[str, str] = {
    LENGTH: "um mm cm dm m in ft",
    AREA: "mm2 cm2 m2 in2",
    VOLUME: "fl pl nl ul ml cl dl l mm3 cm3 m3",
    MASS: "pg ng ug mcg mg g kg lb lbs oz",
    TIME: "ms msec s sec min h",
    TEMPERATURE: "c f k",
    PRESSURE: "mmhg pa hpa kpa cmh2o",
    FREQUENCY: "beats/min breaths/min bpm /min 1/min hz",
    FRACTION: "% %(v/v) l/l v/v",
    SUBSTANCE: "fmol pmol nmol umol mmol mol ueq meq eq",
    ACTIVITY: "u mu ku iu miu uiu kiu nkat ukat kat",
}
_COUNTS = frozenset(("10^3", "10^6", "10^9", "10^12", "cells", "gi", "ti"))
"""What stands above the stroke where a number is counted; nothing at all does too (/uL)."""

_CONCENTRATION = (_PER_VOLUME[MASS], _PER_VOLUME[SUBSTANCE])
_VITAL_SIGNS = (
    ("HEIGHT ARMSPAN WSTCIR HIPCIR HDCIRC", (LENGTH,)),
    ("WEIGHT", (MASS,)),
    ("BMI", (SURFACE_DENSITY,)),
    ("BSA", (AREA,)),
    ("TEMP", (TEMPERATURE,)),
    ("SYSBP DIABP MAP PULSEPR", (PRESSURE,)),
    ("HR PULSE RESP", (FREQUENCY,)),
    ("OXYSAT", (FRACTION,)),
)
_LABORATORY = (
    ("ALT AST ALP GGT LDH CK AMYLASE LIPASET", (_PER_VOLUME[ACTIVITY],)),
    ("HGB ALB PROT CREAT UREAN UREA BILI BILDIR BILIND GLUC URATE CHOL TRIG HDL LDL MCHC", _CONCENTRATION),
    ("SODIUM K CL BICARB CA CAION MG PHOS", _CONCENTRATION),
    ("WBC RBC PLAT NEUT LYM MONO EOS BASO", (_PER_VOLUME[NUMBER],)),
    ("HCT NEUTLE LYMLE MONOLE EOSLE BASOLE", (FRACTION,)),
    ("MCV", (VOLUME,)),
    ("MCH", (MASS, SUBSTANCE)),
)
_TUMORS = (
    ("LDIAM LPERP DIAMETER SUMDIAM", (LENGTH,)),
    ("AREA", (AREA,)),
    ("VOLUME", (VOLUME,)),
)
_ECG = (
    ("EGHRMN", (FREQUENCY,)),
    ("PRAG QRSAG QTAG QTCBAG QTCFAG RRAG", (TIME,)),
)
_TESTS = {"VS": _VITAL_SIGNS, "LB": _LABORATORY, "TR": _TUMORS, "EG": _ECG}


@cache
def kinds(domain: str) -> Mapping[str, tuple[str, ...]]:
    """The kinds of quantity that the tests of a domain may be of, by test code."""
    return {test: of for tests, of in _TESTS.get(domain, ()) for test in tests.split()}


@cache
def kind(unit: str) -> str:
    """The kind of a unit, such as length or mass concentration; nothing for a unit that is not known here."""
    spelled = unit.strip().casefold().replace("μ", "u").replace("µ", "u")
    for name, units in _UNITS.items():
        if spelled in units.split():
            return name
    above, stroke, below = spelled.partition("/")
    if not stroke or not below:
        return ""
    of = NUMBER if not above or above in _COUNTS else kind(above)
    per = kind(below)
    if per == VOLUME:
        return _PER_VOLUME.get(of, "")
    return SURFACE_DENSITY if (of, per) == (MASS, AREA) else ""
