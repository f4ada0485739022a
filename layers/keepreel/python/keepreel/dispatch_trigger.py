"""Ask the dispatcher to look at a queue, because videos were added or a slot became free."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from keepreel import aws
from keepreel.aws import STORE_ERRORS
from keepreel.logs import logger
from keepreel.settings import settings

if TYPE_CHECKING:
    from keepreel.db.tables import Video


def request(queue: str, videos: "Sequence[Video]" = ()) -> None:
    """Invoke the dispatcher asynchronously. It gets new `videos` by name, because an index may not show them yet.

    A failed call is logged only, because the dispatcher also looks at every queue once a minute.
    """
    event = {"queue": queue, "videos": [_candidate(video) for video in videos]}
    try:
        aws.invoke_later(settings().dispatch_function, event)
    except STORE_ERRORS as error:
        logger.warning("dispatcher not called", extra={"queue": queue, "reason": type(error).__name__})


def _candidate(video: "Video") -> dict[str, str]:
    return {"dispatch_at": video.dispatch_at.isoformat(), "owner": video.owner, "video_id": video.video_id}
