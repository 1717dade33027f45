"""Analysis results metadata (ARM 1.0) read into the objects of the model."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from define.elements import document_refs, required, words
from define.model import AnalysisDataset, AnalysisResult, Documentation, ProgrammingCode, ResultDisplay


def display(element: Element) -> ResultDisplay:
    return ResultDisplay(
        oid=required(element, "OID"),
        name=required(element, "Name"),
        description=words(element) or "",
        documents=document_refs(element),
        results=tuple(_result(found) for found in element.findall("{arm}AnalysisResult")),
    )


def _result(element: Element) -> AnalysisResult:
    datasets = element.find("{arm}AnalysisDatasets")
    used = () if datasets is None else datasets.findall("{arm}AnalysisDataset")
    documentation, code = element.find("{arm}Documentation"), element.find("{arm}ProgrammingCode")
    return AnalysisResult(
        oid=required(element, "OID"),
        description=words(element) or "",
        reason=required(element, "AnalysisReason"),
        purpose=required(element, "AnalysisPurpose"),
        datasets=tuple(_dataset(found) for found in used),
        parameter=element.get("ParameterOID"),
        datasets_comment=None if datasets is None else datasets.get("{def}CommentOID"),
        documentation=None if documentation is None else _documentation(documentation),
        code=None if code is None else _code(code),
    )


def _dataset(element: Element) -> AnalysisDataset:
    clause = element.find("{def}WhereClauseRef")
    return AnalysisDataset(
        dataset=required(element, "ItemGroupOID"),
        where=None if clause is None else required(clause, "WhereClauseOID"),
        variables=tuple(required(found, "ItemOID") for found in element.findall("{arm}AnalysisVariable")),
    )


def _documentation(element: Element) -> Documentation:
    return Documentation(words(element) or "", document_refs(element))


def _code(element: Element) -> ProgrammingCode:
    code = element.find("{arm}Code")
    return ProgrammingCode(element.get("Context"), None if code is None else code.text or "", document_refs(element))
