"""Identifiers of what a spec becomes in define.xml: the same spec gives the same ones."""

from __future__ import annotations

import re


def oid(kind: str, *parts: str) -> str:
    """`IT.ADTTE.AVAL.PFS`; what is neither a letter, a digit, a dot, a dash nor a line becomes a line."""
    return ".".join([kind, *(re.sub(r"[^A-Za-z0-9_.-]+", "_", part) for part in parts if part)])
