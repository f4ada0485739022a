"""Reads a create request: its key, its body, what is to be filmed; each check is a refusal in Higgsfield's words."""

import json
import re
from hashlib import sha256
from typing import Any

from PIL import Image

from local.simulators.core.server import Request
from local.simulators.higgsfield.codes import Refusal, problem
from local.simulators.higgsfield.models import wish
from local.simulators.higgsfield.settings import HiggsfieldSettings
from local.simulators.higgsfield.tasks import Call
from local.simulators.higgsfield.uploads import Uploads
from local.simulators.video import scenes
from local.simulators.video.encoder_pool import Scene

_KEY = r"[\x21-\x7e]{1,255}"
_SHORTEST_LIFE_SECONDS = 3600
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def json_object(request: Request) -> dict[str, Any]:
    try:
        value = json.loads(request.body)
    except ValueError:
        raise Refusal(422, [problem(0, type="json_invalid", msg="JSON decode error")]) from None
    if not isinstance(value, dict):
        raise Refusal(422, [problem(type="model_attributes_type", msg="Input should be a valid dictionary")])
    return value


def call(request: Request, model: str, *, settings: HiggsfieldSettings) -> Call:
    body, webhook = json_object(request), request.query.get("hf_webhook")
    life_seconds = _life_seconds(request, most=settings.link_ttl_seconds)
    return Call(
        key=_key(request),
        model=model,
        body=body,
        life_seconds=life_seconds,
        # The order of fields does not matter; that of a list, and null for nothing, do.
        fingerprint=json.dumps([model, body, webhook, life_seconds], sort_keys=True),
    )


def scene(call: Call, *, settings: HiggsfieldSettings, uploads: Uploads) -> Scene:
    wanted = wish(call.model, call.body, unavailable=settings.unavailable_models)
    prompt, short_side = call.body["prompt"], settings.footage_short_side or wanted.model.short_side
    if wanted.image_url and uploads.is_own(wanted.image_url):
        image, name = _uploaded(wanted.image_url, uploads=uploads)
        return scenes.from_image(image, name=name, prompt=prompt, short_side=short_side, seconds=wanted.seconds)
    if wanted.image_url:
        return scenes.from_address(wanted.image_url, prompt=prompt, short_side=short_side, seconds=wanted.seconds)
    return scenes.from_words(prompt, aspect_ratio=wanted.aspect_ratio, short_side=short_side, seconds=wanted.seconds)


def _uploaded(url: str, *, uploads: Uploads) -> tuple[Image.Image, str]:
    """The image, and a name that no other image has."""
    data = uploads.file(url)
    if data is None:
        raise Refusal(400, "image_url can not be read: nothing was uploaded there")
    try:
        return scenes.opened(data, formats=_FORMATS), sha256(data).hexdigest()
    except scenes.UnreadableImage as unreadable:
        raise Refusal(400, f"image_url can not be read: {unreadable}") from None


def _key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not re.fullmatch(_KEY, key):
        raise Refusal(422, "Idempotency-Key must be 1 to 255 visible ASCII characters without whitespace")
    return key


def _life_seconds(request: Request, *, most: float) -> float | None:
    """Of the finished file, as far as the caller shortens it."""
    value = request.headers.get("hf-expires-after")
    if value is None:
        return None
    if not value.isdecimal() or not _SHORTEST_LIFE_SECONDS <= int(value) <= most:
        raise Refusal(422, f"Hf-Expires-After must be from {_SHORTEST_LIFE_SECONDS} to {most:g} seconds")
    return int(value)
