"""The return code of PROC COMPARE: sixteen bits, the higher the graver.

Source: SAS documentation of the COMPARE procedure, "Macro Return Codes (SYSINFO)". Scripts test it as
`sysinfo >= 64` (rows, variables or values differ) or bit by bit.
"""

from __future__ import annotations

from enum import IntFlag


class SysInfo(IntFlag):
    """The bits, named as SAS names them."""

    DSLABEL = 1
    DSTYPE = 2
    INFORMAT = 4
    FORMAT = 8
    LENGTH = 16
    LABEL = 32
    BASEOBS = 64
    COMPOBS = 128
    BASEBY = 256
    COMPBY = 512
    BASEVAR = 1024
    COMPVAR = 2048
    VALUE = 4096
    TYPE = 8192
    BYVAR = 16384
    ERROR = 32768


MEANINGS: dict[SysInfo, str] = {
    SysInfo.DSLABEL: "the datasets' labels differ",
    SysInfo.DSTYPE: "the datasets' types differ",
    SysInfo.INFORMAT: "a variable's informat differs",
    SysInfo.FORMAT: "a variable's format differs",
    SysInfo.LENGTH: "a variable's length differs",
    SysInfo.LABEL: "a variable's label differs",
    SysInfo.BASEOBS: "base has rows that compare does not have",
    SysInfo.COMPOBS: "compare has rows that base does not have",
    SysInfo.BASEBY: "base has BY groups that compare does not have",
    SysInfo.COMPBY: "compare has BY groups that base does not have",
    SysInfo.BASEVAR: "base has variables that compare does not have",
    SysInfo.COMPVAR: "compare has variables that base does not have",
    SysInfo.VALUE: "values differ",
    SysInfo.TYPE: "a variable's type differs",
    SysInfo.BYVAR: "the BY variables do not match",
    SysInfo.ERROR: "the comparison could not be done",
}


def bit_names(value: int) -> list[str]:
    """The names of the bits that are set, gravest first."""
    return [bit.name or "" for bit in sorted(MEANINGS, reverse=True) if value & bit]


def bit_meanings(value: int) -> list[str]:
    """What the bits that are set say, gravest first."""
    return [MEANINGS[bit] for bit in sorted(MEANINGS, reverse=True) if value & bit]
