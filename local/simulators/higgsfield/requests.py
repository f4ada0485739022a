"""Parse a create request: idempotency key, body, file lifetime and scene. Each failed check raises ApiError."""

import json
import re
from hashlib import sha256
from typing import Any

from PIL import Image

from local.simulators.core.server import Request
from local.simulators.higgsfield.codes import ApiError, problem
from local.simulators.higgsfield.models import validate
from local.simulators.higgsfield.settings import HiggsfieldSettings
from local.simulators.higgsfield.tasks import CreateRequest
from local.simulators.higgsfield.uploads import Uploads
from local.simulators.video import scenes
from local.simulators.video.encoder_pool import Scene

_KEY = r"[\x21-\x7e]{1,255}"
_MIN_FILE_TTL_SECONDS = 3600
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def json_object(request: Request) -> dict[str, Any]:
    try:
        value = json.loads(request.body)
    except ValueError:
        raise ApiError(422, [problem(0, type="json_invalid", msg="JSON decode error")]) from None
    if not isinstance(value, dict):
        raise ApiError(422, [problem(type="model_attributes_type", msg="Input should be a valid dictionary")])
    return value


def parse(request: Request, model: str, *, settings: HiggsfieldSettings) -> CreateRequest:
    body, webhook = json_object(request), request.query.get("hf_webhook")
    file_ttl_seconds = _file_ttl_seconds(request, maximum=settings.link_ttl_seconds)
    return CreateRequest(
        key=_key(request),
        model=model,
        body=body,
        file_ttl_seconds=file_ttl_seconds,
        # The order of fields does not matter. The order of a list does, and null differs from a missing field.
        fingerprint=json.dumps([model, body, webhook, file_ttl_seconds], sort_keys=True),
    )


def scene(create_request: CreateRequest, *, settings: HiggsfieldSettings, uploads: Uploads) -> Scene:
    video = validate(create_request.model, create_request.body, unavailable=settings.unavailable_models)
    prompt, short_side = create_request.body["prompt"], settings.video_short_side or video.model.short_side
    if video.image_url and uploads.hosts(video.image_url):
        image, name = _uploaded_image(video.image_url, uploads=uploads)
        return scenes.from_image(image, name=name, prompt=prompt, short_side=short_side, seconds=video.seconds)
    if video.image_url:
        return scenes.from_url(video.image_url, prompt=prompt, short_side=short_side, seconds=video.seconds)
    return scenes.from_text(prompt, aspect_ratio=video.aspect_ratio, short_side=short_side, seconds=video.seconds)


def _uploaded_image(url: str, *, uploads: Uploads) -> tuple[Image.Image, str]:
    """Return the image and a name that is unique to it."""
    data = uploads.file(url)
    if data is None:
        raise ApiError(400, "image_url can not be read: nothing was uploaded there")
    try:
        return scenes.open_image(data, formats=_FORMATS), sha256(data).hexdigest()
    except scenes.UnreadableImage as unreadable:
        raise ApiError(400, f"image_url can not be read: {unreadable}") from None


def _key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not re.fullmatch(_KEY, key):
        raise ApiError(422, "Idempotency-Key must be 1 to 255 visible ASCII characters without whitespace")
    return key


def _file_ttl_seconds(request: Request, *, maximum: float) -> float | None:
    """Return the lifetime of the finished file, if the caller shortens it."""
    value = request.headers.get("hf-expires-after")
    if value is None:
        return None
    if not value.isdecimal() or not _MIN_FILE_TTL_SECONDS <= int(value) <= maximum:
        raise ApiError(422, f"Hf-Expires-After must be from {_MIN_FILE_TTL_SECONDS} to {maximum:g} seconds")
    return int(value)
