"""DELETE /v1/me: afterwards a scan of all tables and of the bucket finds nothing of the person."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from tempfile import NamedTemporaryFile
from typing import Any
from uuid import uuid4

import pytest

from keepreel.db import jobs
from keepreel.people import worker
from keepreel.schemas.account_responses import Erasure
from local.stack import Stack
from local.tools import check_receipt as check_receipt_tool
from tests import factories, people
from tests.api_client import ApiClient
from tests.functions.bot_videos import quotas_used
from tests.functions.test_create_video import problem

pytestmark = pytest.mark.usefixtures("empty_tables")


@dataclass(frozen=True)
class Person:
    """A person and what the tables and the bucket must not contain after the erasure."""

    user: ApiClient
    traces: tuple[str, ...]
    video_id: str

    def left(self) -> set[str]:
        stored = people.everything_stored()
        return {it for it in self.traces if it in stored}


def person(user: ApiClient, stack: Stack, picture: bytes) -> Person:
    """Create something of every kind: videos, a community, links, counts, keys, uploads and an export."""
    name = f"name{uuid4().hex}"
    avatar, image = user.upload(picture), user.upload(picture)
    videos = user.put_community(community_id := f"c-{uuid4().hex}", name=name, avatar=avatar)
    own = factories.finished_video(user, prompt=f"{name} smiles", source_image=image)
    bot = factories.finished_video(user, community_id=community_id, prompt=f"{name} waves")
    for video in (own, bot):
        assert user.send("POST", video["links"]["share"]).status_code == 201
        assert user.send("GET", f"{video['links']['download']}?redirect=false").ok
    user.create_video(prompt=f"{name} waits", source_image=image, key=name)
    assert user.create_bot_video(videos, type="custom", prompt=f"{name} waits, too").status_code == 202
    assert user.send("GET", "/v1/me/export").status_code == 202
    stack.wait_until_idle()
    assert user.send("GET", "/v1/me/export").status_code == 200
    email = people.email_of(user, stack)
    traces = (user.owner.removeprefix("user#"), name, community_id, email, image[7:], avatar[7:], own["id"], bot["id"])
    return Person(user, traces, own["id"])


def test_erased_person_leaves_nothing_and_others_keep_everything(
    user: ApiClient, other_user: ApiClient, stack: Stack, without_workflow: None, picture: bytes
) -> None:
    gone, stays = person(user, stack, picture), person(other_user, stack, picture)
    before, email = stays.left(), people.email_of(user, stack)
    assert len(gone.left()) == len(before) == 7  # all but the email address, which only the user pool has

    receipt_path = people.erase(user, stack)
    stack.wait_until_idle()
    refused = user.create_video(prompt="one more")
    people.finish_erasure(user, stack)

    assert (refused.status_code, problem(refused)["code"]) == (409, "account_closing")
    assert gone.left() == set()
    assert email not in people.everything_stored()
    assert stays.left() == before
    assert other_user.video(stays.video_id)["status"] == "completed"
    receipt = user.send("GET", receipt_path).json()
    Erasure.model_validate(receipt)
    assert receipt["receipt"]["erased"] == {"videos": 4, "communities": 1, "uploads": 2}
    assert check_receipt(receipt) == 0
    assert check_receipt(receipt | {"receipt": receipt["receipt"] | {"completed_at": "2020-01-01"}}) == 1
    assert check_receipt(receipt | {"signature": "é"}) == 1
    assert user.send("DELETE", "/v1/me", json={"email": email}).status_code == 404


def check_receipt(response: dict[str, Any]) -> int:
    """Run the command that the documentation names."""
    with NamedTemporaryFile("w", encoding="utf-8") as file:
        json.dump(response, file)
        file.flush()
        return check_receipt_tool.main(["--stage", "local", file.name])


@pytest.mark.parametrize("body", [{}, {"email": "someone@example.com"}, {"email": ""}], ids=["none", "other", "empty"])
def test_erasure_needs_the_email_address_of_the_account(body: dict[str, str], user: ApiClient, stack: Stack) -> None:
    response = user.send("DELETE", "/v1/me", json=body)

    assert (response.status_code, problem(response)["errors"][0]["pointer"]) == (400, "/email")
    assert jobs.find(jobs.ERASURE, user.owner.removeprefix("user#")) is None


def test_demo_account_is_not_erased(user: ApiClient, stack: Stack, limit: Callable[..., None]) -> None:
    limit(DEMO_USER=f"{(email := people.email_of(user, stack)).upper()}:Keepreel-demo-1")

    response = user.send("DELETE", "/v1/me", json={"email": email})

    found = problem(response)
    assert (response.status_code, found["code"]) == (409, "demo_account")
    assert found["title"] == "Not possible for the demo account"


def test_second_request_returns_the_first_erasure_and_an_export_is_refused(user: ApiClient, stack: Stack) -> None:
    first = people.erase(user, stack)
    stack.wait_until_idle()

    again = user.send("DELETE", "/v1/me", json={"email": "any@example.com"})
    export = user.send("GET", "/v1/me/export")

    assert (again.status_code, again.json()["links"]["self"]) == (202, first)
    assert (export.status_code, problem(export)["code"]) == (409, "account_closing")
    assert problem(export)["title"] == "Account is being deleted"


@pytest.mark.parametrize("id", ["unknown", "0" * 32, "%23" * 9])
def test_unknown_erasure_is_not_found(id: str, user: ApiClient) -> None:
    assert user.send("GET", f"/v1/erasures/{id}").status_code == 404


def test_deleted_community_is_hidden_at_once_and_then_removed(
    user: ApiClient, other_user: ApiClient, stack: Stack, without_workflow: None, picture: bytes
) -> None:
    videos = user.put_community(id := f"c-{uuid4().hex}", avatar=user.upload(picture))
    finished = factories.finished_video(user, community_id=id, prompt="hello")
    user.send("POST", finished["links"]["share"])
    waiting = user.create_bot_video(videos, type="custom", prompt="waits").json()
    path = f"/v1/communities/{id}"

    answers = [who.send("DELETE", path).status_code for who in (other_user, user, user)]
    stack.wait_until_idle()

    listed = [it["id"] for it in user.send("GET", "/v1/communities").json()["communities"]]
    reads = [user.send("GET", it).status_code for it in (path, videos, finished["links"]["self"])]
    taken = [who.send("PUT", path, json={"name": "new"}).status_code for who in (user, other_user)]
    assert (answers, listed, reads, taken) == ([404, 204, 404], [], [404] * 3, [404] * 2)
    assert quotas_used(user) == (0, 0, 0), waiting  # the video that was not sent is free
    people.remove_hidden_records(f"community#{id}")
    people.age(jobs.COMMUNITY, id)
    worker.run(jobs.COMMUNITY, id, seconds_left=60)
    stored = people.everything_stored()
    assert [it for it in (id, finished["id"], waiting["id"]) if it in stored] == []
    assert other_user.send("PUT", path, json={"name": "new"}).status_code == 201
