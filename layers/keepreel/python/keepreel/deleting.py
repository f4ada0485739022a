"""Deleting a video."""

from keepreel.models import Video


def delete(video: Video) -> None:
    raise NotImplementedError
