"""Attributes that take little room, because a write costs a unit for each kilobyte of the record.

A value that equals another attribute is not stored, hashes are stored as bytes, and the request to the provider is
compressed. Records of older versions have the same attributes as plain text, which is read too.
"""

import json
import zlib
from contextlib import suppress
from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.constants import BINARY, STRING

from keepreel import signing
from keepreel.db.compact import Implied, Text

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
# The same for requests since they have callback URLs.
_CALLBACK_DICTIONARY = b"".join(
    (
        b"/bytedance/seedance-2.5/image-to-video?hf_webhook=https%3A%2F%2F.cloudfront.net-video/v3.0/pro/text-to-video?",
        b'hf_webhook=https%3A%2F%2F.cloudfront.net", "bitrate_mode": "high", "output_format": "mp4", "duration": 10, ',
        b'"resolution": "1080p", "generate_audio": false, "aspect_ratio": "16:9"}, "is_whole": true}", "duration": 5, ',
        b'"sound": "off", "multi_shots": false, "cfg_scale": 0.5, "aspect_ratio": "9:16"}, "is_whole": true}{"path": "',
        b'/image-to-video/{"path": "/text-to-video/", "settings": {"resolution": "720p", "duration": 5, "aspect_rat',
        b'io": "1:1", "audio": "off", "multi_shot": false}, "options": {"external_task_id": "", "watermark_info": ',
        b'{"enabled": false}, "callback_url": "https://.cloudfront.net/"}}, "is_whole": true}',
    )
)


class UnlessEqual(Implied, UnicodeAttribute):
    """Text that is not stored if it equals another attribute."""


class TextUnlessEqual(Implied, Text):
    """Compressed text that is not stored if it equals another attribute."""


class Hash(UnicodeAttribute):
    """A hash in hexadecimal digits that is stored as bytes."""

    attr_type = BINARY

    def serialize(self, value: Any) -> Any:
        return bytes.fromhex(value)

    def deserialize(self, value: Any) -> Any:
        return value if isinstance(value, str) else bytes(value).hex()

    def get_value(self, value: dict[str, Any]) -> Any:
        return value[STRING] if STRING in value else super().get_value(value)


class HashUnlessEqual(Implied, Hash):
    """A hash that is not stored if it equals another attribute."""


class RequestText(UnicodeAttribute):
    """The text of a request as an older version stored it, or else the one that is packed in `sent_request`."""

    def __get__(self, instance: Any, owner: Any) -> Any:
        value = super().__get__(instance, owner)
        if value is not None or instance is None or instance.sent_request is None:
            return value
        return unpacked(instance.sent_request, instance)


def packed(request: str, record: Any) -> bytes:
    """Compress the request of a record. What the record has takes no room: its id, model, prompts and callback."""
    compressor = zlib.compressobj(9, zdict=_dictionary(record))
    return compressor.compress(request.encode()) + compressor.flush()


def unpacked(stored: bytes, record: Any) -> str:
    """Return the request. Raises ValueError if the record has another prompt than when the request was stored."""
    for dictionary in (_dictionary(record), _first_dictionary(record)):
        with suppress(zlib.error):
            return zlib.decompressobj(zdict=dictionary).decompress(stored).decode()
    raise ValueError("the stored request cannot be read")


def without_repetitions(stored: dict[str, dict[str, Any]], record: Any) -> dict[str, dict[str, Any]]:
    """Return a serialized record without the values that are read from other attributes."""
    repeated = {
        name
        for name, attribute in record.get_attributes().items()
        if isinstance(attribute, Implied) and getattr(record, name) == attribute.implied(record)
    }
    return {name: value for name, value in stored.items() if name not in repeated}


def _dictionary(record: Any) -> bytes:
    name = signing.name_in_url(owner=record.owner, video_id=record.video_id)
    callback = f"%2Fcallbacks%2F{record.provider}%2F/callbacks/{record.provider}/{name}"
    return callback.encode() + _CALLBACK_DICTIONARY + _first_dictionary(record)


def _first_dictionary(record: Any) -> bytes:
    """Return the dictionary of the first version that packed requests, which did not know callback URLs."""
    values = (record.negative_prompt, record.source_image, record.model, record.video_id, record.final_prompt)
    return _DICTIONARY + json.dumps(values).encode()
