"""What must hold of whole analysis datasets, whatever the lesions do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ADSL = """
dataset: ADSL
label: Subjects
records: [{from: dm}]
variables:
  RANDDT: {impute_date: RAND}
  DTHDT: {impute_date: DTH}
  LSTALVDT: {latest_date: {sources: [{from: TR, date: TRDTC}], columns: [RANDDT]}}
"""
LESIONS = """
      baseline: ADSL.RANDDT
      targets: {from: TR, where: {TRGRPID: TARGET}, nodal: {TRTESTCD: LPERP}}
      non_targets: {from: TR, where: {TRGRPID: NON-TARGET}}
      new: {from: TR, where: {TRGRPID: NEW}, certain: {TRSTRESC: UNEQUIVOCAL}}
"""
ADRS = f"""
dataset: ADRS
label: Responses
parameters:
  - PARAMCD: OVR
    lesion_response:{LESIONS}
    variables: &flags
      ANL01FL: {{up_to_first: {{event: {{AVALC: [PD, iCPD]}}}}}}
  - PARAMCD: IOVR
    lesion_response:
      criteria: iRECIST{LESIONS}
    variables: *flags
  - PARAMCD: PD
    first_record: {{of: {{from: ADRS, where: {{PARAMCD: OVR, AVALC: PD}}}}}}
  - PARAMCD: IPD
    immune_progression: {{of: {{from: ADRS, where: {{PARAMCD: IOVR}}}}}}
  - PARAMCD: RSP
    first_record: {{of: {{from: ADRS, where: {{PARAMCD: OVR, ANL01FL: "Y", AVALC: [CR, PR]}}}}}}
  - PARAMCD: CRSP
    confirmed_response: {{of: &seen {{from: ADRS, where: {{PARAMCD: OVR, ANL01FL: "Y"}}}}, confirm: {{}}}}
  - PARAMCD: BOR
    best_response: {{of: *seen, order: [CR, PR, SD, NON-CR/NON-PD, PD, NE]}}
variables:
  PARAM: {{copy: PARAMCD}}
  ADT: {{copy: ADT}}
  AVALC: {{copy: AVALC}}
  ANL01FL: {{}}
"""
ADTTE = """
dataset: ADTTE
label: Times
parameters:
  - PARAMCD: OS
    time_to_event:
      start: &start {from: ADSL, date: RANDDT}
      events: [&death {from: ADSL, where: {DTHDT: {missing: false}}, date: DTHDT, EVNTDESC: Death}]
      censor: [{from: ADSL, date: LSTALVDT, CNSDTDSC: Alive}]
      before_start: ignore
  - PARAMCD: PFS
    time_to_event: &free
      start: *start
      events: [{from: ADRS, where: {PARAMCD: PD, AVALC: "Y"}, EVNTDESC: Progression}, *death]
      censor: [{from: ADRS, where: {PARAMCD: OVR}, CNSDTDSC: Last}, {from: ADSL, date: RANDDT, CNSDTDSC: Start}]
      before_start: ignore
  - PARAMCD: IPFS
    time_to_event: {<<: *free, events: [{from: ADRS, where: {PARAMCD: IPD, AVALC: "Y"}, EVNTDESC: Progression}, *death]}
variables:
  PARAM: {copy: PARAMCD}
  STARTDT: {copy: STARTDT}
  ADT: {copy: ADT}
  AVAL: {copy: AVAL}
  CNSR: {copy: CNSR}
"""
RANDOMIZED = np.datetime64("2024-01-01")
VISIT = st.tuples(
    st.lists(st.one_of(st.none(), st.integers(0, 60)), min_size=2, max_size=2),
    st.sampled_from(["PRESENT", "ABSENT", "UNEQUIVOCAL", None]),
    st.sampled_from([None, None, "EQUIVOCAL", "UNEQUIVOCAL"]),
)
SUBJECT = st.tuples(st.lists(VISIT, min_size=1, max_size=5), st.one_of(st.none(), st.integers(1, 300)))
TRIAL = st.lists(SUBJECT, min_size=1, max_size=3)


def lesion_records(trial, factor=1):
    """TR of some subjects: what was found at each visit, every 42 days from baseline on."""
    rows = []
    for subject, (found, _) in enumerate(trial):
        baseline = ([30, 20], "PRESENT", None)
        for number, (sizes, state, new) in enumerate([baseline, *found]):
            day = str(RANDOMIZED + 42 * number - 1)
            place = (f"ABC-{subject}", f"V{number}", day)
            measured = [(size, f"T{n}") for n, size in enumerate(sizes) if size is not None]
            rows += [(*place, "TARGET", "LDIAM", name, None, size * float(factor)) for size, name in measured]
            rows += [(*place, "NON-TARGET", "TUMSTATE", "NT1", state, None)] * (state is not None)
            rows += [(*place, "NEW", "TUMSTATE", "N1", new, None)] * (new is not None)
    names = ["USUBJID", "TRLNKGRP", "TRDTC", "TRGRPID", "TRTESTCD", "TRLNKID", "TRSTRESC", "TRSTRESN"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(TRSEQ=np.arange(len(frame), dtype=float))


@pytest.fixture
def build(study, run):
    spec = study(adam=(ADSL, ADRS, ADTTE))

    def built(trial, lesions=None):
        deaths = [None if day is None else str(RANDOMIZED + max(day, 42 * len(found))) for found, day in trial]
        subjects = {"SUBJ": [str(n) for n in range(len(trial))], "RAND": [str(RANDOMIZED)] * len(trial), "DTH": deaths}
        frame = lesion_records(trial) if lesions is None else lesions
        state = run(spec, dm=subjects, TR={name: frame[name].tolist() for name in frame})
        return pd.concat([whole(state.tables[name]) for name in ("ADRS", "ADTTE")], ignore_index=True)

    return built


def whole(table):
    frames = [pd.DataFrame({"subject": sheet.subject, **sheet.columns}) for sheet in table.sheets.values()]
    frame = pd.concat([frame for frame in frames if len(frame)], ignore_index=True)
    return frame.sort_values(["PARAMCD", "subject", "ADT"], ignore_index=True)


def values(frame, code, column="AVALC"):
    return frame[frame["PARAMCD"] == code].set_index("subject")[column]


def test_permuting_records_changes_nothing(build):
    @given(TRIAL, st.integers(0, 99))
    @settings(max_examples=8)
    def check(trial, seed):
        lesions = lesion_records(trial)
        turned = lesions.sample(frac=1, random_state=seed)
        pd.testing.assert_frame_equal(build(trial), build(trial, turned))

    check()


def test_a_later_assessment_never_changes_an_earlier_response(build):
    @given(TRIAL, VISIT)
    @settings(max_examples=8)
    def check(trial, visit):
        longer = [([*found, visit], death) for found, death in trial]
        before, after = build(trial), build(longer)
        for code in ("OVR", "IOVR"):
            one, more = (frame[frame["PARAMCD"] == code] for frame in (before, after))
            kept = more.merge(one[["subject", "ADT"]], on=["subject", "ADT"])
            assert kept["AVALC"].tolist() == one["AVALC"].tolist()

    check()


def test_scaling_every_diameter_leaves_relative_rules_as_they_are(build):
    """The 5 mm rule is absolute: what progresses keeps progressing when all grow, and a progression may join."""

    @given(TRIAL, st.sampled_from([10, 100]))
    @settings(max_examples=8)
    def check(trial, factor):
        small, large = build(trial), build(trial, lesion_records(trial, factor))
        one, more = (frame[frame["PARAMCD"] == "OVR"]["AVALC"].reset_index(drop=True) for frame in (small, large))
        assert one[more != "PD"].equals(more[more != "PD"])
        assert (more[one == "PD"] == "PD").all()

    check()


def test_what_must_hold_between_endpoints(build):
    @given(TRIAL)
    @settings(max_examples=12)
    def check(trial):
        frame = build(trial)
        assert (values(frame, "RSP")[values(frame, "CRSP") == "Y"] == "Y").all()
        assert values(frame, "BOR")[values(frame, "CRSP") == "Y"].isin(["CR", "PR"]).all()
        overall = values(frame, "OS", "AVAL")
        assert (values(frame, "PFS", "AVAL") <= overall).all()
        assert (values(frame, "IPFS", "AVAL") <= overall).all()
        events = values(frame, "PFS", "CNSR") == 0
        assert (values(frame, "PFS", "AVAL")[events] <= values(frame, "IPFS", "AVAL")[events]).all()
        assert (values(frame, "PD")[values(frame, "IPD") == "Y"] == "Y").all()

    check()
