"""Copies of a finished video, for lists."""

from datetime import timedelta

import uuid6

from keepreel.db.tables import Video


def copies(video: Video, count: int) -> None:
    """Write copies of a record under new ids, each a minute older than the one before."""
    with Video.batch_write() as batch:
        for age in range(1, count + 1):
            copy = Video.from_raw_data(video.serialize())
            copy.video_id = str(uuid6.uuid7())
            copy.created_at = video.created_at - timedelta(minutes=age)
            batch.save(copy)
