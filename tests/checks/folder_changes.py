"""Mutations of a submission's files: the folder is copied, changed and read again."""

from __future__ import annotations

import shutil
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from oncdisc.checks import read_package
from oncdisc.transport import read_dataset, write_dataset
from tests.checks.mutations import Mutant, MutationError

TABULATIONS, ANALYSIS = Path("tabulations/sdtm"), Path("analysis/adam/datasets")
FILES = tuple(TABULATIONS / name for name in ("dm.xpt", "ts.xpt", "define.xml", "define2-1.xsl"))
FILES += tuple(ANALYSIS / name for name in ("adsl.xpt", "define.xml", "define2-1.xsl"))
"""What is copied of a build: enough for whatever looks at files."""
TAGGING = "stf-study.xml"
STF = """<?xml version="1.0"?>
<ectd:study xmlns:ectd="http://www.ich.org/ectd" xmlns:xlink="http://www.w3c.org/1999/xlink">
<study-identifier><title>A study</title><study-id>SEL-SCLC-201</study-id></study-identifier>
<study-document>
<doc-content xlink:href="tabulations/sdtm/dm.xpt"><file-tag name="data-tabulation-dataset-sdtm"/></doc-content>
<doc-content xlink:href="tabulations/sdtm/ts.xpt"><file-tag name="data-tabulation-dataset-sdtm"/></doc-content>
<doc-content xlink:href="tabulations/sdtm/define.xml"><file-tag name="data-tabulation-data-definition"/></doc-content>
<doc-content xlink:href="analysis/adam/datasets/adsl.xpt"><file-tag name="analysis-dataset-adam"/></doc-content>
<doc-content xlink:href="analysis/adam/datasets/define.xml"><file-tag name="analysis-data-definition"/></doc-content>
<doc-content xlink:href="report/csr.pdf"><file-tag name="study-report-body"/></doc-content>
</study-document>
</ectd:study>
"""


class FolderChange(BaseModel):
    """A change of files, by their path in the submission."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    write: dict[str, str] = {}
    """Path to text."""
    encoding: str = "utf-8"
    """Of the text that is written."""
    replace: dict[str, dict[str, str]] = {}
    """Path to words of a file and what stands in their place."""
    move: dict[str, str] = {}
    copy_to: dict[str, str] = {}
    cut: dict[str, int] = {}
    """Path to the bytes that are left of the file."""
    rewrite: dict[str, int] = {}
    """Path of a transport file to the version that it is written in again."""
    delete: list[str] = []


def submission(build: Path, folder: Path) -> Path:
    """A small submission with a study tagging file, from the files of a build."""
    root = folder / "m5"
    for path in FILES:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(build / path, root / path)
    (root / TAGGING).write_text(STF, encoding="utf-8")
    return root


def apply_folder(mutant: Mutant, change: FolderChange) -> None:
    """Change the files of the mutant's own folder and read it."""
    root = mutant.scratch()
    for path, text in change.write.items():
        _parent(root / path).write_text(text, encoding=change.encoding)
    for path, words in change.replace.items():
        _replace(root / path, words)
    for old, new in change.move.items():
        (root / old).replace(_parent(root / new))
    for old, new in change.copy_to.items():
        shutil.copy(root / old, _parent(root / new))
    for path, size in change.cut.items():
        (root / path).write_bytes((root / path).read_bytes()[:size])
    for path, version in change.rewrite.items():
        write_dataset(read_dataset(root / path), root / path, version=version)
    for path in change.delete:
        (root / path).unlink()
    mutant.package = read_package(root)


def _parent(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _replace(path: Path, words: dict[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in words.items():
        if old not in text:
            raise MutationError(f"{path.name}: found no {old}")
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
