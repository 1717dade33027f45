"""The examples of the page on specs, built."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "spec.md").read_text(encoding="utf-8")
DM = "dataset: DM\nrecords: [{from: dm, first: [USUBJID]}]\nvariables: {SUBJID: {copy: SUBJ}}"
DATES = "[YYYY-MM-DD]"


def example(dataset: str) -> str:
    """The example of a dataset under the page's heading on shapes."""
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.partition("## Shapes of records")[2], re.S)
    return next(block for block in blocks if block.startswith(f"dataset: {dataset}\n"))


def rows(state, dataset: str, *names: str) -> list[list[object]]:
    """The rows of all slices, one below the other, missing as None."""
    sheets = state.tables[dataset].sheets.values()
    frame = pd.concat([pd.DataFrame({name: sheet.columns[name] for name in names}) for sheet in sheets])
    return frame.astype(object).where(frame.notna(), None).to_numpy().tolist()


@pytest.fixture
def shapes(study, run):
    def build(dataset: str, forms: tuple[str, ...], **tables: dict[str, list[object]]):
        dated = example(dataset).replace("datetime: DAT}", "datetime: {date: DAT, formats: [YYYY-MM-DD]}}")
        for name in ("BEGIN", "START"):
            dated = dated.replace(f"datetime: {name}}}", f"datetime: {{date: {name}, formats: {DATES}}}}}")
        return run(study(DM, dated, forms=("dm", *forms)), dm={"SUBJ": ["1"]}, **tables)

    return build


def test_a_wide_form_becomes_a_record_an_item_of_the_record_saved_last(shapes) -> None:
    vs = {
        "SUBJ": ["1"] * 4,
        "DAT": ["2024-01-01", "2024-01-01", "2024-01-20", "2024-03-01"],
        "SAVED": ["1", "2", "1", "1"],
        "SYS": ["999", "120", None, "125"],
        "PULSE": ["99", "60", "61", "62"],
        "WHY": [None, None, "Cuff broken", None],
    }
    state = shapes("VS", ("vs",), vs=vs)
    assert rows(state, "VS", "VSTESTCD", "VSORRES", "VSSTAT", "VSREASND", "VSLOBXFL") == [
        ["SYSBP", "120", None, None, "Y"],
        ["SYSBP", None, "NOT DONE", "Cuff broken", None],
        ["SYSBP", "125", None, None, None],
        ["PULSE", "60", None, None, None],
        ["PULSE", "61", None, None, "Y"],
        ["PULSE", "62", None, None, None],
    ]
    excluded = [account.excluded for account in state.accounts if account.dataset == "VS"]
    assert excluded == [{"not the first of its DAT": 1}] * 2
    assert state.findings.rows() == []


def test_sources_are_stacked_and_a_value_comes_from_the_first_of_another(shapes) -> None:
    state = shapes(
        "CM",
        ("prior", "cm", "history"),
        prior={"SUBJ": ["1"], "REGIMEN": ["Cisplatin"], "BEGIN": ["2023-01-01"]},
        cm={"SUBJ": ["1", "1"], "CMYN": ["Y", "N"], "DRUG": ["Aspirin", None], "START": ["2024-01-01", None]},
        history={"SUBJ": ["1", "1"], "DIAGNOSIS": ["Pain", "Lung cancer"], "SINCE": ["2", "1"]},
    )
    assert rows(state, "CM", "CMCAT", "CMTRT", "CMSTDTC", "CMINDC", "CMSEQ") == [
        ["PRIOR", "Cisplatin", "2023-01-01", "Lung cancer", 1.0],
        ["CONCOMITANT", "Aspirin", "2024-01-01", "Lung cancer", 2.0],
    ]
    assert state.findings.rows() == []
