"""Elements of a define.xml, with short names such as `{def}Origin`, read into the objects of the model."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from define.errors import ReadError
from define.model import (
    COMPARATORS,
    Alias,
    CodeList,
    Comment,
    DocumentRef,
    ExternalDictionary,
    FormalExpression,
    ItemDef,
    ItemGroup,
    ItemRef,
    Leaf,
    Method,
    Origin,
    PageRef,
    RangeCheck,
    Standard,
    SubClass,
    Term,
    ValueList,
    WhereClause,
)

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def required(element: Element, name: str) -> str:
    """An attribute that must be there; raises `ReadError` naming the element."""
    value = element.get(name)
    if value is None:
        raise ReadError(f"{named(element)} has no {name}")
    return value


def named(element: Element) -> str:
    """An element as people find it: its name and its identifier."""
    identifier = element.get("OID") or element.get("ID") or element.get("ItemOID") or element.get("CodedValue")
    return f"{element.tag} {identifier}" if identifier else str(element.tag)


def whole_number(element: Element, name: str) -> int | None:
    """A whole number, or None where the attribute is missing or blank."""
    value = (element.get(name) or "").strip()
    if not value:
        return None
    try:
        return int(value)
    except ValueError as error:
        raise ReadError(f"{named(element)}: {name} is {value!r}, expected a whole number") from error


def number(element: Element, name: str) -> float | None:
    """A number, or None where the attribute is missing or blank."""
    value = (element.get(name) or "").strip()
    if not value:
        return None
    try:
        return float(value)
    except ValueError as error:
        raise ReadError(f"{named(element)}: {name} is {value!r}, expected a number") from error


def yes(element: Element, name: str) -> bool:
    """Whether an attribute says Yes."""
    return element.get(name) == "Yes"


def content(element: Element, path: str) -> str:
    """The text of a child element, stripped; empty where there is none."""
    return (element.findtext(path) or "").strip()


def words(element: Element, path: str = "Description") -> str | None:
    """The translated text of a child: English, or without a language, or else the first one."""
    child = element.find(path)
    if child is None:
        return None
    texts = child.findall("TranslatedText") or [child]
    english = [text for text in texts if (text.get(_LANGUAGE) or "en").lower().startswith("en")]
    return ((english or texts)[0].text or "").strip()


def aliases(element: Element) -> tuple[Alias, ...]:
    return tuple(Alias(alias.get("Context", ""), alias.get("Name", "")) for alias in element.findall("Alias"))


def document_refs(element: Element | None) -> tuple[DocumentRef, ...]:
    """The document references inside an element; none where the element is missing."""
    found = () if element is None else element.findall("{def}DocumentRef")
    return tuple(
        DocumentRef(required(ref, "leafID"), tuple(_page_ref(page) for page in ref.findall("{def}PDFPageRef")))
        for ref in found
    )


def _page_ref(element: Element) -> PageRef:
    return PageRef(
        type=element.get("Type", "PhysicalRef"),
        pages=tuple((element.get("PageRefs") or "").split()),
        first=whole_number(element, "FirstPage"),
        last=whole_number(element, "LastPage"),
        title=element.get("Title"),
    )


def leaf(element: Element) -> Leaf:
    return Leaf(required(element, "ID"), element.get("{xlink}href", ""), content(element, "{def}title"))


def standard(element: Element) -> Standard:
    return Standard(
        oid=required(element, "OID"),
        name=required(element, "Name"),
        type=required(element, "Type"),
        version=required(element, "Version"),
        status=element.get("Status", "Final"),
        publishing_set=element.get("PublishingSet"),
        comment=element.get("{def}CommentOID"),
    )


def value_list(element: Element) -> ValueList:
    refs = tuple(item_ref(ref) for ref in element.findall("ItemRef"))
    return ValueList(required(element, "OID"), refs, words(element))


def where_clause(element: Element) -> WhereClause:
    checks = tuple(_range_check(check) for check in element.findall("RangeCheck"))
    return WhereClause(required(element, "OID"), checks, element.get("{def}CommentOID"))


def _range_check(element: Element) -> RangeCheck:
    comparator = required(element, "Comparator")
    if comparator not in COMPARATORS:
        raise ReadError(f"RangeCheck: Comparator is {comparator!r}, expected one of {', '.join(COMPARATORS)}")
    return RangeCheck(
        item=required(element, "{def}ItemOID"),
        comparator=comparator,
        values=tuple(value.text or "" for value in element.findall("CheckValue")),
        soft_hard=element.get("SoftHard", "Soft"),
    )


def item_ref(element: Element) -> ItemRef:
    return ItemRef(
        item=required(element, "ItemOID"),
        order=whole_number(element, "OrderNumber"),
        mandatory=yes(element, "Mandatory"),
        key_sequence=whole_number(element, "KeySequence"),
        method=element.get("MethodOID"),
        role=element.get("Role"),
        role_codelist=element.get("RoleCodeListOID"),
        is_non_standard=yes(element, "{def}IsNonStandard"),
        has_no_data=yes(element, "{def}HasNoData"),
        where=tuple(required(ref, "WhereClauseOID") for ref in element.findall("{def}WhereClauseRef")),
    )


def item_group(element: Element) -> ItemGroup:
    """A dataset; 2.0 has its class in an attribute, 2.1 in an element."""
    kind, file = element.find("{def}Class"), element.find("{def}leaf")
    subclasses = () if kind is None else kind.findall("{def}SubClass")
    return ItemGroup(
        oid=required(element, "OID"),
        name=required(element, "Name"),
        label=words(element),
        structure=element.get("{def}Structure", ""),
        purpose=element.get("Purpose"),
        class_name=element.get("{def}Class") if kind is None else kind.get("Name"),
        subclasses=tuple(SubClass(required(sub, "Name"), sub.get("ParentClass")) for sub in subclasses),
        domain=element.get("Domain"),
        sas_name=element.get("SASDatasetName"),
        repeating=yes(element, "Repeating"),
        reference_data=yes(element, "IsReferenceData") if element.get("IsReferenceData") else None,
        is_non_standard=yes(element, "{def}IsNonStandard"),
        has_no_data=yes(element, "{def}HasNoData"),
        standard=element.get("{def}StandardOID"),
        comment=element.get("{def}CommentOID"),
        items=tuple(item_ref(ref) for ref in element.findall("ItemRef")),
        aliases=aliases(element),
        leaf=None if file is None else leaf(file),
    )


def item(element: Element) -> ItemDef:
    return ItemDef(
        oid=required(element, "OID"),
        name=required(element, "Name"),
        data_type=required(element, "DataType"),
        label=words(element),
        length=whole_number(element, "Length"),
        significant_digits=whole_number(element, "SignificantDigits"),
        sas_name=element.get("SASFieldName"),
        display_format=element.get("{def}DisplayFormat"),
        codelist=_target(element, "CodeListRef", "CodeListOID"),
        origins=tuple(_origin(origin) for origin in element.findall("{def}Origin")),
        value_list=_target(element, "{def}ValueListRef", "ValueListOID"),
        comment=element.get("{def}CommentOID"),
        aliases=aliases(element),
    )


def _target(element: Element, child: str, attribute: str) -> str | None:
    found = element.find(child)
    return None if found is None else required(found, attribute)


def _origin(element: Element) -> Origin:
    return Origin(required(element, "Type"), element.get("Source"), words(element), document_refs(element))


def codelist(element: Element) -> CodeList:
    outside = element.find("ExternalCodeList")
    return CodeList(
        oid=required(element, "OID"),
        name=required(element, "Name"),
        data_type=element.get("DataType", "text"),
        terms=tuple(_terms(element)),
        external=None if outside is None else _dictionary(outside),
        standard=element.get("{def}StandardOID"),
        is_non_standard=yes(element, "{def}IsNonStandard"),
        sas_format=element.get("SASFormatName"),
        description=words(element),
        comment=element.get("{def}CommentOID"),
        aliases=aliases(element),
    )


def _dictionary(element: Element) -> ExternalDictionary:
    return ExternalDictionary(
        element.get("Dictionary"), element.get("Version"), element.get("ref"), element.get("href")
    )


def _terms(element: Element) -> Iterator[Term]:
    for found in element:
        if found.tag in ("CodeListItem", "EnumeratedItem"):
            yield Term(
                value=required(found, "CodedValue"),
                decode=words(found, "Decode"),
                order=whole_number(found, "OrderNumber"),
                rank=number(found, "Rank"),
                extended=yes(found, "{def}ExtendedValue"),
                description=words(found),
                aliases=aliases(found),
            )


def method(element: Element) -> Method:
    expressions = element.findall("FormalExpression")
    return Method(
        oid=required(element, "OID"),
        name=required(element, "Name"),
        description=words(element) or "",
        type=element.get("Type"),
        expressions=tuple(FormalExpression(found.get("Context"), found.text or "") for found in expressions),
        documents=document_refs(element),
        aliases=aliases(element),
    )


def comment(element: Element) -> Comment:
    return Comment(required(element, "OID"), words(element) or "", document_refs(element))
