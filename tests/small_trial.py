"""The small study with responses and a time to event, for tests of traces and of builds compared."""

from __future__ import annotations

import small_study

ADRS = """
dataset: ADRS
label: Responses
standard: BDS
keys: [STUDYID, USUBJID, PARAMCD]
parameters:
  - PARAMCD: OVR
    PARAM: Response
    from: AE
    where: {AETERM: {missing: false}}
    variables:
      ADT: {impute_date: {date: AESTDTC, highest: M}}
      AVALC: {copy: AETERM}
  - PARAMCD: LAST
    PARAM: Last
    last_record: {of: {from: ADRS, where: {PARAMCD: OVR}}, found: null}
variables:
  PARAMCD: {}
  PARAM: {}
  ADT: {copy: ADT}
  AVALC: {copy: AVALC}
"""
ADTTE = """
dataset: ADTTE
label: Times
standard: TTE
parameters:
  - PARAMCD: TTAE
    PARAM: Time to Cough
    time_to_event:
      start: {from: ADSL, date: RFDT}
      events: [{from: ADRS, where: {PARAMCD: OVR, AVALC: Cough}, EVNTDESC: Cough}]
      censor:
        - {from: ADRS, where: {PARAMCD: LAST}, CNSDTDSC: Last event}
        - {from: ADSL, date: RFDT, CNSDTDSC: Start}
variables:
  PARAMCD: {}
  PARAM: {}
  STARTDT: {copy: STARTDT}
  ADT: {copy: ADT}
  AVAL: {copy: AVAL}
  CNSR: {copy: CNSR}
  EVNTDESC: {copy: EVNTDESC}
  CNSDTDSC: {copy: CNSDTDSC}
"""
ADSL = small_study.ADSL + "  RFDT: {impute_date: RFSTDTC, label: Start, type: date}\n"
FILES = {**small_study.FILES, "adam/adsl.yaml": ADSL, "adam/adrs.yaml": ADRS, "adam/adtte.yaml": ADTTE}
