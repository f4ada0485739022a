"""Attributes that take little room, because a write costs a unit for each kilobyte of the record.

A value that equals another attribute is not stored, hashes are stored as bytes, and the request to the provider is
compressed. Records of older versions have the same attributes as plain text, which is read too.
"""

import json
import zlib
from collections.abc import Mapping
from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.constants import BINARY, STRING

# Text that requests have in common. A stored request can be read only with the same bytes, so they must never change.
_DICTIONARY = b"".join(
    (
        b'"callback_url": "https://", "mode": "pro", "cfg_scale": 0.5, "camera_control": {"type": "simple"}, "seed": ',
        b'"negative_prompt": "", "image_tail": "", "image_list": [{"image_url": "", "type": "end_frame"}], "end_image',
        b'_url": "", "motions": [{"id": "", "strength": 1.0}], "enhance_prompt": false, "multi_shot": true, "shot_typ',
        b'e": "customize", "multi_prompt": [{"index": 1, "prompt": "", "duration": "5"}], "watermark_info": {"enabled',
        b'": false}, "contents": [{"type": "prompt", "text": ""}, {"type": "first_frame", "url": "https://"}], ',
        b'"settings": {"resolution": "1080p", "aspect_ratio": "16:9", "duration": 10, "audio": "on", "sound": "off"}, ',
        b'"options": {"callback_url": "", "external_task_id": "", "watermark_info": {"enabled": false}}}, "is_whole": ',
        b'true}{"path": "/v1/videos/image2video", "body": {"model_name": "", "mode": "std", "duration": "5",',
        b' "image": "sha256:", "external_task_id": "{"path": "/video/v3.0/pro/image-to-video", "body": {"image_url": ',
        b'"https://", "prompt": "{"path": "/text-to-video/", "body": {"prompt": "',
    )
)


class UnlessEqual(UnicodeAttribute):
    """Text that is read from another attribute of the record if it is not stored."""

    def __init__(self, other: str) -> None:
        super().__init__(null=True)
        self.other = other

    def __get__(self, instance: Any, owner: Any) -> Any:
        value = super().__get__(instance, owner)
        return getattr(instance, self.other) if value is None and instance is not None else value


class Hash(UnicodeAttribute):
    """A hash in hexadecimal digits that is stored as bytes."""

    attr_type = BINARY

    def serialize(self, value: Any) -> Any:
        return bytes.fromhex(value)

    def deserialize(self, value: Any) -> Any:
        return value if isinstance(value, str) else bytes(value).hex()

    def get_value(self, value: dict[str, Any]) -> Any:
        return value[STRING] if STRING in value else super().get_value(value)


class HashUnlessEqual(Hash, UnlessEqual):
    """A hash that is read from another attribute of the record if it is not stored."""


class RequestText(UnicodeAttribute):
    """The text of a request as an older version stored it, or else the one that is packed in `sent_request`."""

    def __get__(self, instance: Any, owner: Any) -> Any:
        value = super().__get__(instance, owner)
        if value is not None or instance is None or instance.sent_request is None:
            return value
        return unpacked(instance.sent_request, instance)


def packed(request: str, record: Any) -> bytes:
    """Compress the request of a record. Its id, model and prompts take no room, because the record has them."""
    compressor = zlib.compressobj(9, zdict=_dictionary(record))
    return compressor.compress(request.encode()) + compressor.flush()


def unpacked(stored: bytes, record: Any) -> str:
    """Return the request. Raises ValueError if the record has another prompt than when the request was stored."""
    try:
        return zlib.decompressobj(zdict=_dictionary(record)).decompress(stored).decode()
    except zlib.error as error:
        raise ValueError("the stored request cannot be read") from error


def without_repetitions(stored: dict[str, dict[str, Any]], attributes: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return a serialized record without the values that are read from other attributes."""
    repeated = {
        name
        for name, attribute in attributes.items()
        if isinstance(attribute, UnlessEqual) and stored.get(name) == stored.get(attribute.other)
    }
    return {name: value for name, value in stored.items() if name not in repeated}


def _dictionary(record: Any) -> bytes:
    values = (record.negative_prompt, record.source_image, record.model, record.video_id, record.final_prompt)
    return _DICTIONARY + json.dumps(values).encode()
