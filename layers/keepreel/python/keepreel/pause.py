"""Pause switch: an SSM parameter that stops new videos and submits; `make pause` and `make resume` set it."""

import time
from dataclasses import dataclass
from functools import lru_cache

from keepreel import aws
from keepreel.aws import STORE_ERRORS
from keepreel.errors import Paused, StoreUnavailable
from keepreel.logs import logger
from keepreel.settings import settings

CACHE_SECONDS = 30
# An older answer counts for this long if SSM does not respond: a pause then still takes effect within a minute.
_LAST_ANSWER_SECONDS = 60
_ASK_AGAIN_SECONDS = 5  # after a failed read, so that not every request waits for SSM
_RETRY_AFTER_SECONDS = 300
_RUNNING = "no"


def is_paused() -> bool:
    """Return whether nothing may be submitted now, from an answer that is at most 30 seconds old.

    Also True if SSM does not respond for a minute: an unknown state must not spend money. Waiting videos stay.
    """
    return _switch().state() is not False


def check() -> None:
    """Raise Paused if no video may be created now, and StoreUnavailable if that is unknown."""
    state = _switch().state()
    if state is None:
        raise StoreUnavailable("the pause switch cannot be read")
    if state:
        raise Paused(
            "This site is not creating new videos at the moment. Nothing was charged, and videos that are already "
            "being generated will finish. Try again later.",
            retry_after_seconds=_RETRY_AFTER_SECONDS,
        )


def forget() -> None:
    """Read the switch again at the next call."""
    _switch.cache_clear()


@dataclass
class _Switch:
    """The last answer of SSM. `answer` is None until there is one."""

    answer: bool | None = None
    answered_at: float = 0
    ask_at: float = 0

    def state(self) -> bool | None:
        """Return whether the switch is on; None if that is not known."""
        now = time.monotonic()
        if now >= self.ask_at:
            self._ask(now)
        return self.answer if now - self.answered_at < _LAST_ANSWER_SECONDS else None

    def _ask(self, now: float) -> None:
        try:
            found = aws.ssm().get_parameter(Name=settings().paused_parameter)
        except STORE_ERRORS as error:
            logger.error("pause switch unreadable", extra={"reason": aws.code(error) or type(error).__name__})
            self.ask_at = now + _ASK_AGAIN_SECONDS
            return
        self.answer = found["Parameter"]["Value"].strip().lower() != _RUNNING
        self.answered_at, self.ask_at = now, now + CACHE_SECONDS


@lru_cache(maxsize=1)
def _switch() -> _Switch:
    return _Switch()
