"""What each command of docs/local-invoke.md does: its response, and its effect on tables, bucket and provider."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from keepreel import aws
from keepreel.db import jobs, slots, video_records
from keepreel.db.request_items import ResultToken, VideoCounts
from keepreel.db.tables import Community, Video
from keepreel.media import storage
from keepreel.models import queues
from keepreel.settings import settings

Response = Any

_QUEUE = queues.queue_of("kling-2.5-turbo")  # of the sample request


class EffectMissing(AssertionError):
    """A function's response or effect is not the expected one."""


@dataclass
class Run:
    """The video that the first commands create and the others process. Before, an id that no video has."""

    owner: str = ""
    video_id: str = "0198f2a0-0000-7000-8000-00000000000a"

    @property
    def video(self) -> Video:
        return video_records.get(owner=self.owner, video_id=self.video_id)


def _community_is_stored(_run: Run, response: Response) -> str:
    _check(response["statusCode"] in {200, 201}, response)
    _check(Community.get("sophia").agent_name == "Sophia", "the community is not stored")
    return "the community is stored"


def _video_is_queued(run: Run, response: Response) -> str:
    _check(response["statusCode"] == 202, response)
    created = json.loads(response["body"])
    run.owner, run.video_id = created["owner"], created["id"]
    _check(run.video.status == "queued" and run.video.waiting_queue is not None, run.video.status)
    return "the video is stored and waits"


def _video_has_a_slot(run: Run, response: Response) -> str:
    _check(response["started"] == 1, response)
    held = [it.video_id for it in slots.held(_QUEUE)]
    _check(held == [run.video_id] and run.video.slot_token is not None, held)
    return "the video has a slot"


def _video_is_submitted(run: Run, response: Response) -> str:
    _check(response["status"] == "processing" and run.video.provider_task_id is not None, response)
    return "the provider has the task"


def _token_is_stored(run: Run, _response: Response) -> str:
    _check(ResultToken.get(f"wait#{run.video_id}").token == "AAAA", "no token")  # noqa: S105  # of the sample event
    return "the workflow's token is stored"


def _result_is_found(run: Run, response: Response) -> str:
    _check(response["status"] == "saving" == run.video.status, response)
    _check(not list(slots.held(_QUEUE)), "the slot is still held")
    return "the result is found, and the slot is free"


def _file_is_saved(run: Run, response: Response) -> str:
    _check(response["status"] == "completed" == run.video.status, response)
    stored = aws.s3().head_object(Bucket=settings().media_bucket, Key=storage.video_key(run.video))
    _check(stored["ContentLength"] == run.video.size_bytes, stored)
    return f"the file is stored, {stored['ContentLength'] / 1e6:.1f} MB"


def _status_is_shown(run: Run, response: Response) -> str:
    shown = json.loads(response["body"])
    _check(response["statusCode"] == 200 and shown["status"] == "completed", response)
    _check(shown["id"] == run.video_id and shown["video_url"], shown)
    return "the video is completed and has a URL"


def _video_is_listed(run: Run, response: Response) -> str:
    _check([it["id"] for it in json.loads(response["body"])["videos"]] == [run.video_id], response)
    return "the video is listed"


def _bot_video_is_queued(_run: Run, response: Response) -> str:
    (video_id,) = response["video_ids"]
    video = video_records.get(owner="community#sophia", video_id=video_id)
    _check((video.type, video.status, video.created_by) == ("promo", "queued", "schedule"), video.status)
    return "the community's video is stored and waits"


def _video_stays_completed(run: Run, response: Response) -> str:
    _check(response["status"] == "completed" == run.video.status, response)
    return "the completed video stays"


def _view_is_counted(run: Run, _response: Response) -> str:
    _check(VideoCounts.get(f"counts#{run.video_id}").views == 1, "not counted")
    return "the view is counted"


def _page_is_missing(_run: Run, response: Response) -> str:
    _check(response["statusCode"] == 404, response)
    return "a forged token finds nothing"


def _shards_are_swept(_run: Run, response: Response) -> str:
    _check("shards" in response, response)
    return "nothing was due"


def _job_is_stored(_run: Run, _response: Response) -> str:
    _check(jobs.find(jobs.UPLOADS, "all"), "there is no job")
    return "the job that looks for unused uploads is stored"


def _document_is_served(_run: Run, response: Response) -> str:
    _check(response["statusCode"] == 200, response)
    return "the document is served"


def _video_is_gone(run: Run, response: Response) -> str:
    _check(response["statusCode"] == 204, response)
    _check(run.video.status == "deleting", run.video.status)  # hidden; the sweeper removes the record later
    listed = aws.s3().list_objects_v2(Bucket=settings().media_bucket, Prefix=f"media/{run.video_id}/")
    _check(not listed.get("KeyCount"), listed)
    return "the record is hidden, and its files are gone"


def _check(is_expected: object, found: object) -> None:
    if not is_expected:
        raise EffectMissing(f"{found}"[:500])


# By the functions' folders. Each returns the effect in words, and raises EffectMissing.
EFFECTS: Mapping[str, Callable[[Run, Response], str]] = {
    "communities": _community_is_stored,
    "generate_video": _video_is_queued,
    "dispatch_videos": _video_has_a_slot,
    "submit_video": _video_is_submitted,
    "await_result": _token_is_stored,
    "poll_provider": _result_is_found,
    "save_video": _file_is_saved,
    "check_video_status": _status_is_shown,
    "library": _video_is_listed,
    "generate_bot_video": _bot_video_is_queued,
    "fail_video": _video_stays_completed,
    "count_view": _view_is_counted,
    "shared_video": _page_is_missing,
    "provider_callback": _page_is_missing,
    "sweep_videos": _shards_are_swept,
    "account": _page_is_missing,
    "account_worker": _job_is_stored,
    "web": _document_is_served,
    "delete_video": _video_is_gone,
}
