"""The messy extract: each kind of mess is there, and undoing it gives the clean extract back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from oncdisc.trial import simulate
from oncdisc.trial.casebook import entered
from oncdisc.trial.messy import WITH_MARK
from tests.trial.conftest import Extract


@pytest.fixture(scope="module")
def pair(study: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> tuple[Extract, Extract]:
    """The same 60 subjects, clean and messy."""
    folder = tmp_path_factory.mktemp("pair")
    for name, messy in (("clean", False), ("messy", True)):
        simulate(study, folder / name, subjects=60, seed=11, messy=messy)
    return Extract.of(folder / "clean"), Extract.of(folder / "messy")


def _date(text: str) -> str:
    """A date in any of the declared formats as the clean extract types it."""
    for style in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return entered(datetime.strptime(text, style).date())
        except ValueError:
            continue
    return text


def test_some_files_have_a_mark_and_crlf(pair: tuple[Extract, Extract]) -> None:
    clean, messy = pair
    for name in messy.forms:
        content = (messy.folder / f"{name}.csv").read_bytes()
        assert content.startswith(b"\xef\xbb\xbf") == (name in WITH_MARK)
        assert (b"\r\n" in content) == (name in WITH_MARK)
        assert b"\r" not in (clean.folder / f"{name}.csv").read_bytes()


def test_each_kind_of_mess_is_there(pair: tuple[Extract, Extract]) -> None:
    rows = [row for records in pair[1].forms.values() for row in records]
    events = pair[1].forms["ae"]
    assert len({row["RecordId"] for row in rows}) < len(rows)
    assert any(text.endswith("  ") for row in rows for text in row.values())
    assert any(not row["Site"].isascii() for row in rows)
    assert any("-" in row["VSDAT"] for row in pair[1].forms["vs"])
    assert any("/" in row["VSDAT"] for row in pair[1].forms["vs"])
    assert any(row["AEOUT_STD"].strip() == "9" for row in events)
    assert any(row["AETERM"] and not row["AETERM_PT"] for row in events)
    assert any(row["Subject"].startswith("999") for row in events)
    assert any(row["PREVSUBJ"] for row in pair[1].forms["dm"])


def test_endpoints_are_those_of_the_clean_extract(pair: tuple[Extract, Extract]) -> None:
    def endpoints(extract: Extract) -> list[dict[str, str]]:
        left_out = ("SUBJID", "FEATURES")
        return [{name: text for name, text in row.items() if name not in left_out} for row in extract.truth]

    assert endpoints(pair[0]) == endpoints(pair[1])


def test_rescreened_persons_failed_before_and_keep_their_first_number(pair: tuple[Extract, Extract]) -> None:
    again = {row["Subject"]: row for row in pair[1].forms["dm"] if row["PREVSUBJ"]}
    first = {row["Subject"]: row for row in pair[1].forms["dm"]}
    truth = {row["SUBJID"]: row for row in pair[1].truth}
    enrolled = {row["Subject"]: row["ENRYN_STD"].strip() for row in pair[1].forms["enrol"]}
    for number, row in again.items():
        earlier = first[row["PREVSUBJ"].strip()]
        assert earlier["BRTHDAT_YYYY"] == row["BRTHDAT_YYYY"]
        assert (enrolled[earlier["Subject"]], enrolled[number]) == ("N", "Y")
        assert truth[number]["USUBJID"].endswith(earlier["Subject"])
        assert "RESCREENED" in truth[number]["FEATURES"]


def test_the_clean_extract_can_be_recovered(pair: tuple[Extract, Extract]) -> None:
    """Drop strangers, duplicates and first screenings, strip spaces, read dates: only names and terms differ."""
    clean, messy = pair
    previous = {row["Subject"]: row["PREVSUBJ"].strip() for row in messy.forms["dm"] if row["PREVSUBJ"]}
    failed = set(previous.values())
    free = {"Site", "INVNAM", "PREVSUBJ", "AETERM", "AEOUT", "AEOUT_STD"}
    stopped = {"EXENTIM", "EXDOSE", "EXDOSE_RAW", "EXINTRTM", "EXINTDUR", "EXINTDUR_RAW"}
    for name, rows in clean.forms.items():
        kept: dict[str, dict[str, str]] = {}
        for row in messy.forms[name]:
            subject = row["Subject"]
            if subject.startswith("999") or subject in failed:
                continue
            kept[row["RecordId"]] = {**row, "Subject": previous.get(subject, subject)}
        assert list(kept) == [row["RecordId"] for row in rows]
        for row in rows:
            rough = kept[row["RecordId"]]
            changed = free | (stopped if row.get("EXINTSTM") and not rough["EXINTRTM"] else set())
            for column, text in row.items():
                if column not in changed and not (name == "ae" and column.startswith("AETERM_")):
                    assert _date(rough[column].strip()) == text, (name, column)


def test_duplicates_are_the_same_record(pair: tuple[Extract, Extract]) -> None:
    for rows in pair[1].forms.values():
        seen: dict[str, dict[str, str]] = {}
        for row in rows:
            assert seen.setdefault(row["RecordId"], row) == row
