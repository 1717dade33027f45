"""A spec as a pandera schema: what fails, in which records, and what passes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from specs.columns import text
from specs.schema import failures

VS = """
dataset: VS
keys: [STUDYID, USUBJID, VSTESTCD]
records:
  - {id: sex, from: dm, VSTESTCD: SEX, variables: {VSORRES: {copy: SEX, codelist: SEX}}}
  - {id: any, from: dm, VSTESTCD: ANY, variables: {VSORRES: {copy: SEX}}}
variables:
  VSSEQ: {sequence: []}
  VSTEST: {constant: Sex}
  VSDTC: {copy: DAT}
"""


def frame(**more):
    columns = {
        "STUDYID": ["S"] * 3, "DOMAIN": ["VS"] * 3, "USUBJID": ["1", "2", "3"], "VSTESTCD": ["SEX", "ANY", "SEX"],
        "VSTEST": ["Sex"] * 3, "VSORRES": ["F", "Q", "M"], "VSDTC": ["2024-01", None, "2024-02-29"], **more,
    }  # fmt: skip
    table = pd.DataFrame({name: text(values) for name, values in columns.items()})
    table.insert(3, "VSSEQ", pd.Series([1.0, 1.0, 1.0]))
    return table


def found(study, **more):
    spec = study(VS)
    slices = np.array(["sex", "any", "sex"], dtype=object)
    listed = failures(frame(**more), spec.datasets["VS"], spec, slices)
    return {(rule, variable): positions.tolist() for rule, variable, _, positions in listed}


def test_a_dataset_as_the_spec_has_it_passes(study):
    assert found(study) == {}


def test_a_codelist_counts_where_its_slice_says_so(study):
    assert found(study, VSORRES=["Q", "Q", "M"]) == {("schema.codelist", "VSORRES"): [0]}


def test_required_dates_keys_and_characters(study):
    assert found(study, VSTESTCD=[None, "ANY", "SEX"])[("schema.required", "VSTESTCD")] == [0]
    assert found(study, VSDTC=["2023-02-29", "2024-13", "x"]) == {("schema.iso8601", "VSDTC"): [0, 1, 2]}
    assert found(study, USUBJID=["1", "2", "1"]) == {("schema.keys", ""): [0, 2]}
    assert found(study, VSTEST=["Sex", "Séx", "Sex"]) == {("schema.ascii", "VSTEST"): [1]}


def test_a_required_variable_of_adam_may_be_blank_unless_it_is_a_key(study):
    variables = "records: [{from: dm}]\nvariables: {SUBJID: {copy: S}, ARM: {copy: A}}"
    adsl = f"dataset: ADSL\nlabel: Subjects\nkeys: [SUBJID]\n{variables}"
    spec = study(f"dataset: DM\n{variables}", adam=(adsl,))
    columns = {"STUDYID": ["S"] * 2, "USUBJID": ["1", "2"], "SUBJID": ["1", None], "ARM": ["A", None]}
    table = pd.DataFrame({name: text(values) for name, values in columns.items()})
    slices = np.array(["dm", "dm"], dtype=object)
    listed = [(rule, variable) for rule, variable, _, _ in failures(table, spec.datasets["ADSL"], spec, slices)]
    assert listed == [("schema.required", "SUBJID")]
