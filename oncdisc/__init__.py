"""oncdisc: raw EDC extracts to SDTM, ADaM, XPT and define.xml, from one spec per study.

The command's verbs are functions here, loaded when they are first used:

    import oncdisc
    result = oncdisc.build("es_sclc", raw="extracts/", out="out/")
    oncdisc.write_xpt(frame, "adsl.xpt", name="ADSL", label="Subject-Level Analysis Dataset")
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from oncdisc._version import __version__
from specs.errors import DataError, OncdiscError, Problem, SpecError, UsageError

if TYPE_CHECKING:
    from oncdisc.checks import check
    from oncdisc.engines import load_spec
    from oncdisc.pipeline import Result, build
    from oncdisc.reporting import results
    from oncdisc.review import compare
    from oncdisc.review.builds import diff
    from oncdisc.review.trace import trace
    from oncdisc.transport import convert, read_dataset, read_xpt, write_xpt
    from oncdisc.trial import simulate

_LAZY = {
    "Result": "oncdisc.pipeline",
    "build": "oncdisc.pipeline",
    "check": "oncdisc.checks",
    "compare": "oncdisc.review",
    "convert": "oncdisc.transport",
    "diff": "oncdisc.review.builds",
    "load_spec": "oncdisc.engines",
    "read_dataset": "oncdisc.transport",
    "read_xpt": "oncdisc.transport",
    "results": "oncdisc.reporting",
    "simulate": "oncdisc.trial",
    "trace": "oncdisc.review.trace",
    "write_xpt": "oncdisc.transport",
}

__all__ = [
    "DataError",
    "OncdiscError",
    "Problem",
    "Result",
    "SpecError",
    "UsageError",
    "__version__",
    "build",
    "check",
    "compare",
    "convert",
    "diff",
    "load_spec",
    "read_dataset",
    "read_xpt",
    "results",
    "simulate",
    "trace",
    "write_xpt",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'oncdisc' has no attribute {name!r}")
    return getattr(importlib.import_module(_LAZY[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
