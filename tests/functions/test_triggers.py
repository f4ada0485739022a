"""Events and schedules create videos; finished videos are published on the bus."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import boto3
import pytest

from keepreel.db.request_items import IdempotencyKey
from keepreel.db.tables import Video
from keepreel.errors import BadTrigger, LimitReached
from keepreel.settings import settings
from keepreel.videos import triggers
from keepreel.videos.create import Created
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests.api_client import ApiClient

SLOT = "2026-11-21T09:00:00Z"


@pytest.fixture
def community(user: ApiClient, picture: bytes) -> str:
    id = uuid4().hex
    user.put_community(id, agent_name="Sophia", agent_instructions="You plan shoots.", avatar=user.upload(picture))
    return id


@pytest.fixture
def failures(stack: Stack) -> str:
    """Empty the queue of failed events and return its URL."""
    url: str = stack.resources.attribute("BotVideoFailures", "Ref")
    stored_failures(url)
    return url


def put(detail_type: str, detail: Any) -> None:
    response = boto3.client("events").put_events(
        Entries=[
            {
                "EventBusName": settings().event_bus,
                "Source": "our.app",
                "DetailType": detail_type,
                "Detail": json.dumps(detail),
            }
        ]
    )
    assert response["FailedEntryCount"] == 0


def stored_failures(url: str) -> list[dict[str, Any]]:
    """Receive and delete the queue's messages."""
    sqs = boto3.client("sqs")
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for message in found:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(message["Body"]) for message in found]


def videos_of(community: str) -> list[Video]:
    return list(Video.query(f"community#{community}", consistent_read=True))


def published(stack: Stack, video_id: str) -> list[dict[str, Any]]:
    return [event for event in stack.event_bus.events if event["detail"].get("video_id") == video_id]


def test_new_community_with_intro_gets_an_intro_video(stack: Stack, community: str) -> None:
    put("CommunityCreated", {"community_id": community, "intro_video": True, "more": "of theirs"})
    stack.wait_until_idle()

    (video,) = videos_of(community)
    assert (video.type, video.status, video.created_by) == ("intro", "completed", "event")


@pytest.mark.parametrize("detail", [{}, {"intro_video": False}])
def test_new_community_without_intro_gets_no_video(
    detail: dict[str, Any], stack: Stack, community: str, failures: str
) -> None:
    put("CommunityCreated", {"community_id": community, **detail})
    stack.wait_until_idle()

    assert (videos_of(community), stored_failures(failures)) == ([], [])


def test_launched_token_gets_a_reveal_with_the_data_of_the_event(stack: Stack, community: str) -> None:
    put("TokenLaunched", {"community_id": community, "token_name": "Golden Hour", "token_symbol": "GLOW"})
    stack.wait_until_idle()

    (video,) = videos_of(community)
    assert (video.type, video.status) == ("token_reveal", "completed")
    assert "GLOW" in video.final_prompt


def test_repeated_event_creates_one_video(stack: Stack, community: str) -> None:
    event = {
        "id": str(uuid4()),
        "detail-type": "CommunityCreated",
        "detail": {"community_id": community, "intro_video": True},
    }

    first, again = (stack.invoker.invoke("GenerateBotVideoFunction", event) for _ in range(2))
    other = stack.invoker.invoke("GenerateBotVideoFunction", {**event, "id": str(uuid4())})

    assert first.value == again.value != other.value
    assert len(videos_of(community)) == 2


def test_schedule_creates_one_video_per_slot(stack: Stack, community: str) -> None:
    def run(slot: str | None, **fields: Any) -> list[str]:
        event = {"community_id": community, "type": "promo", **fields}
        response = stack.invoker.invoke(
            "GenerateBotVideoFunction", event if slot is None else {**event, "scheduled_time": slot}
        )
        assert not response.is_error, response.value
        ids: list[str] = response.value["video_ids"]
        return ids

    ids = [run(SLOT), run(SLOT), run("2026-11-21T10:00:00Z"), run(SLOT, model="kling-3.0")]

    assert ids[0] == ids[1]
    assert len({id for (id,) in ids}) == 3


def test_schedule_without_a_time_creates_one_video_per_invocation(community: str) -> None:
    event = {"community_id": community, "type": "promo"}

    ids = [_ids(triggers.handle(event, request_id=request_id)) for request_id in ("a", "a", "b")]

    assert (ids[0] == ids[1], ids[1] == ids[2]) == (True, False)


def test_schedule_makes_no_dry_run(community: str) -> None:
    with pytest.raises(BadTrigger, match="/dry_run"):
        triggers.handle({"community_id": community, "type": "promo", "dry_run": True}, request_id="a")

    assert videos_of(community) == []


def test_schedule_at_the_limit_raises_limit_reached(community: str, limit: Any) -> None:
    limit(IN_FLIGHT_LIMIT=0)

    with pytest.raises(LimitReached):
        triggers.handle({"community_id": community, "type": "promo"}, request_id="a")


def test_idempotency_key_of_an_event_outlives_the_queue(community: str) -> None:
    event = {"id": "e", "detail-type": "CommunityCreated", "detail": {"community_id": community, "intro_video": True}}
    triggers.handle(event, request_id="a")

    (key,) = IdempotencyKey.scan(IdempotencyKey.key.startswith(f"request#community#{community}#"))

    assert key.expires_at - datetime.now(UTC) > timedelta(days=15)


def _ids(created: Created | None) -> list[str]:
    return [video.video_id for video in created.videos] if created else []


@pytest.mark.parametrize(
    ("detail_type", "detail", "reason"),
    [
        ("CommunityCreated", {"intro_video": True}, "/community_id: This field is required."),
        ("CommunityCreated", {"community_id": 7, "intro_video": True}, "/community_id: It must be text."),
        ("CommunityCreated", {"community_id": "missing", "intro_video": True}, "There is no such community."),
        ("CommunityCreated", {"community_id": "../x", "intro_video": "yes"}, "/intro_video"),
        ("TokenLaunched", {"community_id": "{id}"}, "The community has no token_name and no token_symbol."),
    ],
)
def test_failed_event_goes_to_the_queue_with_its_reason(
    detail_type: str, detail: dict[str, Any], reason: str, stack: Stack, community: str, failures: str
) -> None:
    put(detail_type, {name: community if value == "{id}" else value for name, value in detail.items()})
    stack.wait_until_idle()

    (finished,) = stored_failures(failures)
    assert finished["responsePayload"]["errorType"] == "BadTrigger"
    assert reason in finished["responsePayload"]["errorMessage"]
    assert finished["requestPayload"]["detail-type"] == detail_type
    assert videos_of(community) == []


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        "text",
        {},
        {"requestContext": {}},
        {"community_id": "c"},
        {"type": "promo"},
        {"detail-type": "CommunityCreated"},
        {"detail-type": "Holiday", "detail": {}},
        {"detail-type": "CommunityCreated", "id": "1", "detail": "text"},
        {"detail-type": ["CommunityCreated"], "detail": {}},
    ],
)
def test_invalid_event_is_reported(event: Any, stack: Stack) -> None:
    response = stack.invoker.invoke("GenerateBotVideoFunction", event)

    assert (response.is_error, response.value["errorType"]) == (True, "BadTrigger")


def test_event_without_an_id_is_reported(community: str) -> None:
    with pytest.raises(BadTrigger, match="no id"):
        triggers.handle(
            {"detail-type": "CommunityCreated", "detail": {"community_id": community, "intro_video": True}},
            request_id="a",
        )


def test_completed_video_is_published_on_the_bus(stack: Stack, user: ApiClient, community: str) -> None:
    videos = f"/v1/communities/{community}/videos"
    id = user.create_bot_video(videos, type="intro").json()["id"]
    finished = user.follow(id, videos=videos)
    stack.wait_until_idle()

    (event,) = published(stack, id)
    assert (event["source"], event["detail-type"]) == ("keepreel", "VideoCompleted")
    assert event["detail"] == {
        "video_id": id,
        "owner": f"community#{community}",
        "community_id": community,
        "type": "intro",
        "status": "completed",
        "provider": "higgsfield",
        "model": "higgsfield/realistic-vision-v5",
        "template": "intro",
        "batch_id": None,
        "video_url": finished["video_url"],
        "thumbnail_url": finished["thumbnail_url"],
        "duration_seconds": 5,
        "ai_generated": True,
        "content_credentials": "valid",
        "error": None,
    }


def test_failed_video_is_published_with_its_reason(stack: Stack, user: ApiClient, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="code", code=1301)
    id = user.create_video(model="kling-3.0").json()["id"]
    failed = user.follow(id)
    stack.wait_until_idle()

    (event,) = published(stack, id)
    assert (event["detail-type"], event["detail"]["error"]) == ("VideoFailed", failed["error"])
    assert (event["detail"]["community_id"], event["detail"]["video_url"]) == (None, None)
    assert not {"final_prompt", "prompt", "media_secret", "provider_task_id"} & event["detail"].keys()
