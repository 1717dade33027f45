"""The case report forms of the example trial: which items they have, and how an export lays them out in columns.

An export in the manner of Medidata Rave gives every form the same system columns, then one column an item, with
companions that depend on the item's kind:

    text    X                              as typed
    code    X, X_STD                       what the screen shows, and the coded value
    number  X, X_RAW                       the number, and the text that was typed
    date    X, X_RAW, X_YYYY, X_MM, X_DD   as typed (`12 MAR 2024`, `UN MAR 2024`, `UNK UNK 2024`), and its parts
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "code", "number", "date"]

SYSTEM = (
    "project", "projectid", "Subject", "SiteNumber", "Site", "InstanceName", "FolderSeq", "Folder", "DataPageName",
    "RecordId", "RecordPosition", "RecordActive", "SaveTS",
)  # fmt: skip
_COMPANIONS: Mapping[Kind, tuple[str, ...]] = {
    "text": (),
    "code": ("_STD",),
    "number": ("_RAW",),
    "date": ("_RAW", "_YYYY", "_MM", "_DD"),
}


@dataclass(frozen=True)
class Item:
    """One field of a form."""

    name: str
    kind: Kind
    label: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The export's columns of this item."""
        return (self.name, *(self.name + companion for companion in _COMPANIONS[self.kind]))


@dataclass(frozen=True)
class Form:
    """One case report form."""

    name: str
    page: str
    items: tuple[Item, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns of the form's file, in the order of the export."""
        return SYSTEM + tuple(column for item in self.items for column in item.columns)


def _form(name: str, page: str, *items: str) -> Form:
    """A form from lines `NAME kind label`."""
    parsed = (line.split(maxsplit=2) for line in items)
    kinds: Mapping[str, Kind] = {"text": "text", "code": "code", "number": "number", "date": "date"}
    return Form(name, page, tuple(Item(item, kinds[kind], label) for item, kind, label in parsed))


_LESION_PLACE = ("LOC code Location", "LAT code Side", "METH code Method of assessment")


def _lesions(prefix: str, name: str, page: str, *items: str) -> Form:
    placed = (f"{prefix}{line}" for line in (*items[:2], *_LESION_PLACE, *items[2:]))
    return _form(name, page, *placed)


_FIXED = (
    _form(
        "dm", "Demographics",
        "DMDAT date Date of collection",
        "BRTHDAT date Date of birth (year only where the site's law wants it)",
        "AGE number Age at consent, years",
        "SEX code Sex",
        "RACE code Race",
        "ETHNIC code Ethnicity",
        "COUNTRY code Country",
        "INVNAM text Investigator",
        "PREVSUBJ text Subject number of an earlier screening",
    ),
    _form(
        "ic", "Informed Consent",
        "ICDAT date Date of informed consent",
        "ICTIM text Time of informed consent, HH:MM",
        "ICVER text Version of the consent form",
    ),
    _form(
        "ie", "Eligibility Criteria",
        "IEDAT date Date of the check",
        "IEYN code All criteria met?",
        "IETESTCD text Criterion not met (a record each)",
        "IECAT code Inclusion or exclusion criterion",
    ),
    _form(
        "enrol", "Enrolment",
        "ENRYN code Enrolled?",
        "RANDDAT date Date of randomization (enrolment)",
        "RANDNUM text Number assigned at enrolment",
        "ARM code Planned arm (_STD: ARMCD)",
        "STRATPFI code Platinum-free interval stratum (_STD: LT90, GE90)",
        "STRATLIV code Liver metastases stratum",
        "ENRREAS code Reason not enrolled",
        "ENRRDAT date Date of screen failure",
    ),
    _form(
        "sclchx", "Small Cell Lung Cancer History",
        "DXDAT date Date of initial diagnosis",
        "STAGE code Stage at initial diagnosis",
        "PRIORREG text Prior first-line regimen",
        "PRIORREG_PREF text Coded name (fictional dictionary)",
        "PRIORREG_DICT text Dictionary and version",
        "PRIORSDT date Start of first-line therapy",
        "PLATDAT date Last dose of first-line platinum",
        "PDDAT date Progression after first line",
        "PFI number Platinum-free interval, days from last platinum dose to progression",
        "PRIORRSP code Best response to first line",
        "PDL1YN code Prior PD-1/PD-L1 inhibitor?",
        "BRAINMET code Brain metastases?",
        "LIVERMET code Liver metastases?",
        "PCIYN code Prior prophylactic cranial irradiation?",
        "PCIDAT date Date of prophylactic cranial irradiation",
        "SMOKE code Smoking history",
    ),
    _form(
        "ecog", "ECOG Performance Status",
        "ECOGPERF code Assessed?",
        "ECOGDAT date Date of assessment",
        "ECOG code ECOG performance status (_STD: 0 to 4)",
    ),
    _form(
        "vs", "Vital Signs",
        "VSPERF code Measured?",
        "VSDAT date Date of measurement",
        "HEIGHT number Height, cm (screening only)",
        "WEIGHT number Weight",
        "WEIGHTU text Unit of weight (kg, LB)",
        "TEMP number Temperature, C",
        "SYSBP number Systolic blood pressure, mmHg",
        "DIABP number Diastolic blood pressure, mmHg",
        "PULSE number Pulse, beats/min",
    ),
    _form(
        "lb", "Local Laboratory",
        "LBPERF code Sample taken?",
        "LBDAT date Date of sample",
        "LBTIM text Time of sample, HH:MM",
        "LBTEST code Analyte (_STD: LBTESTCD; a record each)",
        "LBORRES number Result",
        "LBORRESU text Unit",
        "LBORNRLO number Lower limit of normal",
        "LBORNRHI number Upper limit of normal",
    ),
    _lesions(
        "TL", "tl", "Target Lesions",
        "NUM text Lesion number (T01, T02 …)",
        "DAT date Date of scan",
        "NODE code Lymph node? (its short axis is measured)",
        "STAT code Measured, absent, too small to measure or not evaluable",
        "DIAM number Diameter, mm",
        "REASND text Reason not evaluable",
    ),
    _lesions(
        "NTL", "ntl", "Non-Target Lesions",
        "NUM text Lesion number (NT01, NT02 …)",
        "DAT date Date of scan",
        "STAT code Present, absent, unequivocal progression or not evaluable",
        "INCR code Further increase since the assessment before? (after a first progression)",
        "REASND text Reason not evaluable",
    ),
    _lesions(
        "NL", "nl", "New Lesions",
        "NUM text Lesion number (NEW01, NEW02 …)",
        "DAT date Date of scan",
        "YN code Any new lesion? (No: one record without a lesion)",
        "CERT code Unequivocal or equivocal",
        "MEAS code Measurable?",
        "DIAM number Diameter, mm (measurable ones)",
    ),
    _form(
        "rs", "Tumor Response",
        "RSPERF code Assessment done?",
        "RSREASND text Reason not done",
        "RSDAT date Date of assessment",
        "TRGSUM number Sum of diameters as the site adds them, mm",
        "TRGRESP code Target response, RECIST 1.1",
        "NTRGRESP code Non-target response, RECIST 1.1",
        "NEWLIND code New lesions?",
        "OVRLRESP code Overall response, RECIST 1.1",
        "ITRGRESP code Target response, iRECIST",
        "INTRGRESP code Non-target response, iRECIST",
        "IOVRLRESP code Overall response, iRECIST",
        "RSCOM text Comment",
    ),
    _form(
        "cm", "Subsequent Anticancer Therapy",
        "CMYN code Any anticancer therapy after enrolment?",
        "CMTYPE code Systemic anticancer therapy, radiotherapy or surgery (_STD: 1, 2, 3)",
        "CMTRT text Therapy as reported",
        "CMTRT_PREF text Coded name (fictional dictionary)",
        "CMTRT_DICT text Dictionary and version",
        "CMLOC text Site of radiotherapy or surgery",
        "CMSTDAT date Start (always complete)",
        "CMENDAT date End",
        "CMONGO code Ongoing?",
        "CMINDC text Reason",
    ),
    _form(
        "eot", "End of Treatment",
        "EOTDRUG code Drug (a record each; _STD: the code of the drug)",
        "EOTDAT date Date of the decision to stop",
        "EOTLDAT date Date of the last dose",
        "EOTREAS code Reason (_STD: a number)",
        "EOTCPDAT date Date of clinical progression (reason clinical progression)",
    ),
    _form(
        "eos", "End of Study",
        "EOSDAT date Date of end of study",
        "EOSREAS code Reason (_STD: a number)",
        "EOSSPEC text Specification",
    ),
    _form(
        "sfu", "Survival Follow-up",
        "SFUDAT date Date of contact",
        "SFUSTAT code Survival status",
        "SFUALDAT date Date last known alive (status alive)",
        "SFUSRC code Source of the information",
    ),
    _form(
        "dth", "Death",
        "DTHDAT date Date of death (may be partial)",
        "DTHRDAT date Date on which the site learned of the death",
        "DTHCAUSE code Primary cause",
        "DTHSPEC text Specification",
        "DTHAUTO code Autopsy?",
    ),
    _form(
        "dv", "Protocol Deviations",
        "DVTERM text Deviation as described",
        "DVCAT code Category",
        "DVIMP code Important?",
        "DVSTDAT date Date of the deviation",
    ),
)  # fmt: skip

_AE_FLAGS = (
    "AESER code Serious?",
    "AESDTH code Resulted in death?",
    "AESLIFE code Life-threatening?",
    "AESHOSP code Hospitalization?",
    "AESDISAB code Disability?",
    "AESCONG code Congenital anomaly?",
    "AESMIE code Other medically important event?",
)
_AE_CODED = (
    "AETERM_LLT text Coded lowest level term (fictional dictionary)",
    "AETERM_LLT_CODE text Its code",
    "AETERM_PT text Coded preferred term",
    "AETERM_PT_CODE text Its code",
    "AETERM_HLT text Coded high level term",
    "AETERM_HLT_CODE text Its code",
    "AETERM_HLGT text Coded high level group term",
    "AETERM_HLGT_CODE text Its code",
    "AETERM_SOC text Coded system organ class",
    "AETERM_SOC_CODE text Its code",
    "AETERM_DICT text Dictionary and version",
)
_EXPOSURE = (
    "EXPDAT date Planned date of the dose",
    "EXYN code Dose given?",
    "EXREASND code Reason not given",
    "EXLVL number Planned dose level",
    "EXLVLU text Its unit (mg, mg/kg, mg/m2)",
    "EXPDOSE number Planned amount",
    "EXDOSE number Amount given",
    "EXDOSU text Unit of both amounts",
    "EXSTDAT date Start",
    "EXSTTIM text Start time, HH:MM (infusions)",
    "EXENDAT date End",
    "EXENTIM text End time, HH:MM (infusions)",
    "EXADJ code Dose adjustment",
    "EXADJREA code Reason for the adjustment",
    "EXINTDUR number Minutes of interruption (infusions)",
)
_INTERRUPTION = (
    "EXINTSTM text Time the infusion was stopped, HH:MM",
    "EXINTRTM text Time it went on, HH:MM",
    "EXINTDOS number Amount given before it was stopped",
    "EXINTREA code Reason it was stopped",
)


def _adverse_events(drugs: Mapping[str, str]) -> Form:
    """The adverse event form: relation and action once a drug."""
    per_drug = [
        line
        for code, name in drugs.items()
        for line in (
            f"AEREL_{code.upper()} code Related to {name}?",
            f"AEACN_{code.upper()} code Action taken with {name}",
        )
    ]
    return _form(
        "ae", "Adverse Events",
        "AEYN code Any adverse event? (No: one record without a term)",
        "AETERM text Adverse event as reported",
        "AESTDAT date Start (may be partial)",
        "AEENDAT date End (may be partial)",
        "AEONGO code Ongoing?",
        "AETOXGR code CTCAE grade (_STD: 1 to 5)",
        *_AE_FLAGS,
        "AEIMMUNE code Immune-related?",
        *per_drug,
        "AEOUT code Outcome (_STD: a number)",
        *_AE_CODED,
    )  # fmt: skip


def forms_of(drugs: Mapping[str, str], exposure: Mapping[str, str], infused: Container[str] = ()) -> dict[str, Form]:
    """The forms of a trial by name.

    `drugs` maps a drug's code to its name, `exposure` the code to the name of its administration form; the forms of
    the drugs `infused` ask for an interruption too.
    """
    fixed = {form.name: form for form in _FIXED}
    given = {
        exposure[code]: _form(
            exposure[code], f"{name} Administration", *_EXPOSURE, *(_INTERRUPTION if code in infused else ())
        )
        for code, name in drugs.items()
    }
    events = _adverse_events(drugs)
    order = list(fixed)
    before = order[: order.index("tl")]
    names = [*before, *given, "ae", *order[len(before) :]]
    every = {**fixed, **given, "ae": events}
    return {name: every[name] for name in names}
