"""The command line: each command a thin shell over the library, loaded when it is called."""

from __future__ import annotations

from oncdisc.cli.main import main

__all__ = ["main"]
