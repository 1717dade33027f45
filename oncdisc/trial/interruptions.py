"""When an interrupted infusion was stopped and went on, how much had been given by then, and why it was stopped.

The items came after the others: they have a random stream of their own, agree with what the form had already (start,
end, minutes of interruption, amount given) and change none of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from oncdisc.trial.casebook import Casebook, Coded, Row, Value
from oncdisc.trial.design import Drug

LATER = frozenset(
    {"EXINTSTM", "EXINTRTM", "EXINTDOS", "EXINTDOS_RAW", "EXINTREA", "EXINTREA_STD"},
)
"""The columns, which the mess of the other items passes by."""
NOT_RESUMED = 0.3
"""The share of interrupted infusions that did not go on, in the messy extract."""

_REASONS: tuple[Coded, ...] = (("Infusion-related reaction", "1"), ("Infusion site pain", "2"), ("Chills", "3"))


def record_interruptions(book: Casebook, rng: np.random.Generator) -> None:
    """Complete each infusion that was interrupted."""
    for drug in book.design.drugs.values():
        for row in book.rows.get(drug.form, []):
            if row["EXINTDUR"]:
                book.complete(drug.form, row, _interruption(drug, row, rng))


def _interruption(drug: Drug, row: Row, rng: np.random.Generator) -> dict[str, Value]:
    """The infusion runs at one rate: the share of its minutes that had passed is the share that had been given."""
    passed = int(np.clip(round(drug.infusion_minutes * rng.uniform(0.15, 0.85)), 1, drug.infusion_minutes - 1))
    stopped = _minutes(row["EXSTTIM"]) + passed
    return {
        "EXINTSTM": _clock(stopped),
        "EXINTRTM": _clock(stopped + int(row["EXINTDUR"])),
        "EXINTDOS": float(round(float(row["EXDOSE"]) * passed / drug.infusion_minutes)),
        "EXINTREA": _REASONS[int(rng.integers(len(_REASONS)))],
    }


def _minutes(clock: str) -> int:
    """Minutes after midnight of a time as the form has it."""
    hours, minutes = clock.split(":")
    return 60 * int(hours) + int(minutes)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def cut_short(rng: np.random.Generator, rows: Mapping[str, Sequence[Row]]) -> dict[str, list[Row]]:
    """The forms with interrupted infusions, some of which did not go on: what had been given by then is all."""
    forms = {name: kept for name, kept in rows.items() if any(row.get("EXINTSTM") for row in kept)}
    stopped = sorted({row["RecordId"] for kept in forms.values() for row in kept if row["EXINTSTM"]})
    ended = {record for record in stopped if rng.random() < NOT_RESUMED}
    return {name: [_ended(row) if row["RecordId"] in ended else row for row in kept] for name, kept in forms.items()}


def _ended(row: Row) -> Row:
    last = {"EXENTIM": row["EXINTSTM"], "EXDOSE": row["EXINTDOS"], "EXDOSE_RAW": row["EXINTDOS_RAW"]}
    return {**row, **last, "EXINTRTM": "", "EXINTDUR": "", "EXINTDUR_RAW": ""}
