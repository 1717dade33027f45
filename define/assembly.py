"""A document from a resolved spec and the profile of its data: what define.xml says is what built the data."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from define.catalog import Catalog
from define.model import (
    Comment,
    Document,
    DocumentRef,
    File,
    ItemGroup,
    Leaf,
    ResultDisplay,
    Standard,
    Study,
    SubClass,
    ValueList,
    WhereClause,
)
from define.naming import oid
from define.observed import Observed
from define.variables import Items, Lengths, Variables
from specs.profile import Profile
from specs.resolved import Dataset, Engine, Spec
from specs.standard import standard

# The order of classes in a define.xml for an agency: SDTM Metadata Submission Guidelines 2.0, section 3.
_CLASSES = (
    "TRIAL DESIGN",
    "STUDY REFERENCE",
    "SPECIAL PURPOSE",
    "INTERVENTIONS",
    "EVENTS",
    "FINDINGS",
    "FINDINGS ABOUT",
    "RELATIONSHIP",
    "SUBJECT LEVEL ANALYSIS DATASET",
    "BASIC DATA STRUCTURE",
    "OCCURRENCE DATA STRUCTURE",
    "ADAM OTHER",
)
_EPOCH = "1960-01-01T00:00:00"
"""The creation time where neither the study nor SOURCE_DATE_EPOCH gives one: a clock would change the bytes."""
_ANNOTATED_CRF = "acrf"
_ONE_ENGINE = {"acrf": "sdtm", "csdrg": "sdtm", "adrg": "adam"}


@dataclass(frozen=True, slots=True)
class Analyses:
    """Analysis results, with the where clauses, documents and comments that they alone refer to.

    Items, datasets and documents of the study are referred to by the identifiers that `oid` makes:
    `IG.ADTTE`, `IT.ADTTE.AVAL`, `LF.adrg`.
    """

    displays: tuple[ResultDisplay, ...] = ()
    where_clauses: tuple[WhereClause, ...] = ()
    leaves: tuple[Leaf, ...] = ()
    comments: tuple[Comment, ...] = ()


def from_spec(
    spec: Spec,
    engine: Engine,
    names: Iterable[str],
    profile: Profile | None,
    lengths: Lengths,
    analyses: Analyses | None = None,
) -> Document:
    """The define.xml of one engine's datasets.

    `names` are the datasets that were built, `lengths` the bytes of text variables in the transport files.
    Without a profile the document is of the data as planned: no lengths, no word on what is empty.
    What the spec names and nobody defines was refused when it was loaded (`specs.definitions`).
    """
    analyses = analyses or Analyses()
    catalog, seen = Catalog(spec, engine), Observed(profile)
    documents = _leaves(spec, engine)
    crf = _annotated_crf(documents)
    datasets = sorted((spec.datasets[name] for name in names), key=_agency_order)
    guides = _guides(spec, engine, datasets)
    made = [(dataset, Variables(spec, dataset, catalog, seen, lengths, crf).items()) for dataset in datasets]
    groups = tuple(_group(dataset, items, catalog, seen, guides) for dataset, items in made)
    return Document(
        file=_file(spec, engine),
        study=_study(spec),
        oid=oid("MDV", spec.study.study, _title(engine)),
        name=f"Study {spec.study.study}, {_title(engine)} data definitions",
        standards=(*dict.fromkeys(guides.values()), *catalog.packages),
        annotated_crf=(DocumentRef(crf),) if crf else (),
        supplemental=tuple(DocumentRef(leaf.oid) for leaf in documents if leaf.oid != crf),
        value_lists=_value_lists(made),
        where_clauses=(*_where_clauses(made), *analyses.where_clauses),
        datasets=groups,
        items=tuple(item for _, items in made for item in items.definitions),
        codelists=catalog.codelists,
        methods=tuple(catalog.methods),
        comments=(*catalog.comments, *analyses.comments),
        leaves=(*documents, *analyses.leaves),
        displays=analyses.displays,
    )


def _title(engine: Engine) -> str:
    return "SDTM" if engine == "sdtm" else "ADaM"


def _value_lists(made: list[tuple[Dataset, Items]]) -> tuple[ValueList, ...]:
    return tuple(values for _, items in made for values in items.value_lists)


def _where_clauses(made: list[tuple[Dataset, Items]]) -> tuple[WhereClause, ...]:
    return tuple(clause for _, items in made for clause in items.where_clauses.values())


def _file(spec: Spec, engine: Engine) -> File:
    return File(
        oid=f"{spec.study.study}.{_title(engine)}.define",
        created=created(spec),
        originator=None,
        source_system="oncdisc",
    )


def created(spec: Spec) -> str:
    """When the file is said to be made: the study's timestamp, else SOURCE_DATE_EPOCH, else SAS's day 0."""
    if spec.study.created is not None:
        return spec.study.created.isoformat(timespec="seconds")
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    if seconds.isdigit():
        return datetime.fromtimestamp(int(seconds), UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    return _EPOCH


def _study(spec: Spec) -> Study:
    study = spec.study
    return Study(oid("ST", study.study), study.study, study.description or study.title, study.protocol or study.study)


def _leaves(spec: Spec, engine: Engine) -> tuple[Leaf, ...]:
    """The study's documents that belong beside these datasets."""
    return tuple(
        Leaf(oid("LF", key), document.file, document.title)
        for key, document in spec.study.documents.items()
        if _ONE_ENGINE.get(key, engine) == engine
    )


def _annotated_crf(documents: tuple[Leaf, ...]) -> str | None:
    wanted = oid("LF", _ANNOTATED_CRF)
    return wanted if any(leaf.oid == wanted for leaf in documents) else None


def class_name(dataset: Dataset) -> str:
    """The class as the terminology of Define-XML writes it."""
    return dataset.class_.replace("-", " ").upper()


def _agency_order(dataset: Dataset) -> tuple[int, str]:
    name = class_name(dataset)
    return _CLASSES.index(name) if name in _CLASSES else len(_CLASSES), dataset.name


def _guides(spec: Spec, engine: Engine, datasets: Iterable[Dataset]) -> dict[str, Standard]:
    """The implementation guide of each dataset that follows one."""
    name = spec.study.standards.sdtm if engine == "sdtm" else spec.study.standards.adam
    guide, _, version = name.partition(" ")
    main = Standard(oid("STD", guide), guide, "IG", version)
    occurrences = Standard(oid("STD", "ADaM-OCCDSIG"), "ADaM-OCCDSIG", "IG", "1.1")
    known = standard(name)
    found: dict[str, Standard] = {}
    for dataset in datasets:
        if engine == "adam" and class_name(dataset) == "OCCURRENCE DATA STRUCTURE":
            found[dataset.name] = occurrences
        elif engine == "adam" or dataset.name in known:
            found[dataset.name] = main
    return dict(sorted(found.items(), key=lambda pair: pair[1] is not main))


def _group(dataset: Dataset, items: Items, catalog: Catalog, seen: Observed, guides: dict[str, Standard]) -> ItemGroup:
    sdtm, empty = dataset.engine == "sdtm", seen.records(dataset.name) == 0 and not seen.planned
    guide = guides.get(dataset.name)
    file = f"{dataset.name.lower()}.xpt"
    note = dataset.comment or ("The dataset has no records." if empty else None)
    return ItemGroup(
        oid=oid("IG", dataset.name),
        name=dataset.name,
        label=dataset.label or dataset.name,
        structure=dataset.structure,
        purpose="Tabulation" if sdtm else "Analysis",
        class_name=class_name(dataset) or None,
        subclasses=(SubClass(dataset.subclass.upper()),) if dataset.subclass else (),
        domain=_domain(dataset) if sdtm else None,
        sas_name=dataset.name,
        repeating=not dataset.one_per_subject and dataset.scope != "study",
        reference_data=dataset.scope == "study",
        is_non_standard=guide is None,
        has_no_data=empty,
        standard=guide.oid if guide else None,
        comment=catalog.comment(oid("COM", dataset.name), note),
        items=tuple(items.refs),
        leaf=Leaf(oid("LF", dataset.name), file, file),
    )


def _domain(dataset: Dataset) -> str:
    """The domain that a dataset holds: SUPP-- and split datasets have that of their parent."""
    if dataset.name.startswith("SUPP"):
        return dataset.name.removeprefix("SUPP")
    domains = {str(part.constants["DOMAIN"]) for part in dataset.slices.values() if "DOMAIN" in part.constants}
    return domains.pop() if len(domains) == 1 else dataset.name
