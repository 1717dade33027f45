"""The simulated extract as a whole: same bytes, every difficulty, records that agree with each other and the truth."""

from __future__ import annotations

import copy
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from oncdisc.trial import simulate
from oncdisc.trial.design import read_design
from oncdisc.trial.features import DIFFICULTIES
from oncdisc.trial.truth import COLUMNS, complete_date, gather, reported
from specs.errors import UsageError
from tests.trial.conftest import Extract, read


def features(truth: list[dict[str, str]]) -> Counter[str]:
    return Counter(name for row in truth for name in row["FEATURES"].split("; ") if name)


def days(row: dict[str, str], column: str) -> int:
    return (date.fromisoformat(row[column]) - date.fromisoformat(row["RANDDT"])).days


def randomized(extract: Extract) -> list[dict[str, str]]:
    return [row for row in extract.truth if row["RANDDT"]]


@pytest.mark.parametrize("messy", [False, True])
def test_same_seed_gives_the_same_bytes(study: dict[str, Any], tmp_path: Path, messy: bool) -> None:
    for name in ("a", "b"):
        simulate(study, tmp_path / name, subjects=15, seed=3, messy=messy)
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert "truth.csv" in files
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files)


def test_another_seed_gives_another_trial(study: dict[str, Any], tmp_path: Path) -> None:
    for seed in (1, 2):
        simulate(study, tmp_path / str(seed), subjects=5, seed=seed)
    assert (tmp_path / "1" / "rs.csv").read_bytes() != (tmp_path / "2" / "rs.csv").read_bytes()


def test_a_subject_is_the_same_however_many_there_are(study: dict[str, Any], tmp_path: Path) -> None:
    for count in (12, 20):
        simulate(study, tmp_path / str(count), subjects=count, seed=5, messy=True)
    few, many = Extract.of(tmp_path / "12").by_subject(), Extract.of(tmp_path / "20").by_subject()
    assert all(many[subject] == forms for subject, forms in few.items())
    assert read(tmp_path / "20" / "truth.csv")[:12] == read(tmp_path / "12" / "truth.csv")


def test_500_subjects_have_every_difficulty(large: Extract) -> None:
    assert set(DIFFICULTIES) <= set(features(large.truth))


def test_40_subjects_have_most_difficulties(study: dict[str, Any], tmp_path: Path) -> None:
    found = features(read(simulate(study, tmp_path / "raw", subjects=40).truth))
    assert len(found) >= 0.75 * len(DIFFICULTIES)


def test_files_have_the_columns_of_their_forms(large: Extract, study: dict[str, Any]) -> None:
    assert set(large.forms) == set(study["raw"]["forms"])
    assert all(large.forms.values())
    assert tuple(large.truth[0]) == COLUMNS
    assert {"TLDIAM_RAW", "TLDAT_YYYY", "TLSTAT_STD", "SaveTS"} <= set(large.forms["tl"][0])


def test_record_identifiers_are_unique(large: Extract) -> None:
    identifiers = [row["RecordId"] for rows in large.forms.values() for row in rows]
    assert len(set(identifiers)) == len(identifiers)


def test_truth_has_a_row_a_subject_of_dm(large: Extract) -> None:
    assert [row["SUBJID"] for row in large.truth] == [row["Subject"] for row in large.forms["dm"]]
    assert all(row["USUBJID"] == f"SEL-SCLC-201-{row['SUBJID']}" for row in large.truth)


def test_truth_follows_from_the_files_as_written(large: Extract, study: dict[str, Any]) -> None:
    design, subjects = read_design(study), large.by_subject()
    for row in large.truth:
        evidence = gather(design, subjects[row["SUBJID"]])
        assert (evidence is None) == (row["RANDDT"] == "")
        values = {} if evidence is None else reported(evidence)
        assert {name: row[name] for name in values} == {
            name: "" if value is None else str(value) for name, value in values.items()
        }


def test_progression_free_survival_ends_no_later_than_survival(large: Extract) -> None:
    for row in randomized(large):
        assert 0 <= days(row, "PFS_ADT") <= days(row, "OS_ADT"), row["SUBJID"]
        assert 0 <= days(row, "TRUE_PFS_ADT") <= days(row, "TRUE_OS_ADT"), row["SUBJID"]


def test_responses_agree_with_each_other(large: Extract) -> None:
    for row in randomized(large):
        assert (row["RSP"] == "Y") == (row["BOR"] in ("CR", "PR"))
        assert (row["CRSP"] == "Y") == (row["CBOR"] in ("CR", "PR"))
        assert row["CRSP"] == "N" or row["RSP"] == "Y"
        assert row["RSP"] == "N" or row["CB"] == "Y"
        assert bool(row["DOR_ADT"]) == (row["RSP"] == "Y")
        if row["RSP"] == "Y":
            assert days(row, "RSP_ADT") <= days(row, "DOR_ADT")
            assert row["DOR_ADT"] == row["PFS_ADT"]


def test_events_have_their_dates(large: Extract) -> None:
    for row in randomized(large):
        if row["PFS_EVNTDESC"] == "Disease progression":
            assert row["PFS_ADT"] == row["PD_ADT"]
        if row["PFS_EVNTDESC"] == "Death":
            assert row["PFS_ADT"] == row["OS_ADT"] == row["DEATH_ADT"]
        for name in ("PFS_ADT", "OS_ADT", "LSTALVDT"):
            assert row[name] <= "2025-06-30"


def test_reported_progression_is_seldom_before_the_true_one(large: Extract) -> None:
    """Error of measurement and swellings can make it early; mostly the scan comes after the fact."""
    both = [r for r in randomized(large) if r["PFS_EVNTDESC"] == r["TRUE_PFS_EVNTDESC"] == "Disease progression"]
    early = [row for row in both if row["PFS_ADT"] < row["TRUE_PFS_ADT"]]
    assert len(both) > 100
    assert len(early) < 0.25 * len(both)


def test_nothing_is_dated_after_the_extract_or_after_death(large: Extract) -> None:
    truth = {row["SUBJID"]: row for row in large.truth}
    for name, item in (("rs", "RSDAT"), ("vs", "VSDAT"), ("ex_sel", "EXSTDAT"), ("ae", "AESTDAT"), ("cm", "CMSTDAT")):
        for row in large.forms[name]:
            when = complete_date(row, item)
            if when is not None:
                assert when <= date(2025, 8, 31)
                died = truth[row["Subject"]]["DTHDT"]
                assert not died or when <= date.fromisoformat(died)
    assert all(row["SaveTS"] < "2025-09-01" for rows in large.forms.values() for row in rows)


def test_sums_are_the_sums_of_their_lesions(large: Extract) -> None:
    sizes: dict[tuple[str, str], list[int | None]] = {}
    small = {"ABSENT": 0, "TOO SMALL TO MEASURE": 5, "NE": None}
    for row in large.forms["tl"]:
        size = small.get(row["TLSTAT_STD"], int(row["TLDIAM"] or 0))
        sizes.setdefault((row["Subject"], row["InstanceName"]), []).append(size)
    for row in large.forms["rs"]:
        known = sizes.get((row["Subject"], row["InstanceName"]), [])
        total = sum(size or 0 for size in known) if known and None not in known else None
        assert row["TRGSUM"] == ("" if total is None else str(total))


def test_lesions_without_a_record_at_screening_are_not_followed(large: Extract) -> None:
    screened = {(row["Subject"], row["TLNUM"]) for row in large.forms["tl"] if row["InstanceName"] == "Screening"}
    assert {(row["Subject"], row["TLNUM"]) for row in large.forms["tl"]} == screened


def test_confirming_scans_come_28_to_56_days_after_the_unconfirmed_progression(large: Extract) -> None:
    for forms in large.by_subject().values():
        seen = [(complete_date(row, "RSDAT"), row) for row in forms.get("rs", [])]
        done = [(day, row) for day, row in seen if day is not None]
        for (before, first), (after, second) in pairwise(done):
            if first["IOVRLRESP_STD"] == "iUPD" and second["InstanceName"].startswith("Unscheduled"):
                assert 28 <= (after - before).days <= 56


def test_doses_are_those_of_the_planned_days(large: Extract) -> None:
    instances = {row["InstanceName"].split(" Day ")[1] for row in large.forms["ex_ade"]}
    assert instances == {"1"}
    cycles = {row["InstanceName"].split()[1] for row in large.forms["ex_nab"]}
    assert cycles == {str(cycle) for cycle in range(1, 7)}
    skipped = [row for row in large.forms["ex_sel"] if row["EXYN_STD"] == "N"]
    assert skipped
    assert all(row["EXREASND"] and not row["EXDOSE"] and not row["EXSTDAT"] for row in skipped)


def test_coded_terms_are_marked_as_fictional(large: Extract) -> None:
    coded = [row for row in large.forms["ae"] if row["AETERM"]]
    assert coded
    assert all(row["AETERM_PT"].endswith("[fictional]") and row["AETERM_PT_CODE"][0] == "9" for row in coded)


def test_a_two_arm_randomized_variant_is_a_change_of_the_spec(study: dict[str, Any], tmp_path: Path) -> None:
    variant = copy.deepcopy(study)
    first = variant["design"]["arms"][0]
    variant["design"]["randomized"] = True
    variant["design"]["arms"] = [
        {**first, "ratio": 2},
        {**first, "ARMCD": "N", "ARM": "Nab-paclitaxel", "ratio": 1, "drugs": ["nab"]},
    ]
    extract = Extract.of(simulate(variant, tmp_path / "raw", subjects=150, seed=2).folder)
    arms = Counter(row["ARMCD"] for row in extract.truth if row["ARMCD"])
    assert set(arms) == {"SAN", "N"}
    assert 1.3 < arms["SAN"] / arms["N"] < 3.2
    planned = {row["Subject"]: row["ARM_STD"] for row in extract.forms["enrol"] if row["ARM_STD"]}
    assert {planned[row["Subject"]] for row in extract.forms["ex_sel"]} == {"SAN"}
    assert {planned[row["Subject"]] for row in extract.forms["ex_nab"]} == {"SAN", "N"}
    assert all(row["TRUE_PFS_ADT"] for row in extract.truth if row["ARMCD"])


def test_the_cutoff_comes_from_the_spec(study: dict[str, Any], tmp_path: Path) -> None:
    early = simulate({**study, "cutoff": "2024-06-30"}, tmp_path / "raw", subjects=30, seed=1)
    truth = [row for row in read(early.truth) if row["RANDDT"]]
    rows = [row for row in truth if row["PFS_ADT"]]
    assert rows == [row for row in truth if row["RANDDT"] <= "2024-06-30"]
    assert 0 < len(rows) < len(truth)
    assert all(max(row["PFS_ADT"], row["OS_ADT"]) <= "2024-06-30" for row in rows)


def test_a_study_that_ships_is_found_by_its_name(tmp_path: Path) -> None:
    assert simulate("es_sclc", tmp_path / "raw", subjects=1).truth.is_file()


def test_an_extract_is_replaced_and_anything_else_refused(study: dict[str, Any], tmp_path: Path) -> None:
    simulate(study, tmp_path / "raw", subjects=2)
    assert len(read(simulate(study, tmp_path / "raw", subjects=3).truth)) == 3
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="something else"):
        simulate(study, tmp_path / "mine", subjects=2)
    assert (tmp_path / "mine" / "notes.txt").read_text() == "mine"


def test_no_subjects_is_refused(study: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="subjects: 0"):
        simulate(study, tmp_path / "raw", subjects=0)
