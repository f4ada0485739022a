"""Lists over HTTP: order, cost, filters, pages and signed cursors."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from pynamodb.exceptions import QueryError

from keepreel.db import video_records
from keepreel.db.status import Status
from keepreel.db.tables import filter_key
from keepreel.videos import filtered
from tests.api_client import ApiClient
from tests.factories import place, put, put_all_kinds, record, write
from tests.functions.test_create_video import problem

FILTERS = ["model=kling-2.6", "type=promo", "status=failed"]
FILTERED = [
    *FILTERS,
    "model=kling-2.6&type=promo",
    "model=kling-2.6&status=failed",
    "type=promo&status=failed",
    "model=kling-2.6&type=promo&status=failed",
]


@dataclass(frozen=True, kw_only=True)
class Spent:
    """The requests to DynamoDB and the items they read, which AWS charges."""

    operation: str
    read: int


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> list[Spent]:
    spent: list[Spent] = []
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def measured(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        response = call(client, operation, arguments)
        if client.meta.service_model.service_name == "dynamodb":
            spent.append(Spent(operation=operation, read=response.get("ScannedCount", 1)))
        return response

    monkeypatch.setattr(BaseClient, "_make_api_call", measured)
    return spent


def pages(user: ApiClient, query: str, *, path: str = "/v1/videos") -> Iterator[list[dict[str, Any]]]:
    page = page_of(user, f"{path}?{query}")
    yield page["videos"]
    while cursor := page["next_cursor"]:
        page = page_of(user, f"{path}?{query}&cursor={cursor}")
        yield page["videos"]


def page_of(user: ApiClient, path: str) -> dict[str, Any]:
    response = user.send("GET", path)
    assert response.status_code == 200, response.text
    page: dict[str, Any] = response.json()
    return page


def ids(videos: list[dict[str, Any]]) -> list[str]:
    return [video["id"] for video in videos]


def mark_deleting(owner: str, id: str) -> None:
    video_records.transition(video_records.get(owner=owner, video_id=id), to=Status.DELETING)


def test_page_costs_the_same_however_many_videos_exist(
    user: ApiClient, other_user: ApiClient, spent: list[Spent]
) -> None:
    few, many = put(user.owner, 10), put(other_user.owner, 1000)
    spent.clear()

    shown = [
        [ids(it.send("GET", f"/v1/videos?limit=5&{query}").json()["videos"]) for it in (user, other_user)]
        for query in ("", "type=user", "model=kling-3.0", "status=completed")
    ]

    assert shown == [[few[:5], many[:5]]] * 4
    # With an index, the ids and then their records.
    assert spent == [Spent(operation="Query", read=6)] * (4 + 8)


def test_later_page_costs_the_same_as_the_first(user: ApiClient, spent: list[Spent]) -> None:
    put(user.owner, 60)
    spent.clear()

    seen = [len(page) for page in pages(user, "limit=10")]

    assert seen == [10] * 6
    assert spent[:-1] == [Spent(operation="Query", read=11)] * 5


def test_pages_list_each_video_once_newest_first(user: ApiClient) -> None:
    created = put(user.owner, 7)

    assert [ids(page) for page in pages(user, "limit=3")] == [created[:3], created[3:6], created[6:]]


def test_full_last_page_has_no_next_page(user: ApiClient) -> None:
    created = put(user.owner, 6)

    assert [ids(page) for page in pages(user, "limit=3")] == [created[:3], created[3:]]


def test_list_without_videos_is_empty(user: ApiClient) -> None:
    assert user.send("GET", "/v1/videos").json() == {"videos": [], "next_cursor": None}


def test_page_size_defaults_to_twenty_and_is_at_most_a_hundred(user: ApiClient) -> None:
    created = put(user.owner, 101)

    assert ids(next(pages(user, ""))) == created[:20]
    assert ids(next(pages(user, "limit=100"))) == created[:100]


@pytest.mark.parametrize("filters", FILTERED)
def test_filtered_pages_are_exact_and_full(filters: str, user: ApiClient) -> None:
    put_all_kinds(user.owner, rounds=3)
    wanted = dict(it.split("=") for it in filters.split("&"))
    all_of_them = next(pages(user, "limit=100"))

    found = list(pages(user, f"limit=2&{filters}"))

    matching = [it for it in all_of_them if wanted.items() <= it.items()]
    assert found == [matching[at : at + 2] for at in range(0, len(matching), 2)]
    assert len(matching) in (3, 6, 9, 12, 18)


def test_rare_combination_of_filters_is_found_through_the_rarer_one(user: ApiClient, spent: list[Spent]) -> None:
    last = put(user.owner, 3, type="promo")
    put(user.owner, 1100)
    spent.clear()

    found = [ids(page) for page in pages(user, "limit=2&model=kling-3.0&type=promo")]

    assert found == [last[:2], last[2:]]
    assert sum(it.read for it in spent) <= 2 * (50 + 3 + 3)


def test_two_frequent_filters_that_rarely_meet_end_early(user: ApiClient, spent: list[Spent]) -> None:
    last = put(user.owner, 1, model="kling-2.6", type="promo")
    write(
        record(user.owner, model=("kling-2.6", "kling-3.0")[n % 2], type=("intro", "promo")[n % 2]) for n in range(400)
    )
    spent.clear()

    found = [ids(page) for page in pages(user, "limit=20&model=kling-2.6&type=promo")]

    assert [id for page in found for id in page] == last
    assert sum(it.read for it in spent) <= 2 * 401 + len(found)
    assert len(found) <= 5


def test_filter_without_matches_is_an_empty_list(user: ApiClient) -> None:
    put_all_kinds(user.owner, rounds=1)

    for filters in ("model=no-such-model", "model=", "type=token_reveal", "status=canceled", "type=intro&model=|"):
        assert list(pages(user, filters)) == [[]]


@pytest.mark.parametrize("status", ["queued", "processing", "saving", "delayed"])
def test_unfinished_videos_are_listed_together_and_by_status(status: str, user: ApiClient) -> None:
    statuses = ("queued", "processing", "saving", "delayed", "completed", "failed", "canceled")
    created = dict(zip(statuses, reversed(write(record(user.owner, status=it) for it in statuses)), strict=True))

    unfinished = [created[it] for it in ("delayed", "saving", "processing", "queued")]
    assert [ids(page) for page in pages(user, "limit=9&status=unfinished")] == [unfinished]
    assert [ids(page) for page in pages(user, f"limit=9&status={status}")] == [[created[status]]]


def test_unfinished_video_of_an_older_version_is_found_by_its_status(user: ApiClient) -> None:
    video = record(user.owner, status="processing")
    video.owner_status = filter_key(user.owner, "processing")
    (old,) = write([video])

    assert [ids(page) for page in pages(user, "status=processing")] == [[old]]


def test_community_list_is_filtered_and_paged(user: ApiClient) -> None:
    path, owner = place(user, "bot")
    put(user.owner, 2, type="promo")
    put_all_kinds(owner, rounds=1)
    promos = put(owner, 3, type="promo")

    assert ids(next(pages(user, "limit=2&type=promo", path=path))) == promos[:2]
    assert len([video for page in pages(user, "limit=2", path=path) for video in page]) == 15


@pytest.mark.parametrize("filters", ["", *FILTERED])
def test_video_in_deletion_is_in_no_list(filters: str, user: ApiClient) -> None:
    kind = {"model": "kling-2.6", "type": "promo", "status": "failed"}
    shown = put(user.owner, 3, **kind)
    for hidden in put(user.owner, 4, **kind):
        mark_deleting(user.owner, hidden)

    assert [ids(page) for page in pages(user, f"limit=2&{filters}")] == [shown[:2], shown[2:]]


def test_paging_shows_each_video_once_while_others_change(user: ApiClient) -> None:
    created = put(user.owner, 9)

    paging = pages(user, "limit=3")
    seen = ids(next(paging))
    put(user.owner, 2)
    mark_deleting(user.owner, created[2])  # the video that the cursor names
    mark_deleting(user.owner, created[4])
    video_records.get(owner=user.owner, video_id=created[6]).delete()
    for page in paging:
        seen += ids(page)

    assert seen == [id for id in created if id not in (created[4], created[6])]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=101", "limit=-1", "limit=x", "limit=", "limit=1.5", "limit=%00", "page=2", "q=smile",
        "status=deleting", "status=done", "type=birthday", f"model={'x' * 101}", "cursor=", "cursor=%00", "cursor=abc",
        "cursor=../..", "cursor=%F0%9F%98%80", f"cursor={'A' * 70}", f"cursor={'A' * 201}",
    ],
)  # fmt: skip
def test_invalid_list_query_is_refused(query: str, user: ApiClient) -> None:
    response = user.send("GET", f"/v1/videos?{query}")

    assert (response.status_code, problem(response)["errors"][0]["pointer"]) == (400, "/" + query.split("=")[0])


def test_cursor_is_valid_for_its_own_list_only(user: ApiClient) -> None:
    lists = lists_of(user)
    cursors = [page_of(user, path)["next_cursor"] for path in lists]

    taken = [[user.send("GET", f"{path}&cursor={cursor}").status_code == 200 for cursor in cursors] for path in lists]

    assert taken == [[row == column for column in range(len(lists))] for row in range(len(lists))]


def test_another_users_cursor_is_refused(user: ApiClient, other_user: ApiClient) -> None:
    cursors = [page_of(other_user, path)["next_cursor"] for path in lists_of(other_user)]

    responses = [user.send("GET", f"{path}&cursor={it}") for path in lists_of(user) for it in cursors]

    assert {(it.status_code, problem(it)["errors"][0]["pointer"]) for it in responses} == {(400, "/cursor")}
    assert len({(problem(it)["detail"], problem(it)["errors"][0]["detail"]) for it in responses}) == 1


def test_cursor_of_communities_is_valid_for_their_owner_only(user: ApiClient, other_user: ApiClient) -> None:
    path = "/v1/communities?limit=1"
    for creator in (user, user, other_user, other_user):
        creator.put_community(uuid4().hex)
    put(user.owner, 2)
    ours, theirs = (page_of(it, path)["next_cursor"] for it in (user, other_user))
    of_videos = page_of(user, "/v1/videos?limit=1")["next_cursor"]

    responses = [user.send("GET", f"{path}&cursor={it}") for it in (ours, theirs, of_videos, f"{ours}A", "A" * 70, "")]

    assert [it.status_code for it in responses] == [200, 400, 400, 400, 400, 400]
    assert {problem(it)["errors"][0]["pointer"] for it in responses[1:]} == {"/cursor"}


def lists_of(user: ApiClient) -> list[str]:
    """Return a user's list, the lists of two communities and the filtered ones. Each has a second page."""
    places = [place(user, flow) for flow in ("user", "bot", "bot")]
    for _, owner in places:
        put(owner, 2, model="kling-2.6", type="promo", status="failed")
    return [f"{path}?limit=1" for path, _ in places] + [f"/v1/videos?limit=1&{filters}" for filters in FILTERED]


@pytest.mark.parametrize("status", ["failed", "deleting"])
def test_video_whose_index_entry_is_outdated_is_not_listed(status: str, user: ApiClient) -> None:
    video = record(user.owner, status=status)
    video.owner_status = filter_key(user.owner, "completed")
    write([video])

    assert list(pages(user, "status=completed")) == [[]]


def test_page_of_scattered_videos_is_exact(user: ApiClient) -> None:
    created: list[str] = []
    for _ in range(7):
        put(user.owner, 9, model="kling-2.6")
        created = put(user.owner, 1) + created

    assert [ids(page) for page in pages(user, "limit=5&model=kling-3.0")] == [created[:5], created[5:]]


def test_list_works_while_an_index_is_being_replaced(user: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    put_all_kinds(user.owner, rounds=2)
    expected = [ids(page) for page in pages(user, "limit=9&model=kling-2.6&status=failed")]
    query = filtered._query

    def without_indexes(*arguments: Any, index: str | None, **more: Any) -> Any:
        if index:
            missing = {"Error": {"Code": "ValidationException", "Message": "The table does not have the index"}}
            raise QueryError(cause=ClientError(missing, "Query"))  # type: ignore[arg-type]
        return query(*arguments, index=index, **more)

    monkeypatch.setattr(filtered, "_query", without_indexes)
    found = [it for page in pages(user, "limit=9&model=kling-2.6&status=failed") for it in ids(page)]

    assert found == [it for page in expected for it in page]
