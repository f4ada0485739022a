"""The schemas of the OpenAPI document, from the request and response models."""

import json
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from keepreel.schemas import account_responses, option_fields, queries, requests, responses, video_responses
from local.aws.template import Json
from local.paths import ROOT

REF = "#/components/schemas/{model}"
_DESCRIPTIONS = ROOT / "local/tools/field_descriptions.toml"


@lru_cache
def model(name: str) -> type[BaseModel]:
    """Return the request or response model of this name, or the dataclass of a query string."""
    modules = (queries, requests, option_fields, video_responses, responses, account_responses)
    found: type[BaseModel] = next(getattr(module, name) for module in modules if hasattr(module, name))
    return found


def schemas(names: Iterable[str]) -> dict[str, Json]:
    """Return the schemas of these models and of every model that they contain."""
    models = [(model(name), "validation") for name in sorted(names)]
    _, found = models_json_schema(models, by_alias=False, ref_template=REF)  # type: ignore[arg-type]
    return {name: _finished(name, schema) for name, schema in sorted(found["$defs"].items())}


def parameters(name: str) -> dict[str, tuple[Json, str, bool]]:
    """Return the schema, the description and whether it is required, for each parameter of a query model."""
    schema = TypeAdapter(model(name)).json_schema(by_alias=False)
    return {
        parameter: (
            {key: it for key, it in _without_titles(property).items() if (key, it) != ("default", None)},
            property.get("description") or description(name, parameter),
            parameter in schema.get("required", []),
        )
        for parameter, property in schema["properties"].items()
    }


def description(schema: str, field: str) -> str:
    """Return the field's text from the file of descriptions; empty if there is none."""
    texts = _descriptions()
    names = [it.__name__ for it in model(schema).__mro__]  # a subclass has its parent's texts
    return next((texts[name][field] for name in (*names, "fields") if field in texts.get(name, {})), "")


def parameter_description(name: str) -> str:
    """Return the text of a path parameter."""
    return _descriptions()["fields"][name]


@lru_cache
def _descriptions() -> dict[str, dict[str, str]]:
    return tomllib.loads(_DESCRIPTIONS.read_text(encoding="utf-8"))


def _finished(name: str, schema: dict[str, Json]) -> dict[str, Json]:
    schema = _without_titles(schema)
    schema = {"description": _descriptions()["schemas"].get(name, ""), **schema}
    if not (properties := schema.get("properties")):
        return schema
    fields = {field: _field(name, field, it) for field, it in properties.items()}
    for field, second in requests.second_names(model(name)):
        fields[second] = {**fields[field], "description": f"Another name for {field}, as in responses."}
    return {**schema, "properties": fields}


def _field(schema: str, name: str, field: dict[str, Json]) -> dict[str, Json]:
    """Return the field with its description, which also says the default.

    The keyword `default` is left out, because generators of types take it for "always there" and so for required.
    """
    text = field.get("description") or description(schema, name)
    if not text:
        raise ValueError(f"{schema}.{name} has no description: add one to the model or to {_DESCRIPTIONS.name}")
    if default := field.get("default"):
        text = f"{text} Default: `{json.dumps(default)}`."
    rest = {key: it for key, it in field.items() if key not in ("default", "description")}
    return {**rest, "description": text}


def _without_titles(schema: Any) -> Any:
    """Remove the titles that pydantic adds, because they only repeat the names."""
    if isinstance(schema, dict):
        fields = {key: value for key, value in schema.items() if key != "title" or not isinstance(value, str)}
        return {key: _without_titles(value) for key, value in fields.items()}
    return [_without_titles(item) for item in schema] if isinstance(schema, list) else schema
