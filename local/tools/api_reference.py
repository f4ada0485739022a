"""The generated sections of docs/api.md, from functions/web/openapi.json."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from local.paths import ROOT
from local.tools.markdown import code, table

OPENAPI = ROOT / "functions/web/openapi.json"


def operations() -> str:
    """Return one section per tag and one entry per operation."""
    document = _document()
    parts = []
    for tag in document["tags"]:
        parts.append(f"## {tag['name'].capitalize()}")
        for path, methods in document["paths"].items():
            parts += [_operation(method, path, it) for method, it in methods.items() if tag["name"] in it["tags"]]
    return "\n\n".join(parts)


def errors() -> str:
    """Return one table of all error statuses; every operation lists the ones that it can return."""
    meanings = {
        status: response["description"]
        for methods in _document()["paths"].values()
        for it in methods.values()
        for status, response in it["responses"].items()
        if _is_error(status)
    }
    return table(("status", "meaning"), sorted(meanings.items()))


def schemas() -> str:
    """Return one table of fields per schema."""
    found = _document()["components"]["schemas"]
    return "\n\n".join(
        f"### {name}\n\n{_fields(it, is_request=name.endswith('Request'))}" for name, it in found.items()
    )


@lru_cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(OPENAPI.read_text(encoding="utf-8"))
    return document


def _operation(method: str, path: str, it: dict[str, Any]) -> str:
    access = "No token needed." if it.get("security") == [] else ""
    text = " ".join(filter(None, (f"{it['summary']}.", it.get("description"), access)))
    lines = [f"### {method.upper()} {path}", text]
    if parameters := [_parameter(parameter) for parameter in it["parameters"] if parameter["in"] != "path"]:
        lines.append(table(("parameter", "in", "type", "meaning"), parameters))
    if body := it.get("requestBody"):
        lines.append(f"Request body{'' if body['required'] else ' (optional)'}: {_content(body)}.")
    lines.append(table(("status", "meaning", "body"), _successes(it)))
    if errors := [status for status in it["responses"] if _is_error(status)]:
        lines.append(f"Errors: {', '.join(errors)}.")
    return "\n\n".join(lines)


def _is_error(status: str) -> bool:
    return status >= "400"


def _parameter(it: dict[str, Any]) -> tuple[str, str, str, str]:
    name = f"`{it['name']}`{' (required)' if it.get('required') else ''}"
    return name, it["in"], _type(it["schema"]), it.get("description") or it["schema"].get("description", "")


def _successes(it: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for status, response in it["responses"].items():
        if not _is_error(status):
            yield status, response["description"], _content(response)


def _content(it: dict[str, Any]) -> str:
    return " or ".join(
        _type(content["schema"]) if "$ref" in content["schema"] else code(media_type)
        for media_type, content in it.get("content", {}).items()
    )


def _fields(schema: dict[str, Any], *, is_request: bool) -> str:
    described = schema.get("description", "").strip()
    required = schema.get("required", []) if is_request else []  # a response has all of its fields
    rows = [
        (f"`{name}`" + (" (required)" if name in required else ""), _type(it), it.get("description", ""))
        for name, it in schema.get("properties", {}).items()
    ]
    return "\n\n".join(it for it in (described, table(("field", "type", "meaning"), rows) if rows else "") if it)


def _type(schema: dict[str, Any]) -> str:
    """Return a type in words, with its limits: `string, at most 2500 characters`."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if choices := schema.get("enum") or ([schema["const"]] if "const" in schema else None):
        return ", ".join(code(json.dumps(it)) for it in choices) + _default(schema)
    if alternatives := schema.get("anyOf"):
        return " or ".join(dict.fromkeys(map(_type, alternatives))) + _default(schema)
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}{_limits(schema)}" if "items" in schema else "list"
    if "additionalProperties" in schema and isinstance(schema["additionalProperties"], dict):
        return f"object of {_type(schema['additionalProperties'])}"
    kind = schema.get("format") if schema.get("format") in {"date-time", "date", "uri"} else schema.get("type", "any")
    return f"{kind}{_limits(schema)}{_default(schema)}"


def _limits(schema: dict[str, Any]) -> str:
    lower = schema.get("minimum", schema.get("minLength", schema.get("minItems")))
    upper = schema.get("maximum", schema.get("maxLength", schema.get("maxItems")))
    unit = " characters" if schema.get("type") == "string" else " items" if schema.get("type") == "array" else ""
    if lower is not None and upper is not None:
        return f", {lower} to {upper}{unit}"
    if upper is not None:
        return f", at most {upper}{unit}"
    return f", at least {lower}{unit}" if lower is not None else ""


def _default(schema: dict[str, Any]) -> str:
    return f", default `{json.dumps(schema['default'])}`" if schema.get("default") is not None else ""
