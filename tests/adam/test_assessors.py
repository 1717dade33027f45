"""An independent assessor beside the investigator: the same parameters, each with another few lines of spec."""

from __future__ import annotations

import pandas as pd
import pytest

ADSL = """
dataset: ADSL
label: Subjects
records: [{from: dm}]
variables:
  RANDDT: {impute_date: RAND}
"""
INVESTIGATOR = """
dataset: ADRS
label: Responses
parameters:
  - PARAMCD: OVR
    PARCAT2: INVESTIGATOR
    from: RS
    where: {RSTESTCD: OVRLRESP, RSEVAL: INVESTIGATOR}
    variables: &assessed
      ADT: {impute_date: {date: RSDTC, highest: ""}}
      AVALC: {copy: RSSTRESC}
      ANL01FL: {worst_of_date: {order: [NE, CR, PR, SD, PD], sequence: RSSEQ, after: ADSL.RANDDT}}
      ANL02FL: {up_to_first: {event: {AVALC: PD, ANL01FL: "Y"}, where: {ANL01FL: "Y"}}}
  - PARAMCD: CBOR
    PARCAT2: INVESTIGATOR
    best_response: &best
      of: {from: ADRS, where: {PARAMCD: OVR, ANL02FL: "Y"}}
      confirm: {after_days: 28}
      stable: {after_days: 42, since: ADSL.RANDDT}
      order: [CR, PR, SD, PD, NE]
  - PARAMCD: DOVR
    PARCAT2: INVESTIGATOR
    lesion_response: &lesions
      baseline: ADSL.RANDDT
      targets: {from: TR, where: {TRGRPID: TARGET, TREVAL: INVESTIGATOR}, nodal: {TRTESTCD: LPERP}}
      non_targets: {from: TR, where: {TRGRPID: NON-TARGET, TREVAL: INVESTIGATOR}}
      new: {from: TR, where: {TRGRPID: NEW, TREVAL: INVESTIGATOR}, certain: {TRSTRESC: UNEQUIVOCAL}}
"""
INDEPENDENT = """
  - PARAMCD: OVRIA
    PARCAT2: INDEPENDENT ASSESSOR
    from: RS
    where: {RSTESTCD: OVRLRESP, RSEVAL: INDEPENDENT ASSESSOR, RSACPTFL: "Y"}
    variables: *assessed
  - PARAMCD: CBORIA
    PARCAT2: INDEPENDENT ASSESSOR
    best_response: {<<: *best, of: {from: ADRS, where: {PARAMCD: OVRIA, ANL02FL: "Y"}}}
  - PARAMCD: DOVRIA
    PARCAT2: INDEPENDENT ASSESSOR
    lesion_response:
      <<: *lesions
      targets: {from: TR, where: {TRGRPID: TARGET, TRACPTFL: "Y"}, nodal: {TRTESTCD: LPERP}}
      non_targets: {from: TR, where: {TRGRPID: NON-TARGET, TRACPTFL: "Y"}}
      new: {from: TR, where: {TRGRPID: NEW, TRACPTFL: "Y"}, certain: {TRSTRESC: UNEQUIVOCAL}}
"""
REST = """
variables:
  PARAM: {copy: PARAMCD}
  PARCAT2: {}
  ADT: {copy: ADT}
  AVALC: {copy: AVALC}
  ANL01FL: {blank: {}}
  ANL02FL: {blank: {}}
"""
READERS = (
    ("INVESTIGATOR", None, None),
    ("INDEPENDENT ASSESSOR", "READER 1", "Y"),
    ("INDEPENDENT ASSESSOR", "READER 2", None),
)
DATES = ("2024-02-15", "2024-03-28", "2024-05-09")
RESPONSES = {
    ("INVESTIGATOR", None): ("PR", "PR", "SD"),
    ("INDEPENDENT ASSESSOR", "READER 1"): ("SD", "PR", "PD"),
    ("INDEPENDENT ASSESSOR", "READER 2"): ("PD", "PD", "PD"),
}
# one target lesion, mm: at screening and at the three assessments
SIZES = {
    ("INVESTIGATOR", None): (50, 30, 30, 35.5),
    ("INDEPENDENT ASSESSOR", "READER 1"): (50, 40, 35, 45),
    ("INDEPENDENT ASSESSOR", "READER 2"): (50, 70, 80, 90),
}


def tables():
    rs = [
        {"RSDTC": date, "RSSTRESC": response, "RSEVAL": evaluator, "RSEVALID": reader, "RSACPTFL": accepted}
        for evaluator, reader, accepted in READERS
        for date, response in zip(DATES, RESPONSES[evaluator, reader], strict=True)
    ]
    tr = [
        {"TRDTC": date, "TRLNKGRP": date, "TRSTRESN": float(size), "TREVAL": evaluator, "TRACPTFL": accepted}
        for evaluator, reader, accepted in READERS
        for date, size in zip(("2024-01-01", *DATES), SIZES[evaluator, reader], strict=True)
    ]
    responses = pd.DataFrame(rs).assign(USUBJID="ABC-1", RSTESTCD="OVRLRESP")
    lesions = pd.DataFrame(tr).assign(USUBJID="ABC-1", TRGRPID="TARGET", TRTESTCD="LDIAM", TRLNKID="T1", TRSTRESC="")
    return {
        "dm": {"SUBJ": ["1"], "RAND": ["2024-01-05"]},
        "RS": responses.assign(RSSEQ=range(1, len(rs) + 1)).to_dict("list"),
        "TR": lesions.assign(TRSEQ=range(1, len(tr) + 1)).to_dict("list"),
    }


@pytest.fixture
def values(study, run):
    def build(*parameters):
        state = run(study(adam=(ADSL, "".join((*parameters, REST)))), **tables())
        return pd.DataFrame({n: state.column("ADRS", "*", n) for n in ("PARAMCD", "PARCAT2", "AVALC", "ANL02FL")})

    return build


def test_each_assessor_has_responses_and_a_best_one_of_its_own(values):
    found = values(INVESTIGATOR, INDEPENDENT).groupby("PARAMCD")["AVALC"].agg(list)
    assert found["OVR"] == ["PR", "PR", "SD"]
    assert found["OVRIA"] == ["SD", "PR", "PD"]
    assert (found["CBOR"], found["CBORIA"]) == (["PR"], ["SD"])


def test_responses_are_derived_from_the_lesions_of_each_assessor(values):
    found = values(INVESTIGATOR, INDEPENDENT).groupby("PARAMCD")["AVALC"].agg(list)
    assert (found["DOVR"], found["DOVRIA"]) == (["PR", "PR", "SD"], ["SD", "PR", "PD"])


def test_the_evaluator_stands_in_every_record_and_the_investigators_do_not_change(values):
    both, alone = values(INVESTIGATOR, INDEPENDENT), values(INVESTIGATOR)
    assert set(zip(both["PARAMCD"].str.endswith("IA"), both["PARCAT2"], strict=True)) == {
        (False, "INVESTIGATOR"), (True, "INDEPENDENT ASSESSOR"),
    }  # fmt: skip
    mine = both.loc[both["PARCAT2"] == "INVESTIGATOR"].reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, alone)


def test_a_reader_whose_assessment_was_not_accepted_does_not_count(values):
    every = values(INVESTIGATOR, INDEPENDENT.replace(', RSACPTFL: "Y"', "", 1)).groupby("PARAMCD")["AVALC"].agg(list)
    assert every["CBORIA"] == ["PD"]
