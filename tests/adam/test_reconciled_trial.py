"""The example trial with reports that its lesions contradict."""

from __future__ import annotations

import pandas as pd
import pytest
from es_sclc_trial import build_extract

from adam import listing, reconciliation, write_listing
from oncdisc.trial import simulate


def edit(path, changes):
    """Set columns of the records of a form that are named by their place."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    for place, values in changes(frame).items():
        for column, value in values.items():
            frame.loc[place, column] = value
    frame.to_csv(path, index=False, lineterminator="\n")


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    """A partial response reported as stable disease, and an assessment that nobody reported."""
    folder = tmp_path_factory.mktemp("contradicted")
    simulate("es_sclc", folder / "raw", subjects=16, seed=8)

    def stable(frame):
        place = frame.index[(frame["OVRLRESP_STD"] == "PR") & (frame["TRGRESP_STD"] == "PR")][0]
        return {place: {"OVRLRESP_STD": "SD", "TRGRESP_STD": "SD"}}

    edit(folder / "raw" / "rs.csv", stable)
    return build_extract(folder / "raw", folder / "out", only=["ADRS"])


def test_every_other_response_agrees_and_the_contradicted_ones_are_findings_with_their_numbers(trial):
    found = [f for f in trial.findings if f["rule"] == "response.differs"]
    assert sorted((f["value"].split(";")[0], f["message"].split(" response ")[0]) for f in found) == [
        ("SD reported, PR derived", "reported and derived overall"),
        ("SD reported, PR derived", "reported and derived target"),
    ]
    assert all("sum " in f["value"] and "nadir " in f["value"] and "baseline " in f["value"] for f in found)
    assert {f["severity"] for f in found} == {"warning"}


def test_the_listing_begins_with_them_and_is_the_file(trial, tmp_path):
    adrs = trial.adam("ADRS")
    rows = listing(adrs)
    assert rows["differs"].tolist()[:3] == ["Y", "Y", "N"]
    # the overall response differs because the target response does
    assert rows["reason"].tolist()[:2] == [reconciliation.STATES["target"]] * 2
    assert set(rows["PARAMCD"][:2]) == {"DOVR", "DTRG"}
    assert set(rows["PARAMCD"]) == {"DOVR", "DTRG", "DNTRG", "DNEW", "DIOVR", "DITRG", "DINTRG"}
    assert write_listing(adrs, tmp_path / "results" / "reconciliation.csv") == 2
    again = pd.read_csv(tmp_path / "results" / "reconciliation.csv")
    assert again.shape == rows.shape
    assert write_listing(adrs[["USUBJID"]], tmp_path / "none.csv") == 0
    assert not (tmp_path / "none.csv").exists()


def test_a_derived_response_leads_back_to_its_lesions(trial):
    adrs = trial.adam("ADRS", PARAMCD="DTRG")
    lesions = adrs[adrs["SRCDOM"] == "TR"]
    assert len(lesions) > 10
    assert lesions["SRCSEQ"].notna().all()
    assert (lesions["SUMNADIR"] <= lesions["SUMBASE"]).all()
