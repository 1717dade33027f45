"""define.xml and its page for each engine's datasets of a build."""

from __future__ import annotations

from pathlib import Path

from oncdisc.pipeline.parts import PartResult
from oncdisc.pipeline.write import FOLDERS, lengths
from specs.resolved import Engine, Spec


def write_defines(spec: Spec, whole: PartResult, out: Path) -> list[Path]:
    """Write define.xml and define.html beside the datasets of each engine that has any."""
    from define import from_spec, write_define, write_page

    written: list[Path] = []
    widths = lengths(spec, whole.profile)
    engines: tuple[Engine, ...] = ("sdtm", "adam")
    for engine in engines:
        names = [name for name in whole.datasets if spec.datasets[name].engine == engine]
        if not names:
            continue
        folder = out / FOLDERS[engine]
        document = from_spec(spec, engine, names, whole.profile, widths)
        written.append(write_define(document, folder / "define.xml"))
        written.append(write_page(document, folder / "define.html"))
    return written
