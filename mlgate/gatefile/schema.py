"""The JSON Schema (draft 2020-12) of gate files, made from the same types that the loader validates with."""

from __future__ import annotations

import inspect
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from mlgate.core import registry
from mlgate.core.check import Check
from mlgate.core.gate import Dataset, Model, Policy, Waiver

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NAMES = {"pattern": r"^[A-Za-z0-9_.\-]+$"}


def json_schema() -> dict[str, Any]:
    """The schema of a whole gate file, kinds of third parties included. Raises `PluginError` where a kind does not load."""
    kinds: dict[str, type[Check]] = {name: registry.load("checks", name) for name in registry.entries("checks")}
    specs: list[type[BaseModel]] = [Policy, Dataset, Model, Waiver, *kinds.values()]
    refs, definitions = models_json_schema([(spec, "validation") for spec in specs], ref_template="#/$defs/{model}")
    defs: dict[str, Any] = _without_null(definitions.get("$defs", {}))
    for name, cls in kinds.items():
        _add_kind(defs[_key(refs[cls, "validation"])], name, cls)
    return {
        "$schema": _DIALECT,
        "title": "mlgate gate file",
        "type": "object",
        "properties": {
            "mlgate": {"const": 1, "description": "The format version; the first key of the file."},
            "policy": refs[Policy, "validation"],
            "datasets": _named(refs[Dataset, "validation"]),
            "models": _named(refs[Model, "validation"]),
            "checks": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/check"}},
            "waivers": {"type": "array", "items": refs[Waiver, "validation"]},
        },
        "required": ["mlgate", "checks"],
        "additionalProperties": False,
        "$defs": {"check": _check({name: refs[cls, "validation"] for name, cls in kinds.items()}), **defs},
    }


def _check(refs: dict[str, Any]) -> dict[str, Any]:
    """Any check: its `kind` decides which other keys it has."""
    cases = [{"if": {"properties": {"kind": {"const": name}}, "required": ["kind"]}, "then": ref} for name, ref in refs.items()]
    return {"type": "object", "properties": {"kind": {"enum": list(refs)}}, "required": ["id", "kind"], "allOf": cases}


def _add_kind(definition: dict[str, Any], name: str, cls: type[Check]) -> None:
    definition["properties"] = {"kind": {"const": name}, **definition.get("properties", {})}
    definition["additionalProperties"] = False
    doc = inspect.cleandoc(cls.__dict__.get("__doc__") or "")
    if doc:
        definition["description"] = doc


def _named(ref: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "propertyNames": _NAMES, "additionalProperties": ref}


def _key(ref: dict[str, Any]) -> str:
    return str(ref["$ref"]).removeprefix("#/$defs/")


def _without_null(schema: Any, *, member: bool = False) -> Any:
    """The same schema without null, members of lists excepted: an empty value in a gate file is a fault, an optional key is left out."""
    if isinstance(schema, list):
        return [_without_null(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _without_null(part, member=key == "items") for key, part in schema.items() if not (key == "default" and part is None)}
    if plain.get("type") == "string" and not isinstance(plain.get("default", ""), str):
        del plain["default"]  # a duration's, in seconds: no text an editor could insert
    options = plain.get("anyOf")
    if isinstance(options, list) and not member:
        options = [option for option in options if option != {"type": "null"}]
        if len(options) == 1:
            del plain["anyOf"]
            return {**options[0], **plain}
        plain["anyOf"] = options
    return plain
