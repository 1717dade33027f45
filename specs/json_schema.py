"""The JSON Schema of the spec files, so that an editor completes and checks them as they are typed."""

from __future__ import annotations

from typing import Any

from specs import registry
from specs.models import Attributes, DatasetFile, StudyFile
from specs.registry import Definition, Kind

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def study_schema() -> dict[str, Any]:
    """The schema of study.yaml."""
    return {"$schema": _DRAFT, "title": "study.yaml", **StudyFile.model_json_schema(by_alias=True)}


def dataset_schema() -> dict[str, Any]:
    """The schema of a dataset's file: every registered derivation with its arguments."""
    definitions: dict[str, Any] = {}
    variable = _variable(definitions)
    definitions["variables"] = {"type": "object", "additionalProperties": {"$ref": "#/$defs/variable"}}
    definitions["variable"] = variable
    definitions["item"] = {**definitions["variables"], "properties": {"where": {"type": "object"}}}
    definitions["slice"] = _slice(definitions)
    schema = DatasetFile.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    definitions |= schema.pop("$defs", {})
    for kind in ("records", "parameters"):
        schema["properties"][kind] = {"type": "array", "items": {"$ref": "#/$defs/slice"}}
    schema["properties"]["variables"] = {"$ref": "#/$defs/variables"}
    return {"$schema": _DRAFT, **schema, "$defs": dict(sorted(definitions.items()))}


def _with_options(model: dict[str, Any]) -> dict[str, Any]:
    """A model's schema in which a build option, `$name`, may stand for any argument."""
    option = {"type": "string", "pattern": r"^\$[a-z][a-z0-9_]*$"}
    properties = {name: {"anyOf": [schema, option]} for name, schema in model.get("properties", {}).items()}
    return {**model, "properties": properties}


def _arguments(definition: Definition, definitions: dict[str, Any]) -> dict[str, Any]:
    schema = definition.model.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    definitions |= {name: _with_options(nested) for name, nested in schema.pop("$defs", {}).items()}
    name = f"{definition.kind} {definition.name}"
    definitions[name] = {**_with_options(schema), "description": definition.summary}
    whole: dict[str, Any] = {"$ref": f"#/$defs/{name}"}
    if definition.short is None:
        return whole
    short = schema["properties"].get(definition.short, {})
    return {"anyOf": [whole, {key: value for key, value in short.items() if key != "title"}]}


def _named(kind: Kind, definitions: dict[str, Any]) -> dict[str, Any]:
    return {definition.name: _arguments(definition, definitions) for definition in registry.definitions(kind)}


def _variable(definitions: dict[str, Any]) -> dict[str, Any]:
    attributes = Attributes.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    definitions |= attributes.pop("$defs", {})
    properties = {**attributes["properties"], **_named("variable", definitions)}
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": False}


def _slice(definitions: dict[str, Any]) -> dict[str, Any]:
    named = _named("records", definitions)
    flat = registry.find("records", "from")
    properties: dict[str, Any] = {
        "id": {"type": "string"},
        "comment": {"type": "string"},
        "variables": {"$ref": "#/$defs/variables"},
        "unpivot": {
            "type": "object",
            "properties": {
                "key": {"type": "string"},
                "items": {"type": "object", "additionalProperties": {"$ref": "#/$defs/item"}},
            },
            "required": ["key", "items"],
            "additionalProperties": False,
        },
        **{name: schema for name, schema in named.items() if name != "from"},
    }
    if flat is not None:
        properties |= flat.model.model_json_schema(by_alias=True)["properties"]
    constants = {"^[A-Z][A-Z0-9]{0,7}$": {"type": ["string", "number"]}}
    return {
        "type": "object",
        "properties": properties,
        "patternProperties": constants,
        "additionalProperties": False,
    }
