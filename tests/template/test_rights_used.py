"""Rights equal use, per function: AWS calls are recorded while both flows and several failures run."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import requests
from pynamodb.expressions.update import Action

from keepreel.db.tables import Video, in_flight_shard
from keepreel.settings import settings
from keepreel.workflow import callback_urls
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests import factories, people
from tests.api_client import ApiClient
from tests.template.rare_paths import Paths
from tests.template.rights_not_called import NOT_CALLED
from tests.template.rights_recorder import Recorder, recording
from tests.template.test_rights import RIGHTS

# The sweep and the dispatcher must not start what other tests left, because the test waits for all workflows.
pytestmark = pytest.mark.usefixtures("empty_tables")


@pytest.fixture
def recorder(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    yield from recording(stack, monkeypatch)


def test_functions_use_the_rights_of_their_roles_and_no_others(
    recorder: Recorder, stack: Stack, user: ApiClient, kling: KlingSimulator, picture: bytes
) -> None:
    completed = user.follow(user.create_video(source_image=user.upload(picture), key="one").json()["id"])
    user.create_video(source_image=completed["source_image_url"], key="one")
    user.send("GET", "/v1/videos")
    for file in ("download", "credentials"):
        assert user.send("GET", f"/v1/videos/{completed['id']}/{file}").ok
    _create_community_and_bot_video(user, avatar=completed["source_image_url"])
    _share_and_lists(user, completed)
    kling.fault(on="create", kind="code", code=1301)
    failed = user.follow(user.create_video(prompt="refused", key="two").json()["id"])
    _call_back_and_wait(stack, user, completed)
    _lose_workflow(owner=user.owner, video_id=completed["id"])
    stack.invoker.invoke("SweepVideosFunction", {})
    recovered = user.follow(completed["id"])
    assert user.send("POST", recovered["links"]["share"]).ok
    paths = Paths(stack, user, recorder)
    paths.run(kling, finished_id=recovered["id"])
    paths.write_for_erasure()
    _export_and_erase(stack, user)

    excess = {role: used - RIGHTS[role] for role, used in recorder.used.items() if used - RIGHTS[role]}
    assert [video["status"] for video in (completed, failed, recovered)] == ["completed", "failed", "completed"]
    assert excess == {}
    unused = {role: RIGHTS[role] - used - NOT_CALLED.keys() for role, used in recorder.used.items()}
    assert {role: rights for role, rights in unused.items() if rights} == {}
    assert NOT_CALLED.keys() & set().union(*recorder.used.values()) == set()
    assert recorder.used.keys() == {role for role, rights in RIGHTS.items() if role.endswith("FunctionRole") and rights}


def _create_community_and_bot_video(user: ApiClient, *, avatar: str) -> None:
    videos = user.put_community(uuid4().hex, avatar=avatar)
    video = user.follow(user.create_bot_video(videos, type="intro", key="bot").json()["id"], videos=videos)
    assert video["status"] == "completed"
    user.create_bot_video(videos, type="intro", key="bot")
    user.create_bot_video(videos, type="intro", dry_run=True)
    intros, community = f"{videos}?type=intro", videos.removesuffix("/videos")
    for path in (videos, intros, video["links"]["download"], "/v1/communities", community):
        assert user.send("GET", path).ok, path


def _share_and_lists(user: ApiClient, video: dict[str, Any]) -> None:
    """Share, list, remix, cancel and delete."""
    link = user.send("POST", video["links"]["share"]).json()["url"]
    assert requests.get(link, headers={"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140"}, timeout=60).ok
    for body in ({}, {"expires_in_days": 7}):
        assert user.send("POST", video["links"]["share"], json=body).status_code == 201
    remix = user.follow(user.send("POST", video["links"]["remix"]).json()["id"])
    for path in ("/v1/stats", "/v1/videos?limit=1", "/v1/videos?status=completed", "/v1/videos?type=user",
                 f"/v1/videos?model={video['model']}", "/openapi.json", "/", "/config.json"):  # fmt: skip
        assert user.send("GET", path).ok, path
    user.send("DELETE", video["links"]["share"])
    _show_a_waiting_video(user)
    assert user.send("POST", f"{remix['links']['self']}/cancel").status_code == 409
    assert user.send("DELETE", remix["links"]["delete"]).status_code == 204
    _make_due_for_the_sweeper(owner=user.owner, video_id=remix["id"])


def _show_a_waiting_video(user: ApiClient) -> None:
    """Read a video that waits in a queue without a dispatcher, by itself and in a list."""
    video = factories.record(
        user.owner, status="queued", waiting_queue=f"kling#{uuid4().hex}", dispatch_at=datetime.now(UTC)
    )
    video.save()
    assert user.send("GET", f"/v1/videos/{video.video_id}").json()["queue"]["position"] == 1
    assert user.send("GET", "/v1/videos?limit=1").ok
    video.delete()


def _export_and_erase(stack: Stack, user: ApiClient) -> None:
    """Export everything, delete a community, look for unused uploads, and erase the person."""
    assert user.send("GET", "/v1/me/export").status_code == 202
    stack.wait_until_idle()
    assert user.send("GET", "/v1/me/export").status_code == 200
    user.put_community(community_id := uuid4().hex)
    assert user.send("DELETE", f"/v1/communities/{community_id}").status_code == 204
    stack.invoker.invoke("AccountWorkerFunction", {})
    url = people.erase(user, stack)
    stack.wait_until_idle()
    assert user.send("GET", url).json()["status"] == "in_progress"
    people.finish_erasure(user, stack)
    assert user.send("GET", url).json()["status"] == "completed"


def _call_back_and_wait(stack: Stack, user: ApiClient, video: dict[str, Any]) -> None:
    """Receive a callback of a video that its provider generates, while a workflow waits for the result."""
    record = Video.get(user.owner, video["id"])
    record.update(actions=[Video.status.set("processing")])
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CALLBACKS", "yes")
        settings.cache_clear()
        url = callback_urls.of_video(record)
        waiting = {
            "owner": user.owner,
            "video_id": video["id"],
            "token": "unknown",
            "entered_at": "2026-11-28T12:00:00Z",
        }
        assert not stack.invoker.invoke("AwaitResultFunction", waiting).is_error
    settings.cache_clear()
    assert url is not None
    assert requests.post(url, data=b'{"task_status": "succeed"}', timeout=60).status_code == 200
    stack.wait_until_idle()


def _make_due_for_the_sweeper(*, owner: str, video_id: str) -> None:
    """Make a deleted video due for the sweeper."""
    Video(owner, video_id).update(actions=[Video.next_check_at.set(datetime.now(UTC) - timedelta(minutes=1))])


def _lose_workflow(*, owner: str, video_id: str) -> None:
    """Put a video into the state after its workflow died before the save, due for the sweeper."""
    video = Video.get(owner, video_id)
    actions: list[Action] = [
        Video.status.set("processing"),
        Video.in_flight_shard.set(in_flight_shard(video_id)),
        Video.next_check_at.set(datetime.now(UTC) - timedelta(minutes=1)),
    ]
    video.update(actions=actions)
