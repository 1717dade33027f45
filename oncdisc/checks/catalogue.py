"""The catalogue of rules, and the drafts of ADaM's rules that are wrong: `docs/checks.md` is written from here.

python -m oncdisc.checks.catalogue > docs/checks.md
"""

from __future__ import annotations

import sys
from itertools import groupby

from oncdisc.checks.core import CACHE, HOME, SETUP
from oncdisc.checks.registry import Rule, all_rules

FAMILIES = {
    "adam": "ADaM's conformance rules",
    "ae": "Adverse events",
    "analysis": "Analysis values recomputed",
    "arms": "Arms",
    "dates": "Dates, times, study days",
    "death": "Death",
    "define": "define.xml and data, both ways",
    "dm": "Demographics",
    "ds": "Disposition",
    "ex": "Doses",
    "exposure": "Exposure",
    "gateway": "The agency's gateway",
    "identifiers": "Subjects, sequence numbers, keys",
    "package": "Files",
    "relations": "SUPP--, RELREC, CO",
    "results": "Findings' results",
    "sources": "Traceability of analysis records",
    "structure": "Datasets and variables",
    "terminology": "Controlled terminology",
    "trial": "Trial design",
    "tte": "Time to event",
    "tumor": "Tumors, RECIST 1.1",
}

WRONG_DRAFTS = (
    ("6", "says the values must not be 0, 1 or missing, and its message speaks of Y and N", "the values must be these"),
    ("7", "repeats rule 6 word for word", "a numeric flag (FN) has its character flag (FL) beside it"),
    ("13, 16", "say less than 8 and less than 40 characters", "up to 8 and up to 40, as ADaMIG and XPT have it"),
    ("143", "says variable name where it looks at PARAMCD's value", "PARAMCD has up to 8 characters"),
    ("176, 178, 363, 619", "are for the basic data structure, but their examples break them in ADAE", "all datasets"),
    ("252b, 254, 254b", "252b and 254b have one text, about AVAL", "254 is about PARAM, 254b about PARAMCD"),
    ("268", "says ADURN must be populated when ADURN is", "ADURU must be populated when ADURN is"),
    ("270", "is for occurrences, but its example has PREFL in ADSL", "all datasets"),
    ("278", "asks for AESER, but its examples differ in ASEVN alone", "ASEVN is 1, 2, 3 or missing; AESER is 622's"),
    ("279", "wants AESEVN, a number, to be Y or missing", "AESEVN is 1, 2, 3 or missing"),
    ("522b, 523b", "have a number that CDISC's examples do not", "522 and 523"),
    ("529, 530", "are for the basic data structure; AESEVN and ASEVN are variables of occurrences", "all datasets"),
    ("805, 806", "have one text", "805 asks for SUBJTYPC, 806 for SUBJTYP"),
    ("822, 823", "have one text", "822: one SITEIDN for a SITEID; 823: one SITEID for a SITEIDN"),
    ("827", "compares FLGREASC with itself", "FLGREASC is one value for each FLGREAS"),
    ("829", "says FLGREAS twice", "FLGREASC has FLGREAS beside it"),
    ("834", "says DIVDN and DIVD", "DVIDN has DVID beside it"),
    ("835 to 839", "speak of BLQF and BLQFLN, which no structure has", "BLQFL and BLQFN"),
    ("836", "repeats 835", "BLQFN demands BLQFL"),
    ("839, 844", "name the number BLQFLN and ALQFLN", "BLQFN and ALQFN"),
    ("847", "its negative example differs in letters only (TABLEt)", "a text in other letters is the same value"),
    ("853", "its positive example has 1 for both ORAL and TABLET, and a date among the numbers", "a number that cannot "
     "be read is the type's matter"),
    ("854", "says ROUTEC where the variable is ROUTEN", "ROUTEN has ROUTE beside it"),
    ("859", "its negative example has both variables; what it breaks is a value without its partner", "together, as "
     "variables and in each record"),
    ("889", "its negative example has MDV and lacks DV", "MDV is there, with the DV that it speaks of"),
)  # fmt: skip
"""Numbers, what is wrong with the draft in the open, and what is checked instead."""


def markdown() -> str:
    """The page."""
    parts = [_HEAD.format(rules=len(all_rules()), setup=SETUP, home=HOME, cache=CACHE)]
    ordered = sorted(all_rules().values(), key=lambda rule: (rule.family, _number(rule)))
    for family, rules in groupby(ordered, key=lambda rule: rule.family):
        parts.append(f"## {FAMILIES[family]}\n\n| rule | severity | what must hold | published | applies to |\n"
                     "|---|---|---|---|---|\n" + "".join(map(_row, rules)))  # fmt: skip
    drafts = "".join(f"| {numbers} | {wrong} | {instead} |\n" for numbers, wrong, instead in WRONG_DRAFTS)
    parts.append(_SEEDED + _DRAFTS + drafts)
    yielding = "".join(f"| {rule.id} | {', '.join(rule.yields_to)} |\n" for rule in ordered if rule.yields_to)
    parts.append(_YIELDING + yielding)
    return "\n".join(parts)


def _number(rule: Rule) -> tuple[int, str]:
    digits = "".join(filter(str.isdigit, rule.id.partition(".")[2]))
    return (int(digits) if digits else 0, rule.id)


def _row(rule: Rule) -> str:
    where = str(rule.applies) if rule.scope == "dataset" else "the package"
    return f"| {rule.id} | {rule.severity} | {rule.sentence} | {', '.join(rule.published)} | {where} |\n"


_HEAD = """# What `oncdisc check` checks

    oncdisc check OUT                     a build, or any folder of XPT, Dataset-JSON, Parquet, sas7bdat or CSV
    oncdisc check OUT --ct FILE           against a terminology package as NCI publishes it (text, Excel, ODM-XML)
    oncdisc check OUT --html FILE --xlsx FILE --json FILE

Exit status 0: no error is open; 1: there are some; 2: what was asked is wrong and nothing was checked; 3: it could
not finish, such as where a file could not be written. A build keeps its findings as findings.json, .html and .xlsx;
other folders are never written to. {rules} rules follow; `published` names the public rules behind them.

## Terminology packages

`--ct` takes what NCI EVS publishes for SDTM, ADaM, Define-XML, Protocol and so on, and may come again: give SDTM's and
ADaM's to check both. Text and ODM-XML are read as published. Excel is published in the format of 1997 (.xls): save it
as .xlsx, or give the text. Codelists that no given file has are not checked. Without `--ct` the package counts that
the build or define.xml names, if it ships, else 2025-03-28.

## Findings that a study explains

`study.yaml` may accept findings by rule (our id or a published one), dataset and variable, with a reason:

    accept:
      - {{rule: adam.same_as_dm, dataset: ADSL, variable: DTHFL, reason: Deaths after the data cutoff are left out.}}

Accepted findings are listed with their reason and do not count for the exit status. `--guide FILE` writes all findings
with these explanations as the tables that a reviewer's guide has of them (cSDRG, ADRG). An acceptance that matches
nothing is a warning; with `always: false` (a finding that comes and goes with the data) it is information.

An acceptance explains all that its rule finds there, unless it is narrowed: by `values`, those that the findings show,
and by `where`, a condition on the records as specs have it. The rest stays open, and values that nothing was found for
are reported:

    accept:
      - {{rule: terminology.extension, dataset: TS, variable: TSVAL, values: [DAYS 1 AND 8], reason: No term says so.}}
      - {{rule: ds.once, dataset: DS, where: {{DSSCAT: STUDY TREATMENT}}, reason: Three drugs with an end each.}}

## One fault, said once

A rule that says less of the same records of the same variable gives way to one that says more of them; which those are
each rule declares, and the table at the end of this page has them. findings.json counts what was left out (`folded`),
and the page names the rule beside the one that speaks. Where the study may explain the stronger rule's finding away,
and where `--rule` runs the weaker one alone, nothing is left out.

## One file

    oncdisc check OUT/tabulations/sdtm/ae.xpt

checks that dataset, against the define.xml beside it too. Rules that ask what other datasets there are do not run. Of a
folder with a part of the datasets, those that define.xml describes and no file has are one finding that names them.

## What cannot be checked

* **Drug classes (CG0279, PCLAS of the trial summary).** Which classes there are only MED-RT says, which is not at hand:
  that TSVCDREF names it is checked (`trial.summary_dictionary`, `trial.summary_reference`), the class is not.
* **ATC codes in SUPPCM.** Which codes a drug has only WHO's index says. That a code is formed as one of its level and
  lies below the level above it is checked (`terminology.atc`, `terminology.atc_path`).
* **Codes of CDISC's terminology (CG0288)** are checked in the version that values are checked against, for parameters
  of the trial summary that have a codelist (`trial.summary_code_known`); other versions are not at hand.
* **ANLzzFL without a spec.** A flag may leave out any record, visit, subject or parameter for a reason of its own. What
  can be said without the reason is what its use elsewhere in the dataset says (the rules of `analysis.flag`).
* **Censoring without a spec.** Survival is held against the deaths of ADSL, the progressions of the package and the
  records that events come from (`tte`); when a time is censored, and by which of several rules, the study says.

## A study's spec

    oncdisc check OUT --study STUDY

takes the acceptances of the study's study.yaml, for a folder that is no build too, and derives the analysis datasets
again, by its spec, from the tabulations that OUT holds (SUPP-- joined to what it qualifies): what the spec says of an
analysis flag, a baseline, an imputed date or any other variable, and which records there are, is held against the
analysis datasets that OUT holds (`analysis.recomputed`). Without a spec nobody can know what a study means by ANLzzFL;
then the other rules of `analysis` say what must hold whatever it means, or what its use elsewhere in the dataset says.

## CDISC's rules engine

`--core` runs CDISC's open rules engine over the SDTM transport files too, and folds its findings into the report:
what a rule of ours says already is left out. The engine needs an environment of its own:

    {setup}

Its folder is given as `--core-home` or `${home}`, and the folder with the engine's rules and metadata (gzipped JSON)
as `--core-cache` or `${cache}`.
"""

_SEEDED = """## Seeded errors, here and in the rules engine

Every rule is proved by errors put into the example trial, which it finds, and near misses, which it does not:
[seeded errors](seeded_errors.md) lists them, with what CDISC's rules engine says of the same errors.

"""

_DRAFTS = """## Drafts of ADaM's rules that are wrong

Of the rules drafted in the open these are wrong as they stand, by their text or by CDISC's own examples.

| rule | what is wrong | what is checked |
|---|---|---|
"""

_YIELDING = """## Rules that give way

Where both speak of the same records, the second says it.

| rule | gives way to |
|---|---|
"""


if __name__ == "__main__":
    sys.stdout.write(markdown())
