"""A small ADaM document in which every element of the model occurs."""

from __future__ import annotations

import pytest

from define.model import (
    Alias,
    AnalysisDataset,
    AnalysisResult,
    CodeList,
    Comment,
    Document,
    Documentation,
    DocumentRef,
    ExternalDictionary,
    File,
    FormalExpression,
    ItemDef,
    ItemGroup,
    ItemRef,
    Leaf,
    Method,
    Origin,
    PageRef,
    ProgrammingCode,
    RangeCheck,
    ResultDisplay,
    Standard,
    Study,
    SubClass,
    Term,
    ValueList,
    WhereClause,
)

GUIDE = DocumentRef("LF.ADRG", (PageRef(pages=("12", "13")), PageRef(first=20, last=22, title="Endpoints")))


def nci(code: str) -> tuple[Alias, ...]:
    return (Alias("nci:ExtCodeID", code),)


@pytest.fixture(scope="session")
def example() -> Document:
    """ADTTE with PFS and OS, an empty ADAE, and one analysis of PFS."""
    return Document(
        file=File(
            "www.example.org/X1/adam",
            "2026-01-31T12:00:00",
            originator="Example & Co",
            source_system="oncdisc",
        ),
        study=Study("ST.X1", "X1", 'A trial of "X" <1>', "X1-P"),
        oid="MDV.X1",
        name="Study X1, Data Definitions",
        description="Analysis datasets of X1",
        comment="COM.MDV",
        standards=standards(),
        annotated_crf=(DocumentRef("LF.ACRF"),),
        supplemental=(GUIDE,),
        value_lists=value_lists(),
        where_clauses=where_clauses(),
        datasets=datasets(),
        items=items(),
        codelists=codelists(),
        methods=methods(),
        comments=comments(),
        leaves=(
            Leaf("LF.ACRF", "acrf.pdf", "Annotated CRF"),
            Leaf("LF.ADRG", "adrg.pdf", "Reviewer's guide"),
        ),
        displays=displays(),
    )


def standards() -> tuple[Standard, ...]:
    return (
        Standard("STD.1", "ADaMIG", "IG", "1.3", comment="COM.STD"),
        Standard("STD.2", "CDISC/NCI", "CT", "2025-03-28", publishing_set="ADaM"),
        Standard("STD.3", "ADaM-OCCDSIG", "IG", "1.1"),
    )


def value_lists() -> tuple[ValueList, ...]:
    refs = (
        ItemRef("IT.ADTTE.AVAL.PFS", 1, True, method="MT.PFS", where=("WC.PFS",)),
        ItemRef("IT.ADTTE.AVAL.OTHER", 2, has_no_data=True, where=("WC.OTHER",)),
    )
    return (ValueList("VL.ADTTE.AVAL", refs, "By parameter"),)


def where_clauses() -> tuple[WhereClause, ...]:
    parameter = "IT.ADTTE.PARAMCD"
    return (
        WhereClause("WC.PFS", (RangeCheck(parameter, "EQ", ("PFS",)),)),
        WhereClause("WC.OTHER", (RangeCheck(parameter, "NOTIN", ("PFS", "DOR")),), "COM.WC"),
        WhereClause("WC.PFS.N", (RangeCheck(parameter, "EQ", ("PFS",)), RangeCheck("IT.ADTTE.AVAL", "GT", ("0",)))),
    )


def datasets() -> tuple[ItemGroup, ...]:
    adtte = ItemGroup(
        oid="IG.ADTTE",
        name="ADTTE",
        label="Time to Event Analysis",
        structure="one record per subject per parameter",
        purpose="Analysis",
        class_name="BASIC DATA STRUCTURE",
        subclasses=(SubClass("TIME-TO-EVENT", "BASIC DATA STRUCTURE"),),
        sas_name="ADTTE",
        repeating=True,
        reference_data=False,
        standard="STD.1",
        comment="COM.ADTTE",
        items=(
            ItemRef("IT.ADTTE.USUBJID", 1, True, key_sequence=1, role="Identifier", role_codelist="CL.ROLE"),
            ItemRef("IT.ADTTE.PARAMCD", 2, True, key_sequence=2),
            ItemRef("IT.ADTTE.AVAL", 3, False, method="MT.AVAL"),
            ItemRef("IT.ADTTE.SITEX", 4, False, is_non_standard=True),
        ),
        aliases=(Alias("DomainDescription", "Time to Event"),),
        leaf=Leaf("LF.ADTTE", "adtte.xpt", "adtte.xpt"),
    )
    adae = ItemGroup(
        oid="IG.ADAE",
        name="ADAE",
        label="Adverse Events Analysis",
        structure="one record per subject per event",
        purpose="Analysis",
        class_name="OCCURRENCE DATA STRUCTURE",
        domain="ADAE",
        reference_data=False,
        is_non_standard=True,
        has_no_data=True,
        comment="COM.ADAE",
        items=(ItemRef("IT.ADAE.AEDECOD", 1, True),),
    )
    return adtte, adae


def items() -> tuple[ItemDef, ...]:
    predecessor = (Origin("Predecessor", description="ADSL.USUBJID"),)
    collected = Origin("Collected", "Investigator", documents=(DocumentRef("LF.ACRF", (PageRef(pages=("7",)),)),))
    derived = (Origin("Derived", "Sponsor"),)
    return (
        ItemDef("IT.ADTTE.USUBJID", "USUBJID", "text", "Unique Subject Identifier", 20, origins=predecessor),
        ItemDef("IT.ADTTE.PARAMCD", "PARAMCD", "text", "Parameter Code", 8, codelist="CL.PARAMCD", origins=derived),
        ItemDef(
            "IT.ADTTE.AVAL",
            "AVAL",
            "float",
            "Analysis Value",
            8,
            2,
            sas_name="AVAL",
            display_format="8.2",
            origins=derived,
            value_list="VL.ADTTE.AVAL",
            comment="COM.AVAL",
            aliases=(Alias("x", "y"),),
        ),
        ItemDef("IT.ADTTE.SITEX", "SITEX", "text", "Site Group", 4, codelist="CL.SITE", origins=(collected,)),
        ItemDef("IT.ADTTE.AVAL.PFS", "PFS", "integer", "PFS in days", 4, origins=derived),
        ItemDef("IT.ADTTE.AVAL.OTHER", "OTHER", "float", None, 8, 2, origins=derived),
        ItemDef(
            "IT.ADAE.AEDECOD",
            "AEDECOD",
            "text",
            "Preferred Term",
            40,
            codelist="CL.MEDDRA",
            origins=predecessor,
        ),
    )


def codelists() -> tuple[CodeList, ...]:
    return (
        CodeList(
            "CL.PARAMCD",
            "Parameter Code",
            terms=(
                Term("PFS", "Progression-Free Survival (days)", 1, rank=1.0),
                Term(
                    "OS",
                    "Overall Survival (days)",
                    2,
                    rank=2.5,
                    extended=True,
                    description="Own",
                    aliases=nci("C1"),
                ),
            ),
            standard="STD.2",
            sas_format="$PARCD",
            description="Parameters",
            comment="COM.CL",
            aliases=nci("C81225"),
        ),
        CodeList(
            "CL.SITE",
            "Site",
            terms=(Term("A", order=1), Term("B", order=2, aliases=nci("C2"))),
            is_non_standard=True,
        ),
        CodeList("CL.ROLE", "Role", terms=(Term("Identifier"),), is_non_standard=True),
        CodeList(
            "CL.MEDDRA",
            "MedDRA",
            external=ExternalDictionary("MedDRA", "27.1", href="https://www.meddra.org/"),
        ),
    )


def methods() -> tuple[Method, ...]:
    return (
        Method("MT.AVAL", "ADTTE.AVAL", "ADT minus STARTDT, plus 1"),
        Method(
            "MT.PFS",
            "PFS",
            "Days to progression\nor death",
            "Other",
            (FormalExpression("Python", "  if a < b and c:\n\treturn 'x'\n"), FormalExpression("SAS", "x")),
            (GUIDE,),
            (Alias("a", "b"),),
        ),
    )


def comments() -> tuple[Comment, ...]:
    plain = ("MDV", "STD", "WC", "ADTTE", "ADAE", "AVAL", "CL", "ARM")
    return (
        *(Comment(f"COM.{name}", f"About {name}") for name in plain[:-1]),
        Comment("COM.ARM", "Joined", (GUIDE,)),
    )


def displays() -> tuple[ResultDisplay, ...]:
    result = AnalysisResult(
        oid="AR.1",
        description="Median PFS",
        reason="SPECIFIED IN SAP",
        purpose="PRIMARY OUTCOME MEASURE",
        datasets=(AnalysisDataset("IG.ADTTE", "WC.PFS.N", ("IT.ADTTE.AVAL",)), AnalysisDataset("IG.ADAE")),
        parameter="IT.ADTTE.PARAMCD",
        datasets_comment="COM.ARM",
        documentation=Documentation("Kaplan-Meier", (GUIDE,)),
        code=ProgrammingCode("Python", "fit(a < b)\n", (DocumentRef("LF.ADRG"),)),
    )
    second = AnalysisResult(
        "AR.2", "Events", "DATA DRIVEN", "EXPLORATORY OUTCOME MEASURE", (AnalysisDataset("IG.ADTTE"),)
    )
    return (ResultDisplay("RD.1", "Table 14.2.1", "Progression-free survival", (GUIDE,), (result, second)),)
