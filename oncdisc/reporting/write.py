"""Results of a build: made, and written to its `results/` folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from oncdisc.reporting.data import Study
from oncdisc.reporting.load import load_declaration
from oncdisc.reporting.statistics import Outcome, long_frame
from specs.errors import UsageError
from specs.resolved import Spec

FOLDER = "results"
BUILD = "build.json"
SPEC = "lineage/study"


@dataclass(frozen=True)
class Results:
    """The outcomes of a build, and the results that it lacks a dataset for (by result, the dataset)."""

    outcomes: tuple[Outcome, ...]
    lacking: dict[str, str]

    @property
    def frame(self) -> pd.DataFrame:
        """One statistic a row: result, paramcd, group, category, statistic, value, unit."""
        return long_frame(self.outcomes)


def spec_of(folder: Path) -> Spec:
    """The spec that a build was made with, which it keeps.

    Raises UsageError where the folder holds no build, or one whose study has a module of its own: that is never run
    from an output.
    """
    import json

    from oncdisc.engines import load_spec
    from specs._yaml import load_yaml

    record = folder / BUILD
    if not record.is_file():
        raise UsageError(f"{folder} holds no build: expected a folder that `oncdisc build` made, with {BUILD}")
    kept = folder / SPEC
    if not (kept / "study.yaml").is_file():
        raise UsageError(f"{folder} keeps no spec in {SPEC}: build it again, or name its study with --study")
    study: dict[str, Any] = load_yaml(kept / "study.yaml")
    if module := study.get("module"):
        raise UsageError(f"{folder} was built with derivations in {module}: name the study's folder with --study")
    own, made = study.get("options", {}), json.loads(record.read_text(encoding="utf-8"))["options"]
    return load_spec(kept, {name: value for name, value in made.items() if name in own})


def make_results(folder: Path, spec: Spec) -> Results:
    """The results that the study declares, from a build's analysis datasets. Raises SpecError."""
    from oncdisc.reporting.analyses import outcomes

    declaration = load_declaration(spec)
    if declaration is None:
        return Results((), {})
    return Results(*outcomes(Study(folder, spec, declaration)))


def results(out: str | Path, study: str | Path | None = None) -> pd.DataFrame:
    """The results of a build, one statistic a row; by another spec than the build's own where `study` names it.

    Raises UsageError for a folder without a build, SpecError for a wrong results.yaml.
    """
    from oncdisc.engines import load_spec

    folder = Path(out)
    return make_results(folder, load_spec(study) if study is not None else spec_of(folder)).frame


def records(frame: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """The frame as `results.json` has it: values rounded to 10 significant digits, null where not estimable."""
    plain = frame.assign(value=frame["value"].map(_rounded))
    return {"results": plain.astype(object).where(plain.notna(), None).to_dict("records")}  # type: ignore[return-value]


def _rounded(value: float) -> float:
    # the last bits differ between machines; ten digits are more than anyone reports
    return float(f"{value:.10g}") if np.isfinite(value) else np.nan


def write_results(
    folder: Path, spec: Spec, *, rtf: bool = False, formats: Iterable[str] = ("svg",), made: Results | None = None
) -> Results:
    """Write `results/`: results.json, tables as HTML (and RTF), figures and their data. Gives what was made.

    `formats` are of svg, pdf and png. Raises SpecError, UsageError (RTF without the extra).
    """
    found = made or make_results(folder, spec)
    if not found.outcomes:
        return found
    from oncdisc.pipeline.output import write_json
    from oncdisc.reporting.figures import write_figures
    from oncdisc.reporting.pages import write_tables

    target = folder / FOLDER
    write_json(target / "results.json", records(found.frame))
    write_tables(found.outcomes, target, spec, rtf=rtf)
    write_figures(found.outcomes, target, tuple(formats))
    return found
