"""A population without subjects, as before the first one is enrolled: every kind of result stays standing."""

from __future__ import annotations

from pathlib import Path

import pytest
from reporting.builders import frame, study, subjects, times

from oncdisc.reporting.analyses import outcomes
from oncdisc.reporting.figures import write_figures
from oncdisc.reporting.tables import table

RESULT = "populations: {ITT: {label: ITT, where: {ITTFL: 'Y'}}}\nresults: {X: {title: X, population: ITT, %s}}\n"
SUBGROUPS = "subgroups: [{by: SEX, label: Sex}]\n"
TIMELINE = "timeline: {population: ITT, end: [RANDDT], doses: [{from: ADSL, start: RANDDT}]}\n"


@pytest.mark.parametrize(
    "kind",
    [
        "time_to_event: {from: ADTTE, subgroups: true, landmarks: [6], follow_up: true}",
        "counts: [{label: Any, from: ADTTE, interval: true, subgroups: true, by: EVNTDESC}]",
        "summary: [{variable: AGE, label: Age}, {variable: SEX, label: Sex}]",
        "agreement: {rows: {from: ADTTE, value: CNSR, label: a}, columns: {from: ADTTE, value: CNSR, label: b}}",
        "waterfall: {from: ADTTE, value: AVAL}",
        "spider: {from: ADTTE, value: AVAL, day: AVAL}",
        "swimmer: true",
    ],
)
def test_nothing_breaks_without_subjects(kind: str, tmp_path: Path) -> None:
    adsl = subjects("A", "A", ITTFL=["N", "N"], SEX=["F", "M"], AGE=[50.0, 60.0], RANDDT=["2024-01-01", "2024-01-02"])
    made, lacking = outcomes(
        study(tmp_path, SUBGROUPS + RESULT % kind + TIMELINE, ADSL=adsl, ADTTE=times((1, 5, 0), (2, 6, 1)))
    )
    assert not lacking
    assert all(not row.cells or "inf" not in row.cells for outcome in made for row in table(outcome).rows)
    write_figures(made, tmp_path, ("svg",))


def test_a_dataset_without_records_breaks_nothing(tmp_path: Path) -> None:
    empty = frame(USUBJID=["S1"], AEDECOD=["x"]).iloc[:0]
    declared = "populations: {ITT: {label: ITT}}\nresults: {X: {title: X, population: ITT, counts: [%s]}}\n"
    entry = "{label: Any, from: ADAE, by: AEDECOD}"
    (made,), _ = outcomes(study(tmp_path, declared % entry, ADSL=subjects("A"), ADAE=empty))
    assert table(made).rows[0].cells == ("0",)
