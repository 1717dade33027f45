"""`python -m oncdisc`, the command line where the script is not on the path."""

from __future__ import annotations

from oncdisc.cli.main import main

main()
