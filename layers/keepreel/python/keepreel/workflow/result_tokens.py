"""Task tokens of workflows that wait for a result: stored while one waits, and answered by the poll that finds it.

A lost token or answer costs nothing but time, because the wait ends at the time of the next poll.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from pynamodb.exceptions import DoesNotExist, UpdateError
from pynamodb.expressions.update import Action

from keepreel import aws
from keepreel.aws import STORE_ERRORS
from keepreel.db import video_records
from keepreel.db.request_items import ResultToken
from keepreel.db.status import Status
from keepreel.errors import NotFound
from keepreel.logs import logger
from keepreel.settings import settings
from keepreel.workflow.step import Step, result_of

_TTL = timedelta(days=1)
_WAITING = (Status.PROCESSING, Status.DELAYED)


def wait(*, owner: str, video_id: str, token: str, entered_at: str) -> None:
    """Store the token of a workflow that waits since `entered_at`, an ISO time; or answer it, if the result is here.

    The record is read after the token is stored: a poll that stores its result earlier is seen here, and one that
    does so later sees the token. So no order of the two loses the result. Raises STORE_ERRORS.
    """
    if not settings().callbacks:
        return
    _store(video_id, token=token, entered_at=entered_at)
    try:
        video = video_records.get(owner=owner, video_id=video_id)
    except NotFound:
        status = Status.DELETING
    else:
        status = Status.FAILED if video.error_code else Status(video.status)
    if status not in _WAITING:
        _answer(token, result_of(Step(status=status), owner=owner, video_id=video_id))


def answer(result: dict[str, Any]) -> None:
    """Give a poll's result to the workflow that waits for it, if one does. Never raises."""
    if result["status"] in _WAITING:
        return
    try:
        token = ResultToken.get(_key(result["video_id"]), consistent_read=True).token
    except DoesNotExist:
        return
    except STORE_ERRORS as error:
        logger.warning("result token not read", extra={"video_id": result["video_id"], "reason": type(error).__name__})
        return
    _answer(token, result)


def _store(video_id: str, *, token: str, entered_at: str) -> None:
    """Store the token, unless a later wait has stored its own: this function may have been held up for long."""
    is_latest = ResultToken.entered_at.does_not_exist() | (ResultToken.entered_at <= entered_at)
    actions: list[Action] = [
        ResultToken.token.set(token),
        ResultToken.entered_at.set(entered_at),
        ResultToken.expires_at.set(datetime.now(UTC) + _TTL),
    ]
    try:
        ResultToken(_key(video_id)).update(actions=actions, condition=is_latest)
    except UpdateError as error:
        if not aws.is_failed_condition(error):
            raise


def _answer(token: str, result: dict[str, Any]) -> None:
    """Send the result. An error does no harm: the wait has ended, or ends at the time of the next poll."""
    try:
        aws.stepfunctions().send_task_success(taskToken=token, output=json.dumps(result))
    except STORE_ERRORS as error:
        reason = aws.code(error) or type(error).__name__
        logger.info("result not delivered", extra={"video_id": result["video_id"], "reason": reason})


def _key(video_id: str) -> str:
    return f"wait#{video_id}"
