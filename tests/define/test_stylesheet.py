"""The stylesheet for tools that still apply one."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from define.model import Document
from define.writer import write_define


@pytest.fixture
def shown(example: Document, tmp_path: Path) -> str:
    """The example as the stylesheet shows it."""
    tool = shutil.which("xsltproc")
    if tool is None:
        pytest.skip("no xsltproc to apply the stylesheet with")
    file = write_define(example, tmp_path / "define.xml")
    command = [tool, "--nonet", str(tmp_path / "define2-1.xsl"), str(file)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stderr == ""
    return result.stdout


def test_the_stylesheet_shows_variables_values_codelists_methods_and_analyses(shown: str) -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown))
    for words in ("ADTTE", "PARAMCD = PFS", "PARAMCD not in PFS, DOR", "Days to progression", "MedDRA", "Median PFS"):
        assert words in text, words


def test_its_links_lead_somewhere(shown: str) -> None:
    targets = set(re.findall(r'id="([^"]+)"', shown))
    links = set(re.findall(r'href="#([^"]+)"', shown))
    assert links
    assert links <= targets
