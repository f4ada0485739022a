"""Keep a provider's answer that nothing was accepted, also for a video that is closed by then.

A video that is deleted while its submit is under way stays counted, because it may be charged. The answer tells.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from keepreel import aws
from keepreel.aws import STORE_ERRORS
from keepreel.db import charges
from keepreel.db.tables import Video
from keepreel.errors import AccountProblem, LostRace, Unreachable
from keepreel.logs import logger
from keepreel.providers import registry
from keepreel.settings import settings
from keepreel.workflow import provider_job

_PAUSES_SECONDS = (0.2, 1.0)
_Parameters = ParamSpec("_Parameters")
_Write = Callable[Concatenate[Video, _Parameters], None]


def proves_nothing_was_accepted(write: _Write[_Parameters]) -> _Write[_Parameters]:
    """Decorate a write of such an answer to the video's attempt: repeat it in an outage, and refund a closed video.

    A restarted step would not know the answer any more. An earlier attempt may have been accepted, so only the answer
    to the only attempt is a proof.
    """

    @wraps(write)
    def wrapped(video: Video, *args: _Parameters.args, **kwargs: _Parameters.kwargs) -> None:
        token, is_only_attempt = video.attempt_token, video.attempts == 1
        try:
            _repeated(lambda: write(video, *args, **kwargs))
        except LostRace:
            if token is not None and is_only_attempt:
                charges.refund_attempt(video, token)
            raise

    return cast("_Write[_Parameters]", wrapped)


def cancel_task(video: Video) -> None:
    """Cancel the task of a deleted or canceled video if the provider can. Refund the video if its task is free."""
    job, adapter = provider_job.without_image(video), registry.adapter(video.provider)
    try:
        if adapter.cancel(job) or not adapter.poll(job).is_charged:
            charges.refund_task(video, job.task_id or "")
    except (Unreachable, AccountProblem) as error:
        logger.warning("task not canceled", extra={"video_id": video.video_id, "reason": str(error)})


def _repeated(write: Callable[[], None]) -> None:
    for seconds in _PAUSES_SECONDS:
        try:
            write()
        except STORE_ERRORS as error:
            if not aws.is_outage(error):
                raise
            time.sleep(seconds * settings().wait_scale)
        else:
            return
    write()
