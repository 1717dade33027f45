"""Two builds compared: what changed in each dataset and endpoint, subject by subject, and by which raw change."""

from __future__ import annotations

from oncdisc.review.builds.datasets import DatasetChange, dataset_changes
from oncdisc.review.builds.difference import BuildDifference, diff, to_json
from oncdisc.review.builds.endpoints import Change, endpoint_changes
from oncdisc.review.builds.page import render_html
from oncdisc.review.builds.raw import RawChange, raw_changes
from oncdisc.review.builds.terminal import render

__all__ = [
    "BuildDifference",
    "Change",
    "DatasetChange",
    "RawChange",
    "dataset_changes",
    "diff",
    "endpoint_changes",
    "raw_changes",
    "render",
    "render_html",
    "to_json",
]
