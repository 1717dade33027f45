"""define.xml, its page and the study's documents for each engine's datasets of a build."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from oncdisc.pipeline.parts import PartResult
from oncdisc.pipeline.write import FOLDERS, lengths
from specs.findings import Finding
from specs.resolved import Engine, Spec

DOCUMENTS = "documents"
"""The folder beside study.yaml that holds the documents that define.xml points at."""


def write_defines(spec: Spec, whole: PartResult, out: Path) -> list[Path]:
    """Write define.xml and define.html beside the datasets of each engine that has any."""
    from define import from_spec, write_define, write_page
    from oncdisc.reporting.arm import with_displays

    known = _with_documents(spec, whole)
    written: list[Path] = []
    widths = lengths(spec, whole.profile)
    engines: tuple[Engine, ...] = ("sdtm", "adam")
    for engine in engines:
        names = [name for name in whole.datasets if spec.datasets[name].engine == engine]
        if not names:
            continue
        folder = out / FOLDERS[engine]
        document = from_spec(known, engine, names, whole.profile, widths)
        if engine == "adam":
            document = with_displays(document, known)
        for leaf in document.leaves:
            if (spec.folder / DOCUMENTS / leaf.href).is_file():
                shutil.copyfile(spec.folder / DOCUMENTS / leaf.href, folder / leaf.href)
        written.append(write_define(document, folder / "define.xml"))
        written.append(write_page(document, folder / "define.html"))
    return written


def _with_documents(spec: Spec, whole: PartResult) -> Spec:
    """The spec with the documents that are there: a define.xml must not point at a file that is not."""
    kept = {key: d for key, d in spec.study.documents.items() if (spec.folder / DOCUMENTS / d.file).is_file()}
    for key, document in spec.study.documents.items():
        if key not in kept:
            message = (
                f"{document.title}: {DOCUMENTS}/{document.file} is not in the study's folder; left out of define.xml"
            )
            whole.findings.add([Finding("info", "study.document", message, source=document.file)])
    return replace(spec, study=spec.study.model_copy(update={"documents": kept}))
