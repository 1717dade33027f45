"""The exposure forms, a planned dose a record, and the end of treatment of each drug."""

from __future__ import annotations

from oncdisc.trial.casebook import NO, YES, Casebook, Value, death_date
from oncdisc.trial.course import Fate
from oncdisc.trial.design import Drug
from oncdisc.trial.treatment import CLINICAL, DEATH, Dose, Treatment


def record_treatment(book: Casebook, fate: Fate, treatment: Treatment) -> None:
    """All doses of all drugs of the arm, and why each was stopped."""
    for code, doses in treatment.doses.items():
        drug = book.design.drugs[code]
        for dose in doses:
            book.add(drug.form, dose.instance, dose.day, _dose(book, drug, dose))
    for position, (code, (day, reason)) in enumerate(treatment.stopped.items(), start=1):
        last = treatment.last_dose(code)
        values: dict[str, Value] = {
            "EOTDRUG": (book.design.drugs[code].name, code),
            "EOTDAT": death_date(book.person, fate) if reason == DEATH else book.date(day),
            "EOTLDAT": None if last is None else book.date(last),
            "EOTREAS": reason,
            "EOTCPDAT": book.date(day) if reason == CLINICAL else None,
        }
        book.add("eot", "End of Treatment", day, values, position)


def _dose(book: Casebook, drug: Drug, dose: Dose) -> dict[str, Value]:
    values: dict[str, Value] = {
        "EXPDAT": book.date(dose.day),
        "EXYN": NO if dose.amount is None else YES,
        "EXLVL": dose.level,
        "EXLVLU": drug.basis,
        "EXPDOSE": dose.planned,
        "EXDOSU": "mg",
    }
    if dose.amount is None:
        return {**values, "EXREASND": dose.skipped}
    given = {"EXDOSE": dose.amount, "EXSTDAT": book.date(dose.day), "EXENDAT": book.date(dose.day)}
    adjusted: dict[str, Value] = {
        "EXADJ": dose.adjusted,
        "EXADJREA": dose.adjusted_for,
        "EXINTDUR": None if dose.interruption is None else float(dose.interruption),
    }
    return {**values, **given, **adjusted, **_times(book, drug, dose)}


def _times(book: Casebook, drug: Drug, dose: Dose) -> dict[str, Value]:
    """Start and end of an infusion; capsules and tablets have none."""
    if not drug.infusion_minutes:
        return {}
    start = int(book.rng.integers(9 * 60, 15 * 60))
    end = start + drug.infusion_minutes + (dose.interruption or 0)
    return {"EXSTTIM": f"{start // 60:02d}:{start % 60:02d}", "EXENTIM": f"{end // 60:02d}:{end % 60:02d}"}
