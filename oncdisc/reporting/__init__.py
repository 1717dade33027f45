"""Results, figures and the report of a build."""

from __future__ import annotations
