"""Canceling a video before its provider begins with it."""

from keepreel.models import Video


def cancel(video: Video) -> None:
    raise NotImplementedError
