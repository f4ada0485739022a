"""Lists over HTTP when one record has an unreadable value: the record is left out and reported, the rest is shown."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from keepreel import aws
from keepreel.db.request_items import DailyStats
from keepreel.db.tables import Community, Video
from tests.api_client import ApiClient
from tests.factories import place, put
from tests.functions.test_list_videos import FILTERED, ids, pages

KIND = {"model": "kling-2.6", "type": "promo", "status": "failed"}
BAD_VALUES: list[tuple[str, dict[str, Any] | None]] = [
    ("created_at", {"S": "yesterday"}),
    ("created_at", None),
    ("completed_at", {"N": "5"}),
    ("duration_seconds", {"S": "five"}),
    ("duration_seconds", None),
    ("estimated_cost_cents", None),
    ("seed", {"S": "seven"}),
    ("prompt", {"N": "1"}),
    ("prompt", {"M": {}}),
    ("views", {"L": []}),
    ("next_check_at", {"S": ""}),
]


_written: list[tuple[str, dict[str, Any]]] = []


@pytest.fixture(autouse=True)
def _unreadable_items_are_removed() -> Iterator[None]:
    """The tables are shared, and other tests read all of their items."""
    yield
    while _written:
        table, key = _written.pop()
        aws.dynamodb_client().delete_item(TableName=table, Key=key)


def write_value(table: str, key: dict[str, Any], name: str, value: dict[str, Any] | None) -> None:
    """Set an attribute of an item as stored, or remove it."""
    _written.append((table, key))
    change: dict[str, Any] = (
        {"UpdateExpression": "REMOVE #name"}
        if value is None
        else {"UpdateExpression": "SET #name = :value", "ExpressionAttributeValues": {":value": value}}
    )
    aws.dynamodb_client().update_item(TableName=table, Key=key, ExpressionAttributeNames={"#name": name}, **change)


def spoil(owner: str, id: str, name: str = "created_at", value: dict[str, Any] | None = None) -> None:
    key = {"owner": {"S": owner}, "video_id": {"S": id}}
    write_value(Video.Meta.table_name, key, name, value or None)


@pytest.mark.parametrize(("name", "value"), BAD_VALUES)
@pytest.mark.parametrize("flow", ["user", "bot"])
def test_one_unreadable_video_is_left_out(flow: str, name: str, value: dict[str, Any] | None, user: ApiClient) -> None:
    path, owner = place(user, flow)
    created = put(owner, 3, provider_task_id="1")
    write_value(Video.Meta.table_name, {"owner": {"S": owner}, "video_id": {"S": created[1]}}, name, value)

    response = user.send("GET", path)

    assert response.status_code == 200
    assert (ids(response.json()["videos"]), response.json()["next_cursor"]) == ([created[0], created[2]], None)


@pytest.mark.parametrize("filters", ["", *FILTERED])
@pytest.mark.parametrize("bad", [0, 1, 2, 3, 5])
def test_pages_continue_after_an_unreadable_video(bad: int, filters: str, user: ApiClient) -> None:
    created = put(user.owner, 6, **KIND)
    spoil(user.owner, created[bad])

    seen = [id for page in pages(user, f"limit=2&{filters}") for id in ids(page)]

    assert seen == [id for id in created if id != created[bad]]


def test_page_without_a_readable_video_continues(user: ApiClient) -> None:
    created = put(user.owner, 3)
    for id in created[:2]:
        spoil(user.owner, id)

    assert [ids(page) for page in pages(user, "limit=2")] == [[], created[2:]]


@pytest.mark.parametrize(
    ("name", "value"), [("created_at", {"S": "?"}), ("updated_at", {"N": "1"}), ("name", {"N": "1"})]
)
@pytest.mark.parametrize("bad", [0, 1, 2])
def test_one_unreadable_community_is_left_out(
    bad: int, name: str, value: dict[str, Any] | None, user: ApiClient
) -> None:
    created = sorted(uuid4().hex for _ in range(3))
    for id in created:
        user.put_community(id)
    write_value(Community.Meta.table_name, {"community_id": {"S": created[bad]}}, name, value)

    first = user.send("GET", "/v1/communities?limit=2").json()
    rest = user.send("GET", f"/v1/communities?limit=2&cursor={first['next_cursor']}").json()

    shown = [it["id"] for it in first["communities"] + rest["communities"]]
    assert shown == [id for id in created if id != created[bad]]


def test_one_unreadable_day_counts_zero_and_the_rest_of_the_statistics_is_shown(user: ApiClient) -> None:
    today = datetime.now(UTC).date().isoformat()
    for day in ("total", today):
        DailyStats(f"stats#{user.owner}#{day}", views=3).save()
    write_value(DailyStats.Meta.table_name, {"key": {"S": f"stats#{user.owner}#{today}"}}, "shares", {"S": "many"})

    response = user.send("GET", "/v1/stats")

    assert response.status_code == 200
    assert response.json()["total"] == {"views": 3, "shares": 0, "downloads": 0}
    assert response.json()["days"][0] == {"day": today, "views": 0, "shares": 0, "downloads": 0}


def test_unreadable_video_is_logged_by_its_id(user: ApiClient, caplog: pytest.LogCaptureFixture) -> None:
    (id,) = put(user.owner, 1)
    spoil(user.owner, id)

    user.send("GET", "/v1/videos")

    (logged,) = [it for it in caplog.records if it.getMessage() == "unreadable record"]
    assert (logged.levelname, logged.__dict__["owner"], logged.__dict__["video_id"]) == ("ERROR", user.owner, id)
