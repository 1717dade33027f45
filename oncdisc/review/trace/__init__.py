"""Trace: where a value comes from, down to the raw record, and what is made from a record."""

from __future__ import annotations

from oncdisc.review.trace.drawing import draw
from oncdisc.review.trace.edges import made_from, nodes
from oncdisc.review.trace.graphs import draw_records, draw_variables
from oncdisc.review.trace.onward import made_into
from oncdisc.review.trace.output import Derivation, Output
from oncdisc.review.trace.page import render_html
from oncdisc.review.trace.steps import Group, Step, Value
from oncdisc.review.trace.terminal import render
from oncdisc.review.trace.tracing import Reached, RecordTrace, Trace, to_json, trace

__all__ = [
    "Derivation",
    "Group",
    "Output",
    "Reached",
    "RecordTrace",
    "Step",
    "Trace",
    "Value",
    "draw",
    "draw_records",
    "draw_variables",
    "made_from",
    "made_into",
    "nodes",
    "render",
    "render_html",
    "to_json",
    "trace",
]
