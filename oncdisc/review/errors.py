"""What stops a comparison: options nobody can follow, and data that cannot be paired."""

from __future__ import annotations

from oncdisc.review.sysinfo import SysInfo
from specs.errors import OncdiscError


class ComparisonError(OncdiscError):
    """The root of everything that stops a comparison."""

    bits: SysInfo = SysInfo.ERROR


class OptionError(ComparisonError, ValueError):
    """An option that means nothing: an unknown method, a negative delta, an unknown leniency."""


class ColumnError(ComparisonError):
    """A column whose values are neither text, numbers nor dates."""


class KeysError(ComparisonError):
    """Key variables that cannot pair the two datasets' rows."""


class GroupsError(ComparisonError):
    """BY variables that are not the same in the two datasets."""

    bits = SysInfo.ERROR | SysInfo.BYVAR
