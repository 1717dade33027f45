"""The kernels on the example trial's raw extract, against what the simulator's own event model says.

The simulator never calls this room, so each agreement is two programs that read one set of rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from adam.confirmation import Confirmation
from adam.imputation import DateRule, impute_date
from adam.irecist import irecist_response
from adam.observation import Schedule, gaps, unassessed
from adam.overall import overall_response
from adam.recist import non_target_response, target_response
from adam.records import first_record, seconds
from adam.response import BestRule, best_response, clinical_benefit, confirmed_response
from adam.time_to_event import Outcome, Rules, time_to_event
from oncdisc.trial.simulation import simulate
from specs.columns import TEXT

ORDER = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE")
CUTOFF = pd.Timestamp("2025-06-30")
SCHEDULE = Schedule.every([(42, 168), (63, 735)], window=7)


@dataclass(frozen=True)
class Extract:
    """The raw forms, the truth, and the subjects in the truth's order."""

    folder: Path
    truth: pd.DataFrame

    def form(self, name):
        return pd.read_csv(self.folder / f"{name}.csv", dtype=str, keep_default_na=False).astype(TEXT)

    def records(self, form, date, value=None, limit=CUTOFF):
        parts = [form[f"{date}_{part}"].mask(form[f"{date}_{part}"] == "") for part in ("YYYY", "MM", "DD")]
        year, month, day = parts[0], parts[1].str.zfill(2), parts[2].str.zfill(2)
        text = (year + "-" + month + "-" + day).astype(TEXT)
        frame = pd.DataFrame(
            {
                "subject": pd.Index(self.truth["SUBJID"]).get_indexer(pd.Index(form["Subject"])),
                "date": impute_date(text, DateRule("")),
                "place": np.arange(len(form)),
            }
        )
        if value:
            frame["value"] = form[value].to_numpy()
        return frame[(frame["date"] <= limit)].reset_index(drop=True)

    def dates(self, column):
        text = self.truth[column]
        return impute_date(text.mask(text == ""), DateRule(""))


@pytest.fixture(scope="module")
def extract(tmp_path_factory):
    folder = tmp_path_factory.mktemp("raw")
    simulate("es_sclc", folder, subjects=150, seed=20)
    return Extract(folder, pd.read_csv(folder / "truth.csv", dtype=str, keep_default_na=False).astype(TEXT))


@pytest.fixture(scope="module")
def start(extract):
    return extract.dates("RANDDT")


@pytest.fixture(scope="module")
def assessments(extract, start):
    """Assessments done after randomization and up to the cutoff."""
    form = extract.form("rs")
    done = form[form["RSPERF_STD"] == "Y"].reset_index(drop=True)
    frame = extract.records(done, "RSDAT", "OVRLRESP_STD")
    return frame[frame["date"] > frame["subject"].map(start)].reset_index(drop=True)


@pytest.fixture(scope="module")
def therapies(extract):
    return extract.records(extract.form("cm"), "CMSTDAT")


@pytest.fixture(scope="module")
def baseline(extract, start):
    """Lesion records up to randomization."""
    scans = [extract.records(extract.form(form), f"{form.upper()}DAT") for form in ("tl", "ntl")]
    frame = pd.concat(scans, ignore_index=True)
    return frame[frame["date"] <= frame["subject"].map(start)].reset_index(drop=True)


def test_responses_are_those_of_the_truth(extract, start, assessments, therapies):
    progressed = first_record(assessments, start.index, ["PD"]).set_index("subject")["date"]
    changed = first_record(therapies, start.index).set_index("subject")["date"]
    late = (assessments["date"] > assessments["subject"].map(progressed)) | (
        assessments["date"] > assessments["subject"].map(changed)
    )
    seen = assessments[~late].reset_index(drop=True)
    response = first_record(seen, start.index, ["CR", "PR"])
    confirmed = confirmed_response(seen, start.index, Confirmation())
    dated = {
        "PD": first_record(assessments, start.index, ["PD"]),
        "RSP": response,
        "CRSP": confirmed,
        "CB": clinical_benefit(seen, start, response, 42),
        "CCB": clinical_benefit(seen, start, confirmed, 42),
    }
    randomized = start.notna()
    for name, result in dated.items():
        expected = extract.dates(f"{name}_ADT")
        assert ((result["date"] == expected) | (result["date"].isna() & expected.isna()))[randomized].all(), name
    for name, confirm in (("BOR", None), ("CBOR", Confirmation())):
        best = best_response(seen, start, BestRule(ORDER, confirm, stable_days=42))
        assert best["value"][randomized].tolist() == extract.truth[name][randomized].tolist(), name


def test_progression_free_survival_is_that_of_the_truth(extract, start, assessments, therapies, baseline):
    adequate = assessments[assessments["value"] != "NE"].reset_index(drop=True)
    progression = assessments[assessments["value"] == "PD"].reset_index(drop=True)
    deaths = pd.DataFrame({"subject": start.index, "date": extract.dates("DTHDT")})
    deaths = deaths[deaths["date"] <= CUTOFF].reset_index(drop=True)
    ends = pd.concat([progression[["subject", "date"]], deaths], ignore_index=True)
    clinical = extract.records(extract.form("eot"), "EOTCPDAT")
    nothing = "No progression or death by the last adequate tumor assessment"
    result = time_to_event(
        start,
        [Outcome(progression, "Disease progression"), Outcome(deaths, "Death")],
        [Outcome(adequate, nothing, 1)],
        [
            Outcome(unassessed(start, baseline, deaths, SCHEDULE), "No baseline tumor assessment", 5),
            Outcome(unassessed(start, adequate, deaths, SCHEDULE), "No adequate post-baseline tumor assessment", 6),
            Outcome(therapies, "New anticancer therapy", 2),
            Outcome(clinical, "Clinical progression", 3),
            Outcome(gaps(start, adequate, ends, SCHEDULE), "Two or more missed tumor assessments", 4),
        ],
        adequate,
        Rules(before_start="ignore"),
    )
    expected = extract.truth[start.notna()]
    assert result["date"].tolist() == extract.dates("PFS_ADT")[start.notna()].tolist()
    assert result["censor"].tolist() == expected["PFS_CNSR"].astype(float).tolist()
    assert result["description"].tolist() == expected["PFS_EVNTDESC"].tolist()


def lesion_rows(extract, start, form, name):
    """The lesions of a form, an assessment being a day."""
    prefix = form.upper()
    raw = extract.form(form)
    rows = extract.records(raw, f"{prefix}DAT", limit=pd.Timestamp("2100-01-01"))
    return rows.assign(
        lesion=raw[name].to_numpy()[rows["place"]],
        assessment=seconds(rows["date"]),
        baseline=(rows["date"] <= rows["subject"].map(start)).to_numpy(),
    ), raw.iloc[rows["place"]].reset_index(drop=True)


@pytest.fixture(scope="module")
def components(extract, start, baseline):
    """Each reported assessment of subjects with a baseline, beside what the lesions say."""
    targets, raw = lesion_rows(extract, start, "tl", "TLNUM")
    targets["diameter"] = pd.to_numeric(raw["TLDIAM"], errors="coerce").astype(float)
    targets["nodal"], targets["too_small"] = raw["TLNODE_STD"] == "Y", raw["TLSTAT_STD"] == "TOO SMALL TO MEASURE"
    others, raw = lesion_rows(extract, start, "ntl", "NTLNUM")
    others["state"] = raw["NTLSTAT_STD"].replace("UNEQUIVOCAL PROGRESSION", "UNEQUIVOCAL")
    others["increased"] = raw["NTLINCR_STD"] == "Y"
    found, raw = lesion_rows(extract, start, "nl", "NLNUM")
    found["size"] = pd.to_numeric(raw["NLDIAM"], errors="coerce").astype(float)
    found = found[(raw["NLCERT_STD"] == "UNEQUIVOCAL").to_numpy()]
    keys = ["subject", "assessment"]
    new = found.groupby(keys).agg(new_sum=("size", "sum"), new_count=("lesion", "nunique")).reset_index()
    more = others.groupby(keys).agg(non_target_increase=("increased", "any")).reset_index()
    form = extract.form("rs")
    done = form[form["RSPERF_STD"] == "Y"].reset_index(drop=True)
    rows = extract.records(done, "RSDAT", "OVRLRESP_STD", limit=pd.Timestamp("2100-01-01"))
    rows = rows.assign(assessment=seconds(rows["date"]), reported=done["IOVRLRESP_STD"].iloc[rows["place"]])
    target = target_response(targets).rename(columns={"response": "target"})[[*keys, "target", "sum"]]
    other = non_target_response(others).rename(columns={"response": "non_target"})[[*keys, "non_target"]]
    for part in (target, other, new, more):
        rows = rows.merge(part, on=keys, how="left")
    rows = rows[rows["subject"].isin(baseline["subject"])].reset_index(drop=True)
    return rows.assign(new=rows["new_count"].notna(), new_increase=False)


def test_the_lesions_make_the_responses_that_the_sites_report(components):
    assert len(components) > 300
    new = pd.Series(np.where(components["new"], "YES", "NO"), dtype=TEXT)
    derived = overall_response(components["target"], components["non_target"], new)
    assert derived.tolist() == components["value"].tolist()


def test_and_those_under_irecist(components):
    derived = irecist_response(components)["response"]
    assert {"iUPD", "iCPD", "iPR", "iCR", "iSD", "NE"} <= set(derived)
    assert derived.tolist() == components["reported"].tolist()
