"""The peer's own unit tests that need several of the engine's functions, or none: each passes or is argued.

What has no counterpart by design, and why:

* errors on arguments (`error if …`, `catch …`): a spec's arguments are typed, so a wrong one is a spec error before
  anything runs;
* warnings of duplicates (`check_type`): ties are settled by date, sequence and value, never by the order of the
  rows, and several responses of one date are findings (`response.repeated`);
* deprecation messages: nothing is deprecated here.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from adam.confirmation import Confirmation, confirming_record, partial_after_complete
from adam.flags import extreme, got_worse, group_codes, on_treatment, treatment_emergent, up_to_first
from adam.imputation import Bounds, DateRule, TimeRule, date_flag, impute_datetime, time_flag
from adam.records import first_record, last_record
from adam.response import BestRule, best_response
from adam.terms import ResponseTerms
from adam.time_to_event import Outcome, Rules, time_to_event
from specs.columns import TEXT
from specs.errors import SpecError

NEVER = np.datetime64("1970-01-01", "s")


def moments(values):
    return pd.Series(pd.to_datetime(pd.Series(values, dtype=object), format="ISO8601")).astype("datetime64[s]")


# ------------------------------------------------------------------ responses


def responses(case):
    adsl = pd.DataFrame(case["inputs"].get("source_datasets.adsl", case["inputs"]["dataset"]))
    ids = pd.Index(adsl["USUBJID"].drop_duplicates())
    rows = pd.DataFrame(case["inputs"]["dataset"])
    frame = pd.DataFrame(
        {
            "subject": ids.get_indexer(pd.Index(rows["USUBJID"])),
            "date": moments(rows["ADT"]),
            "value": rows["AVALC"].astype(TEXT),
        }
    )
    return frame, pd.Series(moments(adsl["TRTSDT"]).to_numpy()[: len(ids)]), ids


@pytest.mark.parametrize(("name", "code", "confirm"), [("3", "BOR", None), ("5", "CBOR", Confirmation(after_days=28))])
def test_the_best_of_several_events_is_a_best_response(admiral, name, code, confirm):
    case = admiral("derive_extreme_event")[name]
    frame, reference, ids = responses(case)
    rule = BestRule(("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"), confirm, stable_days=28)
    if confirm is None:  # the peer's events of this case count an early SD as NE but know no NE that was reported
        frame = frame[frame["value"] != "NE"].reset_index(drop=True)
    result = best_response(frame, reference, rule)
    expected = pd.DataFrame([row for row in case["expected"] if row["PARAMCD"] == code]).set_index("USUBJID")
    assert result["value"].tolist() == expected["AVALC"].reindex(ids).tolist()
    dates = moments(expected["ADT"].reindex(ids).reset_index(drop=True))
    assert ((result["date"] == dates) | (result["date"].isna() & dates.isna())).all()


@pytest.mark.parametrize(("name", "last"), [("1", False), ("2", True)])
def test_the_worst_of_several_events_is_the_extreme_of_its_rank(admiral, name, last):
    case = admiral("derive_extreme_event")[name]
    rows = pd.DataFrame(case["inputs"]["dataset"])
    yes = rows["AVALC"] == "Y"
    all_no = rows["AVALC"].eq("N").groupby(rows["USUBJID"]).transform("all")
    kinds = [yes & (rows["PARAMCD"] == kind) for kind in ("NO SLEEP", "WAKE UP", "FALL ASLEEP")]
    rows["AVAL"] = np.select([*kinds, all_no], [1, 2, 3, 4], 99)
    flagged = extreme(group_codes(rows[["USUBJID"]]), rows[["AVAL", "ADY"]], last=last, descending=["AVAL"] * last)
    expected = pd.DataFrame(case["expected"]).query("PARAMCD == 'WSP'")
    assert rows[flagged][["ADY", "AVAL"]].to_numpy().tolist() == expected[["ADY", "AVAL"]].to_numpy().tolist()


def visits(rows, order, value=None):
    when = pd.Series(NEVER + pd.to_timedelta(rows[order].to_numpy(float), unit="D")).astype("datetime64[s]")
    subject, _ = pd.factorize(rows["USUBJID"], sort=True)
    frame = pd.DataFrame({"subject": subject, "date": when})
    return frame.assign(value=rows[value].astype(TEXT)) if value else frame


def test_an_event_with_a_mode_of_its_own_is_the_last_record_where_there_is_no_first(admiral):
    case = admiral("derive_extreme_event")["4"]
    rows = pd.DataFrame(case["inputs"]["dataset"])
    frame, subjects = visits(rows, "AVISITN"), pd.RangeIndex(2)
    met = (rows["CRIT1FL"] == "Y").to_numpy()
    not_met = first_record(frame[~met], subjects)["date"]
    chosen = not_met.fillna(last_record(frame[met], subjects)["date"])
    expected = [row for row in case["expected"] if row["PARAMCD"] == "ALK2"]
    assert ((chosen - pd.Timestamp(NEVER)).dt.days).tolist() == [row["AVISITN"] for row in expected]
    assert np.where(not_met.notna(), "N", "Y").tolist() == [row["AVALC"] for row in expected]


def test_a_response_confirmed_by_any_later_one(admiral):
    case = admiral("derive_extreme_event")["6"]
    frame = visits(pd.DataFrame(case["inputs"]["dataset"]), "AVISITN", "AVALC")
    by = confirming_record(frame, Confirmation(after_days=0, ne_between=None, sd_between=None))
    assert frame["date"][by >= 0].min() == pd.Timestamp(NEVER) + pd.Timedelta(days=case["expected"][-1]["AVISITN"])


def test_the_first_record_that_meets_a_condition(admiral):
    case = admiral("derive_extreme_event")["7"]
    rows = pd.DataFrame(case["inputs"]["source_datasets.mydata"])
    frame = visits(rows, "ADY")[(rows["CRIT1FL"] == "Y").to_numpy()].reset_index(drop=True)
    found = first_record(frame, pd.RangeIndex(2))["record"]
    assert found.tolist() == [0, -1]
    assert rows.iloc[[0]].to_dict("records") == case["expected"]


@pytest.mark.parametrize("name", ["8", "9"])
def test_a_yes_that_the_next_assessment_confirms(admiral, name):
    case = admiral("derive_extreme_event")[name]
    rows = pd.DataFrame(case["inputs"]["dataset"])
    terms = ResponseTerms("Y", "none", "none", "none", ("N",), not_evaluable="none")
    by = confirming_record(visits(rows, "AVISITN", "AVALC"), Confirmation(after_days=0), terms)
    expected = pd.DataFrame(case["expected"]).query("PARAMCD == 'CONFRESP'")
    known = rows["AVISITN"].notna().to_numpy()
    order = rows[known].assign(flag=np.where(by >= 0, "Y", "N")[known]).sort_values(["USUBJID", "AVISITN"])
    theirs = expected[expected["AVISITN"].notna()].sort_values(["USUBJID", "AVISITN"])
    assert order["flag"].tolist() == theirs["AVALC"].tolist()


def test_a_source_that_is_not_there_is_a_spec_error(study):
    wrong = "dataset: ADRS\nlabel: R\nparameters: [{PARAMCD: X, first_record: {of: {from: ADXX}}}]\nvariables: {}"
    with pytest.raises(SpecError, match="ADXX"):
        study(adam=(wrong,))


def by_date(rows):
    subject, _ = pd.factorize(rows["USUBJID"], sort=True)
    return pd.DataFrame(
        {"subject": subject, "date": moments(rows["ADT"].tolist()), "value": rows["AVALC"].astype(TEXT)}
    )


@pytest.mark.parametrize("name", ["1", "2", "3", "4"])
def test_assessments_up_to_the_first_progression(admiral, name):
    """As the peer, wherever progression is recorded: in ADSL, in another dataset or among the assessments."""
    case = admiral("filter_pd")[name]
    rows = pd.DataFrame(case["inputs"]["dataset"])
    wanted = (rows["PARAMCD"] == "OVR").to_numpy()
    source = next(pd.DataFrame(rows) for table, rows in case["inputs"].items() if table.startswith("source"))
    if "PDDT" in source:
        source = source.rename(columns={"PDDT": "ADT"}).assign(PARAMCD="PD", AVALC="Y")
    ends = source[(source["PARAMCD"] == "PD") if name != "4" else (source["AVALC"] == "PD")]
    both = pd.concat([rows, ends], ignore_index=True)
    event = np.arange(len(both)) >= len(rows)
    kept = up_to_first(by_date(both), event)[: len(rows)] & wanted
    expected = pd.DataFrame(case["expected"])
    assert rows[kept].reset_index(drop=True)[expected.columns].equals(expected)


@pytest.mark.parametrize("name", ["1", "2.1"])
def test_partial_responses_after_a_complete_one_are_named(admiral, name):
    case = admiral("signal_crpr")[name]
    frame = by_date(pd.DataFrame(case["inputs"]["dataset"]))
    found = frame.iloc[partial_after_complete(frame)]
    first = frame[frame["value"] == "CR"].groupby("subject")["date"].min()
    assert len(found) > 0
    assert (found["value"] == "PR").all()
    assert (found["date"] > found["subject"].map(first)).all()
    others = frame[(frame["value"] == "PR") & (frame["date"] > frame["subject"].map(first))]
    assert len(found) == len(others)


# ------------------------------------------------------------------ numbers and flags


@pytest.mark.parametrize("name", ["1", "2", "3", "5", "9"])
def test_first_and_last_of_groups(admiral, name):
    """`flag_all` (4, 6) has no counterpart: one record is the first, and another order tells equal ones apart."""
    case = admiral("derive_var_extreme_flag")[name]
    arguments, rows = case["args"], pd.DataFrame(case["expected"])
    last = arguments["mode"] == "last"
    by = ["USUBJID", "BASETYPE", "AVISITN"] if name in "35" else ["USUBJID"]
    order = ["ADTM"] if name in "35" else ["AVISITN", "AVAL"]
    flagged = extreme(group_codes(rows[by]), rows[order], last=last, descending=["AVAL"])
    assert flagged.tolist() == rows[arguments["new_var"]].isin(["Y", "Yes"]).tolist()


@pytest.mark.parametrize("name", ["1", "2", "3", "4"])
def test_numbers_within_groups(admiral, study, run, name):
    """As the peer, missing first; of two equal records the one that stands first."""
    case = admiral("derive_var_obs_number")[name]
    rows = pd.DataFrame(case["inputs"]["dataset"])
    spec = study(
        adam=(
            "dataset: ADVS\nlabel: V\nrecords: [{from: VS}]\n"
            "variables:\n  ASEQ: {sequence: {by: [VSTESTCD], order: [VISITNUM, VSTPTNUM]}}",
        )
    )
    given = {column: rows[column].tolist() for column in ("USUBJID", "VSTESTCD", "VISITNUM", "VSTPTNUM")}
    sheet = next(iter(run(spec, VS=given).tables["ADVS"].sheets.values()))
    numbered = rows.assign(ASEQ=sheet.columns["ASEQ"].to_numpy())
    keys = ["USUBJID", "VSTESTCD", "VISITNUM", "VSTPTNUM"]
    number = case["args"].get("new_var") or "ASEQ"
    expected = pd.DataFrame(case["expected"]).sort_values(keys, kind="stable", na_position="first")
    assert numbered.sort_values(keys, kind="stable", na_position="first")["ASEQ"].tolist() == expected[number].tolist()


ON_TREATMENT = [str(number) for number in range(1, 16)] + ["15.1"]


@pytest.mark.parametrize("name", ON_TREATMENT)
def test_records_under_treatment(admiral, name):
    case = admiral("derive_var_ontrtfl")[name]
    arguments, rows = case["args"], pd.DataFrame(case["expected"])

    def column(argument):
        named = arguments.get(argument)
        return moments(rows[named].tolist()) if named else None

    before = (rows["TPT"] == "PRE").to_numpy() if "filter_pre_timepoint" in arguments else None
    result = on_treatment(
        column("start_date"),
        column("ref_start_date"),
        column("ref_end_date"),
        column("end_date"),
        window_days=arguments.get("ref_end_window") or 0,
        whole_days=arguments.get("ignore_time_for_ref_end_date", True),
        span=bool(arguments.get("span_period")),
        before_dose=before,
    )
    assert result.tolist() == (rows[arguments.get("new_var") or "ONTRTFL"] == "Y").tolist()


@pytest.mark.parametrize("name", ["3", "4", "5"])
def test_treatment_emergence_of_episodes_and_by_time_of_day(admiral, name):
    case = admiral("derive_var_trtemfl")[name]
    arguments, rows = case["args"], pd.DataFrame(case["expected"])
    start, end, first, last = (moments(rows[n].tolist()) for n in ("ASTDTM", "AENDTM", "TRTSDTM", "TRTEDTM"))
    grade = pd.to_numeric(rows["AETOXGR"]).astype(float)
    episodes = "group_var" in arguments
    worsened = None if episodes else (grade > pd.to_numeric(rows["AEITOXGR"])).to_numpy()
    whole_days = arguments.get("ignore_time_for_trt_end", True)
    flagged = treatment_emergent(
        start, end, first, last, window_days=arguments["end_window"], whole_days=whole_days, worsened=worsened
    )
    if episodes:
        flagged &= got_worse(group_codes(rows[["USUBJID", "AEGRPID"]]), start, grade, first)
    assert flagged.tolist() == (rows[arguments["new_var"]] == "Y").tolist()


# ------------------------------------------------------------------ time to event


def table(case, name, date, keep=None):
    rows = pd.DataFrame(case["inputs"][f"source_datasets.{name}"])
    ids = pd.Index(pd.DataFrame(case["inputs"]["dataset_adsl"])["USUBJID"])
    frame = pd.DataFrame({"subject": ids.get_indexer(pd.Index(rows["USUBJID"])), "date": moments(rows[date].tolist())})
    if "AESEQ" in rows:
        frame["sequence"] = rows["AESEQ"].astype(float)
    return frame[keep(rows).to_numpy()].reset_index(drop=True) if keep else frame


def start_of(case, name):
    return moments(pd.DataFrame(case["inputs"]["dataset_adsl"])[name].tolist())


def end_of_treatment(case):
    rows = pd.DataFrame(case["inputs"]["source_datasets.adsl"])
    dates = np.minimum(moments(rows["TRTEDT"].tolist()) + pd.Timedelta(days=10), moments(rows["EOSDT"].tolist()))
    return Outcome(pd.DataFrame({"subject": rows.index, "date": dates}), "END OF TRT", 1)


@pytest.mark.parametrize(("name", "of"), [("5", "EVENTDESC"), ("12", "EVNTDESC")])
def test_a_time_to_event_for_each_term_is_a_parameter_for_each(admiral, name, of):
    """`by_vars`: what may occur is listed in the spec, so that a term nobody has has its parameter too."""
    case = admiral("derive_param_tte")[name]
    expected = pd.DataFrame(case["expected"])
    expected = expected[expected["PARAMCD"] != "XYZ"]
    for term, rows in expected.groupby("PARCAT2"):
        event = Outcome(table(case, "ae", "AESTDT", lambda a, term=term: a["AEDECOD"] == term), "AE")
        result = time_to_event(start_of(case, "TRTSDT"), [event], [end_of_treatment(case)])
        assert result["date"].tolist() == moments(rows["ADT"].tolist()).tolist()
        assert result["censor"].tolist() == rows["CNSR"].tolist()
        assert result["description"].tolist() == rows[of].tolist()


@pytest.mark.parametrize("name", ["14", "16", "16.1"])
def test_duplicates_and_the_order_of_rows_do_not_matter(admiral, name):
    case = admiral("derive_param_tte")[name]
    result = time_to_event(
        start_of(case, "TRTSDT"), [Outcome(table(case, "ae", "AESTDT"), "AE")], [end_of_treatment(case)]
    )
    assert result["date"].tolist() == moments([row["ADT"] for row in case["expected"]]).tolist()
    sequence = table(case, "ae", "AESTDT")["sequence"][result["record"][0]]
    assert sequence == case["expected"][0]["SRCSEQ"]


def test_moments_as_well_as_dates(admiral):
    case = admiral("derive_param_tte")["2"]
    events = [
        Outcome(table(case, "adrs", "ADTM", lambda a: a["AVALC"] == "PD"), "PD"),
        Outcome(table(case, "adsl", "DTHDT", lambda a: a["DTHFL"] == "Y"), "DEATH"),
    ]
    censorings = [
        Outcome(table(case, "adrs", "ADTM"), "LAST TUMOR ASSESSMENT", 1),
        Outcome(table(case, "adsl", "TRTSDTM"), "TREATMENT START", 1),
    ]
    result = time_to_event(start_of(case, "TRTSDTM"), events, censorings)
    assert result["date"].tolist() == moments([row["ADTM"] for row in case["expected"]]).tolist()
    assert result["description"].tolist() == [row["EVENTDESC"] for row in case["expected"]]


def test_a_positive_event_is_censored_at_the_stop_itself(admiral):
    """Time to improvement counts until the end; with the stops as assessments a stop censors at its own date."""
    case = admiral("derive_param_tte")["18"]
    stops = [
        Outcome(table(case, "adsl", "EOSDT"), "END OF STUDY", 1),
        Outcome(table(case, "adsl", "NEWDRGDT"), "NEW DRUG", 1),
    ]
    improved = Outcome(table(case, "adqs", "ADT", lambda a: a["CHG"] >= 10), "IMPROVEMENT")
    ends = pd.concat([stop.records for stop in stops], ignore_index=True)
    result = time_to_event(start_of(case, "TRTSDT"), [improved], [], stops, ends, Rules())
    assert result["date"].tolist() == moments([row["ADT"] for row in case["expected"]]).tolist()
    assert result["censor"].tolist() == [row["CNSR"] for row in case["expected"]]
    assert result["description"].tolist() == [row["EVNTDESC"] for row in case["expected"]]


# ------------------------------------------------------------------ dates and times


@pytest.mark.parametrize("name", ["18", "19", "20", "21", "22", "23", "24", "25", "27", "30", "31"])
def test_date_times_and_their_flags(admiral, name):
    case = admiral("derive_vars_dtm")[name]
    arguments, rows = case["args"], pd.DataFrame(case["expected"])
    prefix, level = arguments["new_vars_prefix"], arguments["highest_imputation"]
    collected = rows[arguments["dtc"]].astype(TEXT)
    bounds = {
        side: [moments(rows[named["expr"]].tolist()) for named in arguments.get(f"{key}_dates") or []]
        for side, key in (("lower", "min"), ("upper", "max"))
    }
    rule = DateRule(level if level in "DMY" else "", (arguments.get("date_imputation") or "first").lower())
    time = TimeRule("H", (arguments.get("time_imputation") or "first").lower())
    result = impute_datetime(collected, rule, time, Bounds(**bounds, beyond="ignore"))
    # a day without its month stays as collected where the peer overwrites it
    compared = (collected != "2019---07").to_numpy()
    theirs = moments(rows[f"{prefix}DTM"].tolist())
    pd.testing.assert_series_equal(result[compared], theirs[compared], check_names=False)
    if f"{prefix}DTF" in rows and name != "23":  # 23: flags that are there already, MD in place of M
        assert flag_list(date_flag(collected, result)[compared]) == flag_list(rows[f"{prefix}DTF"][compared])
    if f"{prefix}TMF" in rows:
        assert flag_list(time_flag(collected, result)[compared]) == flag_list(rows[f"{prefix}TMF"][compared])


def flag_list(column):
    return [None if pd.isna(value) else value for value in column]
