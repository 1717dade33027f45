"""The build: raw extracts or SDTM in, a folder of datasets, define.xml, findings and lineage out."""

from __future__ import annotations

from oncdisc.pipeline.build import Result, build

__all__ = ["Result", "build"]
