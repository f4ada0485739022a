"""A parser for DynamoDB's responses that leaves items as they are, because botocore walks through every value.

In JSON, an item is what botocore makes of it, except for binary values. For a page of 20 videos, the walk takes as long
as all else.
"""

from typing import Any

from botocore import parsers

_JSON: Any = parsers.JSONParser  # the methods that are replaced are missing in its types
_FACTORY: Any = parsers.ResponseParserFactory
_CONVERTED = frozenset({"B", "BS", "M", "L"})


class ItemParser(_JSON):  # type: ignore[misc]
    def _handle_map(self, shape: Any, value: dict[str, Any]) -> dict[str, Any]:
        if shape.name not in ("AttributeMap", "Key"):
            parsed: dict[str, Any] = super()._handle_map(shape, value)
            return parsed
        return {
            name: it if _CONVERTED.isdisjoint(it) else self._parse_shape(shape.value, it) for name, it in value.items()
        }

    def _handle_structure(self, shape: Any, value: dict[str, Any]) -> dict[str, Any]:
        if shape.name == "AttributeValue" and "B" in value:
            return {"B": self._blob_parser(value["B"])}
        parsed: dict[str, Any] = super()._handle_structure(shape, value)
        return parsed


class Factory(_FACTORY):  # type: ignore[misc]
    def create_parser(self, protocol_name: str) -> Any:
        return ItemParser(**self._defaults) if protocol_name == "json" else super().create_parser(protocol_name)
