"""Finished videos, written directly to the table and the bucket, for tests that do not test generation."""

from functools import cache
from hashlib import sha256
from io import BytesIO
from typing import Any

from PIL import Image

from keepreel.db import owners
from keepreel.media import storage, thumbnails
from keepreel.media.thumbnails import FirstFrame
from local.simulators.video import encode
from tests import factories
from tests.browser.signed_in import SignedInUser

_SIDE = 64


def finished_video(
    user: SignedInUser,
    *,
    community_id: str | None = None,
    model: str = "kling-3.0",
    type: str = "user",
    prompt: str | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """Write a completed video of the user, or of the user's community, and return it from the API.

    `fields` are further fields of its record.
    """
    mp4, frame = _sample()
    video = factories.record(
        owners.of_community(community_id) if community_id else user.owner,
        model=model,
        type=type,
        size_bytes=len(mp4),
        sha256=sha256(mp4).hexdigest(),
        width=frame.width,
        height=frame.height,
        measured_seconds=frame.seconds,
    )
    fields = {
        "payer": user.owner,
        "completed_at": video.created_at,
        "prompt": prompt,
        "final_prompt": prompt or "a warm smile",
        **fields,
    }
    for name, value in fields.items():
        setattr(video, name, value)
    with storage.Writer(storage.video_key(video)) as writer:
        writer.write(mp4)
        writer.finish()
    storage.put_thumbnail(storage.thumbnail_key(video), frame.jpeg)
    (video_id,) = factories.write([video])
    return user.video(video_id, videos=f"/v1/communities/{community_id}/videos" if community_id else "/v1/videos")


@cache
def _sample() -> tuple[bytes, FirstFrame]:
    """Return a playable MP4 of one second, and its first frame."""
    picture = Image.linear_gradient("L").convert("RGB")
    mp4 = encode.encode_mp4(picture, move=encode.move_for("A paper boat"), width=_SIDE, height=_SIDE, seconds=1)
    return mp4, thumbnails.first_frame(BytesIO(mp4))
