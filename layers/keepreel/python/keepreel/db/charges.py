"""Refunds of closed videos, and the condition under which a video may be closed as charged or as free."""

from contextlib import suppress
from functools import reduce
from operator import and_
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from keepreel.db import quotas, transactions
from keepreel.db.status import Status
from keepreel.db.tables import Video
from keepreel.db.transactions import Canceled
from keepreel.logs import logger

_CLOSED = (Status.DELETING, Status.FAILED)


def is_as_read(video: Video) -> Condition:
    """Require that attempt, task and verdict are as they were read, because whether to refund was decided by them."""
    facts = ((Video.attempt_token, video.attempt_token), (Video.provider_task_id, video.provider_task_id))
    return reduce(and_, (_is(*fact) for fact in facts), _is(Video.is_uncharged, video.is_uncharged))


def refund_attempt(video: Video, token: str) -> None:
    """Refund a closed video whose only attempt was not accepted. The attempt is removed, so this runs once."""
    condition = (Video.attempt_token == token) & Video.provider_task_id.does_not_exist()
    _refund(video, Video.attempt_token.remove(), condition)


def refund_task(video: Video, task_id: str) -> None:
    """Refund a closed video whose task is free. The record says so afterwards, so this runs once."""
    condition = (Video.provider_task_id == task_id) & Video.is_uncharged.does_not_exist()
    _refund(video, Video.is_uncharged.set(True), condition)


def _refund(video: Video, action: Action, condition: Condition) -> None:
    def add_items(transaction: TransactWrite) -> None:
        transaction.update(video, actions=[action], condition=Video.status.is_in(*_CLOSED) & condition)
        quotas.refund(transaction, video)

    with suppress(Canceled):  # it is not closed, was refunded already, or another worker knows more
        transactions.write(add_items)
        logger.info("refunded", extra={"video_id": video.video_id, "owner": video.owner})


def _is(attribute: Any, value: object) -> Condition:
    condition: Condition = attribute.does_not_exist() if value is None else attribute == value
    return condition
