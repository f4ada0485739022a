"""Helpers for tasks at a provider."""

from datetime import UTC, datetime, timedelta
from typing import Any

from keepreel.db.tables import Video
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator


def tasks_of(simulator: HiggsfieldSimulator | KlingSimulator, video: Video) -> list[dict[str, Any]]:
    return [task for task in simulator.tasks if task["external_id"] == video.video_id]


def backdate(video: Video, *, ago: timedelta) -> None:
    video.update(actions=[Video.created_at.set(datetime.now(UTC) - ago)])
