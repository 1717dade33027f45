"""Define-XML 2.0 said in the words of 2.1.

2.1 replaced the standard's name by a list of standards, gave origins a source and took CRF and eDT out of
the origin types. Source: Define-XML Specification 2.1, changes since 2.0.
"""

from __future__ import annotations

from dataclasses import replace

from define.model import Document, Origin

WRITTEN_VERSION = "2.1.0"
_ORIGINS = {
    "CRF": ("Collected", "Investigator"),
    "eDT": ("Collected", "Vendor"),
    "EDT": ("Collected", "Vendor"),
}
_STANDARDS = {"SDTM-IG": "SDTMIG", "ADaM-IG": "ADaMIG", "SEND-IG": "SENDIG"}


def upgraded(document: Document) -> Document:
    """The document itself if it is 2.1; else what it says, said in 2.1."""
    if not document.define_version.startswith("2.0"):
        return document
    standards = tuple(replace(one, name=_STANDARDS.get(one.name, one.name)) for one in document.standards)
    guide = standards[0].oid if standards else None
    return replace(
        document,
        define_version=WRITTEN_VERSION,
        standards=standards,
        file=replace(document.file, context=document.file.context or "Submission"),
        datasets=tuple(replace(group, standard=group.standard or guide) for group in document.datasets),
        items=tuple(
            replace(item, origins=tuple(_origin(origin) for origin in item.origins)) for item in document.items
        ),
    )


def _origin(origin: Origin) -> Origin:
    """An origin with a type that 2.1 knows; who collected is what the type of 2.0 implied."""
    kind, source = _ORIGINS.get(origin.type, (origin.type, origin.source))
    return replace(origin, type=kind, source=origin.source or source)
