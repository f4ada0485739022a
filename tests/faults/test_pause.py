"""The pause switch stops creating and submitting; running videos finish, and waiting ones start after it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest

from keepreel import aws, pause
from keepreel.errors import Paused, StoreUnavailable
from keepreel.schemas.requests import VideoRequest
from keepreel.settings import settings
from keepreel.videos import create, spec, triggers
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests.api_client import ApiClient
from tests.aws_faults import Fault, answers, aws_faults
from tests.faults.tasks import backdate
from tests.functions.test_create_video import problem
from tests.workflow_driver import create_video, create_video_from_upload, facts, now, run, step

pytestmark = pytest.mark.usefixtures("without_workflow")


@pytest.fixture
def switch(stack: Stack) -> Iterator[Callable[[str], None]]:
    def set_to(value: str) -> None:
        aws.ssm().put_parameter(Name=settings().paused_parameter, Value=value, Overwrite=True)
        pause.forget()

    yield set_to
    set_to("no")


def test_paused_site_creates_nothing_and_says_so(user: ApiClient, switch: Callable[[str], None]) -> None:
    switch("yes")

    response = user.create_video()

    assert (response.status_code, problem(response)["code"]) == (503, "paused")
    assert problem(response)["type"] == "urn:problem-type:keepreel:paused"
    assert int(response.headers["Retry-After"]) > 0
    assert user.send("GET", "/v1/videos").json()["videos"] == []
    assert user.create_video(dry_run=True).json()["is_paused"] is True


def test_equal_request_is_answered_while_paused(user: ApiClient, switch: Callable[[str], None]) -> None:
    first = user.create_video(key="one")
    switch("yes")

    again = user.create_video(key="one")

    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])


def test_resumed_site_creates_again(user: ApiClient, switch: Callable[[str], None]) -> None:
    switch("yes")
    switch("no")

    assert user.create_video().status_code == 202
    assert user.create_video(dry_run=True).json()["is_paused"] is False


def test_event_during_a_pause_is_retried(switch: Callable[[str], None], user: ApiClient) -> None:
    community = uuid4().hex
    user.put_community(community)
    switch("yes")
    event = {"detail-type": "CommunityCreated", "id": "e", "detail": {"community_id": community, "intro_video": True}}

    with pytest.raises(Paused):
        triggers.handle(event, request_id="r")


def test_waiting_video_is_submitted_after_the_pause(kling: KlingSimulator, switch: Callable[[str], None]) -> None:
    video = create_video()
    switch("yes")

    during = [step("queued", video) for _ in range(3)]
    calls = kling.create_calls.get(video.video_id, 0)
    switch("no")

    assert (during, calls) == (["waiting"] * 3, 0)
    assert run(video).status == "completed"


def test_long_pause_does_not_fail_a_video(kling: KlingSimulator, switch: Callable[[str], None]) -> None:
    video = create_video()
    backdate(video, ago=timedelta(days=7))
    switch("yes")

    step("queued", video)

    assert facts(now(video), "status", "error_code", "slot_token") == ("queued", None, None)
    assert now(video).waiting_queue


def test_running_video_finishes_during_a_pause(kling: KlingSimulator, switch: Callable[[str], None]) -> None:
    video = create_video()
    step("queued", video)
    switch("yes")

    assert run(video, status="processing").status == "completed"


def test_lost_submit_is_found_but_not_sent_again_during_a_pause(
    kling: KlingSimulator, switch: Callable[[str], None]
) -> None:
    found, lost = create_video(), create_video()
    kling.fault(on="create", kind="garbage", external_id=found.video_id)
    kling.fault(on="create", kind="drop", external_id=lost.video_id)
    for video in (found, lost):
        step("queued", video)
    switch("yes")

    statuses = [step("queued", found), *(step("queued", lost) for _ in range(4))]

    assert statuses == ["processing", *["queued"] * 4]
    assert kling.create_calls[lost.video_id] == 1
    switch("no")
    assert run(lost).status == "completed"


def test_no_request_is_resent_to_higgsfield_during_a_pause(
    higgsfield: HiggsfieldSimulator, picture: bytes, switch: Callable[[str], None]
) -> None:
    video = create_video_from_upload(picture)
    higgsfield.fault(on="create", kind="drop", external_id=video.video_id)
    step("queued", video)
    switch("yes")

    statuses = [step("queued", video) for _ in range(3)]

    assert (statuses, higgsfield.create_calls[video.video_id]) == (["queued"] * 3, 1)
    switch("no")
    assert run(video).status == "completed"


def test_unreadable_switch_stops_spending_and_loses_nothing(kling: KlingSimulator) -> None:
    video = create_video()

    def no_ssm(request: object) -> Fault | None:
        headers = getattr(request, "headers", {})
        return answers("InternalServerError", 500) if b"GetParameter" in headers.get("X-Amz-Target", b"") else None

    pause.forget()
    with aws_faults(at_request=no_ssm):
        assert step("queued", video) == "waiting"
        with pytest.raises(StoreUnavailable):
            create.create(spec.for_user(VideoRequest(prompt="a smile"), owner=video.owner), key=None)
    pause.forget()

    assert video.video_id not in kling.create_calls
    assert run(video).status == "completed"
