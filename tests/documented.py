"""A page that can be followed: its files are written, its commands run, and what they print is put in its place.

    python -m tests.documented docs/first_study.md     # refreshes the outputs that the page shows

A block below a line that is a path alone, in backticks, is that file; below `made/…` it is a file that the commands
made. A `console` block is a command after `$ ` and what it prints, in 100 columns.
"""

from __future__ import annotations

import io
import os
import re
import sys
import tempfile
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from oncdisc.cli.main import run

_BLOCK = re.compile(r"(?:^`(?P<path>[\w./]+)`\n\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.M | re.S)
COLUMNS = "100"


def followed(page: str) -> str:
    """The page with what its commands print now, in a folder that has nothing but the page's own files."""
    with tempfile.TemporaryDirectory() as folder, chdir(folder), patch.dict(os.environ, {"COLUMNS": COLUMNS}):
        return _BLOCK.sub(lambda block: _with(block, _shown(block)), page)


def _shown(block: re.Match[str]) -> str:
    path, text = block["path"], block["text"]
    if path and path.startswith("made/"):
        return Path(path).read_text(encoding="utf-8")
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text, encoding="utf-8")
    elif block["language"] == "console":
        return "".join(f"{command}\n{_printed(command)}" for command in re.findall(r"^\$ .*$", text, flags=re.M))
    return text


def _printed(command: str) -> str:
    """What an `oncdisc` command prints, to either stream."""
    _, program, *arguments = command.split()
    if program != "oncdisc":
        raise ValueError(f"a page runs oncdisc alone, not {program}")
    with redirect_stdout(io.StringIO()) as printed, redirect_stderr(printed):
        run(arguments)
    return "\n".join(line.rstrip() for line in printed.getvalue().strip("\n").split("\n")) + "\n"


def _with(block: re.Match[str], text: str) -> str:
    """The block with another text."""
    whole, start = block[0], block.start()
    return whole[: block.start("text") - start] + text + whole[block.end("text") - start :]


if __name__ == "__main__":
    for name in sys.argv[1:]:
        Path(name).write_text(followed(Path(name).read_text(encoding="utf-8")), encoding="utf-8")
