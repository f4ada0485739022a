"""`max_cost`: a request whose estimate is higher is refused before anything is spent."""

from typing import Any
from uuid import uuid4

import pytest

from keepreel.db.tables import Video
from tests.api_client import ApiClient
from tests.functions.bot_videos import quotas_used
from tests.functions.test_create_video import problem

pytestmark = pytest.mark.usefixtures("without_workflow")


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize(("max_cost", "variations"), [(0.2, 1), (0, 1), (0.41, 2), (0.20999, 1)])
def test_more_expensive_request_is_refused(max_cost: float, variations: int, *, dry_run: bool, user: ApiClient) -> None:
    response = user.create_video(max_cost=max_cost, variations=variations, dry_run=dry_run)

    content = problem(response)
    assert (response.status_code, content["code"]) == (400, "max_cost_exceeded")
    assert [it["pointer"] for it in content["errors"]] == ["/max_cost"]
    assert f"${0.21 * variations:.2f}" in content["detail"]
    assert (list(Video.query(user.owner, consistent_read=True)), quotas_used(user)) == ([], (0, 0, 0))


@pytest.mark.parametrize("max_cost", [0.21, 1, None])
def test_request_at_the_maximum_is_accepted(max_cost: float | None, user: ApiClient) -> None:
    assert user.create_video(max_cost=max_cost).status_code == 202


@pytest.mark.parametrize("max_cost", [-1, "1", True])
def test_maximum_is_an_amount(max_cost: Any, user: ApiClient) -> None:
    response = user.create_video(max_cost=max_cost)

    assert (response.status_code, problem(response)["errors"][0]["pointer"]) == (400, "/max_cost")


def test_every_creating_route_has_the_maximum(user: ApiClient, videos: str) -> None:
    own = user.create_video(key="own").json()["links"]["self"]
    bot = user.create_bot_video(videos, type="intro").json()["links"]["self"]
    for path in (own, bot):
        assert user.send("POST", f"{path}/cancel").ok
    requests = [
        ("/v1/videos", {"prompt": "a smile"}),
        (videos, {"type": "promo"}),
        *((f"{path}/{verb}", {}) for path in (own, bot) for verb in ("remix", "retry")),
    ]

    codes = [problem(user.send("POST", path, json={**body, "max_cost": 0.01}))["code"] for path, body in requests]

    assert codes == ["max_cost_exceeded"] * 6
    statuses = [user.send("POST", path, json={**body, "max_cost": 5}).status_code for path, body in requests]
    assert statuses == [202] * 6


def test_repeat_with_another_maximum_is_the_same_request(user: ApiClient) -> None:
    key = uuid4().hex
    first = user.create_video(key=key, max_cost=1)
    path = f"{first.json()['links']['self']}/remix"
    remixes = [user.send("POST", path, json=body).json()["id"] for body in ({}, {"max_cost": 2})]

    again = [user.create_video(key=key, **body) for body in ({"max_cost": 2}, {}, {"max_cost": 0.01})]

    assert [it.json()["id"] for it in again] == [first.json()["id"]] * 3
    assert len(set(remixes)) == 1
