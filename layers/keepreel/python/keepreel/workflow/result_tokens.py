"""Task tokens of workflows that wait for a result: stored while one waits, and answered by the poll that finds it.

A lost token or answer costs nothing but time, because the wait ends at the time of the next poll. That may be minutes
away, so the state machine repeats a wait, and Lambda the poll of a callback, that raises an error.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
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
_ENDED = ("TaskTimedOut", "TaskDoesNotExist", "InvalidToken")  # codes for the token of a wait that has ended


def wait(*, owner: str, video_id: str, token: str, entered_at: str) -> None:
    """Store the token of a workflow that waits since `entered_at`, an ISO time; or answer it, if the result is here.

    The record is read after the token is stored: a poll that stores its result earlier is seen here, and one that
    does so later sees the token. So no order of the two loses the result. Raises StoreUnavailable.
    """
    if not settings().callbacks:
        return
    with _outage("the task token cannot be stored"):
        _store(video_id, token=token, entered_at=entered_at)
        status = _status(owner=owner, video_id=video_id)
    if status not in _WAITING:
        _answer(token, result_of(Step(status=status), owner=owner, video_id=video_id))


def answer(result: dict[str, Any]) -> None:
    """Give a poll's result to the workflow that waits for it, if one does. Raises StoreUnavailable."""
    if result["status"] in _WAITING:
        return
    try:
        with _outage("the task token cannot be read"):
            token = ResultToken.get(ResultToken.key_of(result["video_id"]), consistent_read=True).token
    except DoesNotExist:
        return
    _answer(token, result)


def _status(*, owner: str, video_id: str) -> Status:
    try:
        video = video_records.get(owner=owner, video_id=video_id)
    except NotFound:
        return Status.DELETING
    return Status.FAILED if video.error_code else Status(video.status)


def _store(video_id: str, *, token: str, entered_at: str) -> None:
    """Store the token, unless a later wait has stored its own: this function may have been held up for long."""
    is_latest = ResultToken.entered_at.does_not_exist() | (ResultToken.entered_at <= entered_at)
    actions: list[Action] = [
        ResultToken.token.set(token),
        ResultToken.entered_at.set(entered_at),
        ResultToken.expires_at.set(datetime.now(UTC) + _TTL),
    ]
    try:
        ResultToken(ResultToken.key_of(video_id)).update(actions=actions, condition=is_latest)
    except UpdateError as error:
        if not aws.is_failed_condition(error):
            raise


def _answer(token: str, result: dict[str, Any]) -> None:
    try:
        with _outage("the result cannot be delivered"):
            aws.stepfunctions().send_task_success(taskToken=token, output=json.dumps(result))
    except ClientError as error:
        if aws.code(error) not in _ENDED:
            raise
        logger.info("wait has ended", extra={"video_id": result["video_id"], "reason": aws.code(error)})


@contextmanager
def _outage(message: str) -> Iterator[None]:
    """Raise StoreUnavailable for an outage. A refused call is a defect, and its error is raised as it is."""
    try:
        yield
    except STORE_ERRORS as error:
        aws.raise_outage(error, message)
        raise
