"""Rights equal use, per function: AWS calls are recorded while both flows and several failures run."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import requests
from botocore.client import BaseClient
from pynamodb.expressions.update import Action

from keepreel import pause
from keepreel.cached_values import CachedValues
from keepreel.db import refused_models
from keepreel.db.tables import Video, in_flight_shard
from keepreel.dispatch import waiting
from keepreel.settings import settings
from keepreel.workflow import callback_urls, usual_times
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests import factories, people
from tests.api_client import ApiClient
from tests.template.rights_not_driven import NOT_CALLED, NOT_DRIVEN
from tests.template.test_rights import PUBLIC_URL, RIGHTS, SIGNING_KEY

# IAM knows no "head" and no "transact".
ACTIONS = {
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "lambda:Invoke": "lambda:InvokeFunction",
}
TRANSACTED = {"Put": "PutItem", "Update": "UpdateItem", "ConditionCheck": "ConditionCheckItem", "Delete": "DeleteItem"}

# Nothing is cached while calls are recorded, because functions share this process: a value that one function has read
# would hide the right of the next one. Clearing caches between invocations would not do, because they run in parallel.
CACHED_SECONDS = [
    (pause, "CACHE_SECONDS"),
    (refused_models, "CACHE_SECONDS"),
    (usual_times, "_CACHE_SECONDS"),
    (waiting, "_CACHE_SECONDS"),
]


class Recorder:
    """Records the AWS calls of each function, in the notation of the table of rights."""

    def __init__(self) -> None:
        self.used: dict[str, set[str]] = defaultdict(set)
        self._current = threading.local()

    def enter(self, folder: str, _event: Any) -> None:
        self._current.role = "".join(word.title() for word in folder.split("_")) + "FunctionRole"

    def leave(self, _folder: str, _event: Any) -> None:
        self._current.role = None

    def note(self, service: str, operation: str, arguments: dict[str, Any]) -> None:
        if role := getattr(self._current, "role", None):
            self.used[role] |= set(_rights(service, operation, arguments))


@pytest.fixture
def recorder(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    recorder = Recorder()
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def recorded(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        recorder.note(client.meta.service_model.service_name, operation, arguments)
        return call(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", recorded)
    get = CachedValues.get
    monkeypatch.setattr(CachedValues, "get", lambda values, name, *, fresh=False: get(values, name, fresh=True))
    for module, name in CACHED_SECONDS:
        monkeypatch.setattr(module, name, -1)
    pause.forget()  # an answer from before would still count
    stack.invoker.before, stack.invoker.after = recorder.enter, recorder.leave
    yield recorder
    stack.invoker.before = stack.invoker.after = None


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
    _export_and_erase(stack, user)

    excess = {role: used - RIGHTS[role] for role, used in recorder.used.items() if used - RIGHTS[role]}
    assert [video["status"] for video in (completed, failed, recovered)] == ["completed", "failed", "completed"]
    assert excess == {}
    unused = {
        role: RIGHTS[role] - used - NOT_CALLED - NOT_DRIVEN.get(role, set()) for role, used in recorder.used.items()
    }
    assert {role: rights for role, rights in unused.items() if rights} == {}
    # A role that reads only the public URL makes no call, because the local stack has the URL in its settings.
    used = {role for role, rights in RIGHTS.items() if role.endswith("FunctionRole") and rights - {PUBLIC_URL}}
    assert recorder.used.keys() == used


def _create_community_and_bot_video(user: ApiClient, *, avatar: str) -> None:
    videos = user.put_community(uuid4().hex, avatar=avatar)
    video = user.follow(user.create_bot_video(videos, type="intro", key="bot").json()["id"], videos=videos)
    assert video["status"] == "completed"
    user.create_bot_video(videos, type="intro", key="bot")
    user.create_bot_video(videos, type="intro", dry_run=True)
    for path in (videos, video["links"]["download"], "/v1/communities", videos.removesuffix("/videos")):
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


def _rights(service: str, operation: str, arguments: dict[str, Any]) -> Iterator[str]:
    if operation == "TransactWriteItems":
        for item in arguments["TransactItems"]:
            ((kind, details),) = item.items()
            yield f"dynamodb:{TRANSACTED[kind]} {_table(details)}"
        return
    if operation == "BatchGetItem":
        yield from (f"dynamodb:BatchGetItem {_table({'TableName': name})}" for name in arguments["RequestItems"])
        return
    if operation == "DeleteObjects":
        for it in arguments["Delete"]["Objects"]:
            action = "DeleteObjectVersion" if "VersionId" in it else "DeleteObject"
            yield f"s3:{action} {_resource('s3', it)}"
        return
    if operation == "CopyObject":
        yield from (f"s3:{action} {_resource('s3', arguments)}" for action in ("GetObject", "PutObject"))
        return
    action = f"{ {'stepfunctions': 'states'}.get(service, service) }:{operation}"
    yield f"{ACTIONS.get(action, action)} {_resource(service, arguments)}"


def _resource(service: str, arguments: dict[str, Any]) -> str:
    match service:
        case "dynamodb":
            return _table(arguments)
        case "s3" if "Key" not in arguments:
            return "MediaBucket"
        case "cognito-idp":
            return "UserPool"
        case "s3":
            return f"MediaBucket/{arguments['Key'].split('/')[0]}/*"
        case "stepfunctions":
            if "taskToken" in arguments:
                return "stateMachine:keepreel-${Stage}-video"
            return str(arguments["stateMachineArn"]).rsplit(":", 2)[1] + ":keepreel-${Stage}-video"
        case "lambda" if "-count:" in str(arguments["FunctionName"]):
            return "CountViewFunction:live"
        case "lambda":
            name, _, alias = str(arguments["FunctionName"]).rpartition(":function:")[2].partition(":")
            is_by_reference = name.endswith("Function")  # else by its own name
            name = name.rpartition("-")[2] if is_by_reference else f"function:{name.replace('-local-', '-${Stage}-')}"
            return f"{name}:{alias}"
        case "ssm":
            return "parameter/keepreel/${Stage}/" + str(arguments["Name"]).rpartition("/")[2]
        case "events":
            return "EventBus"
        case "secretsmanager" if str(arguments["SecretId"]).endswith("/signing"):
            return SIGNING_KEY.partition(" ")[2]
        case "secretsmanager" if str(arguments["SecretId"]).endswith("/content-credentials"):
            return "secret:${ContentCredentialsSecretName}-??????"
        case _:
            return f"secret:${{{arguments['SecretId'].rpartition('/')[2].title()}SecretName}}-??????"


def _table(arguments: dict[str, Any]) -> str:
    table = str(arguments["TableName"]).rsplit("-", 1)[1]
    return f"{table}/index/{arguments['IndexName']}" if "IndexName" in arguments else table
