"""Refusals that concern a model instead of one video: remember them, and close queued videos of a refused model."""

from keepreel import metrics
from keepreel.aws import STORE_ERRORS
from keepreel.db import refused_models
from keepreel.db.tables import Video
from keepreel.errors import Busy, Failure, Refused, Unavailability
from keepreel.logs import logger
from keepreel.models import catalog
from keepreel.models.model import Flow
from keepreel.providers import failure_messages
from keepreel.providers.base import TaskState


def remember(video: Video, error: Refused | Busy | TaskState) -> None:
    """Remember that the provider does not serve the video's model, and alert the operator the first time.

    A failed write is logged only: then the next video of the model may fail in the same way.
    """
    if error.unavailable is None:
        return
    try:
        is_new = refused_models.record(catalog.same_at_provider(video.model), error.unavailable)
    except STORE_ERRORS as problem:
        logger.warning("refused model not stored", extra={"model": video.model, "reason": type(problem).__name__})
        is_new = True
    if is_new:
        extra = {"video_id": video.video_id, "model": video.model, "kind": error.unavailable}
        logger.error("model refused", extra=extra)
        metrics.count("AccountProblem", provider=video.provider)


def known_refusal(video: Video) -> Failure | None:
    """Return why a video must not be sent: its provider refuses the model already. A block is waited for instead."""
    refused = refused_models.hidden()
    refusal = refused.get(video.model)
    if refusal is None or refusal.kind == Unavailability.BLOCKED:
        return None
    flow: Flow = "image" if video.source_image else "text"
    successor = catalog.successor(video.model, flow=flow, refused=refused)
    return failure_messages.model_unavailable(video.provider, kind=refusal.kind, successor=successor)
