"""Fixtures that every room's tests share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pandas as pd
import pytest
import small_study
from hypothesis import settings

from specs import columns, interpreter, loader, nodes, store
from tests.built_once import build_example, built_once

settings.register_profile("oncdisc", deadline=None)
settings.load_profile("oncdisc")
"""How long an example takes says something of the machine, not of the code."""

STUDY = """
study: ABC
title: A study
raw: {subject: SUBJ, usubjid: "ABC-{subject}", subjects: dm, forms: {}}
"""


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public data beside the project; tests that read it are skipped where it is not at hand."""
    folder = Path(os.environ.get("ONCDISC_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not folder.is_dir():
        pytest.skip("the folder of public data is not at hand")
    return folder


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an extract of the example trial (`raw`) and its build (`out`), which nobody changes."""
    return built_once(tmp_path_factory, "example", build_example)


@pytest.fixture
def study(tmp_path: Path) -> Callable[..., loader.Spec]:
    """Write a small study and load it: `study("dataset: DM ...", forms=["dm"], adam=["dataset: ADSL ..."])`."""

    def write(*sdtm: str, forms: tuple[str, ...] = ("dm",), adam: tuple[str, ...] = (), extra: str = "") -> loader.Spec:
        import adam as _adam  # noqa: F401 - registers its derivations
        import sdtm as _sdtm  # noqa: F401

        listed = ", ".join(f"{form}: {{file: {form}.csv}}" for form in dict.fromkeys([*forms, "dm"]))
        (tmp_path / "study.yaml").write_text(STUDY.replace("forms: {}", f"forms: {{{listed}}}") + dedent(extra))
        for engine, files in (("sdtm", sdtm), ("adam", adam)):
            (tmp_path / engine).mkdir(exist_ok=True)
            for number, text in enumerate(files):
                (tmp_path / engine / f"{number}.yaml").write_text(dedent(text))
        return loader.load_spec(tmp_path)

    return write


@pytest.fixture
def run() -> Callable[..., interpreter.Interpreter]:
    """Run a spec over small tables: name -> columns, SUBJ (forms) or USUBJID (datasets) naming the subject."""

    def build(spec: loader.Spec, **tables: dict[str, list[object]]) -> interpreter.Interpreter:
        frames = {name: pd.DataFrame(table) for name, table in tables.items()}
        for frame in frames.values():
            if "SUBJ" in frame:
                frame["USUBJID"] = "ABC-" + frame["SUBJ"].astype(str)
        usubjid = sorted({u for frame in frames.values() if "USUBJID" in frame for u in frame["USUBJID"]})
        subjects = store.Subjects(tuple(usubjid))
        given = {name: _table(name, frame, subjects) for name, frame in frames.items()}
        state = interpreter.Interpreter(spec, subjects, given)
        built = [name for name in spec.datasets if name not in given]
        state.run(nodes.ordered(nodes.graph(spec, built, tuple(given))))
        return state

    return build


def _table(name: str, frame: pd.DataFrame, subjects: store.Subjects) -> store.Table:
    text = [column for column in frame if frame[column].dtype == object]
    frame = frame.assign(**{str(column): columns.text(frame[column]) for column in text})
    return store.single(name, frame, subjects.codes(frame["USUBJID"]), file=f"{name}.csv")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder with a small study (`study`) and its extract (`raw`)."""
    small_study.write(tmp_path / "study", small_study.FILES)
    small_study.write(tmp_path / "raw", small_study.EXTRACT)
    return tmp_path
