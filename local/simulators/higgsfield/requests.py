"""Parse a create request: idempotency key, body, webhook and file lifetime. Each failed check raises ApiError."""

import json
import math
import re
from hashlib import sha256
from typing import Any

from local.simulators.core.callbacks import is_callable
from local.simulators.core.server import Request
from local.simulators.higgsfield.codes import ApiError, problem
from local.simulators.higgsfield.models import MODELS, Model
from local.simulators.higgsfield.settings import HiggsfieldSettings
from local.simulators.higgsfield.tasks import CreateRequest

_KEY = r"[\x21-\x7e]{1,255}"
_MIN_FILE_TTL_SECONDS = 3600


def json_object(request: Request) -> dict[str, Any]:
    """Raise ApiError 422 for a body that is not a JSON object, and for NaN and infinite numbers."""
    try:
        value = json.loads(request.body, parse_float=_finite, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise ApiError(422, [problem("json_invalid", "JSON decode error", at=(0,), input={})]) from None
    if not isinstance(value, dict):
        raise ApiError(422, [problem("model_attributes_type", "Input should be a valid dictionary", input=value)])
    return value


def parse(request: Request, model: str, *, settings: HiggsfieldSettings) -> CreateRequest:
    body, webhook_url = json_object(request), _webhook_url(request)
    file_ttl_seconds = _file_ttl_seconds(request, maximum=settings.link_ttl_seconds)
    # The order of fields does not matter. The order of a list does, and null differs from a missing field.
    described = json.dumps([model, body, webhook_url, file_ttl_seconds], sort_keys=True)
    return CreateRequest(
        key=_key(request),
        model=model,
        body=body,
        webhook_url=webhook_url,
        file_ttl_seconds=file_ttl_seconds,
        fingerprint=sha256(described.encode()).hexdigest(),
    )


def find_model(path: str, *, settings: HiggsfieldSettings) -> Model:
    """Raise ApiError 404 for a model that is unknown, ended or not ours, and 423 or 503 as the settings say."""
    model, refusal = MODELS.get(path), settings.refusal(path)
    if model is None or refusal == 404:
        raise ApiError(404, "Model not found")
    if refusal:
        raise ApiError(refusal)
    return model


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("number too large")
    return number


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not re.fullmatch(_KEY, key):
        raise ApiError(422, "Idempotency-Key must be 1 to 255 visible ASCII characters without whitespace")
    return key


def _webhook_url(request: Request) -> str | None:
    url = request.query.get("hf_webhook")
    if url is not None and not is_callable(url):
        entry = problem("url_parsing", "Input should be a valid URL", input=url)
        raise ApiError(422, [{**entry, "loc": ["query", "hf_webhook"]}])
    return url


def _file_ttl_seconds(request: Request, *, maximum: float) -> float | None:
    """Return the lifetime of the finished file, if the caller shortens it."""
    value = request.headers.get("hf-expires-after")
    if value is None:
        return None
    maximum = max(maximum, _MIN_FILE_TTL_SECONDS)
    if not re.fullmatch(r"[0-9]{1,9}", value) or not _MIN_FILE_TTL_SECONDS <= int(value) <= maximum:
        raise ApiError(422, f"Hf-Expires-After must be from {_MIN_FILE_TTL_SECONDS} to {maximum:g} seconds")
    return int(value)
