"""Serialize one video with its details: a link to the source image, and how the video was generated.

Lists do not have the details: each has a signed URL and the whole request to the provider.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from keepreel.api.json_values import template, whole
from keepreel.api.video_serializers import video_json
from keepreel.db.tables import Video
from keepreel.media import uploads
from keepreel.videos import queue_place

_SECRET_FIELDS = {"callback_url"}
_BASE64 = re.compile(r"[A-Za-z0-9+/]{200,}={0,2}")
_URL = re.compile(r"https?://\S+")
_LINK_PERIOD_SECONDS = 30 * 60  # half the time for which a link is valid


def details_json(video: Video) -> dict[str, Any]:
    """Return the video for the users who may see it; never for a public page."""
    return {
        **video_json(video, queue_place.of([video]).get(video.video_id)),
        "source_image_link": _source_image_link(video),
        "generation_metadata": {
            "template": template(video),
            "seed": whole(video.seed),
            "options": video.options or {},
            "request": _request(video.attempt_request),
            "bill": _bill(video),
        },
    }


def for_etag(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return the details with a period instead of a signed link, which differs in every response.

    A client whose copy is still current has a link that is valid for half an hour or more.
    """
    if details["source_image_link"] == details["source_image_url"]:
        return dict(details)
    period = int(datetime.now(UTC).timestamp() // _LINK_PERIOD_SECONDS)
    return {**details, "source_image_link": period}


def _source_image_link(video: Video) -> str | None:
    if video.source_image is None or not uploads.is_upload(video.source_image):
        return video.source_image
    return uploads.view_url(owner=video.payer, source_image=video.source_image)


def _bill(video: Video) -> dict[str, Any] | None:
    if video.actual_cost_usd is None and not video.billed_as:
        return None
    return {"usd": video.actual_cost_usd, "billed_as": video.billed_as or {}}


def _request(stored: str | None) -> dict[str, Any] | None:
    """Return the request to the provider without anything secret: signed URLs, callback addresses, images."""
    if stored is None:
        return None
    request = json.loads(stored)
    return {"path": request["path"].partition("?")[0], "body": _public(request["body"])}


def _public(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _public(it) for name, it in value.items() if name not in _SECRET_FIELDS}
    if isinstance(value, list):
        return [_public(it) for it in value]
    if not isinstance(value, str):
        return value
    if _BASE64.fullmatch(value):
        return f"({len(value)} characters of Base64)"
    return value.partition("?")[0] if _URL.fullmatch(value) else value
