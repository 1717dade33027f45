"""The messy extract under `check`: every open error and warning is one that the mess put in, and each is there."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

import oncdisc
from oncdisc import checks
from oncdisc.trial import simulate

CODED = ("AELLT", "AELLTCD", "AEDECOD", "AEPTCD", "AEHLT", "AEHLTCD", "AEHLGT", "AEHLGTCD",
         "AEBODSYS", "AEBDSYCD", "AESOC", "AESOCCD")  # fmt: skip
"""The path of an event in its dictionary."""

Places = dict[tuple[str, str, str], int]


def extract(raw: Path) -> dict[str, pd.DataFrame]:
    files = sorted(raw.glob("*.csv"))
    return {path.stem: pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig") for path in files}


def put_in(raw: Path, out: Path) -> Places:
    """What the mess put in, counted in the extract: rule, form or dataset, variable, records."""
    forms = extract(raw)
    forms.pop("truth")
    known = set(forms["dm"]["Subject"])
    found: Counter[tuple[str, str, str]] = Counter()
    for name, form in forms.items():
        mine = form["Subject"].isin(known)
        found["input.subject", name, ""] = int((~mine).sum())
        found["input.duplicate", name, ""] = int(form.loc[mine, "RecordId"].duplicated().sum())
    events = forms["ae"].drop_duplicates("RecordId")
    events = events.loc[events["Subject"].isin(known)]
    found["value.term", "AE", "AEOUT"] = int((events["AEOUT"].str.strip() == "Improving slowly").sum())
    uncoded = int(((events["AETERM"] != "") & (events["AETERM_PT"] == "")).sum())
    for rule in ("schema.required", "structure.required_value"):
        found[rule, "AE", "AEDECOD"] = uncoded
    for variable in CODED:
        # that AEDECOD is missing is said once: it is a required variable
        found["terminology.uncoded", "AE", variable] = 0 if variable == "AEDECOD" else uncoded
    for rule in ("schema.ascii", "gateway.ascii"):
        found[rule, "AE", "AETERM"] = uncoded
        for dataset, variable, folder in (("ADAE", "AETERM", "analysis/adam/datasets"),
                                          ("DM", "INVNAM", "tabulations/sdtm")):  # fmt: skip
            values = pd.read_parquet(out / folder / f"{dataset.lower()}.parquet")[variable].dropna()
            found[rule, dataset, variable] = sum(not value.isascii() for value in values)
    return {place: count for place, count in found.items() if count}


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("messy")
    simulate("es_sclc", folder / "raw", subjects=60, seed=5, messy=True)
    oncdisc.build("es_sclc", raw=folder / "raw", out=folder / "out", formats=("xpt", "parquet"))
    return folder


def test_what_is_open_is_what_the_mess_put_in_record_by_record(messy: Path) -> None:
    report = checks.check(messy / "out")
    open_ = {
        (str(place["rule"]), str(place["dataset"]), str(place["variable"])): place["count"]
        for place in report.findings.counts()
        if place["severity"] != "info"
    }
    wanted = put_in(messy / "raw", messy / "out")
    assert open_ == wanted
    assert {rule for rule, *_ in wanted} == {
        "input.subject", "input.duplicate", "value.term", "schema.required", "structure.required_value",
        "schema.ascii", "gateway.ascii", "terminology.uncoded",
    }  # fmt: skip
