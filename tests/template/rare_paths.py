"""Paths of the functions that need a written record: full queues, refunds, cancellation, interrupted deletions, jobs.

Each path runs in the function whose right it needs, with the records of one user. No workflow starts meanwhile.
"""

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import boto3
import pytest
import requests

from keepreel import sweeper
from keepreel.db import jobs, video_records
from keepreel.db.request_items import OwnerStats, VideoCounts
from keepreel.db.slots import STATE, QueueState, Slot
from keepreel.db.status import Status
from keepreel.db.tables import Video, in_flight_shard
from keepreel.dispatch import dispatcher, execution
from keepreel.errors import LostRace
from keepreel.media import storage
from keepreel.videos import owner_counts
from keepreel.workflow import attempts, callback_urls, failures, poll, save, usual_times
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests import factories, people
from tests.api_client import ApiClient
from tests.template.rights_recorder import Recorder, changed_settings

_QUEUE, _OTHER_QUEUE = "kling#kling-3.0", "kling#kling-2.6"


class Paths:
    """Runs the paths for one user."""

    def __init__(self, stack: Stack, user: ApiClient, recorder: Recorder) -> None:
        self._stack, self._user, self._recorder = stack, user, recorder

    def run(self, kling: KlingSimulator, *, finished_id: str) -> None:
        """Run all paths. `finished_id` is a video whose task the provider knows; it is deleted."""
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(execution, "start", lambda _video: True)
            self._counts()
            self._community_pages()
            self._submits(kling)
            self._polls()
            self._saves(finished_id)
            self._deletions()
            self._callbacks()
            self._dispatches(patched)
            self._sweeps()
            self._stack.wait_until_idle()
            self._jobs()

    def write_for_erasure(self) -> None:
        """Write videos that an erasure cancels at their providers, a shared one, and one that cannot be read."""
        self._record("processing", provider_task_id="1", **_slot())
        self._record("processing", provider="higgsfield", model="higgsfield-dop-lite", provider_task_id="2")
        self._record("completed", share_nonce=uuid4().hex)
        unreadable = self._record("completed")
        storage.put_thumbnail(storage.thumbnail_key(unreadable), b"image")
        people.poison(unreadable.owner, unreadable.video_id)

    def _counts(self) -> None:
        """Count the first view of a day, after one of the day before."""
        video, now = self._record("completed"), datetime.now(UTC)
        yesterday = (now - timedelta(days=1)).date().isoformat()
        VideoCounts(VideoCounts.key_of(video.video_id), views=1, listed_on=yesterday).save()
        OwnerStats(owner_counts.total_key(video.owner), views=1, day=yesterday, day_views=1).save()
        event = {"counter": "views", "day": now.date().isoformat(), "visitor": uuid4().hex}
        self._invoke("CountView", **_key(video), **event)

    def _community_pages(self) -> None:
        self._user.put_community(uuid4().hex)
        self._send("GET", "/v1/communities?limit=1")
        self._send("GET", "/v1/models")

    def _submits(self, kling: KlingSimulator) -> None:
        """Submit while the provider is at capacity and after it has ended a model, and refund a deleted video."""
        for fault in ({"code": 1303}, {"code": 1203, "message": "This model has been discontinued"}):
            video = self._record("queued", prompt="a smile", **_slot())
            kling.fault(on="create", kind="code", external_id=video.video_id, **fault)
            with changed_settings(CALLBACKS="yes"):
                self._invoke("SubmitVideo", **_key(video))
        deleted = self._record("deleting", attempt_token="token", attempts=1, first_attempted_at=datetime.now(UTC))
        with self._recorder.role("submit_video"), suppress(LostRace):
            attempts.undo(deleted)

    def _polls(self) -> None:
        """Poll a running video, store the time of another one, and refund a deleted one."""
        running = self._record("processing", provider_task_id="1", submitted_at=datetime.now(UTC), **_slot())
        self._invoke("PollProvider", **_key(running))
        deleted = self._record("deleting", provider_task_id="2", submitted_at=datetime.now(UTC))
        with self._recorder.role("poll_provider"):
            with suppress(LostRace):
                poll._record_uncharged(deleted, failures.NO_REASON)
            with changed_settings(WAIT_SCALE="1"):
                usual_times.record(deleted, is_by_callback=False)

    def _saves(self, finished_id: str) -> None:
        """Begin to save a video that has its slot yet, and one that is deleted before it is complete.

        A save may end without a result after it has completed its video: then the step that fails publishes the event.
        """
        self._invoke("SaveVideo", **_key(self._record("processing", provider_task_id="1", **_slot())))
        video = Video.get(self._user.owner, finished_id)
        video.update(actions=[Video.status.set("saving")])
        completed = self._record("completed", is_due=True)
        self._invoke("FailVideo", **_key(completed), error={"Error": "Lambda.Unknown"})
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(save, "_check_still_saving", _hide)
            self._invoke("SaveVideo", **_key(video))

    def _deletions(self) -> None:
        """Delete videos that have a slot, a task at each provider, or a share link; and none of a community."""
        videos = [
            self._record("processing", provider_task_id="1", **_slot()),
            self._record("processing", provider="higgsfield", model="higgsfield-dop-lite", provider_task_id="2"),
            self._record("completed", share_nonce=uuid4().hex),
        ]
        for video in videos:
            self._send("DELETE", f"/v1/videos/{video.video_id}")
        community_videos = self._user.put_community(uuid4().hex)
        assert self._user.send("DELETE", f"{community_videos}/{videos[0].video_id}").status_code == 404

    def _callbacks(self) -> None:
        """Receive an unsigned callback of a provider that signs, and wait for a result that is here."""
        video = self._record("completed")
        secret = f"{uuid4().hex}/kling-webhook"
        boto3.client("secretsmanager").create_secret(Name=secret, SecretString='{"secret": "whsec_c2VjcmV0"}')
        with changed_settings(CALLBACKS="yes", KLING_WEBHOOK_SECRET_NAME=secret):
            url = callback_urls.of_video(video)
            assert url is not None
            assert requests.post(url, data=b"{}", timeout=60).status_code == 401
            self._invoke("AwaitResult", **_key(video), token="ended", entered_at="2026-11-28T12:00:00Z")

    def _dispatches(self, patched: pytest.MonkeyPatch) -> None:
        """Dispatch a probe, wait for the end of a pause, and free a slot without a video."""
        now = datetime.now(UTC)
        for queue, paused_until in ((_QUEUE, now + timedelta(minutes=5)), (_OTHER_QUEUE, now)):
            self._record("queued", model=queue.partition("#")[2], waiting_queue=queue, dispatch_at=now)
            QueueState(queue, STATE, pause_seconds=5, paused_until=paused_until).save()
        lost = factories.record(self._user.owner, **{**_slot(), "slot_taken_at": now - timedelta(hours=1)})
        _save_slot(lost)
        patched.setattr(dispatcher, "_SHORT_WAIT_SECONDS", 7200)
        clock = SimpleNamespace(monotonic=time.monotonic, sleep=lambda _seconds: QueueState(_QUEUE, STATE).delete())
        patched.setattr(dispatcher, "time", clock)
        self._invoke("DispatchVideos")
        self._stack.wait_until_idle()
        for queue in (_QUEUE, _OTHER_QUEUE):
            QueueState(queue, STATE).delete()

    def _sweeps(self) -> None:
        """Sweep an interrupted deletion, an event that was not published, a waiting video and a job that are due."""
        now = datetime.now(UTC)
        self._record("deleting", share_nonce=uuid4().hex, is_due=True)
        self._record("completed", is_due=True)
        jobs.put(jobs.UPLOADS, subject := uuid4().hex)
        people.make_due(jobs.UPLOADS, subject)
        self._invoke("SweepVideos")
        taken = self._record("queued", waiting_queue=_QUEUE, dispatch_at=now)
        video = video_records.get(owner=taken.owner, video_id=taken.video_id)
        taken.update(actions=[Video.waiting_queue.remove()])
        with self._recorder.role("sweep_videos"), suppress(LostRace):
            sweeper._look_at_waiting(video)

    def _jobs(self) -> None:
        """Look at an upload that nothing uses, and remove a community for good."""
        name = self._user.upload(b"image")
        self._invoke("AccountWorker", kind=jobs.UPLOAD, subject=_put_job(jobs.UPLOAD, _upload(self._user.owner, name)))
        community_id = uuid4().hex
        self._user.put_community(community_id)
        self._send("DELETE", f"/v1/communities/{community_id}")
        self._stack.wait_until_idle()
        people.age(jobs.COMMUNITY, community_id)
        self._invoke("AccountWorker", kind=jobs.COMMUNITY, subject=community_id)

    def _record(self, status: str, *, is_due: bool = False, **fields: Any) -> Video:
        """Write a record, and the slot that it has."""
        video = factories.record(self._user.owner, status=status, **fields)
        if is_due or status != "completed":
            video.in_flight_shard = in_flight_shard(video.video_id)
            video.next_check_at = datetime.now(UTC) + timedelta(minutes=-1 if is_due else 60)
        video.save()
        if video.slot_token:
            _save_slot(video)
        return video

    def _invoke(self, function: str, **event: Any) -> None:
        """Run a function. An error does not matter, because only its calls are recorded."""
        self._stack.invoker.invoke(f"{function}Function", event)
        self._recorder.leave(function, event)  # after an error, too

    def _send(self, method: str, path: str) -> None:
        assert self._user.send(method, path).ok, path


def _key(video: Video) -> dict[str, str]:
    return {"owner": video.owner, "video_id": video.video_id}


def _hide(video: Video) -> None:
    """Hide a video as a deletion does that another worker runs."""
    video_records.transition(Video.get(video.owner, video.video_id), to=Status.DELETING)


def _save_slot(video: Video) -> None:
    taken = {"token": video.slot_token, "taken_at": video.slot_taken_at}
    slot: Any = {"owner": video.owner, "video_id": video.video_id, **taken}
    Slot(video.slot_queue, video.slot, **slot).save()


def _slot() -> dict[str, Any]:
    slot = uuid4().int % 10**8
    return {"slot_queue": _QUEUE, "slot": slot, "slot_token": uuid4().hex[:8], "slot_taken_at": datetime.now(UTC)}


def _upload(owner: str, name: str) -> str:
    return f"{owner.partition('#')[2]}/{name.removeprefix('upload:')}"


def _put_job(kind: str, subject: str) -> str:
    jobs.put(kind, subject)
    return subject
